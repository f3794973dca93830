// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the declarations in contracts/ are made of. With IRQLINT_CONTRACTS each
// part of the kit declares its routines once more, with annotations and attributes
// for Clang's thread safety analysis.
#pragma once
#pragma clang system_header

// (A driver may define the other spelling of the keyword away.)
#define IRQLINT_ATTRIBUTE(...) __attribute((__VA_ARGS__))
// A declaration for calls whose constants are such.
#define IRQLINT_CASE(...)                                                      \
  IRQLINT_ATTRIBUTE(overloadable) IRQLINT_ATTRIBUTE(enable_if(__VA_ARGS__, ""))

#ifdef __cplusplus
extern "C" {
#endif
// Levels as capabilities: each is held by who runs at it; at_DISPATCH_LEVEL also
// by who runs above.
struct IRQLINT_ATTRIBUTE(capability("IRQL"))
    IRQLINT_ATTRIBUTE(reentrant_capability) irqlint_level {
  int Unused;
};
extern struct irqlint_level at_APC_LEVEL, at_DISPATCH_LEVEL, at_DIRQL;
#ifdef __cplusplus
}
#endif

#include <irqlint_kit/contracts/capabilities.h>

// A driver's own annotations of levels say the same to both. What is no name of a
// level (DISPATCH_LEVEL + 1) says nothing.
#define IRQLINT_TELL(...) IRQLINT_TELL_(__VA_ARGS__, , , )
#define IRQLINT_TELL_(First, Attribute, More, ...) IRQLINT_KEEP(Attribute, More)
#define IRQLINT_KEEP(Attribute, ...)                                           \
  IRQLINT_KEEP_0##__VA_OPT__(1)(Attribute)
#define IRQLINT_KEEP_0(Attribute) Attribute
#define IRQLINT_KEEP_01(Attribute)
#define IRQLINT_SAL(...) __attribute((annotate("sal:" __VA_ARGS__)))
#define IRQLINT_MIN_DISPATCH_LEVEL                                             \
  , IRQLINT_ATTRIBUTE(requires_capability(at_DISPATCH_LEVEL)),
#define IRQLINT_MAX_DISPATCH_LEVEL                                             \
  , IRQLINT_ATTRIBUTE(locks_excluded(at_DIRQL)),
#define IRQLINT_MAX_APC_LEVEL                                                  \
  , IRQLINT_ATTRIBUTE(locks_excluded(at_DISPATCH_LEVEL)),
#define IRQLINT_MAX_PASSIVE_LEVEL                                              \
  , IRQLINT_ATTRIBUTE(locks_excluded(at_APC_LEVEL, at_DISPATCH_LEVEL)),
#undef _IRQL_requires_
#undef _IRQL_requires_min_
#undef _IRQL_requires_max_
#define _IRQL_requires_(Level)                                                 \
  IRQLINT_SAL("_IRQL_requires_(" #Level ")")                                   \
  IRQLINT_TELL(IRQLINT_MIN_##Level) IRQLINT_TELL(IRQLINT_MAX_##Level)
#define _IRQL_requires_min_(Level)                                             \
  IRQLINT_SAL("_IRQL_requires_min_(" #Level ")")                               \
  IRQLINT_TELL(IRQLINT_MIN_##Level)
#define _IRQL_requires_max_(Level)                                             \
  IRQLINT_SAL("_IRQL_requires_max_(" #Level ")")                               \
  IRQLINT_TELL(IRQLINT_MAX_##Level)
