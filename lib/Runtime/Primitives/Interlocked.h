//===- Interlocked.h - Interlocked routines ---------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What each routine returns, the new value or the old one, and what its suffix
/// leaves of the full barrier. Source: "Interlocked Variable Access" in the
/// Windows SDK documentation, ExInterlockedAddUlong in that of the WDK.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_INTERLOCKED_H
#define IRQLINT_RUNTIME_PRIMITIVES_INTERLOCKED_H

#include "Runtime/Primitives/SpinLock.h"

namespace irqlint::runtime {

/// The suffixes of the routines as orders: none, Acquire, Release, NoFence.
template <typename P> struct Interlocked {
  template <typename T> using Atomic = typename P::template Atomic<T>;

  /// InterlockedIncrement, ...Decrement: the new value.
  template <typename T>
  static T increment(Atomic<T> &A, Order O = Order::SeqCst) {
    return T(A.fetchAdd(T(1), O) + T(1));
  }
  template <typename T>
  static T decrement(Atomic<T> &A, Order O = Order::SeqCst) {
    return T(A.fetchSub(T(1), O) - T(1));
  }
  /// InterlockedAdd: the new value; ...ExchangeAdd: the old one.
  template <typename T>
  static T add(Atomic<T> &A, T V, Order O = Order::SeqCst) {
    return T(A.fetchAdd(V, O) + V);
  }
  template <typename T>
  static T exchangeAdd(Atomic<T> &A, T V, Order O = Order::SeqCst) {
    return A.fetchAdd(V, O);
  }
  template <typename T>
  static T exchange(Atomic<T> &A, T V, Order O = Order::SeqCst) {
    return A.exchange(V, O);
  }
  /// The old value; equal to Comparand when it was replaced.
  template <typename T>
  static T compareExchange(Atomic<T> &A, T V, T Comparand,
                           Order O = Order::SeqCst) {
    A.compareExchange(Comparand, V, O);
    return Comparand;
  }
  /// InterlockedAnd, ...Or, ...Xor: the old value.
  template <typename T>
  static T bitAnd(Atomic<T> &A, T V, Order O = Order::SeqCst) {
    return A.fetchAnd(V, O);
  }
  template <typename T>
  static T bitOr(Atomic<T> &A, T V, Order O = Order::SeqCst) {
    return A.fetchOr(V, O);
  }
  template <typename T>
  static T bitXor(Atomic<T> &A, T V, Order O = Order::SeqCst) {
    return A.fetchXor(V, O);
  }
  /// The old bit; only the low bits of N count.
  template <typename T>
  static bool bitTestAndSet(Atomic<T> &A, unsigned N, Order O = Order::SeqCst) {
    T Bit = T(1) << N % (8 * sizeof(T));
    return A.fetchOr(Bit, O) & Bit;
  }
  template <typename T>
  static bool bitTestAndReset(Atomic<T> &A, unsigned N,
                              Order O = Order::SeqCst) {
    T Bit = T(1) << N % (8 * sizeof(T));
    return A.fetchAnd(T(~Bit), O) & Bit;
  }

  /// ExInterlockedAddUlong and ...AddLargeInteger: the old value of a variable
  /// that only this lock protects.
  template <typename T>
  static T lockedAdd(typename P::template Cell<T> &Value, T V,
                     SpinLock<P> &Lock) {
    Holding<SpinLock<P>> Held(Lock);
    T Old = Value.get();
    Value.set(Old + V);
    return Old;
  }

  /// ReadAcquire, WriteRelease, ReadNoFence, WriteNoFence, KeMemoryBarrier.
  template <typename T> static T readAcquire(const Atomic<T> &A) {
    return A.load(Order::Acquire);
  }
  template <typename T> static void writeRelease(Atomic<T> &A, T V) {
    A.store(V, Order::Release);
  }
  template <typename T> static T readNoFence(const Atomic<T> &A) {
    return A.load(Order::Relaxed);
  }
  template <typename T> static void writeNoFence(Atomic<T> &A, T V) {
    A.store(V, Order::Relaxed);
  }
  static void memoryBarrier() { P::fence(Order::SeqCst); }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_INTERLOCKED_H
