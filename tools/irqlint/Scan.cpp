//===- Scan.cpp - irqlint scan --------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "Emit.h"
#include "Git.h"
#include "Headers.h"
#include "JobPool.h"
#include "Kit/Kit.h"
#include "Launch.h"
#include "List.h"
#include "Options.h"
#include "Progress.h"
#include "Project/Changed.h"
#include "Project/Shard.h"
#include "Report/CheckGlobs.h"
#include "Report/Json.h"
#include "UnitCache.h"
#include "UnitJob.h"
#include "UnitStream.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"
#include <chrono>
#include <csignal>

using namespace llvm;
using namespace irqlint;

namespace {

volatile std::sig_atomic_t Stopped = 0;

/// The first signal ends the scan in order; the second ends the program.
void onSignal(int Signal) {
  Stopped = Signal;
  std::signal(Signal, SIG_DFL);
}

void catchSignals() {
  struct sigaction Action{};
  Action.sa_handler = onSignal; // no SA_RESTART: poll() must return
  sigaction(SIGINT, &Action, nullptr);
  sigaction(SIGTERM, &Action, nullptr);
}

class Scan {
public:
  explicit Scan(const char *Executable) : Executable(Executable) {}
  int run();

private:
  Error prepare();
  int plan();
  int list() const;
  void analyze();
  void record(const UnitPlan &Unit, JobOutcome Outcome);
  std::string program() const;
  std::string settings() const;

  const char *Executable;
  SetupValues Values;
  Setup S;
  std::optional<Launcher> Launch;
  Plan Units;
  std::vector<UnitResult> Results;
  size_t Analyzed = 0; ///< those of Results that are whole
  std::vector<std::string> Problems;
  std::optional<UnitCache> Cache;
};

} // namespace

Error Scan::prepare() {
  if (Error E = checkOutputOptions())
    return E;
  for (const std::string &File : opt::Rules) {
    SmallString<256> Path(File);
    sys::fs::make_absolute(Path);
    Values.RuleFiles.push_back(std::string(Path));
  }
  Values.Seconds = opt::TimeLimit;
  Values.MemoryMb = opt::MemoryLimit;
  Expected<std::vector<std::string>> Headers = headerFolders(opt::Headers);
  if (!Headers)
    return Headers.takeError();
  Values.HeaderDirs = std::move(*Headers);
  if (Expected<std::string> Kit = findKit(Executable))
    Values.KitDir = *Kit;
  else if (Values.HeaderDirs.empty())
    return Kit.takeError();
  else
    consumeError(Kit.takeError());
  // With the names that the user gave, so that messages have them.
  SetupValues AsGiven = Values;
  AsGiven.RuleFiles = opt::Rules;
  Expected<Setup> Made = makeSetup(AsGiven);
  if (!Made)
    return Made.takeError();
  S = std::move(*Made);
  Expected<std::set<std::string>> Checks =
      selectChecks(opt::Checks, S.Rules->checks());
  if (!Checks)
    return Checks.takeError();
  S.Analyze.Checks = std::move(*Checks);
  Values.Checks.assign(S.Analyze.Checks.begin(), S.Analyze.Checks.end());
  if (!opt::Keep.empty()) {
    Expected<UnitCache> C = UnitCache::open(opt::Keep, settings());
    if (!C)
      return C.takeError();
    Cache = std::move(*C);
  }
  return Error::success();
}

std::string Scan::program() const {
  return sys::fs::getMainExecutable(Executable,
                                    reinterpret_cast<void *>(&catchSignals));
}

/// Everything besides the plan that a unit's result depends on.
std::string Scan::settings() const {
  json::Array RuleTexts;
  for (const std::string &File : opt::Rules)
    if (auto Buffer = MemoryBuffer::getFile(File))
      RuleTexts.push_back(jsonString((*Buffer)->getBuffer()));
  // The program itself: a new build may find other things.
  sys::fs::file_status Status;
  int64_t Built = 0;
  if (!sys::fs::status(program(), Status))
    Built = Status.getLastModificationTime().time_since_epoch().count();
  return printJson(json::Object{{"version", IRQLINT_VERSION},
                                {"program", Built},
                                {"checks", jsonStrings(Values.Checks)},
                                {"rules", std::move(RuleTexts)},
                                {"kit", jsonString(Values.KitDir)},
                                {"headers", jsonStrings(Values.HeaderDirs)}});
}

/// ExitClean when there is something to analyze.
int Scan::plan() {
  PlanOptions P;
  P.Configs = opt::Configs;
  P.BuildPath = opt::BuildPath;
  P.Defines = opt::Defines;
  P.IncludeDirs = opt::Includes;
  P.UserMode = opt::UserMode;
  Expected<Plan> Made = planUnits(opt::Paths, P);
  if (!Made)
    return fail(Made.takeError());
  Units = std::move(*Made);
  if (Error E = takeShard(Units, opt::Shard))
    return fail(std::move(E));
  for (const ProjectDiag &D : Units.Diags)
    if (D.Severity == ProjectDiag::Error)
      Problems.push_back(D.str()); // printed with the summary
    else
      errs() << D.str() << '\n';
  if (!Units.Units.empty() && !opt::ChangedSince.empty()) {
    Expected<std::vector<std::string>> Changed =
        changedSince(opt::ChangedSince, opt::Paths);
    if (!Changed)
      return fail(Changed.takeError());
    keepChanged(Units, *Changed);
    if (Units.Units.empty())
      errs() << "irqlint: no unit is reached by what changed since '"
             << opt::ChangedSince << "'\n";
    return ExitClean;
  }
  if (!Units.Units.empty() || !opt::Shard.empty())
    return ExitClean; // a part may be empty
  for (const std::string &P : Problems)
    errs() << P << '\n';
  for (const ProjectInfo &I : Units.Projects)
    if (!I.Skipped.empty())
      errs() << I.File << ": note: skipped: " << I.Skipped << '\n';
  return fail("nothing to check in " + join(opt::Paths, ", "));
}

int Scan::list() const {
  if (opt::OutputFormat == opt::Format::Json)
    listAsJson(Units, outs());
  else
    listAsText(Units, outs());
  outs().flush();
  for (const std::string &P : Problems)
    errs() << P << '\n';
  return Problems.empty() ? ExitClean : ExitFailed;
}

void Scan::record(const UnitPlan &Unit, JobOutcome Outcome) {
  UnitJob Job = readUnitStream(Outcome.Output, Outcome.Failure);
  // Nothing at all came of it before the scan was stopped.
  if (Stopped && !Job.Result.Failure.empty() && Job.Result.File.empty())
    return;
  Job.Result.File = Unit.File;
  Job.Result.Driver = Unit.Driver;
  Job.Result.Config = Unit.Config;
  if (!Job.Result.PeakMb)
    Job.Result.PeakMb = Outcome.PeakMb;
  Analyzed += Job.Result.Failure.empty();
  if (Cache && Job.Result.Failure.empty())
    if (Error E = Cache->store(Unit, Job)) {
      Problems.push_back("irqlint: error: --keep: " + toString(std::move(E)));
      Cache.reset(); // say it once
    }
  Results.push_back(std::move(Job.Result));
}

/// What the progress line counts.
static size_t definite(const UnitResult &R) {
  return llvm::count_if(R.Findings, [](const Finding &F) {
    return F.Sure == Certainty::Definite;
  });
}

void Scan::analyze() {
  Progress Bar(Units.Units.size());
  size_t Findings = 0;
  std::vector<const UnitPlan *> Todo;
  for (const UnitPlan &U : Units.Units) {
    std::optional<UnitResult> Known = Cache ? Cache->find(U) : std::nullopt;
    if (!Known) {
      Todo.push_back(&U);
      continue;
    }
    Findings += definite(*Known);
    Results.push_back(std::move(*Known));
    ++Analyzed;
    Bar.known();
  }
  JobLimits Limits;
  Limits.Parallel =
      opt::Jobs ? opt::Jobs : hardware_concurrency().compute_thread_count();
  Limits.Seconds = opt::TimeLimit;
  Limits.MemoryMb = opt::MemoryLimit;
  if (Launch) // it keeps to the limits where the unit is
    Limits.Seconds = Limits.MemoryMb = 0;
  outs().flush(); // or the children would write it again
  runJobs(
      Todo.size(), Limits,
      [&](size_t I) {
        if (Launch)
          return Launch->run(*Todo[I], I);
        UnitWriter Out(sayFromJob);
        runUnit(*Todo[I], S.Parse, S.Analyze, Out);
        return std::string();
      },
      [&](size_t I, JobOutcome Outcome) {
        size_t Before = Results.size();
        record(*Todo[I], std::move(Outcome));
        if (Results.size() > Before)
          Findings += definite(Results.back());
        Bar.done(Todo[I]->File, Findings);
      },
      Stopped);
}

int Scan::run() {
  auto Start = std::chrono::steady_clock::now();
  if (Error E = prepare())
    return fail(std::move(E));
  if (int Status = plan())
    return Status;
  if (opt::List)
    return list();
  if (!opt::Launcher.empty()) {
    Expected<Launcher> L =
        Launcher::make(opt::Launcher, opt::Keep, program(), Values);
    if (!L)
      return fail(L.takeError());
    Launch = std::move(*L);
  }
  catchSignals();
  analyze();
  if (Launch)
    Launch->cleanUp();

  if (Stopped)
    Problems.push_back("irqlint: error: interrupted: " +
                       utostr(Units.Units.size() - Analyzed) + " of " +
                       utostr(Units.Units.size()) + " units were not analyzed");
  SourceText Sources;
  Suppressions Silenced(Sources, *S.Rules);
  Report R = collect(std::move(Results), Sources, &Silenced);
  R.Problems = std::move(Problems);
  R.Interrupted = Stopped != 0;
  R.WallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
          .count();
  return emitReport(std::move(R), Sources, *S.Rules, sourceRoot(opt::Paths[0]));
}

int irqlint::scanCommand(const char *Executable) {
  return Scan(Executable).run();
}
