//===- LockStressTest.cpp - Locks of production under stress --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Primitives/ConditionVariable.h"
#include "Runtime/Primitives/CriticalSection.h"
#include "Runtime/Primitives/DriverLocks.h"
#include "Runtime/Primitives/FastMutex.h"
#include "Runtime/Primitives/PerProcessor.h"
#include "Runtime/Primitives/RemoveLock.h"
#include "Runtime/Primitives/Resource.h"
#include "Runtime/Primitives/RunOnce.h"
#include "Runtime/Primitives/Rundown.h"
#include "Runtime/Primitives/SList.h"
#include "Stress.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

/// A report ends the process, and so cannot go unnoticed.
extern "C" const char *__tsan_default_options() { return "halt_on_error=1"; }

namespace {

TEST(StressDeathTest, RacesAreNoticed) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        // One after the other, but nothing says so: found every time.
        int Value = 0;
        std::atomic<bool> Written{false};
        std::thread Other([&] {
          Value = 1;
          Written.store(true, std::memory_order_relaxed);
        });
        while (!Written.load(std::memory_order_relaxed))
          std::this_thread::yield();
        Value = 2;
        Other.join();
      },
      "data race");
}

template <typename L> void plain(L &Lock) {
  exclusive([&](unsigned) { Lock.acquire(); },
            [&](unsigned) { Lock.release(); });
}

template <typename L> void readersAndWriters(L &Lock) {
  shared(
      [&](unsigned) {
        Lock.acquireShared();
        return 0;
      },
      [&](unsigned, int) { Lock.releaseShared(); },
      [&](unsigned) { Lock.acquireExclusive(); },
      [&](unsigned) { Lock.releaseExclusive(); });
}

template <typename L> void split(L &Lock) {
  shared([&](unsigned) { return Lock.acquireShared(); },
         [&](unsigned, auto *Token) { Lock.releaseShared(Token); },
         [&](unsigned) { Lock.acquireExclusive(); },
         [&](unsigned) { Lock.releaseExclusive(); });
}

TEST(LockStress, SpinLock) {
  SpinLock<N> L;
  plain(L);
}

TEST(LockStress, QueuedSpinLock) {
  QueuedSpinLock<N> L;
  QueuedHandle<N> H[3];
  exclusive([&](unsigned T) { L.acquire(H[T]); },
            [&](unsigned T) { L.release(H[T]); });
}

TEST(LockStress, ExSpinLock) {
  ExSpinLock<N> L;
  readersAndWriters(L);
}

TEST(LockStress, PushLock) {
  PushLock<N> L;
  readersAndWriters(L);
}

TEST(LockStress, FastMutex) {
  FastMutex<N> L;
  plain(L);
}

TEST(LockStress, CriticalSection) {
  AddressWait<N> Waits;
  CriticalSection<N> L(Waits);
  plain(L);
}

TEST(LockStress, Resources) {
  Resource<N> L;
  shared([&](unsigned) { return L.acquireShared(); },
         [&](unsigned, bool) { L.release(); },
         [&](unsigned) { L.acquireExclusive(); },
         [&](unsigned) { L.release(); });
  RtlResource<N> User;
  shared([&](unsigned) { return User.acquireShared(); },
         [&](unsigned, bool) { User.release(); },
         [&](unsigned) { User.acquireExclusive(); },
         [&](unsigned) { User.release(); });
}

TEST(LockStress, ByProcessor) {
  NdisRwLock<N> Ndis;
  split(Ndis);
  CacheAwarePushLock<N> Aware;
  split(Aware);
  AutoExpandPushLock<N> Expanding(1);
  split(Expanding);
}

TEST(LockStress, ConditionVariable) {
  PushLock<N> Lock;
  ConditionVariable<N> Changed;
  // Passed on around a ring: thread T goes when Turn % 3 is T.
  uint64_t Turn = 0;
  std::vector<std::thread> Ring;
  constexpr uint64_t Last = 3000;
  for (unsigned T = 0; T < 3; ++T)
    Ring.emplace_back([&, T] {
      Lock.acquireExclusive();
      while (Turn < Last) {
        if (Turn % 3 == T) {
          ++Turn;
          Changed.wakeAll();
          continue;
        }
        Changed.sleep([&] { Lock.releaseExclusive(); },
                      [&] { Lock.acquireExclusive(); });
      }
      Lock.releaseExclusive();
    });
  for (std::thread &T : Ring)
    T.join();
  EXPECT_EQ(Turn, Last);
}

TEST(LockStress, Rundown) {
  // The owner ends the object's life again and again.
  Rundown<N> Ref;
  CacheAwareRundown<N> Aware;
  uint64_t Object = 1, Other = 1;
  std::atomic<uint64_t> Used{0};
  stress(3, [&](unsigned T, uint64_t) {
    if (!T) {
      Ref.wait();
      Object = 0;
      Object = 1;
      Ref.reinitialize();
      Aware.wait();
      Other = 0;
      Other = 1;
      Aware.reinitialize();
      std::this_thread::yield();
      return;
    }
    if (Ref.acquire()) {
      Used += Object;
      Ref.release();
    }
    if (Aware.acquire()) {
      Used += Other;
      Aware.release();
    }
  });
  EXPECT_GT(Used.load(), 0u);
}

TEST(LockStress, RemoveLockAndRunOnce) {
  for (int Round = 0; Round < 200; ++Round) {
    RemoveLock<N> Lock;
    RunOnce<N> Once;
    int Device = 1, Context = 0;
    std::atomic<int> Runs{0};
    std::vector<std::thread> Threads;
    for (int T = 0; T < 3; ++T)
      Threads.emplace_back([&, T] {
        uintptr_t Got;
        if (Once.begin(Got) == OnceBegin::Run) {
          Context = 7;
          ++Runs;
          Once.complete(16);
        } else {
          EXPECT_EQ(Context, 7);
        }
        if (!Lock.acquire())
          return;
        if (T) {
          EXPECT_EQ(Device, 1);
          Lock.release();
        } else {
          Lock.releaseAndWait();
          Device = 0;
        }
      });
    for (std::thread &T : Threads)
      T.join();
    EXPECT_EQ(Runs.load(), 1);
  }
}

TEST(LockStress, SequencedList) {
  struct Item : SListEntry<N> {
    uint64_t Owner = 0;
  };
  SList<N> List;
  Item Items[4];
  for (Item &I : Items)
    List.push(&I);
  stress(3, [&](unsigned T, uint64_t) {
    if (auto *I = static_cast<Item *>(List.pop())) {
      I->Owner = T; // nobody else has it
      EXPECT_EQ(I->Owner, T);
      List.push(I);
    }
  });
  EXPECT_EQ(List.depth(), 4u);
}

} // namespace
