//===- SourcePos.h - A place in a file --------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_MODEL_SOURCEPOS_H
#define IRQLINT_MODEL_SOURCEPOS_H

#include <string>
#include <tuple>

namespace irqlint {

/// The end is exclusive-by-column of the last token, or 0.
struct SourcePos {
  std::string File;
  unsigned Line = 0, Col = 0;
  unsigned EndLine = 0, EndCol = 0;

  bool operator==(const SourcePos &O) const {
    return File == O.File && Line == O.Line && Col == O.Col;
  }
  bool operator<(const SourcePos &O) const {
    return std::tie(File, Line, Col) < std::tie(O.File, O.Line, O.Col);
  }
};

} // namespace irqlint

#endif // IRQLINT_MODEL_SOURCEPOS_H
