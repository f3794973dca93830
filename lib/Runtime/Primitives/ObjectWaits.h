//===- ObjectWaits.h - Waits for one, any or all objects --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What a waiting thread does; see Dispatcher.h for the protocol. A wait that a
/// kernel APC interrupts is taken back, and begins anew after it: a pulse in
/// between is missed, as documented for KePulseEvent. Source:
/// KeWaitForSingleObject, KeWaitForMultipleObjects, KeDelayExecutionThread in
/// the WDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_OBJECTWAITS_H
#define IRQLINT_RUNTIME_PRIMITIVES_OBJECTWAITS_H

#include "Runtime/Primitives/DispatcherObjects.h"

namespace irqlint::runtime {

struct WaitOptions {
  /// Absolute; 0 only looks. Relative ones are the caller's to convert.
  Time Deadline = Never;
  bool Alertable = false;
  WaitMode Mode = WaitMode::Kernel;
};

template <typename P> class ObjectWaits {
  using Object = DispatcherObject<P>;
  using Block = ObjectWait<P>;
  using Waiter = ObjectWaiter<P>;
  enum class End : uint8_t { Decided, Undecided };

  /// Queues, or takes what is signaled.
  static End scanAny(KernelThread<P> &Self, Waiter &W, bool Looks,
                     unsigned &Queued) IRQLINT_NO_ANALYSIS {
    for (; Queued < W.Count; ++Queued) {
      Block &B = W.Blocks[Queued];
      Object &O = *B.Object;
      O.Lock.acquire();
      if (O.isSignaledFor(Self)) {
        bool Mine = W.claim(); // or that of an object before it
        if (Mine) {
          uint32_t More = O.consume(Self);
          W.Status.set(More == wait_status::MutantLimit ? More : Queued + More);
        }
        O.Lock.release();
        if (Mine)
          return End::Decided;
        return End::Undecided;
      }
      // A look at one object is over. One at several has to notice what happens
      // behind it.
      bool Stays = !Looks || W.Count > 1;
      if (Stays)
        O.push(B);
      O.Lock.release();
      if (!Stays)
        return End::Undecided;
    }
    return End::Undecided;
  }

  static End scanAll(KernelThread<P> &Self, Waiter &W, bool Looks,
                     unsigned &Queued) IRQLINT_NO_ANALYSIS {
    bool Satisfied = true;
    SpinLock<P> &AllWaits = W.Blocks[0].Object->All.AllWaits;
    AllWaits.acquire();
    for (unsigned I = 0; I < W.Count; ++I) {
      W.Blocks[I].Object->Lock.acquire();
      Satisfied &= W.Blocks[I].Object->isSignaledFor(Self);
    }
    uint32_t Status = wait_status::Object0;
    for (unsigned I = 0; I < W.Count; ++I) {
      Object &O = *W.Blocks[I].Object;
      if (Satisfied)
        Status |= O.consume(Self);
      else if (!Looks)
        O.push(W.Blocks[I]);
      O.Lock.release();
    }
    AllWaits.release();
    if (Satisfied)
      W.Status.set(Status);
    else if (!Looks)
      Queued = W.Count;
    return Satisfied ? End::Decided : End::Undecided;
  }

  static void takeOff(Waiter &W, unsigned Queued) {
    uint32_t Status = W.Status.get();
    bool ByObject = Status < MaxWaitObjects ||
                    (Status >= wait_status::Abandoned0 &&
                     Status < wait_status::Abandoned0 + MaxWaitObjects);
    if (ByObject && W.Kind == WaitKind::All)
      return; // whoever satisfied it has done so
    for (unsigned I = 0; I < Queued; ++I) {
      if (ByObject && Status % MaxWaitObjects == I)
        continue;
      Object &O = *W.Blocks[I].Object;
      Holding<SpinLock<P>> Held(O.Lock);
      O.remove(W.Blocks[I]);
    }
  }

  /// Until it is decided; false when a kernel APC is to be run first.
  static bool sleep(KernelThread<P> &Self, Waiter &W, Time Deadline) {
    QueueMembership *Works = W.Owner.isWoken() ? nullptr : Self.queue();
    if (Works)
      Works->blocks();
    bool Over = sleepNow(Self, W, Deadline);
    if (Works)
      Works->resumes();
    return Over;
  }
  static bool sleepNow(KernelThread<P> &Self, Waiter &W, Time Deadline) {
    bool Interrupted = false;
    while (!W.Owner.isWoken()) {
      Interrupted = Self.kernelApcIsDue();
      if (!Interrupted && P::parkUntil(Deadline))
        continue;
      if (W.claim())
        return !Interrupted; // the status says that time is out
      W.Owner.sleep();       // decided at the last moment
      break;
    }
    return true;
  }

  static uint32_t run(KernelThread<P> &Self, Object *const *Objects,
                      unsigned Count, WaitKind Kind, const WaitOptions &O,
                      Block *Blocks) {
    bool Looks = O.Deadline == 0;
    for (;;) {
      Waiter W(Self, Kind, Count, Blocks);
      for (unsigned I = 0; I < Count; ++I) {
        Blocks[I].Owner = &W;
        Blocks[I].Object = Objects[I];
        Blocks[I].Index = I;
      }
      unsigned Queued = 0;
      End Scan = Kind == WaitKind::All ? scanAll(Self, W, Looks, Queued)
                                       : scanAny(Self, W, Looks, Queued);
      bool Over = true;
      if (Scan == End::Undecided && Looks) {
        if (!W.claim())
          W.Owner.sleep();
      } else if (Scan == End::Undecided &&
                 Self.beginWait(W, O.Alertable, O.Mode)) {
        Over = sleep(Self, W, O.Deadline);
        Self.endWait();
      }
      takeOff(W, Queued);
      uint32_t Status = W.Status.get();
      if (Over)
        return Status;
      Self.runKernelApcs();
    }
  }

public:
  static uint32_t any(KernelThread<P> &Self, Object *const *Objects,
                      unsigned Count, const WaitOptions &O = {},
                      Block *Blocks = nullptr) {
    return several(Self, Objects, Count, WaitKind::Any, O, Blocks);
  }

  /// Blocks: as many as objects, when those are more than three.
  static uint32_t several(KernelThread<P> &Self, Object *const *Objects,
                          unsigned Count, WaitKind Kind,
                          const WaitOptions &O = {}, Block *Blocks = nullptr) {
    if (!Count || Count > MaxWaitObjects ||
        (Count > OwnWaitBlocks && !Blocks)) {
      P::misuse(Count ? Misuse::LimitExceeded : Misuse::BadArgument, Objects,
                "wait");
      return wait_status::TimedOut;
    }
    if (Kind == WaitKind::All)
      for (unsigned I = 0; I < Count; ++I)
        for (unsigned J = 0; J < I; ++J)
          if (Objects[I] == Objects[J]) {
            P::misuse(Misuse::BadArgument, Objects, "wait");
            return wait_status::TimedOut;
          }
    Block Own[OwnWaitBlocks];
    uint32_t Status = run(Self, Objects, Count, Kind, O, Blocks ? Blocks : Own);
    if (Kind == WaitKind::All && Status <= wait_status::Abandoned0)
      for (unsigned I = 0; I < Count; ++I)
        Self.acquired(*Objects[I]);
    else if (Status < wait_status::Abandoned0 + MaxWaitObjects)
      Self.acquired(*Objects[Status % MaxWaitObjects]);
    return Status;
  }

  static uint32_t one(KernelThread<P> &Self, Object &Of,
                      const WaitOptions &O = {}) {
    Object *const Objects[] = {&Of};
    Block Own[1];
    uint32_t Status = run(Self, Objects, 1, WaitKind::Any, O, Own);
    if (Status == wait_status::Object0 || Status == wait_status::Abandoned0)
      Self.acquired(Of);
    return Status;
  }

  /// TimedOut stands for the documented STATUS_SUCCESS.
  static uint32_t delay(KernelThread<P> &Self, const WaitOptions &O) {
    return run(Self, nullptr, 0, WaitKind::Any, O, nullptr);
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_OBJECTWAITS_H
