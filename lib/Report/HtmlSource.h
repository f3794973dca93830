//===- HtmlSource.h - Source excerpts of the HTML report --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Coloured source lines, and which lines of a function to show.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_HTMLSOURCE_H
#define IRQLINT_REPORT_HTMLSOURCE_H

#include "Report/SourceText.h"
#include <set>
#include <string>
#include <vector>

namespace irqlint {

/// Columns [Begin, End) of a line, from 1, in bytes.
struct ColumnRange {
  unsigned Begin, End;
};

/// Lines of files as HTML: comments, strings, keywords and directives in <i>
/// with class c, s, k or p; the marked columns in <mark>.
class HtmlSource {
public:
  explicit HtmlSource(SourceText &Sources) : Sources(Sources) {}

  std::string line(llvm::StringRef File, unsigned Line,
                   llvm::ArrayRef<ColumnRange> Marks);

private:
  SourceText &Sources;
  /// For each line of a file whether it begins inside of a block comment.
  llvm::StringMap<std::vector<bool>> InComment;
};

/// \p Wanted (line numbers) with \p Context lines around each, small gaps
/// filled, none beyond \p Last.
std::set<unsigned> withContext(const std::set<unsigned> &Wanted,
                               unsigned Context, unsigned Last);

} // namespace irqlint

#endif // IRQLINT_REPORT_HTMLSOURCE_H
