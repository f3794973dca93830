//===- ResultFile.h - The JSON result file ----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// `--format=json`: everything a report holds; `irqlint merge` reads it back.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_RESULTFILE_H
#define IRQLINT_REPORT_RESULTFILE_H

#include "Report/Collect.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace irqlint {

llvm::json::Value resultToJson(const Report &R);

/// Reads what resultToJson() wrote. The error names \p Name and the member.
llvm::Expected<Report> resultFromJson(llvm::StringRef Text,
                                      llvm::StringRef Name);

llvm::json::Value toJSON(const std::vector<ImportFailure> &List);
bool fromJSON(const llvm::json::Value &V, ImportFailure &F, llvm::json::Path P);

} // namespace irqlint

#endif // IRQLINT_REPORT_RESULTFILE_H
