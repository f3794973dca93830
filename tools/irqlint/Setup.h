//===- Setup.h - What all units of a scan have in common --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Rules, checks and headers of a scan as plain values, which can travel to
/// another process or machine, and what is made of them there.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_SETUP_H
#define IRQLINT_TOOL_SETUP_H

#include "Engine/Analyze.h"
#include "Project/Parse.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace irqlint {

struct SetupValues {
  std::vector<std::string> RuleFiles; ///< absolute
  std::vector<std::string> Checks;
  std::string KitDir;
  std::vector<std::string> HeaderDirs;
  unsigned Seconds = 0, MemoryMb = 0; ///< per unit; 0 = no limit
};

llvm::json::Value toJSON(const SetupValues &S);
bool fromJSON(const llvm::json::Value &V, SetupValues &S, llvm::json::Path P);

struct Setup {
  std::shared_ptr<const RuleSet> Rules;
  AnalyzeOptions Analyze;
  ParseOptions Parse;
};

/// Loads the rules. \p Checks that are empty mean the default ones.
llvm::Expected<Setup> makeSetup(const SetupValues &Values);

} // namespace irqlint

#endif // IRQLINT_TOOL_SETUP_H
