//===- TidyUnit.h - One analysis for all checks of a unit -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// clang-tidy makes one object per check; the unit is analyzed once for all of
/// them. The state belongs to the unit's preprocessor, through a PPCallbacks
/// object: clangd keeps many units at once, builds and frees them on changing
/// threads, and addresses are used again.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_CHECKERS_TIDYUNIT_H
#define IRQLINT_CHECKERS_TIDYUNIT_H

#include "FrontEnd.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <map>

namespace irqlint {

class TidyUnit {
public:
  /// State of the unit that \p PP reads. The first call, before parsing, makes
  /// it and begins to collect the places of parse errors.
  static std::shared_ptr<TidyUnit> of(clang::Preprocessor &PP);

  /// Findings of all checks under the given rule files, see loadRuleFiles().
  /// If they cannot be used nothing is found, and \p Report is called with the
  /// error: once per unit and list.
  const std::vector<ShownFinding> &
  findings(clang::ASTContext &Ctx, clang::Preprocessor &PP,
           llvm::StringRef RuleFiles,
           llvm::function_ref<void(llvm::StringRef)> Report);

private:
  friend class ErrorWatcher;
  ErrorLocations Errors;
  bool Parsing = true;
  std::map<std::string, std::vector<ShownFinding>, std::less<>> ByRules;
};

} // namespace irqlint

#endif // IRQLINT_CHECKERS_TIDYUNIT_H
