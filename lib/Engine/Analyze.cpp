//===- Analyze.cpp --------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Analyze.h"
#include "Engine/BodyRewriter.h"
#include "Engine/Explorer.h"
#include "Engine/PathSteps.h"
#include "Engine/WdfConfig.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Basic/SourceManager.h"
#include <chrono>

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
      : Ctx(Ctx), PP(PP), Opts(Opts), Errors(Errors),
        Index(Ctx, *Opts.Rules, IsStub), Unit(Ctx, PP, this->Opts, Index),
        Rewriter(Ctx, [this](const FunctionDecl *FD) {
          const FunctionContract *C = Index.ruleOf(FD);
          return C && llvm::any_of(C->Effects, changesState);
        }) {
    Unit.Checks = makeChecks();
    for (const CheckInfo &C : Opts.Rules->checks())
      if (Opts.Checks.empty() ? C.Default : Opts.Checks.count(C.Name) != 0)
        Unit.Enabled.insert(C.Name);
  }

  AnalyzeResult run() {
    completeTypes(Ctx);
    gate();
    Config = std::make_unique<WdfConfig>(Ctx, PP, Index, Blocked);
    Unit.Config = Config.get();
    Explorer E(Unit);
    for (const auto &KV : Index.functions())
      visit(KV.first, E);
    Result.Findings = E.takeFindings();
    for (LocatedFinding &L : Config->judge(
             Unit.Checks, [&](SourceLocation At) { return isAsked(At); },
             [&](StringRef C, Certainty S) { return Unit.enabled(C, S); }))
      Result.Findings.push_back(std::move(L));
    Result.Config = Config->facts();
    finish();
    return std::move(Result);
  }

private:
  ASTContext &Ctx;
  Preprocessor &PP;
  const AnalyzeOptions &Opts;
  const ErrorLocations &Errors;
  UnitIndex Index;
  UnitRun Unit;
  BodyRewriter Rewriter;
  std::unique_ptr<WdfConfig> Config;
  AnalyzeResult Result;
  llvm::DenseMap<const FunctionDecl *, FunctionRecord> Records;
  llvm::DenseSet<const FunctionDecl *> Blocked;
  static constexpr unsigned NotOpen = ~0u;
  llvm::DenseMap<const FunctionDecl *, unsigned> OpenIndex;
  SmallVector<const FunctionDecl *, 16> Open, Finished;

  /// In broken code a member may be of a type that nobody completes; the
  /// analyzer asks for its layout. An empty type answers it. The types that the
  /// unit uses are looked at, and what they lead to: a preamble has many more.
  static void completeTypes(ASTContext &Ctx) {
    // By index: a record out of a preamble brings the types of its members.
    for (size_t I = 0; I < Ctx.getTypes().size(); ++I) {
      const auto *T = dyn_cast<RecordType>(Ctx.getTypes()[I]);
      const RecordDecl *R = T ? T->getDecl()->getDefinition() : nullptr;
      if (!R || R->isDependentContext())
        continue;
      for (FieldDecl *F : R->fields())
        complete(F->getType());
      if (const auto *C = dyn_cast<CXXRecordDecl>(R))
        for (const CXXBaseSpecifier &B : C->bases())
          complete(B.getType());
    }
  }

  static void complete(QualType T) {
    T = QualType(T->getBaseElementTypeUnsafe(), 0);
    const auto *RT = T->getAs<RecordType>();
    if (!RT || RT->getDecl()->getDefinition() ||
        RT->getDecl()->isDependentContext())
      return;
    RecordDecl *R = RT->getDecl()->getMostRecentDecl();
    R->startDefinition();
    R->completeDefinition();
  }

  /// Which functions the parse errors touch, and whether they can be repaired.
  void gate() {
    const SourceManager &SM = Ctx.getSourceManager();
    for (const auto &[Key, F] : Index.functions()) {
      FunctionRecord R;
      R.Name = F.FD->getQualifiedNameAsString();
      R.Pos = posOf(F.FD->getLocation(), Ctx);
      R.Parse = F.UsesStubs ? ParseStatus::Stubbed : ParseStatus::Clean;
      SourceRange Body = F.FD->getSourceRange();
      SourceLocation B = SM.getExpansionLoc(Body.getBegin()),
                     E = SM.getExpansionLoc(Body.getEnd());
      unsigned Inside = 0;
      for (SourceLocation L : Errors) {
        L = SM.getExpansionLoc(L);
        Inside += SM.isPointWithin(L, B, E);
      }
      Result.Statements += F.Statements;
      Result.DamagedStatements += F.Damaged;
      if (Inside || F.HasErrors)
        R.Parse = ParseStatus::Damaged;
      bool Rewrite = F.HasErrors || F.HasSeh;
      // An error that left no mark in the tree may have swallowed anything.
      bool Unmarked = Inside && !F.HasErrors;
      if (Unmarked ||
          (Rewrite && !Rewriter.rewrite(const_cast<FunctionDecl *>(F.FD)))) {
        R.SkippedForErrors = Unmarked || F.HasErrors;
        R.GivenUp = R.SkippedForErrors
                        ? "parse errors inside"
                        : "exception handling that cannot be followed";
        Blocked.insert(Key);
      }
      Records[Key] = std::move(R);
    }
  }

  /// A function that the user asked about (and not, say, a system header's).
  bool isRoot(const FunctionDecl *FD) const {
    return isAsked(FD->getLocation()) &&
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
    for (const FunctionDecl *M : Members)
      decide(M, *Index.find(M), E);
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

  void decide(const FunctionDecl *FD, const FunctionFacts &F, Explorer &E) {
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
        // Recursion, or a callee that was given up.
        Explore |= CF->ChangesState;
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
      Sum.TouchesUnknown |= CS.TouchesUnknown;
      Sum.Touched.insert(CS.Touched.begin(), CS.Touched.end());
    }
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
    Explore |= Entry.Pageable && changesInline(F);
    Record.Relevant = Explore;
    if (Blocked.contains(FD)) {
      Sum.Known = !Explore;
      Unit.Summaries[FD] = Sum;
      Unit.Unwalkable.insert(FD);
      if (!Explore)
        Record.GivenUp.clear();
      return;
    }
    if (!Explore || !isRoot(F.FD)) {
      Sum.Known = !Explore;
      Unit.Summaries[FD] = Sum;
      return;
    }
    if (Opts.OnExplore)
      Opts.OnExplore(Record.Name);
    auto Start = std::chrono::steady_clock::now();
    Explorer::Outcome O = E.explore(F.FD, Entry);
    Record.Seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
            .count();
    Record.Nodes = O.Nodes;
    Record.ExploredFully = O.Finished;
    Record.GivenUp = O.Why;
    if (Opts.OnFinding)
      for (const LocatedFinding &L : E.newFindings())
        Opts.OnFinding(L.F);
    // After a crash there is no summary; look inside only if unavoidable.
    if (!Unit.Summaries.count(FD)) {
      Unit.Summaries[FD] = FunctionSummary();
      Unit.Unwalkable.insert(FD);
    }
  }

  void finish() {
    for (const auto &KV : Index.functions()) {
      if (!isRoot(KV.second.FD))
        continue;
      Result.Functions.push_back(Records[KV.first]);
    }
    for (LocatedFinding &L : Result.Findings)
      for (const FunctionRecord &R : Result.Functions)
        if (StringRef(R.Name).ends_with(L.F.Function)) {
          L.F.Stubbed |= R.Parse == ParseStatus::Stubbed;
          L.F.Damaged |= R.Parse == ParseStatus::Damaged;
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
