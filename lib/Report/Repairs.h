//===- Repairs.h - From repairs to changed files ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Shows what lines look like when a finding is repaired, and repairs files:
/// all of them, or none if one cannot be.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_REPAIRS_H
#define IRQLINT_REPORT_REPAIRS_H

#include "Report/Collect.h"
#include "llvm/Support/Error.h"

namespace irqlint {

/// Lines of one file, before and after.
struct LineChange {
  std::string File;
  unsigned Line = 0; ///< number of the first
  std::vector<std::string> Before, After;
};

/// The lines that \p R changes; none if it is not for one file, or the file is
/// not as it was.
std::optional<LineChange> lineChange(const Repair &R, SourceText &Sources);

/// \p Text with the edits of \p R made; none if they do not fit, to it or to
/// each other.
std::optional<std::string> repairedText(llvm::StringRef Text, const Repair &R);

struct RepairCount {
  unsigned Repairs = 0, Files = 0;
};

/// Changes the files as the repairs of all findings in \p R say. Nothing is
/// written if two of them contradict each other, or if a file has changed since
/// it was read or cannot be written; the error names the place.
llvm::Expected<RepairCount> repairFiles(const Report &R, llvm::StringRef Base);

} // namespace irqlint

#endif // IRQLINT_REPORT_REPAIRS_H
