//===- CheckGlobs.h - Selecting checks by glob ------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The meaning that clang-tidy gives to its -checks option: a comma-separated
/// list of globs, applied in order to the checks that are on by default; a
/// leading '-' switches off.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_CHECKGLOBS_H
#define IRQLINT_REPORT_CHECKGLOBS_H

#include "Rules/Contract.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <set>
#include <string>

namespace irqlint {

/// True when \p Text matches \p Glob, in which `*` stands for any text.
bool globMatches(llvm::StringRef Glob, llvm::StringRef Text);

/// Names of the selected checks. Globs may carry the "irqlint-" prefix. A glob
/// that matches no check, or an empty selection, is an error.
llvm::Expected<std::set<std::string>>
selectChecks(llvm::StringRef Globs, llvm::ArrayRef<CheckInfo> Catalog);

} // namespace irqlint

#endif // IRQLINT_REPORT_CHECKGLOBS_H
