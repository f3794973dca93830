//===- CriticalSection.h - Critical sections and RTL resources --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// RTL_CRITICAL_SECTION: the lock count begins at -1, recursion and owner are
/// the owner's, and a contended leave posts one token that exactly one waiter
/// takes. RTL_RESOURCE: readers, or one writer with recursion; a release lets
/// in a writer or a batch of readers. Source: InitializeCriticalSection in the
/// Windows SDK documentation; RtlInitializeResource as used in public headers.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_CRITICALSECTION_H
#define IRQLINT_RUNTIME_PRIMITIVES_CRITICALSECTION_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Platform/ThreadSafety.h"
#include "Runtime/Primitives/AddressWait.h"

namespace irqlint::runtime {

template <typename P, unsigned Buckets = 256>
class IRQLINT_CAPABILITY("critical section") CriticalSection {
  using Thread = typename P::Thread;
  AddressWait<P, Buckets> &Waits;
  typename P::template Atomic<int32_t> LockCount{-1};
  typename P::template Atomic<uint32_t> Tokens{0};
  typename P::template Atomic<Thread *> Owner{nullptr};
  typename P::template Cell<uint32_t> Recursion{0};

public:
  explicit CriticalSection(AddressWait<P, Buckets> &Waits) : Waits(Waits) {}

  void acquire() IRQLINT_ACQUIRE() IRQLINT_NO_ANALYSIS {
    Thread *Me = P::self();
    if (Owner.load(Order::Relaxed) == Me) { // only this thread writes that
      Recursion.set(Recursion.get() + 1);
      return;
    }
    if (LockCount.fetchAdd(1, Order::Acquire) != -1)
      for (;;) {
        uint32_t One = 1;
        if (Tokens.compareExchange(One, 0, Order::Acquire))
          break;
        Waits.wait(Tokens, uint32_t(0));
      }
    Owner.store(Me, Order::Relaxed);
    Recursion.set(1);
  }

  bool tryAcquire() IRQLINT_TRY_ACQUIRE(true) IRQLINT_NO_ANALYSIS {
    Thread *Me = P::self();
    if (Owner.load(Order::Relaxed) == Me) {
      Recursion.set(Recursion.get() + 1);
      return true;
    }
    int32_t Free = -1;
    if (!LockCount.compareExchange(Free, 0, Order::Acquire))
      return false;
    Owner.store(Me, Order::Relaxed);
    Recursion.set(1);
    return true;
  }

  void release() IRQLINT_RELEASE() IRQLINT_NO_ANALYSIS {
    if (Owner.load(Order::Relaxed) != P::self()) {
      P::misuse(Misuse::NotOwner, this, "critical section");
      return;
    }
    Recursion.set(Recursion.get() - 1);
    if (Recursion.get())
      return;
    Owner.store(nullptr, Order::Relaxed);
    if (LockCount.fetchSub(1, Order::Release) == 0)
      return;
    Tokens.store(1, Order::Release);
    Waits.wakeSingle(&Tokens);
  }

  bool isOwned() const { return Owner.load(Order::Relaxed) == P::self(); }
  bool isLocked() const { return LockCount.load(Order::Relaxed) != -1; }
};

template <typename P> class IRQLINT_CAPABILITY("RTL_RESOURCE") RtlResource {
  struct Waiter : WaitNode<P, Waiter> {
    typename P::Thread *Thread = P::self();
  };
  template <typename T> using Cell = typename P::template Cell<T>;
  SpinLock<P> Guard; ///< of all that follows
  Cell<int> Active IRQLINT_GUARDED_BY(Guard){
      0}; ///< readers, or minus the writer's recursion
  Cell<typename P::Thread *> Writer IRQLINT_GUARDED_BY(Guard){nullptr};
  WaitQueue<P, Waiter> Readers IRQLINT_GUARDED_BY(Guard);
  WaitQueue<P, Waiter> Writers IRQLINT_GUARDED_BY(Guard);

  /// The next writer, or the readers that wait; owners from here on.
  Waiter *handOver(bool ReadersFirst) IRQLINT_REQUIRES(Guard) {
    if (!Readers.empty() && (ReadersFirst || Writers.empty())) {
      Waiter *Chain = Readers.takeAll();
      for (Waiter *W = Chain; W; W = W->Next.get())
        Active.set(Active.get() + 1);
      return Chain;
    }
    Waiter *W = Writers.pop();
    if (!W)
      return nullptr;
    W->Next.set(nullptr);
    Active.set(-1);
    Writer.set(W->Thread);
    return W;
  }

  bool wait(WaitQueue<P, Waiter> &Queue, bool Wait) IRQLINT_NO_ANALYSIS {
    if (!Wait) {
      Guard.release();
      return false;
    }
    Waiter Mine;
    Queue.push(&Mine);
    Guard.release();
    Mine.Owner.sleep();
    return true;
  }

public:
  bool acquireExclusive(bool Wait = true)
      IRQLINT_TRY_ACQUIRE(true) IRQLINT_NO_ANALYSIS {
    Guard.acquire();
    if (Active.get() && Writer.get() != P::self())
      return wait(Writers, Wait);
    Active.set(Active.get() - 1);
    Writer.set(P::self());
    Guard.release();
    return true;
  }

  bool acquireShared(bool Wait = true)
      IRQLINT_TRY_ACQUIRE_SHARED(true) IRQLINT_NO_ANALYSIS {
    Guard.acquire();
    bool Mine = Writer.get() == P::self();
    if (!Mine && (Active.get() < 0 || !Writers.empty()))
      return wait(Readers, Wait);
    Active.set(Active.get() + (Mine ? -1 : 1)); // a writer recurses
    Guard.release();
    return true;
  }

  void release() IRQLINT_RELEASE_ANY() IRQLINT_NO_ANALYSIS {
    Guard.acquire();
    int Held = Active.get();
    if (!Held || (Held < 0 && Writer.get() != P::self())) {
      Guard.release();
      P::misuse(Held ? Misuse::NotOwner : Misuse::NotHeld, this,
                "RTL_RESOURCE");
      return;
    }
    Active.set(Held < 0 ? Held + 1 : Held - 1);
    Waiter *Woken = nullptr;
    if (!Active.get()) {
      Writer.set(nullptr);
      Woken = handOver(Held < 0);
    }
    Guard.release();
    wakeChain(Woken);
  }

  /// By a writer that has not recursed.
  void convertToShared() IRQLINT_NO_ANALYSIS {
    Guard.acquire();
    if (Active.get() != -1 || Writer.get() != P::self()) {
      Guard.release();
      P::misuse(Misuse::NotOwner, this, "RTL_RESOURCE");
      return;
    }
    Active.set(1);
    Writer.set(nullptr);
    Waiter *Woken = Readers.empty() ? nullptr : handOver(true);
    Guard.release();
    wakeChain(Woken);
  }

  bool isFree() {
    Holding<SpinLock<P>> Held(Guard);
    return !Active.get();
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_CRITICALSECTION_H
