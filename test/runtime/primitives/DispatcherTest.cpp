//===- DispatcherTest.cpp - Events, semaphores, mutexes, waits ------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Family.h"
#include "Runtime/Primitives/ObjectWaits.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

using Object = DispatcherObject<P>;
using Waits = ObjectWaits<P>;
using Self = KernelThread<P>;
constexpr uint32_t TimedOut = wait_status::TimedOut;

WaitOptions until(Time Deadline) {
  WaitOptions O;
  O.Deadline = Deadline;
  return O;
}

/// What clients of this family share.
struct Objects {
  Dispatcher<P> All;
  KernelEvent<P> A{All, EventKind::Synchronization},
      B{All, EventKind::Synchronization};
  KernelEvent<P> Free{All, EventKind::Synchronization, true},
      Free2{All, EventKind::Synchronization, true};
  KernelEvent<P> Gate{All, EventKind::Notification};
  Semaphore<P> Units{All, 0, 4};
  Mutex<P> Lock{All}, Lock2{All};
  Mutex<P> Mutant{All, false};
  Protected Data;
  P::Atomic<int> Writes{0}, Late{0};

  void write() {
    Data.write();
    Writes.fetchAdd(1, Order::Relaxed);
  }
  void checkWrites(Scenario &S) {
    S.expect(Data.read() == Writes.load(Order::Relaxed), "an update is lost");
  }
};

/// What the setter wrote before is there after the wait.
Program handOver(bool Notification, unsigned Waiters, Time Deadline = Never) {
  return [=](Scenario &S) {
    auto *O = S.make<Objects>();
    KernelEvent<P> &E = Notification ? O->Gate : O->A;
    for (unsigned I = 0; I < Waiters; ++I)
      S.thread("waiter", [=, &E, &S] {
        Self Me(O->All);
        uint32_t Status = Waits::one(Me, E, until(Deadline));
        if (Status == TimedOut && Deadline != Never) {
          O->Late.fetchAdd(1, Order::Relaxed);
          return;
        }
        S.expect(Status == 0, "status");
        O->Data.read();
        if (!Notification)
          E.set(); // the next one's turn
      });
    S.thread("setter", [=, &E] {
      O->Data.write();
      E.set();
    });
    S.atEnd([=, &E, &S] {
      int Late = O->Late.load(Order::Relaxed);
      S.expect(E.readState() == 1, "the signal is lost");
      S.outcome(std::to_string(Late));
    });
  };
}

/// A synchronization event as a lock.
void eventLock(Scenario &S) {
  auto *O = S.make<Objects>();
  for (int I = 0; I < 2; ++I)
    S.thread("t", [=, &S] {
      Self Me(O->All);
      for (int R = 0; R < 2; ++R) {
        S.expect(Waits::one(Me, O->Free) == 0, "status");
        O->write();
        S.expect(O->Free.set() == 0, "somebody else has set it");
      }
    });
  S.atEnd([=, &S] { O->checkWrites(S); });
}

/// Everybody who is there passes; nobody who comes later.
Program pulse(bool Notification) {
  return [=](Scenario &S) {
    auto *O = S.make<Objects>();
    KernelEvent<P> &E = Notification ? O->Gate : O->A;
    for (int I = 0; I < 2; ++I)
      S.thread("waiter", [=, &E] {
        Self Me(O->All);
        if (Waits::one(Me, E, until(10)) == TimedOut)
          O->Late.fetchAdd(1, Order::Relaxed);
        else
          O->Data.read();
      });
    S.thread("pulser", [=, &E, &S] {
      O->Data.write();
      S.expect(E.pulse() == 0, "it was signaled");
    });
    S.atEnd([=, &E, &S] {
      S.expect(E.readState() == 0, "still signaled");
      S.outcome(std::to_string(O->Late.load(Order::Relaxed)));
    });
  };
}

/// As many units are taken as there are; Looks: some only look.
Program semaphore(int Takers, bool AtOnce, bool Looks = false) {
  return [=](Scenario &S) {
    auto *O = S.make<Objects>();
    for (int I = 0; I < Takers; ++I)
      S.thread("taker", [=] {
        Self Me(O->All);
        if (Waits::one(Me, O->Units, until(Looks && !I ? 0 : Never)) == 0)
          O->Data.read();
        else
          O->Late.fetchAdd(1, Order::Relaxed);
      });
    S.thread("giver", [=] {
      O->Data.write();
      for (int I = 0; I < (AtOnce ? 1 : Takers); ++I)
        O->Units.release(AtOnce ? Takers : 1);
    });
    S.atEnd([=, &S] {
      S.expect(O->Units.readState() == O->Late.load(Order::Relaxed),
               "units are lost or taken twice");
    });
  };
}

Program mutex(unsigned Threads, bool Recursive) {
  return [=](Scenario &S) {
    auto *O = S.make<Objects>();
    for (unsigned I = 0; I < Threads; ++I)
      S.thread("t", [=, &S] {
        Self Me(O->All);
        Waits::one(Me, O->Lock);
        S.expect(Me.areApcsDisabled(), "APCs go on");
        if (Recursive && !I) {
          S.expect(Waits::one(Me, O->Lock) == 0, "no recursion");
          O->write();
          S.expect(O->Lock.release(Me) == -1, "state");
        }
        O->write();
        S.expect(O->Lock.release(Me) == 0, "state");
        S.expect(!Me.areApcsDisabled(), "APCs stay off");
      });
    S.atEnd([=, &S] {
      O->checkWrites(S);
      S.expect(O->Lock.readState() == 1 && !O->Lock.owner(), "still owned");
    });
  };
}

/// Two mutexes, given up in either order; the end of one thread abandons a
/// mutant that the other then gets.
void abandoned(Scenario &S) {
  auto *O = S.make<Objects>();
  S.thread("ends", [=, &S] {
    Self Me(O->All);
    Waits::one(Me, O->Mutant);
    Waits::one(Me, O->Lock);
    Waits::one(Me, O->Lock2);
    O->Lock.release(Me);
    O->Lock2.release(Me);
    O->write();
    Me.end();
    S.expect(Me.readState() == 1, "not signaled");
    S.expect(O->Mutant.owner() != &Me, "still owned");
    Apc<P> Late(Me, ApcKind::Special, nullptr, nullptr);
    S.expect(!Late.insert(), "an APC to a thread that has ended");
  });
  S.thread("next", [=, &S] {
    Self Me(O->All);
    Waits::one(Me, O->A, until(0));
    uint32_t Status = Waits::one(Me, O->Mutant);
    S.expect(Status == (O->Data.read() ? wait_status::Abandoned0 : 0),
             "abandoned or not");
    S.outcome(Status ? "abandoned" : "first");
    S.expect(O->Mutant.release(Me) == 0, "state");
    uint32_t Again = Waits::one(Me, O->Mutant, until(0));
    S.expect(Again == 0 || !Status, "status");
    if (Again != TimedOut)
      O->Mutant.release(Me);
  });
}

/// One waits for the other's end.
void join(Scenario &S) {
  auto *O = S.make<Objects>();
  auto *Box = S.make<P::Atomic<Self *>>(nullptr);
  auto *Gone = S.make<P::Atomic<int>>(0);
  S.thread("worker", [=] {
    Self Me(O->All);
    Box->store(&Me, Order::Release);
    O->Data.write();
    Me.end();
    Gone->await([](int V) { return V != 0; }, Order::Acquire);
  });
  S.thread("joiner", [=, &S] {
    Self Me(O->All);
    Self *Worker =
        Box->await([](Self *T) { return T != nullptr; }, Order::Acquire);
    S.expect(Waits::one(Me, *Worker) == 0, "status");
    S.expect(Waits::one(Me, *Worker, until(0)) == 0, "ends once");
    O->Data.read();
    Gone->store(1, Order::Release);
  });
}

TEST(DispatcherFamily, Objects) {
  verify({"dispatcher objects",
          {"DispatcherObjects.h"},
          {{"event, 1 waiter", handOver(false, 1)},
           {"event, 2 waiters", handOver(false, 2)},
           {"event, 1 waiter, limited", handOver(false, 1, 10)},
           {"notification, 2 waiters", handOver(true, 2)},
           {"event as a lock", eventLock},
           {"pulse", pulse(false)},
           {"pulse of a notification", pulse(true)},
           {"semaphore, 2 takers", semaphore(2, false)},
           {"semaphore, 2 takers, at once", semaphore(2, true)},
           {"semaphore, 2 takers, one looks", semaphore(2, false, true)},
           {"mutex, 2 threads", mutex(2, true)},
           {"mutex, 3 threads", mutex(3, false)},
           {"abandoned mutant", abandoned},
           {"end of a thread", join}},
          {}});
}

/// The waiter takes exactly one of two signals; the other one stays.
void anyTakesOne(Scenario &S) {
  auto *O = S.make<Objects>();
  S.thread("waiter", [=, &S] {
    Self Me(O->All);
    Object *Of[] = {&O->A, &O->B};
    uint32_t Status = Waits::any(Me, Of, 2);
    S.expect(Status < 2, "status");
    S.outcome(std::to_string(Status));
    S.expect(Waits::one(Me, Status ? O->A : O->B) == 0, "status");
    O->Data.read();
  });
  S.thread("setter A", [=] { O->A.set(); });
  S.thread("setter B", [=] {
    O->Data.write();
    O->B.set();
  });
  S.atEnd([=, &S] {
    S.expect(O->A.readState() + O->B.readState() == 0, "a signal too many");
  });
}

/// One of two is signaled at any time, so whoever looks at both finds one; and
/// the one with the lower index when both are.
void anyIsOneMoment(Scenario &S) {
  auto *O = S.make<Objects>();
  auto *Second = S.make<KernelEvent<P>>(O->All, EventKind::Notification, true);
  S.thread("waiter", [=, &S] {
    Self Me(O->All);
    Object *Of[] = {&O->Gate, Second};
    uint32_t Status = Waits::any(Me, Of, 2, until(0));
    S.expect(Status < 2, "one of them was signaled all the time");
    S.outcome(std::to_string(Status));
  });
  S.thread("changer", [=] {
    O->Gate.set();
    Second->reset();
  });
}

/// Whoever waits for both gets both at once, or none.
Program allOrNone(Time Deadline, unsigned Threads = 2) {
  return [=](Scenario &S) {
    auto *O = S.make<Objects>();
    for (unsigned I = 0; I < Threads; ++I)
      S.thread("philosopher", [=, &S] {
        Self Me(O->All);
        Object *Of[] = {I % 2 ? &O->Free : &O->Free2,
                        I % 2 ? &O->Free2 : &O->Free};
        if (Waits::several(Me, Of, 2, WaitKind::All, until(Deadline)) ==
            TimedOut)
          return;
        O->write();
        S.expect(O->Free.set() == 0, "not taken");
        S.expect(O->Free2.set() == 0, "not taken");
      });
    S.atEnd([=, &S] {
      O->checkWrites(S);
      S.expect(O->Free.readState() + O->Free2.readState() == 2, "lost");
    });
  };
}

/// A wait for A and B takes nothing while only one of them is signaled: the
/// other thread then gets A, and gives it back with B.
void allTakesNothingEarly(Scenario &S) {
  auto *O = S.make<Objects>();
  S.thread("all", [=, &S] {
    Self Me(O->All);
    Object *Of[] = {&O->A, &O->B};
    S.expect(Waits::several(Me, Of, 2, WaitKind::All) == 0, "status");
    O->Data.read();
  });
  S.thread("one", [=, &S] {
    Self Me(O->All);
    O->A.set();
    S.expect(Waits::one(Me, O->A, until(0)) == 0, "A was taken alone");
    O->Data.write();
    O->B.set();
    O->A.set();
  });
  S.atEnd([=, &S] {
    S.expect(O->A.readState() + O->B.readState() == 0, "left over");
  });
}

/// Pulsing one completes a wait for all whose others are there.
void allAndPulse(Scenario &S) {
  auto *O = S.make<Objects>();
  S.thread("all", [=, &S] {
    Self Me(O->All);
    Object *Of[] = {&O->Free, &O->B};
    uint32_t Status = Waits::several(Me, Of, 2, WaitKind::All, until(10));
    S.expect(Status == TimedOut ? O->Free.readState() == 1
                                : O->Free.readState() == 0,
             "part of it was taken");
    S.outcome(Status == TimedOut ? "late" : "in time");
  });
  S.thread("pulser", [=] { O->B.pulse(); });
}

/// Mutexes in a wait for all: the own one counts as available; an abandoned one
/// shows in the status. The blocks are the caller's and used again.
void allWithMutexes(Scenario &S) {
  auto *O = S.make<Objects>();
  S.thread("owner", [=, &S] {
    Self Me(O->All);
    ObjectWait<P> Blocks[2];
    Object *Of[] = {&O->Lock, &O->Mutant};
    Waits::one(Me, O->Lock);
    uint32_t Status = Waits::several(Me, Of, 2, WaitKind::All, {}, Blocks);
    S.expect(Status == 0 || Status == wait_status::Abandoned0, "status");
    O->Data.read();
    S.expect(O->Lock.release(Me) == -1 && O->Lock.release(Me) == 0 &&
                 O->Mutant.release(Me) == 0,
             "states");
    Status = Waits::several(Me, Of, 2, WaitKind::All, {}, Blocks);
    S.expect(Status == 0 || Status == wait_status::Abandoned0, "status");
    O->Lock.release(Me);
    O->Mutant.release(Me);
    S.expect(!Me.areApcsDisabled(), "APCs stay off");
  });
  S.thread("ends", [=] {
    Self Me(O->All);
    Waits::one(Me, O->Mutant);
    O->Data.write();
    Me.end();
  });
}

/// Several waiters in several queues, taken off from all places.
void queues(Scenario &S) {
  auto *O = S.make<Objects>();
  for (int I = 0; I < 2; ++I)
    S.thread("any", [=, &S] {
      Self Me(O->All);
      Object *Of[] = {&O->A, &O->Gate, &O->B};
      ObjectWait<P> Blocks[3];
      uint32_t Status = Waits::any(Me, Of, 3, until(I ? Never : 10), Blocks);
      if (Status == 1)
        O->Data.read();
      if (!I && Status == TimedOut) {
        Status = Waits::any(Me, Of, 3, {}, Blocks);
        S.expect(Status == 1, "status");
      }
    });
  S.thread("setter", [=] {
    O->Data.write();
    O->Gate.set();
  });
}

/// Objects that end see whether anything was left in them.
void outOfQueues(Scenario &S) {
  auto *O = S.make<Objects>();
  S.thread("t", [=, &S] {
    Self Me(O->All);
    KernelEvent<P> Own(O->All, EventKind::Synchronization);
    Object *Of[] = {&O->A, &Own};
    S.expect(Waits::several(Me, Of, 2, WaitKind::All, until(10)) == TimedOut,
             "status");
  });
}

TEST(DispatcherFamily, Waits) {
  verify({"waits",
          {"Dispatcher.h", "ObjectWaits.h"},
          {{"any takes one", anyTakesOne},
           {"any is one moment", anyIsOneMoment},
           {"all or none, 2 threads", allOrNone(Never)},
           {"all or none, 2 threads, limited", allOrNone(10)},
           {"all or none, 2 threads, looking", allOrNone(0)},
           {"all takes nothing early", allTakesNothingEarly},
           {"all and a pulse", allAndPulse},
           {"all with mutexes", allWithMutexes},
           {"queues", queues},
           {"out of all queues", outOfQueues},
           {"pulse", pulse(false)},
           {"abandoned mutant", abandoned},
           {"all or none, 3 threads", allOrNone(Never, 3)}},
          {{"P::parkUntil", "relaxed", "the mark orders, the token only wakes"},
           {"P::parkUntil", "torn", "the mark is set before the token"}}});
}

Failure::Kind verdict(std::function<void(Objects &, Self &)> Body) {
  return explore([=](Scenario &S) {
           auto *O = S.make<Objects>();
           S.thread("t", [=] {
             Self Me(O->All);
             Body(*O, Me);
           });
         })
      .Found.K;
}

TEST(DispatcherTest, MisuseIsTold) {
  constexpr auto Told = Failure::Kind::Misuse;
  EXPECT_EQ(verdict([](Objects &O, Self &) { O.Units.release(5); }), Told);
  EXPECT_EQ(verdict([](Objects &O, Self &) { O.Units.release(0); }), Told);
  EXPECT_EQ(verdict([](Objects &O, Self &) { O.Units.release(-1); }), Told);
  EXPECT_EQ(verdict([](Objects &O, Self &) {
              O.Units.release(4);
              O.Units.release();
            }),
            Told);
  EXPECT_EQ(verdict([](Objects &O, Self &Me) { O.Lock.release(Me); }), Told);
  EXPECT_EQ(verdict([](Objects &O, Self &Me) {
              Waits::one(Me, O.Lock);
              O.Lock.release(Me);
              O.Lock.release(Me);
            }),
            Told);
  EXPECT_EQ(verdict([](Objects &O, Self &Me) {
              Waits::one(Me, O.Lock);
              Me.end();
            }),
            Told);
  EXPECT_EQ(verdict([](Objects &O, Self &) { Semaphore<P> S(O.All, 3, 2); }),
            Told);
  EXPECT_EQ(verdict([](Objects &O, Self &) { Semaphore<P> S(O.All, 0, 0); }),
            Told);
}

TEST(DispatcherTest, MutexesAreOwnedSoManyTimes) {
  for (unsigned Times : {2u, 3u})
    EXPECT_EQ(verdict([=](Objects &O, Self &Me) {
                Mutex<P> M(O.All, /*DisablesApcs=*/true, /*Limit=*/2);
                for (unsigned I = 0; I < Times; ++I)
                  Waits::one(Me, M);
                M.release(Me);
                M.release(Me);
              }),
              Times > 2 ? Failure::Kind::Misuse : Failure::Kind::None);
}

/// N objects, the last one signaled.
uint32_t waitFor(Objects &O, Self &Me, unsigned N, WaitKind Kind, bool Twice,
                 bool WithBlocks) {
  static ObjectWait<P> Blocks[65];
  Object *Of[65];
  for (unsigned I = 0; I < N; ++I)
    Of[I] = Twice ? &O.Free : I + 1 < N ? &O.A : &O.Free;
  return Waits::several(Me, Of, N, Kind, until(0),
                        WithBlocks ? Blocks : nullptr);
}

TEST(DispatcherTest, LimitsOfWaits) {
  auto Wait = [](unsigned N, WaitKind Kind, bool Twice, bool WithBlocks,
                 uint32_t Expected) {
    return verdict([=](Objects &O, Self &Me) {
      EXPECT_EQ(waitFor(O, Me, N, Kind, Twice, WithBlocks), Expected);
    });
  };
  constexpr auto Told = Failure::Kind::Misuse;
  constexpr auto Fine = Failure::Kind::None;
  EXPECT_EQ(Wait(3, WaitKind::Any, false, false, 2), Fine);
  EXPECT_EQ(Wait(4, WaitKind::Any, false, false, 0), Told);
  EXPECT_EQ(Wait(4, WaitKind::Any, false, true, 3), Fine);
  EXPECT_EQ(Wait(64, WaitKind::Any, false, true, 63), Fine);
  EXPECT_EQ(Wait(65, WaitKind::Any, false, true, 0), Told);
  EXPECT_EQ(Wait(0, WaitKind::Any, false, true, 0), Told);
  EXPECT_EQ(Wait(2, WaitKind::All, true, true, 0), Told); // one object twice
  EXPECT_EQ(Wait(2, WaitKind::Any, true, true, 0), Fine);
  EXPECT_EQ(Wait(1, WaitKind::All, true, true, 0), Fine);
}

TEST(DispatcherTest, CallsReturnTheStateBefore) {
  EXPECT_EQ(verdict([](Objects &O, Self &Me) {
              EXPECT_EQ(O.A.set(), 0);
              EXPECT_EQ(O.A.set(), 1);
              EXPECT_EQ(O.A.pulse(), 1);
              EXPECT_EQ(O.A.readState(), 0);
              EXPECT_EQ(O.Gate.set(), 0);
              EXPECT_EQ(O.Gate.reset(), 1);
              EXPECT_EQ(O.Gate.reset(), 0);
              EXPECT_EQ(O.Units.release(3), 0);
              EXPECT_EQ(O.Units.release(1), 3);
              EXPECT_EQ(Waits::one(Me, O.Units, until(0)), 0u);
              EXPECT_EQ(O.Units.readState(), 3);
              EXPECT_EQ(Waits::one(Me, O.Gate, until(0)), TimedOut);
              EXPECT_EQ(Waits::one(Me, O.Lock, until(0)), 0u);
              EXPECT_EQ(Waits::one(Me, O.Lock, until(0)), 0u);
              EXPECT_EQ(O.Lock.readState(), -1);
              EXPECT_EQ(O.Lock.release(Me), -1);
              EXPECT_EQ(O.Lock.release(Me), 0);
              EXPECT_EQ(O.Lock.readState(), 1);
            }),
            Failure::Kind::None);
}

TEST(DispatcherTest, OutcomesOfWaits) {
  EXPECT_EQ(explore(anyTakesOne).Outcomes, (std::set<std::string>{"0", "1"}));
  EXPECT_EQ(explore(anyIsOneMoment).Outcomes,
            (std::set<std::string>{"0", "1"}));
  EXPECT_EQ(explore(allAndPulse).Outcomes,
            (std::set<std::string>{"in time", "late"}));
  EXPECT_EQ(explore(pulse(true)).Outcomes,
            (std::set<std::string>{"0", "1", "2"}));
  EXPECT_EQ(explore(pulse(false)).Outcomes, (std::set<std::string>{"1", "2"}));
  EXPECT_EQ(explore(abandoned).Outcomes,
            (std::set<std::string>{"abandoned", "first"}));
}

} // namespace
