//===- PlatformTest.cpp - What every platform must offer ------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Platform/Model.h"
#include "Runtime/Platform/Native.h"
#include "Runtime/Platform/ThreadSafety.h"
#include <gtest/gtest.h>
#include <thread>
#include <vector>

using namespace irqlint::runtime;

namespace {

template <typename P> class AtomicTest : public testing::Test {};
using Platforms = testing::Types<NativePlatform, ModelPlatform>;
TYPED_TEST_SUITE(AtomicTest, Platforms);

TYPED_TEST(AtomicTest, UpdatesReturnTheOldValue) {
  typename TypeParam::template Atomic<uint32_t> A(0xf0);
  EXPECT_EQ(A.fetchAdd(1, Order::SeqCst), 0xf0u);
  EXPECT_EQ(A.fetchSub(2, Order::Relaxed), 0xf1u);
  EXPECT_EQ(A.fetchAnd(0xf, Order::Acquire), 0xefu);
  EXPECT_EQ(A.fetchOr(0x30, Order::Release), 0xfu);
  EXPECT_EQ(A.fetchXor(0xff, Order::AcqRel), 0x3fu);
  EXPECT_EQ(A.exchange(7, Order::AcqRel), 0xc0u);
  EXPECT_EQ(A.load(Order::Acquire), 7u);
}

TYPED_TEST(AtomicTest, CompareExchangeSaysWhatItFound) {
  typename TypeParam::template Atomic<uint64_t> A(5);
  uint64_t Expected = 4;
  EXPECT_FALSE(A.compareExchange(Expected, 9, Order::AcqRel));
  EXPECT_EQ(Expected, 5u);
  EXPECT_TRUE(A.compareExchange(Expected, 9, Order::AcqRel));
  EXPECT_EQ(A.load(Order::Relaxed), 9u);
}

TYPED_TEST(AtomicTest, UpdateMayDecline) {
  typename TypeParam::template Atomic<int> A(3);
  auto Half = [](int V) {
    return V % 2 ? std::nullopt : std::optional<int>(V / 2);
  };
  EXPECT_EQ(A.update(Half, Order::AcqRel), std::make_pair(3, false));
  A.store(8, Order::Release);
  EXPECT_EQ(A.update(Half, Order::AcqRel), std::make_pair(8, true));
  EXPECT_EQ(A.awaitUpdate(Half, Order::AcqRel), 4);
  EXPECT_EQ(A.await([](int V) { return V == 2; }, Order::Acquire), 2);
}

TYPED_TEST(AtomicTest, TakesNoMoreRoomThanTheValue) {
  EXPECT_EQ(sizeof(typename TypeParam::template Atomic<uint16_t>), 2u);
  EXPECT_EQ(sizeof(typename TypeParam::template Atomic<void *>),
            sizeof(void *));
  EXPECT_EQ(sizeof(typename TypeParam::template Cell<uint8_t>), 1u);
}

using N = NativePlatform;

TEST(NativeParkTest, AnUnparkBeforeIsRemembered) {
  N::unpark(N::self());
  N::unpark(N::self()); // sets the token once
  N::park();
  EXPECT_FALSE(N::parkUntil(N::now() + 1000));
}

TEST(NativeParkTest, ADeadlineThatHasPassedDoesNotBlock) {
  Time Start = N::now();
  EXPECT_FALSE(N::parkUntil(0));
  EXPECT_FALSE(N::parkUntil(Start));
  N::unpark(N::self());
  EXPECT_TRUE(N::parkUntil(0));
}

TEST(NativeParkTest, NoUnparkIsLost) {
  constexpr int Rounds = 2000;
  N::Atomic<int> Ball(0);
  N::Atomic<N::Thread *> Threads[2];
  auto Player = [&](int Me) {
    Threads[Me].store(N::self(), Order::Release);
    N::Thread *Other = Threads[!Me].await(
        [](N::Thread *T) { return T != nullptr; }, Order::Acquire);
    for (int I = 0; I < Rounds; ++I) {
      while (Ball.load(Order::Acquire) % 2 != Me)
        N::park();
      Ball.fetchAdd(1, Order::AcqRel);
      N::unpark(Other);
    }
  };
  std::thread A(Player, 0), B(Player, 1);
  A.join();
  B.join();
  EXPECT_EQ(Ball.load(Order::Relaxed), 2 * Rounds);
}

TEST(NativeParkTest, ThreadRecordsOutliveTheirThreads) {
  N::Thread *Ended = nullptr;
  std::thread([&] { Ended = N::self(); }).join();
  N::unpark(Ended); // harmless, and a successor copes with the token
  std::thread([] {
    while (N::parkUntil(N::now() + 100))
      ;
  }).join();
}

TEST(NativeClockTest, NeverRunsBackwards) {
  Time Last = N::now();
  for (int I = 0; I < 1000; ++I) {
    Time Now = N::now();
    ASSERT_GE(Now, Last);
    Last = Now;
  }
  EXPECT_LT(N::cpu(), 4096u);
  EXPECT_GE(N::cpuCount(), 1u);
}

TEST(MisuseTest, HasAHandler) {
  static int Reports;
  Reports = 0;
  MisuseHandler Old =
      setMisuseHandler([](Misuse M, const void *, const char *Primitive) {
        EXPECT_EQ(M, Misuse::NotHeld);
        EXPECT_STREQ(Primitive, "spin lock");
        ++Reports;
      });
  N::misuse(Misuse::NotHeld, nullptr, "spin lock");
  setMisuseHandler(Old);
  EXPECT_EQ(Reports, 1);
  for (unsigned I = 0; I <= unsigned(Misuse::FromWithin); ++I)
    EXPECT_STRNE(misuseText(Misuse(I)), "is misused");
}

} // namespace
