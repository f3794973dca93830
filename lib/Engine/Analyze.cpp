//===- Analyze.cpp --------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Analyze.h"
#include "Engine/ErrorGate.h"
#include "Engine/Explorer.h"
#include "Engine/PathSteps.h"
#include "Engine/Sections.h"
#include "Engine/WdfConfig.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Basic/SourceManager.h"
#include <chrono>
#include <deque>

using namespace clang;
using namespace irqlint;

namespace {

/// Explores a unit: callees before callers, so that summaries are there when
/// they are needed.
class UnitAnalysis {
public:
  UnitAnalysis(ASTContext &Ctx, Preprocessor &PP, const AnalyzeOptions &Opts,
               const ErrorLocations &Errors,
               const std::function<bool(const Decl *)> &IsStub)
      : Ctx(Ctx), PP(PP), Opts(Opts), Index(Ctx, *Opts.Rules, IsStub),
        Unit(Ctx, PP, this->Opts, Index), Gate(Ctx, Index, Errors) {
    Unit.Checks = makeChecks();
    for (const CheckInfo &C : Opts.Rules->checks())
      if (Opts.Checks.empty() ? C.Default : Opts.Checks.count(C.Name) != 0)
        Unit.Enabled.insert(C.Name);
  }

  AnalyzeResult run() {
    completeTypes(Ctx);
    makeRecords();
    addRoles();
    // What other units create is for them to tell.
    llvm::DenseSet<const FunctionDecl *> NotOurs = Gate.blocked();
    for (const auto &[Key, F] : Index.functions())
      if (isImported(F.FD))
        NotOurs.insert(Key);
    Config =
        std::make_unique<WdfConfig>(Ctx, PP, Index, NotOurs, Opts.OtherObjects);
    Unit.Config = Config.get();
    if (Unit.enabled("unsynchronized-access", Certainty::Possible) ||
        Unit.enabled("self-wait", Certainty::Definite))
      Unit.Data.start(*Config);
    findAffected();
    Explorer E(Unit);
    for (const auto &KV : Index.functions())
      visit(KV.first, E);
    Result.Findings = E.takeFindings();
    for (LocatedFinding &L : Config->judge(
             Unit.Checks, [&](SourceLocation At) { return isAsked(At); },
             [&](StringRef C, Certainty S) { return Unit.enabled(C, S); }))
      Result.Findings.push_back(std::move(L));
    sections();
    Result.Config = Config->facts();
    if (Opts.WantLink)
      collectLink();
    judgeFacts();
    finish();
    return std::move(Result);
  }

private:
  ASTContext &Ctx;
  Preprocessor &PP;
  const AnalyzeOptions &Opts;
  UnitIndex Index;
  UnitRun Unit;
  ErrorGate Gate;
  std::unique_ptr<WdfConfig> Config;
  AnalyzeResult Result;
  llvm::DenseSet<const FunctionDecl *> Affected;
  /// Explored again, and not neutral: their callers look into them.
  llvm::DenseSet<const FunctionDecl *> Changing;
  /// Explored again in vain.
  llvm::DenseSet<const FunctionDecl *> GivenUp;
  /// Nodes that a function may take in a second look in any case.
  static constexpr unsigned SecondLookLeast = 20000;
  llvm::DenseMap<const FunctionDecl *, const LinkFunction *> Adopted;
  /// What is said of functions that were too much in a second look, for others.
  std::deque<LinkFunction> Uncertain;
  llvm::DenseMap<const FunctionDecl *, FunctionRecord> Records;
  static constexpr unsigned NotOpen = ~0u;
  llvm::DenseMap<const FunctionDecl *, unsigned> OpenIndex;
  SmallVector<const FunctionDecl *, 16> Open, Finished;

  /// Time spent under spin locks and in service routines.
  void sections() {
    if (!Unit.Enabled.count("critical-section-too-long"))
      return;
    SectionCosts Costs(Ctx, Index, Gate.blocked());
    for (const auto &KV : Index.functions()) {
      if (!isRoot(KV.second.FD))
        continue;
      EntryContext Entry = entryContextOf(KV.second.FD, Index);
      Config->refine(KV.second.FD, Entry);
      Costs.add(KV.second.FD, Entry);
    }
    struct Report : SectionJudgement {
      UnitAnalysis &A;
      const LocatedSection &S;
      Report(UnitAnalysis &A, const LocatedSection &S) : A(A), S(S) {}
      void report(StringRef Check, Certainty Sure, std::string Message,
                  ArrayRef<PathStep> Steps, std::string Hint) override {
        if (!A.Unit.enabled(Check, Sure) || !A.isAsked(S.Start))
          return;
        LocatedFinding L;
        L.Loc = S.Start;
        L.F.Check = Check.str();
        L.F.Sure = Sure;
        L.F.Message = std::move(Message);
        L.F.Hint = std::move(Hint);
        L.F.Pos = posOf(S.Start, A.Ctx);
        L.F.Function = L.F.Entry = S.Cost.Function;
        for (const PathStep &One : Steps)
          for (size_t I = 0; I < S.Cost.Items.size(); ++I)
            if (S.Cost.Items[I].Pos == One.Pos) {
              L.F.Path.push_back(One);
              L.StepLocs.push_back(S.ItemLocs[I]);
              break;
            }
        A.Result.Findings.push_back(std::move(L));
      }
    };
    for (const LocatedSection &S : Costs.take()) {
      Report R(*this, S);
      for (const auto &C : Unit.Checks)
        C->onSection(S.Cost, R);
    }
  }

  /// One record per function; how the parse errors touch it stands there.
  void makeRecords() {
    for (const auto &[Key, F] : Index.functions()) {
      FunctionRecord R;
      R.Name = F.FD->getQualifiedNameAsString();
      R.Pos = posOf(F.FD->getLocation(), Ctx);
      ErrorGate::Verdict V = Gate.verdictOf(Key);
      R.Parse = V.Damaged     ? ParseStatus::Damaged
                : F.UsesStubs ? ParseStatus::Stubbed
                              : ParseStatus::Clean;
      R.SkippedForErrors = V.SkippedForErrors;
      R.GivenUp = V.Why;
      Result.Statements += F.Statements;
      Result.DamagedStatements += F.Damaged;
      Records[Key] = std::move(R);
    }
  }

  bool isImported(const FunctionDecl *FD) const {
    return Opts.IsImported && Opts.IsImported(FD);
  }

  void addRoles() {
    if (Opts.ExtraRoles.empty())
      return;
    for (const auto &KV : Index.functions()) {
      std::string Usr = usrOf(KV.first);
      for (const LinkRegistration &R : Opts.ExtraRoles)
        if (R.Usr == Usr)
          if (const RoleContract *Role = Opts.Rules->role(R.Role))
            Index.addRegistration(KV.first, Role);
    }
  }

  /// Asked about (and not, say, a system header's).
  bool isRoot(const FunctionDecl *FD) const {
    return isAsked(FD->getLocation()) && !isImported(FD) &&
           (Opts.OnlyFunction.empty() ||
            FD->getNameAsString() == Opts.OnlyFunction);
  }

  bool isAsked(SourceLocation L) const {
    const SourceManager &SM = Ctx.getSourceManager();
    L = SM.getExpansionLoc(L);
    return !SM.isInSystemHeader(L) &&
           (!Opts.MainFileOnly || SM.isInMainFile(L));
  }

  /// Tarjan's walk over the calls: functions in circles come together, and
  /// after everything that they call.
  unsigned visit(const FunctionDecl *FD, Explorer &E) {
    FD = FD->getCanonicalDecl();
    const FunctionFacts *F = Index.find(FD);
    if (!F || Unit.Summaries.count(FD))
      return NotOpen;
    if (auto I = OpenIndex.find(FD); I != OpenIndex.end())
      return I->second;
    const unsigned Own = OpenIndex.size();
    OpenIndex[FD] = Own;
    Open.push_back(FD);
    unsigned Low = Own;
    bool Circle = false;
    for (const FunctionDecl *Callee : F->Callees) {
      Circle |= Callee == FD;
      Low = std::min(Low, visit(Callee, E));
    }
    Finished.push_back(FD);
    if (Low != Own)
      return Low;
    // The members, callees first.
    llvm::SmallPtrSet<const FunctionDecl *, 8> In;
    while (true) {
      const FunctionDecl *M = Open.pop_back_val();
      OpenIndex.erase(M);
      In.insert(M);
      if (M == FD)
        break;
    }
    SmallVector<const FunctionDecl *, 8> Members;
    for (const FunctionDecl *M : Finished)
      if (In.contains(M))
        Members.push_back(M);
    Finished.truncate(Finished.size() - Members.size());
    if (Members.size() > 1 || Circle)
      assumeNeutral(Members, E);
    for (const FunctionDecl *M : Members)
      decide(M, *Index.find(M), E);
    return NotOpen;
  }

  /// Functions that call each other in a circle are neutral if each is when
  /// the others are (no call returns before it does): so this is assumed, tried
  /// in silence, and taken back when it does not hold.
  void assumeNeutral(ArrayRef<const FunctionDecl *> Members, Explorer &E) {
    if (llvm::none_of(Members, [&](const FunctionDecl *M) {
          return Index.find(M)->ChangesState;
        }))
      return;
    for (const FunctionDecl *M : Members) {
      FunctionSummary S;
      S.Known = S.Neutral = true;
      S.Need = Index.find(M)->Own;
      S.Apc = Index.find(M)->OwnApc;
      S.Completes = Index.find(M)->CompletesRequests;
      S.Awaits = Index.find(M)->Awaits;
      Unit.Summaries[M] = S;
    }
    std::set<std::string> Checks;
    Checks.swap(Unit.Enabled);
    // What is noted as told would not be told afterwards.
    auto LeakedSites = Unit.LeakedSites;
    auto ReleasedIn = Unit.ReleasedIn;
    for (const FunctionDecl *M : Members)
      decide(M, *Index.find(M), E);
    Unit.LeakedSites = std::move(LeakedSites);
    Unit.ReleasedIn = std::move(ReleasedIn);
    Checks.swap(Unit.Enabled);
    bool Holds = llvm::all_of(Members, [&](const FunctionDecl *M) {
      const FunctionSummary &S = Unit.Summaries[M];
      return S.Known && S.Neutral;
    });
    if (!Holds)
      for (const FunctionDecl *M : Members)
        Unit.Summaries.erase(M);
  }

  /// Code that is always inlined lies in the section of its caller.
  bool changesInline(const FunctionFacts &F, unsigned Depth = 0) const {
    return llvm::any_of(F.Callees, [&](const FunctionDecl *Callee) {
      const FunctionFacts *CF = Index.find(Callee);
      return CF && CF->FD->hasAttr<AlwaysInlineAttr>() && Depth < 8 &&
             (CF->ChangesState || changesInline(*CF, Depth + 1));
    });
  }

  /// An earlier analysis, of this unit or the one it came from, has explored
  /// the function, and nothing has changed for it.
  bool adopt(const FunctionDecl *FD, const FunctionFacts &F) {
    if (Opts.KnownFunctions.empty())
      return false;
    std::string Usr = usrOf(FD);
    if (!isImported(F.FD) && isAffected(FD, F))
      return false;
    if (!isImported(F.FD)) {
      // (Findings name their entry without its scope.)
      Result.Untouched.insert(F.FD->getQualifiedNameAsString());
      Result.Untouched.insert(F.FD->getNameAsString());
    }
    auto I = Opts.KnownFunctions.find(Usr);
    if (I != Opts.KnownFunctions.end()) {
      Unit.Summaries[FD] = summaryOf(I->second);
      Adopted[FD] = &I->second;
      if (I->second.Unusable || Gate.blocked().contains(FD))
        Unit.Unwalkable.insert(FD);
    } else {
      FunctionSummary S;
      S.Known = S.Neutral = true;
      Unit.Summaries[FD] = std::move(S);
    }
    return true;
  }

  /// The unit's functions that a second analysis can say more about.
  void findAffected() {
    if (Opts.KnownFunctions.empty())
      return;
    SmallVector<const FunctionDecl *, 16> Work;
    for (const auto &[FD, F] : Index.functions())
      if (!isImported(F.FD) &&
          (Opts.Again.count(usrOf(FD)) ||
           Config->changedByOthers().count(F.FD->getQualifiedNameAsString()))) {
        Affected.insert(FD);
        Work.push_back(FD);
      }
    // What changes the state for these is explored with them: a mistake in it
    // is told there, and not again in all that call it.
    while (!Work.empty()) {
      const FunctionFacts *F = Index.find(Work.pop_back_val());
      if (!F)
        continue;
      for (const FunctionDecl *Callee : F->Callees) {
        const FunctionFacts *CF = Index.find(Callee);
        auto K = CF ? Opts.KnownFunctions.find(usrOf(Callee))
                    : Opts.KnownFunctions.end();
        if (K != Opts.KnownFunctions.end() && K->second.Changes &&
            !isImported(CF->FD) &&
            Affected.insert(Callee->getCanonicalDecl()).second)
          Work.push_back(Callee);
      }
    }
  }

  bool isAffected(const FunctionDecl *FD, const FunctionFacts &F) const {
    return Affected.contains(FD) ||
           llvm::any_of(F.Callees, [&](const FunctionDecl *Callee) {
             return Changing.contains(Callee);
           });
  }

  void decide(const FunctionDecl *FD, const FunctionFacts &F, Explorer &E) {
    if (adopt(FD, F))
      return;
    if (Opts.KnownFunctions.empty())
      return explore(FD, F, E, Opts.NodeBudget);
    // It would have to look into what was too much already.
    const FunctionDecl *TooMuch = nullptr;
    for (const FunctionDecl *Callee : F.Callees)
      if (GivenUp.contains(Callee))
        TooMuch = Callee;
    std::string Usr = usrOf(FD);
    auto Known = Opts.KnownFunctions.find(Usr);
    if (TooMuch) {
      Records[FD].Relevant = true;
      Records[FD].GivenUp = "leads to '" + TooMuch->getNameAsString() + "'";
    } else {
      // One that costs many times what it did before will not come to an end.
      unsigned Cost =
          Known == Opts.KnownFunctions.end() ? 0 : Known->second.Cost;
      explore(FD, F, E,
              std::min(Opts.NodeBudget, std::max(SecondLookLeast, 4 * Cost)));
    }
    if (Records[FD].GivenUp.empty()) {
      const FunctionSummary &S = Unit.Summaries[FD];
      if (!S.Known || !S.Neutral)
        Changing.insert(FD);
      return;
    }
    // What was known of it before stands; its callers look into it only if it
    // changes something for them, and then are too much, too.
    if (Known != Opts.KnownFunctions.end() && Known->second.Known) {
      Unit.Summaries[FD] = summaryOf(Known->second);
      Adopted[FD] = &Known->second;
      // (What it calls would have told whether it changes anything.)
      if (Known->second.Blurs && !Known->second.Changes) {
        LinkFunction &L = Uncertain.emplace_back(Known->second);
        L.Changes = true;
        L.Cost = std::max(L.Cost, Opts.NodeBudget);
        Adopted[FD] = &L;
      }
      Unit.Unwalkable.insert(FD);
      if (!Known->second.Changes)
        return;
    }
    GivenUp.insert(FD);
  }

  void explore(const FunctionDecl *FD, const FunctionFacts &F, Explorer &E,
               unsigned Budget) {
    FunctionRecord &Record = Records[FD];
    FunctionSummary Sum;
    Sum.Known = Sum.Neutral = true;
    Sum.Need = F.Own;
    Sum.Apc = F.OwnApc;
    Sum.Completes = F.CompletesRequests;
    Sum.Awaits = F.Awaits;
    bool Explore = F.ChangesState || F.JudgedCalls;
    for (const FunctionDecl *Callee : F.Callees) {
      const FunctionFacts *CF = Index.find(Callee);
      if (!CF || Index.ruleOf(Callee))
        continue;
      auto I = Unit.Summaries.find(Callee);
      if (I == Unit.Summaries.end() || !I->second.Known) {
        Explore |= CF->ChangesState;
        Explore |= I != Unit.Summaries.end() && I->second.Through;
        Sum.Known = false;
        continue;
      }
      const FunctionSummary &CS = I->second;
      Explore |= !CS.Neutral;
      Sum.Need.meet(CS.Need);
      Sum.Apc.meet(CS.Apc);
      Sum.BlursApcs |= CS.BlursApcs;
      Sum.Completes |= CS.Completes;
      Sum.Awaits |= CS.Awaits;
      Sum.touchAll(CS);
    }
    const bool Leads = Explore;
    EntryContext Entry = entryContextOf(F.FD, Index);
    Config->refine(F.FD, Entry);
    Explore |= F.AsksLevel &&
               (Sum.Need.MinHi < HighestIrql || Sum.Need.MaxLo > LowestIrql);
    // Nothing changes here, but what is called may not suit the entry level.
    if (!Explore && Entry.Known) {
      Explore =
          Entry.Range.Lo > Sum.Need.MinHi || Entry.Range.Hi < Sum.Need.MaxLo;
      if (Opts.Possible && !Entry.Conditional)
        Explore |=
            Entry.Range.Hi > Sum.Need.MinHi || Entry.Range.Lo < Sum.Need.MaxLo;
    }
    Explore |= F.AsksApcs && Sum.Apc.Off;
    Explore |= Sum.Apc.Off && Entry.Apcs == ApcEntry::Enabled &&
               Entry.Range.Lo < Irql::Apc;
    Explore |= (Sum.Apc.SpecialOn || Sum.Apc.AllOn) &&
               (Entry.Apcs == ApcEntry::AllDisabled ||
                (Entry.Known && Entry.Range.Lo >= Irql::Apc));
    Explore |= Sum.Apc.AllOn && Opts.Possible &&
               Entry.Apcs == ApcEntry::NormalDisabled;
    if (Entry.Role && !Entry.Role->LocksOnEntry.empty())
      Explore = true;
    Explore |= !Entry.Held.empty() || (Sum.Awaits && Entry.IsEntryPoint);
    Explore |= pagingOf(FD) != Paging::Resident && changesInline(F);
    Record.Relevant = Explore;
    if (Gate.blocked().contains(FD)) {
      Sum.Known = !Explore;
      Unit.Summaries[FD] = Sum;
      Unit.Unwalkable.insert(FD);
      if (!Explore)
        Record.GivenUp.clear();
      return;
    }
    if (!Explore || !isRoot(F.FD)) {
      Sum.Known = !Explore;
      Sum.Through = Leads;
      Unit.Summaries[FD] = Sum;
      Unit.Link.noteUnexplored(F.FD, Entry);
      if (Unit.Data.isOn() && !Explore && isRoot(F.FD) && !isLambdaBody(F.FD))
        Unit.Data.enter(F.FD, Entry, /*ByText=*/true);
      return;
    }
    if (Opts.OnExplore)
      Opts.OnExplore(Record.Name);
    if (Unit.Data.isOn() && !isLambdaBody(F.FD))
      Unit.Data.enter(F.FD, Entry, /*ByText=*/false);
    auto Start = std::chrono::steady_clock::now();
    Explorer::Outcome O = E.explore(F.FD, Entry, Budget);
    Record.Seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
            .count();
    Record.Nodes = O.Nodes;
    Record.ExploredFully = O.Finished;
    Record.GivenUp = O.Why;
    if (Opts.OnFinding)
      for (LocatedFinding &L : E.newFindings()) {
        L.F.Fix = {}; // not certain before the end
        Opts.OnFinding(L.F);
      }
    // After a crash there is no summary; look inside only if unavoidable.
    if (!Unit.Summaries.count(FD)) {
      Unit.Summaries[FD] = FunctionSummary();
      Unit.Unwalkable.insert(FD);
    }
  }

  /// What is found in the facts of one unit or of several: without links, of
  /// this one. Else it is found when units are linked.
  void judgeFacts() {
    SharedData Data;
    if (Unit.Data.isOn())
      Data = Unit.Data.take();
    if (Opts.WantLink) {
      Result.Link.Data = std::move(Data);
      return; // (the order of locks is among the facts, too)
    }
    std::vector<Finding> Found = lockOrderFindings(Unit.Link.order());
    for (Finding &F : sharedDataFindings({&Data}))
      Found.push_back(std::move(F));
    for (Finding &F : Found) {
      if (!Unit.enabled(F.Check, F.Sure))
        continue;
      LocatedFinding L;
      L.F = std::move(F);
      L.Loc = locate(L.F.Pos);
      if (!isAsked(L.Loc))
        continue;
      for (const PathStep &S : L.F.Path)
        L.StepLocs.push_back(locate(S.Pos));
      Result.Findings.push_back(std::move(L));
    }
  }

  SourceLocation locate(const SourcePos &P) const {
    SourceManager &SM = Ctx.getSourceManager();
    auto File = SM.getFileManager().getOptionalFileRef(P.File);
    return File ? SM.translateFileLineCol(*File, P.Line, P.Col)
                : SourceLocation();
  }

  void collectLink() {
    Result.Link = Unit.Link.take();
    for (const auto &[FD, Facts] : Index.functions()) {
      auto I = Unit.Summaries.find(FD);
      if (!isRoot(Facts.FD) || I == Unit.Summaries.end())
        continue;
      if (const LinkFunction *K = Adopted.lookup(FD)) {
        Result.Link.Functions.push_back(*K);
        continue;
      }
      LinkFunction F;
      F.Usr = usrOf(FD);
      F.External = Facts.FD->isExternallyVisible() && !Facts.FD->isInlined() &&
                   Facts.FD->getIdentifier();
      F.HasRole = entryContextOf(Facts.FD, Index).Role != nullptr;
      const FunctionRecord &R = Records[FD];
      F.Cost = R.Nodes;
      // What is too much for its own unit is too much for others.
      F.Unusable = Unit.Unwalkable.contains(FD) ||
                   Gate.blocked().contains(FD) || !R.GivenUp.empty();
      Unit.Link.fill(F, FD, I->second);
      if (!F.Known || F.Changes || F.Blurs || F.MinHi < HighestIrql ||
          F.MaxLo > LowestIrql || F.Completes || F.Awaits || F.TouchesUnknown ||
          !F.Touches.empty() || !F.Calls.empty() || F.Unusable || F.External)
        Result.Link.Functions.push_back(std::move(F));
    }
  }

  void finish() {
    for (const auto &KV : Index.functions()) {
      if (!isRoot(KV.second.FD) ||
          Result.Untouched.count(KV.second.FD->getQualifiedNameAsString()))
        continue;
      Result.Functions.push_back(Records[KV.first]);
    }
    for (LocatedFinding &L : Result.Findings)
      for (const FunctionRecord &R : Result.Functions)
        if (StringRef(R.Name).ends_with(L.F.Function)) {
          L.F.Stubbed |= R.Parse == ParseStatus::Stubbed;
          L.F.Damaged |= R.Parse == ParseStatus::Damaged;
        }
    // What did not parse may be what is missing.
    for (LocatedFinding &L : Result.Findings)
      if (L.F.Damaged) {
        L.F.Fix = {};
        L.Edits.clear();
      }
    llvm::sort(
        Result.Findings, [](const LocatedFinding &A, const LocatedFinding &B) {
          return std::tie(A.F.Pos.File, A.F.Pos.Line, A.F.Pos.Col, A.F.Check) <
                 std::tie(B.F.Pos.File, B.F.Pos.Line, B.F.Pos.Col, B.F.Check);
        });
  }
};

} // namespace

AnalyzeResult irqlint::analyzeUnit(ASTContext &Ctx, Preprocessor &PP,
                                   const AnalyzeOptions &Opts,
                                   const ErrorLocations &Errors,
                                   std::function<bool(const Decl *)> IsStub) {
  auto Start = std::chrono::steady_clock::now();
  UnitAnalysis A(Ctx, PP, Opts, Errors, IsStub);
  AnalyzeResult R = A.run();
  R.Seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
          .count();
  return R;
}
