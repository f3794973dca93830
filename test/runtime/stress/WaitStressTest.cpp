//===- WaitStressTest.cpp - Waits and queues under stress -----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Primitives/AddressWait.h"
#include "Runtime/Primitives/CallbackObject.h"
#include "Runtime/Primitives/CancelSafeQueue.h"
#include "Runtime/Primitives/DriverLocks.h"
#include "Runtime/Primitives/KernelQueue.h"
#include "Runtime/Primitives/KeyedEvent.h"
#include "Runtime/Primitives/Timer.h"
#include "Stress.h"
#include <memory>

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

using Waits = ObjectWaits<N>;
using Self = KernelThread<N>;

/// The record of the calling thread.
Self &me(Dispatcher<N> &All) {
  thread_local Self *Mine = nullptr;
  thread_local std::unique_ptr<Self> Record;
  if (!Mine || !Record) {
    Record = std::make_unique<Self>(All);
    Mine = Record.get();
  }
  return *Mine;
}

Dispatcher<N> All;

TEST(WaitStress, EventsSemaphoresMutexesAsLocks) {
  KernelEvent<N> Free(All, EventKind::Synchronization, true);
  exclusive([&](unsigned) { Waits::one(me(All), Free); },
            [&](unsigned) { Free.set(); });
  Semaphore<N> One(All, 1, 1);
  exclusive([&](unsigned) { Waits::one(me(All), One); },
            [&](unsigned) { One.release(); });
  Mutex<N> Lock(All);
  exclusive([&](unsigned) { Waits::one(me(All), Lock); },
            [&](unsigned) { Lock.release(me(All)); });
  WdfWaitLock<N> Wdf(All);
  exclusive([&](unsigned) { Wdf.acquire(me(All)); },
            [&](unsigned) { Wdf.release(me(All)); });
}

TEST(WaitStress, AllOrNone) {
  KernelEvent<N> A(All, EventKind::Synchronization, true),
      B(All, EventKind::Synchronization, true);
  Semaphore<N> C(All, 1, 1);
  uint64_t Value = 0, Late = 0;
  uint64_t Rounds = stress(3, [&](unsigned T, uint64_t Round) {
    DispatcherObject<N> *Of[] = {&A, &B, &C};
    std::swap(Of[T], Of[0]);
    WaitOptions O;
    if (Round % 8 == 7)
      O.Deadline = N::now() + 50; // 5 us
    bool Got = Waits::several(me(All), Of, 3, WaitKind::All, O) == 0;
    if (!Got) {
      Waits::several(me(All), Of, 3, WaitKind::All);
      ++Late;
    }
    ++Value;
    EXPECT_EQ(A.set() + B.set() + C.release(), 0);
  });
  EXPECT_EQ(Value, Rounds);
  EXPECT_EQ(A.readState() + B.readState() + C.readState(), 3);
}

TEST(WaitStress, AnyWithTimeouts) {
  // Two semaphores: what is put in comes out.
  Semaphore<N> A(All, 0, 1 << 30), B(All, 0, 1 << 30);
  std::atomic<int64_t> In{0}, Out{0};
  stress(3, [&](unsigned T, uint64_t Round) {
    if (T == 0) {
      (Round % 3 ? A : B).release();
      ++In;
      return;
    }
    DispatcherObject<N> *Of[] = {&A, &B};
    WaitOptions O;
    O.Deadline = Round % 2 ? N::now() + 20 : 0;
    if (Waits::any(me(All), Of, 2, O) < 2)
      ++Out;
  });
  EXPECT_EQ(In.load() - Out.load(), A.readState() + B.readState());
}

TEST(WaitStress, KeyedEventsAndAddresses) {
  KeyedEvent<N> Keyed;
  AddressWait<N> Waits;
  N::Atomic<uint32_t> Ball{0};
  uint64_t Data = 0;
  std::thread Other([&] {
    for (uint32_t I = 0; I < 2000; ++I) {
      while (Ball.load(Order::Acquire) % 2 == 0)
        Waits.wait(Ball, Ball.load(Order::Relaxed) & ~1u);
      ++Data;
      Ball.fetchAdd(1, Order::Release);
      Waits.wakeSingle(&Ball);
      Keyed.wait(8);
      ++Data;
      Keyed.release(12);
    }
  });
  for (uint32_t I = 0; I < 2000; ++I) {
    ++Data;
    Ball.fetchAdd(1, Order::Release);
    Waits.wakeAll(&Ball);
    while (Ball.load(Order::Acquire) % 2 == 1)
      Waits.wait(Ball, Ball.load(Order::Relaxed) | 1u);
    ++Data;
    Keyed.release(8);
    Keyed.wait(12);
    ++Data;
  }
  Other.join();
  EXPECT_EQ(Data, 5u * 2000);
}

TEST(WaitStress, DpcsTimersAndWorkers) {
  DpcQueue<N> Cpu;
  TimerQueue<N> Clock;
  WorkQueue<N> Work(1);
  struct State {
    uint64_t Runs = 0, Items = 0;
    std::atomic<uint64_t> Inserted{0}, Queued{0};
  } S;
  Dpc<N> D(
      Cpu, [](void *C, void *, void *) { ++static_cast<State *>(C)->Runs; },
      &S);
  std::thread Processor([&] { Cpu.serve(); });
  std::thread Worker([&] {
    Self Me(All);
    Work.serve(Me);
    Me.end();
  });
  KernelTimer<N> T(All, Clock, EventKind::Notification);
  stress(3, [&](unsigned Thread, uint64_t) {
    switch (Thread) {
    case 0: {
      WorkItem<N> Item(
          [](void *C) {
            auto &S = *static_cast<State *>(C);
            ++S.Items;
            S.Queued.store(1);
          },
          &S);
      S.Queued.store(0);
      Work.insert(Item);
      while (!S.Queued.load())
        std::this_thread::yield();
      return;
    }
    case 1:
      if (D.insert())
        ++S.Inserted;
      if (D.remove())
        --S.Inserted;
      T.set(N::now() + 10);
      T.cancel();
      return;
    default:
      Clock.expire(N::now());
      Cpu.flush();
    }
  });
  Cpu.stop();
  Processor.join();
  Work.stop();
  Worker.join();
  EXPECT_EQ(S.Runs, S.Inserted.load());
  EXPECT_GT(S.Items, 0u);
}

TEST(WaitStress, CallbacksAndCancellation) {
  struct Counter {
    uint64_t Value = 0;
    static void run(void *C, void *, void *) {
      auto &Me = *static_cast<Counter *>(C);
      __atomic_fetch_add(&Me.Value, 1, __ATOMIC_RELAXED);
    }
  };
  CallbackObject<N> Object(true);
  SpinLock<N> Cancel;
  struct Ends {
    std::atomic<uint64_t> Count{0};
    static void complete(CancelableRequest<N> &, void *E) {
      ++static_cast<Ends *>(E)->Count;
    }
  } E;
  CancelSafeQueue<N> Queue(Ends::complete, &E);
  std::atomic<CancelableRequest<N> *> Current{nullptr};
  std::atomic<uint64_t> Made{0};
  stress(3, [&](unsigned T, uint64_t) {
    if (T == 0) {
      Counter Mine;
      CallbackObject<N>::Registration R(Counter::run, &Mine);
      Object.add(R);
      Object.remove(R);
      uint64_t Before = Mine.Value;
      std::this_thread::yield();
      EXPECT_EQ(Mine.Value, Before) << "called after it left";
      return;
    }
    Object.notify(nullptr, nullptr);
    if (T == 1) {
      CancelableRequest<N> R;
      ++Made;
      uint64_t Ended = E.Count;
      Queue.insert(R);
      Current = &R;
      while (E.Count == Ended)
        if (Queue.remove(R)) {
          ++E.Count;
          break;
        }
      while (!Current.exchange(nullptr))
        std::this_thread::yield(); // somebody is in cancel()
    } else if (CancelableRequest<N> *R = Current.exchange(nullptr)) {
      R->cancel(Cancel);
      Current = R;
    }
  });
  EXPECT_EQ(E.Count.load(), Made.load());
}

} // namespace
