//===- UserLockTest.cpp - Condition variables, run-once, critical sections ===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Family.h"
#include "Runtime/Primitives/ConditionVariable.h"
#include "Runtime/Primitives/CriticalSection.h"
#include "Runtime/Primitives/PushLock.h"
#include "Runtime/Primitives/RunOnce.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

/// Sleepers wait for one unit each, wakers bring them. Under an SRW lock.
Program condition(unsigned Sleepers, bool All, Time Deadline = Never) {
  return [=](Scenario &S) {
    struct Shared {
      SpinLock<P> Lock;
      ConditionVariable<P> Changed;
      P::Cell<int> Units{0};
      P::Atomic<int> Late{0};
    };
    auto *M = S.make<Shared>();
    for (unsigned I = 0; I < Sleepers; ++I)
      S.thread("sleeper", [=] {
        M->Lock.acquire();
        while (!M->Units.get()) {
          bool Woken = M->Changed.sleep([=] { M->Lock.release(); },
                                        [=] { M->Lock.acquire(); }, Deadline);
          if (!Woken && !M->Units.get()) {
            M->Late.fetchAdd(1, Order::Relaxed);
            M->Lock.release();
            return;
          }
        }
        M->Units.set(M->Units.get() - 1);
        M->Lock.release();
      });
    S.thread("waker", [=] {
      if (All) {
        M->Lock.acquire();
        M->Units.set(int(Sleepers));
        M->Lock.release();
        M->Changed.wakeAll();
        return;
      }
      for (unsigned I = 0; I < Sleepers; ++I) {
        M->Lock.acquire();
        M->Units.set(M->Units.get() + 1);
        M->Lock.release();
        M->Changed.wake();
      }
    });
    S.atEnd([=, &S] {
      S.expect(M->Units.get() == M->Late.load(Order::Relaxed),
               "units are lost or taken twice");
    });
  };
}

TEST(UserLockFamily, ConditionVariables) {
  verify({"condition variable",
          {"ConditionVariable.h"},
          {{"1 sleeper, one", condition(1, false)},
           {"1 sleeper, all", condition(1, true)},
           {"1 sleeper, limited", condition(1, false, 10)},
           {"2 sleepers, all", condition(2, true)},
           {"2 sleepers, one by one", condition(2, false)},
           {"2 sleepers, one by one, limited", condition(2, false, 10), true}},
          {}});
}

/// Failures: how often the initializer gives up first.
Program once(unsigned Threads, int Failures) {
  return [=](Scenario &S) {
    struct Shared {
      RunOnce<P> Once;
      P::Cell<int> Runs{0}, Object{0};
    };
    auto *M = S.make<Shared>();
    for (unsigned I = 0; I < Threads; ++I)
      S.thread("t", [=, &S] {
        uintptr_t Context = 0;
        switch (M->Once.begin(Context)) {
        case OnceBegin::Run:
          M->Runs.set(M->Runs.get() + 1);
          if (M->Runs.get() <= Failures) {
            S.expect(M->Once.fail(), "nothing was running");
            return;
          }
          M->Object.set(7);
          S.expect(M->Once.complete(64), "nothing was running");
          break;
        case OnceBegin::Done:
          S.expect(Context == 64, "another context");
          S.expect(M->Object.get() == 7, "not initialized");
          break;
        default:
          S.expect(false, "no such answer");
        }
      });
    S.atEnd([=, &S] {
      uintptr_t Context = 0;
      S.expect(M->Runs.get() == std::min(Failures + 1, int(Threads)),
               "initialized twice");
      if (Failures < int(Threads))
        S.expect(M->Once.begin(Context, true) == OnceBegin::Done &&
                     Context == 64,
                 "not done");
    });
  };
}

/// All may initialize; the first one to complete wins.
void onceAsync(Scenario &S) {
  struct Shared {
    RunOnce<P> Once;
    P::Cell<int> Objects[2];
    P::Atomic<int> Won{0};
  };
  auto *M = S.make<Shared>();
  for (int I = 0; I < 2; ++I)
    S.thread("t", [=, &S] {
      uintptr_t Context = 0;
      if (M->Once.begin(Context, false, true) == OnceBegin::Run) {
        M->Objects[I].set(7);
        if (M->Once.complete(uintptr_t(I + 1) * 16, true))
          M->Won.fetchAdd(1, Order::Relaxed);
        else
          S.expect(M->Once.begin(Context, true) == OnceBegin::Done,
                   "lost to nobody");
      }
      if (Context)
        S.expect(M->Objects[Context / 16 - 1].get() == 7, "not initialized");
    });
  S.atEnd([=, &S] {
    S.expect(M->Won.load(Order::Relaxed) == 1, "not one winner");
  });
}

TEST(UserLockFamily, RunOnce) {
  verify({"run-once",
          {"RunOnce.h"},
          {{"2 threads", once(2, 0)},
           {"2 threads, the first fails", once(2, 1)},
           {"2 threads race", onceAsync},
           {"3 threads", once(3, 0)},
           {"3 threads, the first fails", once(3, 1)}},
          {}});
}

TEST(RunOnceTest, AnswersInEachState) {
  SearchResult R = explore([](Scenario &S) {
    auto *O = S.make<RunOnce<P>>();
    S.thread("t", [=, &S] {
      uintptr_t C = 0;
      S.expect(O->begin(C, true) == OnceBegin::NotBegun, "begun at first");
      S.expect(!O->complete(16) && !O->fail(), "completed before it began");
      S.expect(O->begin(C, false, true) == OnceBegin::Run, "async");
      S.expect(O->begin(C, false, true) == OnceBegin::Run, "async again");
      S.expect(O->begin(C) == OnceBegin::Invalid, "kinds mixed");
      S.expect(O->begin(C, true) == OnceBegin::NotBegun, "done too early");
      S.expect(O->complete(16, true) && !O->complete(32, true), "two winners");
      S.expect(O->begin(C) == OnceBegin::Done && C == 16, "context");
      auto *Sync = S.make<RunOnce<P>>();
      S.expect(Sync->begin(C) == OnceBegin::Run, "sync");
      S.expect(Sync->begin(C, false, true) == OnceBegin::Invalid, "mixed");
      S.expect(Sync->fail() && !Sync->fail(), "failed twice");
    });
  });
  EXPECT_TRUE(R.verified()) << R.text();
  EXPECT_EQ(explore([](Scenario &S) {
              auto *O = S.make<RunOnce<P>>();
              uintptr_t C;
              O->begin(C);
              S.thread("t", [=] { O->complete(17); });
            }).Found.K,
            Failure::Kind::Misuse);
}

/// l(ock), t(ry to), r(ecursively).
Program section(std::vector<const char *> Threads) {
  return [=](Scenario &S) {
    using Waits = AddressWait<P, 1>;
    auto *W = S.make<Waits>();
    auto *C = S.make<CriticalSection<P, 1>>(*W);
    auto *D = S.make<Protected>();
    auto *Entered = S.make<P::Atomic<int>>(0);
    for (const char *Script : Threads)
      S.thread(Script, [=, &S] {
        for (const char *Do = Script; *Do; ++Do) {
          if (*Do == 't' && !C->tryAcquire())
            continue;
          if (*Do != 't')
            C->acquire();
          if (*Do == 'r') {
            C->acquire();
            S.expect(C->tryAcquire(), "no recursion");
            C->release();
            C->release();
          }
          S.expect(C->isOwned() && C->isLocked(), "not its own");
          D->write();
          Entered->fetchAdd(1, Order::Relaxed);
          C->release();
        }
      });
    S.atEnd([=, &S] {
      S.expect(D->read() == Entered->load(Order::Relaxed), "an update is lost");
      S.expect(!C->isLocked(), "still taken");
    });
  };
}

TEST(UserLockFamily, CriticalSections) {
  verify({"critical section",
          {"CriticalSection.h"},
          {{"l|l", section({"l", "l"})},
           {"t|l", section({"t", "l"})},
           {"r|l", section({"r", "l"})},
           {"ll|l", section({"ll", "l"})},
           {"t|t", section({"t", "t"})},
           {"l|l|l", section({"l", "l", "l"}), true}},
          {}});
}

TEST(CriticalSectionTest, OnlyTheOwnerLeaves) {
  EXPECT_EQ(explore([](Scenario &S) {
              auto *W = S.make<AddressWait<P, 1>>();
              auto *C = S.make<CriticalSection<P, 1>>(*W);
              C->acquire();
              S.thread("other", [=] { C->release(); });
            }).Found.K,
            Failure::Kind::Misuse);
}

} // namespace
