//===- Dispatcher.h - Objects that threads wait for -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Events, semaphores, mutexes, timers and threads as things to wait for, with
/// the documented results. A wait for all is atomic: nothing is consumed until
/// everything can be.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_MACHINE_DISPATCHER_H
#define IRQLINT_RUNTIME_MACHINE_DISPATCHER_H

#include "Runtime/Machine/Machine.h"
#include <optional>
#include <unordered_map>

namespace irqlint::rt {

enum class ObjectKind : uint32_t {
  Notification,    ///< stays signalled
  Synchronization, ///< one waiter takes the signal
  Semaphore,
  Mutex, ///< signalled while nobody owns it; its owner may take it again
  /// Initialized by code that is not part of the run: somebody signals it in
  /// time.
  Environment,
};

enum class WaitResult : uint32_t { Satisfied, TimedOut };

class Dispatcher {
public:
  explicit Dispatcher(Machine &M) : M(M) {}

  struct Object {
    ObjectKind Kind = ObjectKind::Environment;
    int32_t Signal = 0; ///< of a mutex: 1 minus how often it is owned
    int32_t Limit = 1;
    Thread *Owner = nullptr;
    /// When it changes (0: not to be told).
    std::vector<Thread *> Waiters;
  };

  Object &init(uint64_t Address, ObjectKind K, int32_t Signal, int32_t Limit);
  /// Null if nobody has initialized it.
  Object *find(uint64_t Address);
  void forget(uint64_t Address) { Table.erase(Address); }

  /// Adds \p Count (events: sets, whatever the count); the state before.
  int32_t signal(uint64_t Address, int32_t Count = 1);
  int32_t reset(uint64_t Address);
  /// Satisfies who waits now, leaves it unsignalled; the state before.
  int32_t pulse(uint64_t Address);
  /// The owner gives a mutex up once; the state before.
  int32_t releaseMutex(uint64_t Address);

  /// Waits for one (\p Index: which) or all. \p Timeout in units of 100 ns from
  /// now; none: for ever; 0: only looks.
  WaitResult wait(const std::vector<uint64_t> &Objects, bool All,
                  std::optional<uint64_t> Timeout, unsigned &Index);

  /// Who waits for what, for reports of a deadlock.
  const std::map<Thread *, std::vector<uint64_t>> &waiting() const {
    return Waiting;
  }

private:
  bool ready(const Object &O) const;
  void consume(Object &O);
  bool satisfy(const std::vector<uint64_t> &Objects, bool All, unsigned &Index);
  void wakeWaiters(Object &O);

  Machine &M;
  std::unordered_map<uint64_t, Object> Table;
  std::map<Thread *, std::vector<uint64_t>> Waiting;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_MACHINE_DISPATCHER_H
