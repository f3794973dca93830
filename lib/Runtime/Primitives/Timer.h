//===- Timer.h - Timers and their queues ------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A queue per processor, hashed by due time into sorted lists, under one lock
/// that also covers the timers' settings. A timer expires under that lock:
/// nobody who has set it anew sees the old expiry. Source: KeSetTimerEx,
/// KeCancelTimer, ExSetTimer, ExDeleteTimer in the WDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_TIMER_H
#define IRQLINT_RUNTIME_PRIMITIVES_TIMER_H

#include "Runtime/Primitives/DispatcherObjects.h"
#include "Runtime/Primitives/Dpc.h"

namespace irqlint::runtime {

template <typename P> class KernelTimer;

template <typename P> class TimerQueue {
  template <typename T> using Cell = typename P::template Cell<T>;
  template <typename Q> friend class KernelTimer;
  static constexpr unsigned BucketCount = 16;
  static constexpr Time Tick = 156250; ///< of the hash: 15.6 ms
  SpinLock<P> Lock;                    ///< of all that follows, and the timers
  Cell<KernelTimer<P> *> Buckets[BucketCount] IRQLINT_GUARDED_BY(Lock);

  Cell<KernelTimer<P> *> &bucket(Time Due) IRQLINT_REQUIRES(Lock) {
    return Buckets[Due / Tick % BucketCount];
  }

public:
  /// Lets expire what is due at Now; how many expiries there were. By the
  /// clock of the processor.
  unsigned expire(Time Now) IRQLINT_NO_ANALYSIS {
    WokenChain<P> Woken;
    unsigned N = 0;
    {
      Holding<SpinLock<P>> Held(Lock);
      // A periodic one may come into a bucket that has been looked at.
      for (unsigned Before = ~0u; Before != N;) {
        Before = N;
        for (auto &Bucket : Buckets)
          while (KernelTimer<P> *T = Bucket.get()) {
            if (T->Due.get() > Now)
              break;
            T->expire(Woken);
            ++N;
          }
      }
    }
    Woken.wake();
    return N;
  }

  /// When something is due next; Never: nothing is set.
  Time nextDue() IRQLINT_NO_ANALYSIS {
    Holding<SpinLock<P>> Held(Lock);
    Time Next = Never;
    for (auto &Bucket : Buckets)
      if (KernelTimer<P> *T = Bucket.get())
        Next = T->Due.get() < Next ? T->Due.get() : Next;
    return Next;
  }
};

/// KTIMER. Periods count from the due time.
template <typename P> class KernelTimer : public DispatcherObject<P> {
  template <typename Q> friend class TimerQueue;
  template <typename T> using Cell = typename P::template Cell<T>;
  TimerQueue<P> &Queue;
  /// Under the queue's lock.
  Cell<KernelTimer *> Next{nullptr};
  Cell<Time> Due IRQLINT_GUARDED_BY(Queue.Lock){0};
  Cell<Time> Period IRQLINT_GUARDED_BY(Queue.Lock){0};
  Cell<Dpc<P> *> Routine IRQLINT_GUARDED_BY(Queue.Lock){nullptr};
  Cell<bool> Set IRQLINT_GUARDED_BY(Queue.Lock){false};

  void link() IRQLINT_REQUIRES(Queue.Lock) IRQLINT_NO_ANALYSIS {
    auto *At = &Queue.bucket(Due.get());
    while (At->get() && At->get()->Due.get() <= Due.get())
      At = &At->get()->Next;
    Next.set(At->get());
    At->set(this);
  }
  void unlink() IRQLINT_REQUIRES(Queue.Lock) {
    auto *At = &Queue.bucket(Due.get());
    while (At->get() != this)
      At = &At->get()->Next;
    At->set(Next.get());
  }
  void expire(WokenChain<P> &Woken) IRQLINT_REQUIRES(Queue.Lock) {
    unlink();
    if (Time Every = Period.get()) {
      Due.set(Due.get() + Every);
      link();
    } else {
      Set.set(false);
    }
    this->change([](int32_t) { return 1; }, false, Woken);
    if (Dpc<P> *D = Routine.get())
      D->insert();
  }

public:
  KernelTimer(Dispatcher<P> &All, TimerQueue<P> &Queue, EventKind Kind)
      : DispatcherObject<P>(All,
                            Kind == EventKind::Notification
                                ? ObjectKind::Stays
                                : ObjectKind::Resets,
                            0),
        Queue(Queue) {}
  ~KernelTimer() {
    if (isSet())
      P::misuse(Misuse::InUse, this, "timer");
  }

  /// Starts it anew, unsignaled; Due is absolute, and when it has passed the
  /// timer expires at once. True: it was set.
  bool set(Time NewDue, Time Every = 0, Dpc<P> *D = nullptr) {
    WokenChain<P> Woken;
    bool Was;
    {
      Holding<SpinLock<P>> Held(Queue.Lock);
      Was = Set.get();
      if (Was)
        unlink();
      this->change([](int32_t) { return 0; }, false, Woken);
      Due.set(NewDue);
      Period.set(Every);
      Routine.set(D);
      Set.set(true);
      link();
      if (NewDue <= P::now())
        expire(Woken);
    }
    Woken.wake();
    return Was;
  }
  /// True: it was set, and that setting does not expire (again). What it has
  /// queued or signaled before stays.
  bool cancel() {
    Holding<SpinLock<P>> Held(Queue.Lock);
    bool Was = Set.get();
    if (Was) {
      unlink();
      Set.set(false);
    }
    return Was;
  }
  bool isSet() {
    Holding<SpinLock<P>> Held(Queue.Lock);
    return Set.get();
  }
};

/// EX_TIMER: calls back on the processor of its DPC queue.
template <typename P> class ExTimer {
public:
  using Callback = void (*)(void *Context);

private:
  const Callback Call;
  void *const Context;
  DpcQueue<P> &Processor;
  KernelTimer<P> Timer;
  Dpc<P> Deferred;
  typename P::template Atomic<typename P::Thread *> Running{nullptr};
  typename P::template Atomic<bool> Deleted{false};

  static void run(void *Self, void *, void *) {
    auto *T = static_cast<ExTimer *>(Self);
    T->Running.store(P::self(), Order::Relaxed);
    T->Call(T->Context);
    T->Running.store(nullptr, Order::Relaxed);
  }

public:
  ExTimer(Dispatcher<P> &All, TimerQueue<P> &Queue, DpcQueue<P> &Processor,
          Callback Call, void *Context)
      : Call(Call), Context(Context), Processor(Processor),
        Timer(All, Queue, EventKind::Notification),
        Deferred(Processor, run, this) {}

  bool set(Time Due, Time Every = 0) {
    if (Deleted.load(Order::Relaxed)) {
      P::misuse(Misuse::NotInitialized, this, "EX_TIMER");
      return false;
    }
    return Timer.set(Due, Every, &Deferred);
  }
  bool cancel() { return Timer.cancel(); }

  /// No callback runs, nor will, when it returns (ExDeleteTimer with Cancel and
  /// Wait). True: it was set.
  bool deleteAndWait() {
    if (Running.load(Order::Relaxed) == P::self()) {
      P::misuse(Misuse::FromWithin, this, "EX_TIMER");
      return false;
    }
    Deleted.store(true, Order::Relaxed);
    bool Was = Timer.cancel();
    if (!Deferred.remove())
      Processor.flush(); // it may be running
    return Was;
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_TIMER_H
