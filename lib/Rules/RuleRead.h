//===- RuleRead.h - Reads one record of a rule file -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Private to lib/Rules: runs YAML I/O over a slice and collects its errors.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_RULEREAD_H
#define IRQLINT_RULES_RULEREAD_H

#include "Rules/RuleYaml.h"

namespace irqlint {

struct DiagSink {
  const std::string &Path;
  unsigned FirstLine;
  RuleReader &Reader;
  std::vector<RuleProblem> &Problems;

  static void handle(const llvm::SMDiagnostic &D, void *Self) {
    auto &S = *static_cast<DiagSink *>(Self);
    if (D.getKind() != llvm::SourceMgr::DK_Error)
      return;
    // After the first error of a record, others are mostly its echo.
    if (S.Reader.Errors++)
      return;
    S.Problems.push_back({S.Path, S.FirstLine + std::max(D.getLineNo(), 1) - 1,
                          unsigned(std::max(D.getColumnNo(), 0)) + 1,
                          D.getMessage().str()});
  }
};

template <typename Record>
std::optional<Record> readRecord(const RuleText &F, const RuleSlice &S,
                                 const RuleNames &Names,
                                 std::vector<RuleProblem> &Problems) {
  RuleReader Reader(Names);
  DiagSink Sink{F.Path, S.Line, Reader, Problems};
  llvm::yaml::Input In(S.Text, &Reader, DiagSink::handle, &Sink);
  std::vector<Record> Items;
  In >> Items;
  if (In.error() || Reader.Errors) {
    if (!Reader.Errors)
      Problems.push_back({F.Path, S.Line, 1, "this record cannot be read"});
    return std::nullopt;
  }
  if (Items.size() != 1) {
    Problems.push_back({F.Path, S.Line, 1, "one record expected here"});
    return std::nullopt;
  }
  Record R = std::move(Items.front());
  R.Line = S.Line;
  R.Col = unsigned(S.Text.find('-')) + 3;
  return R;
}

} // namespace irqlint

#endif // IRQLINT_RULES_RULEREAD_H
