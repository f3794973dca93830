//===- Irql.cpp - Interrupt request levels as intervals -------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model/Irql.h"

namespace irqlint {

namespace {
struct LevelName {
  std::string_view Short, Long;
};
// Indexed by Irql. DIRQL and HIGH are the names of the documentation; HIGH
// stands for several named levels.
constexpr LevelName Names[] = {{"PASSIVE", "PASSIVE_LEVEL"},
                               {"APC", "APC_LEVEL"},
                               {"DISPATCH", "DISPATCH_LEVEL"},
                               {"DIRQL", "DIRQL"},
                               {"HIGH", "HIGH_LEVEL"}};
} // namespace

const char *irqlName(Irql L) {
  return Names[static_cast<unsigned>(L)].Long.data();
}

std::optional<Irql> parseIrql(std::string_view Text) {
  for (unsigned I = 0; I != sizeof(Names) / sizeof(Names[0]); ++I)
    if (Text == Names[I].Short || Text == Names[I].Long)
      return static_cast<Irql>(I);
  if (Text == "DIRQL_LEVEL" || Text == "DEVICE_LEVEL")
    return Irql::Dirql;
  if (Text == "DPC_LEVEL")
    return Irql::Dispatch;
  return std::nullopt;
}

Irql irqlFromNumber(uint64_t N, bool Is64Bit) {
  if (N <= 2)
    return static_cast<Irql>(N);
  // Device levels end below CLOCK_LEVEL: 13 on x64 and ARM64; on x86 the
  // first level above them is PROFILE_LEVEL, 27.
  return N < (Is64Bit ? 13u : 27u) ? Irql::Dirql : Irql::High;
}

std::string IrqlRange::str() const {
  if (isUnknown())
    return "unknown";
  if (isExact())
    return irqlName(Lo);
  return std::string(irqlName(Lo)) + ".." + irqlName(Hi);
}

} // namespace irqlint
