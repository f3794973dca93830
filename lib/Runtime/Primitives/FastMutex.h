//===- FastMutex.h - Fast and guarded mutexes -------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The word: bit 0 the mutex is free, bit 1 a waiter has been woken and not yet
/// run, the rest counts waiters that nobody has woken. So a release wakes at
/// most one at a time, and newcomers may overtake it. APC_LEVEL and guarded
/// regions are the business of the machine around it. Source:
/// ExAcquireFastMutex and KeAcquireGuardedMutex in the WDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_FASTMUTEX_H
#define IRQLINT_RUNTIME_PRIMITIVES_FASTMUTEX_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Platform/ThreadSafety.h"
#include "Runtime/Primitives/WaitBlock.h"
#include <cstdint>
#include <optional>

namespace irqlint::runtime {

/// A signal that releases one waiter, the longest waiting one, and stays if
/// there is none. Only one thread at a time may set it.
template <typename P> class Gate {
  struct alignas(8) Block {
    Sleeper<P> Owner;
    typename P::template Cell<Block *> Older{nullptr};
  };
  static constexpr uintptr_t Signaled = 1;
  typename P::template Atomic<uintptr_t> Word{0}; ///< or the newest block

public:
  void wait() {
    Block Mine;
    uintptr_t V = Word.load(Order::Relaxed);
    for (;;) {
      if (V == Signaled) {
        if (Word.compareExchange(V, 0, Order::Relaxed))
          return;
        continue;
      }
      Mine.Older.set(reinterpret_cast<Block *>(V));
      if (Word.compareExchange(V, reinterpret_cast<uintptr_t>(&Mine),
                               Order::Release))
        break;
    }
    Mine.Owner.sleep();
  }

  void set() {
    uintptr_t V = Word.load(Order::Acquire);
    for (;;) {
      if (V == Signaled)
        return;
      Block *Last = reinterpret_cast<Block *>(V), *Newer = nullptr;
      for (; Last && Last->Older.get(); Last = Last->Older.get())
        Newer = Last;
      if (Newer) {
        // Others only add at the other end.
        Newer->Older.set(nullptr);
        Last->Owner.wake();
        return;
      }
      if (Word.compareExchange(V, Last ? 0 : Signaled, Order::Acquire)) {
        if (Last)
          Last->Owner.wake();
        return;
      }
    }
  }
};

template <typename P> class IRQLINT_CAPABILITY("fast mutex") FastMutex {
  static constexpr uint32_t Free = 1, Woken = 2, Waiter = 4;
  typename P::template Atomic<uint32_t> Word{Free};
  typename P::template Atomic<typename P::Thread *> Owner{nullptr};
  Gate<P> Wake;

public:
  void acquire() IRQLINT_ACQUIRE() IRQLINT_NO_ANALYSIS {
    auto [V, Done] = Word.update(
        [](uint32_t V) -> std::optional<uint32_t> {
          return V & Free ? V & ~Free : V + Waiter;
        },
        Order::Acquire);
    while (!(V & Free)) {
      Wake.wait();
      // Either it is free now, or this thread waits again, unwoken.
      V = Word.update(
                  [](uint32_t V) -> std::optional<uint32_t> {
                    return V & Free ? V & ~(Free | Woken)
                                    : (V & ~Woken) + Waiter;
                  },
                  Order::AcqRel)
              .first;
    }
    Owner.store(P::self(), Order::Relaxed);
  }

  bool tryAcquire() IRQLINT_TRY_ACQUIRE(true) IRQLINT_NO_ANALYSIS {
    auto Take = [](uint32_t V) {
      return V & Free ? std::optional<uint32_t>(V & ~Free) : std::nullopt;
    };
    if (!Word.update(Take, Order::Acquire).second)
      return false;
    Owner.store(P::self(), Order::Relaxed);
    return true;
  }

  void release() IRQLINT_RELEASE() IRQLINT_NO_ANALYSIS {
    if (Owner.load(Order::Relaxed) != P::self()) {
      P::misuse(Misuse::NotOwner, this, "fast mutex");
      return;
    }
    Owner.store(nullptr, Order::Relaxed);
    auto WakesOne = [](uint32_t V) { return V >= Waiter && !(V & Woken); };
    uint32_t V =
        Word.update(
                [&](uint32_t V) -> std::optional<uint32_t> {
                  return WakesOne(V) ? (V | Free | Woken) - Waiter : V | Free;
                },
                Order::AcqRel)
            .first;
    if (WakesOne(V))
      Wake.set();
  }

  /// The owner, for the verifier; a moment's answer for anybody else.
  typename P::Thread *owner() const { return Owner.load(Order::Relaxed); }
  /// Neither owned nor waited for, and no wake-up on its way.
  bool isIdle() const { return Word.load(Order::Relaxed) == Free; }
};

template <typename P> using GuardedMutex = FastMutex<P>;

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_FASTMUTEX_H
