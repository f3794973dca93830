//===- Dpc.h - Deferred procedure calls -------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Each processor has a queue, drained by that processor alone, one procedure
/// after the other. A DPC is in at most one queue: it has a word that says in
/// which, taken by compare-exchange and given back when it is taken off, before
/// its routine runs. So a change of its target matters to later insertions
/// only, and a removal finds the right queue. A flush goes through each queue
/// behind what was there. Threaded DPCs are the same with a queue that a thread
/// drains. Source: KeInsertQueueDpc, KeRemoveQueueDpc, KeFlushQueuedDpcs,
/// KeSetImportanceDpc in the WDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_DPC_H
#define IRQLINT_RUNTIME_PRIMITIVES_DPC_H

#include "Runtime/Primitives/SpinLock.h"
#include "Runtime/Primitives/WaitBlock.h"

namespace irqlint::runtime {

enum class DpcImportance : uint8_t {
  Normal, ///< in order (the documented Low and Medium, which differ in haste)
  High,   ///< ahead of the rest
};

template <typename P> class DpcQueue;

/// KDPC.
template <typename P> class Dpc {
  template <typename Q> friend class DpcQueue;
  template <typename T> using Cell = typename P::template Cell<T>;

public:
  using Routine = void (*)(void *Context, void *First, void *Second);

private:
  const Routine Run;
  void *const Context;
  typename P::template Atomic<DpcQueue<P> *> In{nullptr};
  typename P::template Atomic<DpcQueue<P> *> Target;
  typename P::template Atomic<DpcImportance> Importance{DpcImportance::Normal};
  /// Under the lock of the queue that it is in.
  Cell<Dpc *> Next{nullptr};
  Cell<void *> First{nullptr}, Second{nullptr};

public:
  Dpc(DpcQueue<P> &Target, Routine Run, void *Context)
      : Run(Run), Context(Context), Target(&Target) {}

  /// For later insertions.
  void setTarget(DpcQueue<P> &Q) { Target.store(&Q, Order::Relaxed); }
  void setImportance(DpcImportance I) { Importance.store(I, Order::Relaxed); }

  /// False when it is queued already; its arguments stay those of then.
  bool insert(void *A = nullptr, void *B = nullptr) {
    DpcQueue<P> *Q = Target.load(Order::Relaxed), *None = nullptr;
    // What its last run read has to be over.
    if (!In.compareExchange(None, Q, Order::Acquire))
      return false;
    Q->push(*this, A, B);
    return true;
  }

  /// True: the last insertion will not run.
  bool remove() {
    DpcQueue<P> *Q = In.load(Order::Relaxed);
    return Q && Q->remove(*this);
  }
  bool isQueued() const { return In.load(Order::Relaxed) != nullptr; }
};

template <typename P> class DpcQueue {
  template <typename Q> friend class Dpc;
  template <typename T> using Cell = typename P::template Cell<T>;
  SpinLock<P> Lock; ///< of all that follows
  Cell<Dpc<P> *> First IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<Dpc<P> *> Last IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<typename P::Thread *> Server IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<bool> Stopping IRQLINT_GUARDED_BY(Lock){false};

  void push(Dpc<P> &D, void *A, void *B) {
    typename P::Thread *Wake;
    {
      Holding<SpinLock<P>> Held(Lock);
      D.First.set(A);
      D.Second.set(B);
      Dpc<P> *Old = First.get();
      if (D.Importance.load(Order::Relaxed) == DpcImportance::High) {
        D.Next.set(Old);
        First.set(&D);
        if (!Old)
          Last.set(&D);
      } else {
        D.Next.set(nullptr);
        if (Old)
          Last.get()->Next.set(&D);
        else
          First.set(&D);
        Last.set(&D);
      }
      Wake = Server.get();
    }
    if (Wake)
      P::unpark(Wake);
  }

  bool remove(Dpc<P> &D) {
    Holding<SpinLock<P>> Held(Lock);
    // It may have run, and be in another queue, or on its way into this one.
    Dpc<P> *Before = nullptr, *At = First.get();
    for (; At && At != &D; At = At->Next.get())
      Before = At;
    if (!At)
      return false;
    Dpc<P> *Next = D.Next.get();
    if (Before)
      Before->Next.set(Next);
    else
      First.set(Next);
    if (!Next)
      Last.set(Before);
    D.In.store(nullptr, Order::Release);
    return true;
  }

  struct Marker {
    Sleeper<P> Owner;
    static void reached(void *M, void *, void *) {
      static_cast<Marker *>(M)->Owner.wake();
    }
  };

public:
  /// Takes the first one off and runs it; false when there is none. Only by the
  /// processor that the queue belongs to.
  bool runOne() {
    Lock.acquire();
    Dpc<P> *D = First.get();
    if (!D) {
      Lock.release();
      return false;
    }
    auto Run = D->Run;
    void *Context = D->Context, *A = D->First.get(), *B = D->Second.get();
    First.set(D->Next.get());
    D->In.store(nullptr, Order::Release); // it may be inserted again, or freed
    Lock.release();
    Run(Context, A, B);
    return true;
  }

  /// Runs what comes until stop(). For processors that are threads.
  void serve() {
    {
      Holding<SpinLock<P>> Held(Lock);
      Server.set(P::self());
    }
    for (;;) {
      while (runOne())
        ;
      {
        Holding<SpinLock<P>> Held(Lock);
        if (!First.get() && Stopping.get())
          return;
      } // what has come meanwhile has left a token
      P::park();
    }
  }
  void stop() {
    typename P::Thread *Wake;
    {
      Holding<SpinLock<P>> Held(Lock);
      Stopping.set(true);
      Wake = Server.get();
    }
    if (Wake)
      P::unpark(Wake);
  }

  /// Returns when all that was queued before has been run to its end. Never by
  /// the processor that the queue belongs to.
  void flush() {
    Marker M;
    Dpc<P> D(*this, Marker::reached, &M);
    D.insert();
    M.Owner.sleep();
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_DPC_H
