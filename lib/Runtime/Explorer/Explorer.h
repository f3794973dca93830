//===- Explorer.h - All interleavings of a small program --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Stateless exploration: the program runs again and again, each time in an
/// order that differs from all before in more than the order of independent
/// operations. Source sets with sleep sets (Abdulla, Aronis, Jonsson, Sagonas:
/// Optimal Dynamic Partial Order Reduction, POPL 2014), extended by operations
/// that wait for a value: those are held against every earlier write of their
/// location that found it fit, for the last one may be what made it unfit.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_EXPLORER_EXPLORER_H
#define IRQLINT_RUNTIME_EXPLORER_EXPLORER_H

#include "Runtime/Explorer/Execution.h"
#include <set>

namespace irqlint::runtime {

enum class SearchKind : uint8_t {
  Reduced,    ///< dynamic partial-order reduction
  BruteForce, ///< every order; for cross-checks
  Bounded,    ///< every order with at most Preemptions preemptions
  Random,     ///< MaxExecutions orders, picked by Seed
};

/// Errors built into the explorer, to see that its own tests notice.
enum class ExplorerFault : uint8_t {
  None,
  AwaitsAsLoads, ///< awaits are held only against the last write
  NoAwaitRaces,  ///< awaits are not reordered at all
  ReadsCommute,  ///< a read and a write of one location count as independent
  FailedNeverWrites, ///< compare-exchanges count as reads
  SleepForever,      ///< a sleeping thread never wakes
  AddsTheSame,       ///< a race adds the thread that ran there already
  EarliestRaceOnly,  ///< only the first racing event of an operation counts
};

struct SearchOptions {
  SearchKind Kind = SearchKind::Reduced;
  ExplorerFault Fault = ExplorerFault::None;
  unsigned Preemptions = 2;
  uint64_t Seed = 1;
  uint64_t MaxExecutions = 5000000;
  bool StopAtFailure = true; ///< or its name becomes an outcome
  Execution::Options Run;
  const Mutation *Mutant = nullptr;
  SiteMap *Sites = nullptr;
  /// Sees each execution that ended well.
  std::function<void(const Execution &)> Observe;
};

struct SearchResult {
  uint64_t Executions = 0; ///< that ran to an end
  uint64_t Abandoned = 0;  ///< found to repeat an earlier one
  unsigned MaxSteps = 0;
  bool Complete = false; ///< nothing is left to try
  Failure Found;         ///< the first one; the search stops there
  std::string History;   ///< that led to it
  std::set<std::string> Outcomes;

  /// All orders were tried, and none failed.
  bool verified() const { return Complete && !Found; }
  /// For test output.
  std::string text() const;
};

SearchResult explore(const Program &P, const SearchOptions &O = {});

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_EXPLORER_EXPLORER_H
