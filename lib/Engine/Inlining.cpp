//===- Inlining.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Which calls are worth looking into, and what is kept of those that are not.
//===----------------------------------------------------------------------===//

#include "Engine/OpaqueCalls.h"
#include "Engine/Tracker.h"
#include "clang/AST/Attr.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

bool FunctionSummary::clashesWith(const HeldLock &L,
                                  const std::string &Key) const {
  if (!L.Class)
    return !Touched.empty() || !TouchedKeys.empty();
  unsigned How = 0;
  if (auto I = Touched.find(L.Class); I != Touched.end())
    How |= I->second;
  if (auto I = TouchedKeys.find(Key); !Key.empty() && I != TouchedKeys.end())
    How |= I->second;
  if (!How || !L.Kind || (How & Destroys))
    return How != 0;
  // An owner that may take it again, and gives up what it took.
  return L.Shared ? !L.Kind->RecursiveShared || (How & Exclusively)
                  : !L.Kind->RecursiveExclusive;
}

/// How deep functions are looked into whose effect is not known because they
/// call each other in a circle.
static constexpr unsigned MaxUnknownDepth = 3;

/// Size of the exploded graph, in nodes, from which on neutral functions are
/// taken as they are summarized, whatever could be found in them with a lock
/// held here: else one such call may cost all that comes after it. Of those
/// that change no more than the level, the level is not known any more.
static constexpr size_t TrustSummaries = 40000;

/// What the analyzer takes into account for the depth of calls.
static bool isLarge(AnalysisDeclContext &ADC) {
  static constexpr unsigned SmallBody = 3; // its always-inline-size
  const CFG *G = ADC.getCFG();
  return G && G->getNumBlockIDs() > SmallBody;
}

static size_t graphSize(ProgramStateRef S) {
  return static_cast<ExprEngine &>(S->getStateManager().getOwningEngine())
      .getGraph()
      .size();
}

/// Accessors and flag tests cost nothing and carry conditions.
static bool isSmall(const FunctionFacts &F) {
  return !F.ChangesState && F.Statements <= 3 && !F.HasSeh;
}

/// All that it returns is what a parameter was: `return Status;` at the end of
/// what completes a request.
static bool returnsParameter(const FunctionDecl *FD) {
  const auto *Body = dyn_cast_or_null<CompoundStmt>(FD->getBody());
  const auto *Last = Body && !Body->body_empty()
                         ? dyn_cast<ReturnStmt>(Body->body_back())
                         : nullptr;
  const Expr *Value = Last ? Last->getRetValue() : nullptr;
  const auto *R =
      Value ? dyn_cast<DeclRefExpr>(Value->IgnoreParenImpCasts()) : nullptr;
  return R && isa<ParmVarDecl>(R->getDecl());
}

/// Hands a result on of which something is known.
static bool passesResultOn(const FunctionFacts &F) {
  if (F.HasSeh || F.FD->getReturnType()->isVoidType())
    return false;
  return (F.Ensured && F.Statements <= 3) ||
         (F.Statements <= 8 && returnsParameter(F.FD));
}

/// What a call of \p FD does to its object may decide what becomes of a lock:
/// its destructor gives one up, or what it is asked for is.
static bool isOfGuard(const FunctionDecl *FD, const UnitIndex &Index) {
  static constexpr unsigned Deepest = 3;
  const auto *M = dyn_cast<CXXMethodDecl>(FD);
  if (!M || !M->isInstance())
    return false;
  const CXXRecordDecl *R = M->getParent();
  const CXXDestructorDecl *D =
      R->hasDefinition() ? R->getDestructor() : nullptr;
  return D && (Index.lockingOf(D, Deepest) & 2);
}

/// The object of a constructor, or of a method that may change it.
static bool changesObject(const FunctionDecl *FD) {
  const auto *M = dyn_cast<CXXMethodDecl>(FD);
  return M && M->isInstance() && !M->isConst() && !isa<CXXDestructorDecl>(M);
}

const Stmt *UnitRun::smallBody(const FunctionDecl *FD) const {
  const FunctionFacts *F = Index.find(FD);
  return F && isSmall(*F) ? F->FD->getBody() : nullptr;
}

bool UnitRun::matters(const FunctionDecl *FD) const {
  if (const FunctionContract *C = Index.contractOf(FD)) {
    LevelNeed N = needOf(*C);
    return !C->Effects.empty() || !C->Forbids.empty() ||
           C->Apc != ApcDuty::None || N.MinHi < HighestIrql ||
           N.MaxLo > LowestIrql;
  }
  if (Index.salOf(FD).namesLocks())
    return true;
  const FunctionFacts *F = Index.find(FD);
  if (!F)
    return FD->getIdentifier() &&
           guessOpaque(FD->getName()) != OpaqueEffect::None;
  auto I = Summaries.find(FD->getCanonicalDecl());
  if (I == Summaries.end() || !I->second.Known)
    return true;
  const FunctionSummary &S = I->second;
  return !S.Neutral || S.Blurs || S.BlursApcs || S.Need.MinHi < HighestIrql ||
         S.Need.MaxLo > LowestIrql || S.Apc.Off || S.Apc.SpecialOn ||
         S.Apc.AllOn || S.Completes || S.Awaits || S.TouchesUnknown ||
         !S.Touched.empty() || !S.TouchedKeys.empty();
}

bool Tracker::decideInlining(const FunctionDecl *FD, ProgramStateRef S,
                             const LocationContext *LC,
                             SourceLocation Call) const {
  const FunctionFacts *F = Unit.Index.find(FD);
  if (!F)
    return false;
  const FunctionDecl *Def = F->FD;
  const FunctionSummary &Sum = Unit.Summaries[FD->getCanonicalDecl()];
  const SyncState &State = *syncOf(S);
  RootRun &R = *Unit.Root;

  bool Look = true;
  // What is called back at once writes to its context for who is waiting.
  const bool AtOnce = isMadeUp(LC) && graphSize(S) < TrustSummaries;
  if (Sum.Known && Sum.Neutral && !AtOnce) {
    Look = false;
    const IrqlRange L = levels().rangeOf(State.Level, S);
    if (L.Lo > Sum.Need.MinHi || L.Hi < Sum.Need.MaxLo)
      Look = true;
    if (Unit.Opts.Possible &&
        (State.Level.K == LevelValue::Fixed || R.Entry.Known) &&
        (L.Hi > Sum.Need.MinHi || L.Lo < Sum.Need.MaxLo))
      Look = true;
    if (Sum.Completes && State.anySpinning())
      Look = true;
    if (Sum.Awaits && R.Entry.IsEntryPoint)
      Look = true;
    bool High = L.Lo >= Irql::Apc;
    Look |= Sum.Apc.Off && !High && State.normalApcsOn();
    Look |=
        (Sum.Apc.SpecialOn || Sum.Apc.AllOn) && (High || State.allApcsOff());
    Look |= Sum.Apc.AllOn && State.normalApcsOff() &&
            (State.Critical > 0 || Unit.Opts.Possible);
    if (!State.Held.empty() && Sum.TouchesUnknown)
      Look = true;
    for (const HeldLock &H : State.Held)
      Look |= Sum.clashesWith(H, Unit.Link.keyOf(H.Class));
    // What it does to the variables around it is not in its signature.
    Look |= isLambdaBody(Def) || isOfGuard(Def, Unit.Index);
    // What is inlined into pageable code is pageable code.
    Look |= F->ChangesState && Def->hasAttr<AlwaysInlineAttr>();
    Look &= graphSize(S) < TrustSummaries;
    bool Tells = !Def->getReturnType()->isVoidType() || F->Callees.empty() ||
                 changesObject(Def) ||
                 llvm::any_of(Def->parameters(), [](const ParmVarDecl *P) {
                   QualType T = P->getType()->getPointeeType();
                   return !T.isNull() && !T.isConstQualified();
                 });
    if (!Look && ((isSmall(*F) && Tells) || passesResultOn(*F)))
      Look = true;
    if (!Look) {
      if (State.Level.K == LevelValue::Entry)
        R.demand(Sum.Need, L);
      ApcNeed Apc = Sum.Apc;
      Apc.Off &= !High && !State.normalApcsOff();
      R.Sum.Apc.meet(Apc);
      Unit.Link.noteCall(FD, L, State, R.Ids, R.FD, Call);
      if (!State.Held.empty() && !Sum.Takes.empty()) {
        std::vector<LockTake> Takes;
        for (const auto &[Class, Take] : Sum.Takes)
          Takes.push_back(Take);
        Unit.Link.noteSkipped(State, Takes, R.Ids, R.FD, Call);
      }
    }
  }
  if (Sum.Known && Sum.LevelOnly && !Sum.Neutral && !AtOnce &&
      graphSize(S) >= TrustSummaries)
    Look = false;
  R.Sum.Completes |= Sum.Completes;
  R.Sum.Awaits |= Sum.Awaits;
  R.Sum.touchAll(Sum);
  unsigned Depth = 0, Large = 0, Running = 0;
  AnalysisDeclContextManager &Bodies =
      *LC->getAnalysisDeclContext()->getManager();
  for (; LC; LC = LC->getParent())
    if (LC->getKind() == LocationContext::StackFrame) {
      ++Depth;
      Large += isLarge(*LC->getAnalysisDeclContext());
      Running += LC->getDecl() == Def;
    }
  // (From here on the analyzer does not follow.)
  if (Look && Large >= MaxInlineDepth && isLarge(*Bodies.getContext(Def)))
    Look = false;
  // A recursive call that may meet a lock held here is looked into once.
  if (Running > (Sum.Known && Sum.Neutral && !State.Held.empty() ? 1 : 0))
    Look = false;
  // (What leads through a system header may go in circles there, too.)
  if (!Sum.Known && Depth > (Sum.Through ? 8 : 1) * MaxUnknownDepth)
    Look = false;
  Look &=
      !Def->isVariadic() && !Unit.Unwalkable.contains(FD->getCanonicalDecl());
  if (Look)
    Unit.InlineMarks.markMayInline(Def);
  else
    Unit.InlineMarks.markShouldNotInline(Def);
  return Look;
}
