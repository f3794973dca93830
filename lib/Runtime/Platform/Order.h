//===- Order.h - Orders, time, source places --------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//===- Order.h - Memory orders, time, source places of a platform *- C++
//-*-===//
/// \file
/// The vocabulary that every platform shares. A platform is the policy class
/// that the primitives are templates over; docs/runtime.md lists what it must
/// offer. NativePlatform (Native.h) runs on the machine, ModelPlatform
/// (Model.h) under a deterministic scheduler.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PLATFORM_ORDER_H
#define IRQLINT_RUNTIME_PLATFORM_ORDER_H

#include <atomic>
#include <cstdint>

namespace irqlint::runtime {

/// Orders of the C++ memory model. A platform may be stricter, never weaker.
enum class Order : uint8_t { Relaxed, Acquire, Release, AcqRel, SeqCst };

constexpr bool acquires(Order O) {
  return O == Order::Acquire || O == Order::AcqRel || O == Order::SeqCst;
}
constexpr bool releases(Order O) {
  return O == Order::Release || O == Order::AcqRel || O == Order::SeqCst;
}

/// What a failed compare-exchange keeps of an order.
constexpr Order onFailure(Order O) {
  return O == Order::AcqRel    ? Order::Acquire
         : O == Order::Release ? Order::Relaxed
                               : O;
}

constexpr std::memory_order toStd(Order O) {
  switch (O) {
  case Order::Relaxed:
    return std::memory_order_relaxed;
  case Order::Acquire:
    return std::memory_order_acquire;
  case Order::Release:
    return std::memory_order_release;
  case Order::AcqRel:
    return std::memory_order_acq_rel;
  case Order::SeqCst:
    break;
  }
  return std::memory_order_seq_cst;
}

const char *orderName(Order O);

/// Absolute interrupt time in units of 100 ns; never runs backwards.
using Time = uint64_t;
constexpr Time Never = ~Time(0);

/// A place in the source of a primitive. The explorer names operations by it,
/// and mutates them one by one.
struct Site {
  const char *File = "";
  unsigned Line = 0;
  unsigned Column = 0;

  static constexpr Site here(const char *File = __builtin_FILE(),
                             unsigned Line = __builtin_LINE(),
#if __has_builtin(__builtin_COLUMN)
                             unsigned Column = __builtin_COLUMN()
#else
                             unsigned Column = 0
#endif
  ) {
    return {File, Line, Column};
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PLATFORM_ORDER_H
