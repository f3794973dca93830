//===- KernelThreadTest.cpp - Alerts and asynchronous procedures ----------===//
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

using Waits = ObjectWaits<P>;
using Self = KernelThread<P>;
using namespace wait_status;

struct Shared {
  Dispatcher<P> All;
  KernelEvent<P> Go{All, EventKind::Synchronization};
  P::Atomic<Self *> Box{nullptr};
  P::Atomic<int> Leave{0};
  Protected Data;
  P::Cell<int> Runs{0};

  /// For the others: the thread that they alert.
  Self &target() {
    return *Box.await([](Self *T) { return T != nullptr; }, Order::Acquire);
  }
  void leave() { Leave.fetchAdd(1, Order::Release); }
  /// The target stays until N others have done with it.
  void stay(int N) {
    Leave.await([=](int V) { return V == N; }, Order::Acquire);
  }
  static void count(void *M, void *, void *) {
    auto &Me = *static_cast<Shared *>(M);
    Me.Runs.set(Me.Runs.get() + 1);
    Me.Data.read();
  }
};

/// One alert ends one alertable wait, or the next one; and a signal is not
/// lost by it.
Program alert(WaitMode Of, WaitMode By) {
  return [=](Scenario &S) {
    auto *M = S.make<Shared>();
    S.thread("waiter", [=, &S] {
      Self Me(M->All);
      M->Box.store(&Me, Order::Release);
      uint32_t First = Waits::one(Me, M->Go, {Never, true, Of});
      S.outcome(First ? "alerted" : "set");
      if (First) {
        M->Data.read();
        S.expect(First == Alerted, "status");
        S.expect(Waits::one(Me, M->Go) == Object0, "the signal is lost");
      } else {
        S.expect(Waits::delay(Me, {Never, true, Of}) == Alerted,
                 "the alert is lost");
      }
      M->stay(2);
      S.expect(Me.testAlert(Of) == Object0, "alerted twice");
    });
    S.thread("alerter", [=, &S] {
      Self &T = M->target();
      M->Data.write();
      S.expect(!T.alert(By), "it was alerted");
      M->leave();
    });
    S.thread("setter", [=] {
      M->Go.set();
      M->leave();
    });
  };
}

/// Nothing else ends the wait.
Program alertEnds(WaitMode Of, WaitMode By) {
  return [=](Scenario &S) {
    auto *M = S.make<Shared>();
    S.thread("waiter", [=, &S] {
      Self Me(M->All);
      M->Box.store(&Me, Order::Release);
      S.expect(Waits::one(Me, M->Go, {Never, true, Of}) == Alerted, "status");
      M->Data.read();
      M->stay(1);
    });
    S.thread("alerter", [=] {
      M->Data.write();
      M->target().alert(By);
      M->leave();
    });
  };
}

/// Waits that are not alertable ignore alerts, which wait for the next test.
void alertLater(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("waiter", [=, &S] {
    Self Me(M->All);
    M->Box.store(&Me, Order::Release);
    S.expect(Waits::one(Me, M->Go) == Object0, "status");
    S.expect(Me.testAlert(WaitMode::Kernel) == Alerted, "forgotten");
    S.expect(Me.testAlert(WaitMode::User) == Alerted, "forgotten");
    S.expect(Me.testAlert(WaitMode::User) == Object0, "once");
    S.expect(Waits::one(Me, M->Go, {10, true}) == TimedOut, "once");
    S.expect(!Me.alert(WaitMode::Kernel) && Me.alert(WaitMode::Kernel),
             "state before");
    S.expect(Waits::one(Me, M->Go, {10, true, WaitMode::User}) == Alerted,
             "not remembered");
  });
  S.thread("alerter", [=] {
    M->target().alert(WaitMode::Kernel);
    M->target().alert(WaitMode::User);
    M->Go.set();
  });
}

/// A kernel APC runs once, in the wait or when it is let in, and the wait goes
/// on. Normal ones wait for the end of critical regions.
Program kernelApc(ApcKind Kind, bool InRegion, bool Guarded = false) {
  return [=](Scenario &S) {
    auto *M = S.make<Shared>();
    S.thread("waiter", [=, &S] {
      Self Me(M->All);
      M->Box.store(&Me, Order::Release);
      if (InRegion)
        Guarded ? Me.enterGuardedRegion() : Me.enterCriticalRegion();
      S.expect(Waits::one(Me, M->Go) == Object0, "status");
      int Early = M->Runs.get();
      M->stay(1);
      bool Held = InRegion && (Guarded || Kind == ApcKind::Normal);
      if (Held)
        S.expect(!Early, "it ran in the region");
      if (InRegion)
        Guarded ? Me.leaveGuardedRegion() : Me.leaveCriticalRegion();
      Me.runKernelApcs();
      S.expect(M->Runs.get() == 1, "not once");
      S.outcome(Early ? "early" : "late");
    });
    S.thread("other", [=, &S] {
      Self &T = M->target();
      auto *A = S.make<Apc<P>>(T, Kind, Shared::count, M);
      M->Data.write();
      S.expect(A->insert(), "refused");
      M->Go.set();
      M->leave();
    });
  };
}

/// Nothing but the APC itself ends the wait that it interrupts.
void apcSignals(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("waiter", [=, &S] {
    Self Me(M->All);
    M->Box.store(&Me, Order::Release);
    S.expect(Waits::one(Me, M->Go) == Object0, "status");
    M->stay(1);
  });
  S.thread("other", [=, &S] {
    auto Signal = [](void *E, void *, void *) {
      static_cast<KernelEvent<P> *>(E)->set();
    };
    S.make<Apc<P>>(M->target(), ApcKind::Normal, Signal, &M->Go)->insert();
    M->leave();
  });
}

/// Either it runs, or it is removed.
void removeApc(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("target", [=, &S] {
    Self Me(M->All);
    M->Box.store(&Me, Order::Release);
    Waits::one(Me, M->Go);
    M->stay(1);
    Me.runKernelApcs();
    S.outcome(M->Runs.get() ? "ran" : "removed");
  });
  S.thread("other", [=, &S] {
    auto *A = S.make<Apc<P>>(M->target(), ApcKind::Special, Shared::count, M);
    A->insert();
    M->Go.set();
    bool Removed = A->remove();
    S.expect(!Removed || !A->remove(), "removed twice");
    S.outcome(Removed ? "it was " : "it ");
    M->leave();
  });
}

/// A user APC ends an alertable wait in user mode, and runs when the thread
/// goes back; then the signal is still there.
void userApc(Scenario &S) {
  auto *M = S.make<Shared>();
  S.thread("waiter", [=, &S] {
    Self Me(M->All);
    M->Box.store(&Me, Order::Release);
    S.expect(Waits::one(Me, M->Go, {10, true}) == TimedOut, "kernel mode");
    S.expect(Waits::one(Me, M->Go, {10, false, WaitMode::User}) == TimedOut,
             "not alertable");
    S.expect(Waits::one(Me, M->Go, {Never, true, WaitMode::User}) == UserApc,
             "status");
    S.expect(M->Runs.get() == 0, "too early");
    S.expect(Me.runUserApcs() == 1 && M->Runs.get() == 1, "not once");
    S.expect(Me.testAlert(WaitMode::User) == Object0, "left over");
  });
  S.thread("other", [=, &S] {
    auto *A = S.make<Apc<P>>(M->target(), ApcKind::User, Shared::count, M);
    M->Data.write();
    A->insert();
  });
}

struct Note {
  std::string Text;
  Self *Me = nullptr;
  static void nest(void *N, void *, void *) {
    auto &Here = *static_cast<Note *>(N);
    Here.Text += '(';
    Here.Me->enterCriticalRegion();
    Here.Me->leaveCriticalRegion();
    Here.Text += ')';
  }
  static void a(void *N, void *, void *) {
    static_cast<Note *>(N)->Text += 'a';
  }
  static void b(void *N, void *First, void *Second) {
    static_cast<Note *>(N)->Text +=
        First && Second ? *static_cast<char *>(First) : 'b';
  }
};

/// The order in which they run, what their arguments are, and what holds them
/// back, in one thread.
void apcRules(Scenario &S) {
  auto *M = S.make<Shared>();
  auto *N = S.make<Note>();
  S.thread("t", [=, &S] {
    Self Me(M->All);
    Apc<P> Normal(Me, ApcKind::Normal, Note::a, N),
        Normal2(Me, ApcKind::Normal, Note::b, N),
        Special(Me, ApcKind::Special, Note::b, N),
        User(Me, ApcKind::User, Note::a, N);
    char C = 'c';
    Me.enterCriticalRegion();
    S.expect(Me.areApcsDisabled() && !Me.areAllApcsDisabled(), "critical");
    S.expect(Normal.insert() && !Normal.insert() && Normal2.insert(&C, &C) &&
                 Special.insert() && User.insert(),
             "insertion");
    Me.runKernelApcs();
    S.expect(N->Text == "b", "special ones pass critical regions");
    Me.enterGuardedRegion();
    S.expect(Me.areApcsDisabled() && Me.areAllApcsDisabled(), "guarded");
    Special.insert();
    Me.leaveCriticalRegion();
    S.expect(N->Text == "b", "none pass guarded ones");
    Me.leaveGuardedRegion();
    S.expect(N->Text == "bbac", "special first, then in order");
    S.expect(!Me.areApcsDisabled(), "disabled for ever");
    Me.enterCriticalRegion();
    Normal.insert();
    Normal2.insert();
    S.expect(Normal.remove() && !Normal.remove() && Normal2.remove(),
             "removal");
    Me.leaveCriticalRegion();
    S.expect(N->Text == "bbac", "removed, but it ran");
    Normal2.insert(); // again
    S.expect(N->Text == "bbac", "where there is no point to run it");
    Me.runKernelApcs();
    S.expect(N->Text == "bbacb", "the second time");
    S.expect(!Normal.remove() && !Me.kernelApcIsDue(), "nothing is left");
    Apc<P> Nest(Me, ApcKind::Normal, Note::nest, N);
    N->Me = &Me;
    N->Text.clear();
    Nest.insert();
    Normal.insert();
    Me.runKernelApcs();
    S.expect(N->Text == "()a", "one within the other");
    Normal.insert();
    Me.end();
    S.expect(!Normal.insert() && !Special.insert(), "after the end");
  });
}

TEST(KernelThreadFamily, AlertsAndApcs) {
  verify({"alerts and APCs",
          {"KernelThread.h"},
          {{"kernel by kernel", alert(WaitMode::Kernel, WaitMode::Kernel)},
           {"user by kernel", alert(WaitMode::User, WaitMode::Kernel)},
           {"user by user", alert(WaitMode::User, WaitMode::User)},
           {"only the alert, kernel",
            alertEnds(WaitMode::Kernel, WaitMode::Kernel)},
           {"only the alert, user", alertEnds(WaitMode::User, WaitMode::User)},
           {"not alertable", alertLater},
           {"special", kernelApc(ApcKind::Special, false)},
           {"normal", kernelApc(ApcKind::Normal, false)},
           {"special, critical region", kernelApc(ApcKind::Special, true)},
           {"normal, critical region", kernelApc(ApcKind::Normal, true)},
           {"special, guarded region", kernelApc(ApcKind::Special, true, true)},
           {"rules", apcRules},
           {"removal", removeApc},
           {"an APC ends the wait", apcSignals},
           {"user", userApc}},
          {{"P::unpark", "relaxed",
            "the guard orders; executions of a model "
            "have no stale flags"},
           {"P::unpark", "torn", "sets one value, whoever else does"}}});
}

} // namespace
