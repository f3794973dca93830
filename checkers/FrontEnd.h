//===- FrontEnd.h - What the Clang front ends have in common ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// clang-tidy, clangd and the static analyzer each have their own way to emit a
/// diagnostic. What they emit is made here, so that all of them say what the
/// batch scan says: the same findings, words, order and suppressions.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_CHECKERS_FRONTEND_H
#define IRQLINT_CHECKERS_FRONTEND_H

#include "Engine/Analyze.h"
#include "clang/Basic/Diagnostic.h"

namespace irqlint {

/// A note below a finding.
struct ShownNote {
  clang::SourceLocation Loc; ///< in a file, never inside a macro
  std::string Text;
};

/// A finding in its final words.
struct ShownFinding {
  std::string Check; ///< catalog name without prefix
  Certainty Sure = Certainty::Definite;
  clang::SourceLocation Loc; ///< in a file, never inside a macro
  std::string Message;
  /// The path, then what would settle a possible finding.
  std::vector<ShownNote> Notes;
  /// The repair, if it is certain.
  std::vector<clang::FixItHint> Fixes;
};

/// The built-in rules with the files of \p List (separated by ';') laid over
/// them. A relative name is looked for in the folder of \p MainFile and those
/// above it, then in the working directory. The error is one sentence that
/// begins with the place of the first problem.
llvm::Expected<std::shared_ptr<const RuleSet>>
loadRuleFiles(llvm::StringRef List, llvm::StringRef MainFile);

/// Name of the main file as the compiler was given it.
llvm::StringRef mainFileName(const clang::ASTContext &Ctx);

/// Everything to show for the unit, definite and possible, in source order;
/// what the source suppresses is left out.
std::vector<ShownFinding> findInUnit(clang::ASTContext &Ctx,
                                     clang::Preprocessor &PP,
                                     std::shared_ptr<const RuleSet> Rules,
                                     const ErrorLocations &Errors);

} // namespace irqlint

#endif // IRQLINT_CHECKERS_FRONTEND_H
