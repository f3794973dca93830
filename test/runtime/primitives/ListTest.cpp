//===- ListTest.cpp - Sequenced and interlocked lists ---------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Family.h"
#include "Runtime/Primitives/SList.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

template <unsigned Step> struct Item : SListEntry<P> {
  P::Atomic<int> Taken{0};
  P::Cell<int> Data{0};
};

/// Scripts: p(ush), n (push a new one), o (pop), f(lush), r (push back what was
/// popped). Each entry is taken off exactly once per push.
template <unsigned Step = 1>
Program slist(std::vector<const char *> Threads, unsigned Filled) {
  return [=](Scenario &S) {
    using It = Item<Step>;
    using L = SList<P, Step>;
    struct Shared {
      L List;
      It Items[6];
      P::Atomic<int> Pushed{0}, Popped{0};
    };
    auto *M = S.make<Shared>();
    auto Push = [=, &S](It *I) {
      S.expect(I->Taken.exchange(0, Order::Relaxed) == 1, "pushed twice");
      I->Data.set(I->Data.get() + 1);
      M->Pushed.fetchAdd(1, Order::Relaxed);
      M->List.push(I);
    };
    auto Take = [=, &S](SListEntry<P> *E) {
      auto *I = static_cast<It *>(E);
      S.expect(I->Taken.exchange(1, Order::Relaxed) == 0, "taken twice");
      I->Data.set(I->Data.get() + 1);
      M->Popped.fetchAdd(1, Order::Relaxed);
    };
    for (unsigned I = 0; I < 6; ++I)
      M->Items[I].Taken.store(1, Order::Relaxed);
    for (unsigned I = 0; I < Filled; ++I)
      Push(&M->Items[I]);
    for (unsigned T = 0; T < Threads.size(); ++T)
      S.thread(Threads[T], [=, &S] {
        It *Mine = &M->Items[Filled + T];
        It *Last = nullptr;
        for (const char *Do = Threads[T]; *Do; ++Do) {
          if (*Do == 'p') {
            Push(Mine);
          } else if (*Do == 'n') {
            It *New = S.make<It>();
            New->Taken.store(1, Order::Relaxed);
            Push(New);
          } else if (*Do == 'r') {
            if (Last)
              Push(Last);
            Last = nullptr;
          } else if (*Do == 'f') {
            for (auto *E = M->List.flush(); E;) {
              auto *Next = E->Next.load(Order::Relaxed);
              Take(E);
              E = Next;
            }
          } else if (auto *E = M->List.pop()) {
            Take(E);
            // What is kept for pushing back is the first one popped.
            if (!Last)
              Last = static_cast<It *>(E);
          }
        }
      });
    S.atEnd([=, &S] {
      int Left =
          M->Pushed.load(Order::Relaxed) - M->Popped.load(Order::Relaxed);
      S.expect(int(M->List.depth()) == Left, "the depth is wrong");
      while (auto *E = M->List.pop())
        Take(E);
      S.expect(M->Pushed.load(Order::Relaxed) == M->Popped.load(Order::Relaxed),
               "an entry is lost");
      S.expect(M->List.depth() == 0, "the depth is wrong");
    });
  };
}

TEST(ListFamily, Sequenced) {
  verify({"SLIST",
          {"SList.h"},
          {{"push|pop", slist({"p", "o"}, 1)},
           {"pop|pop", slist({"o", "o"}, 2)},
           {"push|push", slist({"p", "p"}, 0)},
           {"push new|pop", slist({"n", "o"}, 1)},
           {"push|flush", slist({"p", "f"}, 1)},
           {"pop|flush", slist({"o", "f"}, 2)},
           {"push, pop|pop", slist({"po", "o"}, 1)},
           {"pop|pop twice, push back", slist({"o", "oor"}, 2)},
           {"push|pop|pop", slist({"p", "o", "o"}, 1)}},
          {}});
}

/// Without the sequence number a pop installs a successor that is long gone.
TEST(ListFamily, TheSequenceIsNeeded) {
  SearchResult R = explore(slist<0>({"o", "oopr"}, 2));
  EXPECT_TRUE(R.Found) << R.text();
}

void interlocked(Scenario &S) {
  struct Shared {
    SpinLock<P> Lock;
    InterlockedList<P> List;
    ListEntry<P> Entries[3];
    P::Atomic<int> Popped{0};
  };
  auto *M = S.make<Shared>();
  S.expect(!M->List.insertTail(&M->Entries[0], M->Lock), "not empty at first");
  S.thread("head", [=, &S] {
    S.expect(M->List.insertHead(&M->Entries[1], M->Lock) != &M->Entries[1],
             "its own predecessor");
  });
  S.thread("tail", [=] { M->List.insertTail(&M->Entries[2], M->Lock); });
  S.thread("remover", [=, &S] {
    auto *E = M->List.removeHead(M->Lock);
    S.expect(E == &M->Entries[0] || E == &M->Entries[1], "not the first one");
    M->Popped.fetchAdd(1, Order::Relaxed);
  });
  S.atEnd([=, &S] {
    while (M->List.removeHead(M->Lock))
      M->Popped.fetchAdd(1, Order::Relaxed);
    S.expect(M->Popped.load(Order::Relaxed) == 3, "an entry is lost");
  });
}

TEST(ListFamily, Interlocked) {
  verify({"interlocked list",
          {"SpinLock.h"},
          {{"head|tail|remove", interlocked}},
          {}});
}

} // namespace
