//===- Text.h - Findings as compiler diagnostics ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The text format: what clang prints, so that editors and people can read it.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_TEXT_H
#define IRQLINT_REPORT_TEXT_H

#include "Report/Collect.h"
#include "llvm/Support/raw_ostream.h"

namespace irqlint {

struct TextOptions {
  bool Color = false;
  /// Paths below this folder are shown relative to it; empty: as they are.
  std::string Base;
};

/// Each finding with its source line and caret, then the path as notes.
void writeText(const Report &R, SourceText &Sources, const TextOptions &Opts,
               llvm::raw_ostream &OS);

/// The closing lines for standard error: failed units by name with the reason,
/// functions given up, then one line of totals.
void writeSummary(const Report &R, const TextOptions &Opts,
                  llvm::raw_ostream &OS);

} // namespace irqlint

#endif // IRQLINT_REPORT_TEXT_H
