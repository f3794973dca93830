//===- Fiber.h - Stacks for threads of the machine --------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_MACHINE_FIBER_H
#define IRQLINT_RUNTIME_MACHINE_FIBER_H

#include "Runtime/Explorer/Fiber.h"
#include <cstdint>
#include <functional>

namespace irqlint::rt {

/// A flow of control with a stack of its own, all on one system thread. A
/// fiber that is not finished may be thrown away: its stack is reused and
/// destructors of what lives on it do not run.
class Fiber {
public:
  /// The flow of control that is running now (the program's own stack).
  Fiber() = default;
  /// Starts with \p Body when it is first switched to. \p Body must not
  /// return: its last act is a switch to another fiber.
  explicit Fiber(std::function<void()> Body);
  ~Fiber();
  Fiber(const Fiber &) = delete;
  Fiber &operator=(const Fiber &) = delete;

  /// Leaves the fiber \p From, which is the running one, and goes on in \p To.
  static void switchTo(Fiber &From, Fiber &To);

  /// Code is compiled without stack probes: no function may have a larger
  /// frame, and none may be entered with less than twice that left.
  static constexpr uint64_t MaxFrame = 256 * 1024;
  /// At \p StackPointer, too little is left.
  bool isLow(const void *StackPointer) const;
  bool contains(const void *Address) const;

private:
  static void start(void *Self);
  runtime::Fiber Stack;
  std::function<void()> Body;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_MACHINE_FIBER_H
