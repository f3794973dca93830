//===- PushLockTest.cpp - Push locks, fast mutexes ------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Primitives/PushLock.h"
#include "Family.h"
#include "Runtime/Primitives/FastMutex.h"
#include "Runtime/Primitives/PushLockBlocks.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

/// Each thread locks once per letter: w(rite), r(ead), and in capitals only if
/// that is possible at once. Readers look twice.
Program pushLock(std::vector<const char *> Threads, bool Generic = false) {
  return [=](Scenario &S) {
    auto *L = S.make<PushLock<P>>();
    auto *D = S.make<Protected>();
    auto *Writes = S.make<P::Atomic<int>>(0);
    for (const char *Script : Threads)
      S.thread(Script, [=, &S] {
        for (const char *Do = Script; *Do; ++Do)
          switch (*Do) {
          case 'W':
            if (!L->tryAcquireExclusive())
              break;
            [[fallthrough]];
          case 'w':
            if (*Do == 'w')
              L->acquireExclusive();
            D->write();
            Writes->fetchAdd(1, Order::Relaxed);
            Generic ? L->release() : L->releaseExclusive();
            break;
          case 'R':
            if (!L->tryAcquireShared())
              break;
            [[fallthrough]];
          case 'r':
            if (*Do == 'r')
              L->acquireShared();
            int Seen = D->read();
            S.expect(D->read() == Seen, "written while read");
            Generic ? L->release() : L->releaseShared();
            break;
          }
      });
    S.atEnd([=, &S] {
      S.expect(D->read() == Writes->load(Order::Relaxed), "an update is lost");
      S.expect(L->isFree(), "still taken");
      S.expect(L->tryAcquireExclusive(), "the word is not clean");
    });
  };
}

Program sleeper(bool Timed) {
  return [=](Scenario &S) {
    auto *Box = S.make<P::Atomic<Sleeper<P> *>>(nullptr);
    auto *D = S.make<Protected>();
    S.thread("sleeper", [=] {
      for (int I = 0; I < 2; ++I) {
        Sleeper<P> Mine;
        Box->store(&Mine, Order::Release);
        if (!Timed || !Mine.sleepUntil(10))
          Mine.sleep(); // a waker that is on its way still needs the block
        D->read();
      }
    });
    S.thread("waker", [=] {
      for (int I = 0; I < 2; ++I) {
        auto Take = [](Sleeper<P> *B) {
          return B ? std::optional<Sleeper<P> *>(nullptr) : std::nullopt;
        };
        Sleeper<P> *Other = Box->awaitUpdate(Take, Order::Acquire);
        if (I == 0)
          D->write();
        Other->wake();
      }
    });
  };
}

TEST(PushLockFamily, WaitBlock) {
  verify({"wait block",
          {"WaitBlock.h"},
          {{"sleep", sleeper(false)}, {"sleep, limited", sleeper(true)}},
          {{"P::park", "relaxed", "the mark orders, the token only wakes"},
           {"P::park", "torn", "the mark is set before the token"},
           {"P::unpark", "relaxed", "the mark orders, the token only wakes"},
           {"P::unpark", "torn", "sets one value, whoever else does"}}});
}

TEST(PushLockFamily, All) {
  verify({"push lock",
          {"PushLock.h"},
          {{"w|w", pushLock({"w", "w"})},
           {"r|w", pushLock({"r", "w"})},
           {"r|w, one release", pushLock({"r", "w"}, true)},
           {"R|W", pushLock({"R", "W"})},
           {"rr|w", pushLock({"rr", "w"})},
           {"ww|w", pushLock({"ww", "w"})},
           {"w|W|r", pushLock({"w", "W", "r"})},
           {"r|r|w", pushLock({"r", "r", "w"})},
           {"w|w|r", pushLock({"w", "w", "r"})},
           {"w|w|w", pushLock({"w", "w", "w"})},
           {"w|w|w|W", pushLock({"w", "w", "w", "W"}), true}},
          {{"Mine.Exclusive.set(Exclusive)", "writes nothing",
            "a writer that is woken along with others competes again"}}});
}

/// Sleepers that look at a condition and one that makes it true.
Program byHand(unsigned Sleepers, bool Limited) {
  return [=](Scenario &S) {
    using List = PushLockBlocks<P>;
    auto *L = S.make<List>();
    auto *Ready = S.make<P::Atomic<int>>(0);
    auto *Data = S.make<P::Cell<int>>(0);
    for (unsigned I = 0; I < Sleepers; ++I)
      S.thread("sleeper", [=, &S] {
        while (!Ready->load(Order::Acquire)) {
          List::Block Mine;
          L->block(Mine);
          if (Ready->load(Order::Acquire))
            L->unblock(&Mine);
          else if (!Limited)
            L->wait(Mine);
          else if (!L->waitUntil(Mine, 10))
            return;
        }
        S.expect(Data->get() == 1, "awake too early");
      });
    S.thread("waker", [=] {
      Data->set(1);
      Ready->store(1, Order::Release);
      L->unblock();
    });
  };
}

TEST(PushLockFamily, ByHand) {
  verify({"push lock, by hand",
          {"PushLockBlocks.h"},
          {{"1 sleeper", byHand(1, false)},
           {"2 sleepers", byHand(2, false)},
           {"1 sleeper, limited", byHand(1, true)}},
          {{"Newest.compareExchange(Old, &B", "release",
            "a condition that is not seen yet: values are never old here"},
           {"Newest.exchange(nullptr", "acquire",
            "a condition that is not seen yet: values are never old here"}}});
}

TEST(PushLockTest, ReadersShareAndMisuseIsTold) {
  SearchResult R = explore([](Scenario &S) {
    auto *L = S.make<PushLock<P>>();
    S.thread("t", [=, &S] {
      L->acquireShared();
      S.expect(L->tryAcquireShared(), "readers exclude one another");
      S.expect(!L->tryAcquireExclusive(), "a writer among readers");
      L->releaseShared();
      S.expect(!L->tryAcquireExclusive(), "a writer among readers");
      L->release();
      S.expect(L->tryAcquireExclusive(), "not free");
      S.expect(!L->tryAcquireShared(), "a reader next to a writer");
      L->release();
    });
  });
  EXPECT_TRUE(R.verified()) << R.text();
  for (bool Shared : {false, true})
    EXPECT_EQ(explore([=](Scenario &S) {
                auto *L = S.make<PushLock<P>>();
                S.thread("t", [=] {
                  Shared ? L->releaseShared() : L->releaseExclusive();
                });
              }).Found.K,
              Failure::Kind::Misuse);
}

Program fastMutex(unsigned Threads, unsigned Rounds, bool Try) {
  return [=](Scenario &S) {
    auto *M = S.make<FastMutex<P>>();
    auto *D = S.make<Protected>();
    auto *Missed = S.make<P::Atomic<int>>(0);
    for (unsigned I = 0; I < Threads; ++I)
      S.thread("t", [=, &S] {
        for (unsigned R = 0; R < Rounds; ++R) {
          if (!Try || I) {
            M->acquire();
          } else if (!M->tryAcquire()) {
            Missed->fetchAdd(1, Order::Relaxed);
            continue;
          }
          S.expect(M->owner() == P::self(), "somebody else's");
          D->write();
          M->release();
        }
      });
    S.atEnd([=, &S] {
      S.expect(D->read() + Missed->load(Order::Relaxed) ==
                   int(Threads * Rounds),
               "an update is lost");
      S.expect(!M->owner(), "still owned");
      S.expect(M->isIdle(), "a waiter or a wake-up is left");
      S.expect(M->tryAcquire() && !M->tryAcquire(), "not free");
    });
  };
}

TEST(FastMutexFamily, All) {
  verify({"fast mutex",
          {"FastMutex.h"},
          {{"2 threads x 1", fastMutex(2, 1, false)},
           {"2 threads x 2, one tries", fastMutex(2, 2, true)},
           {"2 threads x 2", fastMutex(2, 2, false)},
           {"3 threads x 1", fastMutex(3, 1, false)},
           {"4 threads x 1", fastMutex(4, 1, false), true}},
          {}});
}

TEST(FastMutexTest, OnlyTheOwnerReleases) {
  EXPECT_EQ(explore([](Scenario &S) {
              auto *M = S.make<FastMutex<P>>();
              M->acquire();
              S.thread("other", [=] { M->release(); });
            }).Found.Text,
            "other: fast mutex is released by a thread that does not own it");
}

} // namespace
