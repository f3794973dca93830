//===- TrackerReferences.cpp - References that others give up -------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A reference (run-down protection, a remove lock) is a count. Code that runs
/// later may give it up, and a function that could not take one may not say so.
//===----------------------------------------------------------------------===//

#include "Engine/Tracker.h"
#include "clang/AST/ParentMap.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

static StringRef text(ObjectId O) { return static_cast<const char *>(O); }

/// The object of which \p O is a member.
static StringRef ownerOf(ObjectId O) {
  StringRef Key = text(O);
  size_t Dot = Key.rfind('.');
  return Dot == StringRef::npos ? Key : Key.take_front(Dot);
}

/// Whether \p FD, of which the body is at hand, may keep its argument number
/// \p Index beyond its return: it does, unless it only uses members and hands
/// the pointer to what does not keep it.
static bool keepsArgument(const FunctionDecl *FD, unsigned Index,
                          const UnitIndex &Unit, unsigned Deepest = 3) {
  if (const FunctionContract *C = Unit.ruleOf(FD))
    return llvm::any_of(C->Effects, [](const Effect &E) {
      return E.Do == EffectKind::Queue || E.Do == EffectKind::HandOver ||
             E.Do == EffectKind::CallBack;
    });
  const FunctionFacts *F = Unit.find(FD);
  if (!F || !Deepest || Index >= F->FD->getNumParams())
    return true;
  const ParmVarDecl *P = F->FD->getParamDecl(Index);
  // Whether S uses P as a pointer, outside of what is known to be harmless.
  std::function<bool(const Stmt *)> Keeps = [&](const Stmt *S) {
    if (!S)
      return false;
    if (const auto *M = dyn_cast<MemberExpr>(S);
        M && M->getType()->isScalarType()) {
      const Expr *Whole = M;
      for (bool Arrow = false; M && !Arrow; M = dyn_cast<MemberExpr>(Whole)) {
        Arrow = M->isArrow();
        Whole = M->getBase()->IgnoreParenImpCasts();
      }
      if (isa<DeclRefExpr>(Whole))
        return false;
    }
    if (const auto *C = dyn_cast<CallExpr>(S)) {
      const FunctionDecl *To = C->getDirectCallee();
      for (unsigned I = 0; I < C->getNumArgs(); ++I) {
        const auto *R =
            dyn_cast<DeclRefExpr>(C->getArg(I)->IgnoreParenImpCasts());
        if (R && R->getDecl() == P
                ? !To || keepsArgument(To, I, Unit, Deepest - 1)
                : Keeps(C->getArg(I)))
          return true;
      }
      return false;
    }
    if (const auto *R = dyn_cast<DeclRefExpr>(S))
      return R->getDecl() == P;
    return llvm::any_of(S->children(), Keeps);
  };
  return Keeps(F->FD->getBody());
}

/// Code that is not looked into and gets the request (or, where nothing is
/// known of it, the object) that a reference was taken for may keep it, and
/// give the reference up later. Where any code gets a part of the object, its
/// success may mean that, or that it was called.
ProgramStateRef Tracker::handOverTo(const FunctionDecl *FD, const Event &Call,
                                    ProgramStateRef S, bool Looks) const {
  const SyncState &Now = *syncOf(S);
  // (What prints keeps nothing.)
  if (llvm::none_of(Now.Held, isReference) || (FD && FD->isVariadic()))
    return S;
  bool Known = FD && Unit.Index.find(FD);
  SmallVector<StringRef, 4> Args, Kept;
  for (unsigned I = 0; I < Call.getNumArgs(); ++I)
    if (ObjectId A = Unit.Root->Ids.object(Call.getArgSVal(I))) {
      Args.push_back(text(A));
      if (!Known || keepsArgument(FD, I, Unit.Index))
        Kept.push_back(text(A));
    }
  SyncState New = handOver(Now, [&](const HeldLock &L) {
    return !Looks && llvm::any_of(Kept, [&](StringRef A) {
      if (L.Handle && Identity::isWithin(A, text(L.Handle)))
        return true;
      return !Known && Identity::isWithin(text(L.Object), A);
    });
  });
  bool Tells = !Call.getResultType()->isVoidType();
  for (HeldLock &L : New.Held) {
    if (!isReference(L))
      continue;
    StringRef Owner = ownerOf(L.Object);
    for (StringRef A : Args) {
      if (A == text(L.Object) || !Identity::isWithin(A, Owner))
        continue;
      // (Who gets the whole object mostly just works with it.)
      if (Tells)
        L.GivenTo = Call.getOriginExpr();
      else if (A != Owner)
        L.KeptBy = Call.getOriginExpr();
    }
  }
  return withSync(S, Unit.Root->Pool.get(std::move(New)));
}

/// What is known of \p Sym says success: a number that is not negative, or a
/// truth value that is true.
static bool isSuccess(SymbolRef Sym, ProgramStateRef S) {
  ConstraintManager &CM = S->getConstraintManager();
  QualType T = Sym->getType().getCanonicalType();
  if (T->isSignedIntegerType() && !T->isBooleanType() &&
      !T->isAnyCharacterType()) {
    const llvm::APSInt *Min = CM.getSymMinVal(S, Sym);
    return Min && !Min->isNegative();
  }
  return CM.isNull(S, Sym).isConstrainedFalse();
}

/// The path goes on where the call succeeded that got a part of what a
/// reference was taken for.
ProgramStateRef Tracker::noteKeepers(ProgramStateRef S, SVal Cond) const {
  const SyncState &Now = *syncOf(S);
  SymbolRef Whole = Cond.getAsSymbol();
  if (!Whole || llvm::none_of(Now.Held, [](const HeldLock &L) {
        return L.GivenTo && L.GivenTo != L.KeptBy;
      }))
    return S;
  SyncState New = Now;
  bool Any = false;
  for (SymbolRef Part : Whole->symbols()) {
    const auto *Result = dyn_cast<SymbolConjured>(Part);
    if (!Result || !Result->getStmt() || !isSuccess(Part, S))
      continue;
    for (HeldLock &L : New.Held)
      if (L.GivenTo == Result->getStmt()) {
        L.KeptBy = L.GivenTo;
        Any = true;
      }
  }
  return Any ? withSync(S, Unit.Root->Pool.get(std::move(New))) : S;
}

/// The same of a call that was looked into, and returned a number.
ProgramStateRef Tracker::noteKeeper(const Event &Call,
                                    ProgramStateRef S) const {
  auto Result = Call.getReturnValue().getAs<nonloc::ConcreteInt>();
  const SyncState &Now = *syncOf(S);
  auto IsGiven = [&](const HeldLock &L) {
    return L.GivenTo && L.GivenTo == Call.getOriginExpr();
  };
  if (!Result || llvm::none_of(Now.Held, IsGiven))
    return S;
  QualType T = Call.getResultType().getCanonicalType();
  const llvm::APSInt &N = *Result->getValue().get();
  bool IsStatus = T->isSignedIntegerType() && !T->isBooleanType();
  if (IsStatus ? N.isNegative() : N.isZero())
    return S;
  SyncState New = Now;
  for (HeldLock &L : New.Held)
    if (IsGiven(L))
      L.KeptBy = L.GivenTo;
  return withSync(S, Unit.Root->Pool.get(std::move(New)));
}

/// What the first assignment in \p Body gives \p V.
static const Expr *firstGiven(const VarDecl *V, const Stmt *Body) {
  const auto *B = dyn_cast<BinaryOperator>(Body);
  if (B && B->isAssignmentOp())
    if (const auto *R = dyn_cast<DeclRefExpr>(B->getLHS()->IgnoreParens());
        R && R->getDecl() == V)
      return B->getRHS();
  for (const Stmt *C : Body->children())
    if (C)
      if (const Expr *E = firstGiven(V, C))
        return E;
  return nullptr;
}

/// The condition asks a call, or a variable that one gave.
static bool asksCall(const Expr *Cond, const Stmt *Body) {
  SmallVector<const Stmt *, 16> Work{Cond};
  llvm::SmallPtrSet<const VarDecl *, 4> Seen; // (`n = n - 1` asks itself)
  while (!Work.empty()) {
    const Stmt *S = Work.pop_back_val();
    if (!S)
      continue;
    // (A count that is decremented by hand lies under the lock.)
    if (isa<CallExpr>(S))
      return true;
    if (const auto *R = dyn_cast<DeclRefExpr>(S); R && Body)
      if (const auto *V = dyn_cast<VarDecl>(R->getDecl());
          V && V->isLocalVarDecl() && Seen.insert(V).second) {
        if (V->getInit())
          Work.push_back(V->getInit());
        if (const Expr *Given = firstGiven(V, Body))
          Work.push_back(Given);
      }
    for (const Stmt *C : S->children())
      Work.push_back(C);
  }
  return false;
}

bool Tracker::dropsReference(const Expr *Call,
                             const LocationContext *At) const {
  if (!Call || At->inTopFrame())
    return false;
  const ParentMap &Parents = At->getParentMap();
  const Stmt *Below = Call;
  for (const Stmt *P = Parents.getParent(Call); P;
       Below = P, P = Parents.getParent(P))
    if (const auto *If = dyn_cast<IfStmt>(P);
        If && If->getCond() != Below &&
        asksCall(If->getCond(), At->getDecl()->getBody()))
      return true;
  return false;
}

/// A callee that was looked into gives such references up, and did not give up
/// this one: by what it knows of counts, it is somebody else's now.
ProgramStateRef Tracker::leaveToCallee(ProgramStateRef S,
                                       const FunctionDecl *FD) const {
  const SyncState &Now = *syncOf(S);
  auto Sum = Unit.Summaries.find(FD->getCanonicalDecl());
  if (Sum == Unit.Summaries.end() || llvm::none_of(Now.Held, isReference))
    return S;
  SyncState New = handOver(Now, [&](const HeldLock &L) {
    return L.Class && (Sum->second.Touched.count(L.Class) ||
                       Sum->second.TouchedKeys.count(Unit.Link.keyOf(L.Class)));
  });
  return withSync(S, Unit.Root->Pool.get(std::move(New)));
}

/// Behind a function without a result nobody knows that something in it could
/// not be acquired.
ProgramStateRef Tracker::forgetRefusals(ProgramStateRef S,
                                        const FunctionDecl *FD) const {
  const SyncState &Now = *syncOf(S);
  if (!FD->getReturnType()->isVoidType() || !FD->hasBody())
    return S;
  const SourceManager &SM = Unit.Ctx.getSourceManager();
  SourceRange Body = FD->getBody()->getSourceRange();
  auto WasInside = [&](const FreeLock &F) {
    if (!F.Failed || !F.Site)
      return false;
    SourceLocation At =
        SM.getExpansionLoc(static_cast<const Expr *>(F.Site)->getBeginLoc());
    // (Files of other units have no order.)
    return SM.getFileID(At) ==
               SM.getFileID(SM.getExpansionLoc(Body.getBegin())) &&
           SM.isPointWithin(At, SM.getExpansionLoc(Body.getBegin()),
                            SM.getExpansionLoc(Body.getEnd()));
  };
  if (llvm::none_of(Now.Free, WasInside))
    return S;
  SyncState New = Now;
  llvm::erase_if(New.Free, WasInside);
  return withSync(S, Unit.Root->Pool.get(std::move(New)));
}
