//===- ExplorerTest.cpp - What the explorer finds and what it accepts -----===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Explorer/Explorer.h"
#include "Runtime/Platform/Model.h"
#include <gtest/gtest.h>

using namespace irqlint::runtime;
using P = ModelPlatform;

namespace {

TEST(ExplorerTest, IndependentThreadsNeedOneOrder) {
  SearchResult R = explore([](Scenario &S) {
    auto *A = S.make<P::Atomic<int>>(0);
    auto *B = S.make<P::Atomic<int>>(0);
    S.thread("a", [=] { A->store(A->load(Order::SeqCst) + 1, Order::SeqCst); });
    S.thread("b", [=] { B->store(B->load(Order::SeqCst) + 1, Order::SeqCst); });
  });
  EXPECT_TRUE(R.verified()) << R.text();
  EXPECT_EQ(R.Executions, 1u);
}

TEST(ExplorerTest, ReadersOfOneLocationNeedOneOrder) {
  SearchResult R = explore([](Scenario &S) {
    auto *A = S.make<P::Atomic<int>>(7);
    for (int I = 0; I < 3; ++I)
      S.thread("reader", [=] {
        int Seven = 3;
        A->load(Order::SeqCst);
        A->compareExchange(Seven, 5, Order::SeqCst); // fails: only a read
      });
  });
  EXPECT_TRUE(R.verified()) << R.text();
  EXPECT_EQ(R.Executions, 1u);
}

/// Load and store on their own lose updates.
TEST(ExplorerTest, FindsTheLostUpdate) {
  SearchOptions O;
  SearchResult R = explore(
      [](Scenario &S) {
        auto *A = S.make<P::Atomic<int>>(0);
        for (int I = 0; I < 2; ++I)
          S.thread("adder", [=] {
            A->store(A->load(Order::SeqCst) + 1, Order::SeqCst);
          });
        S.atEnd([=, &S] {
          S.expect(A->load(Order::SeqCst) == 2, "an update is lost");
        });
      },
      O);
  ASSERT_EQ(R.Found.K, Failure::Kind::Expectation) << R.text();
  EXPECT_NE(R.Found.Text.find("an update is lost"), std::string::npos);
  EXPECT_NE(R.History.find("ExplorerTest.cpp:"), std::string::npos)
      << R.History;
}

Program messagePassing(Order Write, Order Read) {
  return [=](Scenario &S) {
    auto *Data = S.make<P::Cell<int>>(0);
    auto *Flag = S.make<P::Atomic<int>>(0);
    S.thread("writer", [=] {
      Data->set(42);
      Flag->store(1, Write);
    });
    S.thread("reader", [=, &S] {
      if (Flag->load(Read))
        S.expect(Data->get() == 42, "old data");
    });
  };
}

TEST(ExplorerTest, MessagePassingNeedsReleaseAndAcquire) {
  EXPECT_TRUE(
      explore(messagePassing(Order::Release, Order::Acquire)).verified());
  EXPECT_TRUE(explore(messagePassing(Order::SeqCst, Order::SeqCst)).verified());
  EXPECT_EQ(explore(messagePassing(Order::Relaxed, Order::Acquire)).Found.K,
            Failure::Kind::Race);
  EXPECT_EQ(explore(messagePassing(Order::Release, Order::Relaxed)).Found.K,
            Failure::Kind::Race);
}

Program fencedMessage(Order Release, Order Acquire) {
  return [=](Scenario &S) {
    auto *Data = S.make<P::Cell<int>>(0);
    auto *Flag = S.make<P::Atomic<int>>(0);
    S.thread("writer", [=] {
      Data->set(42);
      P::fence(Release);
      Flag->store(1, Order::Relaxed);
    });
    S.thread("reader", [=] {
      if (Flag->load(Order::Relaxed)) {
        P::fence(Acquire);
        Data->get();
      }
    });
  };
}

TEST(ExplorerTest, FencesOrderRelaxedAccesses) {
  EXPECT_TRUE(
      explore(fencedMessage(Order::Release, Order::Acquire)).verified());
  EXPECT_TRUE(explore(fencedMessage(Order::SeqCst, Order::AcqRel)).verified());
  EXPECT_EQ(explore(fencedMessage(Order::Acquire, Order::Acquire)).Found.K,
            Failure::Kind::Race);
  EXPECT_EQ(explore(fencedMessage(Order::Release, Order::Release)).Found.K,
            Failure::Kind::Race);
}

/// A read-modify-write by a third party keeps the release sequence, a store
/// ends it.
Program releaseSequence(bool Update) {
  return [=](Scenario &S) {
    auto *Data = S.make<P::Cell<int>>(0);
    auto *Flag = S.make<P::Atomic<int>>(0);
    S.thread("writer", [=] {
      Data->set(42);
      Flag->store(1, Order::Release);
    });
    S.thread("other", [=] {
      if (Update)
        Flag->fetchAdd(1, Order::Relaxed);
      else if (Flag->load(Order::Relaxed) == 1)
        Flag->store(2, Order::Relaxed);
    });
    S.thread("reader", [=] {
      if (Flag->load(Order::Acquire) == 2)
        Data->get();
    });
  };
}

TEST(ExplorerTest, ReleaseSequences) {
  EXPECT_TRUE(explore(releaseSequence(true)).verified());
  EXPECT_EQ(explore(releaseSequence(false)).Found.K, Failure::Kind::Race);
}

TEST(ExplorerTest, UnorderedWritesAreARaceInAnyOrder) {
  SearchResult R = explore([](Scenario &S) {
    auto *Data = S.make<P::Cell<int>>(0);
    S.thread("a", [=] { Data->set(1); });
    S.thread("b", [=] { Data->set(2); });
  });
  EXPECT_EQ(R.Found.K, Failure::Kind::Race);
}

/// The flag is up only for a moment.
TEST(ExplorerTest, FindsWhoMissesAMoment) {
  SearchResult R = explore([](Scenario &S) {
    auto *Flag = S.make<P::Atomic<int>>(0);
    S.thread("blink", [=] {
      Flag->store(1, Order::SeqCst);
      Flag->store(0, Order::SeqCst);
    });
    S.thread("watch",
             [=] { Flag->await([](int V) { return V == 1; }, Order::SeqCst); });
  });
  ASSERT_EQ(R.Found.K, Failure::Kind::Deadlock) << R.text();
  EXPECT_NE(R.Found.Text.find("watch"), std::string::npos) << R.Found.Text;
}

TEST(ExplorerTest, FindsTheLostWakeUp) {
  // Asks, then sleeps; between the two the only wake-up may come.
  auto Client = [](bool Sticky) {
    return [=](Scenario &S) {
      auto *Ready = S.make<P::Atomic<int>>(0);
      auto *Gate = S.make<P::Atomic<int>>(0);
      ModelThread *Sleeper = &S.thread("sleeper", [=] {
        while (!Ready->load(Order::Acquire))
          if (Sticky)
            P::park();
          else
            Gate->await([](int V) { return V == 1; }, Order::Acquire),
                Gate->store(0, Order::SeqCst);
      });
      S.thread("waker", [=] {
        Ready->store(1, Order::Release);
        if (Sticky) {
          P::unpark(Sleeper);
        } else {
          Gate->store(1, Order::SeqCst);
          Gate->store(0, Order::SeqCst);
        }
      });
    };
  };
  EXPECT_TRUE(explore(Client(true)).verified());
  EXPECT_EQ(explore(Client(false)).Found.K, Failure::Kind::Deadlock);
}

TEST(ExplorerTest, DeadlinesMayPassAtAnyTime) {
  SearchOptions O;
  SearchResult R = explore(
      [](Scenario &S) {
        auto *Result = S.make<P::Cell<int>>(0);
        ModelThread *T =
            &S.thread("sleeper", [=] { Result->set(P::parkUntil(100)); });
        S.thread("waker", [=] { P::unpark(T); });
        S.atEnd([=, &S] { S.outcome(Result->get() ? "woken" : "late"); });
      },
      O);
  EXPECT_TRUE(R.verified()) << R.text();
  EXPECT_EQ(R.Outcomes, (std::set<std::string>{"woken", "late"}));
}

TEST(ExplorerTest, AVirtualClockMovesWhenNobodyCanRun) {
  SearchOptions O;
  O.Kind = SearchKind::BruteForce;
  O.Run.VirtualClock = true;
  SearchResult R = explore(
      [](Scenario &S) {
        auto *A = S.make<P::Atomic<int>>(0);
        auto Sleep = [=, &S](Time Until, int Then) {
          P::parkUntil(Until);
          S.expect(P::now() == Until, "woken at another time");
          A->store(A->load(Order::SeqCst) * 10 + Then, Order::SeqCst);
        };
        S.thread("late", [=] { Sleep(300, 3); });
        S.thread("early", [=] { Sleep(100, 1); });
        S.thread("middle", [=] { Sleep(200, 2); });
        S.atEnd([=, &S] { S.outcome(std::to_string(A->load(Order::SeqCst))); });
      },
      O);
  EXPECT_TRUE(R.verified()) << R.text();
  EXPECT_EQ(R.Outcomes, std::set<std::string>{"123"});
}

TEST(ExplorerTest, FindsWhoTouchesAFrameThatIsGone) {
  auto Client = [](bool Last) {
    return [=](Scenario &S) {
      auto *Box = S.make<P::Atomic<P::Atomic<int> *>>(nullptr);
      S.thread("owner", [=] {
        P::Atomic<int> Done(0);
        Box->store(&Done, Order::Release);
        Done.await([](int V) { return V != 0; }, Order::Acquire);
      });
      S.thread("waker", [=] {
        auto *Done = Box->await([](P::Atomic<int> *B) { return B != nullptr; },
                                Order::Acquire);
        Done->store(1, Order::Release);
        if (!Last)
          Done->load(Order::Relaxed); // the owner may have returned by now
      });
    };
  };
  EXPECT_TRUE(explore(Client(true)).verified());
  SearchResult R = explore(Client(false));
  EXPECT_TRUE(R.Found.K == Failure::Kind::Lifetime ||
              R.Found.K == Failure::Kind::Race)
      << R.text();
}

TEST(ExplorerTest, FindsLoopsWithoutEnd) {
  SearchResult R = explore([](Scenario &S) {
    auto *A = S.make<P::Atomic<int>>(0);
    S.thread("spinner", [=] {
      while (!A->load(Order::SeqCst)) // not an await
        ;
    });
    S.thread("setter", [=] { A->store(1, Order::SeqCst); });
  });
  EXPECT_EQ(R.Found.K, Failure::Kind::Endless) << R.text();
}

TEST(ExplorerTest, BadPointersAndRunawayRecursionAreFindings) {
  EXPECT_EQ(explore([](Scenario &S) {
              auto *Box = S.make<P::Atomic<int *>>(nullptr);
              S.thread("reader", [=] { ++*Box->load(Order::SeqCst); });
            }).Found.Text,
            "reader: an invalid memory access");
  struct Deep {
    static int go(volatile int *A) {
      volatile int B[64] = {*A};
      return *A > 0 ? 0 : go(B) + B[1];
    }
  };
  EXPECT_EQ(explore([](Scenario &S) {
              S.thread("deep", [] {
                volatile int A = 0;
                Deep::go(&A);
              });
            }).Found.K,
            Failure::Kind::Crash);
}

TEST(ExplorerTest, MisuseEndsTheExecution) {
  SearchResult R = explore([](Scenario &S) {
    S.thread("wrong", [] { P::misuse(Misuse::NotHeld, nullptr, "lock"); });
  });
  EXPECT_EQ(R.Found.K, Failure::Kind::Misuse);
  EXPECT_EQ(R.Found.Text,
            "wrong: lock is released while it is not held in that mode");
}

TEST(ExplorerTest, AThreadMayBeStartedLater) {
  SearchResult R = explore([](Scenario &S) {
    auto *Data = S.make<P::Cell<int>>(0);
    auto *Done = S.make<P::Atomic<int>>(0);
    S.thread("parent", [=, &S] {
      Data->set(1);
      S.thread("child", [=] {
        Data->set(Data->get() + 1);
        Done->store(1, Order::Release);
      });
      Done->await([](int V) { return V == 1; }, Order::Acquire);
      S.expect(Data->get() == 2, "the child's write");
    });
  });
  EXPECT_TRUE(R.verified()) << R.text();
}

TEST(ExplorerTest, WaitingInTheSetupIsADeadlock) {
  SearchResult R = explore([](Scenario &S) {
    auto *A = S.make<P::Atomic<int>>(0);
    A->await([](int V) { return V == 1; }, Order::SeqCst);
  });
  EXPECT_EQ(R.Found.K, Failure::Kind::Deadlock);
}

TEST(ExplorerTest, BoundedAndRandomSearchesFindShallowErrors) {
  Program Lost = [](Scenario &S) {
    auto *A = S.make<P::Atomic<int>>(0);
    for (int I = 0; I < 3; ++I)
      S.thread("adder",
               [=] { A->store(A->load(Order::SeqCst) + 1, Order::SeqCst); });
    S.atEnd([=, &S] {
      S.expect(A->load(Order::SeqCst) == 3, "an update is lost");
    });
  };
  SearchOptions O;
  O.Kind = SearchKind::Bounded;
  O.Preemptions = 0;
  EXPECT_TRUE(explore(Lost, O).verified());
  O.Preemptions = 1;
  EXPECT_TRUE(explore(Lost, O).Found);
  O.Kind = SearchKind::Random;
  O.MaxExecutions = 1000;
  EXPECT_TRUE(explore(Lost, O).Found);
}

} // namespace
