//===- KernelThread.h - Threads as objects, alerts, APCs --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What a thread has besides its processor: it is an object that is signaled
/// when it has ended; it can be alerted, per mode; procedures can be queued to
/// it, special ones ahead of normal ones, which regions hold back; it owns
/// mutexes, which its end abandons. APC_LEVEL is the business of the machine
/// around it. Source: KeEnterCriticalRegion, "Types of APCs" and
/// KeWaitForSingleObject in the WDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_KERNELTHREAD_H
#define IRQLINT_RUNTIME_PRIMITIVES_KERNELTHREAD_H

#include "Runtime/Primitives/Dispatcher.h"

namespace irqlint::runtime {

template <typename P> class Mutex;

/// The queue that a thread works for hears when it waits elsewhere.
class QueueMembership {
public:
  virtual void blocks() = 0;
  virtual void resumes() = 0;

protected:
  ~QueueMembership() = default;
};

enum class ApcKind : uint8_t {
  Special, ///< runs unless all APCs are disabled
  Normal,  ///< and not in a critical region, nor within another normal one
  User,    ///< only in an alertable wait, or when asked for
};

/// A procedure to be run by a thread (KAPC).
template <typename P> class Apc {
  template <typename Q> friend class KernelThread;
  using Routine = void (*)(void *Context, void *First, void *Second);
  template <typename T> using Cell = typename P::template Cell<T>;
  KernelThread<P> &Target;
  const ApcKind Kind;
  const Routine Run;
  void *const Context;
  /// Under the target's guard.
  Cell<Apc *> Next{nullptr};
  Cell<bool> Queued{false};
  Cell<void *> First{nullptr}, Second{nullptr};

public:
  Apc(KernelThread<P> &Target, ApcKind Kind, Routine Run, void *Context)
      : Target(Target), Kind(Kind), Run(Run), Context(Context) {}
  /// False when it is queued already, or the thread has ended. It may be
  /// inserted again from when its routine begins.
  bool insert(void *A = nullptr, void *B = nullptr) {
    return Target.insertApc(*this, A, B);
  }
  /// True: it was queued and will not run for that insertion.
  bool remove() { return Target.removeApc(*this); }
};

template <typename P> class KernelThread : public DispatcherObject<P> {
  template <typename T> using Cell = typename P::template Cell<T>;
  template <typename Q> friend class Apc;
  template <typename Q> friend class ObjectWaits;
  template <typename Q> friend class Mutex;
  using Base = DispatcherObject<P>;
  using Waiter = ObjectWaiter<P>;

  typename P::Thread *const Runs = P::self();
  SpinLock<P> Guard; ///< of all up to Pending; the innermost lock
  Cell<Waiter *> Current IRQLINT_GUARDED_BY(Guard){nullptr};
  Cell<bool> CurrentIsAlertable IRQLINT_GUARDED_BY(Guard){false};
  Cell<WaitMode> CurrentMode IRQLINT_GUARDED_BY(Guard){WaitMode::Kernel};
  Cell<bool> AlertedIn[2] IRQLINT_GUARDED_BY(Guard);
  Cell<Apc<P> *> Queues[3] IRQLINT_GUARDED_BY(Guard);
  Cell<bool> Ended IRQLINT_GUARDED_BY(Guard){false};
  /// Kernel APCs that are queued; bit per kind.
  typename P::template Atomic<uint32_t> Pending{0};
  /// Touched only by the thread itself.
  Cell<Mutex<P> *> Owned{nullptr};
  Cell<unsigned> Critical{0}, Guarded{0};
  Cell<bool> InNormalApc{false};
  Cell<QueueMembership *> Queue{nullptr};

  static constexpr unsigned index(ApcKind K) { return unsigned(K); }
  static constexpr uint32_t bit(ApcKind K) { return 1u << unsigned(K); }

  /// Why a wait in this mode would end now; Object0: it would not.
  uint32_t alertStatus(bool Alertable, WaitMode Mode) const
      IRQLINT_REQUIRES(Guard) {
    if (Alertable && AlertedIn[unsigned(Mode)].get())
      return wait_status::Alerted;
    if (Alertable && Mode == WaitMode::User && Queues[2].get())
      return wait_status::UserApc;
    if (Alertable && AlertedIn[0].get())
      return wait_status::Alerted;
    return wait_status::Object0;
  }
  void forgetAlert(WaitMode Mode) IRQLINT_REQUIRES(Guard) {
    AlertedIn[AlertedIn[unsigned(Mode)].get() ? unsigned(Mode) : 0].set(false);
  }

  /// False when an alert or a user APC ends the wait at once.
  bool beginWait(Waiter &W, bool Alertable, WaitMode Mode) {
    Holding<SpinLock<P>> Held(Guard);
    uint32_t Why = alertStatus(Alertable, Mode);
    if (Why && W.claim()) {
      W.Status.set(Why);
      if (Why == wait_status::Alerted)
        forgetAlert(Mode);
      return false;
    }
    Current.set(&W);
    CurrentIsAlertable.set(Alertable);
    CurrentMode.set(Mode);
    return true;
  }
  void endWait() {
    Holding<SpinLock<P>> Held(Guard);
    Current.set(nullptr);
  }

  bool insertApc(Apc<P> &A, void *First, void *Second) {
    WokenChain<P> Woken;
    {
      Holding<SpinLock<P>> Held(Guard);
      if (A.Queued.get() || Ended.get())
        return false;
      A.Queued.set(true);
      A.First.set(First);
      A.Second.set(Second);
      A.Next.set(nullptr);
      Cell<Apc<P> *> *End = &Queues[index(A.Kind)];
      while (End->get())
        End = &End->get()->Next;
      End->set(&A);
      if (A.Kind != ApcKind::User)
        Pending.store(Pending.load(Order::Relaxed) | bit(A.Kind),
                      Order::Relaxed);
      else if (Waiter *W = Current.get(); W && CurrentIsAlertable.get() &&
                                          CurrentMode.get() == WaitMode::User &&
                                          W->claim())
        Woken.add(*W, wait_status::UserApc);
    }
    Woken.wake();
    if (A.Kind != ApcKind::User)
      P::unpark(Runs); // to look whether it is due
    return true;
  }

  /// Unchains the first one (One: that one); under the guard.
  Apc<P> *take(ApcKind K, Apc<P> *One = nullptr) IRQLINT_REQUIRES(Guard) {
    Cell<Apc<P> *> *At = &Queues[index(K)];
    while (At->get() && One && At->get() != One)
      At = &At->get()->Next;
    Apc<P> *A = At->get();
    if (!A)
      return nullptr;
    At->set(A->Next.get());
    A->Queued.set(false);
    if (!Queues[index(K)].get() && K != ApcKind::User)
      Pending.store(Pending.load(Order::Relaxed) & ~bit(K), Order::Relaxed);
    return A;
  }
  bool removeApc(Apc<P> &A) {
    Holding<SpinLock<P>> Held(Guard);
    return A.Queued.get() && take(A.Kind, &A);
  }

  bool isDue(uint32_t Kinds, ApcKind K) const {
    if (!(Kinds & bit(K)) || Guarded.get())
      return false;
    return K == ApcKind::Special || (!Critical.get() && !InNormalApc.get());
  }
  /// Runs the first of a kind; false when there is none.
  bool runOne(ApcKind K) {
    Guard.acquire();
    Apc<P> *A = take(K);
    if (!A) {
      Guard.release();
      return false;
    }
    // The record is its owner's again.
    auto Run = A->Run;
    void *Context = A->Context, *First = A->First.get(),
         *Second = A->Second.get();
    Guard.release();
    Run(Context, First, Second);
    return true;
  }

  /// After a wait that was satisfied by O.
  void acquired(DispatcherObject<P> &O);

public:
  /// Made by the thread itself.
  explicit KernelThread(Dispatcher<P> &All) : Base(All, ObjectKind::Stays, 0) {}

  void enterCriticalRegion() { Critical.set(Critical.get() + 1); }
  void leaveCriticalRegion() { leave(Critical); }
  void enterGuardedRegion() { Guarded.set(Guarded.get() + 1); }
  void leaveGuardedRegion() { leave(Guarded); }
  bool areApcsDisabled() const { return Critical.get() || Guarded.get(); }
  bool areAllApcsDisabled() const { return Guarded.get(); }

  /// Whether a kernel APC is queued that nothing holds back.
  bool kernelApcIsDue() const {
    uint32_t Kinds = Pending.load(Order::Relaxed);
    return isDue(Kinds, ApcKind::Special) || isDue(Kinds, ApcKind::Normal);
  }
  /// By the thread itself wherever the machine would be interrupted.
  void runKernelApcs() {
    for (;;) {
      uint32_t Kinds = Pending.load(Order::Relaxed);
      if (isDue(Kinds, ApcKind::Special)) {
        runOne(ApcKind::Special);
      } else if (isDue(Kinds, ApcKind::Normal)) {
        InNormalApc.set(true);
        runOne(ApcKind::Normal);
        InNormalApc.set(false);
      } else {
        return;
      }
    }
  }
  /// What happens on the way back to user mode after STATUS_USER_APC; how many
  /// ran.
  unsigned runUserApcs() {
    unsigned N = 0;
    while (runOne(ApcKind::User))
      ++N;
    return N;
  }

  /// Ends an alertable wait of that mode or a less privileged one; else it is
  /// remembered. Whether it was alerted already.
  bool alert(WaitMode Mode) {
    WokenChain<P> Woken;
    bool Was;
    {
      Holding<SpinLock<P>> Held(Guard);
      Was = AlertedIn[unsigned(Mode)].get();
      Waiter *W = Current.get();
      if (W && CurrentIsAlertable.get() && Mode <= CurrentMode.get() &&
          W->claim())
        Woken.add(*W, wait_status::Alerted);
      else
        AlertedIn[unsigned(Mode)].set(true);
    }
    Woken.wake();
    return Was;
  }
  /// Alerted, UserApc, or Object0 for neither; an alert is consumed.
  uint32_t testAlert(WaitMode Mode) {
    Holding<SpinLock<P>> Held(Guard);
    uint32_t Why = alertStatus(true, Mode);
    if (Why == wait_status::Alerted)
      forgetAlert(Mode);
    return Why;
  }

  QueueMembership *queue() const { return Queue.get(); }
  void joinQueue(QueueMembership *Q) { Queue.set(Q); }

  /// By the thread, last of all: abandons what it owns, forgets APCs, signals.
  void end();

private:
  void leave(Cell<unsigned> &Depth) {
    if (!Depth.get()) {
      P::misuse(Misuse::OverRelease, this, "region without APCs");
      return;
    }
    Depth.set(Depth.get() - 1);
    if (!Depth.get())
      runKernelApcs();
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_KERNELTHREAD_H
