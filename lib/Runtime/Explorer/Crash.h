//===- Crash.h - Invalid accesses end an execution --------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A program under test that follows a bad pointer is a finding like any other:
/// the fiber goes on in a landing function, at the top of its own stack.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_EXPLORER_CRASH_H
#define IRQLINT_RUNTIME_EXPLORER_CRASH_H

#include <cstddef>

namespace irqlint::runtime {

/// Catches SIGSEGV and SIGBUS of the calling thread as long as any lives.
class CrashCatcher {
public:
  CrashCatcher();
  ~CrashCatcher();
  CrashCatcher(const CrashCatcher &) = delete;
  CrashCatcher &operator=(const CrashCatcher &) = delete;

  /// Where a crash leads from now on: Landing(Argument) with the stack at Top;
  /// it must not return. Null: the crash is the process's own.
  using Landing = void (*)(void *Argument);
  static void set(Landing L, void *Argument, void *Top);
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_EXPLORER_CRASH_H
