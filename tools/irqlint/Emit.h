//===- Emit.h - From the report to files and the terminal -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_EMIT_H
#define IRQLINT_TOOL_EMIT_H

#include "Report/Collect.h"
#include "Rules/RuleSet.h"
#include "llvm/Support/Error.h"

namespace irqlint {

/// Finds out before the work starts what would fail after it: a format that
/// is not there, files that cannot be written, a baseline that is none.
llvm::Error checkOutputOptions();

/// Writes everything that the options ask for and the summary; the exit
/// status. \p Root: folder for relative URIs in SARIF.
int emitReport(Report R, SourceText &Sources, const RuleSet &Rules,
               llvm::StringRef Root);

/// The working copy that \p Path lies in (the nearest folder with .git), or
/// the current folder.
std::string sourceRoot(llvm::StringRef Path);

/// The current folder.
std::string currentFolder();

} // namespace irqlint

#endif // IRQLINT_TOOL_EMIT_H
