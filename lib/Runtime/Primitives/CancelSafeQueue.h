//===- CancelSafeQueue.h - Cancellation of requests -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A request carries a mark that it is canceled and the routine to call then.
/// Whoever cancels sets the mark and takes the routine; whoever wants to go on
/// takes the routine, too: the one who gets it owns the request. A queue that
/// takes in a request gives it a routine and then looks at the mark, so that
/// one of the two sees the other; both ends exchange the routine, which orders
/// the mark. The cancel spin lock is held on entry to a routine, which gives it
/// up. Source: IoSetCancelRoutine, IoCancelIrp, IoCsqInsertIrp in the WDK
/// documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_CANCELSAFEQUEUE_H
#define IRQLINT_RUNTIME_PRIMITIVES_CANCELSAFEQUEUE_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Primitives/SpinLock.h"

namespace irqlint::runtime {

template <typename P> class CancelSafeQueue;

/// The part of an IRP that is about cancellation.
template <typename P> class CancelableRequest {
  template <typename Q> friend class CancelSafeQueue;
  template <typename T> using Cell = typename P::template Cell<T>;

public:
  /// Gets the cancel spin lock held and gives it up.
  using Routine = void (*)(CancelableRequest &R, SpinLock<P> &CancelLock);

private:
  typename P::template Atomic<Routine> OnCancel{nullptr};
  typename P::template Atomic<bool> Canceled{false};
  /// Of the queue, under its lock.
  Cell<CancelableRequest *> Next{nullptr};
  Cell<CancelSafeQueue<P> *> Queue{nullptr};

public:
  /// The routine before; null: none, or it has been called
  /// (IoSetCancelRoutine).
  Routine setCancelRoutine(Routine R) {
    return OnCancel.exchange(R, Order::AcqRel);
  }
  bool isCanceled() const { return Canceled.load(Order::Relaxed); }

  /// True: a routine was called (IoCancelIrp).
  bool cancel(SpinLock<P> &CancelLock) IRQLINT_NO_ANALYSIS {
    CancelLock.acquire();
    Canceled.store(true, Order::Relaxed);
    if (Routine R = setCancelRoutine(nullptr)) {
      R(*this, CancelLock);
      return true;
    }
    CancelLock.release();
    return false;
  }
};

/// IO_CSQ. The driver's routines for order, lock and removal are the ones of
/// this list.
template <typename P> class CancelSafeQueue {
  template <typename T> using Cell = typename P::template Cell<T>;
  using Request = CancelableRequest<P>;

public:
  /// Completes a request that was canceled while it was queued.
  using Complete = void (*)(Request &R, void *Context);

private:
  const Complete Done;
  void *const Context;
  SpinLock<P> Lock; ///< of all that follows
  Cell<Request *> First IRQLINT_GUARDED_BY(Lock){nullptr};

  void unlink(Request &R) IRQLINT_REQUIRES(Lock) {
    Cell<Request *> *At = &First;
    while (At->get() != &R)
      At = &At->get()->Next;
    At->set(R.Next.get());
    R.Queue.set(nullptr);
  }

  static void canceled(Request &R,
                       SpinLock<P> &CancelLock) IRQLINT_NO_ANALYSIS {
    CancelLock.release();
    // The request is this routine's: it stays in the queue until now.
    CancelSafeQueue &Q = *R.Queue.get();
    Q.Lock.acquire();
    Q.unlink(R);
    Q.Lock.release();
    Q.Done(R, Q.Context);
  }

public:
  CancelSafeQueue(Complete Done, void *Context)
      : Done(Done), Context(Context) {}
  ~CancelSafeQueue() {
    if (First.get())
      P::misuse(Misuse::InUse, this, "cancel-safe queue");
  }

  /// At the end, or completes it at once when it is canceled already.
  void insert(Request &R) {
    Lock.acquire();
    Cell<Request *> *End = &First;
    while (End->get())
      End = &End->get()->Next;
    R.Next.set(nullptr);
    R.Queue.set(this);
    End->set(&R);
    R.setCancelRoutine(canceled);
    bool Mine = R.isCanceled() && R.setCancelRoutine(nullptr);
    if (Mine)
      unlink(R);
    Lock.release();
    if (Mine)
      Done(R, Context);
  }

  /// The first one that is not about to be canceled; none: null.
  Request *removeNext() {
    Holding<SpinLock<P>> Held(Lock);
    for (Request *R = First.get(); R; R = R->Next.get())
      if (R->setCancelRoutine(nullptr)) {
        unlink(*R);
        return R;
      }
    return nullptr;
  }

  /// That one; false when it is not queued, or about to be canceled. The caller
  /// makes sure that it still exists.
  bool remove(Request &R) {
    Holding<SpinLock<P>> Held(Lock);
    if (R.Queue.get() != this || !R.setCancelRoutine(nullptr))
      return false;
    unlink(R);
    return true;
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_CANCELSAFEQUEUE_H
