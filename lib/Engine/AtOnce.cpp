//===- AtOnce.cpp ---------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/AtOnce.h"
#include "Engine/Tracker.h"
#include "clang/AST/ASTContext.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

const Effect *irqlint::callBackAtOnce(const FunctionDecl *FD,
                                      const UnitIndex &Index) {
  const FunctionContract *Fn = Index.find(FD) ? nullptr : Index.ruleOf(FD);
  if (!Fn)
    return nullptr;
  for (const Effect &E : Fn->Effects)
    if (E.Do == EffectKind::CallBack && E.PassesKnown &&
        E.Callback.K == ValueRef::Arg)
      return &E;
  return nullptr;
}

/// The value of a parameter, made to fit \p T; null if it does not.
static Expr *valueOf(ASTContext &Ctx, ParmVarDecl *P, QualType T) {
  auto *R =
      DeclRefExpr::Create(Ctx, NestedNameSpecifierLoc(), SourceLocation(), P,
                          false, SourceLocation(), P->getType(), VK_LValue);
  auto Cast = [&](Expr *E, QualType To, CastKind K) -> Expr * {
    return ImplicitCastExpr::Create(Ctx, To, K, E, nullptr, VK_PRValue,
                                    FPOptionsOverride());
  };
  Expr *V = Cast(R, P->getType().getUnqualifiedType(), CK_LValueToRValue);
  if (T.isNull() || Ctx.hasSameUnqualifiedType(P->getType().getCanonicalType(),
                                               T.getCanonicalType()))
    return V;
  if (P->getType()->isPointerType() && T->isPointerType())
    return Cast(V, T.getUnqualifiedType(), CK_BitCast);
  if (P->getType()->isIntegerType() && T->isIntegerType())
    return Cast(V, T.getUnqualifiedType(), CK_IntegralCast);
  return nullptr;
}

Stmt *AtOnceBodies::getBody(const FunctionDecl *Any) {
  // The one that calls refer to.
  auto *FD = const_cast<FunctionDecl *>(Any->getMostRecentDecl());
  const Effect *E = callBackAtOnce(FD, Index);
  if (!E || E->Callback.Index >= FD->getNumParams())
    return nullptr;
  ParmVarDecl *Routine = FD->getParamDecl(E->Callback.Index);
  const auto *PT = Routine->getType()->getAs<PointerType>();
  const auto *T =
      PT ? PT->getPointeeType()->getAs<FunctionProtoType>() : nullptr;
  if (!T || T->isVariadic() || T->getNumParams() != E->Passes.size())
    return nullptr;
  SmallVector<Expr *, 4> Args;
  for (unsigned I = 0; I < T->getNumParams(); ++I) {
    unsigned From = E->Passes[I].Index;
    Expr *A = From < FD->getNumParams()
                  ? valueOf(Ctx, FD->getParamDecl(From), T->getParamType(I))
                  : nullptr;
    if (!A)
      return nullptr;
    Args.push_back(A);
  }
  QualType Gives = T->getReturnType().getUnqualifiedType(),
           Wanted = FD->getReturnType().getUnqualifiedType();
  Expr *Call =
      CallExpr::Create(Ctx, valueOf(Ctx, Routine, QualType()), Args, Gives,
                       VK_PRValue, SourceLocation(), FPOptionsOverride());
  Stmt *Last = Call;
  bool Same = Ctx.hasSameType(Gives, Wanted);
  if (!Gives->isVoidType() && !Wanted->isVoidType() &&
      (Same || (Gives->isIntegerType() && Wanted->isIntegerType()))) {
    if (!Same)
      Call = ImplicitCastExpr::Create(Ctx, Wanted, CK_IntegralCast, Call,
                                      nullptr, VK_PRValue, FPOptionsOverride());
    Last = ReturnStmt::Create(Ctx, SourceLocation(), Call, nullptr);
  }
  return CompoundStmt::Create(Ctx, Last, FPOptionsOverride(), SourceLocation(),
                              SourceLocation());
}

/// The function that the call runs before it returns, if paths can go through
/// it.
const FunctionDecl *Tracker::runsAtOnce(const clang::ento::CallEvent &Call,
                                        const LocationContext *LC) const {
  const auto *FD = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
  const Effect *E = FD ? callBackAtOnce(FD, Unit.Index) : nullptr;
  if (!E || E->Callback.Index >= Call.getNumArgs() || !Call.getOriginExpr() ||
      FD != FD->getMostRecentDecl())
    return nullptr;
  const FunctionDecl *Target =
      Call.getArgSVal(E->Callback.Index).getAsFunctionDecl();
  const FunctionFacts *F = Target ? Unit.Index.find(Target) : nullptr;
  if (!F || Unit.Index.ruleOf(Target) ||
      Unit.Unwalkable.contains(Target->getCanonicalDecl()))
    return nullptr;
  unsigned Depth = 0;
  for (; LC; LC = LC->getParent())
    if (LC->getKind() == LocationContext::StackFrame &&
        (++Depth > MaxDepthAtOnce || LC->getDecl() == F->FD))
      return nullptr;
  RuntimeDefinition D = Call.getRuntimeDefinition();
  return D.getDecl() ? F->FD : nullptr;
}

/// The code is a body made for a routine that calls back.
bool irqlint::isMadeUp(const LocationContext *LC) {
  return LC->getAnalysisDeclContext()->isBodyAutosynthesized();
}

/// The function that a routine called at once is through: its lock is free.
void Tracker::leaveCallBack(const clang::ento::CallEvent &Call,
                            CheckerContext &C) const {
  ProgramStateRef S = C.getState();
  const SyncState &Now = *syncOf(S);
  const Expr *Site = Call.getOriginExpr();
  for (const HeldLock &L : Now.Held)
    if (L.Site == Site && Site) {
      ReleaseOp Op;
      Op.Object = L.Object;
      Op.Kind = L.Kind;
      Op.Site = Site;
      Op.Mode = ReleaseOp::FromLock;
      Unit.Root->GivenUp.insert(L.Object);
      Unit.ReleasedIn.try_emplace(L.Site, Unit.Root->FD);
      SyncState New = release(Now, Op);
      New.GaveUpCallers = Now.GaveUpCallers;
      S = withSync(S, Unit.Root->Pool.get(std::move(New)));
      break;
    }
  if (Site && !Call.getResultType()->isVoidType() &&
      S->getSVal(Site, C.getLocationContext()).isUnknown())
    S = S->BindExpr(Site, C.getLocationContext(),
                    C.getSValBuilder().conjureSymbolVal(Call, C.blockCount()));
  if (S != C.getState())
    C.addTransition(S);
}

/// The function that is called finds the lock held, as when the system calls
/// it.
SyncState Tracker::insideCallBack(const SyncState &Before,
                                  const EffectEvent &Ev,
                                  ProgramStateRef S) const {
  if (!Ev.Object || !Ev.Kind || Before.find(Ev.Object))
    return Before;
  AcquireOp Op;
  Op.Object = Ev.Object;
  Op.Kind = Ev.Kind;
  Op.Site = Ev.Site;
  Op.To = levels().rangeOf(Ev.To, S).Hi < levels().rangeOf(Before.Level, S).Lo
              ? Before.Level
              : Ev.To;
  SyncState After = acquire(Before, Op);
  if (HeldLock *L = After.find(Op.Object))
    L->FromEntry = true;
  return After;
}

void Tracker::noteUse(const Effect &E, const irqlint::CallEvent &Info,
                      const EffectEvent &Ev, SVal Object,
                      const SyncState &Before) const {
  bool Signals = E.Do == EffectKind::Signal;
  bool Sure = Info.EffectApplies[&E - Info.Fn->Effects.data()] == Applies::Yes;
  // (What depends on something being there is a wait with an end.)
  bool Endless = Sure && llvm::none_of(E.When, [](const Condition &C) {
                   return C.Is == Condition::NonZero;
                 });
  if (Signals || Endless)
    Unit.Data.noteUse(Unit.Root->FD, Object.getAsRegion(),
                      Signals ? DataAccess::Signal : DataAccess::EndlessWait,
                      Info.Name, Ev.ObjectText,
                      static_cast<const Expr *>(Ev.Site), Before,
                      Unit.Root->Ids);
}
