//===- TrackerOpaque.cpp --------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Calls of functions that are not looked into: what their annotations and
/// their names say of them.
//===----------------------------------------------------------------------===//

#include "Engine/OpaqueCalls.h"
#include "Engine/PathJudgement.h"
#include "Engine/SalLocks.h"
#include "Engine/Tracker.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

/// The member that a lock's text ends with: "Queue->Lock" and "this->S.Lock"
/// end with "Lock".
static StringRef lastMember(StringRef Text) {
  return Text.drop_front(Text.find_last_of(".>&*") + 1);
}

/// The one lock that this path took and that has the name which an annotation
/// of something else gives it: the way to it is often written wrong, and no
/// compiler minds.
static const HeldLock *namesake(StringRef Text, const SyncState &S,
                                const Identity &Ids) {
  const HeldLock *Found = nullptr;
  for (const HeldLock &L : S.Held)
    if (!L.FromEntry && !isReference(L) &&
        lastMember(Ids.nameOf(L.Object)) == lastMember(Text)) {
      if (Found)
        return nullptr;
      Found = &L;
    }
  return Found;
}

ProgramStateRef Tracker::annotatedCall(const FunctionDecl *FD,
                                       const Event &Call, ProgramStateRef S,
                                       bool Opaque, CheckerContext &C) const {
  const SalContract &Sal = Unit.Index.salOf(FD);
  RootRun &R = *Unit.Root;
  static const Effect Demand = [] {
    Effect E;
    E.Do = EffectKind::Require;
    return E;
  }();
  static const Effect Ban = [] {
    Effect E;
    E.Do = EffectKind::Require;
    E.Not = true;
    return E;
  }();
  static const FunctionContract None;
  irqlint::CallEvent Info;
  Info.Fn = &None;
  Info.Name = FD->getNameAsString();
  for (const SalLockClaim &L : Sal.Locks) {
    const SyncState &Now = *syncOf(S);
    EffectEvent Ev;
    Ev.Call = &Info;
    Ev.ObjectText = L.Text;
    Ev.Shared = L.M == SalLockClaim::Shared;
    Ev.Exclusive = L.M == SalLockClaim::Exclusive;
    if (L.R != SalLockClaim::NoneHeld) {
      auto P = resolveSalPath(L.Text, FD->getMostRecentDecl());
      Ev.Kind = P ? kindOfSalPath(*P, Unit.Index.rules()) : nullptr;
      if (Ev.Kind) {
        SVal V = lockAtCall(*P, Call, S);
        Ev.Object = R.Ids.object(V);
        Ev.Class = R.Ids.classOf(V);
        if (!Ev.Object)
          continue;
        R.Ids.setName(Ev.Object, L.Text);
      } else if (const HeldLock *Meant = L.R == SalLockClaim::Releases
                                             ? namesake(L.Text, Now, R.Ids)
                                             : nullptr) {
        Ev.Kind = Meant->Kind;
        Ev.Object = Meant->Object;
        Ev.Class = Meant->Class;
      } else {
        continue;
      }
      Ev.Matched =
          L.R == SalLockClaim::Held ? R.demanded(Now, Ev) : Now.find(Ev.Object);
    }
    if (L.R == SalLockClaim::Acquires || L.R == SalLockClaim::Releases) {
      if (!Opaque)
        continue;
      R.Routines[Call.getOriginExpr()] = Info.Name;
      SyncState New = Now;
      if (L.R == SalLockClaim::Acquires) {
        AcquireOp Op;
        Op.Object = Ev.Object;
        Op.Class = Ev.Class;
        Op.Kind = Ev.Kind;
        Op.Shared = Ev.Shared;
        Op.Site = Call.getOriginExpr();
        if (!Ev.Kind->Spins)
          if (auto To = levelUnder(*Ev.Kind, Unit.Index.rules(),
                                   levels().rangeOf(Now.Level, S)))
            Op.To = LevelValue::fixed(*To);
        New = acquire(Now, Op);
      } else {
        ReleaseOp Op;
        Op.Object = Ev.Object;
        Op.Class = Ev.Class;
        Op.Kind = Ev.Kind;
        Op.Site = Call.getOriginExpr();
        const HeldLock *Held = matchRelease(Now, Op);
        if (Held && !Held->FromEntry)
          R.GivenUp.insert(Held->Object);
        Op.Mode = Held && Held->Raised ? ReleaseOp::FromLock : ReleaseOp::None;
        New = release(Now, Op);
      }
      S = withSync(S, R.Pool.get(std::move(New)));
      continue;
    }
    // Of what takes the lock itself, the acquisition is judged.
    if (L.R == SalLockClaim::NotHeld && Sal.AcquiresLock)
      continue;
    Ev.What = L.R == SalLockClaim::Held ? &Demand : &Ban;
    PathJudgement J(Unit, levels(), C.getPredecessor(), &C, C.getBugReporter(),
                    Call.getSourceRange().getBegin());
    for (const auto &Chk : Unit.Checks)
      Chk->onEffect(Ev, Now, Now, J);
  }
  return S;
}

ProgramStateRef Tracker::opaqueCall(const FunctionDecl *FD, const Event &Call,
                                    ProgramStateRef S) const {
  const SyncState &Now = *syncOf(S);
  OpaqueEffect E = guessOpaque(FD->getName());
  const SalContract &Sal = Unit.Index.salOf(FD);
  // Annotations that name the lock say all there is to know, but for the level
  // of spin locks.
  auto Says = [&](const SalLockClaim &L) {
    if (L.R != SalLockClaim::Acquires && L.R != SalLockClaim::Releases)
      return false;
    auto P = resolveSalPath(L.Text, FD->getMostRecentDecl());
    const LockKindInfo *K = P ? kindOfSalPath(*P, Unit.Index.rules()) : nullptr;
    return K && !K->Spins && Unit.Root->Ids.object(lockAtCall(*P, Call, S)) &&
           (L.When.empty() ||
            SalCondition::parse(L.When, FD->getMostRecentDecl(), Unit.PP));
  };
  if (llvm::any_of(Sal.Locks, Says) || llvm::any_of(Sal.Conditional, Says))
    return S;
  if (Sal.AcquiresLock)
    E = OpaqueEffect::MayAcquire;
  else if (Sal.ReleasesLock || (Sal.ChangesLevel && Sal.Fn.Effects.empty()))
    E = OpaqueEffect::MayRelease;
  if (E == OpaqueEffect::None)
    return S;
  SyncState New = Now;
  New.ClosedWorld = false;
  New.Apcs.Vague = true;
  if (E == OpaqueEffect::MayAcquire) {
    // It may have raised the level for its caller.
    IrqlRange R = levels().rangeOf(Now.Level, S);
    New = setLevel(std::move(New),
                   LevelValue::fixed({R.Lo, std::max(R.Hi, Irql::Dispatch)}),
                   nullptr);
  } else if (Now.Held.empty()) {
    // What gives up a lock leaves the level or lowers it.
    IrqlRange R = levels().rangeOf(Now.Level, S);
    R.Lo = LowestIrql;
    if (R.isUnknown())
      New = setLevel(std::move(New), LevelValue::unknown(), nullptr);
    else if (R.Hi > LowestIrql)
      New = setLevel(std::move(New), LevelValue::fixed(R), nullptr);
    // A caller that holds something has to look for itself.
    Unit.Root->Sum.TouchesUnknown = true;
  }
  if (E == OpaqueEffect::MayRelease && !New.Held.empty()) {
    // Another unit's wrapper gives up a lock of an object that it is handed,
    // or of none that we can see.
    SmallVector<SVal, 6> Given;
    for (unsigned I = 0; I < Call.getNumArgs(); ++I)
      Given.push_back(Call.getArgSVal(I));
    bool Any = Given.empty();
    if (const auto *Member = dyn_cast<CXXInstanceCall>(&Call))
      Given.push_back(Member->getCXXThisVal());
    auto Related = [&](const HeldLock &L) {
      StringRef Key(static_cast<const char *>(L.Object));
      return Any || llvm::any_of(Given, [&](SVal V) {
               ObjectId A = Unit.Root->Ids.object(V);
               return A && (Key.starts_with(static_cast<const char *>(A)) ||
                            A == L.Handle);
             });
    };
    for (auto I = New.Held.rbegin(); I != New.Held.rend(); ++I)
      if (!I->FromEntry && Related(*I)) {
        ReleaseOp Op;
        Op.Object = I->Object;
        Op.Kind = I->Kind;
        Op.Mode = ReleaseOp::FromLock;
        New = release(New, Op);
        New = forget(New, Op.Object);
        break;
      }
  }
  return withSync(S, Unit.Root->Pool.get(std::move(New)));
}

/// Code that is not looked into and gets the level that a lock saved is there
/// to give that lock up: of no other use is it to anyone.
ProgramStateRef Tracker::handLevelTo(const Event &Call,
                                     ProgramStateRef S) const {
  const SyncState &Now = *syncOf(S);
  // (What prints a level does nothing with it.)
  if (const auto *FD = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
      FD && FD->isVariadic())
    return S;
  for (unsigned I = 0; I < Call.getNumArgs(); ++I) {
    const Expr *A = Call.getArgExpr(I);
    if (!A || !isLevelType(A->IgnoreParenImpCasts()->getType()))
      continue;
    LevelValue Level = levels().fromValue(Call.getArgSVal(I));
    if (!Level.known())
      continue;
    // (A level that the path has pinned down is a number by now.)
    IrqlRange Given = levels().rangeOf(Level, S);
    auto Saved = [&](const HeldLock &L) {
      return L.Raised &&
             (L.Base == Level ||
              (Given.isExact() && levels().rangeOf(L.Base, S) == Given));
    };
    // (Where paths met that saved different levels, none of them is known.)
    auto MaySave = [](const HeldLock &L) {
      return L.Raised && !L.Base.known();
    };
    auto Last = Now.Held.rend();
    auto L = std::find_if(Now.Held.rbegin(), Last, Saved);
    if (L == Last)
      L = std::find_if(Now.Held.rbegin(), Last, MaySave);
    if (L == Last)
      continue;
    ReleaseOp Op;
    Op.Object = L->Object;
    Op.Kind = L->Kind;
    Op.Mode = ReleaseOp::FromLock;
    SyncState New = forget(release(Now, Op), Op.Object);
    New.ClosedWorld = false;
    return withSync(S, Unit.Root->Pool.get(std::move(New)));
  }
  return S;
}
