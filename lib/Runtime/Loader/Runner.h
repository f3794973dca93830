//===- Runner.h - Runs functions of a driver many times ---------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_LOADER_RUNNER_H
#define IRQLINT_RUNTIME_LOADER_RUNNER_H

#include "Runtime/Loader/Jit.h"
#include "Runtime/Loader/Roots.h"
#include "Runtime/Verifier/World.h"

namespace irqlint::rt {

struct RunOptions {
  /// Executions of one function at one level, enumerated; when that does not
  /// exhaust them, a quarter as many at random in addition.
  unsigned Executions = 400;
  uint64_t Seed = 1;
};

struct RootResult {
  std::vector<Violation> Found;
  unsigned Executions = 0;
  /// All choices at all levels were tried.
  bool Exhausted = true;
  /// Executions that ended normally.
  unsigned Completed = 0;
  /// Why (some of) it could not be run; else empty.
  std::string Obstacle;
  /// Routines whose results were chosen.
  std::set<std::string> Assumed;
  /// The callbacks of what it created, of the execution with most of them.
  std::vector<std::string> Story;
  /// Of the driver object that it created.
  std::optional<int64_t> DriverLevel, DriverScope;
};

/// Runs \p R by itself: its arguments and everything it finds in memory are
/// unknown. It is run at every level that its contract allows; what is reported
/// is wrong at each of them.
RootResult runRoot(const Program &P, LoadedCode &Code, const Root &R,
                   const RunOptions &Opts);

/// Runs until it ends, also by a crash of the driver's code.
End runGuarded(Machine &M);

struct ScenarioOptions {
  unsigned Processors = 2;
  /// How often a processor may turn to something else where it could go on:
  /// first never, then once, up to this.
  unsigned Preemptions = 2;
  unsigned Executions = 200000;
  /// Also those that differ from others only in the order of steps that do not
  /// concern each other.
  bool All = false;
};

/// Runs \p R, a function without parameters that starts callbacks of the
/// driver, in all interleavings up to the bounds. Nothing is unknown: routines
/// succeed, and what nobody knows is zero.
RootResult runScenario(const Program &P, LoadedCode &Code, const Root &R,
                       const ScenarioOptions &Opts);

/// \p V in the terms of the reports.
Finding toFinding(const Program &P, const Violation &V, const Root &R);

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_LOADER_RUNNER_H
