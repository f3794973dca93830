//===- TrackerPromises.cpp ------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Locks that a function's own annotations name: what is held at its beginning,
/// and what is to become of it. Calls of functions that are not looked into and
/// whose annotations say so under conditions.
//===----------------------------------------------------------------------===//

#include "Engine/CallPlace.h"
#include "Engine/OpaqueCalls.h"
#include "Engine/SalConditions.h"
#include "Engine/SalLocks.h"
#include "Engine/Tracker.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

static HeldLock lockOfCaller(ObjectId O, ClassId Class, const LockKindInfo *K,
                             bool Shared, const SyncState &S) {
  HeldLock H;
  H.Object = O;
  H.Class = Class;
  H.Kind = K;
  H.Shared = Shared;
  H.FromEntry = true;
  H.Order = unsigned(S.Held.size());
  return H;
}

/// Annotations name locks that the caller holds, and what becomes of them.
void Tracker::addPromisedLocks(SyncState &S, CheckerContext &C) const {
  RootRun &R = *Unit.Root;
  const SalContract &Sal = Unit.Index.salOf(R.FD);
  const FunctionDecl *FD = R.FD->getMostRecentDecl();
  for (const SalLockClaim &L : Sal.Locks) {
    if (L.R == SalLockClaim::NotHeld || L.R == SalLockClaim::NoneHeld)
      continue;
    auto P = resolveSalPath(L.Text, FD);
    const LockKindInfo *K = P ? kindOfSalPath(*P, Unit.Index.rules()) : nullptr;
    if (!K)
      continue;
    SVal V = lockAtEntry(*P, R.FD, C.getStackFrame(), C.getState());
    ObjectId O = R.Ids.object(V);
    if (!O || S.find(O))
      continue;
    R.Ids.setName(O, L.Text);
    // (What is given up as well, perhaps under a condition, is not kept.)
    if (L.R != SalLockClaim::Held || !Sal.ReleasesLock)
      R.Promises.push_back({O, K, L.R, "", std::nullopt});
    if (L.R != SalLockClaim::Acquires)
      S.Held.push_back(
          lockOfCaller(O, R.Ids.classOf(V), K, L.M == SalLockClaim::Shared, S));
  }
  for (const SalLockClaim &L : Sal.Conditional) {
    auto P = resolveSalPath(L.Text, FD);
    const LockKindInfo *K = P ? kindOfSalPath(*P, Unit.Index.rules()) : nullptr;
    if (!K)
      continue;
    SVal V = lockAtEntry(*P, R.FD, C.getStackFrame(), C.getState());
    ObjectId O = R.Ids.object(V);
    if (!O)
      continue;
    R.Ids.setName(O, L.Text);
    RootRun::Promise New{O, K, L.R, L.When,
                         SalCondition::parse(L.When, FD, Unit.PP)};
    // Whoever learns from the result that it was given up held it before.
    if (L.R == SalLockClaim::Releases && New.Condition &&
        New.Condition->asksResult() && !S.find(O))
      S.Held.push_back(
          lockOfCaller(O, R.Ids.classOf(V), K, L.M == SalLockClaim::Shared, S));
    New.FromCaller = L.R == SalLockClaim::Releases && S.find(O);
    R.Promises.push_back(std::move(New));
  }
}

SmallVector<ProgramStateRef, 2>
Tracker::splitPromises(ProgramStateRef S, CheckerContext &C) const {
  RootRun &R = *Unit.Root;
  SmallVector<ProgramStateRef, 2> Ways{S}, Next;
  const FunctionDecl *FD = R.FD->getMostRecentDecl();
  for (const SalLockClaim &L : Unit.Index.salOf(R.FD).Conditional) {
    if (L.R != SalLockClaim::Releases)
      continue;
    auto P = resolveSalPath(L.Text, FD);
    if (!P)
      continue;
    SVal Lock = lockAtEntry(*P, R.FD, C.getStackFrame(), S);
    ObjectId O = R.Ids.object(Lock);
    auto Promise = llvm::find_if(R.Promises, [&](const RootRun::Promise &Q) {
      return Q.Object == O && Q.When == L.When;
    });
    if (!O || Promise == R.Promises.end() || Promise->FromCaller ||
        !Promise->Condition || Promise->Condition->asksResult())
      continue;
    Next.clear();
    for (const ProgramStateRef &Way : Ways) {
      auto Value = [&](int Index) {
        return Way->getSVal(Way->getRegion(R.FD->getParamDecl(unsigned(Index)),
                                           C.getStackFrame()));
      };
      for (bool Holds : {true, false})
        for (ProgramStateRef T :
             Promise->Condition->assume(Way, Value, Holds)) {
          if (Holds && !syncOf(T)->find(O)) {
            SyncState New = *syncOf(T);
            New.Held.push_back(lockOfCaller(O, R.Ids.classOf(Lock),
                                            Promise->Kind,
                                            L.M == SalLockClaim::Shared, New));
            T = withSync(T, R.Pool.get(std::move(New)));
          }
          Next.push_back(T);
        }
    }
    Ways = Next;
  }
  return Ways;
}

/// By the convention of signed results only what is negative has failed. Many a
/// function says that it did "== 0", and means that.
static bool isOtherSuccess(SVal V, QualType T, ProgramStateRef S) {
  auto D = V.getAs<DefinedSVal>();
  if (T.isNull() || !T->isSignedIntegerType() || !D ||
      D->getAs<nonloc::ConcreteInt>())
    return false;
  SValBuilder &SVB = S->getStateManager().getSValBuilder();
  auto Positive =
      SVB.evalBinOp(S, BO_GE, *D, SVB.makeIntVal(0, T), SVB.getConditionType())
          .getAs<DefinedSVal>();
  return !Positive || S->assume(*Positive, true);
}

void Tracker::notePromises(const ReturnStmt *RS, ExitRecord &X,
                           CheckerContext &C) const {
  const RootRun &R = *Unit.Root;
  ProgramStateRef S = C.getState();
  SValBuilder &SVB = C.getSValBuilder();
  SVal Result = RS && RS->getRetValue()
                    ? S->getSVal(RS->getRetValue(), C.getLocationContext())
                    : UnknownVal();
  QualType T = R.FD->getReturnType().getCanonicalType();
  auto Value = [&](int Index) -> SVal {
    if (Index == SalCondition::Result)
      return Result;
    // What was handed in.
    return SVB.getRegionValueSymbolVal(
        S->getRegion(R.FD->getParamDecl(unsigned(Index)), C.getStackFrame()));
  };
  for (const RootRun::Promise &P : R.Promises) {
    Applies A = P.When.empty() ? Applies::Yes : Applies::Maybe;
    if (P.Condition)
      A = P.Condition->decide(S, Value);
    if (P.Condition && P.Condition->asksResult() && A == Applies::No &&
        isOtherSuccess(Result, T, S))
      A = Applies::Maybe;
    X.Promised.push_back(A);
  }
}

bool Tracker::conditionalCall(const FunctionDecl *FD, const Event &Call,
                              CheckerContext &C) const {
  RootRun &R = *Unit.Root;
  SmallVector<ProgramStateRef, 4> Ways{C.getState()}, Next;
  const FunctionDecl *Last = FD->getMostRecentDecl();
  QualType T = FD->getReturnType().getCanonicalType();
  auto Value = [&](int Index) -> SVal {
    if (Index == SalCondition::Result)
      return Call.getReturnValue();
    return unsigned(Index) < Call.getNumArgs()
               ? Call.getArgSVal(unsigned(Index))
               : UnknownVal();
  };
  for (const SalLockClaim &L : Unit.Index.salOf(FD).Conditional) {
    auto P = resolveSalPath(L.Text, Last);
    const LockKindInfo *K = P ? kindOfSalPath(*P, Unit.Index.rules()) : nullptr;
    auto When = SalCondition::parse(L.When, Last, Unit.PP);
    if (!K || K->Spins || !When)
      continue;
    SVal V = lockAtCall(*P, Call, C.getState());
    ObjectId O = R.Ids.object(V);
    if (!O)
      continue;
    R.Ids.setName(O, L.Text);
    R.Routines[Call.getOriginExpr()] = FD->getNameAsString();
    Next.clear();
    for (const ProgramStateRef &Way : Ways) {
      for (ProgramStateRef S : When->assume(Way, Value, true)) {
        SyncState New = *syncOf(S);
        if (L.R == SalLockClaim::Acquires) {
          AcquireOp Op;
          Op.Object = O;
          Op.Class = R.Ids.classOf(V);
          Op.Kind = K;
          Op.Shared = L.M == SalLockClaim::Shared;
          Op.Site = Call.getOriginExpr();
          if (auto To = levelUnder(*K, Unit.Index.rules(),
                                   levels().rangeOf(New.Level, S)))
            Op.To = LevelValue::fixed(*To);
          New = acquire(New, Op);
        } else {
          ReleaseOp Op;
          Op.Object = O;
          Op.Class = R.Ids.classOf(V);
          Op.Kind = K;
          Op.Site = Call.getOriginExpr();
          const HeldLock *Held = matchRelease(New, Op);
          if (Held && !Held->FromEntry)
            R.GivenUp.insert(Held->Object);
          Op.Mode =
              Held && Held->Raised ? ReleaseOp::FromLock : ReleaseOp::None;
          New = release(New, Op);
        }
        Next.push_back(withSync(S, R.Pool.get(std::move(New))));
      }
      // Who does not look at the result knows that it is taken.
      if (L.R == SalLockClaim::Acquires && When->asksResult() &&
          isResultUnused(Call) && !Next.empty())
        continue;
      for (ProgramStateRef S : When->assume(Way, Value, false)) {
        // (Without the object there is no lock that anybody could mean.)
        if (P->From == SalPath::Parameter && !P->Fields.empty() &&
            S->isNull(Value(P->Index)).isConstrainedTrue())
          continue;
        // (By the same convention the others are failures.)
        SVal Result = Call.getReturnValue();
        if (When->asksResult() && isOtherSuccess(Result, T, S)) {
          SValBuilder &SVB = C.getSValBuilder();
          auto Fails = SVB.evalBinOp(S, BO_LT, Result, SVB.makeIntVal(0, T),
                                     SVB.getConditionType())
                           .getAs<DefinedSVal>();
          if (ProgramStateRef F = Fails ? S->assume(*Fails, true) : nullptr)
            S = F;
        }
        // Nothing is said of a call with other arguments whose result is the
        // same.
        if (When->asksResult() && !When->parameters().empty()) {
          SyncState New = *syncOf(S);
          New.ClosedWorld = false;
          if (HeldLock *Held = New.find(O))
            Held->Doubtful = true;
          S = withSync(S, R.Pool.get(std::move(New)));
        }
        Next.push_back(S);
      }
    }
    Ways = Next;
  }
  if (Ways.size() == 1 && Ways.front() == C.getState())
    return false;
  static const SimpleProgramPointTag Tag("irqlint", "as annotated");
  for (const ProgramStateRef &Way : Ways)
    C.addTransition(Way, &Tag);
  return true;
}

/// A function that is annotated to return at the level it was entered at is
/// accused itself where it does not: its callers rely on the annotation.
ProgramStateRef Tracker::keepPromisedLevel(ProgramStateRef S,
                                           const FunctionDecl *FD,
                                           CheckerContext &C) const {
  const SalContract &Sal = Unit.Index.salOf(FD);
  if (!Sal.SameLevel || Sal.ChangesLevel)
    return S;
  // The level before the call: at the last node of the caller's.
  const StackFrameContext *Frame = C.getLocationContext()->getStackFrame();
  const auto *Caller = Frame->getParent()->getStackFrame();
  const ExplodedNode *N = C.getPredecessor();
  while (N && N->getStackFrame() != Caller)
    N = N->getFirstPred();
  const SyncState *Before = N ? syncOf(N->getState()) : nullptr;
  const SyncState &Now = *syncOf(S);
  if (!Before || Before->Level == Now.Level)
    return S;
  // (A lock that it kept needs the level.)
  for (const HeldLock &L : Now.Held)
    if (L.Raised && !Before->find(L.Object))
      return S;
  SyncState New = Now;
  New.Level = Before->Level;
  New.LevelSite = Before->LevelSite;
  return withSync(S, Unit.Root->Pool.get(std::move(New)));
}

/// Nothing was written to what \p P points at: \p Sym is what lay there at
/// entry, or behind a call that did not get \p P.
static bool isUntouched(SymbolRef Sym, const ParmVarDecl *P) {
  if (!Sym)
    return false;
  if (isa<SymbolRegionValue>(Sym))
    return true;
  const auto *D = dyn_cast<SymbolDerived>(Sym);
  const auto *From =
      D ? dyn_cast<SymbolConjured>(D->getParentSymbol()) : nullptr;
  const auto *Call =
      From ? dyn_cast_or_null<CallExpr>(From->getStmt()) : nullptr;
  return Call && llvm::none_of(Call->arguments(), [&](const Expr *A) {
           const auto *R = dyn_cast<DeclRefExpr>(A->IgnoreParenImpCasts());
           return R && R->getDecl() == P;
         });
}

/// What lies at an exit where annotations say that the old level does. What was
/// never written there is as good as uninitialized.
void Tracker::noteSaved(const ReturnStmt *RS, ExitRecord &X,
                        CheckerContext &C) const {
  ProgramStateRef S = C.getState();
  const FunctionDecl *FD = Unit.Root->FD;
  for (int To : Unit.Index.salOf(FD).SavesTo) {
    SVal V = UnknownVal();
    if (To < 0) {
      if (RS && RS->getRetValue() && FD->getReturnType()->isCharType())
        V = S->getSVal(RS->getRetValue(), C.getLocationContext());
    } else if (const ParmVarDecl *P = unsigned(To) < FD->getNumParams()
                                          ? FD->getParamDecl(To)
                                          : nullptr;
               P && P->getType()->isPointerType()) {
      const auto *Where =
          S->getSVal(S->getRegion(P, Unit.Root->Frame)).getAsRegion();
      QualType T = P->getType()->getPointeeType();
      if (Where && T->isCharType())
        V = S->getSVal(Where, T);
      if (levels().fromValue(V).K != LevelValue::Entry &&
          isUntouched(V.getAsSymbol(), P))
        V = UndefinedVal();
    }
    X.Saved.push_back(levels().fromValue(V));
  }
}
