//===- SpinLock.h - KSPIN_LOCK as one word ----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The plain spin lock: a word that is 0 when free. IRQL is the business of the
/// machine around it. Source: KeAcquireSpinLock and its relatives in the WDK
/// documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_SPINLOCK_H
#define IRQLINT_RUNTIME_PRIMITIVES_SPINLOCK_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Platform/Order.h"
#include "Runtime/Platform/ThreadSafety.h"
#include <cstdint>
#include <optional>

namespace irqlint::runtime {

template <typename P> class IRQLINT_CAPABILITY("spin lock") SpinLock {
  typename P::template Atomic<uintptr_t> Word;

public:
  SpinLock() : Word(0) {}

  void acquire() IRQLINT_ACQUIRE() IRQLINT_NO_ANALYSIS {
    Word.awaitUpdate(
        [](uintptr_t V) {
          return V ? std::nullopt : std::optional<uintptr_t>(1);
        },
        Order::Acquire);
  }

  bool tryAcquire() IRQLINT_TRY_ACQUIRE(true) IRQLINT_NO_ANALYSIS {
    uintptr_t Free = 0;
    return Word.compareExchange(Free, 1, Order::Acquire);
  }

  void release() IRQLINT_RELEASE() IRQLINT_NO_ANALYSIS {
    Word.store(0, Order::Release);
  }

  /// Whether an attempt would succeed now (KeTestSpinLock).
  bool isFree() const { return Word.load(Order::Relaxed) == 0; }
};

/// Holds a lock as long as it lives.
template <typename L> class IRQLINT_SCOPED Holding {
  L &Lock;

public:
  explicit Holding(L &Lock) IRQLINT_ACQUIRE(Lock) : Lock(Lock) {
    Lock.acquire();
  }
  ~Holding() IRQLINT_RELEASE() { Lock.release(); }
  Holding(const Holding &) = delete;
  Holding &operator=(const Holding &) = delete;
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_SPINLOCK_H
