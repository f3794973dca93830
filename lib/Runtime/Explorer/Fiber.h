//===- Fiber.h - Stacks that a scheduler switches between -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// swapcontext() enters the kernel for the signal mask at each switch; here a
/// switch saves the registers that calls preserve and no more.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_EXPLORER_FIBER_H
#define IRQLINT_RUNTIME_EXPLORER_FIBER_H

#include <cstddef>

namespace irqlint::runtime {

/// One stack, used over and over. What runs on it may be abandoned: nothing is
/// unwound.
class Fiber {
  char *Stack = nullptr; ///< mapped, with a guard page at its low end
  size_t Size = 0;
  void *Context = nullptr; ///< stack pointer, when it is not running
  void (*Body)(void *) = nullptr;
  void *Argument = nullptr;

  static void enter(void *Self);

public:
  using Entry = void (*)(void *Argument);

  Fiber() = default; ///< for the thread that calls: has no stack of its own
  explicit Fiber(size_t StackSize);
  Fiber(Fiber &&Other) noexcept;
  Fiber &operator=(Fiber &&Other) noexcept;
  ~Fiber();

  /// The next switch here calls E, which must never return.
  void prepare(Entry E, void *Argument);
  /// The high end of its stack.
  void *top() const { return Stack + Size; }
  /// Leaves this fiber, which must be the running one, for To.
  void switchTo(Fiber &To);
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_EXPLORER_FIBER_H
