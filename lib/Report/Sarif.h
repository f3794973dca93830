//===- Sarif.h - Findings as SARIF 2.1.0 ------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The OASIS exchange format, as GitHub code scanning, Azure DevOps and the
/// editors' SARIF viewers read it:
/// https://docs.oasis-open.org/sarif/sarif/v2.1.0/
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_SARIF_H
#define IRQLINT_REPORT_SARIF_H

#include "Report/Collect.h"
#include "Rules/Contract.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/JSON.h"

namespace irqlint {

struct SarifOptions {
  /// Folder that URIs are relative to (the checkout); absolute.
  std::string Root;
  llvm::ArrayRef<CheckInfo> Catalog;
  /// Findings with a path at most; definite ones first.
  size_t MaxPaths = ~size_t(0);
  /// What GitHub takes of one file, compressed with gzip.
  size_t MaxCompressed = 10'000'000;
};

/// A complete log with one run; valid also when nothing was found.
llvm::json::Value sarifLog(const Report &R, SourceText &Sources,
                           const SarifOptions &Opts);

/// The same as text; where that would be more than MaxCompressed, with fewer
/// paths.
std::string sarifText(const Report &R, SourceText &Sources, SarifOptions Opts);

/// \p Path as a URI reference: "file:///..." if absolute, relative otherwise;
/// bytes outside the unreserved set are percent-encoded.
std::string pathToUri(llvm::StringRef Path);

/// The UTF-16 column (SARIF's unit) of byte column \p Col of \p Line.
unsigned utf16Column(llvm::StringRef Line, unsigned Col);

} // namespace irqlint

#endif // IRQLINT_REPORT_SARIF_H
