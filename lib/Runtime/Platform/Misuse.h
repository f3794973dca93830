//===- Misuse.h - What a primitive itself can tell is wrong -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Primitives keep no owner that Windows does not keep, so most misuse is found
/// by the verifier around them. What would corrupt a primitive's own state is
/// reported from within, through Platform::misuse(), and leaves the state as it
/// was.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PLATFORM_MISUSE_H
#define IRQLINT_RUNTIME_PLATFORM_MISUSE_H

#include <cstdint>

namespace irqlint::runtime {

enum class Misuse : uint8_t {
  NotHeld,        ///< released, but nobody holds it in that mode
  NotOwner,       ///< released by a thread that does not own it
  Recursive,      ///< acquired again by its owner, which cannot succeed
  OverRelease,    ///< more releases than acquisitions
  LimitExceeded,  ///< a count beyond its documented limit
  InUse,          ///< deleted or initialized again while in use
  NotInitialized, ///< used before initialization or after deletion
  BadArgument,    ///< an argument that the documentation excludes
  WrongMode,      ///< kinds of operations mixed that exclude one another
  HeldAtEnd,      ///< a thread ends that owns it
  FromWithin,     ///< waits for what the caller itself is part of
};

/// "released while not held", ...
const char *misuseText(Misuse M);

/// Called by NativePlatform::misuse. The default prints the object, the text
/// and the primitive, and aborts. Returns the handler that was installed.
using MisuseHandler = void (*)(Misuse, const void *Object,
                               const char *Primitive);
MisuseHandler setMisuseHandler(MisuseHandler H);

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PLATFORM_MISUSE_H
