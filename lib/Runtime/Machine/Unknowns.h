//===- Unknowns.h - Memory whose contents nobody has determined -*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// A function of a driver that is run by itself reads structures that other
/// parts of the driver have filled. Such memory is unknown: what a location
/// holds is chosen when it is first read, from the values that matter to the
/// place that reads it. (Lazy initialization, as in generalized symbolic
/// execution, but with concrete values.)
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_MACHINE_UNKNOWNS_H
#define IRQLINT_RUNTIME_MACHINE_UNKNOWNS_H

#include "Runtime/Machine/Oracle.h"
#include <optional>
#include <vector>

namespace irqlint::rt {

/// The values that matter to one place of the program.
struct Domain {
  enum Kind : uint8_t {
    Integer,
    Pointer,   ///< to an object of which nothing is known
    ListFlink, ///< first word of a doubly linked list's head or entry
    ListBlink, ///< the second
  } K = Integer;
  /// The place compares the pointer with null.
  bool MayBeNull = false;
  /// Integer: the first is taken by default. Never empty.
  std::vector<int64_t> Values = {0};
};

class Unknowns {
public:
  Unknowns();
  ~Unknowns();
  Unknowns(const Unknowns &) = delete;
  Unknowns &operator=(const Unknowns &) = delete;

  /// Space at a fixed place, unknown at the start of every execution; zero
  /// instead after define().
  uint64_t addStatic(uint64_t Size);
  void define(uint64_t Address, uint64_t Size, bool Written = false);

  /// Starts an execution.
  void begin(Oracle &O);

  bool contains(uint64_t Address) const { return Address - Base < Capacity; }
  /// In a variable of the program.
  bool isStatic(uint64_t Address) const { return Address - Base < StaticEnd; }
  /// All variables of the program are as they were loaded: zero.
  void defineStatics();
  /// Before \p Size bytes at \p Address are read.
  void beforeLoad(uint64_t Address, uint64_t Size, const Domain &D) {
    if (contains(Address))
      determine(Address, Size, D);
  }
  /// Before they are written.
  void beforeStore(uint64_t Address, uint64_t Size) {
    if (contains(Address))
      define(Address, Size, /*Written=*/true);
  }
  /// Nothing has been read from or written to the location.
  bool isUnknown(uint64_t Address, uint64_t Size) const;

  /// What the program itself has written into the eight bytes at \p Address;
  /// nothing if it has not.
  std::optional<uint64_t> written(uint64_t Address) const;

  /// A pointer to a new unknown object; 0 when there are too many.
  uint64_t newObject();
  /// A value of the domain, for results and arguments.
  uint64_t value(const Domain &D);
  /// Objects exist up to this number; an execution that needs more goes in
  /// circles.
  static constexpr unsigned MaxObjects = 400;
  /// From the start of an object to what lies behind it.
  static constexpr uint64_t ObjectSize = 12288;

private:
  void determine(uint64_t Address, uint64_t Size, const Domain &D);
  void put(uint64_t Address, uint64_t Size, uint64_t Value);

  static constexpr uint64_t Capacity = uint64_t(1) << 24;
  static constexpr uint64_t StaticSpace = uint64_t(1) << 21;
  static constexpr uint64_t BlockSize = 16384, BlockOrigin = 4096;
  char *Memory, *Known;
  uint64_t Base, StaticEnd = 0, Next = StaticSpace;
  Oracle *Choices = nullptr;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_MACHINE_UNKNOWNS_H
