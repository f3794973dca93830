//===- SpinLockTest.cpp - Spin locks of all forms -------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Primitives/SpinLock.h"
#include "Family.h"
#include "Runtime/Platform/Native.h"
#include "Runtime/Primitives/ExSpinLock.h"
#include "Runtime/Primitives/QueuedSpinLock.h"
#include <thread>

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

Program spinLock(unsigned Threads, unsigned Rounds, bool Try) {
  return [=](Scenario &S) {
    auto *L = S.make<SpinLock<P>>();
    auto *D = S.make<Protected>();
    auto *Missed = S.make<P::Atomic<int>>(0);
    for (unsigned I = 0; I < Threads; ++I)
      S.thread("t", [=] {
        for (unsigned R = 0; R < Rounds; ++R) {
          if (Try && I == 0) {
            if (!L->tryAcquire()) {
              Missed->fetchAdd(1, Order::Relaxed);
              continue;
            }
          } else {
            L->acquire();
          }
          D->write();
          L->release();
        }
      });
    S.atEnd([=, &S] {
      S.expect(D->read() + Missed->load(Order::Relaxed) ==
                   int(Threads * Rounds),
               "an update is lost");
      S.expect(L->isFree(), "still taken");
      S.expect(L->tryAcquire() && !L->tryAcquire(), "taken twice");
    });
  };
}

TEST(SpinLockFamily, Plain) {
  verify({"spin lock",
          {"SpinLock.h"},
          {{"2 threads x 3", spinLock(2, 3, false)},
           {"3 threads x 2", spinLock(3, 2, false)},
           {"2 threads x 2, one tries", spinLock(2, 2, true)}},
          {}});
}

Program queued(unsigned Threads, unsigned Rounds, bool Try) {
  return [=](Scenario &S) {
    auto *L = S.make<QueuedSpinLock<P>>();
    auto *D = S.make<Protected>();
    auto *Missed = S.make<P::Atomic<int>>(0);
    for (unsigned I = 0; I < Threads; ++I)
      S.thread("t", [=, &S] {
        QueuedHandle<P> H;
        for (unsigned R = 0; R < Rounds; ++R) {
          if (Try && I == 0) {
            if (!L->tryAcquire(H)) {
              S.expect(H.isIdle(), "a failed attempt left its handle queued");
              Missed->fetchAdd(1, Order::Relaxed);
              continue;
            }
          } else {
            L->acquire(H);
          }
          S.expect(H.isOwner(), "acquired, but not the owner");
          D->write();
          L->release(H);
          S.expect(H.isIdle(), "released, but not idle");
        }
      });
    S.atEnd([=, &S] {
      S.expect(D->read() + Missed->load(Order::Relaxed) ==
                   int(Threads * Rounds),
               "an update is lost");
      S.expect(L->isFree(), "still taken");
    });
  };
}

/// Whoever has exchanged the tail first gets the lock first.
TEST(QueuedSpinLockTest, IsFirstComeFirstServed) {
  uint64_t Checked = 0;
  SearchOptions O;
  O.Observe = [&](const Execution &E) {
    // The first update of each thread is the exchange, its last one the note.
    std::string Queued, Served;
    for (const Event &Ev : E.trace()) {
      if (Ev.K != Operation::Kind::Update || !Ev.Wrote || !Ev.Thread)
        continue;
      std::string Who = std::to_string(Ev.Thread);
      if (Queued.find(Who) == std::string::npos)
        Queued += Who;
      else if (Ev.Size == sizeof(int))
        Served += Who;
    }
    EXPECT_EQ(Queued, Served);
    EXPECT_EQ(Queued.size(), 3u);
    ++Checked;
  };
  SearchResult R = explore(
      [](Scenario &S) {
        auto *L = S.make<QueuedSpinLock<P>>();
        auto *Note = S.make<P::Atomic<int>>(0);
        for (int I = 0; I < 3; ++I)
          S.thread("t", [=] {
            QueuedHandle<P> H;
            L->acquire(H);
            Note->fetchAdd(1, Order::Relaxed);
            L->release(H);
          });
      },
      O);
  EXPECT_TRUE(R.verified()) << R.text();
  EXPECT_GE(Checked, 6u);
}

TEST(SpinLockFamily, Queued) {
  verify({"in-stack queued spin lock",
          {"QueuedSpinLock.h"},
          {{"2 threads x 1", queued(2, 1, false)},
           {"2 threads x 2", queued(2, 2, false)},
           {"2 threads x 3", queued(2, 3, false)},
           {"3 threads x 1", queued(3, 1, false)},
           {"2 threads x 2, one tries", queued(2, 2, true)},
           {"3 threads x 2", queued(3, 2, false), true}},
          {}});
}

TEST(QueuedSpinLockTest, MisuseOfHandlesIsTold) {
  auto Verdict = [](auto Body) {
    return explore([=](Scenario &S) {
             auto *L = S.make<QueuedSpinLock<P>>();
             S.thread("t", [=] {
               QueuedHandle<P> H, Other;
               Body(*L, H, Other);
             });
           })
        .Found;
  };
  using L = QueuedSpinLock<P>;
  using H = QueuedHandle<P>;
  EXPECT_EQ(Verdict([](L &Lock, H &A, H &) {
              Lock.acquire(A);
              Lock.acquire(A);
            }).Text,
            "t: lock queue handle is deleted or initialized while in use");
  EXPECT_EQ(Verdict([](L &Lock, H &A, H &B) {
              Lock.acquire(A);
              Lock.release(B);
            }).K,
            Failure::Kind::Misuse);
  EXPECT_EQ(Verdict([](L &Lock, H &A, H &) {
              Lock.acquire(A);
              Lock.release(A);
              Lock.release(A);
            }).K,
            Failure::Kind::Misuse);
  EXPECT_FALSE(Verdict([](L &Lock, H &A, H &) {
    Lock.acquire(A);
    Lock.release(A);
    EXPECT_TRUE(Lock.tryAcquire(A));
    Lock.release(A);
  }));
}

/// Readers look twice, writers write; one reader may try to become a writer.
Program exSpin(unsigned Readers, unsigned Writers, unsigned Converters,
               bool Try = false) {
  return [=](Scenario &S) {
    auto *L = S.make<ExSpinLock<P>>();
    auto *D = S.make<Protected>();
    auto *Writes = S.make<P::Atomic<int>>(0);
    auto Write = [=] {
      D->write();
      Writes->fetchAdd(1, Order::Relaxed);
    };
    for (unsigned I = 0; I < Readers; ++I)
      S.thread("reader", [=, &S] {
        if (Try && !L->tryAcquireShared())
          return;
        if (!Try)
          L->acquireShared();
        int Seen = D->read();
        S.expect(D->read() == Seen, "written while read");
        L->releaseShared();
      });
    for (unsigned I = 0; I < Writers; ++I)
      S.thread("writer", [=] {
        if (Try && !L->tryAcquireExclusive())
          return;
        if (!Try)
          L->acquireExclusive();
        Write();
        L->releaseExclusive();
      });
    for (unsigned I = 0; I < Converters; ++I)
      S.thread("converter", [=] {
        L->acquireShared();
        D->read();
        if (L->tryConvert()) {
          Write();
          L->releaseExclusive();
        } else {
          D->read(); // a failed conversion keeps the share
          L->releaseShared();
        }
      });
    S.atEnd([=, &S] {
      S.expect(D->read() == Writes->load(Order::Relaxed), "an update is lost");
      S.expect(L->tryAcquireExclusive(), "still taken");
    });
  };
}

TEST(SpinLockFamily, ReaderWriter) {
  verify({"EX_SPIN_LOCK",
          {"ExSpinLock.h"},
          {{"1 reader, 1 writer", exSpin(1, 1, 0)},
           {"2 writers", exSpin(0, 2, 0)},
           {"1 reader, 1 writer, all try", exSpin(1, 1, 0, true)},
           {"2 writers try", exSpin(0, 2, 0, true)},
           {"2 converters", exSpin(0, 0, 2)},
           {"1 writer, 1 converter", exSpin(0, 1, 1)},
           {"1 reader, 1 converter", exSpin(1, 0, 1)},
           {"2 readers, 1 writer", exSpin(2, 1, 0)},
           {"1 reader, 2 writers", exSpin(1, 2, 0)},
           {"1 reader, 1 writer, 1 converter", exSpin(1, 1, 1)}},
          {{"Word.update(Leave, Order::Release).second", "torn",
            "nobody else changes a word that says it is written"}}});
}

/// A writer that waits keeps new readers out: it cannot be starved.
TEST(ExSpinLockTest, AWaitingWriterKeepsReadersOut) {
  SearchResult R = explore([](Scenario &S) {
    auto *L = S.make<ExSpinLock<P>>();
    L->acquireShared();
    auto *Refused = S.make<P::Atomic<int>>(0);
    S.thread("writer", [=] {
      L->acquireExclusive();
      L->releaseExclusive();
    });
    S.thread("reader", [=] {
      if (L->tryAcquireShared())
        L->releaseShared();
      else
        Refused->store(1, Order::Relaxed);
      L->releaseShared();
    });
    S.atEnd([=, &S] {
      S.outcome(Refused->load(Order::Relaxed) ? "refused" : "let in");
    });
  });
  EXPECT_TRUE(R.verified()) << R.text();
  EXPECT_EQ(R.Outcomes, (std::set<std::string>{"refused", "let in"}));
}

TEST(ExSpinLockTest, MisuseIsTold) {
  auto Verdict = [](auto Body) {
    return explore([=](Scenario &S) {
             auto *L = S.make<ExSpinLock<P>>();
             S.thread("t", [=] { Body(*L); });
           })
        .Found.K;
  };
  using L = ExSpinLock<P>;
  EXPECT_EQ(Verdict([](L &Lock) { Lock.releaseShared(); }),
            Failure::Kind::Misuse);
  EXPECT_EQ(Verdict([](L &Lock) { Lock.releaseExclusive(); }),
            Failure::Kind::Misuse);
  EXPECT_EQ(Verdict([](L &Lock) {
              Lock.acquireShared();
              Lock.releaseExclusive();
            }),
            Failure::Kind::Misuse);
  EXPECT_EQ(Verdict([](L &Lock) {
              Lock.acquireExclusive();
              Lock.releaseShared();
            }),
            Failure::Kind::Misuse);
  EXPECT_EQ(Verdict([](L &Lock) {
              Lock.acquireExclusive();
              Lock.acquireShared(); // waits for itself
            }),
            Failure::Kind::Deadlock);
}

} // namespace
