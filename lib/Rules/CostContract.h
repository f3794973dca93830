//===- CostContract.h - What rules say about time ---------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_COSTCONTRACT_H
#define IRQLINT_RULES_COSTCONTRACT_H

#include "Rules/Contract.h"

namespace irqlint {

/// How long a routine takes, in microseconds. Records whose names are no
/// routines describe the model itself: see costs in docs/rules-format.md.
struct CostContract {
  std::string Name;
  double Microseconds = 0;
  /// The time is for each unit of this value.
  ValueRef Times;
  /// Taken for Times where it is not a constant.
  double UnknownTimes = 1;
  /// The time is what the routine is for, and not an estimate.
  bool Exact = false;
  /// No bound can be given.
  bool Unbounded = false;
  /// Asks the device: a loop around it waits for the device.
  bool ReadsDevice = false;
  /// "prints a message", for explanations.
  std::string What;
  std::string Source;
};

} // namespace irqlint

#endif // IRQLINT_RULES_COSTCONTRACT_H
