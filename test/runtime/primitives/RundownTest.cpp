//===- RundownTest.cpp - Rundown protection and remove locks --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Primitives/Rundown.h"
#include "Family.h"
#include "Runtime/Primitives/RemoveLock.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

/// Users touch the object while they hold a reference; the owner ends its life
/// when all are gone.
template <typename R> Program rundown(unsigned Users, unsigned Rounds) {
  return [=](Scenario &S) {
    auto *Ref = S.make<R>();
    auto *Object = S.make<P::Cell<int>>(1);
    for (unsigned I = 0; I < Users; ++I)
      S.thread("user", [=, &S] {
         for (unsigned N = 0; N < Rounds; ++N) {
           if (!Ref->acquire())
             continue;
           S.expect(Object->get() == 1, "used after the end");
           if (I)
             P::self()->Cpu ^= 1; // returned elsewhere
           Ref->release();
         }
       }).Cpu = I % 2;
    S.thread("owner", [=, &S] {
      Ref->wait();
      Object->set(0);
      S.expect(!Ref->acquire(), "acquired after the end");
      Ref->wait(); // once more does no harm
    });
    S.atEnd([=, &S] {
      S.expect(!Ref->acquire(), "acquired after the end");
      Ref->reinitialize();
      S.expect(Ref->acquire(2), "not renewed");
      Ref->release(2);
      Ref->completed();
      S.expect(!Ref->acquire(), "acquired after completion");
    });
  };
}

/// A second life: whoever gets a reference then sees the new object.
template <typename R> void renew(Scenario &S) {
  auto *Ref = S.make<R>();
  auto *Object = S.make<P::Cell<int>>(1);
  S.thread("user", [=] {
    for (int I = 0; I < 2; ++I)
      if (Ref->acquire()) {
        Object->get();
        Ref->release();
      }
  });
  S.thread("owner", [=] {
    Ref->wait();
    Object->set(2);
    Ref->reinitialize();
  });
}

TEST(RundownFamily, Plain) {
  verify(
      {"rundown protection",
       {"Rundown.h"},
       {{"1 user, owner", rundown<Rundown<P>>(1, 1)},
        {"1 user, renewal", renew<Rundown<P>>},
        {"1 user x 2, owner", rundown<Rundown<P>>(1, 2)},
        {"2 users, owner", rundown<Rundown<P>>(2, 1)},
        {"1 user, renewal, 2 processors", renew<CacheAwareRundown<P>>},
        {"1 user, owner, 2 processors", rundown<CacheAwareRundown<P>>(1, 1)},
        {"2 users, owner, 2 processors", rundown<CacheAwareRundown<P>>(2, 1)},
        {"2 users x 2, owner", rundown<Rundown<P>>(2, 2), true},
        {"3 users, owner", rundown<Rundown<P>>(3, 1), true}},
       {{"Slots[I].Word.store(Active, Order::Relaxed);", "writes nothing",
         "only an over-release would find the waiter's dead block"}}});
}

TEST(RundownTest, OverReleaseIsTold) {
  auto Verdict = [](auto Make, bool RunDown) {
    return explore([=](Scenario &S) {
             auto *Ref = Make(S);
             S.thread("t", [=] {
               if (RunDown)
                 Ref->wait();
               Ref->release();
             });
           })
        .Found.K;
  };
  auto Plain = [](Scenario &S) { return S.make<Rundown<P>>(); };
  auto Aware = [](Scenario &S) { return S.make<CacheAwareRundown<P>>(); };
  EXPECT_EQ(Verdict(Plain, false), Failure::Kind::Misuse);
  EXPECT_EQ(Verdict(Plain, true), Failure::Kind::Misuse);
  EXPECT_EQ(Verdict(Aware, true), Failure::Kind::Misuse);
}

Program removeLock(unsigned Users, unsigned Rounds) {
  return [=](Scenario &S) {
    auto *L = S.make<RemoveLock<P>>();
    auto *Device = S.make<P::Cell<int>>(1);
    for (unsigned I = 0; I < Users; ++I)
      S.thread("user", [=, &S] {
        for (unsigned N = 0; N < Rounds; ++N) {
          if (!L->acquire())
            continue;
          S.expect(Device->get() == 1, "used after removal");
          L->release();
        }
      });
    S.thread("remover", [=, &S] {
      S.expect(L->acquire(), "refused before removal");
      L->releaseAndWait();
      Device->set(0);
      S.expect(!L->acquire(), "acquired after removal");
    });
  };
}

/// Each thread with a tag of its own.
void taggedRemoveLock(Scenario &S) {
  auto *L = S.make<TaggedRemoveLock<P>>();
  auto *Device = S.make<P::Cell<int>>(1);
  S.thread("user", [=, &S] {
    if (!L->acquire("user"))
      return;
    S.expect(Device->get() == 1, "used after removal");
    L->release("user");
  });
  S.thread("remover", [=, &S] {
    S.expect(L->acquire("remover"), "refused before removal");
    L->releaseAndWait("remover");
    Device->set(0);
    S.expect(!L->acquire("remover"), "acquired after removal");
    S.expect(L->isRemoved(), "not removed");
  });
}

/// A tag that was not taken, or was given up already.
Program wrongTag(const char *First, const char *Second) {
  return [=](Scenario &S) {
    auto *L = S.make<TaggedRemoveLock<P>>();
    S.thread("t", [=] {
      L->acquire("old");
      L->acquire("new");
      if (First)
        L->release(First);
      L->release(Second);
    });
  };
}

TEST(RundownFamily, RemoveLock) {
  verify({"remove lock",
          {"RemoveLock.h", "SpinLock.h"},
          {{"1 user, remover", removeLock(1, 1)},
           {"1 user x 2, remover", removeLock(1, 2)},
           {"2 users, remover", removeLock(2, 1)},
           {"tags", taggedRemoveLock},
           {"another's tag", wrongTag(nullptr, "other"), false, true,
            Failure::Kind::Misuse},
           {"a tag twice", wrongTag("old", "old"), false, true,
            Failure::Kind::Misuse},
           {"the newest tag twice", wrongTag("new", "new"), false, true,
            Failure::Kind::Misuse}},
          {}});
}

} // namespace
