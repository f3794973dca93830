//===- PushLock.h - Push locks over blocks on stacks ------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The word: bit 0 locked, 1 there are waiters, 2 somebody is waking them, 3
/// several readers hold it and are counted in the oldest block; the rest is the
/// number of readers, or, with waiters, the address of the newest block. Blocks
/// are chained from the newest to the oldest. Nothing is handed over: whoever
/// is woken competes again, and newcomers may win; but readers queue as soon as
/// anybody waits. Who releases last unchains one writer, or all when the oldest
/// is a reader.
///
/// Slim reader/writer locks work by the same protocol.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_PUSHLOCK_H
#define IRQLINT_RUNTIME_PRIMITIVES_PUSHLOCK_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Platform/ThreadSafety.h"
#include "Runtime/Primitives/WaitBlock.h"
#include <cstdint>
#include <optional>

namespace irqlint::runtime {

template <typename P> class IRQLINT_CAPABILITY("push lock") PushLock {
  static constexpr uintptr_t Locked = 1, Waiters = 2, Waking = 4, Several = 8,
                             Flags = 15, Share = 16;

  struct alignas(16) Block {
    Sleeper<P> Owner;
    typename P::template Cell<bool> Exclusive{false};
    typename P::template Cell<Block *> Older{nullptr};
    typename P::template Cell<Block *> Newer{nullptr}; ///< set by wakers only
    /// In the oldest block: readers that hold the lock.
    typename P::template Atomic<uintptr_t> Readers{0};
  };

  typename P::template Atomic<uintptr_t> Word{0};

  static Block *block(uintptr_t V) {
    return reinterpret_cast<Block *>(V & ~Flags);
  }

  static std::optional<uintptr_t> enterShared(uintptr_t V) {
    if (!(V & Locked)) // with waiters there is no room for a count: one reader
      return V & Waiters ? V | Locked : V + (Share | Locked);
    if (!(V & Waiters) && V >= Share)
      return V + Share;
    return std::nullopt;
  }
  static std::optional<uintptr_t> enterExclusive(uintptr_t V) {
    return V & Locked ? std::nullopt : std::optional<uintptr_t>(V | Locked);
  }

  template <bool Exclusive> void acquire() {
    auto Enter = Exclusive ? enterExclusive : enterShared;
    for (;;) {
      auto [V, Done] = Word.update(Enter, Order::Acquire);
      if (Done)
        return;
      Block Mine;
      Mine.Exclusive.set(Exclusive);
      // Ends by queueing behind a holder, or with the lock free.
      while (!Enter(V)) {
        uintptr_t Next = reinterpret_cast<uintptr_t>(&Mine) | Waiters;
        if (V & Waiters) {
          Mine.Older.set(block(V));
          Next |= V & (Locked | Waking | Several);
        } else {
          Mine.Older.set(nullptr);
          Mine.Readers.store(V / Share, Order::Relaxed);
          Next |= Locked | (V / Share > 1 ? Several : 0);
        }
        if (Word.compareExchange(V, Next, Order::Release)) {
          Mine.Owner.sleep();
          break;
        }
      }
    }
  }

  static Block *oldest(uintptr_t V) {
    Block *B = block(V);
    while (Block *Older = B->Older.get()) {
      Older->Newer.set(B);
      B = Older;
    }
    return B;
  }

  /// By whoever has set Waking, which makes the chain its own; V is the word.
  void wake(uintptr_t V) {
    for (;;) {
      if (V & Locked) { // its holder will care, once Waking is off
        if (Word.compareExchange(V, V & ~Waking, Order::AcqRel))
          return;
        continue;
      }
      Block *Last = oldest(V);
      if (Last->Exclusive.get() && Last != block(V)) {
        Last->Newer.get()->Older.set(nullptr);
        Word.fetchAnd(~Waking, Order::Release);
        Last->Owner.wake();
        return;
      }
      if (!Word.compareExchange(V, 0, Order::Acquire))
        continue;
      for (Block *B = Last; B;) {
        Block *Newer = B == block(V) ? nullptr : B->Newer.get();
        B->Owner.wake();
        B = Newer;
      }
      return;
    }
  }

  /// Gives up the lock in a word with waiters.
  void unlockAndWake() {
    auto [V, Done] = Word.update(
        [](uintptr_t V) -> std::optional<uintptr_t> {
          return (V & ~(Locked | Several)) | Waking;
        },
        Order::AcqRel);
    if (!(V & Waking))
      wake((V & ~(Locked | Several)) | Waking);
  }

public:
  void acquireExclusive() IRQLINT_ACQUIRE() IRQLINT_NO_ANALYSIS {
    acquire<true>();
  }
  void acquireShared() IRQLINT_ACQUIRE_SHARED() IRQLINT_NO_ANALYSIS {
    acquire<false>();
  }
  bool tryAcquireExclusive() IRQLINT_TRY_ACQUIRE(true) IRQLINT_NO_ANALYSIS {
    return Word.update(enterExclusive, Order::Acquire).second;
  }
  bool tryAcquireShared() IRQLINT_TRY_ACQUIRE_SHARED(true) IRQLINT_NO_ANALYSIS {
    return Word.update(enterShared, Order::Acquire).second;
  }

  void releaseExclusive() IRQLINT_RELEASE() IRQLINT_NO_ANALYSIS {
    uintptr_t V = Locked;
    if (Word.compareExchange(V, 0, Order::Release))
      return;
    if (!(V & Waiters) || V & Several) {
      P::misuse(Misuse::NotHeld, this, "push lock");
      return;
    }
    unlockAndWake();
  }

  void releaseShared() IRQLINT_RELEASE_SHARED() IRQLINT_NO_ANALYSIS {
    auto Leave = [](uintptr_t V) -> std::optional<uintptr_t> {
      if (V & Waiters || V < Share)
        return std::nullopt;
      return V < 2 * Share ? 0 : V - Share;
    };
    auto [V, Done] = Word.update(Leave, Order::AcqRel);
    if (Done)
      return;
    if (!(V & Waiters) || !(V & Locked)) {
      P::misuse(Misuse::NotHeld, this, "push lock");
      return;
    }
    if (V & Several) {
      Block *B = block(V);
      while (Block *Older = B->Older.get())
        B = Older;
      if (B->Readers.fetchSub(1, Order::AcqRel) > 1)
        return;
    }
    unlockAndWake();
  }

  /// In whichever mode it is held (ExReleasePushLock).
  void release() IRQLINT_RELEASE_ANY() IRQLINT_NO_ANALYSIS {
    // Only the holder asks, so that the mode cannot change meanwhile; a count
    // in the word or in a block means readers, and one reader that came while
    // others waited leaves as a writer does.
    uintptr_t V = Word.load(Order::Relaxed);
    if (V & Several || (!(V & Waiters) && V >= Share))
      releaseShared();
    else
      releaseExclusive();
  }

  /// Whether somebody is queued; a moment's answer.
  bool hasWaiters() const { return Word.load(Order::Relaxed) & Waiters; }
  bool isFree() const { return !(Word.load(Order::Relaxed) & Locked); }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_PUSHLOCK_H
