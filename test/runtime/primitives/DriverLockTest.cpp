//===- DriverLockTest.cpp - Interrupt, framework and split locks ----------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Family.h"
#include "Runtime/Primitives/DriverLocks.h"
#include "Runtime/Primitives/PerProcessor.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

using Self = KernelThread<P>;
constexpr auto Told = Failure::Kind::Misuse;

/// The routine of the interrupt and what is synchronized with it, or with
/// another interrupt of the same lock, exclude one another.
Program interrupts(bool Shared, bool Passive) {
  return [=](Scenario &S) {
    struct Device {
      Dispatcher<P> All;
      SpinLock<P> Lock;
      KernelEvent<P> Gate{All, EventKind::Synchronization, true};
      Protected Data;
      static bool run(void *D) {
        static_cast<Device *>(D)->Data.write();
        return true;
      }
    };
    auto *D = S.make<Device>();
    Interrupt<P> *First =
        Passive  ? S.make<Interrupt<P>>(Device::run, D, D->Gate)
        : Shared ? S.make<Interrupt<P>>(Device::run, D, &D->Lock)
                 : S.make<Interrupt<P>>(Device::run, D);
    Interrupt<P> *Second =
        Shared ? S.make<Interrupt<P>>(Device::run, D, &D->Lock) : First;
    S.thread("device", [=, &S] {
      Self Me(D->All);
      S.expect(First->interrupt(Me), "not its interrupt");
    });
    S.thread("driver", [=, &S] {
      Self Me(D->All);
      S.expect(Second->synchronize(Me, Device::run, D), "result");
      Second->acquire(Me);
      D->Data.write();
      Second->release();
    });
    S.atEnd([=, &S] { S.expect(D->Data.read() == 3, "an update is lost"); });
  };
}

void releasedTwice(Scenario &S) {
  struct Device {
    Dispatcher<P> All;
    KernelEvent<P> Gate{All, EventKind::Synchronization, true};
  };
  auto *D = S.make<Device>();
  auto *I = S.make<Interrupt<P>>(nullptr, nullptr, D->Gate);
  S.thread("t", [=] { I->release(); });
}

TEST(DriverLockFamily, Interrupts) {
  verify({"interrupt lock",
          {"DriverLocks.h", "SpinLock.h"},
          {{"own lock", interrupts(false, false)},
           {"shared lock", interrupts(true, false)},
           {"passive", interrupts(false, true)},
           {"passive, released twice", releasedTwice, false, true, Told}},
          {}});
}

Program waitLock(unsigned Threads, int Rounds, Time Deadline) {
  return [=](Scenario &S) {
    auto *All = S.make<Dispatcher<P>>();
    auto *L = S.make<WdfWaitLock<P>>(*All);
    auto *D = S.make<Protected>();
    auto *Late = S.make<P::Atomic<int>>(0);
    for (unsigned I = 0; I < Threads; ++I)
      S.thread("t", [=, &S] {
        Self Me(*All);
        for (int N = 0; N < Rounds; ++N) {
          if (!L->acquire(Me, Deadline)) {
            S.expect(!Me.areApcsDisabled(), "APCs off without the lock");
            Late->fetchAdd(1, Order::Relaxed);
            continue;
          }
          S.expect(Me.areApcsDisabled(), "APCs go on");
          D->write();
          L->release(Me);
          S.expect(!Me.areApcsDisabled(), "APCs stay off");
        }
      });
    S.atEnd([=, &S] {
      S.expect(D->read() + Late->load(Order::Relaxed) == Rounds * int(Threads),
               "an update is lost");
    });
  };
}

struct Callbacks {
  Dispatcher<P> All;
  WdfCallbackLock<P> Lock;
  Protected Data;
  P::Cell<Self *> Inside{nullptr};
  WdfCallbackLock<P>::Call Outer{outer, this}, Inner{inner, this},
      Inner2{inner, this};
  P::Atomic<int> Runs{0};
  explicit Callbacks(bool Spins) : Lock(All, Spins) {}

  static void inner(void *C) {
    auto &Me = *static_cast<Callbacks *>(C);
    Me.Data.write();
    Me.Runs.fetchAdd(1, Order::Relaxed);
  }
  /// Dispatches others while it runs.
  static void outer(void *C) {
    auto &Me = *static_cast<Callbacks *>(C);
    int Before = Me.Runs.load(Order::Relaxed);
    Self &T = *Me.Inside.get();
    if (Me.Lock.dispatch(T, Me.Inner) || Me.Lock.dispatch(T, Me.Inner2) ||
        Me.Runs.load(Order::Relaxed) != Before)
      Host::current()->fail("run within the other callback");
    Me.Data.write();
  }
};

Program callbackLock(bool Spins) {
  return [=](Scenario &S) {
    auto *C = S.make<Callbacks>(Spins);
    S.thread("framework", [=, &S] {
      Self Me(C->All);
      C->Lock.acquire(Me);
      C->Inside.set(&Me);
      S.expect(!C->Lock.dispatch(Me, C->Outer), "run although it is inside");
      C->Lock.release(Me);
      S.expect(!Me.areApcsDisabled(), "APCs stay off");
      C->Lock.acquire(Me);
      C->Lock.dispatch(Me, C->Inner); // the same one again, alone
      C->Lock.release(Me);
    });
    S.thread("driver", [=] {
      Self Me(C->All);
      C->Lock.acquire(Me);
      C->Data.write();
      C->Lock.release(Me);
      WdfCallbackLock<P>::Call Mine{
          [](void *D) { static_cast<Protected *>(D)->write(); }, &C->Data};
      C->Lock.dispatch(Me, Mine);
    });
    S.atEnd([=, &S] {
      S.expect(C->Runs.load(Order::Relaxed) == 3, "deferred ones are lost");
      S.expect(C->Data.read() == 6, "an update is lost");
    });
  };
}

Program wdfMisuse(int Wrong) {
  return [=](Scenario &S) {
    auto *All = S.make<Dispatcher<P>>();
    auto *L = S.make<WdfWaitLock<P>>(*All);
    auto *C = S.make<WdfCallbackLock<P>>(*All, Wrong % 2);
    S.thread("t", [=] {
      Self Me(*All);
      switch (Wrong) {
      case 0:
        L->acquire(Me);
        L->acquire(Me, 10);
        return;
      case 1:
        L->acquire(Me);
        L->release(Me);
        L->release(Me);
        return;
      case 2:
      case 3:
        C->acquire(Me);
        C->acquire(Me);
        return;
      default:
        C->acquire(Me);
        C->release(Me);
        C->release(Me);
      }
    });
  };
}

TEST(DriverLockFamily, Framework) {
  verify(
      {"locks of the framework",
       {"DriverLocks.h"},
       {{"wait lock, 2 threads", waitLock(2, 2, Never)},
        {"wait lock, 2 threads, limited", waitLock(2, 2, 10), false, false},
        {"wait lock, 3 threads", waitLock(3, 1, Never)},
        {"callback lock, spinning", callbackLock(true)},
        {"callback lock, waiting", callbackLock(false)},
        {"wait lock, recursion", wdfMisuse(0), false, true, Told},
        {"wait lock, foreign release", wdfMisuse(1), false, true, Told},
        {"callback lock, recursion", wdfMisuse(2), false, true, Told},
        {"spinning callback lock, recursion", wdfMisuse(3), false, true, Told},
        {"callback lock, foreign release", wdfMisuse(4), false, true, Told}},
       {}});
}

/// Readers on two processors and writers; a reader may move meanwhile. Scripts:
/// r(ead), w(rite), per thread.
template <typename L>
Program split(std::vector<const char *> Threads, bool Moves = false) {
  return [=](Scenario &S) {
    auto *Lock = S.make<L>();
    auto *D = S.make<Protected>();
    auto *Writes = S.make<P::Atomic<int>>(0);
    unsigned Cpu = 0;
    for (const char *Script : Threads)
      S.thread(Script, [=, &S] {
         for (const char *Do = Script; *Do; ++Do)
           if (*Do == 'w') {
             Lock->acquireExclusive();
             D->write();
             Writes->fetchAdd(1, Order::Relaxed);
             Lock->releaseExclusive();
           } else {
             auto *Mine = Lock->acquireShared();
             int Seen = D->read();
             if (Moves)
               P::self()->Cpu ^= 1;
             S.expect(D->read() == Seen, "written while read");
             Lock->releaseShared(Mine);
           }
       }).Cpu = Cpu++ % 2;
    S.atEnd([=, &S] {
      S.expect(D->read() == Writes->load(Order::Relaxed), "an update is lost");
      Lock->acquireExclusive();
      Lock->releaseExclusive();
    });
  };
}

/// Expands as soon as a reader has had to wait.
struct Eager : AutoExpandPushLock<P> {
  Eager() : AutoExpandPushLock(1) {}
};

/// Two threads on one processor never hold one number at once; other numbers
/// do not matter.
Program numbered(bool Try) {
  return [=](Scenario &S) {
    auto *L = S.make<NumberedQueuedLocks<P, 2>>();
    auto *D = S.make<Protected>();
    auto *E = S.make<Protected>();
    auto *Missed = S.make<P::Atomic<int>>(0);
    for (unsigned I = 0; I < 2; ++I)
      S.thread("t", [=] {
         L->acquire(0);
         D->write();
         if (Try && I) {
           if (!L->tryAcquire(1)) {
             Missed->fetchAdd(1, Order::Relaxed);
             L->release(0);
             return;
           }
         } else {
           L->acquire(1);
         }
         L->release(0); // out of order
         E->write();
         L->release(1);
       }).Cpu = I;
    S.atEnd([=, &S] {
      S.expect(D->read() == 2 && E->read() + Missed->load(Order::Relaxed) == 2,
               "an update is lost");
    });
  };
}

/// A writer that sees that somebody had to wait expands it.
void expands(Scenario &S) {
  auto *L = S.make<AutoExpandPushLock<P>>(1);
  L->acquireExclusive();
  S.thread("reader", [=] { L->releaseShared(L->acquireShared()); });
  S.thread("writer", [=, &S] {
    bool Waited = L->contention();
    L->releaseExclusive();
    S.expect(!Waited || L->isExpanded(), "not expanded");
  });
}

TEST(DriverLockFamily, PerProcessor) {
  using Ndis = NdisRwLock<P>;
  using Aware = CacheAwarePushLock<P>;
  verify({"locks by processor",
          {"PerProcessor.h"},
          {{"NDIS, r|w", split<Ndis>({"r", "w"}, true)},
           {"NDIS, w|w", split<Ndis>({"w", "w"})},
           {"NDIS, r|r|w", split<Ndis>({"r", "r", "w"}, true)},
           {"cache-aware, r|w", split<Aware>({"r", "w"}, true)},
           {"cache-aware, w|w", split<Aware>({"w", "w"})},
           {"cache-aware, r|r|w", split<Aware>({"r", "r", "w"}, true), true},
           {"auto-expand, r|w", split<Eager>({"r", "w"})},
           {"auto-expand, rr|ww", split<Eager>({"rr", "ww"}, true)},
           {"auto-expand, r|r|w", split<Eager>({"r", "r", "w"}), true},
           {"auto-expand, when", expands},
           {"numbered, 2 processors", numbered(false)},
           {"numbered, 2 processors, one tries", numbered(true)}},
          {{"Contention.fetchAdd", "nothing",
            "a hint; PerProcessorTest sees what it leads to"},
           {"Contention.fetchAdd", "torn", "a hint, it need not be exact"}}});
}

TEST(PerProcessorTest, ExpandsWhenReadersHadToWait) {
  SearchResult R = explore([](Scenario &S) {
    auto *L = S.make<AutoExpandPushLock<P>>(1);
    L->acquireExclusive();
    S.thread("reader", [=] { L->releaseShared(L->acquireShared()); });
    S.thread("writer", [=] { L->releaseExclusive(); });
    S.atEnd([=, &S] { S.outcome(L->isExpanded() ? "expanded" : "single"); });
  });
  EXPECT_TRUE(R.verified()) << R.text();
  EXPECT_EQ(R.Outcomes, (std::set<std::string>{"expanded", "single"}));
}

} // namespace
