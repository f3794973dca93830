//===- RemoveLock.h - IO_REMOVE_LOCK ----------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Counts those who use a device, and lets the one who removes it wait for
/// them. The count begins with one that belongs to the device itself; bit 0 of
/// the word says that removal has begun, and whoever comes then changes
/// nothing. Source: IoAcquireRemoveLock and its relatives in the WDK
/// documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_REMOVELOCK_H
#define IRQLINT_RUNTIME_PRIMITIVES_REMOVELOCK_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Primitives/WaitBlock.h"
#include <cstdint>
#include <optional>

namespace irqlint::runtime {

template <typename P> class RemoveLock {
  static constexpr uint32_t Removing = 1, One = 2;
  typename P::template Atomic<uint32_t> Word{One};
  typename P::template Atomic<Sleeper<P> *> Remover{nullptr};

public:
  /// False (STATUS_DELETE_PENDING) once removal has begun.
  bool acquire() {
    return Word
        .update(
            [](uint32_t V) {
              return V & Removing ? std::nullopt
                                  : std::optional<uint32_t>(V + One);
            },
            Order::Relaxed)
        .second;
  }

  void release() {
    auto Leave = [](uint32_t V) {
      return V < (V & Removing ? One : 2 * One)
                 ? std::nullopt
                 : std::optional<uint32_t>(V - One);
    };
    auto [V, Done] = Word.update(Leave, Order::AcqRel);
    if (!Done)
      P::misuse(Misuse::OverRelease, this, "remove lock");
    else if (V == (Removing | One))
      Remover.load(Order::Relaxed)->wake();
  }

  /// By a holder; returns when nobody else holds it.
  void releaseAndWait() {
    Sleeper<P> S;
    Remover.store(&S, Order::Relaxed);
    // Gives up the device's reference and the caller's.
    auto Close = [](uint32_t V) {
      return V & Removing || V < 2 * One
                 ? std::nullopt
                 : std::optional<uint32_t>((V - 2 * One) | Removing);
    };
    auto [V, Done] = Word.update(Close, Order::AcqRel);
    if (!Done)
      P::misuse(V & Removing ? Misuse::InUse : Misuse::NotHeld, this,
                "remove lock");
    else if (V != 2 * One)
      S.sleep();
  }

  bool isRemoved() const { return Word.load(Order::Relaxed) & Removing; }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_REMOVELOCK_H
