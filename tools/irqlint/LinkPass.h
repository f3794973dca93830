//===- LinkPass.h - The units of a driver, seen together --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// After every unit was analyzed by itself: which of them are worth a second
/// look, with functions and registrations of the other units of their driver,
/// and what only shows when all are taken together.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_LINKPASS_H
#define IRQLINT_TOOL_LINKPASS_H

#include "UnitJob.h"
#include <optional>
#include <vector>

namespace irqlint {

struct LinkTask {
  size_t Unit = 0; ///< index in the plan
  SecondLook Look;
  /// The same, as text: distinguishes results in the --keep folder.
  std::string Key;
};

class LinkPass {
public:
  /// \p Units and \p Done (parallel, empty where a unit failed) must outlive
  /// the pass; \p Done is read again at each round.
  LinkPass(const std::vector<UnitPlan> &Units,
           const std::vector<std::optional<UnitJob>> &Done,
           const RuleSet &Rules);

  /// Units whose picture of the others grew since they were last analyzed.
  std::vector<LinkTask> nextRound();

  /// Circles in the order of locks, per driver, with the unit to list each at.
  std::vector<std::pair<size_t, Finding>> lockOrder() const;
  /// The same of data that callbacks share.
  std::vector<std::pair<size_t, Finding>> sharedData() const;

  /// More units would have to be read for one than is worth it: how often.
  unsigned truncated() const { return Truncated; }

private:
  const std::vector<UnitPlan> &Units;
  const std::vector<std::optional<UnitJob>> &Done;
  std::vector<std::vector<size_t>> Drivers;
  /// What each unit has been analyzed with so far.
  std::vector<LinkRequest> Asked;
  /// Framework objects of the others, where they say something of a unit's.
  std::vector<WdfFacts> Objects;
  unsigned Round = 0, Truncated = 0;

  void shareObjects(const std::vector<size_t> &D, const RuleSet &Rules);
  std::vector<const LinkFacts *> factsOf(const std::vector<size_t> &D) const;
  void place(const std::vector<size_t> &D, std::vector<Finding> Found,
             std::vector<std::pair<size_t, Finding>> &Out) const;
};

} // namespace irqlint

#endif // IRQLINT_TOOL_LINKPASS_H
