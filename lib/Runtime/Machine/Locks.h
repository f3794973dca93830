//===- Locks.h - Locks as the rules describe them ---------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// The abstract lock: who owns it, in which mode, who waits. Every kind of lock
/// of the rules behaves like one of these four: spinning or blocking, counting
/// its owner's acquisitions or not. What the algorithms behind the real ones
/// guarantee beyond that is verified where they are implemented.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_MACHINE_LOCKS_H
#define IRQLINT_RUNTIME_MACHINE_LOCKS_H

#include "Runtime/Machine/Machine.h"
#include <unordered_map>

namespace irqlint::rt {

struct LockTraits {
  bool Spins = false;
  bool RecursiveExclusive = false, RecursiveShared = false;
};

class Locks {
public:
  explicit Locks(Machine &M) : M(M) {}

  /// Returns when it is owned; for ever waiting if nobody gives it up.
  void acquire(uint64_t Object, const LockTraits &T, bool Shared);
  bool tryAcquire(uint64_t Object, const LockTraits &T, bool Shared);
  /// Gives up one acquisition of the calling thread, or of whoever has it.
  /// False if nobody has it.
  bool release(uint64_t Object);
  /// Exclusive to shared, or (only if nobody else shares it) the other way.
  bool convert(uint64_t Object, bool ToShared);
  /// Nobody gets it from now on; returns when nobody has it.
  void drain(uint64_t Object);
  /// Any thread owns it.
  bool isHeld(uint64_t Object) const;
  bool isHeldBy(uint64_t Object, const void *Owner) const;
  /// The object is (again) a lock that nobody owns.
  void reset(uint64_t Object) {
    M.touched(Object);
    Table.erase(Object);
  }
  /// Who waits for what, for reports of a deadlock: thread and object.
  const std::map<Thread *, uint64_t> &waiting() const { return Waiting; }

private:
  struct State {
    const void *Owner = nullptr; ///< exclusive
    unsigned Depth = 0;
    std::map<const void *, unsigned> Sharers;
    bool Closed = false; ///< nobody gets it any more
    unsigned WritersWaiting = 0;
    std::vector<Thread *> Waiters;
  };
  bool grant(uint64_t Object, State &S, const LockTraits &T, bool Shared);
  bool take(State &S, const LockTraits &T, bool Shared);

  Machine &M;
  std::unordered_map<uint64_t, State> Table;
  std::map<Thread *, uint64_t> Waiting;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_MACHINE_LOCKS_H
