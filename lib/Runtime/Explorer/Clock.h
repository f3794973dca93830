//===- Clock.h - Vector clocks ----------------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// One counter per thread of an execution; a clock is at or after another when
/// it is so in each counter.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_EXPLORER_CLOCK_H
#define IRQLINT_RUNTIME_EXPLORER_CLOCK_H

#include <algorithm>
#include <cstdint>

namespace irqlint::runtime {

/// Threads of one execution, the one that sets up included.
constexpr unsigned MaxThreads = 32;

struct Clock {
  uint32_t At[MaxThreads] = {};

  void join(const Clock &Other) {
    for (unsigned I = 0; I < MaxThreads; ++I)
      At[I] = std::max(At[I], Other.At[I]);
  }
  bool covers(const Clock &Other) const {
    for (unsigned I = 0; I < MaxThreads; ++I)
      if (At[I] < Other.At[I])
        return false;
    return true;
  }
  void clear() { std::fill(At, At + MaxThreads, 0); }
};

/// A moment of one thread; clock 0 is before everything.
struct Epoch {
  unsigned Thread = 0;
  uint32_t Clock = 0;

  bool before(const runtime::Clock &C) const { return Clock <= C.At[Thread]; }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_EXPLORER_CLOCK_H
