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
};

class UnitWriter;

/// Parses and analyzes; says to \p Out what comes of it. What went wrong is in
/// the result's Failure.
void runUnit(const UnitPlan &Unit, const ParseOptions &Parse,
             const AnalyzeOptions &Analyze, UnitWriter &Out);

llvm::json::Value toJSON(const UnitJob &J);
bool fromJSON(const llvm::json::Value &V, UnitJob &J, llvm::json::Path P);

} // namespace irqlint

#endif // IRQLINT_TOOL_UNITJOB_H
