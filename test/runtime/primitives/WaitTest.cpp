//===- WaitTest.cpp - Keyed events, address waits, alerts -----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Family.h"
#include "Runtime/Primitives/AddressWait.h"
#include "Runtime/Primitives/KeyedEvent.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

struct Queued : WaitNode<P, Queued> {
  int Name;
  explicit Queued(int Name) : Name(Name) {}
};

/// Digits are pushed, o pops, a digit after - is removed, after = taken by
/// name, and x takes all. The outcome is what left, in order.
std::string queueScript(const char *Script) {
  std::string Left;
  explore([&](Scenario &S) {
    auto *Q = S.make<WaitQueue<P, Queued>>();
    Queued *Nodes[5];
    for (int I = 0; I < 5; ++I)
      Nodes[I] = S.make<Queued>(I);
    S.thread("t", [&Left, Q, Nodes, Script] {
      Left.clear();
      auto Note = [&](Queued *N) { Left += N ? char('0' + N->Name) : '.'; };
      for (const char *Do = Script; *Do; ++Do)
        if (*Do == 'o') {
          Note(Q->pop());
        } else if (*Do == '-') {
          Left += Q->remove(Nodes[*++Do - '0']) ? "y" : "n";
        } else if (*Do == '=') {
          int Name = *++Do - '0';
          Note(Q->take([=](const Queued &N) { return N.Name == Name; }));
        } else if (*Do == 'x') {
          for (Queued *N = Q->takeAll(); N; N = N->Next.get())
            Note(N);
        } else {
          Q->push(Nodes[*Do - '0']);
        }
      Left += Q->empty() ? "" : "+";
    });
  });
  return Left;
}

TEST(WaitQueueTest, IsFirstInFirstOut) {
  EXPECT_EQ(queueScript("123ooo"), "123");
  EXPECT_EQ(queueScript("o"), ".");
  EXPECT_EQ(queueScript("12x"), "12");
  EXPECT_EQ(queueScript("12x34x"), "1234");
  EXPECT_EQ(queueScript("123-24x"), "y134");   // from the middle
  EXPECT_EQ(queueScript("123-34x"), "y124");   // the last one
  EXPECT_EQ(queueScript("123-14x"), "y234");   // the first one
  EXPECT_EQ(queueScript("1-1-12x"), "yn2");    // the only one, twice
  EXPECT_EQ(queueScript("123=2=2oo"), "2.13"); // by name
  EXPECT_EQ(queueScript("123o1x"), "1231");    // again at the end
  EXPECT_EQ(queueScript("123=22x"), "2132");   // its successor is old
  EXPECT_EQ(queueScript("12"), "+");
}

/// Every wait meets one release of its key, in any order of arrival, and what
/// the releaser wrote before is there. Deadlines may pass on either side.
Program keyed(std::vector<uintptr_t> Waits, std::vector<uintptr_t> Releases,
              Time WaitUntil = Never, Time ReleaseUntil = Never) {
  return [=](Scenario &S) {
    struct Shared {
      KeyedEvent<P, 1> Event;
      Protected Data[3];
      P::Atomic<int> Waited{0}, Released{0};
    };
    auto *M = S.make<Shared>();
    bool Limited = WaitUntil != Never || ReleaseUntil != Never;
    for (uintptr_t Key : Waits)
      S.thread("wait", [=] {
        if (M->Event.wait(Key, 0, WaitUntil) != KeyedResult::Met)
          return;
        M->Waited.fetchAdd(1, Order::Relaxed);
        if (Waits.size() == 1)
          M->Data[Key / 4].read();
      });
    for (uintptr_t Key : Releases)
      S.thread("release", [=] {
        if (Releases.size() == 1)
          M->Data[Key / 4].write();
        if (M->Event.release(Key, 0, ReleaseUntil) == KeyedResult::Met)
          M->Released.fetchAdd(1, Order::Relaxed);
      });
    S.atEnd([=, &S] {
      int Waited = M->Waited.load(Order::Relaxed);
      S.expect(Waited == M->Released.load(Order::Relaxed), "not in pairs");
      S.expect(Limited || Waited == int(Waits.size()), "somebody is left");
      S.expect(M->Event.wait(4, 0, 1) == KeyedResult::TimedOut,
               "a releaser is left");
      S.expect(M->Event.release(4, 0, 1) == KeyedResult::TimedOut,
               "a waiter is left");
      S.outcome(std::to_string(Waited));
    });
  };
}

TEST(WaitFamily, KeyedEvents) {
  verify({"keyed event",
          {"KeyedEvent.h", "SpinLock.h"},
          {{"1 wait, 1 release", keyed({4}, {4})},
           {"1 wait, 1 release, either limited", keyed({4}, {4}, 10, 10)},
           {"2 keys", keyed({4, 8}, {8, 4})},
           {"2 waits, 2 releases", keyed({4, 4}, {4, 4}), true},
           {"2 waits, 1 release, limited", keyed({4, 4}, {4}, 10, 10), true}},
          {}});
}

TEST(KeyedEventTest, KeysAndProcessesAreApart) {
  SearchResult R = explore([](Scenario &S) {
    auto *E = S.make<KeyedEvent<P>>();
    S.thread("t", [=, &S] {
      S.expect(E->wait(5) == KeyedResult::OddKey, "odd key");
      S.expect(E->release(1) == KeyedResult::OddKey, "odd key");
      S.expect(E->wait(8, 0, 1) == KeyedResult::TimedOut, "nobody is there");
    });
    S.thread("waiter", [=, &S] {
      S.expect(E->wait(8, 1) == KeyedResult::Met, "not met");
    });
    S.thread("releaser", [=, &S] {
      S.expect(E->release(8, 2, 1) == KeyedResult::TimedOut,
               "met in another process");
      S.expect(E->release(8, 1) == KeyedResult::Met, "not met");
    });
  });
  EXPECT_TRUE(R.verified()) << R.text();
}

/// The waker changes the value and wakes; a waiter must not sleep on.
Program addressWait(unsigned Waiters, bool All, Time Deadline = Never) {
  return [=](Scenario &S) {
    struct Shared {
      AddressWait<P, 1> Waits;
      P::Atomic<uint32_t> Value{0}, Other{0};
      Protected Data;
    };
    auto *M = S.make<Shared>();
    for (unsigned I = 0; I < Waiters; ++I)
      S.thread("waiter", [=] {
        bool Late = false;
        while (!M->Value.load(Order::Acquire) && !Late)
          Late = !M->Waits.wait(M->Value, uint32_t(0), Deadline);
        if (!Late)
          M->Data.read();
      });
    S.thread("waker", [=] {
      M->Data.write();
      M->Value.store(1, Order::Release);
      M->Waits.wakeSingle(&M->Other); // somebody else's
      if (All)
        M->Waits.wakeAll(&M->Value);
      else
        for (unsigned I = 0; I < Waiters; ++I)
          M->Waits.wakeSingle(&M->Value);
    });
  };
}

TEST(WaitFamily, Addresses) {
  verify({"wait on address",
          {"AddressWait.h", "SpinLock.h"},
          {{"1 waiter, single", addressWait(1, false)},
           {"1 waiter, limited", addressWait(1, false, 10)},
           {"2 waiters, single", addressWait(2, false)},
           {"2 waiters, all", addressWait(2, true)}},
          {}});
}

/// The waiter waits for two alerts, the second of which comes when it has
/// noticed the first. Limited waits are repeated until they are met.
Program alerts(bool Limited) {
  return [=](Scenario &S) {
    auto *Box = S.make<P::Atomic<ThreadAlert<P> *>>(nullptr);
    auto *D = S.make<Protected>();
    auto *Done = S.make<P::Atomic<int>>(0);
    S.thread("waiter", [=, &S] {
      ThreadAlert<P> Mine;
      Box->store(&Mine, Order::Release);
      for (int I = 0; I < 2; ++I) {
        if (!Limited || !Mine.wait(10))
          Mine.wait();
        D->read();
        Done->fetchAdd(1, Order::Release);
      }
      Box->await([](ThreadAlert<P> *B) { return !B; }, Order::Acquire);
      S.expect(!Mine.wait(1), "more alerts than were sent");
    });
    S.thread("alerter", [=] {
      auto *A = Box->await([](ThreadAlert<P> *B) { return B != nullptr; },
                           Order::Acquire);
      D->write();
      A->alert();
      Done->await([](int N) { return N >= 1; }, Order::Acquire);
      A->alert();
      Box->store(nullptr, Order::Release);
    });
  };
}

void severalAlerts(Scenario &S) {
  S.thread("t", [&S] {
    ThreadAlert<P> Mine;
    Mine.alert();
    Mine.alert();
    S.expect(Mine.wait(1), "forgotten");
    S.expect(!Mine.wait(1), "counted");
  });
}

TEST(WaitFamily, Alerts) {
  verify({"alert by thread id",
          {"AddressWait.h"},
          {{"2 alerts", alerts(false)},
           {"2 alerts, limited", alerts(true)},
           {"several count once", severalAlerts}},
          {{"P::park", "relaxed", "the flag orders, the token only wakes"},
           {"P::park", "torn", "the flag is set before the token"},
           {"P::unpark", "relaxed", "the flag orders, the token only wakes"},
           {"P::unpark", "torn", "sets one value, whoever else does"},
           {"Flag.exchange(1", "torn", "sets one value, whoever else does"}}});
}

} // namespace
