//===- ResourceTest.cpp - Executive and RTL resources ---------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Primitives/Resource.h"
#include "Family.h"
#include "Runtime/Primitives/CriticalSection.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

/// The same names for both kinds of resource.
struct Executive : Resource<P> {
  bool shared(SharedKind Kind) { return acquireShared(true, Kind); }
};
struct User : RtlResource<P> {
  bool shared(SharedKind) { return acquireShared(); }
};

/// Scripts, left to right and released at a dot and at the end: w(rite),
/// r(ead), s(tarve writers), W and R if possible at once, c(onvert to shared),
/// recursion by repetition: "ww", "wr", "rr".
template <typename L> Program resource(std::vector<const char *> Threads) {
  return [=](Scenario &S) {
    auto *M = S.make<L>();
    auto *D = S.make<Protected>();
    auto *Writes = S.make<P::Atomic<int>>(0);
    for (const char *Script : Threads)
      S.thread(Script, [=, &S] {
        unsigned Held = 0;
        bool Writer = false;
        for (const char *Do = Script; *Do; ++Do) {
          switch (*Do) {
          case '.':
            for (; Held; --Held)
              M->release();
            Writer = false;
            break;
          case 'w':
          case 'W':
            if (M->acquireExclusive(*Do == 'w')) {
              Writer = true;
              ++Held;
            }
            break;
          case 'c':
            if (!Writer)
              break;
            M->convertToShared();
            Writer = false;
            break;
          case 'R':
            Held += M->acquireShared(false);
            break;
          default:
            Held += M->shared(*Do == 's'   ? SharedKind::StarveExclusive
                              : *Do == 'f' ? SharedKind::WaitForExclusive
                                           : SharedKind::Plain);
          }
          if (Writer) {
            D->write();
            Writes->fetchAdd(1, Order::Relaxed);
          } else if (Held) {
            int Seen = D->read();
            S.expect(D->read() == Seen, "written while read");
          }
        }
        while (Held--)
          M->release();
      });
    S.atEnd([=, &S] {
      S.expect(D->read() == Writes->load(Order::Relaxed), "an update is lost");
      S.expect(M->isFree(), "still owned");
      S.expect(M->acquireExclusive(false), "not free");
      M->release();
    });
  };
}

void owners(Scenario &S) {
  auto *M = S.make<Resource<P>>();
  S.thread("t", [=, &S] {
    S.expect(M->acquiredCount() == 0, "owned at first");
    M->acquireExclusive();
    M->acquireShared(); // counts as exclusive
    S.expect(M->isAcquiredExclusive() && M->acquiredCount() == 2, "count");
    M->release();
    M->convertToShared();
    S.expect(!M->isAcquiredExclusive() && M->acquiredCount() == 1, "shared");
    S.expect(!M->acquireExclusive(false), "exclusive after shared");
    M->setOwner(0x1003);
    S.expect(M->acquiredCount() == 0, "still its own");
    M->releaseFor(0x1003);
    S.expect(M->isFree(), "not free");
  });
}

/// The counters tell who waits, and who had to.
void counters(Scenario &S) {
  auto *M = S.make<Resource<P>>();
  M->acquireExclusive();
  uintptr_t Setup = Resource<P>::thisThread();
  S.thread("reader", [=] {
    M->acquireShared();
    M->release();
  });
  S.thread("asker", [=, &S] {
    unsigned Waiting = M->waitingReaders();
    S.expect(M->contention() >= Waiting, "waits without contention");
    M->releaseFor(Setup);
  });
  S.atEnd([=, &S] {
    S.expect(!M->waitingReaders() && !M->waitingWriters(), "somebody is left");
  });
}

TEST(ResourceFamily, Executive) {
  auto C = [](std::vector<const char *> T) { return resource<Executive>(T); };
  verify({"ERESOURCE",
          {"Resource.h", "SpinLock.h"},
          {{"w|w", C({"w", "w"})},
           {"r|w", C({"r", "w"})},
           {"rr|w", C({"rr", "w"})},
           {"ww|wr", C({"ww", "wr"})},
           {"R|W", C({"R", "W"})},
           {"wc|r", C({"wc", "r"})},
           {"r|r", C({"r", "r"})},
           {"r|r|w", C({"r", "r", "w"})},
           {"wc|r|w", C({"wc", "r", "w"})},
           {"s|f|w", C({"s", "f", "w"})},
           {"w|w|w", C({"w", "w", "w"})},
           {"r|r|wc", C({"r", "r", "wc"})},
           {"owners", owners},
           {"counters", counters}},
          {}});
}

TEST(ResourceFamily, User) {
  auto C = [](std::vector<const char *> T) { return resource<User>(T); };
  verify({"RTL_RESOURCE",
          {"CriticalSection.h", "SpinLock.h"},
          {{"w|w", C({"w", "w"})},
           {"r|w", C({"r", "w"})},
           {"ww|wr", C({"ww", "wr"})},
           {"R|W", C({"R", "W"})},
           {"wc|r", C({"wc", "r"})},
           {"r|r|w", C({"r", "r", "w"})},
           {"w.r|r", C({"w.r", "r"})},
           {"wcr|r", C({"wcr", "r"})},
           {"wc|r|w", C({"wc", "r", "w"})},
           {"w|w|w", C({"w", "w", "w"})}},
          {}});
}

/// What one thread gets while another holds it and perhaps a writer waits, for
/// each way to ask.
TEST(ResourceTest, WhoGetsInWhenAWriterWaits) {
  struct Row {
    const char *Script;
    bool GetsIn;
  };
  // A reader holds it, a writer waits.
  for (Row Case : {Row{"plain", false}, Row{"starve", true}, Row{"wait", false},
                   Row{"exclusive", false}}) {
    std::string Script = Case.Script;
    SearchResult R = explore([=](Scenario &S) {
      auto *M = S.make<Resource<P>>();
      M->acquireShared();
      uintptr_t Setup = Resource<P>::thisThread();
      S.thread("writer", [=] {
        M->acquireExclusive();
        M->release();
      });
      S.thread("asker", [=, &S] {
        if (!M->waitingWriters()) {
          M->releaseFor(Setup);
          return; // came too early
        }
        bool In = Script == "exclusive" ? M->acquireExclusive(false)
                  : Script == "plain"   ? M->acquireShared(false)
                  : Script == "starve"
                      ? M->acquireShared(false, SharedKind::StarveExclusive)
                      : M->acquireShared(false, SharedKind::WaitForExclusive);
        S.expect(In == Case.GetsIn, "the wrong answer");
        if (In)
          M->release();
        S.outcome("asked in time");
        M->releaseFor(Setup);
      });
    });
    EXPECT_TRUE(R.verified()) << Script << ": " << R.text();
    EXPECT_EQ(R.Outcomes, std::set<std::string>{"asked in time"});
  }
}

TEST(ResourceTest, OnlyOwnersRelease) {
  for (int Wrong = 0; Wrong < 4; ++Wrong)
    EXPECT_EQ(explore([=](Scenario &S) {
                auto *M = S.make<Resource<P>>();
                M->acquireExclusive();
                S.thread("other", [=] {
                  switch (Wrong) {
                  case 0:
                    return M->release();
                  case 1:
                    return M->convertToShared();
                  case 2:
                    return M->setOwner(3);
                  default:
                    return M->releaseFor(0x77);
                  }
                });
              }).Found.K,
              Failure::Kind::Misuse);
}

/// Five readers at once: the table grows twice while others look into it.
TEST(ResourceTest, TheOwnerTableGrows) {
  SearchOptions O;
  O.Kind = SearchKind::Random;
  O.MaxExecutions = 3000;
  SearchResult R = explore(
      [](Scenario &S) {
        auto *M = S.make<Resource<P>>();
        auto *In = S.make<P::Atomic<int>>(0);
        for (int I = 0; I < 7; ++I)
          S.thread("reader", [=, &S] {
            M->acquireShared();
            In->fetchAdd(1, Order::Relaxed);
            In->await([](int N) { return N == 7; }, Order::Relaxed);
            S.expect(M->acquiredCount() == 1, "not an owner");
            M->release();
          });
        S.atEnd([=, &S] { S.expect(M->isFree(), "still owned"); });
      },
      O);
  EXPECT_FALSE(R.Found) << R.text();
  EXPECT_EQ(R.Executions, 3000u);
}

} // namespace
