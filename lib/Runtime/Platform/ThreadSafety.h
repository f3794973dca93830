//===- ThreadSafety.h - Clang capability attributes -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Short names for the attributes of -Wthread-safety; nothing elsewhere.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PLATFORM_THREADSAFETY_H
#define IRQLINT_RUNTIME_PLATFORM_THREADSAFETY_H

#if defined(__clang__)
#define IRQLINT_TSA(X) __attribute__((X))
#else
#define IRQLINT_TSA(X)
#endif

#define IRQLINT_CAPABILITY(Name) IRQLINT_TSA(capability(Name))
#define IRQLINT_SCOPED IRQLINT_TSA(scoped_lockable)
#define IRQLINT_GUARDED_BY(...) IRQLINT_TSA(guarded_by(__VA_ARGS__))
#define IRQLINT_ACQUIRE(...) IRQLINT_TSA(acquire_capability(__VA_ARGS__))
#define IRQLINT_ACQUIRE_SHARED(...)                                            \
  IRQLINT_TSA(acquire_shared_capability(__VA_ARGS__))
#define IRQLINT_TRY_ACQUIRE(...)                                               \
  IRQLINT_TSA(try_acquire_capability(__VA_ARGS__))
#define IRQLINT_TRY_ACQUIRE_SHARED(...)                                        \
  IRQLINT_TSA(try_acquire_shared_capability(__VA_ARGS__))
#define IRQLINT_RELEASE(...) IRQLINT_TSA(release_capability(__VA_ARGS__))
#define IRQLINT_RELEASE_SHARED(...)                                            \
  IRQLINT_TSA(release_shared_capability(__VA_ARGS__))
#define IRQLINT_RELEASE_ANY(...)                                               \
  IRQLINT_TSA(release_generic_capability(__VA_ARGS__))
#define IRQLINT_REQUIRES(...) IRQLINT_TSA(requires_capability(__VA_ARGS__))
#define IRQLINT_REQUIRES_SHARED(...)                                           \
  IRQLINT_TSA(requires_shared_capability(__VA_ARGS__))
#define IRQLINT_EXCLUDES(...) IRQLINT_TSA(locks_excluded(__VA_ARGS__))
/// For the bodies of the primitives themselves, which are what is trusted.
#define IRQLINT_NO_ANALYSIS IRQLINT_TSA(no_thread_safety_analysis)

#endif // IRQLINT_RUNTIME_PLATFORM_THREADSAFETY_H
