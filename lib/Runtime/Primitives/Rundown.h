//===- Rundown.h - Rundown protection, plain and per processor --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The word counts references in steps of two. Running down replaces the count
/// by the address of a block on the waiter's stack, with bit 0 set; from then
/// on acquisitions fail and releases go to the block. In the form for many
/// processors each has a word of its own, and only their sum means anything.
/// Source: ExAcquireRundownProtection and its relatives in the WDK
/// documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_RUNDOWN_H
#define IRQLINT_RUNTIME_PRIMITIVES_RUNDOWN_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Primitives/WaitBlock.h"
#include <cstdint>
#include <new>
#include <optional>

namespace irqlint::runtime {

template <typename P> struct RundownWaiter {
  Sleeper<P> Owner;
  /// References that are still out; below zero while they are being summed up.
  typename P::template Atomic<intptr_t> Left{0};

  void release(uintptr_t N) {
    if (Left.fetchSub(intptr_t(N), Order::AcqRel) == intptr_t(N))
      Owner.wake();
  }
};

template <typename P> class Rundown {
  using Waiter = RundownWaiter<P>;
  static constexpr uintptr_t Active = 1, One = 2;
  typename P::template Atomic<uintptr_t> Word{0};

  template <typename Q> friend class CacheAwareRundown;

  static Waiter *waiter(uintptr_t V) {
    return reinterpret_cast<Waiter *>(V & ~Active);
  }
  static uintptr_t closed(Waiter &W) {
    return reinterpret_cast<uintptr_t>(&W) | Active;
  }

public:
  /// False once running down has begun.
  bool acquire(uintptr_t N = 1) {
    return Word
        .update(
            [N](uintptr_t V) {
              return V & Active ? std::nullopt
                                : std::optional<uintptr_t>(V + N * One);
            },
            Order::Acquire)
        .second;
  }

  void release(uintptr_t N = 1) {
    auto Leave = [N](uintptr_t V) {
      return V & Active || V < N * One ? std::nullopt
                                       : std::optional<uintptr_t>(V - N * One);
    };
    auto [V, Done] = Word.update(Leave, Order::AcqRel);
    if (Done)
      return;
    if (V & Active && waiter(V))
      waiter(V)->release(N);
    else
      P::misuse(Misuse::OverRelease, this, "rundown protection");
  }

  /// Returns when all references are back; no later acquisition succeeds.
  void wait() {
    Waiter W;
    // The block has to hold the count before releases can reach it.
    uintptr_t V = Word.load(Order::Relaxed);
    for (;;) {
      if (V == Active)
        return;
      if (V & Active) {
        P::misuse(Misuse::InUse, this, "rundown protection");
        return;
      }
      W.Left.store(intptr_t(V / One), Order::Relaxed);
      if (Word.compareExchange(V, V ? closed(W) : Active, Order::AcqRel))
        break;
    }
    if (!V)
      return;
    W.Owner.sleep();
    Word.store(Active, Order::Relaxed); // nothing refers to W any more
  }

  /// After wait(): protection starts anew.
  void reinitialize() { Word.store(0, Order::Release); }
  /// Marks it as run down without waiting.
  void completed() { Word.store(Active, Order::Relaxed); }
};

template <typename P> class CacheAwareRundown {
  using Waiter = RundownWaiter<P>;
  struct alignas(64) Slot {
    typename P::template Atomic<uintptr_t> Word{0};
  };
  static constexpr uintptr_t Active = 1, One = 2;
  unsigned Count;
  Slot *Slots;

  Slot &mine() { return Slots[P::cpu() % Count]; }

public:
  CacheAwareRundown()
      : Count(P::cpuCount()), Slots(static_cast<Slot *>(P::allocate(
                                  sizeof(Slot) * Count, alignof(Slot)))) {
    for (unsigned I = 0; Slots && I < Count; ++I)
      new (&Slots[I]) Slot;
  }
  ~CacheAwareRundown() {
    if (Slots)
      P::deallocate(Slots, sizeof(Slot) * Count, alignof(Slot));
  }
  CacheAwareRundown(const CacheAwareRundown &) = delete;
  CacheAwareRundown &operator=(const CacheAwareRundown &) = delete;

  /// Whether there was memory for the words.
  bool isValid() const { return Slots; }

  bool acquire(uintptr_t N = 1) {
    return mine()
        .Word
        .update(
            [N](uintptr_t V) {
              return V & Active ? std::nullopt
                                : std::optional<uintptr_t>(V + N * One);
            },
            Order::Acquire)
        .second;
  }

  /// On whatever processor: a word may go below zero.
  void release(uintptr_t N = 1) {
    auto [V, Done] = mine().Word.update(
        [N](uintptr_t V) {
          return V & Active ? std::nullopt
                            : std::optional<uintptr_t>(V - N * One);
        },
        Order::AcqRel);
    if (Done)
      return;
    if (V == Active)
      P::misuse(Misuse::OverRelease, this, "rundown protection");
    else
      reinterpret_cast<Waiter *>(V & ~Active)->release(N);
  }

  void wait() {
    Waiter W;
    intptr_t Out = 0;
    for (unsigned I = 0; I < Count; ++I) {
      auto [V, Done] = Slots[I].Word.update(
          [&W](uintptr_t V) {
            return V & Active ? std::nullopt
                              : std::optional<uintptr_t>(
                                    reinterpret_cast<uintptr_t>(&W) | Active);
          },
          Order::AcqRel);
      if (!Done) // by a wait before, all of it
        return;
      Out += intptr_t(V) / intptr_t(One);
    }
    if (W.Left.fetchAdd(Out, Order::Acquire) + Out != 0)
      W.Owner.sleep();
    for (unsigned I = 0; I < Count; ++I)
      Slots[I].Word.store(Active, Order::Relaxed);
  }

  void reinitialize() {
    for (unsigned I = 0; I < Count; ++I)
      Slots[I].Word.store(0, Order::Release);
  }
  void completed() {
    for (unsigned I = 0; I < Count; ++I)
      Slots[I].Word.store(Active, Order::Relaxed);
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_RUNDOWN_H
