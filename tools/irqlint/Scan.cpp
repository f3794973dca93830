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
#include "LinkPass.h"
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
#include <set>

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
  void link();
  void recall();
  void remember(const LinkPass &Pass);
  std::string linkage(const std::vector<size_t> &Class) const;
  void runAll(size_t Count, function_ref<const UnitPlan &(size_t)> UnitOf,
              function_ref<const SecondLook &(size_t)> LookOf,
              function_ref<void(size_t, UnitJob)> Take);
  void stored(Error E);
  void keep(const UnitPlan &Unit, const UnitJob &Job, StringRef With);
  std::string program() const;
  std::string settings() const;

  const char *Executable;
  SetupValues Values;
  Setup S;
  std::optional<Launcher> Launch;
  Plan Units;
  /// Parallel to the plan; empty for what was not analyzed.
  std::vector<std::optional<UnitJob>> Done;
  std::vector<std::string> Problems;
  std::optional<UnitCache> Cache;
  /// With --keep: units that belong together, and those of which the answer is
  /// known to the end.
  std::vector<std::vector<size_t>> Classes;
  std::vector<bool> Settled;
  /// Units that were not looked at with their driver as they should have been.
  std::set<size_t> Alone;
  /// Of drivers that are settled.
  std::vector<ImportFailure> NotBrought;
  unsigned Truncated = 0;
  double LinkSeconds = 0;
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

void Scan::stored(Error E) {
  if (!E)
    return;
  Problems.push_back("irqlint: error: --keep: " + toString(std::move(E)));
  Cache.reset(); // say it once
}

void Scan::keep(const UnitPlan &Unit, const UnitJob &Job, StringRef With) {
  if (Cache && Job.Result.Failure.empty())
    stored(Cache->store(Unit, Job, With));
}

/// Jobs 0..Count-1 in processes of their own.
void Scan::runAll(size_t Count, function_ref<const UnitPlan &(size_t)> UnitOf,
                  function_ref<const SecondLook &(size_t)> LookOf,
                  function_ref<void(size_t, UnitJob)> Take) {
  JobLimits Limits;
  Limits.Parallel =
      opt::Jobs ? opt::Jobs : hardware_concurrency().compute_thread_count();
  Limits.Seconds = opt::TimeLimit;
  Limits.MemoryMb = opt::MemoryLimit;
  if (Launch) // it keeps to the limits where the unit is
    Limits.Seconds = Limits.MemoryMb = 0;
  outs().flush(); // or the children would write it again
  runJobs(
      Count, Limits,
      [&](size_t I) {
        if (Launch)
          return Launch->run(UnitOf(I), LookOf(I), I);
        UnitWriter Out(sayFromJob);
        runUnit(UnitOf(I), S.Parse, S.Analyze, LookOf(I), Out);
        return std::string();
      },
      [&](size_t I, JobOutcome Outcome) {
        UnitJob Job = readUnitStream(Outcome.Output, Outcome.Failure);
        // Nothing at all came of it before the scan was stopped.
        if (Stopped && !Job.Result.Failure.empty() && Job.Result.File.empty())
          return;
        Job.Result.File = UnitOf(I).File;
        Job.Result.Driver = UnitOf(I).Driver;
        Job.Result.Config = UnitOf(I).Config;
        if (!Job.Result.PeakMb)
          Job.Result.PeakMb = Outcome.PeakMb;
        Take(I, std::move(Job));
      },
      Stopped);
}

/// What the progress line counts.
static size_t definite(const UnitResult &R) {
  return llvm::count_if(R.Findings, [](const Finding &F) {
    return F.Sure == Certainty::Definite;
  });
}

/// Which units of a class are linked with which, in terms of the class.
std::string Scan::linkage(const std::vector<size_t> &Class) const {
  std::string Text;
  for (size_t I = 0; I < Class.size(); ++I)
    for (const ProjectInfo &P : Units.Projects)
      if (P.File == Units.Units[Class[I]].ProjectFile && !P.Libraries.empty())
        Text += utostr(I) + ":" + join(P.Libraries, ";") + "\n";
  return Text;
}

static std::vector<const UnitPlan *> plansOf(const Plan &P,
                                             ArrayRef<size_t> Class) {
  std::vector<const UnitPlan *> Out;
  for (size_t I : Class)
    Out.push_back(&P.Units[I]);
  return Out;
}

/// Drivers of which nothing changed.
void Scan::recall() {
  Done.resize(Units.Units.size());
  Settled.resize(Units.Units.size());
  if (!Cache)
    return;
  Classes = linkClasses(Units);
  for (const std::vector<size_t> &Class : Classes) {
    std::optional<KeptDrivers> Kept =
        Cache->findDrivers(plansOf(Units, Class), linkage(Class));
    if (!Kept)
      continue;
    for (size_t K = 0; K < Class.size(); ++K) {
      Done[Class[K]].emplace().Result = std::move(Kept->Results[K]);
      Settled[Class[K]] = true;
    }
    llvm::append_range(NotBrought, Kept->NotBrought);
    Truncated += Kept->Truncated;
  }
}

/// What was found of drivers as a whole, for the next scan.
void Scan::remember(const LinkPass &Pass) {
  for (const std::vector<size_t> &Class : Classes) {
    if (Settled[Class.front()])
      continue;
    KeptDrivers Kept;
    std::vector<const UnitJob *> Jobs;
    for (size_t I : Class) {
      if (!Done[I] || !Done[I]->Result.Failure.empty() || Alone.count(I))
        break;
      Jobs.push_back(&*Done[I]);
      Kept.Results.push_back(Done[I]->Result);
      llvm::append_range(Kept.NotBrought, Done[I]->NotBrought);
      Kept.Truncated += Pass.truncated(I);
    }
    if (Jobs.size() == Class.size() && Cache)
      stored(Cache->storeDrivers(plansOf(Units, Class), linkage(Class), Jobs,
                                 Kept));
  }
}

void Scan::analyze() {
  static const SecondLook First;
  Progress Bar(Units.Units.size());
  size_t Findings = 0;
  std::vector<size_t> Todo;
  for (size_t I = 0; I < Units.Units.size(); ++I) {
    if (Cache && !Settled[I])
      Done[I] = Cache->find(Units.Units[I]);
    if (!Done[I]) {
      Todo.push_back(I);
      continue;
    }
    Findings += definite(Done[I]->Result);
    Bar.known();
  }
  auto UnitOf = [&](size_t I) -> const UnitPlan & {
    return Units.Units[Todo[I]];
  };
  runAll(
      Todo.size(), UnitOf, [&](size_t) -> const SecondLook & { return First; },
      [&](size_t I, UnitJob Job) {
        keep(UnitOf(I), Job, "");
        Findings += definite(Job.Result);
        Bar.done(UnitOf(I).File, Findings);
        Done[Todo[I]] = std::move(Job);
      });
}

/// \p T once more, without the function at which \p Died did.
static std::optional<LinkTask> withoutImport(const LinkTask &T,
                                             const UnitJob &Died) {
  constexpr size_t MaxDeaths = 8;
  if (Died.DiedImporting.empty() || T.Look.Deadly.size() >= MaxDeaths)
    return std::nullopt;
  LinkTask Again = T; // with its key: the answer is the same next time
  for (auto &[Plan, Usrs] : Again.Look.Imports) {
    if (!is_contained(Usrs, Died.DiedImporting))
      continue;
    llvm::erase(Usrs, Died.DiedImporting);
    Again.Look.Deadly.push_back({Died.DiedAtFunction, Plan.File,
                                 Died.Result.File, Died.Result.Failure});
  }
  if (Again.Look.Deadly.size() == T.Look.Deadly.size())
    return std::nullopt;
  return Again;
}

/// Units of a driver are looked at once more with what the others tell.
void Scan::link() {
  auto Start = std::chrono::steady_clock::now();
  LinkPass Pass(Units, Done, Settled, *S.Analyze.Rules);
  for (std::vector<LinkTask> Tasks = Pass.nextRound();
       !Tasks.empty() && !Stopped; Tasks = Pass.nextRound()) {
    Progress Bar(Tasks.size());
    std::vector<LinkTask> Repeat; // without a function that is deadly
    auto Replace = [&](const LinkTask &T, UnitJob Job) {
      if (Job.Result.Failure.empty())
        Pass.take(T, std::move(Job));
      else if (std::optional<LinkTask> Again = withoutImport(T, Job);
               Again && !Stopped)
        Repeat.push_back(std::move(*Again));
      else { // its own findings stay
        Alone.insert(T.Unit);
        errs() << Units.Units[T.Unit].File
               << ": note: not analyzed together with its driver: "
               << Job.Result.Failure << '\n';
      }
    };
    std::vector<const LinkTask *> Todo;
    for (const LinkTask &T : Tasks) {
      std::optional<UnitJob> Known =
          Cache ? Cache->find(Units.Units[T.Unit], T.Key) : std::nullopt;
      if (Known) {
        Replace(T, std::move(*Known));
        Bar.known();
      } else {
        Todo.push_back(&T);
      }
    }
    auto UnitOf = [&](size_t I) -> const UnitPlan & {
      return Units.Units[Todo[I]->Unit];
    };
    std::vector<LinkTask> Now;
    do {
      runAll(
          Todo.size(), UnitOf,
          [&](size_t I) -> const SecondLook & { return Todo[I]->Look; },
          [&](size_t I, UnitJob Job) {
            llvm::append_range(Job.NotBrought, Todo[I]->Look.Deadly);
            keep(UnitOf(I), Job, Todo[I]->Key);
            Replace(*Todo[I], std::move(Job));
            size_t Findings = 0;
            for (const std::optional<UnitJob> &J : Done)
              Findings += J ? definite(J->Result) : 0;
            Bar.done(UnitOf(I).File, Findings);
          });
      Now = std::exchange(Repeat, {});
      Todo.clear();
      for (const LinkTask &T : Now)
        Todo.push_back(&T);
    } while (!Todo.empty());
  }
  Pass.conclude(S.Analyze.Checks);
  if (!Stopped)
    remember(Pass);
  for (size_t I = 0; I < Units.Units.size(); ++I)
    Truncated += Pass.truncated(I);
  if (Truncated)
    errs() << "irqlint: note: " << Truncated
           << " units were linked with a part of their driver only\n";
  LinkSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
          .count();
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
  recall();
  analyze();
  if (!Stopped)
    link();
  if (Launch)
    Launch->cleanUp();

  std::vector<UnitResult> Results;
  size_t Analyzed = 0; ///< those of Results that are whole
  for (std::optional<UnitJob> &J : Done)
    if (J) {
      Analyzed += J->Result.Failure.empty();
      llvm::append_range(NotBrought, J->NotBrought);
      Results.push_back(std::move(J->Result));
    }
  if (Stopped)
    Problems.push_back("irqlint: error: interrupted: " +
                       utostr(Units.Units.size() - Analyzed) + " of " +
                       utostr(Units.Units.size()) + " units were not analyzed");
  SourceText Sources;
  Suppressions Silenced(Sources, *S.Rules);
  Report R =
      collect(std::move(Results), Sources, &Silenced, std::move(NotBrought));
  R.Problems = std::move(Problems);
  R.Interrupted = Stopped != 0;
  R.LinkSeconds = LinkSeconds;
  R.WallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
          .count();
  return emitReport(std::move(R), Sources, *S.Rules, sourceRoot(opt::Paths[0]));
}

int irqlint::scanCommand(const char *Executable) {
  return Scan(Executable).run();
}
