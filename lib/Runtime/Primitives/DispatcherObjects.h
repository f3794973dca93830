//===- DispatcherObjects.h - Events, semaphores, mutexes --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Calls return the state before, as documented. Source: KeSetEvent,
/// KeReleaseSemaphore, KeReleaseMutex in the WDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_DISPATCHEROBJECTS_H
#define IRQLINT_RUNTIME_PRIMITIVES_DISPATCHEROBJECTS_H

#include "Runtime/Primitives/KernelThread.h"

namespace irqlint::runtime {

enum class EventKind : uint8_t { Notification, Synchronization };

template <typename P> class KernelEvent : public DispatcherObject<P> {
public:
  KernelEvent(Dispatcher<P> &All, EventKind Kind, bool Set = false)
      : DispatcherObject<P>(All,
                            Kind == EventKind::Notification
                                ? ObjectKind::Stays
                                : ObjectKind::Resets,
                            Set) {}
  int32_t set() {
    return this->change([](int32_t) { return 1; });
  }
  /// KeClearEvent is the same without the result.
  int32_t reset() {
    return this->change([](int32_t) { return 0; });
  }
  /// Ends the waits there are, as far as set() would, and stays unsignaled.
  int32_t pulse() {
    return this->change([](int32_t) { return 1; }, true);
  }
};

template <typename P> class Semaphore : public DispatcherObject<P> {
  const int32_t Limit;

public:
  Semaphore(Dispatcher<P> &All, int32_t Count, int32_t Limit)
      : DispatcherObject<P>(All, ObjectKind::Counts, Count), Limit(Limit) {
    if (Count < 0 || Limit <= 0 || Count > Limit)
      P::misuse(Misuse::BadArgument, this, "semaphore");
  }
  /// Beyond the limit nothing changes (STATUS_SEMAPHORE_LIMIT_EXCEEDED).
  int32_t release(int32_t N = 1) {
    bool Fits = false;
    int32_t Old = this->change([&](int32_t Count) {
      Fits = N > 0 && N <= Limit - Count;
      return Fits ? Count + N : Count;
    });
    if (!Fits)
      P::misuse(Misuse::LimitExceeded, this, "semaphore");
    return Old;
  }
};

/// KMUTEX; or, not disabling APCs, the mutant behind handles.
template <typename P> class Mutex : public DispatcherObject<P> {
  template <typename Q> friend class KernelThread;
  const bool DisablesApcs;
  /// In the list of its owner; only the owner looks there.
  typename P::template Cell<Mutex *> NextOwned{nullptr};

  void disown(KernelThread<P> &T) {
    auto *At = &T.Owned;
    while (At->get() != this)
      At = &At->get()->NextOwned;
    At->set(NextOwned.get());
  }

public:
  /// \p Limit: how often its owner may own it. Beyond, a wait changes nothing
  /// (STATUS_MUTANT_LIMIT_EXCEEDED).
  explicit Mutex(Dispatcher<P> &All, bool DisablesApcs = true,
                 uint32_t Limit = 0x80000001)
      : DispatcherObject<P>(All, ObjectKind::HasOwner, 1,
                            static_cast<int32_t>(1 - int64_t(Limit))),
        DisablesApcs(DisablesApcs) {}
  /// The state before: 0 when this gave it up, less when it is still owned.
  int32_t release(KernelThread<P> &Self) {
    bool Mine = false;
    int32_t Old = this->change([&](int32_t State) IRQLINT_NO_ANALYSIS {
      Mine = this->Owner.get() == &Self;
      if (Mine && State == 0) {
        disown(Self);
        this->Owner.set(nullptr);
      }
      return Mine ? State + 1 : State;
    });
    if (!Mine)
      P::misuse(Misuse::NotOwner, this, "mutex");
    else if (Old == 0 && DisablesApcs)
      Self.leaveCriticalRegion();
    return Old;
  }
  KernelThread<P> *owner() const { return this->lockedOwner(); }
};

template <typename P> void KernelThread<P>::acquired(DispatcherObject<P> &O) {
  if (O.kind() != ObjectKind::HasOwner || O.ownSignal() != 0)
    return;
  auto &M = static_cast<Mutex<P> &>(O);
  M.NextOwned.set(Owned.get());
  Owned.set(&M);
  if (M.DisablesApcs)
    enterCriticalRegion();
}

template <typename P> void KernelThread<P>::end() {
  while (Mutex<P> *M = Owned.get()) {
    if (M->DisablesApcs) {
      P::misuse(Misuse::HeldAtEnd, M, "mutex");
      return;
    }
    M->change([&](int32_t) IRQLINT_NO_ANALYSIS {
      Owned.set(M->NextOwned.get());
      M->Owner.set(nullptr);
      M->Abandoned.set(true);
      return 1;
    });
  }
  if (QueueMembership *Works = Queue.get())
    Works->blocks(); // for good
  {
    Holding<SpinLock<P>> Held(Guard);
    Ended.set(true);
    for (ApcKind K : {ApcKind::Special, ApcKind::Normal, ApcKind::User})
      while (take(K))
        ;
  }
  this->change([](int32_t) { return 1; });
}

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_DISPATCHEROBJECTS_H
