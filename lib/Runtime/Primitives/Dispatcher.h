//===- Dispatcher.h - Objects that threads wait for -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Each object has a lock of its own; who waits queues a block per object and
/// has one claim, which exactly one of those who would end the wait takes: an
/// object that is signaled, the clock, an alert. Whoever claims consumes the
/// signal for the waiter, so that nobody can get in between. A wait for any is
/// scanned object by object, queued from the first on: an object that is
/// signaled behind the scan claims it. Waits for all are tested with all their
/// objects locked; who holds several has AllWaits, and nobody waits for that
/// with an object locked. Source: KeWaitForMultipleObjects in the WDK
/// documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_DISPATCHER_H
#define IRQLINT_RUNTIME_PRIMITIVES_DISPATCHER_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Platform/ThreadSafety.h"
#include "Runtime/Primitives/SpinLock.h"
#include "Runtime/Primitives/WaitBlock.h"

namespace irqlint::runtime {

template <typename P> class DispatcherObject;
template <typename P> class KernelThread;

/// How waits end, as NTSTATUS.
namespace wait_status {
constexpr uint32_t Object0 = 0, Abandoned0 = 0x80, UserApc = 0xC0,
                   Alerted = 0x101, TimedOut = 0x102, MutantLimit = 0xC0000191;
}
enum class WaitKind : uint8_t { Any, All };
enum class WaitMode : uint8_t { Kernel, User };

constexpr unsigned MaxWaitObjects = 64; ///< MAXIMUM_WAIT_OBJECTS
constexpr unsigned OwnWaitBlocks = 3;   ///< THREAD_WAIT_OBJECTS

/// One call of a wait.
template <typename P> struct ObjectWaiter;

/// A wait in the queue of one object (KWAIT_BLOCK).
template <typename P> struct ObjectWait {
  typename P::template Cell<ObjectWait *> Next{nullptr}, Before{nullptr};
  ObjectWaiter<P> *Owner = nullptr;
  DispatcherObject<P> *Object = nullptr;
  unsigned Index = 0;
};

template <typename P> struct ObjectWaiter {
  Sleeper<P> Owner;
  KernelThread<P> &Thread;
  const WaitKind Kind;
  const unsigned Count;
  ObjectWait<P> *const Blocks;
  typename P::template Atomic<uint32_t> Claimed{0};
  typename P::template Cell<uint32_t> Status{wait_status::TimedOut};
  typename P::template Cell<ObjectWaiter *> NextWoken{nullptr};

  ObjectWaiter(KernelThread<P> &Thread, WaitKind Kind, unsigned Count,
               ObjectWait<P> *Blocks)
      : Thread(Thread), Kind(Kind), Count(Count), Blocks(Blocks) {}

  /// True for exactly one. What follows is ordered by the wake-up.
  bool claim() {
    uint32_t No = 0;
    return Claimed.compareExchange(No, 1, Order::Relaxed);
  }
};

/// Waits that have been claimed, to be woken without any lock.
template <typename P> class WokenChain {
  ObjectWaiter<P> *First = nullptr;

public:
  void add(ObjectWaiter<P> &W, uint32_t Status) {
    W.Status.set(Status);
    W.NextWoken.set(First);
    First = &W;
  }
  void wake() {
    while (ObjectWaiter<P> *W = First) {
      First = W->NextWoken.get(); // it may be gone once it is woken
      W->Owner.wake();
    }
  }
};

/// What all objects share that may be waited for together.
template <typename P> struct Dispatcher {
  /// Before the locks of several objects.
  SpinLock<P> AllWaits;
};

enum class ObjectKind : uint8_t {
  Stays,    ///< notification events and timers, threads
  Resets,   ///< synchronization events and timers: one wait takes it
  Counts,   ///< semaphores: each wait takes one
  HasOwner, ///< mutexes: Signal is 1 minus how often it is owned
};

template <typename P> class DispatcherObject {
  template <typename T> using Cell = typename P::template Cell<T>;
  template <typename Q> friend class ObjectWaits;
  template <typename Q> friend class KernelThread;
  Dispatcher<P> &All;
  const ObjectKind Kind;
  /// Of mutexes: owned as often as can be.
  const int32_t Least;
  mutable SpinLock<P> Lock; ///< of all that follows
  Cell<int32_t> Signal IRQLINT_GUARDED_BY(Lock);
  Cell<ObjectWait<P> *> First IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<ObjectWait<P> *> Last IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<unsigned> AllWaiters IRQLINT_GUARDED_BY(Lock){0};

  void push(ObjectWait<P> &B) IRQLINT_REQUIRES(Lock) {
    ObjectWait<P> *End = Last.get();
    B.Before.set(End); // callers use their blocks again
    B.Next.set(nullptr);
    if (End)
      End->Next.set(&B);
    else
      First.set(&B);
    Last.set(&B);
    if (B.Owner->Kind == WaitKind::All)
      AllWaiters.set(AllWaiters.get() + 1);
  }

  void remove(ObjectWait<P> &B) IRQLINT_REQUIRES(Lock) {
    ObjectWait<P> *Before = B.Before.get(), *Next = B.Next.get();
    if (Before)
      Before->Next.set(Next);
    else
      First.set(Next);
    if (Next)
      Next->Before.set(Before);
    else
      Last.set(Before);
    if (B.Owner->Kind == WaitKind::All)
      AllWaiters.set(AllWaiters.get() - 1);
  }

  bool isSignaledFor(KernelThread<P> &T) const IRQLINT_REQUIRES(Lock) {
    return Signal.get() > 0 ||
           (Kind == ObjectKind::HasOwner && Owner.get() == &T);
  }

  /// What is added to the status.
  uint32_t consume(KernelThread<P> &T) IRQLINT_REQUIRES(Lock) {
    if (Kind == ObjectKind::Resets || Kind == ObjectKind::Counts)
      Signal.set(Signal.get() - 1);
    if (Kind != ObjectKind::HasOwner)
      return 0;
    if (Signal.get() == Least) {
      P::misuse(Misuse::LimitExceeded, this, "mutex");
      return wait_status::MutantLimit;
    }
    Signal.set(Signal.get() - 1);
    Owner.set(&T);
    bool WasAbandoned = Abandoned.get();
    if (WasAbandoned)
      Abandoned.set(false);
    return WasAbandoned ? wait_status::Abandoned0 : 0;
  }

  /// Ends a wait for all if all can be had now; this object is locked, and
  /// AllWaits.
  bool satisfyAll(ObjectWaiter<P> &W,
                  WokenChain<P> &Woken) IRQLINT_NO_ANALYSIS {
    bool Satisfied = true;
    for (unsigned I = 0; I < W.Count; ++I) {
      DispatcherObject &O = *W.Blocks[I].Object;
      if (&O != this)
        O.Lock.acquire();
      Satisfied &= O.isSignaledFor(W.Thread);
    }
    Satisfied = Satisfied && W.claim();
    uint32_t Status = wait_status::Object0;
    for (unsigned I = 0; I < W.Count; ++I) {
      DispatcherObject &O = *W.Blocks[I].Object;
      if (Satisfied) {
        Status |= O.consume(W.Thread);
        O.remove(W.Blocks[I]);
      }
      if (&O != this)
        O.Lock.release();
    }
    if (Satisfied)
      Woken.add(W, Status);
    return Satisfied;
  }

protected:
  /// Of mutexes.
  Cell<KernelThread<P> *> Owner IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<bool> Abandoned IRQLINT_GUARDED_BY(Lock){false};

  DispatcherObject(Dispatcher<P> &All, ObjectKind Kind, int32_t Signal,
                   int32_t Least = INT32_MIN)
      : All(All), Kind(Kind), Least(Least), Signal(Signal) {}
  ~DispatcherObject() {
    if (First.get() || AllWaiters.get())
      P::misuse(Misuse::InUse, this, "dispatcher object");
  }

  /// Changes the state under the lock: Change gets the old one and gives the
  /// new one; then ends the waits that this satisfies, oldest first, which the
  /// caller wakes. Pulse: what is left is taken back.
  template <typename F>
  int32_t change(F Change, bool Pulse,
                 WokenChain<P> &Woken) IRQLINT_NO_ANALYSIS {
    Lock.acquire();
    bool Several = AllWaiters.get() != 0;
    if (Several) {
      Lock.release();
      All.AllWaits.acquire();
      Lock.acquire();
    }
    int32_t Old = Signal.get(), New = Change(Old);
    if (New != Old)
      Signal.set(New);
    for (ObjectWait<P> *B = First.get(), *Next; B && Signal.get() > 0;
         B = Next) {
      Next = B->Next.get();
      ObjectWaiter<P> &W = *B->Owner;
      if (W.Kind == WaitKind::All) {
        satisfyAll(W, Woken);
      } else if (W.claim()) {
        remove(*B);
        Woken.add(W, B->Index + consume(W.Thread));
      } // else it is about to take its block off
    }
    if (Pulse && Signal.get())
      Signal.set(0);
    Lock.release();
    if (Several)
      All.AllWaits.release();
    return Old;
  }
  template <typename F> int32_t change(F Change, bool Pulse = false) {
    WokenChain<P> Woken;
    int32_t Old = change(Change, Pulse, Woken);
    Woken.wake();
    return Old;
  }

  KernelThread<P> *lockedOwner() const {
    Holding<SpinLock<P>> Held(Lock);
    return Owner.get();
  }
  /// Of a mutex, by its owner.
  int32_t ownSignal() const IRQLINT_NO_ANALYSIS { return Signal.get(); }

public:
  DispatcherObject(const DispatcherObject &) = delete;
  DispatcherObject &operator=(const DispatcherObject &) = delete;

  int32_t readState() const {
    Holding<SpinLock<P>> Held(Lock);
    return Signal.get();
  }
  ObjectKind kind() const { return Kind; }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_DISPATCHER_H
