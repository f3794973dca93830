//===- Races.h - Which accesses are ordered by what happened ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Happened-before by vector clocks (Lamport 1978; Mattern 1989). A flow is a
/// thread, or what interrupts one: a deferred procedure is not ordered with the
/// code on whose stack it happens to run. Locks, dispatcher objects, queues and
/// interlocked routines order flows; nothing else does.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_MACHINE_RACES_H
#define IRQLINT_RUNTIME_MACHINE_RACES_H

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace irqlint::rt {

class Races {
public:
  using Clock = std::vector<uint32_t>;
  using Flow = uint32_t;

  enum class Access : uint8_t {
    Read,
    Write,
    Atomic, ///< interlocked or volatile
    Free,   ///< the end of the memory
  };
  struct Conflict {
    Flow With = 0;
    Access How = Access::Read;
    uint32_t Where = 0; ///< SiteIndex
    uint64_t Address = 0;
  };

  /// A flow that knows what \p From knew.
  Flow begin(const Clock &From = {});
  /// What \p F knows; what it does from now on is later.
  Clock publish(Flow F);
  void learn(Flow F, const Clock &C);
  /// The same by way of an object.
  void release(Flow F, uint64_t Object);
  void acquire(Flow F, uint64_t Object);

  /// Notes an access; an earlier one that it is not ordered with, if any. Two
  /// reads and two atomic accesses do not conflict, and neither do an atomic
  /// access and a plain read.
  std::optional<Conflict> access(Flow F, uint64_t Address, uint64_t Size,
                                 Access How, uint32_t Where);

private:
  struct Seen {
    Flow By = 0;
    uint32_t At = 0; ///< its own time
    uint32_t Where = 0;
    uint8_t Bytes = 0; ///< of the word, by bit
    Access How = Access::Read;
  };
  bool isOrdered(const Seen &S, Flow F) const {
    return S.By == F || (S.By < Flows[F].size() && S.At <= Flows[F][S.By]);
  }
  static bool conflict(Access A, Access B);
  static void join(Clock &To, const Clock &From);

  std::vector<Clock> Flows;
  std::unordered_map<uint64_t, Clock> Objects;
  std::unordered_map<uint64_t, std::vector<Seen>> Words;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_MACHINE_RACES_H
