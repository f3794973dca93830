//===- Analyze.h - The one entry that every front end calls -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Runs all enabled checks over a parsed translation unit. The caller owns the
/// AST; the engine builds and drives its own static analyzer over it, function
/// by function, so a parse error costs only the functions it touches.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_ANALYZE_H
#define IRQLINT_ENGINE_ANALYZE_H

#include "Model/Finding.h"
#include "Model/LinkFacts.h"
#include "Model/WdfObject.h"
#include "Rules/RuleSet.h"
#include "clang/Basic/SourceLocation.h"
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace clang {
class ASTContext;
class Decl;
class FunctionDecl;
class Preprocessor;
} // namespace clang

namespace irqlint {

struct AnalyzeOptions {
  std::shared_ptr<const RuleSet> Rules;
  /// Names of the checks to run; empty = all that are on by default.
  std::set<std::string> Checks;
  /// Also report possible violations.
  bool Possible = false;
  /// Only functions defined in the main file are roots (clangd, clang-tidy
  /// without header filter); the batch scan takes those of headers, too.
  bool MainFileOnly = false;
  /// Exploded-graph nodes per function before it is listed as given up.
  unsigned NodeBudget = 300000;
  /// Told what is known so far, so that it outlives a crash: the function that
  /// is going to be explored, and each finding once its exploration ends.
  std::function<void(llvm::StringRef)> OnExplore;
  std::function<void(const Finding &)> OnFinding;
  /// Restrict roots to functions with this name (debugging aid).
  std::string OnlyFunction;
  /// Gather what other units of the driver have to know (AnalyzeResult::Link).
  bool WantLink = false;
  /// Roles in which other units register functions of this one.
  std::vector<LinkRegistration> ExtraRoles;
  /// Definitions that were brought in from other units; may be null.
  std::function<bool(const clang::FunctionDecl *)> IsImported;
  /// Framework objects that the other units of the driver create.
  WdfFacts OtherObjects;
  /// What is known of functions from an earlier analysis, of this unit and of
  /// those that functions came from. Of the unit's own functions only those
  /// are then explored that reach an imported one or have a new role.
  std::map<std::string, LinkFunction> KnownFunctions;
  /// With KnownFunctions: USRs of the functions to explore again. So are those
  /// that call one which turns out to change something for its callers.
  std::set<std::string> Again;
};

/// New text for a part of a file (an empty one: text that is put in).
struct LocatedEdit {
  clang::CharSourceRange Range; ///< of characters, never inside a macro
  std::string Text;
};

/// A finding with places in the caller's SourceManager, for front ends that
/// emit Clang diagnostics.
struct LocatedFinding {
  Finding F;
  clang::SourceLocation Loc;
  std::vector<clang::SourceLocation> StepLocs; ///< parallel to F.Path
  std::vector<LocatedEdit> Edits;              ///< parallel to F.Fix.Edits
};

struct AnalyzeResult {
  std::vector<LocatedFinding> Findings;
  std::vector<FunctionRecord> Functions;
  /// Framework objects that the unit creates.
  WdfFacts Config;
  LinkFacts Link;
  /// With KnownFunctions: names of the functions whose findings an earlier
  /// analysis has told already.
  std::set<std::string> Untouched;
  unsigned Statements = 0, DamagedStatements = 0;
  double Seconds = 0;
};

/// Locations of parse errors, to gate the functions that they touch. Collect
/// them with a DiagnosticConsumer while parsing.
using ErrorLocations = std::vector<clang::SourceLocation>;

/// Analyzes the unit. \p Scope are the top-level declarations to look at
/// (empty: the whole unit). \p IsStub tells whether a declaration was made on
/// demand for an unknown name.
AnalyzeResult
analyzeUnit(clang::ASTContext &Ctx, clang::Preprocessor &PP,
            const AnalyzeOptions &Opts, const ErrorLocations &Errors,
            std::function<bool(const clang::Decl *)> IsStub = nullptr);

} // namespace irqlint

#endif // IRQLINT_ENGINE_ANALYZE_H
