//===- Collect.h - From unit results to one report --------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Joins what the units yield: one entry per place and check (a header's
/// finding comes from every unit that includes it), in a fixed order, with a
/// fingerprint that survives moved lines.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_COLLECT_H
#define IRQLINT_REPORT_COLLECT_H

#include "Model/Finding.h"
#include "Model/ImportFailure.h"
#include "Report/SourceText.h"
#include "Report/Suppress.h"
#include <string>
#include <vector>

namespace irqlint {

struct ReportItem {
  Finding F;
  /// The source line at F.Pos, kept so that results can be merged on another
  /// machine; empty if the file could not be read.
  std::string SourceLine;
  /// "<16 hex digits>:<n>", see fingerprintItems().
  std::string Fingerprint;
  /// Files of the units that report it, and the drivers that these belong to;
  /// sorted.
  std::vector<std::string> Units, Drivers;
};

struct Report {
  /// By file, line, column, check.
  std::vector<ReportItem> Items;
  /// By file; their Findings are empty (they are in Items).
  std::vector<UnitResult> Units;
  /// Findings left out because the source or the baseline says so.
  unsigned Suppressed = 0, Known = 0;
  /// Possible findings left out by hidePossible().
  unsigned PossibleHidden = 0;
  /// The scan was stopped; some units are missing.
  bool Interrupted = false;
  /// What else kept the scan from being whole, one line each, with its place
  /// ("a.vcxproj:3:1: error: ...").
  std::vector<std::string> Problems;
  /// What the look at whole drivers did not look into; by place.
  std::vector<ImportFailure> NotBrought;
  double LinkSeconds = 0, WallSeconds = 0;

  unsigned failedUnits() const;
  /// 0 nothing found, 1 findings, 2 not done or not done whole.
  int exitStatus() const;
};

/// Builds the report of \p Units; findings that \p Silenced covers are only
/// counted.
Report collect(std::vector<UnitResult> Units, SourceText &Sources,
               Suppressions *Silenced,
               std::vector<ImportFailure> NotBrought = {});

/// Joins reports of separate scans into one.
Report mergeReports(std::vector<Report> Parts);

/// Drops possible findings and counts them in PossibleHidden.
void hidePossible(Report &R);

/// Fingerprint: a hash of the check, the file's name without its folders, the
/// function, the message without numbers and the source line without white
/// space; then the how-manieth of its like it is.
void fingerprintItems(std::vector<ReportItem> &Items);

/// \p File as seen from \p Base if it lies below it, else unchanged.
std::string pathFrom(llvm::StringRef Base, llvm::StringRef File);

} // namespace irqlint

#endif // IRQLINT_REPORT_COLLECT_H
