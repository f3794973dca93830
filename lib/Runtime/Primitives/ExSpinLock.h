//===- ExSpinLock.h - EX_SPIN_LOCK, the reader/writer spin lock -*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The top bit of the word belongs to the writer, from the moment it begins to
/// wait; the rest counts readers. New readers wait for a writer that waits.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_EXSPINLOCK_H
#define IRQLINT_RUNTIME_PRIMITIVES_EXSPINLOCK_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Platform/Order.h"
#include "Runtime/Platform/ThreadSafety.h"
#include <cstdint>
#include <optional>

namespace irqlint::runtime {

template <typename P> class IRQLINT_CAPABILITY("EX_SPIN_LOCK") ExSpinLock {
  static constexpr uint32_t Writer = 1u << 31;
  typename P::template Atomic<uint32_t> Word;

  static std::optional<uint32_t> addReader(uint32_t V) {
    return V & Writer ? std::nullopt : std::optional<uint32_t>(V + 1);
  }

public:
  ExSpinLock() : Word(0) {}

  void acquireShared() IRQLINT_ACQUIRE_SHARED() IRQLINT_NO_ANALYSIS {
    Word.awaitUpdate(addReader, Order::Acquire);
  }

  bool tryAcquireShared() IRQLINT_TRY_ACQUIRE_SHARED(true) IRQLINT_NO_ANALYSIS {
    return Word.update(addReader, Order::Acquire).second;
  }

  void releaseShared() IRQLINT_RELEASE_SHARED() IRQLINT_NO_ANALYSIS {
    auto Leave = [](uint32_t V) {
      return V & ~Writer ? std::optional<uint32_t>(V - 1) : std::nullopt;
    };
    if (!Word.update(Leave, Order::Release).second)
      P::misuse(Misuse::NotHeld, this, "EX_SPIN_LOCK");
  }

  void acquireExclusive() IRQLINT_ACQUIRE() IRQLINT_NO_ANALYSIS {
    Word.awaitUpdate(
        [](uint32_t V) {
          return V & Writer ? std::nullopt
                            : std::optional<uint32_t>(V | Writer);
        },
        Order::Relaxed);
    // Acquires from readers, and through their updates from the last writer.
    Word.await([](uint32_t V) { return V == Writer; }, Order::Acquire);
  }

  bool tryAcquireExclusive() IRQLINT_TRY_ACQUIRE(true) IRQLINT_NO_ANALYSIS {
    uint32_t Free = 0;
    return Word.compareExchange(Free, Writer, Order::Acquire);
  }

  /// The only reader becomes the writer; otherwise it stays a reader.
  bool tryConvert() IRQLINT_NO_ANALYSIS {
    uint32_t Alone = 1;
    return Word.compareExchange(Alone, Writer, Order::Acquire);
  }

  void releaseExclusive() IRQLINT_RELEASE() IRQLINT_NO_ANALYSIS {
    auto Leave = [](uint32_t V) {
      return V == Writer ? std::optional<uint32_t>(0) : std::nullopt;
    };
    if (!Word.update(Leave, Order::Release).second)
      P::misuse(Misuse::NotHeld, this, "EX_SPIN_LOCK");
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_EXSPINLOCK_H
