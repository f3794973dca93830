//===- Locations.h - Shadow state of the memory of an execution -*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What is known of each atomic and each cell: when it was written and read,
/// and what a reader that acquires learns. Judges races and lifetimes by
/// happens-before of the C++ memory model: release sequences, fences; seq_cst
/// counts as acq_rel, for executions are interleavings.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_EXPLORER_LOCATIONS_H
#define IRQLINT_RUNTIME_EXPLORER_LOCATIONS_H

#include "Runtime/Explorer/Clock.h"
#include "Runtime/Platform/Order.h"
#include <cstddef>
#include <vector>

namespace irqlint::runtime {

struct Location {
  const void *Address = nullptr;
  unsigned Size = 0;
  bool Dead = false;   ///< its lifetime has ended
  bool Atomic = false; ///< accessed by operations
  Epoch Write;         ///< last plain write, or begin of life
  Site WriteSite;
  Clock Accesses;  ///< all others: reads; for an atomic its operations
  Site AccessSite; ///< the latest of them
  Clock Released;  ///< what acquiring the present value brings
};

/// The happens-before clocks of one thread.
struct ThreadClocks {
  Clock Now;
  Clock Fenced;          ///< Now at the last release fence
  Clock Seen;            ///< what relaxed reads saw, for the next acquire fence
  bool HasFence = false; ///< Fenced says something
};

class Locations {
  std::vector<Location> All;
  unsigned Used = 0;
  struct Slot {
    const void *Address;
    unsigned Index, Generation;
  };
  std::vector<Slot> Table;
  unsigned Generation = 0;

  void grow();

public:
  Locations();
  /// Forgets everything.
  void clear();
  unsigned size() const { return Used; }
  Location &operator[](unsigned Index) { return All[Index]; }
  const Location &operator[](unsigned Index) const { return All[Index]; }
  /// The location at Address, made on first use.
  unsigned find(const void *Address, unsigned Size);

  /// Updates of clocks by an atomic operation. Read: it observed the value;
  /// Wrote: it changed it; both: a read-modify-write.
  static void synchronize(Location &L, ThreadClocks &T, Order O, bool Read,
                          bool Wrote);
  static void fence(ThreadClocks &T, Order O);
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_EXPLORER_LOCATIONS_H
