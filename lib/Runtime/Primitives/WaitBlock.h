//===- WaitBlock.h - How one thread sleeps until another says so *- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What the blocking primitives keep on the stack of a waiting thread. The mark
/// is the waker's last access: the waiter may return at once after it, and the
/// thread record outlives the block.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_WAITBLOCK_H
#define IRQLINT_RUNTIME_PRIMITIVES_WAITBLOCK_H

#include "Runtime/Platform/Order.h"
#include <cstdint>

namespace irqlint::runtime {

template <typename P> class Sleeper {
  typename P::template Cell<typename P::Thread *> Thread;
  typename P::template Atomic<uint32_t> Mark;

public:
  Sleeper() : Thread(P::self()), Mark(0) {}

  void sleep() {
    while (!Mark.load(Order::Acquire))
      P::park();
  }
  /// False when Deadline passed and nobody has woken it yet; somebody still
  /// may, until the owner has made sure that nobody can.
  bool sleepUntil(Time Deadline) {
    while (!Mark.load(Order::Acquire))
      if (!P::parkUntil(Deadline))
        return Mark.load(Order::Acquire) != 0;
    return true;
  }
  bool isWoken() const { return Mark.load(Order::Acquire) != 0; }
  void wake() {
    typename P::Thread *T = Thread.get(); // *this may be gone after the store
    Mark.store(1, Order::Release);
    P::unpark(T);
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_WAITBLOCK_H
