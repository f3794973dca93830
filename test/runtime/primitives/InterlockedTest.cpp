//===- InterlockedTest.cpp - Results and orders of interlocked routines ---===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Primitives/Interlocked.h"
#include "Family.h"
#include "Runtime/Platform/Native.h"
#include <thread>

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

template <typename Q, typename T> void results() {
  using I = Interlocked<Q>;
  typename Q::template Atomic<T> A{T(5)};
  EXPECT_EQ(I::increment(A), T(6));
  EXPECT_EQ(I::decrement(A), T(5));
  EXPECT_EQ(I::add(A, T(3)), T(8));
  EXPECT_EQ(I::exchangeAdd(A, T(2)), T(8));
  EXPECT_EQ(I::exchange(A, T(7)), T(10));
  EXPECT_EQ(I::compareExchange(A, T(1), T(6)), T(7));
  EXPECT_EQ(I::compareExchange(A, T(12), T(7)), T(7));
  EXPECT_EQ(I::bitAnd(A, T(10)), T(12));
  EXPECT_EQ(I::bitOr(A, T(3)), T(8));
  EXPECT_EQ(I::bitXor(A, T(1)), T(11));
  EXPECT_EQ(I::readNoFence(A), T(10));
  EXPECT_FALSE(I::bitTestAndSet(A, 0));
  EXPECT_TRUE(I::bitTestAndSet(A, 0));
  EXPECT_TRUE(I::bitTestAndReset(A, 8 * sizeof(T))); // bit 0 again
  EXPECT_FALSE(I::bitTestAndReset(A, 0));
  I::writeRelease(A, T(0));
  EXPECT_EQ(I::decrement(A), T(-1)); // wraps
  EXPECT_EQ(I::readAcquire(A), T(-1));
}

TEST(InterlockedTest, Results) {
  results<NativePlatform, int16_t>();
  results<NativePlatform, int32_t>();
  results<NativePlatform, int64_t>();
  results<ModelPlatform, int16_t>();
  results<ModelPlatform, int32_t>();
  results<ModelPlatform, int64_t>();
  SpinLock<NativePlatform> Lock;
  NativePlatform::Cell<uint32_t> Sum(~0u);
  EXPECT_EQ(Interlocked<NativePlatform>::lockedAdd(Sum, 2u, Lock), ~0u);
  EXPECT_EQ(Sum.get(), 1u);
}

/// A message is passed with these orders: whether its receiver may look at it.
SearchResult message(Order Send, Order Receive, bool Fences = false) {
  return explore([=](Scenario &S) {
    auto *Flag = S.make<P::Atomic<int>>(0);
    auto *Data = S.make<Protected>();
    S.thread("sender", [=] {
      Data->write();
      if (Fences)
        Interlocked<P>::memoryBarrier();
      Interlocked<P>::increment(*Flag, Send);
    });
    S.thread("receiver", [=] {
      if (!Interlocked<P>::exchangeAdd(*Flag, 0, Receive))
        return;
      if (Fences)
        Interlocked<P>::memoryBarrier();
      Data->read();
    });
  });
}

TEST(InterlockedTest, SuffixesOrderWhatTheySay) {
  constexpr Order Full = Order::SeqCst, Acquire = Order::Acquire,
                  Release = Order::Release, None = Order::Relaxed;
  EXPECT_TRUE(message(Full, Full).verified());
  EXPECT_TRUE(message(Release, Acquire).verified());
  EXPECT_TRUE(message(None, None, true).verified());
  for (auto [Send, Receive] :
       {std::pair(None, Acquire), std::pair(Release, None),
        std::pair(None, None), std::pair(Acquire, Release)})
    EXPECT_EQ(message(Send, Receive).Found.K, Failure::Kind::Race);
}

/// N threads add, in each way; nothing is lost.
void adders(Scenario &S) {
  struct Shared {
    P::Atomic<uint32_t> Sum{0};
    P::Atomic<uint64_t> Bits{0};
    P::Cell<uint64_t> Locked{0};
    SpinLock<P> Lock;
  };
  auto *M = S.make<Shared>();
  using I = Interlocked<P>;
  for (unsigned T = 0; T < 2; ++T)
    S.thread("t", [=, &S] {
      I::increment(M->Sum);
      I::add(M->Sum, 10u);
      I::exchangeAdd(M->Sum, 100u);
      I::decrement(M->Sum);
      S.expect(!I::bitTestAndSet(M->Bits, T * 33), "the bit of somebody else");
      I::bitOr(M->Bits, uint64_t(2) << T * 33);
      S.expect(I::bitTestAndReset(M->Bits, T * 33), "the bit is gone");
      I::lockedAdd(M->Locked, uint64_t(7), M->Lock);
    });
  S.atEnd([=, &S] {
    S.expect(I::exchange(M->Sum, 0u) == 220, "lost");
    S.expect(I::bitAnd(M->Bits, uint64_t(0)) == (2 | uint64_t(2) << 33),
             "bits are lost");
    S.expect(M->Locked.get() == 14, "locked additions are lost");
  });
}

/// One of two gets what is there once.
void takers(Scenario &S) {
  auto *Ticket = S.make<P::Atomic<int>>(1);
  auto *Other = S.make<P::Atomic<int>>(1);
  auto *Toggle = S.make<P::Atomic<int>>(12);
  auto *Got = S.make<P::Atomic<int>>(0);
  using I = Interlocked<P>;
  for (int T = 0; T < 2; ++T)
    S.thread("t", [=] {
      if (I::compareExchange(*Ticket, 0, 1) == 1)
        I::increment(*Got, Order::Relaxed);
      if (I::exchange(*Other, 0))
        I::increment(*Got, Order::Relaxed);
      I::bitXor(*Toggle, 1 << T);
      I::bitAnd(*Toggle, ~(4 << T));
    });
  S.atEnd([=, &S] {
    S.expect(I::readAcquire(*Got) == 2, "not one each");
    S.expect(I::readNoFence(*Toggle) == 3, "a toggle is lost");
    I::writeNoFence(*Toggle, 5);
    I::writeRelease(*Ticket, 6);
    S.expect(I::readAcquire(*Toggle) == 5 && I::readAcquire(*Ticket) == 6,
             "writes");
  });
}

Program pass(bool ByStore) {
  return [=](Scenario &S) {
    auto *Flag = S.make<P::Atomic<int>>(0);
    auto *Data = S.make<Protected>();
    using I = Interlocked<P>;
    S.thread("sender", [=] {
      Data->write();
      if (ByStore)
        I::writeRelease(*Flag, 1);
      else {
        I::memoryBarrier();
        I::writeNoFence(*Flag, 1);
      }
    });
    S.thread("receiver", [=] {
      bool Sent = ByStore ? I::readAcquire(*Flag) : I::readNoFence(*Flag);
      if (!ByStore)
        I::memoryBarrier();
      if (Sent)
        Data->read();
    });
  };
}

TEST(InterlockedFamily, Routines) {
  const char *Full = "the documented full barrier, of which only atomicity "
                     "shows here; orders have tests of their own";
  verify({"interlocked routines",
          {"Interlocked.h"},
          {{"adders", adders},
           {"takers", takers},
           {"message by acquire and release", pass(true)},
           {"message by barriers", pass(false)}},
          {{"fetch", "acquire", Full},
           {"fetch", "release", Full},
           {"xchange(", "acquire", Full},
           {"xchange(", "release", Full}}});
}

} // namespace
