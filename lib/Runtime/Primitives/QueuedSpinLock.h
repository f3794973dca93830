//===- QueuedSpinLock.h - FIFO spin locks with local spinning ---*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The lock word holds the newest handle; each waiter spins on its own handle
/// until its predecessor passes the lock on (Mellor-Crummey and Scott:
/// Algorithms for Scalable Synchronization, TOCS 1991). In-stack queued locks
/// bring the handle along, numbered ones have a handle per processor. Not to be
/// mixed with plain acquisition of the same word.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_QUEUEDSPINLOCK_H
#define IRQLINT_RUNTIME_PRIMITIVES_QUEUEDSPINLOCK_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Platform/Order.h"
#include "Runtime/Platform/ThreadSafety.h"
#include <cstdint>

namespace irqlint::runtime {

template <typename P> class QueuedSpinLock;

/// As KSPIN_LOCK_QUEUE: the next waiter, and the lock with two bits of state in
/// its low end. Must stay in place from acquire to release.
template <typename P> class QueuedHandle {
  friend class QueuedSpinLock<P>;
  typename P::template Atomic<QueuedHandle *> Next{nullptr};
  typename P::template Atomic<uintptr_t> Lock{0};

public:
  /// Whether it holds a lock now; only its owner gets a stable answer.
  bool isOwner() const { return Lock.load(Order::Relaxed) & 2; }
  bool isIdle() const { return Lock.load(Order::Relaxed) == 0; }
};

template <typename P>
class IRQLINT_CAPABILITY("queued spin lock") QueuedSpinLock {
  using Handle = QueuedHandle<P>;
  static constexpr uintptr_t Waiting = 1, Owned = 2;
  typename P::template Atomic<Handle *> Tail{nullptr};

  uintptr_t word(uintptr_t State) const {
    return reinterpret_cast<uintptr_t>(this) | State;
  }

public:
  void acquire(Handle &H) IRQLINT_ACQUIRE() IRQLINT_NO_ANALYSIS {
    if (!H.isIdle()) {
      P::misuse(Misuse::InUse, &H, "lock queue handle");
      return;
    }
    H.Next.store(nullptr, Order::Relaxed);
    // Before anybody can pass the lock on to this handle.
    H.Lock.store(word(Waiting), Order::Relaxed);
    Handle *Before = Tail.exchange(&H, Order::AcqRel);
    if (!Before) {
      H.Lock.store(word(Owned), Order::Relaxed);
      return;
    }
    Before->Next.store(&H, Order::Release);
    H.Lock.await([](uintptr_t V) { return !(V & Waiting); }, Order::Acquire);
  }

  /// Never queues.
  bool tryAcquire(Handle &H) IRQLINT_TRY_ACQUIRE(true) IRQLINT_NO_ANALYSIS {
    if (!H.isIdle()) {
      P::misuse(Misuse::InUse, &H, "lock queue handle");
      return false;
    }
    H.Next.store(nullptr, Order::Relaxed);
    H.Lock.store(word(Owned), Order::Relaxed);
    Handle *None = nullptr;
    if (Tail.compareExchange(None, &H, Order::AcqRel))
      return true;
    H.Lock.store(0, Order::Relaxed);
    return false;
  }

  void release(Handle &H) IRQLINT_RELEASE() IRQLINT_NO_ANALYSIS {
    if (H.Lock.load(Order::Relaxed) != word(Owned)) {
      P::misuse(Misuse::NotHeld, &H, "queued spin lock");
      return;
    }
    Handle *Successor = H.Next.load(Order::Acquire);
    if (!Successor) {
      Handle *Me = &H;
      if (Tail.compareExchange(Me, nullptr, Order::Release)) {
        H.Lock.store(0, Order::Relaxed);
        return;
      }
      // Somebody is between its exchange and the link.
      Successor =
          H.Next.await([](Handle *N) { return N != nullptr; }, Order::Acquire);
    }
    Successor->Lock.store(word(Owned), Order::Release);
    H.Lock.store(0, Order::Relaxed);
  }

  bool isFree() const { return Tail.load(Order::Relaxed) == nullptr; }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_QUEUEDSPINLOCK_H
