//===- QueueTest.cpp - Kernel queues, completion ports, work items --------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Family.h"
#include "Runtime/Primitives/KernelQueue.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

using Self = KernelThread<P>;
using Waits = ObjectWaits<P>;

struct Item : QueueEntry<P> {
  P::Cell<int> Data{0}, Taken{0};
};

struct Shared {
  Dispatcher<P> All;
  KernelEvent<P> Go{All, EventKind::Synchronization};
  KernelQueue<P> Queue;
  Item Items[3];
  P::Atomic<int> Working{0}, Most{0}, Done{0};
  explicit Shared(unsigned Limit) : Queue(Limit) {}

  void give(int I, bool AtHead = false) {
    Items[I].Data.set(7);
    Queue.insert(Items[I], AtHead);
  }
  void work(Scenario &S, QueueEntry<P> *E, unsigned Limit) {
    auto *I = static_cast<Item *>(E);
    int Now = Working.fetchAdd(1, Order::Relaxed) + 1;
    S.expect(Now <= int(Limit), "more at work than the limit");
    S.expect(I->Data.get() == 7, "data");
    I->Taken.set(I->Taken.get() + 1);
    Working.fetchSub(1, Order::Relaxed);
  }
};

/// Each worker takes one entry; each entry is taken once.
Program deliver(unsigned Workers, unsigned Limit, Time Deadline = Never) {
  return [=](Scenario &S) {
    auto *M = S.make<Shared>(Limit);
    for (unsigned I = 0; I < Workers; ++I)
      S.thread("worker", [=, &S] {
        Self Me(M->All);
        if (QueueEntry<P> *E = M->Queue.remove(Me, Deadline)) {
          M->work(S, E, Limit);
          M->Done.fetchAdd(1, Order::Relaxed);
        } else {
          S.expect(Deadline != Never && !M->Queue.isRunDown(), "no entry");
        }
        Me.end();
      });
    S.thread("giver", [=] {
      for (unsigned I = 0; I < Workers; ++I)
        M->give(int(I));
    });
    S.atEnd([=, &S] {
      unsigned Taken = 0;
      for (Item &I : M->Items)
        Taken += unsigned(I.Taken.get());
      S.expect(Taken == unsigned(M->Done.load(Order::Relaxed)), "not once");
      S.expect(M->Queue.readState() == Workers - Taken, "lost");
      S.expect(M->Queue.active() == 0, "still active");
    });
  };
}

/// A member that waits elsewhere lets another one work; without that nobody
/// would ever set what it waits for.
void blocks(Scenario &S) {
  auto *M = S.make<Shared>(1);
  for (int I = 0; I < 2; ++I)
    S.thread("worker", [=, &S] {
      Self Me(M->All);
      auto *E = static_cast<Item *>(M->Queue.remove(Me));
      if (E == &M->Items[0])
        S.expect(Waits::one(Me, M->Go) == 0, "status");
      else
        M->Go.set();
      Me.end();
    });
  M->give(0);
  M->give(1);
  S.atEnd([=, &S] { S.expect(M->Queue.active() == 0, "still active"); });
}

/// Who waits when it is run down goes on without an entry.
void rundown(Scenario &S) {
  auto *M = S.make<Shared>(1);
  S.thread("worker", [=, &S] {
    Self Me(M->All);
    int N = 0;
    while (QueueEntry<P> *E = M->Queue.remove(Me)) {
      M->work(S, E, 1);
      ++N;
    }
    S.expect(M->Queue.isRunDown() && !Me.queue(), "left for no reason");
    M->Done.store(N, Order::Relaxed);
  });
  S.thread("owner", [=] {
    M->give(0);
    int Left = 0;
    for (QueueEntry<P> *E = M->Queue.rundown(); E; E = E->Next.get())
      ++Left;
    M->Most.store(Left, Order::Relaxed);
  });
  S.atEnd([=, &S] {
    S.expect(M->Done.load(Order::Relaxed) + M->Most.load(Order::Relaxed) == 1,
             "lost or twice");
    S.expect(M->Queue.readState() == 0, "left");
    S.expect(!M->Queue.rundown(), "run down twice");
  });
}

/// Who waits: the last one goes first. Entries: the first one does.
void order(Scenario &S) {
  auto *M = S.make<Shared>(4);
  S.thread("t", [=, &S] {
    Self Me(M->All);
    auto Take = [&] {
      auto *E = static_cast<Item *>(M->Queue.remove(Me, 1));
      return E ? int(E - M->Items) : -1;
    };
    S.expect(Take() == -1 && M->Queue.active() == 1, "empty");
    M->give(0), M->give(1), M->give(2, true);
    S.expect(M->Queue.readState() == 3, "count");
    S.expect(Take() == 2 && Take() == 0, "head, then in order");
    M->give(2, true), M->give(0);
    S.expect(Take() == 2 && Take() == 1 && Take() == 0 && Take() == -1,
             "in order");
    M->give(0, true), M->give(1);
    S.expect(Take() == 0 && Take() == 1, "the head of none");
    KernelQueue<P> Other(1);
    S.expect(!Other.remove(Me, 1) && M->Queue.active() == 0 &&
                 Other.active() == 1,
             "it works for the other one");
    Me.end();
    S.expect(Other.active() == 0, "it has ended");
  });
}

/// Three wait, and give up one after the other, from any place among them.
void lateWaiters(Scenario &S) {
  auto *M = S.make<Shared>(1);
  for (int I = 0; I < 3; ++I)
    S.thread("worker", [=] {
      Self Me(M->All);
      if (M->Queue.remove(Me, 10))
        M->Done.fetchAdd(1, Order::Relaxed);
      Me.end();
    });
  S.thread("giver", [=] { M->give(0); });
  S.atEnd([=, &S] {
    S.expect(unsigned(M->Done.load(Order::Relaxed)) + M->Queue.readState() == 1,
             "lost");
    S.expect(M->Queue.active() == 0, "still active");
  });
}

void packets(Scenario &S) {
  auto *All = S.make<Dispatcher<P>>();
  auto *Port = S.make<CompletionPort<P>>(1);
  S.thread("worker", [=, &S] {
    Self Me(*All);
    CompletionPort<P>::Packet Got[3];
    unsigned N = 0;
    while (N < 2) {
      unsigned More = Port->remove(Me, Got + N, 3 - N);
      S.expect(More, "nothing");
      N += More;
    }
    S.expect(Got[0].Key == 1 && Got[1].Key == 2 && Got[1].Value == 20 &&
                 Got[0].Information == 100 && Got[0].Status == 5,
             "packets");
    S.expect(Port->remove(Me, Got, 1, 1) == 0 && !Port->isClosed(), "no more");
    Port->set({3, 0, 0, 0});
    S.expect(Port->depth() == 1 && Port->close() == 1, "left over");
    S.expect(Port->remove(Me, Got, 1) == 0 && Port->isClosed(), "closed");
  });
  S.thread("device", [=] {
    Port->set({1, 10, 5, 100});
    Port->set({2, 20, 0, 0});
  });
}

/// Queued again from its own routine; freed when it has begun for the last
/// time.
void workItems(Scenario &S) {
  struct Work {
    WorkQueue<P> Queue{1};
    Dispatcher<P> All;
    P::Cell<int> Runs{0};
    WorkItem<P> *Item = nullptr;
    static void run(void *W) {
      auto &Me = *static_cast<Work *>(W);
      Me.Runs.set(Me.Runs.get() + 1);
      if (Me.Runs.get() == 1)
        Me.Queue.insert(*Me.Item);
      else
        Me.Queue.stop();
    }
  };
  auto *W = S.make<Work>();
  W->Item = S.make<WorkItem<P>>(Work::run, W);
  S.thread("worker", [=] {
    Self Me(W->All);
    W->Queue.serve(Me);
  });
  S.thread("driver", [=] { W->Queue.insert(*W->Item); });
  S.atEnd([=, &S] { S.expect(W->Runs.get() == 2, "not twice"); });
}

/// Its routine tells that it has begun; then the item may go.
void freedInTime(Scenario &S) {
  struct Work {
    WorkQueue<P> Queue{1};
    Dispatcher<P> All;
    P::Atomic<int> Begun{0};
    static void run(void *W) {
      static_cast<Work *>(W)->Begun.store(1, Order::Relaxed);
    }
  };
  auto *W = S.make<Work>();
  S.thread("worker", [=] {
    Self Me(W->All);
    W->Queue.serve(Me);
  });
  S.thread("driver", [=] {
    {
      WorkItem<P> I(Work::run, W);
      W->Queue.insert(I);
      W->Begun.await([](int V) { return V != 0; }, Order::Relaxed);
    }
    W->Queue.stop();
  });
}

constexpr auto Told = Failure::Kind::Misuse;

void queuedTwice(Scenario &S) {
  auto *Q = S.make<WorkQueue<P>>(1);
  S.thread("t", [=] {
    WorkItem<P> I([](void *) {}, nullptr);
    Q->insert(I);
    Q->insert(I);
  });
}
void freedWhileQueued(Scenario &S) {
  auto *Q = S.make<WorkQueue<P>>(1);
  S.thread("t", [=] {
    WorkItem<P> I([](void *) {}, nullptr);
    Q->insert(I);
  });
}
void insertedAfterRundown(Scenario &S) {
  auto *M = S.make<Shared>(1);
  S.thread("t", [=] {
    M->Queue.rundown();
    M->give(0);
  });
}

TEST(QueueFamily, Queues) {
  verify(
      {"kernel queue",
       {"KernelQueue.h"},
       {{"1 worker", deliver(1, 1)},
        {"2 workers, limit 1", deliver(2, 1)},
        {"2 workers, limit 2", deliver(2, 2)},
        {"2 workers, limit 1, limited", deliver(2, 1, 10)},
        {"a member waits elsewhere", blocks},
        {"rundown", rundown},
        {"order", order},
        {"waiters that give up", lateWaiters, true},
        {"packets", packets},
        {"work items", workItems},
        {"a work item freed in time", freedInTime},
        {"an item queued twice", queuedTwice, false, true, Told},
        {"an item freed while queued", freedWhileQueued, false, true, Told},
        {"insertion after rundown", insertedAfterRundown, false, true, Told}},
       {{"I.Queued.exchange", "torn",
         "two who queue it at once are told where they meet"}}});
}

} // namespace
