//===- Scan.cpp - irqlint scan --------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "Emit.h"
#include "Headers.h"
#include "JobPool.h"
#include "Kit/Kit.h"
#include "Options.h"
#include "Report/CheckGlobs.h"
#include "Report/Json.h"
#include "UnitCache.h"
#include "UnitJob.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
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

/// One line that is overwritten, on a terminal only.
class Progress {
public:
  explicit Progress(size_t Total)
      : Total(Total), On(sys::Process::StandardErrIsDisplayed()) {}
  ~Progress() { clear(); }

  void done(StringRef File) {
    ++Count;
    if (!On)
      return;
    clear();
    size_t Room = std::max(20u, sys::Process::StandardErrColumns()) - 16;
    errs() << '[' << Count << '/' << Total << "] "
           << sys::path::filename(File).take_back(Room);
  }
  void clear() {
    if (On)
      errs() << "\r\x1b[K";
  }

private:
  size_t Total, Count = 0;
  bool On;
};

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
  std::string settings() const;

  const char *Executable;
  std::shared_ptr<const RuleSet> Rules;
  AnalyzeOptions Analyze;
  ParseOptions Parse;
  Plan Units;
  std::vector<UnitResult> Results;
  std::vector<std::string> Problems;
  std::optional<UnitCache> Cache;
};

/// What a name that no header declares most likely is, by the rules (which the
/// user may extend) and by the kit's list.
NameKind kindOf(const RuleSet &Rules, StringRef Name) {
  if (Rules.function(Name))
    return NameKind::Function;
  if (Rules.role(Name))
    return NameKind::FunctionType;
  if (Rules.lockKindOfType(Name))
    return NameKind::Type;
  switch (lookupKind(Name)) {
  case KitName::Type:
    return NameKind::Type;
  case KitName::Callback:
    return NameKind::FunctionType;
  case KitName::Function:
    return NameKind::Function;
  case KitName::Constant:
  case KitName::Macro:
    return NameKind::Constant;
  case KitName::Unknown:
    break;
  }
  return NameKind::Unknown;
}

} // namespace

Error Scan::prepare() {
  if (!opt::Launcher.empty())
    return createStringError(inconvertibleErrorCode(),
                             "--launcher is not available in this version");
  if (Error E = checkOutputOptions())
    return E;
  Expected<std::shared_ptr<const RuleSet>> R = loadRules(opt::Rules);
  if (!R)
    return R.takeError();
  Rules = *R;
  Expected<std::set<std::string>> Checks =
      selectChecks(opt::Checks, Rules->checks());
  if (!Checks)
    return Checks.takeError();
  Analyze.Rules = Rules;
  Analyze.Checks = std::move(*Checks);
  // They are always computed: the summary and --stats count them.
  Analyze.Possible = true;

  Expected<std::vector<std::string>> Headers = headerFolders(opt::Headers);
  if (!Headers)
    return Headers.takeError();
  Parse.HeaderDirs = std::move(*Headers);
  if (Expected<std::string> Kit = findKit(Executable))
    Parse.KitDir = *Kit;
  else if (Parse.HeaderDirs.empty())
    return Kit.takeError();
  else
    consumeError(Kit.takeError());
  Parse.LookupKind = [Rules = Rules](StringRef Name) {
    return kindOf(*Rules, Name);
  };
  if (!opt::Keep.empty()) {
    Expected<UnitCache> C = UnitCache::open(opt::Keep, settings());
    if (!C)
      return C.takeError();
    Cache = std::move(*C);
  }
  return Error::success();
}

/// Everything besides the plan that a unit's result depends on.
std::string Scan::settings() const {
  json::Array RuleTexts;
  for (const std::string &File : opt::Rules)
    if (auto Buffer = MemoryBuffer::getFile(File))
      RuleTexts.push_back(jsonString((*Buffer)->getBuffer()));
  // The program itself: a new build may find other things.
  std::string Program = sys::fs::getMainExecutable(
      Executable, reinterpret_cast<void *>(&catchSignals));
  sys::fs::file_status Status;
  int64_t Built = 0;
  if (!sys::fs::status(Program, Status))
    Built = Status.getLastModificationTime().time_since_epoch().count();
  std::vector<std::string> Checks(Analyze.Checks.begin(), Analyze.Checks.end());
  return printJson(json::Object{{"version", IRQLINT_VERSION},
                                {"program", Built},
                                {"checks", jsonStrings(Checks)},
                                {"rules", std::move(RuleTexts)},
                                {"kit", jsonString(Parse.KitDir)},
                                {"headers", jsonStrings(Parse.HeaderDirs)}});
}

/// ExitClean when there is something to analyze.
int Scan::plan() {
  PlanOptions P;
  P.Config = opt::Config;
  P.BuildPath = opt::BuildPath;
  P.Defines = opt::Defines;
  P.IncludeDirs = opt::Includes;
  P.UserMode = opt::UserMode;
  Expected<Plan> Made = planUnits(opt::Paths, P);
  if (!Made)
    return fail(Made.takeError());
  Units = std::move(*Made);
  for (const ProjectDiag &D : Units.Diags)
    if (D.Severity == ProjectDiag::Error)
      Problems.push_back(D.str()); // printed with the summary
    else
      errs() << D.str() << '\n';
  if (!Units.Units.empty())
    return ExitClean;
  for (const std::string &P : Problems)
    errs() << P << '\n';
  for (const ProjectInfo &I : Units.Projects)
    if (!I.Skipped.empty())
      errs() << I.File << ": note: skipped: " << I.Skipped << '\n';
  return fail("nothing to check in " + join(opt::Paths, ", "));
}

int Scan::list() const {
  for (const UnitPlan &U : Units.Units) {
    outs() << U.File << "  [" << (U.Driver.empty() ? "?" : U.Driver);
    if (!U.Config.empty())
      outs() << ", " << U.Config;
    outs() << ", " << (U.CPlusPlus ? "C++" : "C")
           << (U.Kind == UnitKind::User ? ", user mode" : "")
           << (U.Guessed ? ", settings guessed" : "") << "]\n";
  }
  for (const ProjectInfo &I : Units.Projects)
    if (!I.Skipped.empty())
      outs() << I.File << "  skipped: " << I.Skipped << '\n';
  outs().flush();
  for (const std::string &P : Problems)
    errs() << P << '\n';
  return Problems.empty() ? ExitClean : ExitFailed;
}

void Scan::record(const UnitPlan &Unit, JobOutcome Outcome) {
  UnitJob Job;
  Job.Result.Failure = Outcome.Failure;
  if (Outcome.Failure.empty()) {
    json::Path::Root Root("unit result");
    Expected<json::Value> V = json::parse(Outcome.Output);
    if (!V)
      Job.Result.Failure = "unreadable result: " + toString(V.takeError());
    else if (!fromJSON(*V, Job, Root))
      Job.Result.Failure = "unreadable result: " + toString(Root.getError());
  }
  Job.Result.File = Unit.File;
  Job.Result.Driver = Unit.Driver;
  Job.Result.Config = Unit.Config;
  Job.Result.PeakMb = Outcome.PeakMb;
  if (Cache && Job.Result.Failure.empty())
    if (Error E = Cache->store(Unit, Job)) {
      Problems.push_back("irqlint: error: --keep: " + toString(std::move(E)));
      Cache.reset(); // say it once
    }
  Results.push_back(std::move(Job.Result));
}

void Scan::analyze() {
  Progress Bar(Units.Units.size());
  std::vector<const UnitPlan *> Todo;
  for (const UnitPlan &U : Units.Units) {
    std::optional<UnitResult> Known = Cache ? Cache->find(U) : std::nullopt;
    if (!Known) {
      Todo.push_back(&U);
      continue;
    }
    Results.push_back(std::move(*Known));
    Bar.done(U.File);
  }
  JobLimits Limits;
  Limits.Parallel =
      opt::Jobs ? opt::Jobs : hardware_concurrency().compute_thread_count();
  Limits.Seconds = opt::TimeLimit;
  Limits.MemoryMb = opt::MemoryLimit;
  outs().flush(); // or the children would write it again
  runJobs(
      Todo.size(), Limits,
      [&](size_t I) {
        return printJson(toJSON(runUnit(*Todo[I], Parse, Analyze)));
      },
      [&](size_t I, JobOutcome Outcome) {
        record(*Todo[I], std::move(Outcome));
        Bar.done(Todo[I]->File);
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
  catchSignals();
  analyze();

  if (Stopped)
    Problems.push_back("irqlint: error: interrupted: " +
                       utostr(Units.Units.size() - Results.size()) + " of " +
                       utostr(Units.Units.size()) + " units were not analyzed");
  SourceText Sources;
  Suppressions Silenced(Sources, *Rules);
  Report R = collect(std::move(Results), Sources, &Silenced);
  R.Problems = std::move(Problems);
  R.Interrupted = Stopped != 0;
  R.WallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
          .count();
  return emitReport(std::move(R), Sources, *Rules, sourceRoot(opt::Paths[0]));
}

int irqlint::scanCommand(const char *Executable) {
  return Scan(Executable).run();
}
