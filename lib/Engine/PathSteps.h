//===- PathSteps.h - From analyzer paths to driver stories ------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Receives the paths that the static analyzer works out for our reports and
/// keeps of them what a driver author wants to read: where the level changed,
/// where the locks were taken, which conditions led from there to the fault.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_PATHSTEPS_H
#define IRQLINT_ENGINE_PATHSTEPS_H

#include "Engine/Exploration.h"
#include "clang/Analysis/PathDiagnostic.h"
#include <optional>
#include <set>

namespace irqlint {

class StepCollector : public clang::ento::PathDiagnosticConsumer {
public:
  explicit StepCollector(UnitRun &Unit) : Unit(Unit) {}

  llvm::StringRef getName() const override { return "irqlint"; }
  bool supportsCrossFileDiagnostics() const override { return true; }
  PathGenerationScheme getGenerationScheme() const override { return Minimal; }
  void
  FlushDiagnosticsImpl(std::vector<const clang::ento::PathDiagnostic *> &Diags,
                       FilesMade *) override;

  std::vector<LocatedFinding> take() { return std::move(Found); }

  /// Findings that came since the last call.
  std::vector<LocatedFinding> news();

private:
  UnitRun &Unit;
  std::set<unsigned> Told; ///< of Unit.Pending, by index
  /// Which of Unit.Pending \p D is about.
  std::optional<unsigned>
  pendingIndex(const clang::ento::PathDiagnostic &D) const;
  std::vector<LocatedFinding> Found;

  LocatedFinding convert(const PendingReport &P,
                         const clang::ento::PathDiagnostic &D) const;
};

/// Place of \p L in the file that the user sees.
SourcePos posOf(clang::SourceLocation L, const clang::ASTContext &Ctx);

} // namespace irqlint

#endif // IRQLINT_ENGINE_PATHSTEPS_H
