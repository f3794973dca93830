//===- Irql.h - Interrupt request levels as intervals -----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The five-step level scale that rules are written in, and closed intervals
/// over it. An interval that covers the whole scale means "unknown"; it is a
/// value like any other and never read as PASSIVE.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_MODEL_IRQL_H
#define IRQLINT_MODEL_IRQL_H

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace irqlint {

/// Levels in the order of the documentation. DIRQL stands for every device
/// level (3..12 on x64), HIGH for CLOCK, IPI, POWER, PROFILE and HIGH_LEVEL.
enum class Irql : uint8_t { Passive, Apc, Dispatch, Dirql, High };

constexpr Irql LowestIrql = Irql::Passive;
constexpr Irql HighestIrql = Irql::High;

/// "PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL", "DIRQL", "HIGH_LEVEL".
const char *irqlName(Irql L);

/// Parses PASSIVE, APC, DISPATCH, DIRQL, HIGH and the _LEVEL spellings.
std::optional<Irql> parseIrql(std::string_view Text);

/// The step of the scale that a numeric KIRQL of the target means.
/// x64 and ARM64 know 0..15, x86 0..31 (HIGH_LEVEL 31, device levels 3..26).
Irql irqlFromNumber(uint64_t N, bool Is64Bit = true);

/// A closed interval of levels.
struct IrqlRange {
  Irql Lo = LowestIrql;
  Irql Hi = HighestIrql;

  static constexpr IrqlRange unknown() { return {}; }
  static constexpr IrqlRange exactly(Irql L) { return {L, L}; }

  constexpr bool isUnknown() const {
    return Lo == LowestIrql && Hi == HighestIrql;
  }
  constexpr bool isExact() const { return Lo == Hi; }
  constexpr bool contains(Irql L) const { return Lo <= L && L <= Hi; }
  constexpr bool within(IrqlRange O) const { return O.Lo <= Lo && Hi <= O.Hi; }
  constexpr bool overlaps(IrqlRange O) const {
    return Lo <= O.Hi && O.Lo <= Hi;
  }
  constexpr bool operator==(IrqlRange O) const {
    return Lo == O.Lo && Hi == O.Hi;
  }
  constexpr bool operator!=(IrqlRange O) const { return !(*this == O); }

  /// Smallest interval that covers both: what holds where two paths meet.
  constexpr IrqlRange hull(IrqlRange O) const {
    return {std::min(Lo, O.Lo), std::max(Hi, O.Hi)};
  }
  /// Common part; nothing when the two exclude each other.
  constexpr std::optional<IrqlRange> meet(IrqlRange O) const {
    IrqlRange R{std::max(Lo, O.Lo), std::min(Hi, O.Hi)};
    if (R.Lo > R.Hi)
      return std::nullopt;
    return R;
  }
  /// "DISPATCH_LEVEL", "PASSIVE_LEVEL..DISPATCH_LEVEL", "unknown".
  std::string str() const;
};

} // namespace irqlint

#endif // IRQLINT_MODEL_IRQL_H
