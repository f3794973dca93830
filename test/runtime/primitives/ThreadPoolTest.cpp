//===- ThreadPoolTest.cpp - Work and waits of a thread pool ---------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Primitives/ThreadPool.h"
#include "Family.h"
#include <memory>

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

using Self = KernelThread<P>;
constexpr auto Told = Failure::Kind::Misuse;

struct Shared {
  Dispatcher<P> All;
  ThreadPool<P> Pool;
  PoolWaits<P> Waits{All};
  KernelEvent<P> A{All, EventKind::Synchronization},
      B{All, EventKind::Synchronization};
  P::Atomic<int> Left{0};
  explicit Shared(unsigned Limit) : Pool(Limit) {}

  void work(Scenario &S, unsigned N) {
    for (unsigned I = 0; I < N; ++I)
      S.thread("worker", [this] {
        Self Me(All);
        Pool.serve(Me);
        Me.end();
      });
  }
};

struct Counter {
  P::Cell<int> Runs{0};
  P::Atomic<int> Several{0};
  static void run(void *C) {
    auto &Me = *static_cast<Counter *>(C);
    Me.Runs.set(Me.Runs.get() + 1);
  }
  static void runAtOnce(void *C) {
    static_cast<Counter *>(C)->Several.fetchAdd(1, Order::Relaxed);
  }
};

/// After the wait all submissions have run, and the object may go.
Program submitAndWait(unsigned Submissions, unsigned Workers) {
  return [=](Scenario &S) {
    auto *M = S.make<Shared>(Workers);
    S.thread("owner", [=, &S] {
      {
        Counter C;
        PoolWork<P> W(M->Pool, Workers > 1 ? Counter::runAtOnce : Counter::run,
                      &C);
        for (unsigned I = 0; I < Submissions; ++I)
          W.submit();
        W.wait();
        S.expect(C.Runs.get() + C.Several.load(Order::Relaxed) ==
                     int(Submissions),
                 "not all have run");
        W.wait(); // nothing to wait for
      }
      M->Pool.stop();
    });
    M->work(S, Workers);
  };
}

/// Those that had not begun do not run.
void cancel(Scenario &S) {
  auto *M = S.make<Shared>(1);
  S.thread("owner", [=, &S] {
    {
      Counter C;
      PoolWork<P> W(M->Pool, Counter::run, &C);
      W.submit();
      W.submit();
      W.cancel();
      W.wait();
      int Runs = C.Runs.get();
      S.expect(Runs <= 2, "too many");
      W.submit();
      W.wait();
      S.expect(C.Runs.get() == Runs + 1, "not after a cancellation");
      S.outcome(std::to_string(Runs));
    }
    M->Pool.stop();
  });
  M->work(S, 1);
}

/// Canceled before anybody was there to run it.
void cancelInTime(Scenario &S) {
  auto *M = S.make<Shared>(1);
  auto *C = S.make<Counter>();
  S.thread("owner", [=, &S] {
    PoolWork<P> W(M->Pool, Counter::run, C);
    W.submit();
    W.submit();
    W.cancel();
    M->Left.store(1, Order::Release);
    W.wait();
    S.expect(C->Runs.get() == 0, "run although canceled");
    M->Pool.stop();
  });
  S.thread("worker", [=] {
    Self Me(M->All);
    M->Left.await([](int V) { return V == 1; }, Order::Acquire);
    M->Pool.serve(Me);
  });
}

/// Two wait for the same work.
void twoWait(Scenario &S) {
  auto *M = S.make<Shared>(1);
  auto *C = S.make<Counter>();
  auto *W = S.make<PoolWork<P>>(M->Pool, Counter::run, C);
  W->submit();
  for (int I = 0; I < 2; ++I)
    S.thread("waiter", [=, &S] {
      W->wait();
      S.expect(C->Runs.get() == 1, "not run");
      if (M->Left.fetchAdd(1, Order::AcqRel) == 1)
        M->Pool.stop();
    });
  M->work(S, 1);
}

struct Waited {
  PoolWait<P> W;
  P::Cell<int> Runs{0}, Late{0};
  P::Atomic<int> Done{0};
  KernelEvent<P> *Again = nullptr;
  Waited(Shared &M) : W(M.Pool, M.Waits, run, this) {}
  static void run(void *D) {
    auto &Me = *static_cast<Waited *>(D);
    Me.Runs.set(Me.Runs.get() + 1);
    if (Me.W.timedOut())
      Me.Late.set(Me.Late.get() + 1);
    if (KernelEvent<P> *E = std::exchange(Me.Again, nullptr))
      Me.W.arm(E);
    Me.Done.fetchAdd(1, Order::Relaxed);
  }
};

/// The signal is consumed and called back for, or the wait is taken back and
/// the signal is there.
Program waitOrDisarm(Time Deadline) {
  return [=](Scenario &S) {
    auto *M = S.make<Shared>(1);
    S.thread("owner", [=, &S] {
      {
        Waited D(*M);
        D.W.arm(&M->A, Deadline);
        M->A.set();
        bool Back = D.W.disarm();
        D.W.wait();
        S.expect(D.Runs.get() == !Back, "called back and not, or neither");
        S.expect(M->A.readState() == (Back || D.Late.get()),
                 "the signal is lost, or there twice");
        S.expect(!D.W.disarm() && !M->Waits.count(), "disarmed twice");
        S.outcome(Back ? "back" : D.Late.get() ? "late" : "called");
      }
      M->Waits.stop();
      M->Pool.stop();
    });
    S.thread("waits", [=] {
      Self Me(M->All);
      M->Waits.serve(Me);
    });
    M->work(S, 1);
  };
}

/// Taken back, and armed again.
void armAgain(Scenario &S) {
  auto *M = S.make<Shared>(1);
  auto *D = S.make<Waited>(*M);
  S.thread("owner", [=, &S] {
    D->W.arm(&M->A);
    S.expect(D->W.disarm(), "nothing was signaled");
    D->W.arm(&M->A);
    M->A.set();
    D->Done.await([](int N) { return N == 1; }, Order::Relaxed);
    D->W.wait();
    S.expect(D->Runs.get() == 1 && !D->Late.get(), "not by the signal");
    M->Waits.stop();
    M->Pool.stop();
  });
  S.thread("waits", [=] {
    Self Me(M->All);
    M->Waits.serve(Me);
  });
  M->work(S, 1);
}

/// Armed anew in the callback, for another object.
void rearm(Scenario &S) {
  auto *M = S.make<Shared>(1);
  auto *D = S.make<Waited>(*M);
  D->Again = &M->B;
  S.thread("waits", [=] {
    Self Me(M->All);
    M->Waits.serve(Me);
  });
  M->work(S, 1);
  S.thread("owner", [=, &S] {
    D->W.arm(&M->A);
    M->A.set();
    M->B.set();
    D->Done.await([](int N) { return N == 2; }, Order::Relaxed);
    M->Waits.stop(); // goes when nothing is armed
    D->W.wait();
    S.expect(D->Runs.get() == 2 && !D->Late.get(), "not twice");
    S.expect(!M->A.readState() && !M->B.readState(), "not taken");
    M->Pool.stop();
  });
}

/// A timer among waits for objects; two of them are due at once.
void timers(Scenario &S) {
  auto *M = S.make<Shared>(1);
  auto *First = S.make<Waited>(*M), *Second = S.make<Waited>(*M),
       *Third = S.make<Waited>(*M);
  First->W.arm(nullptr, 10);
  Second->W.arm(&M->A, 10);
  Third->W.arm(&M->B, 20);
  M->Waits.stop(); // goes when nothing is armed
  S.thread("waits", [=, &S] {
    Self Me(M->All);
    M->Waits.serve(Me);
    for (Waited *W : {First, Second, Third})
      W->W.wait();
    for (Waited *W : {First, Second, Third})
      S.expect(W->Runs.get() == 1 && W->Late.get() == 1, "not once, late");
    M->Pool.stop();
  });
  M->work(S, 1);
}

void waitFromWithin(Scenario &S) {
  auto *M = S.make<Shared>(1);
  S.thread("owner", [=] {
    struct Object {
      PoolWork<P> W;
    } O{{M->Pool, [](void *O) { static_cast<Object *>(O)->W.wait(); }, &O}};
    O.W.submit();
    O.W.wait();
  });
  M->work(S, 1);
}

void endsArmed(Scenario &S) {
  auto *M = S.make<Shared>(1);
  S.thread("owner", [=] {
    Waited D(*M);
    D.W.arm(&M->A);
  });
}

/// As many as one thread can wait for, and one more.
Program full(int More) {
  return [=](Scenario &S) {
    auto *M = S.make<Shared>(1);
    S.thread("owner", [=] {
      std::vector<std::unique_ptr<Waited>> All;
      for (int I = 0; I < 63 + More; ++I) {
        All.push_back(std::make_unique<Waited>(*M));
        All.back()->W.arm(&M->A);
      }
      M->Left.store(1, Order::Release);
      for (auto &W : All)
        W->W.disarm();
      M->Waits.stop();
    });
    S.thread("waits", [=] {
      Self Me(M->All);
      M->Left.await([](int V) { return V == 1; }, Order::Acquire);
      M->Waits.serve(Me);
    });
  };
}

TEST(ThreadPoolFamily, WorkAndWaits) {
  verify({"thread pool",
          {"ThreadPool.h"},
          {{"1 submission", submitAndWait(1, 1)},
           {"2 submissions", submitAndWait(2, 1)},
           {"2 submissions, 2 workers", submitAndWait(2, 2), true},
           {"cancellation", cancel, false, false},
           {"cancellation in time", cancelInTime},
           {"2 waiters", twoWait},
           {"wait or disarm", waitOrDisarm(Never), true},
           {"wait or disarm, limited", waitOrDisarm(10), true, false},
           {"armed in the callback", rearm, true, false},
           {"armed again", armAgain, true},
           {"timers", timers, true},
           {"waiting from within", waitFromWithin, false, true, Told},
           {"ends while armed", endsArmed, false, true, Told},
           {"one too many", full(1), false, true, Told}},
          {}});
}

TEST(ThreadPoolTest, HoldsSixtyThreeWaits) {
  SearchOptions O;
  O.Kind = SearchKind::Random;
  O.MaxExecutions = 3;
  O.Run.MaxSteps = 40000;
  SearchResult R = explore(full(0), O);
  EXPECT_FALSE(R.Found) << R.text();
}

} // namespace
