//===- PerProcessor.h - Locks split by processor ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Readers take the lock of their processor, writers take all of them in order:
/// readers of different processors share no cache line. With push locks this is
/// the cache-aware push lock, with reader/writer spin locks NDIS_RW_LOCK_EX.
/// The form that expands by itself is one lock until enough readers had to
/// wait; whoever holds it alone then makes the others. Source:
/// ExAcquireCacheAwarePushLockExclusive, ExAcquireAutoExpandPushLockShared,
/// NdisAcquireRWLockRead in the WDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_PERPROCESSOR_H
#define IRQLINT_RUNTIME_PRIMITIVES_PERPROCESSOR_H

#include "Runtime/Primitives/ExSpinLock.h"
#include "Runtime/Primitives/PushLock.h"
#include "Runtime/Primitives/QueuedSpinLock.h"
#include <new>

namespace irqlint::runtime {

template <typename L> struct alignas(64) PerProcessorSlot {
  L Lock;
};

template <typename P, typename L>
class IRQLINT_CAPABILITY("per-processor lock") PerProcessorLock {
  using Slot = PerProcessorSlot<L>;
  const unsigned Count;
  Slot *const Slots;

public:
  PerProcessorLock()
      : Count(P::cpuCount()), Slots(static_cast<Slot *>(P::allocate(
                                  sizeof(Slot) * Count, alignof(Slot)))) {
    for (unsigned I = 0; Slots && I < Count; ++I)
      new (&Slots[I]) Slot;
  }
  ~PerProcessorLock() {
    for (unsigned I = 0; Slots && I < Count; ++I)
      Slots[I].~Slot();
    if (Slots)
      P::deallocate(Slots, sizeof(Slot) * Count, alignof(Slot));
  }
  PerProcessorLock(const PerProcessorLock &) = delete;
  PerProcessorLock &operator=(const PerProcessorLock &) = delete;

  /// Whether there was memory for it.
  bool isValid() const { return Slots; }

  /// Returns what to release; the thread may move to another processor.
  L *acquireShared() IRQLINT_ACQUIRE_SHARED() IRQLINT_NO_ANALYSIS {
    L *Mine = &Slots[P::cpu() % Count].Lock;
    Mine->acquireShared();
    return Mine;
  }
  L *tryAcquireShared() IRQLINT_NO_ANALYSIS {
    L *Mine = &Slots[P::cpu() % Count].Lock;
    return Mine->tryAcquireShared() ? Mine : nullptr;
  }
  void releaseShared(L *Mine) IRQLINT_RELEASE_SHARED() IRQLINT_NO_ANALYSIS {
    Mine->releaseShared();
  }
  void acquireExclusive() IRQLINT_ACQUIRE() IRQLINT_NO_ANALYSIS {
    for (unsigned I = 0; I < Count; ++I)
      Slots[I].Lock.acquireExclusive();
  }
  void releaseExclusive() IRQLINT_RELEASE() IRQLINT_NO_ANALYSIS {
    for (unsigned I = Count; I-- > 0;)
      Slots[I].Lock.releaseExclusive();
  }
};

template <typename P>
using CacheAwarePushLock = PerProcessorLock<P, PushLock<P>>;
template <typename P> using NdisRwLock = PerProcessorLock<P, ExSpinLock<P>>;

template <typename P>
class IRQLINT_CAPABILITY("auto-expand push lock") AutoExpandPushLock {
  using Expanded = CacheAwarePushLock<P>;
  const unsigned Threshold;
  PushLock<P> Single;
  typename P::template Atomic<Expanded *> All{nullptr};
  typename P::template Atomic<unsigned> Contention{0};

public:
  /// Threshold: how many readers have to wait before it expands.
  explicit AutoExpandPushLock(unsigned Threshold = 16) : Threshold(Threshold) {}
  ~AutoExpandPushLock() {
    if (Expanded *E = All.load(Order::Acquire)) {
      E->~Expanded();
      P::deallocate(E, sizeof(Expanded), alignof(Expanded));
    }
  }

  /// Returns what to release.
  PushLock<P> *acquireShared() IRQLINT_ACQUIRE_SHARED() IRQLINT_NO_ANALYSIS {
    if (Expanded *E = All.load(Order::Acquire))
      return E->acquireShared();
    if (!Single.tryAcquireShared()) {
      Contention.fetchAdd(1, Order::Relaxed);
      Single.acquireShared();
    }
    // It expands only while somebody holds Single alone.
    Expanded *E = All.load(Order::Relaxed);
    if (!E)
      return &Single;
    Single.releaseShared();
    return E->acquireShared();
  }
  void releaseShared(PushLock<P> *Mine)
      IRQLINT_RELEASE_SHARED() IRQLINT_NO_ANALYSIS {
    Mine->releaseShared();
  }
  void acquireExclusive() IRQLINT_ACQUIRE() IRQLINT_NO_ANALYSIS {
    Single.acquireExclusive();
    if (Expanded *E = All.load(Order::Relaxed))
      E->acquireExclusive();
  }
  void releaseExclusive() IRQLINT_RELEASE() IRQLINT_NO_ANALYSIS {
    if (Expanded *E = All.load(Order::Relaxed))
      E->releaseExclusive();
    else if (Contention.load(Order::Relaxed) >= Threshold)
      expand();
    Single.releaseExclusive();
  }
  /// How many readers have had to wait so far.
  unsigned contention() const { return Contention.load(Order::Relaxed); }
  bool isExpanded() const { return All.load(Order::Relaxed) != nullptr; }

private:
  void expand() {
    void *Memory = P::allocate(sizeof(Expanded), alignof(Expanded));
    if (!Memory)
      return; // it stays as it is
    auto *E = new (Memory) Expanded;
    if (E->isValid()) {
      All.store(E, Order::Release);
    } else {
      E->~Expanded();
      P::deallocate(E, sizeof(Expanded), alignof(Expanded));
    }
  }
};

/// The numbered queued locks: one handle per processor and number, so that a
/// processor holds each at most once. At DISPATCH_LEVEL, where it stays.
template <typename P, unsigned Numbers> class NumberedQueuedLocks {
  struct alignas(64) Processor {
    QueuedHandle<P> Handles[Numbers];
  };
  QueuedSpinLock<P> Locks[Numbers];
  const unsigned Count;
  Processor *const Processors;

  QueuedHandle<P> &handle(unsigned N) {
    return Processors[P::cpu() % Count].Handles[N];
  }

public:
  NumberedQueuedLocks()
      : Count(P::cpuCount()),
        Processors(static_cast<Processor *>(
            P::allocate(sizeof(Processor) * Count, alignof(Processor)))) {
    for (unsigned I = 0; Processors && I < Count; ++I)
      new (&Processors[I]) Processor;
  }
  ~NumberedQueuedLocks() {
    for (unsigned I = 0; Processors && I < Count; ++I)
      Processors[I].~Processor();
    if (Processors)
      P::deallocate(Processors, sizeof(Processor) * Count, alignof(Processor));
  }
  NumberedQueuedLocks(const NumberedQueuedLocks &) = delete;
  NumberedQueuedLocks &operator=(const NumberedQueuedLocks &) = delete;
  bool isValid() const { return Processors; }

  void acquire(unsigned N) IRQLINT_NO_ANALYSIS { Locks[N].acquire(handle(N)); }
  bool tryAcquire(unsigned N) IRQLINT_NO_ANALYSIS {
    return Locks[N].tryAcquire(handle(N));
  }
  void release(unsigned N) IRQLINT_NO_ANALYSIS { Locks[N].release(handle(N)); }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_PERPROCESSOR_H
