//===- Native.h - The platform that runs on the machine ---------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// std::atomic, threads parked on a futex, the monotonic clock. Every call here
/// exists in ModelPlatform with the same meaning; see docs/runtime.md.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PLATFORM_NATIVE_H
#define IRQLINT_RUNTIME_PLATFORM_NATIVE_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Platform/Order.h"
#include <cstddef>
#include <optional>
#include <utility>

namespace irqlint::runtime {

/// A thread as wakers see it. Memory of these is never returned, so a late
/// unpark of a thread that has ended is harmless.
struct NativeThread {
  std::atomic<uint32_t> Token{0}; ///< 0 none, 1 unparked, ~0 parked
  NativeThread *NextFree = nullptr;
};

/// Spins shortly, then lets others run.
class NativeBackoff {
  unsigned Round = 0;

public:
  void pause();
};

template <typename T> class NativeAtomic {
  std::atomic<T> Value;

public:
  NativeAtomic() : Value(T()) {}
  explicit NativeAtomic(T V) : Value(V) {}
  NativeAtomic(const NativeAtomic &) = delete;
  NativeAtomic &operator=(const NativeAtomic &) = delete;

  T load(Order O) const { return Value.load(toStd(O)); }
  void store(T V, Order O) { Value.store(V, toStd(O)); }
  T exchange(T V, Order O) { return Value.exchange(V, toStd(O)); }
  /// Strong. On failure Expected becomes what was found.
  bool compareExchange(T &Expected, T Desired, Order O) {
    return Value.compare_exchange_strong(Expected, Desired, toStd(O),
                                         toStd(onFailure(O)));
  }
  T fetchAdd(T V, Order O) { return Value.fetch_add(V, toStd(O)); }
  T fetchSub(T V, Order O) { return Value.fetch_sub(V, toStd(O)); }
  T fetchAnd(T V, Order O) { return Value.fetch_and(V, toStd(O)); }
  T fetchOr(T V, Order O) { return Value.fetch_or(V, toStd(O)); }
  T fetchXor(T V, Order O) { return Value.fetch_xor(V, toStd(O)); }

  /// Spins until Ready(value); returns that value.
  template <typename F> T await(F Ready, Order O) const {
    NativeBackoff B;
    for (;;) {
      T V = Value.load(toStd(O));
      if (Ready(V))
        return V;
      B.pause();
    }
  }

  /// Atomically replaces v by *Step(v) and returns v, or leaves it when Step
  /// gives nothing. Step must be a pure function: it may run several times.
  template <typename F> std::pair<T, bool> update(F Step, Order O) {
    T V = Value.load(toStd(onFailure(O) == Order::Relaxed ? Order::Relaxed
                                                          : Order::Acquire));
    for (;;) {
      std::optional<T> Next = Step(V);
      if (!Next)
        return {V, false};
      if (Value.compare_exchange_weak(V, *Next, toStd(O), toStd(onFailure(O))))
        return {V, true};
    }
  }

  /// As update, but spins while Step gives nothing.
  template <typename F> T awaitUpdate(F Step, Order O) {
    NativeBackoff B;
    for (;;) {
      auto [V, Done] = update(Step, O);
      if (Done)
        return V;
      B.pause();
    }
  }
};

/// Data that is not atomic and relies on its owner for protection.
template <typename T> class NativeCell {
  T Value;

public:
  NativeCell() : Value() {}
  explicit NativeCell(T V) : Value(V) {}
  NativeCell(const NativeCell &) = delete;
  NativeCell &operator=(const NativeCell &) = delete;
  T get() const { return Value; }
  void set(T V) { Value = V; }
};

struct NativePlatform {
  template <typename T> using Atomic = NativeAtomic<T>;
  template <typename T> using Cell = NativeCell<T>;
  using Thread = NativeThread;

  static void fence(Order O) { std::atomic_thread_fence(toStd(O)); }

  /// The calling thread; the same object as long as it lives.
  static Thread *self();
  /// Blocks until the thread's token is set, and takes it. May return early.
  static void park();
  /// As park; false when Deadline passed first.
  static bool parkUntil(Time Deadline);
  /// Sets the thread's token; several calls set it once.
  static void unpark(Thread *T);

  /// Where the caller runs now; it may have moved when this returns.
  static unsigned cpu();
  static unsigned cpuCount();
  static Time now();

  static void *allocate(size_t Size, size_t Alignment);
  static void deallocate(void *Memory, size_t Size, size_t Alignment);

  static void misuse(Misuse M, const void *Object, const char *Primitive);
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PLATFORM_NATIVE_H
