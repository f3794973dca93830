//===- UnitJob.h - One unit, from plan to result ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What a worker process does: parse, analyze, gather.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_UNITJOB_H
#define IRQLINT_TOOL_UNITJOB_H

#include "Engine/Analyze.h"
#include "Model/Finding.h"
#include "Model/ImportFailure.h"
#include "Project/Parse.h"
#include "Project/Plan.h"
#include <string>
#include <vector>

namespace irqlint {

struct UnitJob {
  UnitResult Result;
  /// Files that the result depends on, and paths that it depends on nothing
  /// being at; absolute.
  std::vector<std::string> Dependencies, Absent;
  /// For the other units of the driver.
  LinkFacts Link;
  /// Of a second look: functions for which the first one's findings stand.
  std::vector<std::string> Untouched;
  /// Of a second look: functions of other units that it could not look into.
  std::vector<ImportFailure> NotBrought;
  /// The USR of the one at which the process died, and its name.
  std::string DiedImporting, DiedAtFunction;
};

/// What a unit is to be analyzed with once more.
struct SecondLook {
  /// Functions of other units.
  std::vector<std::pair<UnitPlan, std::vector<std::string>>> Imports;
  /// Roles of its own functions that others know.
  std::vector<LinkRegistration> Roles;
  /// USRs of its functions to look at.
  std::vector<std::string> Again;
  /// What is known of its functions and of those of the others.
  std::vector<LinkFunction> Known;
  /// Framework objects that others create, where they matter.
  WdfFacts Objects;
  /// Functions that were to be brought in, and at which the process died.
  std::vector<ImportFailure> Deadly;

  bool empty() const { return Again.empty() && Objects.Objects.empty(); }
};

class UnitWriter;

/// Parses and analyzes; says to \p Out what comes of it. What went wrong is in
/// the result's Failure.
void runUnit(const UnitPlan &Unit, const ParseOptions &Parse,
             const AnalyzeOptions &Analyze, const SecondLook &Second,
             UnitWriter &Out);

llvm::json::Value toJSON(const UnitJob &J);
bool fromJSON(const llvm::json::Value &V, UnitJob &J, llvm::json::Path P);
llvm::json::Value toJSON(const SecondLook &S);
bool fromJSON(const llvm::json::Value &V, SecondLook &S, llvm::json::Path P);

} // namespace irqlint

#endif // IRQLINT_TOOL_UNITJOB_H
