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
#include <set>
#include <vector>

namespace irqlint {

struct LinkTask {
  size_t Unit = 0; ///< index in the plan
  SecondLook Look;
  /// The same, as text: distinguishes results in the --keep folder.
  std::string Key;
  /// Where the result belongs (see LinkPass::take).
  std::vector<size_t> Seats;
};

class LinkPass {
public:
  /// \p Units and \p Done (parallel to the units, empty where one failed) must
  /// outlive the pass. Drivers with units for which \p Settled is true are left
  /// out.
  LinkPass(const Plan &Units, std::vector<std::optional<UnitJob>> &Done,
           const std::vector<bool> &Settled, const RuleSet &Rules);

  /// Units whose picture of the others grew since they were last analyzed.
  std::vector<LinkTask> nextRound();

  /// Replaces what is known of the unit by what came of a second look.
  void take(const LinkTask &T, UnitJob Job);

  /// After the last round: puts together what was found of a unit of a library
  /// with each of its drivers, and adds what shows only when all is taken
  /// together: circles in the order of locks, data that callbacks share. Only
  /// \p Checks are told.
  void conclude(const std::set<std::string> &Checks);

  /// More units would have to be read for \p Unit than is worth it: how often.
  unsigned truncated(size_t Unit) const { return Truncated[Unit]; }

private:
  /// A unit's place in a driver.
  struct Seat {
    size_t Unit;
    /// What a unit of several drivers is in this one, once that differs.
    std::optional<UnitJob> Job;
    /// What it has been analyzed with so far; imports by unit.
    LinkRequest Asked;
    /// Framework objects of the others, where they say something of its.
    WdfFacts Objects;
    /// It has not been analyzed with these.
    bool NewObjects = false;
  };
  struct Driver {
    std::vector<size_t> Seats;
    size_t Own; ///< how many of these are not of libraries
  };

  const std::vector<UnitPlan> &Units;
  std::vector<std::optional<UnitJob>> &Done;
  std::vector<Seat> Seats;
  /// At first each project by itself, then with its libraries: what is too much
  /// together is then known at least of the project.
  std::vector<Driver> Drivers;
  /// Those that come then.
  std::vector<LinkedUnits> Whole;
  std::vector<unsigned> SeatsOf; ///< per unit, how many
  const RuleSet &Rules;
  std::vector<unsigned> Truncated; ///< per unit
  unsigned Round = 0;

  const std::optional<UnitJob> &jobOf(const Seat &S) const {
    return S.Job ? S.Job : Done[S.Unit];
  }
  void shareObjects(const Driver &D);
  bool seatWithLibraries();
  std::vector<LinkTask> tasks();
  DriverFacts factsOf(const Driver &D) const;
  void mergeSeats();
  void place(const Driver &D, std::vector<Finding> Found,
             const std::set<std::string> &Checks);
};

} // namespace irqlint

#endif // IRQLINT_TOOL_LINKPASS_H
