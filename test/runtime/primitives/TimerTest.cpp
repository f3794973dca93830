//===- TimerTest.cpp - Timers and deferred procedures ---------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Primitives/Timer.h"
#include "Family.h"
#include "Runtime/Primitives/ObjectWaits.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

using Waits = ObjectWaits<P>;
using Self = KernelThread<P>;

struct Shared {
  Dispatcher<P> All;
  DpcQueue<P> Cpus[2];
  TimerQueue<P> Clock;
  Protected Data;
  P::Cell<int> Runs{0};
  P::Cell<void *> Seen{nullptr};
  P::Atomic<int> Inserted{0}, Step{0};

  static void run(void *M, void *First, void *Second) {
    auto &Me = *static_cast<Shared *>(M);
    Me.Runs.set(Me.Runs.get() + 1);
    Me.Seen.set(First == Second ? First : nullptr);
    Me.Data.read();
  }
};

/// Inserters race with the processor: each insertion that was taken runs once.
Program insertDpc(unsigned Inserters, bool Serves) {
  return [=](Scenario &S) {
    auto *M = S.make<Shared>();
    auto *D = S.make<Dpc<P>>(M->Cpus[0], Shared::run, M);
    for (unsigned I = 0; I < Inserters; ++I)
      S.thread("inserter", [=] {
        if (Inserters == 1)
          M->Data.write();
        if (D->insert(M, M))
          M->Inserted.fetchAdd(1, Order::Relaxed);
        if (M->Step.fetchAdd(1, Order::AcqRel) + 1 == int(Inserters))
          M->Cpus[0].stop();
      });
    S.thread("processor", [=] {
      if (Serves) {
        M->Cpus[0].serve();
        return;
      }
      M->Cpus[0].runOne();
      M->Step.await([=](int V) { return V == int(Inserters); }, Order::Acquire);
      while (M->Cpus[0].runOne())
        ;
    });
    S.atEnd([=, &S] {
      S.expect(M->Runs.get() == M->Inserted.load(Order::Relaxed),
               "not once per insertion");
      S.expect(!M->Runs.get() || M->Seen.get() == M, "arguments");
      S.expect(!D->isQueued(), "still queued");
    });
  };
}

/// Removed, or run, never both; then it goes to another processor.
void removeDpc(Scenario &S) {
  auto *M = S.make<Shared>();
  auto *D = S.make<Dpc<P>>(M->Cpus[0], Shared::run, M);
  S.thread("owner", [=, &S] {
    S.expect(D->insert(M, M), "refused");
    bool Removed = D->remove();
    S.expect(!Removed || D->insert(M, M), "refused after removal");
    S.outcome(Removed ? "removed" : "ran");
    D->setTarget(M->Cpus[1]);
    M->Cpus[0].flush(); // it runs or has run by now
    M->Cpus[0].stop();
    S.expect(M->Runs.get() == 1, "not once");
    S.expect(D->insert(M, M), "refused on another processor");
    S.expect(M->Cpus[1].runOne() && M->Runs.get() == 2, "where it went");
  });
  S.thread("processor", [=] { M->Cpus[0].serve(); });
}

/// From one queue to the other, as soon as it is off the first; there somebody
/// runs it, or takes it off.
Program retarget(bool Removes) {
  return [=](Scenario &S) {
    auto *M = S.make<Shared>();
    auto *D = S.make<Dpc<P>>(M->Cpus[0], Shared::run, M);
    D->insert(M, M);
    D->setTarget(M->Cpus[1]);
    S.thread("owner", [=, &S] {
      if (D->insert(M, M))
        S.expect(D->remove(), "not removed");
    });
    S.thread("other", [=, &S] {
      bool Is = Removes ? D->remove() : M->Cpus[0].runOne();
      S.expect(Is || Removes, "it was not there");
    });
  };
}

/// What was queued before a flush is over after it, so its memory may go.
void flush(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("owner", [=, &S] {
    {
      Dpc<P> D(M->Cpus[0], Shared::run, M);
      D.insert(M, M);
      if (D.remove())
        D.insert(M, M);
      M->Cpus[0].flush();
    }
    S.expect(M->Runs.get() == 1, "not run");
    M->Cpus[0].stop();
  });
  S.thread("processor", [=] { M->Cpus[0].serve(); });
}

/// The event is the routine's last access to the waiter's memory.
void waitForDpc(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("waiter", [=] {
    Self Me(M->All);
    struct Call {
      KernelEvent<P> Done;
      static void run(void *C, void *, void *) {
        static_cast<Call *>(C)->Done.set();
      }
    } C{{M->All, EventKind::Notification}};
    Dpc<P> D(M->Cpus[0], Call::run, &C);
    D.insert();
    Waits::one(Me, C.Done);
    M->Cpus[0].flush(); // without it, C could go while set() is in it
    M->Cpus[0].stop();
  });
  S.thread("processor", [=] { M->Cpus[0].serve(); });
}

struct Letters {
  std::string *Text;
  char Name;
  static void run(void *L, void *, void *) {
    auto &Me = *static_cast<Letters *>(L);
    *Me.Text += Me.Name;
  }
};

/// The order within a queue; removal from each place of it.
void dpcRules(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("t", [=, &S] {
    std::string Text;
    Letters A{&Text, 'a'}, B{&Text, 'b'}, C{&Text, 'c'}, H{&Text, 'h'};
    DpcQueue<P> &Q = M->Cpus[0];
    Dpc<P> DA(Q, Letters::run, &A), DB(Q, Letters::run, &B),
        DC(Q, Letters::run, &C), DH(Q, Letters::run, &H);
    DH.setImportance(DpcImportance::High);
    auto Run = [&](const char *Expected) {
      Text.clear();
      while (Q.runOne())
        ;
      S.expect(Text == Expected, Expected);
    };
    S.expect(!Q.runOne() && !DA.remove(), "empty at first");
    DA.insert(), DB.insert(), DH.insert(), DC.insert();
    S.expect(!DB.insert() && DB.isQueued(), "queued twice");
    Run("habc");
    DH.insert(), DA.insert();
    Run("ha");
    DA.insert(), DB.insert(), DC.insert();
    S.expect(DB.remove() && !DB.remove() && !DB.isQueued(), "from the middle");
    DB.insert();
    Run("acb");
    DA.insert(), DB.insert(), DC.insert();
    S.expect(DC.remove(), "the last one");
    DC.insert();
    S.expect(DA.remove(), "the first one");
    Run("bc");
    DA.insert();
    S.expect(DA.remove(), "the only one");
    DB.insert();
    Run("b");
  });
}

TEST(TimerFamily, Dpcs) {
  verify({"DPC",
          {"Dpc.h"},
          {{"1 inserter", insertDpc(1, false)},
           {"2 inserters", insertDpc(2, false)},
           {"1 inserter, served", insertDpc(1, true)},
           {"2 inserters, served", insertDpc(2, true)},
           {"removal", removeDpc},
           {"retargeted when it ran", retarget(false)},
           {"retargeted when removed", retarget(true)},
           {"flush", flush},
           {"wait for a DPC", waitForDpc},
           {"rules", dpcRules}},
          {{"P::park", "relaxed", "the lock orders, the token only wakes"},
           {"P::park", "torn", "the queue is filled before the token is set"},
           {"P::unpark", "relaxed", "the lock orders, the token only wakes"},
           {"P::unpark", "torn", "sets one value, whoever else does"}}});
}

/// The clock passes 10 and 20. Whoever cancels wins, or the timer expires.
Program cancelTimer(EventKind Kind, Time Period) {
  return [=](Scenario &S) {
    auto *M = S.make<Shared>();
    auto *D = S.make<Dpc<P>>(M->Cpus[0], Shared::run, M);
    S.thread("owner", [=, &S] {
      Self Me(M->All);
      KernelTimer<P> T(M->All, M->Clock, Kind);
      S.expect(!T.set(10, Period, D), "was set");
      M->Step.store(1, Order::Release);
      bool Canceled = T.cancel();
      S.expect(!T.cancel() && !T.isSet(), "canceled twice");
      if (!Canceled || Period)
        S.expect(Canceled || T.readState() == 1, "not signaled");
      else
        S.expect(T.readState() == 0, "it expired, too");
      S.outcome(std::to_string(Canceled) + std::to_string(T.readState()));
      S.expect(!T.set(30), "was set"); // unsignaled
      S.expect(T.readState() == 0, "signaled too early");
      S.expect(T.set(40), "was not set");
      S.expect(T.cancel(), "was not set");
      M->Step.await([](int V) { return V == 2; }, Order::Acquire);
      S.expect(!T.readState(), "it expired after that");
    });
    S.thread("clock", [=] {
      M->Step.await([](int V) { return V >= 1; }, Order::Relaxed);
      M->Clock.expire(9);
      M->Clock.expire(10);
      M->Clock.expire(20);
      M->Step.store(2, Order::Release);
    });
  };
}

/// A wait for a timer ends when that is due, and not before.
void waitForTimer(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("waiter", [=, &S] {
    Self Me(M->All);
    KernelTimer<P> T(M->All, M->Clock, EventKind::Synchronization);
    T.set(10);
    M->Step.store(1, Order::Release);
    S.expect(Waits::one(Me, T) == 0, "status");
    M->Data.read();
    S.expect(T.readState() == 0 && !T.isSet(), "the signal was not taken");
  });
  S.thread("clock", [=] {
    M->Step.await([](int V) { return V == 1; }, Order::Relaxed);
    M->Clock.expire(9);
    M->Data.write();
    M->Clock.expire(10);
  });
}

/// Expiries by one clock: order, periods, signals, DPCs.
void timerRules(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("t", [=, &S] {
    Self Me(M->All);
    std::string Text;
    Letters A{&Text, 'a'}, B{&Text, 'b'}, C{&Text, 'c'};
    DpcQueue<P> &Q = M->Cpus[0];
    TimerQueue<P> &Clock = M->Clock;
    Dpc<P> DA(Q, Letters::run, &A), DB(Q, Letters::run, &B),
        DC(Q, Letters::run, &C);
    KernelTimer<P> TA(M->All, Clock, EventKind::Notification),
        TB(M->All, Clock, EventKind::Synchronization),
        TC(M->All, Clock, EventKind::Notification);
    auto Pass = [&](Time Now, const char *Expected) {
      Text.clear();
      Clock.expire(Now);
      while (Q.runOne())
        ;
      S.expect(Text == Expected, Expected);
    };
    S.expect(Clock.nextDue() == Never, "nothing is set");
    TA.set(20, 0, &DA), TB.set(10, 10, &DB), TC.set(15, 0, &DC);
    S.expect(Clock.nextDue() == 10, "next");
    Pass(9, "");
    Pass(15, "bc");
    S.expect(TB.isSet() && !TC.isSet() && TC.readState() && TB.readState(),
             "states");
    S.expect(Waits::one(Me, TB, {0}) == 0 && !TB.readState(), "taken");
    S.expect(Waits::one(Me, TC, {0}) == 0 && TC.readState(), "stays");
    S.expect(Clock.nextDue() == 20, "next");
    Pass(20, "ab");
    S.expect(TB.cancel() && !TA.cancel(), "cancel");
    // Far apart, and in one bucket of the hash.
    TA.set(156250 * 16 + 40, 0, &DA);
    TB.set(50, 0, &DB);
    TC.set(60, 0, &DC);
    S.expect(TC.set(156250 * 3, 156250 * 15, &DC), "was set");
    S.expect(Clock.nextDue() == 50, "next");
    Pass(100, "b");
    S.expect(Clock.expire(156250 * 34) == 4, "each period");
    S.expect(TC.cancel(), "periodic");
    S.expect(!DC.insert() && !DA.insert(), "one DPC however late");
    Pass(0, "ac"), Text.clear();
    TA.set(0, 0, &DA); // in the past
    S.expect(TA.readState() && !TA.isSet() && DA.remove(), "expires at once");
    TA.set(500, 0, &DA);
    TA.set(400);
    Pass(600, "");
  });
}

/// After a deletion that waits its memory may go; nothing calls back.
void deleteExTimer(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("owner", [=, &S] {
    struct Object {
      P::Cell<int> Calls{0};
      static void call(void *O) {
        auto &Me = *static_cast<Object *>(O);
        Me.Calls.set(Me.Calls.get() + 1);
      }
    } O;
    int Calls;
    {
      ExTimer<P> T(M->All, M->Clock, M->Cpus[0], Object::call, &O);
      T.set(10);
      M->Step.store(1, Order::Release);
      bool Was = T.deleteAndWait();
      Calls = O.Calls.get();
      S.expect(Calls + Was <= 1, "both");
    }
    S.outcome(std::to_string(Calls));
    M->Step.await([](int V) { return V == 2; }, Order::Relaxed);
    M->Cpus[0].stop();
  });
  S.thread("clock", [=] {
    M->Step.await([](int V) { return V == 1; }, Order::Relaxed);
    M->Clock.expire(10);
    M->Step.store(2, Order::Relaxed);
  });
  S.thread("processor", [=] { M->Cpus[0].serve(); });
}

constexpr auto Told = Failure::Kind::Misuse;

void exTimerAlone(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("t", [=, &S] {
    ExTimer<P> T(M->All, M->Clock, M->Cpus[0], [](void *) {}, nullptr);
    T.set(10);
    S.expect(T.cancel() && !T.cancel(), "cancel");
    T.set(10);
    M->Clock.expire(10);
    S.expect(M->Cpus[0].runOne(), "no callback");
    T.set(20, 5);
    M->Clock.expire(20);
    S.expect(T.deleteAndWait() && !M->Cpus[0].runOne(), "it goes on");
  });
}

void setDeletedTimer(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("t", [=] {
    ExTimer<P> T(M->All, M->Clock, M->Cpus[0], [](void *) {}, nullptr);
    T.set(10);
    M->Clock.expire(10);
    T.deleteAndWait();
    T.set(30);
    T.cancel();
  });
}

void deleteFromCallback(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("t", [=] {
    struct Object {
      ExTimer<P> T;
    } O{{M->All, M->Clock, M->Cpus[0],
         [](void *O) { static_cast<Object *>(O)->T.deleteAndWait(); }, &O}};
    O.T.set(10);
    M->Clock.expire(10);
    M->Cpus[0].runOne();
  });
}

TEST(TimerFamily, Timers) {
  verify(
      {"timers",
       {"Timer.h"},
       {{"cancel, notification", cancelTimer(EventKind::Notification, 0)},
        {"cancel, synchronization", cancelTimer(EventKind::Synchronization, 0)},
        {"cancel, periodic", cancelTimer(EventKind::Notification, 10)},
        {"wait for a timer", waitForTimer},
        {"rules", timerRules},
        {"deletion of an ExTimer", deleteExTimer},
        {"an ExTimer alone", exTimerAlone},
        {"set after deletion", setDeletedTimer, false, true, Told},
        {"deletion from the callback", deleteFromCallback, false, true, Told}},
       {}});
}

} // namespace
