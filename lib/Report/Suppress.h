//===- Suppress.h - Comments and pragmas that silence findings --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What a user writes into the source to silence a finding, with the meaning
/// that its first home gives to it: clang-tidy's NOLINT, NOLINTNEXTLINE,
/// NOLINTBEGIN and NOLINTEND, and the Microsoft compiler's
/// `#pragma warning(suppress: 28167)` for the check that covers this rule.
/// (`[[clang::suppress]]` needs the AST and is the engine's business.)
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_SUPPRESS_H
#define IRQLINT_REPORT_SUPPRESS_H

#include "Model/Finding.h"
#include "Report/SourceText.h"
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace irqlint {

class RuleSet;

class Suppressions {
public:
  /// Names of the checks that cover a rival's rule number ("28167").
  using RivalLookup = std::function<std::vector<std::string>(llvm::StringRef)>;

  Suppressions(SourceText &Sources, RivalLookup Rivals)
      : Sources(Sources), Rivals(std::move(Rivals)) {}
  Suppressions(SourceText &Sources, const RuleSet &Rules);

  /// True when the source silences \p Check on \p Line of \p File.
  bool covers(llvm::StringRef File, unsigned Line, llvm::StringRef Check);
  bool covers(const Finding &F) {
    return covers(F.Pos.File, F.Pos.Line, F.Check);
  }

private:
  /// Globs over "irqlint-<check>" that hold on a line; "*" for a bare NOLINT.
  using ByLine = std::map<unsigned, std::vector<std::string>>;
  const ByLine &scan(llvm::StringRef File);

  SourceText &Sources;
  RivalLookup Rivals;
  std::map<std::string, ByLine> Files;
};

} // namespace irqlint

#endif // IRQLINT_REPORT_SUPPRESS_H
