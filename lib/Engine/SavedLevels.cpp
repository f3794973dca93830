//===- SavedLevels.cpp - Where an old level is kept -----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/SavedLevels.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/RecursiveASTVisitor.h"

using namespace clang;
using namespace irqlint;

namespace {

/// The local variable that \p E names, by itself or by its address.
const VarDecl *localIn(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *U = dyn_cast<UnaryOperator>(E);
      U && U->getOpcode() == UO_AddrOf)
    E = U->getSubExpr()->IgnoreParenCasts();
  const auto *R = dyn_cast<DeclRefExpr>(E);
  const auto *V = R ? dyn_cast<VarDecl>(R->getDecl()) : nullptr;
  return V && V->hasLocalStorage() && !isa<ParmVarDecl>(V) ? V : nullptr;
}

/// All uses of a variable in a function.
class Uses : public RecursiveASTVisitor<Uses> {
public:
  Uses(const CallExpr *Site, const UnitIndex &Index)
      : Site(Site), Index(Index) {}

  /// The call's result is kept in Variable.
  const VarDecl *Variable = nullptr;

  bool isRoutine(const Expr *E) const {
    const auto *C = dyn_cast<CallExpr>(E->IgnoreParenCasts());
    const FunctionDecl *FD = C ? C->getDirectCallee() : nullptr;
    const FunctionContract *Fn = FD ? Index.ruleOf(FD) : nullptr;
    return Fn && llvm::any_of(Fn->Effects, changesState);
  }

  bool TraverseCallExpr(CallExpr *C) {
    if (!isRoutine(C))
      return RecursiveASTVisitor::TraverseCallExpr(C);
    for (Expr *A : C->arguments())
      if (!localIn(A) && !TraverseStmt(A))
        return false;
    return true;
  }
  bool TraverseBinaryOperator(BinaryOperator *B) {
    const Expr *From = B->getRHS();
    if (B->getOpcode() != BO_Assign || !localIn(B->getLHS()) ||
        !(isRoutine(From) || isa<IntegerLiteral>(From->IgnoreParenCasts())))
      return RecursiveASTVisitor::TraverseBinaryOperator(B);
    if (From->IgnoreParenCasts() == Site)
      Variable = localIn(B->getLHS());
    return TraverseStmt(B->getRHS());
  }
  bool TraverseCStyleCastExpr(CStyleCastExpr *C) { // (void)Irql;
    return (C->getType()->isVoidType() && localIn(C->getSubExpr())) ||
           RecursiveASTVisitor::TraverseCStyleCastExpr(C);
  }
  bool VisitVarDecl(VarDecl *V) {
    if (V->getInit() && V->getInit()->IgnoreParenCasts() == Site &&
        V->hasLocalStorage())
      Variable = V;
    return true;
  }
  bool VisitDeclRefExpr(DeclRefExpr *R) {
    if (const auto *V = dyn_cast<VarDecl>(R->getDecl()))
      Elsewhere.insert(V);
    return true;
  }
  bool dies() const { return Variable && !Elsewhere.contains(Variable); }

private:
  const CallExpr *Site;
  const UnitIndex &Index;
  llvm::SmallPtrSet<const VarDecl *, 16> Elsewhere;
};

} // namespace

bool irqlint::savedLevelDies(const Expr *Site, const FunctionDecl *FD,
                             const UnitIndex &Index) {
  const auto *Call = dyn_cast_or_null<CallExpr>(Site);
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  const FunctionContract *Fn = Callee ? Index.ruleOf(Callee) : nullptr;
  if (!Fn)
    return false;
  const SourceManager &SM = FD->getASTContext().getSourceManager();
  if (!SM.isPointWithin(SM.getExpansionLoc(Site->getBeginLoc()),
                        SM.getExpansionLoc(FD->getBeginLoc()),
                        SM.getExpansionLoc(FD->getEndLoc())))
    return false;
  for (const Effect &E : Fn->Effects) {
    if (E.Do != EffectKind::Acquire && E.Do != EffectKind::Raise)
      continue;
    const ValueRef &Where = E.SavesInLock ? E.Handle : E.Saves;
    Uses U(Call, Index);
    if (Where.K == ValueRef::Arg || Where.K == ValueRef::Deref) {
      if (Where.Index < Call->getNumArgs())
        U.Variable = localIn(Call->getArg(Where.Index));
      if (!U.Variable)
        return false;
    } else if (Where.K != ValueRef::Ret) {
      return false;
    }
    U.TraverseStmt(FD->getBody());
    return U.dies();
  }
  return false;
}

bool irqlint::wasStoredByCall(const Expr *E, const ento::ExplodedNode *N) {
  const auto *R = dyn_cast<DeclRefExpr>(E->IgnoreParenCasts());
  const auto *V = R ? dyn_cast<VarDecl>(R->getDecl()) : nullptr;
  if (!V || !V->hasLocalStorage() || V->getType()->isReferenceType())
    return false;
  const StackFrameContext *Frame = N->getStackFrame();
  auto Value = [&](const ento::ExplodedNode *At) {
    return At->getState()->getSVal(At->getState()->getRegion(V, Frame));
  };
  // (Where it is handed over, it may not be used any more.)
  while (N && !Value(N).isConstant())
    N = N->getFirstPred();
  if (!N)
    return false;
  const ento::SVal Now = Value(N);
  for (const ento::ExplodedNode *P = N->getFirstPred(); P;
       N = P, P = P->getFirstPred()) {
    if (Value(P) == Now)
      continue;
    // (Checkers work on a call before it counts as done.)
    for (const ento::ExplodedNode *X : {N, P})
      if (auto At = X->getLocationAs<StmtPoint>())
        return isa<CallExpr>(At->getStmt());
    return false;
  }
  return false;
}
