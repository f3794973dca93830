//===- PushLockBlocks.h - Sleeping on a push lock by hand -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A push lock that nobody acquires as a place to sleep at: who is about to
/// sleep puts its block there, looks at its condition again, and sleeps; who
/// changes the condition takes all blocks off and wakes their owners. Both ends
/// are one read-modify-write of the word, so either the sleeper sees the change
/// or the waker sees the block. Source: public descriptions of ExBlockPushLock
/// and ExUnblockPushLockEx.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_PUSHLOCKBLOCKS_H
#define IRQLINT_RUNTIME_PRIMITIVES_PUSHLOCKBLOCKS_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Primitives/WaitBlock.h"
#include <optional>

namespace irqlint::runtime {

template <typename P> class PushLockBlocks {
public:
  class Block {
    friend class PushLockBlocks;
    Sleeper<P> Owner;
    typename P::template Cell<Block *> Next{nullptr};
  };

private:
  typename P::template Atomic<Block *> Newest{nullptr};

public:
  ~PushLockBlocks() {
    if (Newest.load(Order::Relaxed))
      P::misuse(Misuse::InUse, this, "push lock");
  }

  /// From here on unblock() ends the sleep that follows, or that does not.
  void block(Block &B) {
    Block *Old = Newest.load(Order::Relaxed);
    do
      B.Next.set(Old);
    while (!Newest.compareExchange(Old, &B, Order::AcqRel));
  }

  void wait(Block &B) { B.Owner.sleep(); }

  /// False when time was up; the block is off the lock either way.
  bool waitUntil(Block &B, Time Deadline) {
    if (B.Owner.sleepUntil(Deadline))
      return true;
    unblock(&B);
    return false;
  }

  /// Ends the sleep of everybody. \p Mine: the caller does not sleep after all;
  /// when this returns nobody uses its block any more.
  void unblock(Block *Mine = nullptr) {
    Block *B = Newest.exchange(nullptr, Order::AcqRel);
    while (B) {
      Block *Next = B->Next.get(); // it may be gone once its owner is awake
      B->Owner.wake();
      B = Next;
    }
    if (Mine)
      Mine->Owner.sleep(); // somebody else may have taken it off, and be late
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_PUSHLOCKBLOCKS_H
