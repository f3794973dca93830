//===- DriverLocks.h - Interrupt locks, locks of the framework --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// An interrupt's routine, and what is synchronized with it, run under the lock
/// of the interrupt, which several may share; a passive one has an event in its
/// place. The framework's wait lock is an event with an owner, and a callback
/// lock is of either kind, by the execution level; a callback for which the
/// caller holds the lock already is run when that is given up. Levels are the
/// business of the machine around it. Source: KeSynchronizeExecution,
/// IoConnectInterruptEx, WdfWaitLockAcquire, WdfObjectAcquireLock in the WDK
/// documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_DRIVERLOCKS_H
#define IRQLINT_RUNTIME_PRIMITIVES_DRIVERLOCKS_H

#include "Runtime/Primitives/ObjectWaits.h"

namespace irqlint::runtime {

/// KINTERRUPT.
template <typename P> class Interrupt {
public:
  using Routine = bool (*)(void *Context);

private:
  const Routine Service;
  void *const Context;
  SpinLock<P> Own;
  SpinLock<P> *const Lock; ///< its own, or one that is shared
  KernelEvent<P> *const Passive = nullptr;

public:
  Interrupt(Routine Service, void *Context, SpinLock<P> *Shared = nullptr)
      : Service(Service), Context(Context), Lock(Shared ? Shared : &Own) {}
  /// Handled at PASSIVE_LEVEL: Gate is a synchronization event, signaled.
  Interrupt(Routine Service, void *Context, KernelEvent<P> &Gate)
      : Service(Service), Context(Context), Lock(nullptr), Passive(&Gate) {}

  void acquire(KernelThread<P> &Self) IRQLINT_NO_ANALYSIS {
    if (Passive)
      ObjectWaits<P>::one(Self, *Passive);
    else
      Lock->acquire();
  }
  void release() IRQLINT_NO_ANALYSIS {
    if (!Passive)
      Lock->release();
    else if (Passive->set())
      P::misuse(Misuse::NotHeld, this, "interrupt");
  }
  /// The device asks for attention; whether it was this one.
  bool interrupt(KernelThread<P> &Self) {
    return synchronize(Self, Service, Context);
  }
  bool synchronize(KernelThread<P> &Self, Routine Run, void *With) {
    acquire(Self);
    bool Result = Run(With);
    release();
    return Result;
  }
};

/// WDFWAITLOCK. APCs are off while it is held.
template <typename P> class WdfWaitLock {
  KernelEvent<P> Free;
  typename P::template Atomic<KernelThread<P> *> Owner{nullptr};

public:
  explicit WdfWaitLock(Dispatcher<P> &All)
      : Free(All, EventKind::Synchronization, true) {}

  /// False when Deadline passed (STATUS_TIMEOUT).
  bool acquire(KernelThread<P> &Self, Time Deadline = Never) {
    if (Owner.load(Order::Relaxed) == &Self) { // only it writes that
      P::misuse(Misuse::Recursive, this, "WDFWAITLOCK");
      return false;
    }
    Self.enterCriticalRegion();
    if (ObjectWaits<P>::one(Self, Free, {Deadline}) == wait_status::TimedOut) {
      Self.leaveCriticalRegion();
      return false;
    }
    Owner.store(&Self, Order::Relaxed);
    return true;
  }
  void release(KernelThread<P> &Self) {
    if (Owner.load(Order::Relaxed) != &Self) {
      P::misuse(Misuse::NotOwner, this, "WDFWAITLOCK");
      return;
    }
    Owner.store(nullptr, Order::Relaxed);
    Free.set();
    Self.leaveCriticalRegion();
  }
};

/// The lock under which the framework calls back, by scope Device or Queue.
template <typename P> class WdfCallbackLock {
  template <typename T> using Cell = typename P::template Cell<T>;

public:
  using Callback = void (*)(void *Context);
  /// A callback to be run; it is the caller's until it has begun.
  struct Call {
    Callback Run;
    void *Context;
    Cell<Call *> Next{nullptr};
  };

private:
  const bool Spins;
  SpinLock<P> Spin;
  KernelEvent<P> Free; ///< of the form that does not spin
  typename P::template Atomic<KernelThread<P> *> Owner{nullptr};
  /// Only for the owner.
  Cell<Call *> First{nullptr}, Last{nullptr};

public:
  /// Spins: execution level Dispatch.
  WdfCallbackLock(Dispatcher<P> &All, bool Spins)
      : Spins(Spins), Free(All, EventKind::Synchronization, true) {}

  void acquire(KernelThread<P> &Self) IRQLINT_NO_ANALYSIS {
    if (Owner.load(Order::Relaxed) == &Self) {
      P::misuse(Misuse::Recursive, this, "callback lock");
      return;
    }
    if (Spins) {
      Spin.acquire();
    } else {
      Self.enterCriticalRegion();
      ObjectWaits<P>::one(Self, Free);
    }
    Owner.store(&Self, Order::Relaxed);
  }
  void release(KernelThread<P> &Self) IRQLINT_NO_ANALYSIS {
    if (Owner.load(Order::Relaxed) != &Self) {
      P::misuse(Misuse::NotOwner, this, "callback lock");
      return;
    }
    // What came while it was held; each may bring more.
    while (Call *C = First.get()) {
      First.set(C->Next.get());
      C->Run(C->Context);
    }
    Owner.store(nullptr, Order::Relaxed);
    if (Spins) {
      Spin.release();
    } else {
      Free.set();
      Self.leaveCriticalRegion();
    }
  }
  /// Runs it under the lock; at once, or, for an owner, when it releases. True:
  /// it has run.
  bool dispatch(KernelThread<P> &Self, Call &C) {
    if (Owner.load(Order::Relaxed) == &Self) {
      C.Next.set(nullptr);
      if (First.get())
        Last.get()->Next.set(&C);
      else
        First.set(&C);
      Last.set(&C);
      return false;
    }
    acquire(Self);
    C.Run(C.Context);
    release(Self);
    return true;
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_DRIVERLOCKS_H
