//===- Scenario.cpp - Callbacks of a driver in all interleavings ----------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Iterative context bounding (Musuvathi, Qadeer: PLDI 2007): what needs few
/// preemptions is found first, with a short story.
//===----------------------------------------------------------------------===//

#include "Runtime/Loader/Runner.h"
#include "Runtime/Nt/Api.h"

using namespace irqlint;
using namespace irqlint::rt;

namespace {

using Key = std::tuple<std::string, std::string, unsigned, unsigned>;

class ScenarioRunner {
public:
  ScenarioRunner(const Program &P, LoadedCode &Code, const Root &R,
                 const ScenarioOptions &Opts)
      : P(P), Code(Code), R(R), Opts(Opts), Function(Code.address(R.Symbol)) {}

  RootResult run();

private:
  /// False when the budget is used up.
  bool explore(unsigned Preemptions);
  void once(Oracle &Schedule, unsigned Preemptions);
  void start(World &W);
  bool add(const Violation &V);
  Key keyOf(const Violation &V) const {
    const Site &S = P.Sites[V.Where];
    return {V.Check, S.File, S.Line, S.Col};
  }

  const Program &P;
  LoadedCode &Code;
  const Root &R;
  const ScenarioOptions &Opts;
  uint64_t Function;
  RootResult Result;
  std::map<Key, Violation> Found;
  std::set<std::string> Ends;
  bool Repeat = false;
  std::unordered_map<uint64_t, unsigned> Seen;
  unsigned Cut = 0;
};

} // namespace

void ScenarioRunner::start(World &W) {
  Entering E;
  E.Name = R.Name;
  E.At = PassiveLevel;
  W.enter(E);
  reinterpret_cast<void(IRQLINT_RT *)()>(Function)();
  W.join();
  W.leave();
}

bool ScenarioRunner::add(const Violation &V) {
  if (!P.Rules->checkInfo(V.Check))
    return false;
  return Found.try_emplace(keyOf(V), V).second;
}

void ScenarioRunner::once(Oracle &Schedule, unsigned Preemptions) {
  // What is not about order is as it usually is.
  Oracle Usual;
  P.Memory->begin(Usual);
  P.Memory->defineStatics();
  Code.resetVariables();
  irqlint_rt_site = 0;
  MachineOptions M;
  M.Cpus = Opts.Processors;
  M.Preemptions = Preemptions;
  World W(P, Usual, M, &Schedule);
  if (!Opts.All)
    W.machine().reduce(Seen);
  W.Told = [&](const Violation &V) { return Found.count(keyOf(V)) != 0; };
  W.machine().Main = &W.machine().createThread(R.Name, [&] { start(W); });
  End E = runGuarded(W.machine());
  ++Result.Executions;
  Cut += W.machine().wasSeen();
  Result.Completed += E == End::Done;
  Result.Assumed.insert(W.Assumed.begin(), W.Assumed.end());
  switch (E) {
  case End::Reported:
  case End::Deadlock:
    // (A driver that rests with work undone is a deadlock that nobody finds
    // fault with.)
    if (W.Found && add(*W.Found))
      Repeat = E == End::Reported;
    break;
  case End::Fault: {
    Violation V;
    V.Check = "unsynchronized-access";
    V.Where = W.LastAccess;
    V.Function = P.Sites[V.Where].Function;
    V.Message = "'" + V.Function + "' crashes here in some interleavings";
    V.History = W.timeline();
    V.Callback = V.Function;
    add(V);
    break;
  }
  case End::Budget:
    Ends.insert("an interleaving does not end");
    break;
  case End::Unsupported:
    Ends.insert("needs " + W.Lacking);
    break;
  case End::Done:
  case End::Infeasible:
    break;
  }
}

bool ScenarioRunner::explore(unsigned Preemptions) {
  Oracle Schedule;
  Seen.clear();
  for (bool More = true; More;) {
    if (Result.Executions >= Opts.Executions)
      return false;
    Repeat = false;
    once(Schedule, Preemptions);
    if (Repeat)
      Schedule.repeat();
    else
      More = Schedule.next();
  }
  return true;
}

RootResult ScenarioRunner::run() {
  if (!Function) {
    Result.Obstacle = "no code";
    Result.Exhausted = false;
    return std::move(Result);
  }
  unsigned Bound = 0;
  for (; Bound <= Opts.Preemptions; ++Bound)
    if (!explore(Bound)) {
      Result.Exhausted = false;
      break;
    }
  Result.Story.push_back(std::to_string(Result.Executions) +
                         " interleavings, " + std::to_string(Cut) +
                         " of them up to where an earlier one was");
  for (auto &[K, V] : Found)
    Result.Found.push_back(V);
  for (const std::string &E : Ends)
    Result.Obstacle += (Result.Obstacle.empty() ? "" : "; ") + E;
  if (!Result.Exhausted)
    Result.Obstacle +=
        (Result.Obstacle.empty() ? "" : "; ") +
        std::to_string(Result.Executions) + " interleavings were run, " +
        (Bound ? "which are all with fewer than " + std::to_string(Bound) +
                     (Bound == 1 ? " preemption" : " preemptions") +
                     " and some more"
               : "not all of those without preemption");
  return std::move(Result);
}

RootResult rt::runScenario(const Program &P, LoadedCode &Code, const Root &R,
                           const ScenarioOptions &Opts) {
  return ScenarioRunner(P, Code, R, Opts).run();
}
