//===- Html.h - A report to look at in a browser ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// One page that needs nothing else: no server, no network, and for reading no
/// script. A script adds filters, other groupings and the arrows of the path.
/// Everything that comes from sources or file names is escaped, and a content
/// security policy lets no script run but our own.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_HTML_H
#define IRQLINT_REPORT_HTML_H

#include "Report/Collect.h"
#include "Rules/Contract.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

namespace irqlint {

struct HtmlOptions {
  /// Paths below this folder, or else below the root, are shown relative to it.
  std::string Base, Root;
  llvm::ArrayRef<CheckInfo> Catalog;
};

void writeHtml(const Report &R, SourceText &Sources, const HtmlOptions &Opts,
               llvm::raw_ostream &OS);

/// \p Text for element content and quoted attributes, with bytes that are no
/// UTF-8 and control characters replaced.
std::string htmlText(llvm::StringRef Text);

} // namespace irqlint

#endif // IRQLINT_REPORT_HTML_H
