//===- CrossCheckTest.cpp - Reduced against brute-force exploration -------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomProgram.h"
#include <gtest/gtest.h>

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

struct Comparison {
  unsigned Compared = 0, TooLarge = 0, Differ = 0;
  uint64_t Reduced = 0, Brute = 0;
  unsigned FirstSeed = 0;
};

/// End states, verdicts included, of both searches over random programs.
Comparison compare(unsigned From, unsigned To,
                   ExplorerFault Fault = ExplorerFault::None,
                   bool UntilDifferent = false) {
  Comparison C;
  for (unsigned Seed = From; Seed < To; ++Seed) {
    RandomProgram P(Seed, 3, Seed % 2 ? 3 : 4);
    SearchOptions O;
    O.StopAtFailure = false;
    O.MaxExecutions = 20000;
    O.Kind = SearchKind::BruteForce;
    SearchResult Brute = explore(P, O);
    if (!Brute.Complete) {
      ++C.TooLarge;
      continue;
    }
    O.Kind = SearchKind::Reduced;
    O.Fault = Fault;
    SearchResult Reduced = explore(P, O);
    ++C.Compared;
    C.Brute += Brute.Executions;
    C.Reduced += Reduced.Executions;
    if (Reduced.Outcomes != Brute.Outcomes ||
        bool(Reduced.Found) != bool(Brute.Found)) {
      if (!C.Differ++)
        C.FirstSeed = Seed;
      if (UntilDifferent)
        break;
    }
  }
  return C;
}

TEST(CrossCheckTest, ReducedSeesEveryEndState) {
  unsigned Programs = getenv("IRQLINT_NIGHTLY") ? 30000 : 1500;
  Comparison C = compare(0, Programs);
  EXPECT_EQ(C.Differ, 0u) << "first with seed " << C.FirstSeed;
  EXPECT_GT(C.Compared, Programs / 2);
  EXPECT_LT(C.Reduced * 4, C.Brute) << "nothing was reduced";
  RecordProperty("programs", int(C.Compared));
  std::cout << C.Compared << " programs (" << C.TooLarge << " too large), "
            << C.Brute << " executions by brute force, " << C.Reduced
            << " reduced\n";
}

/// The comparison itself: each error in the explorer changes some verdict.
class ExplorerFaultTest : public testing::TestWithParam<ExplorerFault> {};

TEST_P(ExplorerFaultTest, IsNoticed) {
  EXPECT_GT(compare(0, 3000, GetParam(), true).Differ, 0u);
}

INSTANTIATE_TEST_SUITE_P(All, ExplorerFaultTest,
                         testing::Values(ExplorerFault::AwaitsAsLoads,
                                         ExplorerFault::NoAwaitRaces,
                                         ExplorerFault::ReadsCommute,
                                         ExplorerFault::FailedNeverWrites,
                                         ExplorerFault::SleepForever,
                                         ExplorerFault::AddsTheSame,
                                         ExplorerFault::EarliestRaceOnly));

} // namespace
