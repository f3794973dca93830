// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For drivers that tell Clang's thread safety analysis what their own functions do.
// They stand after the parameters: VOID Lock(EXT *E)
// IRQLINT_ACQUIRES(irqlint_spin_lock_of(&E->Lock), at_DISPATCH_LEVEL); Without
// IRQLINT_CONTRACTS, and for other compilers, they are nothing.
#pragma once
#if defined(IRQLINT_CONTRACTS) && defined(__clang__)
#define IRQLINT_TS(...) __attribute((__VA_ARGS__))
#else
#define IRQLINT_TS(...)
#endif
#define IRQLINT_ACQUIRES(...) IRQLINT_TS(acquire_capability(__VA_ARGS__))
#define IRQLINT_ACQUIRES_SHARED(...)                                           \
  IRQLINT_TS(acquire_shared_capability(__VA_ARGS__))
#define IRQLINT_TRY_ACQUIRES(...)                                              \
  IRQLINT_TS(try_acquire_capability(1, __VA_ARGS__))
#define IRQLINT_RELEASES(...)                                                  \
  IRQLINT_TS(release_generic_capability(__VA_ARGS__))
#define IRQLINT_REQUIRES(...) IRQLINT_TS(requires_capability(__VA_ARGS__))
#define IRQLINT_EXCLUDES(...) IRQLINT_TS(locks_excluded(__VA_ARGS__))
#define IRQLINT_ASSUMES(...) IRQLINT_TS(assert_capability(__VA_ARGS__))
#define IRQLINT_GUARDED_BY(...) IRQLINT_TS(guarded_by(__VA_ARGS__))
#define IRQLINT_NOT_CHECKED IRQLINT_TS(no_thread_safety_analysis)
