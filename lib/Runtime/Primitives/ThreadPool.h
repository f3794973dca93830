//===- ThreadPool.h - Work, waits and timers of a pool ----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Workers serve one kernel queue. A work object is in it once however often it
/// was submitted, and counts what is to be run and what runs; whoever waits for
/// it waits until both are none. Waits for objects belong to one thread that
/// waits for all of them and for a change of the set; to take one back is a
/// handshake with that thread, which has either consumed the signal, and then
/// the callback is submitted, or lets go of the object. Source:
/// SubmitThreadpoolWork, SetThreadpoolWait, WaitForThreadpoolWaitCallbacks in
/// the Windows SDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_THREADPOOL_H
#define IRQLINT_RUNTIME_PRIMITIVES_THREADPOOL_H

#include "Runtime/Primitives/KernelQueue.h"

namespace irqlint::runtime {

template <typename P> class PoolWork;

template <typename P> class ThreadPool {
  template <typename Q> friend class PoolWork;
  KernelQueue<P> Queue;

public:
  /// Limit: how many callbacks run at once.
  explicit ThreadPool(unsigned Limit = 0) : Queue(Limit) {}
  /// The life of a worker, until stop().
  void serve(KernelThread<P> &Self);
  /// When nothing is submitted any more.
  void stop() {
    if (Queue.rundown())
      P::misuse(Misuse::InUse, this, "thread pool");
  }
};

template <typename P> class PoolWork : QueueEntry<P> {
  template <typename Q> friend class ThreadPool;
  template <typename T> using Cell = typename P::template Cell<T>;

public:
  using Callback = void (*)(void *Context);

private:
  struct Waiter : WaitNode<P, Waiter> {};
  struct Call {
    typename P::Thread *By = P::self();
    Cell<Call *> Next{nullptr};
  };
  ThreadPool<P> &Pool;
  const Callback Run;
  void *const Context;
  SpinLock<P> Lock;
  Cell<unsigned> Submitted IRQLINT_GUARDED_BY(Lock){0};
  Cell<bool> Queued IRQLINT_GUARDED_BY(Lock){false};
  Cell<Call *> Calls IRQLINT_GUARDED_BY(Lock){nullptr};
  WaitQueue<P, Waiter> Waiters IRQLINT_GUARDED_BY(Lock);

  bool isIdle() const IRQLINT_REQUIRES(Lock) {
    return !Queued.get() && !Submitted.get() && !Calls.get();
  }

  /// By a worker that has taken it off the queue.
  void runOne() {
    Call Mine;
    Lock.acquire();
    if (unsigned N = Submitted.get()) {
      Submitted.set(N - 1);
      Mine.Next.set(Calls.get());
      Calls.set(&Mine);
      if (N == 1)
        Queued.set(false);
      Lock.release();
      if (N != 1)
        Pool.Queue.insert(*this);
      Run(Context);
      Lock.acquire();
      Cell<Call *> *At = &Calls;
      while (At->get() != &Mine)
        At = &At->get()->Next;
      At->set(Mine.Next.get());
    } else {
      Queued.set(false); // all was canceled
    }
    Waiter *Woken = isIdle() ? Waiters.takeAll() : nullptr;
    Lock.release();
    wakeChain(Woken); // it may be gone
  }

public:
  PoolWork(ThreadPool<P> &Pool, Callback Run, void *Context)
      : Pool(Pool), Run(Run), Context(Context) {}

  /// One more callback.
  void submit() {
    Lock.acquire();
    Submitted.set(Submitted.get() + 1);
    bool Had = Queued.get();
    if (!Had)
      Queued.set(true);
    Lock.release();
    if (!Had)
      Pool.Queue.insert(*this);
  }
  /// Drops those that have not begun.
  void cancel() {
    Holding<SpinLock<P>> Held(Lock);
    Submitted.set(0);
  }
  /// Until no callback runs or is to be run.
  void wait() {
    Waiter Mine;
    Lock.acquire();
    for (Call *C = Calls.get(); C; C = C->Next.get())
      if (C->By == P::self()) {
        Lock.release();
        P::misuse(Misuse::FromWithin, this, "thread pool work");
        return;
      }
    bool Waits = !isIdle();
    if (Waits)
      Waiters.push(&Mine);
    Lock.release();
    if (Waits)
      Mine.Owner.sleep();
  }
};

template <typename P> void ThreadPool<P>::serve(KernelThread<P> &Self) {
  while (QueueEntry<P> *E = Queue.remove(Self))
    static_cast<PoolWork<P> *>(E)->runOne();
}

template <typename P> class PoolWaits;

/// A callback for one signal of an object, or for a deadline: a timer when
/// there is no object.
template <typename P> class PoolWait {
  template <typename Q> friend class PoolWaits;
  template <typename T> using Cell = typename P::template Cell<T>;
  struct Leaver {
    Sleeper<P> Owner;
    Cell<bool> TooLate{false};
  };
  PoolWaits<P> &Set;
  PoolWork<P> Work;
  /// Under the lock of the set.
  Cell<PoolWait *> Next{nullptr};
  Cell<DispatcherObject<P> *> Object{nullptr};
  Cell<Time> Deadline{0};
  Cell<bool> Armed{false}, TimedOut{false};
  Cell<Leaver *> Leaving{nullptr};

public:
  PoolWait(ThreadPool<P> &Pool, PoolWaits<P> &Set,
           typename PoolWork<P>::Callback Run, void *Context)
      : Set(Set), Work(Pool, Run, Context) {}
  ~PoolWait() {
    if (Armed.get())
      P::misuse(Misuse::InUse, this, "thread pool wait");
  }
  /// Armed for one callback, which may arm it again.
  void arm(DispatcherObject<P> *Of, Time Until = Never);
  /// False: it was not armed, or the callback is on its way.
  bool disarm();
  /// As PoolWork::wait; after a disarm() nothing calls back.
  void wait() { Work.wait(); }
  /// In the callback: why.
  bool timedOut() const { return TimedOut.get(); }
};

template <typename P> class PoolWaits {
  template <typename Q> friend class PoolWait;
  template <typename T> using Cell = typename P::template Cell<T>;
  using Wait = PoolWait<P>;
  KernelEvent<P> Changed;
  SpinLock<P> Lock; ///< of all that follows, and of the waits
  Cell<Wait *> First IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<unsigned> Count IRQLINT_GUARDED_BY(Lock){0};
  Cell<bool> Stopping IRQLINT_GUARDED_BY(Lock){false};

  void unlink(Wait &W) IRQLINT_REQUIRES(Lock) {
    Cell<Wait *> *At = &First;
    while (At->get() != &W)
      At = &At->get()->Next;
    At->set(W.Next.get());
    Count.set(Count.get() - 1);
    W.Armed.set(false);
  }
  typename Wait::Leaver *letGo(Wait &W) IRQLINT_REQUIRES(Lock) {
    auto *L = W.Leaving.get();
    if (L)
      W.Leaving.set(nullptr);
    return L;
  }
  void fire(Wait &W, bool Late) {
    Lock.acquire();
    unlink(W);
    W.TimedOut.set(Late);
    auto *L = letGo(W);
    if (L)
      L->TooLate.set(true);
    W.Work.submit(); // before anybody can find it disarmed
    Lock.release();
    if (L)
      L->Owner.wake();
  }

public:
  explicit PoolWaits(Dispatcher<P> &All)
      : Changed(All, EventKind::Synchronization) {}

  /// The life of the thread that waits, until stop().
  void serve(KernelThread<P> &Self) {
    DispatcherObject<P> *Of[MaxWaitObjects];
    ObjectWait<P> Blocks[MaxWaitObjects];
    Wait *Whose[MaxWaitObjects];
    Of[0] = &Changed;
    for (;;) {
      unsigned N = 1, Timers = 0;
      Wait *Only[MaxWaitObjects];
      Time Next = Never;
      Lock.acquire();
      for (Wait *W = First.get(), *After; W; W = After) {
        After = W->Next.get();
        if (auto *L = letGo(*W)) {
          unlink(*W);
          L->Owner.wake();
          continue;
        }
        if (W->Object.get()) {
          Of[N] = W->Object.get();
          Whose[N++] = W;
        }
        if (W->Deadline.get() != Never)
          Only[Timers++] = W;
        Next = W->Deadline.get() < Next ? W->Deadline.get() : Next;
      }
      bool Over = Stopping.get() && !First.get();
      Lock.release();
      if (Over)
        return;
      uint32_t Status = ObjectWaits<P>::any(Self, Of, N, {Next}, Blocks);
      if (Status > 0 && Status < N) {
        fire(*Whose[Status], false);
      } else if (Status == wait_status::TimedOut) {
        // All that are due by then.
        Lock.acquire();
        unsigned Due = 0;
        for (unsigned I = 0; I < Timers; ++I)
          if (Only[I]->Deadline.get() <= Next)
            Only[Due++] = Only[I];
        Lock.release();
        for (unsigned I = 0; I < Due; ++I)
          fire(*Only[I], true);
      }
    }
  }
  /// How many are armed.
  unsigned count() {
    Holding<SpinLock<P>> Held(Lock);
    return Count.get();
  }
  void stop() {
    {
      Holding<SpinLock<P>> Held(Lock);
      Stopping.set(true);
    }
    Changed.set();
  }
};

template <typename P>
void PoolWait<P>::arm(DispatcherObject<P> *Of, Time Until) {
  disarm();
  bool Full;
  {
    Holding<SpinLock<P>> Held(Set.Lock);
    Full = Set.Count.get() + 1 >= MaxWaitObjects;
    if (!Full) {
      Set.Count.set(Set.Count.get() + 1);
      Next.set(Set.First.get());
      Set.First.set(this);
      Object.set(Of);
      Deadline.set(Until);
      Armed.set(true);
    }
  }
  if (Full)
    P::misuse(Misuse::LimitExceeded, this, "thread pool wait");
  else
    Set.Changed.set();
}

template <typename P> bool PoolWait<P>::disarm() {
  Leaver Mine;
  {
    Holding<SpinLock<P>> Held(Set.Lock);
    if (!Armed.get())
      return false;
    Leaving.set(&Mine);
  }
  Set.Changed.set();
  Mine.Owner.sleep();
  return !Mine.TooLate.get();
}

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_THREADPOOL_H
