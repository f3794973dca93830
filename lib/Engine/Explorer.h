//===- Explorer.h - Drives the analyzer function by function ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_EXPLORER_H
#define IRQLINT_ENGINE_EXPLORER_H

#include "Engine/Exploration.h"
#include <memory>

namespace irqlint {

/// Owns the static analyzer of one unit. Its analyzer options, checker manager
/// and path consumers are our own; nothing of the host (compiler, tidy,
/// clangd) is changed.
class Explorer {
public:
  explicit Explorer(UnitRun &Unit);
  ~Explorer();

  struct Outcome {
    bool Finished = false;
    unsigned Nodes = 0;
    std::string Why; ///< when not finished
  };

  /// Explores \p FD from its entry context and leaves its summary in the
  /// unit. Stops after \p Budget nodes. Survives a crash of the analyzer.
  Outcome explore(const clang::FunctionDecl *FD, const EntryContext &Entry,
                  unsigned Budget);

  /// Those that came since the last call; takeFindings() gives them again.
  std::vector<LocatedFinding> newFindings();

  /// Findings with their paths, complete after the last exploration.
  std::vector<LocatedFinding> takeFindings();

private:
  struct Impl;
  std::unique_ptr<Impl> I;
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_EXPLORER_H
