//===- main.cpp - irqlint-inject: are planted defects found? --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Scans drivers, plants defects into functions that were explored to the end
/// without a finding, one at a time and in memory, and scans the unit again.
/// Says for each class of defect which share was found, and names the misses.
//===----------------------------------------------------------------------===//

#include "../irqlint/JobPool.h"
#include "../irqlint/Setup.h"
#include "Defects.h"
#include "Engine/Analyze.h"
#include "Engine/LinkCollector.h"
#include "Kit/Kit.h"
#include "Project/Parse.h"
#include "Report/Json.h"
#include "Report/LinkJson.h"
#include "Report/Repairs.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/xxhash.h"
#include <array>
#include <map>

using namespace llvm;
using namespace irqlint;

static cl::list<std::string> Paths(cl::Positional, cl::OneOrMore,
                                   cl::desc("PATH... (as for irqlint scan)"));
static cl::list<std::string> Includes("I", cl::Prefix,
                                      cl::desc("Search DIR for headers first"));
static cl::opt<unsigned> Jobs("j", cl::Prefix, cl::desc("Parallel jobs"));
static cl::opt<unsigned>
    PerClass("per-class", cl::init(25),
             cl::desc("Defects to plant of each class, at most"));
static cl::opt<unsigned> Seed("seed", cl::init(1),
                              cl::desc("Chooses which ones are planted"));
static cl::opt<std::string>
    Match("match", cl::desc("Only defects whose line in the list of misses "
                            "matches this regular expression"));
static cl::opt<std::string>
    Only("units", cl::desc("Only files whose path matches this regular "
                           "expression"));
static cl::opt<std::string>
    Keep("keep", cl::desc("Write the changed files of misses to this folder"));
static cl::opt<unsigned>
    AtLeast("at-least", cl::desc("Fail below this share (percent) found"));
static cl::opt<bool> Show("show", cl::desc("Name what was found, too"));
static cl::opt<unsigned> TimeLimit("time-limit", cl::init(120),
                                   cl::desc("Processor seconds per unit"));

namespace {

enum Outcome { Definite, Possible, Missed, GivenUp, Broken };
constexpr const char *OutcomeNames[] = {"found", "possible", "missed",
                                        "given-up", "broken"};

/// What a scan of the unit as it is gave.
struct Baseline {
  std::string File;
  std::vector<std::string> Findings; ///< keys
  unsigned Errors = 0, Functions = 0, Explored = 0, Eligible = 0;
  LinkFacts Link;
  std::vector<Defect> Defects;
};

struct Trial {
  size_t Unit;
  const Baseline *Base;
  const Defect *What;
  Outcome Result = Broken;
  enum { NoRepair, AsItWas, Otherwise } Repaired = NoRepair;
  std::string Said; ///< the first new finding, or why there is none

  std::string str() const {
    return What->Class + " " + What->File + ":" + std::to_string(What->Line) +
           " " + What->Function + ": " +
           StringRef(What->What).substr(0, 90).str();
  }
};

/// Lines do not move, since nothing is planted that has more of them.
std::string keyOf(const Finding &F) {
  return F.Check + "|" + (F.Sure == Certainty::Definite ? "d" : "p") + "|" +
         F.Function + "|" + std::to_string(F.Pos.Line);
}

class Injector {
public:
  Injector(Setup S, std::vector<UnitPlan> Units)
      : S(std::move(S)), Units(std::move(Units)) {}
  int run();

private:
  std::string plan(size_t Unit) const;
  void choose();
  std::string attempt(const Trial &T) const;
  int report() const;
  void keepMisses() const;

  Setup S;
  std::vector<UnitPlan> Units;
  std::vector<Baseline> Bases;
  std::vector<Trial> Trials;
  std::vector<std::string> Problems;
};

std::string text(StringRef File) {
  auto Buffer = MemoryBuffer::getFile(File);
  return Buffer ? (*Buffer)->getBuffer().str() : "";
}

json::Value toJSON(const Defect &D) {
  json::Array Edits;
  for (const Edit &E : D.Edits)
    Edits.push_back(json::Array{E.Begin, E.End, jsonString(E.Text)});
  return json::Object{
      {"class", D.Class},           {"function", jsonString(D.Function)},
      {"usr", jsonString(D.Usr)},   {"line", D.Line},
      {"what", jsonString(D.What)}, {"edits", std::move(Edits)}};
}

Defect defectFrom(const json::Object &O) {
  Defect D;
  D.Class = O.getString("class")->str();
  D.Function = O.getString("function")->str();
  D.Usr = O.getString("usr")->str();
  D.Line = *O.getInteger("line");
  D.What = O.getString("what")->str();
  for (const json::Value &V : *O.getArray("edits")) {
    const json::Array &E = *V.getAsArray();
    D.Edits.push_back({unsigned(*E[0].getAsInteger()),
                       unsigned(*E[1].getAsInteger()),
                       E[2].getAsString()->str()});
  }
  return D;
}

} // namespace

/// Scans one unit and says which defects could be planted into it.
std::string Injector::plan(size_t Unit) const {
  Expected<std::unique_ptr<ParsedUnit>> U = parseUnit(Units[Unit], S.Parse);
  if (!U)
    return printJson(json::Object{{"failure", toString(U.takeError())}});
  ParsedUnit &P = **U;
  AnalyzeOptions O = S.Analyze;
  O.WantLink = true;
  auto IsStub = [&P](const clang::Decl *D) { return P.isStub(D); };
  AnalyzeResult A =
      analyzeUnit(P.context(), P.preprocessor(), O, P.errorLocations(), IsStub);
  json::Array Findings, Defects;
  std::set<std::string> Accused;
  for (const LocatedFinding &L : A.Findings) {
    Findings.push_back(jsonString(keyOf(L.F)));
    Accused.insert(L.F.Function);
    Accused.insert(L.F.Entry);
  }
  std::map<std::pair<std::string, unsigned>, const FunctionRecord *> Records;
  unsigned Relevant = 0, Explored = 0, Eligible = 0;
  for (const FunctionRecord &R : A.Functions) {
    Records[{R.Name, R.Pos.Line}] = &R;
    Relevant += R.Relevant;
    Explored += R.Relevant && R.ExploredFully;
  }
  std::function<bool(const clang::Decl *)> Stub = IsStub;
  UnitIndex Index(P.context(), *S.Rules, Stub);
  const clang::SourceManager &SM = P.sources();
  for (const auto &[Key, F] : Index.functions()) {
    auto R = Records.find({F.FD->getQualifiedNameAsString(),
                           SM.getExpansionLineNumber(F.FD->getLocation())});
    if (R == Records.end() || R->second->Parse > ParseStatus::Stubbed ||
        Accused.count(F.FD->getNameAsString()) ||
        (R->second->Relevant && !R->second->ExploredFully))
      continue;
    std::vector<Defect> D = defectsOf(F.FD, Index);
    Eligible += !D.empty();
    for (const Defect &One : D)
      Defects.push_back(toJSON(One));
  }
  return printJson(json::Object{{"findings", std::move(Findings)},
                                {"errors", int64_t(P.errors().size())},
                                {"relevant", Relevant},
                                {"explored", Explored},
                                {"eligible", Eligible},
                                {"defects", std::move(Defects)},
                                {"link", irqlint::toJSON(A.Link)}});
}

/// Of each class a few, the same ones for the same seed.
void Injector::choose() {
  std::map<std::string, std::vector<std::pair<uint64_t, Trial>>> ByClass;
  Regex Wanted(Match);
  for (size_t I = 0; I < Bases.size(); ++I)
    for (const Defect &D : Bases[I].Defects) {
      Trial T;
      T.Unit = I;
      T.Base = &Bases[I];
      T.What = &D;
      if (!Match.empty() && !Wanted.match(T.str()))
        continue;
      std::string Key = std::to_string(Seed) +
                        sys::path::filename(D.File).str() + D.Function +
                        D.Class + std::to_string(D.Line);
      ByClass[D.Class].push_back({xxh3_64bits(Key), T});
    }
  for (auto &[Class, V] : ByClass) {
    llvm::sort(V, [](const auto &A, const auto &B) {
      return std::tie(A.first, A.second.What) <
             std::tie(B.first, B.second.What);
    });
    // One of each function, then a second one, and so on: a long function
    // shall not speak for all.
    std::map<std::string, unsigned> Turn;
    std::vector<std::pair<unsigned, const Trial *>> Order;
    for (const auto &[Hash, T] : V)
      Order.push_back({Turn[T.What->File + T.What->Function]++, &T});
    llvm::stable_sort(Order, llvm::less_first());
    for (size_t I = 0; I < Order.size() && I < PerClass; ++I)
      Trials.push_back(*Order[I].second);
  }
  // Those of a unit one after the other are easier on the machine's caches.
  llvm::sort(Trials, [](const Trial &A, const Trial &B) {
    return std::tie(A.Unit, A.What) < std::tie(B.Unit, B.What);
  });
}

/// What the repairs of the findings make of the text: as it was before the
/// defect (but for white space), or something else.
static unsigned repairedBy(const AnalyzeResult &A, const Defect &D,
                           StringRef Changed, StringRef Original) {
  StringRef File = D.File;
  // A variable that was put in stays, unused.
  Defect Inserted = D;
  erase_if(Inserted.Edits, [](const Edit &E) { return E.Begin != E.End; });
  Repair All;
  for (const LocatedFinding &L : A.Findings)
    for (const TextEdit &E : L.F.Fix.Edits)
      if (E.Pos.File == File && L.F.Function == D.Function)
        All.Edits.push_back(E);
  if (All.Edits.empty())
    return Trial::NoRepair;
  auto Bare = [](StringRef Text) {
    std::string Out;
    copy_if(Text, std::back_inserter(Out), [](char C) { return !isSpace(C); });
    return Out;
  };
  std::optional<std::string> Text = repairedText(Changed, All);
  bool Same =
      Text && (Bare(*Text) == Bare(Original) ||
               Bare(*Text) == Bare(changedText(Original.str(), Inserted)));
  return Same ? Trial::AsItWas : Trial::Otherwise;
}

/// Plants one defect and scans again: the outcome's number, that of what
/// repairs make of it, and what was said.
std::string Injector::attempt(const Trial &T) const {
  ParseOptions Parse = S.Parse;
  std::string Original = text(Units[T.Unit].File),
              Changed = changedText(Original, *T.What);
  Parse.Overlays.push_back({Units[T.Unit].File, Changed});
  Expected<std::unique_ptr<ParsedUnit>> U = parseUnit(Units[T.Unit], Parse);
  if (!U)
    return std::to_string(Broken) + "0" + toString(U.takeError());
  ParsedUnit &P = **U;
  if (P.errors().size() > T.Base->Errors)
    return std::to_string(Broken) + "0" + P.errors().back().str();
  std::map<std::string, unsigned> Known;
  for (const std::string &K : T.Base->Findings)
    ++Known[K];
  std::string Best = std::to_string(Missed) + "0nothing new";
  auto Look = [&](bool All) {
    AnalyzeOptions O = S.Analyze;
    if (!All) {
      // Only the function and those that reach it; of the others what the
      // first scan has told is known.
      O.ExtraRoles.push_back({T.What->Usr, ""});
      for (const LinkFunction &F : T.Base->Link.Functions)
        if (F.Usr != T.What->Usr)
          O.KnownFunctions.try_emplace(F.Usr, F);
      if (O.KnownFunctions.empty())
        return false;
    }
    AnalyzeResult A =
        analyzeUnit(P.context(), P.preprocessor(), O, P.errorLocations(),
                    [&P](const clang::Decl *D) { return P.isStub(D); });
    std::map<std::string, unsigned> Left = Known;
    std::string Repaired =
        std::to_string(repairedBy(A, *T.What, Changed, Original));
    for (const LocatedFinding &L : A.Findings) {
      auto I = Left.find(keyOf(L.F));
      if (I != Left.end() && I->second) {
        --I->second;
        continue;
      }
      bool Sure = L.F.Sure == Certainty::Definite;
      std::string Said = std::to_string(Sure ? Definite : Possible) + Repaired +
                         L.F.Check + ": " + L.F.Message;
      if (Said < Best)
        Best = Said;
      if (Sure)
        return true;
    }
    for (const FunctionRecord &R : A.Functions)
      if (R.Name == T.What->Function && !R.GivenUp.empty() && Best[0] == '2')
        Best = std::to_string(GivenUp) + "0" + R.GivenUp;
    return false;
  };
  if (!Look(false))
    Look(true);
  return Best;
}

int Injector::run() {
  JobLimits Limits;
  Limits.Parallel = Jobs ? Jobs : hardware_concurrency().compute_thread_count();
  Limits.Seconds = TimeLimit;
  static volatile std::sig_atomic_t Stopped = 0;
  Bases.resize(Units.size());
  runJobs(
      Units.size(), Limits, [&](size_t I) { return plan(I); },
      [&](size_t I, JobOutcome O) {
        Expected<json::Value> V = json::parse(O.Output);
        const json::Object *Root = V ? V->getAsObject() : nullptr;
        Baseline &B = Bases[I];
        B.File = Units[I].File;
        if (!V)
          consumeError(V.takeError());
        if (!Root || Root->getString("failure")) {
          Problems.push_back(
              B.File + ": " +
              (Root ? Root->getString("failure")->str() : O.Failure));
          return;
        }
        B.Errors = *Root->getInteger("errors");
        B.Functions = *Root->getInteger("relevant");
        B.Explored = *Root->getInteger("explored");
        B.Eligible = *Root->getInteger("eligible");
        for (const json::Value &F : *Root->getArray("findings"))
          B.Findings.push_back(F.getAsString()->str());
        for (const json::Value &D : *Root->getArray("defects")) {
          B.Defects.push_back(defectFrom(*D.getAsObject()));
          B.Defects.back().File = B.File;
        }
        json::Path::Root Where;
        if (!fromJSON(*Root->get("link"), B.Link, Where))
          Problems.push_back(B.File + ": " + toString(Where.getError()));
      },
      Stopped);
  choose();
  runJobs(
      Trials.size(), Limits, [&](size_t I) { return attempt(Trials[I]); },
      [&](size_t I, JobOutcome O) {
        Trial &T = Trials[I];
        if (!O.Failure.empty() || O.Output.empty()) {
          T.Result = GivenUp;
          T.Said = O.Failure;
          return;
        }
        T.Result = Outcome(O.Output[0] - '0');
        T.Repaired = decltype(T.Repaired)(O.Output[1] - '0');
        T.Said = O.Output.substr(2);
      },
      Stopped);
  keepMisses();
  return report();
}

void Injector::keepMisses() const {
  if (Keep.empty())
    return;
  sys::fs::create_directories(Keep);
  unsigned N = 0;
  for (const Trial &T : Trials) {
    if (T.Result == Definite)
      continue;
    SmallString<256> Path(Keep);
    sys::path::append(Path, T.What->Class + "-" + std::to_string(N++) + "-" +
                                sys::path::filename(T.What->File));
    std::error_code EC;
    raw_fd_ostream Out(Path, EC);
    Out << changedText(text(T.What->File), *T.What);
  }
}

int Injector::report() const {
  std::map<std::string, std::array<unsigned, 5>> Counts;
  std::array<unsigned, 5> All{};
  for (const Trial &T : Trials) {
    auto &C = Counts.try_emplace(T.What->Class).first->second;
    ++C[T.Result];
    ++All[T.Result];
    if (T.Result != Definite || Show)
      outs() << OutcomeNames[T.Result] << ' ' << T.str() << "\n    " << T.Said
             << '\n';
  }
  std::map<std::string, std::array<unsigned, 3>> Repairs;
  for (const Trial &T : Trials) {
    ++Repairs[T.What->Class][T.Repaired];
    if (T.Repaired == Trial::Otherwise)
      outs() << "repaired otherwise " << T.str() << '\n';
  }
  unsigned Explored = 0, Relevant = 0, Eligible = 0;
  for (const Baseline &B : Bases) {
    Explored += B.Explored;
    Relevant += B.Functions;
    Eligible += B.Eligible;
  }
  for (const std::string &P : Problems)
    outs() << "not scanned: " << P << '\n';
  outs() << "\nunits " << Units.size() << ", relevant functions " << Relevant
         << ", explored to the end " << Explored
         << ", with places for a defect " << Eligible << "\n\n";
  auto Line = [](StringRef Name, const std::array<unsigned, 5> &C) {
    unsigned Counted = C[Definite] + C[Possible] + C[Missed];
    outs() << left_justify(Name, 34)
           << format("%7u %7u %9u %7u %9u %7u", Counted, C[Definite],
                     C[Possible], C[Missed], C[GivenUp], C[Broken]);
    if (Counted)
      outs() << format(" %6.1f%%", 100.0 * C[Definite] / Counted);
    outs() << '\n';
  };
  outs() << left_justify("class", 34)
         << "planted   found  possible  missed  given-up  broken   share\n";
  for (const auto &[Class, C] : Counts)
    Line(Class, C);
  Line("all", All);
  for (const auto &[Class, C] : Repairs)
    if (C[Trial::AsItWas] || C[Trial::Otherwise])
      outs() << "repaired: " << left_justify(Class, 34) << C[Trial::AsItWas]
             << " as it was, " << C[Trial::Otherwise] << " otherwise\n";
  unsigned Counted = All[Definite] + All[Possible] + All[Missed];
  if (!Problems.empty() || !Counted)
    return 2;
  return 100 * All[Definite] < AtLeast * Counted;
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(
      argc, argv, "Plants defects into drivers and counts which are found\n");
  SetupValues Values;
  Expected<std::string> Kit = findKit(argv[0]);
  if (!Kit) {
    errs() << "irqlint-inject: error: " << toString(Kit.takeError()) << '\n';
    return 2;
  }
  Values.KitDir = *Kit;
  Expected<Setup> S = makeSetup(Values);
  PlanOptions O;
  O.IncludeDirs = Includes;
  Expected<Plan> P = planUnits(Paths, O);
  if (!S || !P) {
    errs() << "irqlint-inject: error: "
           << toString(joinErrors(S ? Error::success() : S.takeError(),
                                  P ? Error::success() : P.takeError()))
           << '\n';
    return 2;
  }
  Regex Wanted(Only);
  if (!Only.empty())
    llvm::erase_if(P->Units,
                   [&](const UnitPlan &U) { return !Wanted.match(U.File); });
  return Injector(std::move(*S), std::move(P->Units)).run();
}
