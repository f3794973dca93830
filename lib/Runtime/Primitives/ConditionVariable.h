//===- ConditionVariable.h - Condition variables ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The word chains the sleepers' blocks, the newest first; bit 0 locks the
/// chain for the few instructions that change it. A thread queues before it
/// gives up the caller's lock, so no wake-up after that can miss it. Source:
/// SleepConditionVariableSRW in the Windows SDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_CONDITIONVARIABLE_H
#define IRQLINT_RUNTIME_PRIMITIVES_CONDITIONVARIABLE_H

#include "Runtime/Primitives/WaitBlock.h"
#include <optional>

namespace irqlint::runtime {

template <typename P> class ConditionVariable {
  static constexpr uintptr_t Busy = 1;
  struct alignas(8) Block {
    Sleeper<P> Owner;
    typename P::template Cell<Block *> Older{nullptr};
  };
  typename P::template Atomic<uintptr_t> Word{0};

  static Block *block(uintptr_t V) { return reinterpret_cast<Block *>(V); }

  /// Returns the newest block; nobody else changes the chain until unlock().
  Block *lock() {
    return block(Word.awaitUpdate(
        [](uintptr_t V) {
          return V & Busy ? std::nullopt : std::optional<uintptr_t>(V | Busy);
        },
        Order::Acquire));
  }
  void unlock(Block *Newest) {
    Word.store(reinterpret_cast<uintptr_t>(Newest), Order::Release);
  }

  /// False when a waker has it already.
  bool remove(Block *B) {
    Block *Newest = lock(), *Newer = nullptr, *At = Newest;
    for (; At && At != B; At = At->Older.get())
      Newer = At;
    if (At && Newer)
      Newer->Older.set(B->Older.get());
    unlock(At && !Newer ? B->Older.get() : Newest);
    return At;
  }

public:
  /// Release and Acquire are those of the caller's lock. False when Deadline
  /// passed; the lock is held again in any case. May return early.
  template <typename R, typename A>
  bool sleep(R Release, A Acquire, Time Deadline = Never) {
    Block Mine;
    Mine.Older.set(lock());
    unlock(&Mine);
    Release();
    bool Woken = Mine.Owner.sleepUntil(Deadline);
    if (!Woken && !remove(&Mine)) {
      Mine.Owner.sleep();
      Woken = true;
    }
    Acquire();
    return Woken;
  }

  void wake() {
    Block *Newest = lock(), *Newer = nullptr, *Oldest = Newest;
    for (; Oldest && Oldest->Older.get(); Oldest = Oldest->Older.get())
      Newer = Oldest;
    if (Newer)
      Newer->Older.set(nullptr);
    unlock(Newer ? Newest : nullptr);
    if (Oldest)
      Oldest->Owner.wake();
  }

  void wakeAll() {
    Block *B = lock();
    unlock(nullptr);
    while (B) {
      Block *Older = B->Older.get();
      B->Owner.wake();
      B = Older;
    }
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_CONDITIONVARIABLE_H
