//===- Baseline.h - What was found before -----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A baseline is a JSON file with the fingerprints of known findings; a later
/// scan reports only what is not in it.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_BASELINE_H
#define IRQLINT_REPORT_BASELINE_H

#include "Report/Collect.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace irqlint {

/// The text of a baseline that holds all items of \p R, possible ones
/// included. Paths below \p Base are relative to it (they only inform).
std::string baselineText(const Report &R, llvm::StringRef Base);

class Baseline {
public:
  /// The error names the file and what is wrong with it.
  static llvm::Expected<Baseline> load(llvm::StringRef File);
  static llvm::Expected<Baseline> parse(llvm::StringRef Text,
                                        llvm::StringRef Name);

  /// A finding that was only possible before and is definite now is not known.
  bool knows(const ReportItem &I) const;
  /// Drops the known items and counts them in R.Known.
  void apply(Report &R) const;

private:
  llvm::StringMap<Certainty> Known; ///< by fingerprint
};

} // namespace irqlint

#endif // IRQLINT_REPORT_BASELINE_H
