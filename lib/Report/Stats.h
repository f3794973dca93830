//===- Stats.h - Scan statistics --------------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The numbers that `irqlint scan --stats` writes: how much was understood and
/// explored, what was given up and why, what was found, what it cost.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_STATS_H
#define IRQLINT_REPORT_STATS_H

#include "Report/Collect.h"
#include "llvm/Support/JSON.h"

namespace irqlint {

/// See docs/output.md. Paths below \p Base are relative to it. Findings are
/// counted before --possible and the baseline take any away: call it on the
/// report as collect() gives it.
llvm::json::Value statistics(const Report &R, llvm::StringRef Base);

} // namespace irqlint

#endif // IRQLINT_REPORT_STATS_H
