//===- PathJudgement.cpp --------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/PathJudgement.h"
#include "Engine/Repairs.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// Paths among which the report machinery may choose the shortest.
static constexpr unsigned MaxPathsPerFinding = 16;

const BugType &UnitRun::bugType(StringRef Check) {
  std::unique_ptr<BugType> &B = BugTypes[Check];
  if (!B)
    B = std::make_unique<BugType>(Frontend, Check, "Driver synchronization");
  return *B;
}

IrqlRange PathJudgement::rangeOf(const LevelValue &V) const {
  return Map.rangeOf(V, Node->getState());
}

bool PathJudgement::levelIsKnown(const LevelValue &V) const {
  if (V.K == LevelValue::Fixed)
    return true;
  if (V.K == LevelValue::Entry)
    return Unit.Root->Entry.Known && !Unit.Root->Entry.Conditional;
  return false;
}

std::string PathJudgement::nameOf(ObjectId O) const {
  return Unit.Root->Ids.nameOf(O);
}

std::string PathJudgement::routineAt(SiteId S) const {
  auto I = Unit.Root->Routines.find(S);
  return I == Unit.Root->Routines.end() ? "" : I->second;
}

const FunctionDecl *PathJudgement::frame() const {
  return dyn_cast_or_null<FunctionDecl>(Node->getLocationContext()->getDecl());
}

bool PathJudgement::frameLowersLevel() const {
  const FunctionDecl *FD = frame();
  const FunctionFacts *F = FD ? Unit.Index.find(FD) : nullptr;
  return F &&
         (F->LowersLevel ||
          llvm::any_of(Unit.Index.salOf(FD).Fn.Effects, [](const Effect &E) {
            return E.Do == EffectKind::Raise;
          }));
}

PageableFrame PathJudgement::pageableFrame() const {
  for (const LocationContext *L = Node->getLocationContext(); L;
       L = L->getParent())
    if (const auto *FD = dyn_cast<FunctionDecl>(L->getDecl())) {
      if (Paging P = pagingOf(FD); P != Paging::Resident)
        return {FD->getNameAsString(), P == Paging::Lockable};
      if (!FD->hasAttr<AlwaysInlineAttr>())
        return {};
    }
  return {};
}

std::string PathJudgement::frameName() const {
  const FunctionDecl *FD = frame();
  return FD ? FD->getNameAsString() : "";
}

bool PathJudgement::inSystemThread() const {
  return Unit.Root->Entry.SystemThread;
}

/// Whether the call at \p S on the way to \p N was made inside of \p FD; also
/// if the path does not show it any more.
static bool madeInside(const ExplodedNode *N, SiteId S,
                       const FunctionDecl *FD) {
  for (; N; N = N->getFirstPred()) {
    auto P = N->getLocationAs<StmtPoint>();
    if (!P || P->getStmt() != static_cast<const Expr *>(S))
      continue;
    for (const LocationContext *L = N->getLocationContext(); L;
         L = L->getParent())
      if (const auto *F = dyn_cast<FunctionDecl>(L->getDecl());
          F && F->getCanonicalDecl() == FD->getCanonicalDecl())
        return true;
    return false;
  }
  return true;
}

bool PathJudgement::firstLeakOf(SiteId S) {
  auto &Told = Unit.LeakedSites[S];
  const FunctionDecl *Own = Unit.Root->FD;
  // What a helper leaks is told there, not for its callers again. (All locks
  // that a wrapper takes are taken at one place.)
  for (const FunctionDecl *FD : Told)
    if (FD != Own && madeInside(Node, S, FD))
      return false;
  if (!llvm::is_contained(Told, Own))
    Told.push_back(Own);
  return true;
}

bool PathJudgement::wasTold(StringRef Check, SiteId S) const {
  if (!S)
    return false;
  const auto &Told = Unit.Root->Told;
  SourceLocation L = static_cast<const Expr *>(S)->getBeginLoc();
  return Told.count({Check.str(), S}) ||
         Told.count({Check.str(), L.getPtrEncoding()});
}

PendingReport PathJudgement::describe(const UsePlace &Where, StringRef Check,
                                      Certainty Sure, std::string Message,
                                      std::string Hint) const {
  PendingReport P;
  P.Check = Check.str();
  P.Sure = Sure;
  P.Message = std::move(Message);
  P.Hint = std::move(Hint);
  P.Loc = Where.Loc;
  P.Function = Where.In ? Where.In->getNameAsString() : "";
  P.Root = Unit.Root->FD;
  const SyncState *S = syncOf(Node->getState());
  const EntryContext &E = Unit.Root->Entry;
  if (S->Level.K == LevelValue::Entry && E.Known)
    P.EntryStep = "'" + P.Root->getNameAsString() + "' is entered at " +
                  E.Range.str() + " " + E.Why + StepSeparator + E.Range.str();
  return P;
}

void PathJudgement::report(StringRef Check, Certainty Sure, std::string Message,
                           ArrayRef<SiteId> Interesting, std::string Hint,
                           const Remedy &Cure) {
  if (Node && Sure == Certainty::Definite && restsOnHelpersQuestion(Check))
    Sure = Certainty::Possible;
  if (!Node || !Unit.enabled(Check, Sure) || At.isInvalid())
    return;
  auto &Told = Unit.Root->Told;
  Told.insert({Check.str(), At.getPtrEncoding()});
  for (SiteId X : Interesting)
    if (X)
      Told.insert({Check.str(), X});
  const SourceManager &SM = Unit.Ctx.getSourceManager();
  // (What is to be mended in a wrapper is told there.)
  const UsePlace Where = usePlace(At, Node->getLocationContext(), Unit.Index,
                                  Cure.K == Remedy::None);
  SourceLocation Spot = SM.getExpansionLoc(Where.Loc);
  // The same finding on further paths of one exploration joins the first, so
  // that the shortest path is shown; other explorations only repeat it.
  auto [Known, New] = Unit.Said.try_emplace(
      {Check.str(), Spot.getRawEncoding()}, Unit.Pending.size());
  // What is certain by one story is certain.
  if (!New && Sure == Certainty::Definite &&
      Unit.Pending[Known->second].Sure == Certainty::Possible) {
    Unit.Pending[Known->second].Superseded = true;
    Known->second = Unit.Pending.size();
    New = true;
  }
  // What repairs one path must repair all of them.
  std::optional<LocatedRepair> Repair;
  if (Cure.AtLeast == LowestIrql || isAtLeast(Cure.Level, Cure.AtLeast))
    Repair =
        wordsOf(Cure, Unit, Map, Node->getState(), Node->getLocationContext());
  if (!New && Unit.Pending[Known->second].Repair != Repair)
    Unit.Pending[Known->second].Repair.reset();
  if (!New && (Unit.Pending[Known->second].Root != Unit.Root->FD ||
               ++Unit.Pending[Known->second].Paths > MaxPathsPerFinding))
    return;

  const ExplodedNode *Error = Node;
  if (C) {
    // One node per report, so that several judges can speak at one call.
    auto &Tag = Unit.Tags[Check];
    if (!Tag)
      Tag = std::make_unique<SimpleProgramPointTag>("irqlint", Check);
    if (ExplodedNode *N = C->addTransition(Node->getState(), Node, Tag.get())) {
      Node = N;
      Error = N;
    }
  }

  if (New) {
    Unit.Pending.push_back(
        describe(Where, Check, Sure, std::move(Message), std::move(Hint)));
    Unit.Pending.back().Repair = std::move(Repair);
  }
  std::string Id = std::to_string(Known->second);
  PathDiagnosticLocation Unique(Spot, SM);
  auto Rep = std::make_unique<SyncReport>(Unit.bugType(Check), Id, Error,
                                          Unique, Unit.Root->FD);
  for (SiteId X : Interesting)
    if (X)
      Rep->Sites.insert(X);
  addDemands(Check, Sure, *Rep);
  BR.emitReport(std::move(Rep));
}

void PathJudgement::ask(llvm::function_ref<void(Judgement &)> Judge) {
  Asked = &Judge;
  Judge(*this);
  Asked = nullptr;
}

namespace {

/// What a judge would say if one bound of a level were not known.
class WithoutBound : public Judgement {
public:
  WithoutBound(Judgement &Real, const LevelMap &Map, SymbolRef Level,
               std::optional<Irql> Lo, std::optional<Irql> Hi, StringRef Check,
               Certainty Sure)
      : Real(Real), Map(Map), Level(Level), Lo(Lo), Hi(Hi), Check(Check),
        Sure(Sure) {}

  /// The same finding is told.
  bool Same = false;

  IrqlRange rangeOf(const LevelValue &V) const override {
    IrqlRange R = Real.rangeOf(V);
    if (Map.symbolOf(V) == Level)
      return {Lo.value_or(R.Lo), Hi.value_or(R.Hi)};
    return R;
  }
  void report(StringRef C, Certainty S, std::string, ArrayRef<SiteId>,
              std::string, const Remedy &) override {
    Same |= C == Check && S <= Sure;
  }
  void endPath() override {}

  bool levelIsKnown(const LevelValue &V) const override {
    return Real.levelIsKnown(V);
  }
  std::string nameOf(ObjectId O) const override { return Real.nameOf(O); }
  std::string routineAt(SiteId S) const override { return Real.routineAt(S); }
  bool frameLowersLevel() const override { return Real.frameLowersLevel(); }
  PageableFrame pageableFrame() const override { return Real.pageableFrame(); }
  std::string frameName() const override { return Real.frameName(); }
  bool inSystemThread() const override { return Real.inSystemThread(); }
  bool firstLeakOf(SiteId S) override { return Real.firstLeakOf(S); }
  bool wasTold(StringRef C, SiteId S) const override {
    return Real.wasTold(C, S);
  }

private:
  Judgement &Real;
  const LevelMap &Map;
  SymbolRef Level;
  std::optional<Irql> Lo, Hi;
  StringRef Check;
  Certainty Sure;
};

} // namespace

llvm::MapVector<SymbolRef, PathJudgement::Demanded>
PathJudgement::demands() const {
  llvm::MapVector<SymbolRef, Demanded> ByLevel;
  if (Unit.Root->Demands.empty())
    return ByLevel;
  for (const ExplodedNode *N = Node; N; N = N->getFirstPred()) {
    auto I = Unit.Root->Demands.find(N->getLocation().getTag());
    if (I == Unit.Root->Demands.end())
      continue;
    const LevelDemand &D = I->second;
    Demanded &B = ByLevel[D.Level];
    if (D.After.Hi < D.Before.Hi) {
      B.LastHi = B.LastHi ? B.LastHi : &D;
      B.FirstHi = D.Before.Hi;
    }
    if (D.After.Lo > D.Before.Lo) {
      B.LastLo = B.LastLo ? B.LastLo : &D;
      B.FirstLo = D.Before.Lo;
    }
  }
  return ByLevel;
}

bool PathJudgement::isAtLeast(const LevelValue &V, Irql L) const {
  if (rangeOf(V).Lo < L)
    return false;
  auto Known = demands();
  auto I = Known.find(Map.symbolOf(V));
  return I == Known.end() || !I->second.LastLo || I->second.FirstLo >= L;
}

/// Without what a helper asked on its way the finding would not be definite.
bool PathJudgement::restsOnHelpersQuestion(StringRef Check) const {
  const LevelValue &V = syncOf(Node->getState())->Level;
  SymbolRef Level = Map.symbolOf(V);
  if (!Asked || !Level)
    return false;
  const IrqlRange Now = rangeOf(V), Vouched = vouchedFor(V);
  if (Now.Lo == Vouched.Lo && Now.Hi == Vouched.Hi)
    return false;
  WithoutBound Other(const_cast<PathJudgement &>(*this), Map, Level, Vouched.Lo,
                     Vouched.Hi, Check, Certainty::Definite);
  (*Asked)(Other);
  return !Other.Same;
}

/// Which of the calls on the path have to be named, because the finding rests
/// on what they demanded.
void PathJudgement::addDemands(StringRef Check, Certainty Sure,
                               SyncReport &Rep) const {
  if (!Asked)
    return;
  auto Needed = [&](SymbolRef Level, std::optional<Irql> Lo,
                    std::optional<Irql> Hi) {
    WithoutBound Other(const_cast<PathJudgement &>(*this), Map, Level, Lo, Hi,
                       Check, Sure);
    (*Asked)(Other);
    return !Other.Same;
  };
  for (const auto &[Level, B] : demands()) {
    if (B.LastHi && Needed(Level, std::nullopt, B.FirstHi))
      Rep.RestsOn[B.LastHi].first = true;
    if (B.LastLo && Needed(Level, B.FirstLo, std::nullopt))
      Rep.RestsOn[B.LastLo].second = true;
  }
}
