//===- Stress.h - Threads that fight for a while ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Runs real threads against a primitive. ThreadSanitizer judges the accesses
/// to plain data, the test counts.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TEST_RUNTIME_STRESS_H
#define IRQLINT_TEST_RUNTIME_STRESS_H

#include "Runtime/Platform/Native.h"
#include <chrono>
#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace irqlint::runtime::test {

using N = NativePlatform;

inline std::chrono::milliseconds stressTime() {
  return std::chrono::milliseconds(std::getenv("IRQLINT_NIGHTLY") ? 5000 : 120);
}

/// Calls Body(thread, round) on each thread until time is out and each has had
/// a round; how many rounds there were.
inline uint64_t stress(unsigned Threads,
                       const std::function<void(unsigned, uint64_t)> &Body) {
  std::atomic<unsigned> There{0}, GotOn{0};
  std::atomic<bool> Over{false};
  std::vector<uint64_t> Rounds(Threads);
  std::vector<std::thread> Running;
  for (unsigned T = 0; T < Threads; ++T)
    Running.emplace_back([&, T] {
      ++There;
      while (There < Threads)
        std::this_thread::yield();
      // Relaxed: must not order what the threads do.
      for (; !Over.load(std::memory_order_relaxed); ++Rounds[T]) {
        Body(T, Rounds[T]);
        if (!Rounds[T])
          GotOn.fetch_add(1, std::memory_order_relaxed);
      }
    });
  std::this_thread::sleep_for(stressTime());
  // On a busy machine it may take longer; for ever is for lit to stop.
  while (GotOn.load(std::memory_order_relaxed) < Threads)
    std::this_thread::yield();
  Over = true;
  for (std::thread &T : Running)
    T.join();
  uint64_t Sum = 0;
  for (uint64_t R : Rounds)
    Sum += R;
  return Sum;
}

/// Data under an exclusive lock: as many changes as rounds.
template <typename A, typename R> void exclusive(A Acquire, R Release) {
  uint64_t Value = 0;
  uint64_t Rounds = stress(3, [&](unsigned T, uint64_t) {
    Acquire(T);
    ++Value;
    Release(T);
  });
  EXPECT_EQ(Value, Rounds);
}

/// Two words that writers keep equal.
template <typename AS, typename RS, typename AE, typename RE>
void shared(AS AcquireShared, RS ReleaseShared, AE AcquireExclusive,
            RE ReleaseExclusive) {
  uint64_t First = 0, Second = 0;
  std::atomic<uint64_t> Writes{0};
  stress(3, [&](unsigned T, uint64_t Round) {
    if ((Round + T) % 4) {
      auto Token = AcquireShared(T);
      if (First != Second)
        ADD_FAILURE() << "written while read";
      ReleaseShared(T, Token);
    } else {
      AcquireExclusive(T);
      ++First;
      ++Second;
      ++Writes;
      ReleaseExclusive(T);
    }
  });
  EXPECT_EQ(First, Writes.load());
}

} // namespace irqlint::runtime::test

#endif // IRQLINT_TEST_RUNTIME_STRESS_H
