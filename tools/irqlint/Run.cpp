//===- Run.cpp - irqlint run ----------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Commands.h"
#include "Emit.h"
#include "JobPool.h"
#include "Kit/Kit.h"
#include "Options.h"
#include "Report/CheckGlobs.h"
#include "Report/Json.h"
#include "Report/UnitJson.h"
#include "Runtime/Loader/Instrument.h"
#include "Runtime/Loader/Runner.h"
#include "llvm/ADT/StringExtras.h"
#include <chrono>

using namespace llvm;
using namespace irqlint;
using namespace irqlint::rt;

namespace {

/// The sources of one driver, in a process of their own.
class Driver {
public:
  Driver(std::shared_ptr<const RuleSet> Rules, std::string KitDir,
         std::set<std::string> Checks)
      : KitDir(std::move(KitDir)), Checks(std::move(Checks)) {
    P.Rules = std::move(Rules);
    P.Memory = &Memory;
  }

  /// Fills Results, one for each unit.
  Error run(ArrayRef<UnitPlan> Units);
  std::vector<UnitResult> Results;
  /// Lines, with those of each function that callbacks follow.
  std::vector<std::string> Story;

private:
  Error load(ArrayRef<UnitPlan> Units);
  RootResult runStart(const Root &Start);
  void runUnit(UnitResult &R, ArrayRef<Root> Roots);

  std::string KitDir;
  std::set<std::string> Checks;
  Unknowns Memory;
  Program P;
  std::vector<std::unique_ptr<ParsedUnit>> Parsed;
  std::vector<std::vector<Root>> Roots;
  std::unique_ptr<LoadedCode> Code;
};

} // namespace

Error Driver::load(ArrayRef<UnitPlan> Units) {
  ParseOptions Parse;
  Parse.KitDir = KitDir;
  // Code that is to run must be complete.
  Parse.Stubs = false;
  Parse.SkipMissingHeaders = false;
  // What nobody has set is recognized.
  Parse.ExtraArgs = {"-ftrivial-auto-var-init=pattern"};
  std::vector<CompiledUnit> Compiled;
  for (const UnitPlan &Unit : Units) {
    Expected<std::unique_ptr<ParsedUnit>> U = parseUnit(Unit, Parse);
    if (!U)
      return U.takeError();
    Expected<CompiledUnit> C = compile(**U);
    if (!C)
      return C.takeError();
    Roots.push_back(rootsOf(**U, *C, *P.Rules, P.Annotated, P.Claims));
    UnitResult R;
    describeParse(**U, R);
    R.File = Unit.File;
    Results.push_back(std::move(R));
    Parsed.push_back(std::move(*U));
    Compiled.push_back(std::move(*C));
  }
  bool Scenario = !irqlint::opt::Scenario.empty();
  std::set<std::string> HasBody = routinesWithBody(Scenario);
  for (CompiledUnit &C : Compiled)
    for (Function &F : *C.Code)
      if (!F.isDeclaration() && !F.hasLocalLinkage())
        HasBody.insert(F.getName().str());
  for (CompiledUnit &C : Compiled)
    instrument(C, P, KitDir, HasBody);
  Expected<std::unique_ptr<LoadedCode>> L =
      LoadedCode::load(std::move(Compiled), Scenario);
  if (!L)
    return L.takeError();
  Code = std::move(*L);
  return Error::success();
}

RootResult Driver::runStart(const Root &Start) {
  if (!irqlint::opt::Scenario.empty()) {
    ScenarioOptions Opts;
    Opts.Preemptions = irqlint::opt::Preemptions;
    Opts.Processors = irqlint::opt::Processors;
    Opts.All = irqlint::opt::AllInterleavings;
    if (irqlint::opt::Executions.getNumOccurrences())
      Opts.Executions = irqlint::opt::Executions;
    return runScenario(P, *Code, Start, Opts);
  }
  RunOptions Opts;
  Opts.Executions = irqlint::opt::Executions;
  Opts.Seed = irqlint::opt::Seed;
  return runRoot(P, *Code, Start, Opts);
}

void Driver::runUnit(UnitResult &R, ArrayRef<Root> Roots) {
  auto Start = std::chrono::steady_clock::now();
  for (const Root &Start : Roots) {
    if (!irqlint::opt::Only.empty() && Start.Name != irqlint::opt::Only)
      continue;
    bool Scenario = !irqlint::opt::Scenario.empty();
    if (Scenario && !is_contained(irqlint::opt::Scenario, Start.Name))
      continue;
    FunctionRecord *Rec = nullptr;
    for (FunctionRecord &F : R.Functions)
      if (F.Name == Start.Name && F.Pos == Start.Pos)
        Rec = &F;
    // Helpers run inside their callers, who know what to give them.
    if (!Scenario && Start.Called && !Start.IsEntryPoint &&
        irqlint::opt::Only.empty())
      continue;
    RootResult Result = runStart(Start);
    if (Result.DriverLevel) {
      P.DriverLevel = Result.DriverLevel;
      P.DriverScope = Result.DriverScope;
    }
    if (!Result.Story.empty()) {
      Story.push_back(Start.Name + ":");
      for (const std::string &Line : Result.Story)
        Story.push_back("  " + Line);
    }
    for (const Violation &V : Result.Found)
      if (Checks.count(V.Check))
        R.Findings.push_back(toFinding(P, V, Start));
    if (!Rec)
      continue;
    Rec->Relevant = true;
    Rec->Nodes = Result.Executions;
    Rec->ExploredFully = Result.Exhausted && Result.Obstacle.empty();
    Rec->GivenUp = Result.Obstacle;
  }
  R.AnalysisSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
          .count();
}

Error Driver::run(ArrayRef<UnitPlan> Units) {
  if (Error E = load(Units))
    return E;
  P.OpenWorld = irqlint::opt::Scenario.empty();
  for (const std::string &Name : irqlint::opt::Scenario) {
    bool Known = false;
    for (const std::vector<Root> &List : Roots)
      for (const Root &R : List)
        if (R.Name == Name) {
          Known = true;
          if (auto A = P.Arguments.find(R.Symbol);
              A != P.Arguments.end() && !A->second.empty())
            return createStringError(
                "'" + Name +
                "' has parameters: a scenario is a function without");
        }
    if (!Known)
      return createStringError("no function '" + Name +
                               "' to run as a scenario");
  }
  for (auto &[Symbol, Unused] : P.Arguments)
    if (uint64_t At = Code->address(Symbol))
      P.Names[At] = P.Symbols[At] = Symbol;
  for (const std::vector<Root> &OfUnit : Roots)
    for (const Root &R : OfUnit)
      if (uint64_t At = Code->address(R.Symbol))
        P.Names[At] = R.Name;
  // What the driver object says is inherited by all others.
  auto First = [](const Root &R) {
    return R.Role && !R.Role->EntryNames.empty();
  };
  for (bool Of : {true, false})
    for (size_t I = 0; I < Units.size(); ++I) {
      auto At = find_if(Roots[I], First);
      if ((At != Roots[I].end()) != Of)
        continue;
      if (Of)
        std::rotate(Roots[I].begin(), At, At + 1);
      runUnit(Results[I], Roots[I]);
    }
  return Error::success();
}

int irqlint::runCommand(const char *Executable) {
  auto Start = std::chrono::steady_clock::now();
  if (Error E = checkOutputOptions())
    return fail(std::move(E));
  Expected<std::shared_ptr<const RuleSet>> Rules =
      loadRules(irqlint::opt::Rules);
  if (!Rules)
    return fail(Rules.takeError());
  Expected<std::set<std::string>> Checks =
      selectChecks(irqlint::opt::Checks, (*Rules)->checks());
  if (!Checks)
    return fail(Checks.takeError());
  Expected<std::string> Kit = findKit(Executable);
  if (!Kit)
    return fail(Kit.takeError());
  PlanOptions PlanOpts;
  PlanOpts.Defines = irqlint::opt::Defines;
  PlanOpts.IncludeDirs = irqlint::opt::Includes;
  Expected<Plan> Units = planUnits(irqlint::opt::RunFiles, PlanOpts);
  if (!Units)
    return fail(Units.takeError());
  if (Units->Units.empty())
    return fail("nothing to run in " + join(irqlint::opt::RunFiles, ", "));

  // A process of its own: the driver's code may do anything.
  JobLimits Limits;
  Limits.Seconds = irqlint::opt::TimeLimit;
  Limits.MemoryMb = irqlint::opt::MemoryLimit;
  volatile std::sig_atomic_t Stop = 0;
  std::vector<UnitResult> Results;
  std::string Failure;
  outs().flush();
  runJobs(
      1, Limits,
      [&](size_t) {
        Driver D(*Rules, *Kit, *Checks);
        if (Error E = D.run(Units->Units))
          return printJson(
              json::Object{{"failure", jsonString(toString(std::move(E)))}});
        json::Array A;
        for (const UnitResult &R : D.Results)
          A.push_back(toJSON(R));
        json::Array Story;
        for (const std::string &Line : D.Story)
          Story.push_back(jsonString(Line));
        return printJson(
            json::Object{{"units", std::move(A)}, {"story", std::move(Story)}});
      },
      [&](size_t, JobOutcome Outcome) {
        Failure = Outcome.Failure;
        if (!Failure.empty())
          return;
        Expected<json::Value> V = json::parse(Outcome.Output);
        const json::Object *O = V ? V->getAsObject() : nullptr;
        if (!V)
          Failure = toString(V.takeError());
        else if (auto F = O ? O->getString("failure") : std::nullopt)
          Failure = F->str();
        else if (const json::Array *S = O ? O->getArray("story") : nullptr;
                 S && irqlint::opt::Story)
          for (const json::Value &Line : *S)
            outs() << Line.getAsString().value_or("") << "\n";
        if (const json::Array *A = O ? O->getArray("units") : nullptr)
          for (const json::Value &U : *A) {
            json::Path::Root Root("unit result");
            UnitResult R;
            if (!fromJSON(U, R, Root))
              Failure = toString(Root.getError());
            Results.push_back(std::move(R));
          }
      },
      Stop);
  if (!Failure.empty())
    return fail(Failure);
  SourceText Sources;
  Suppressions Silenced(Sources, **Rules);
  Report R = collect(std::move(Results), Sources, &Silenced);
  R.WallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
          .count();
  return emitReport(std::move(R), Sources, **Rules,
                    sourceRoot(irqlint::opt::RunFiles[0]));
}
