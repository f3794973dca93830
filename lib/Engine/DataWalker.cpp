//===- DataWalker.cpp - Uses of data in the text of functions -------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/DataCollector.h"
#include "Engine/PathSteps.h"
#include "Engine/Values.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ParentMapContext.h"
#include "clang/AST/RecursiveASTVisitor.h"

using namespace clang;
using namespace irqlint;

bool DataCollector::nameExpr(const Expr *E, DataAccess &A) const {
  SmallVector<const FieldDecl *, 4> Path;
  const VarDecl *Variable = nullptr;
  for (const Expr *Base = E;;) {
    Base = Base->IgnoreParenImpCasts();
    if (const auto *S = dyn_cast<ArraySubscriptExpr>(Base)) {
      // (An element of what a pointer leads to is another object.)
      if (!S->getBase()->IgnoreParenImpCasts()->getType()->isArrayType())
        return false;
      Base = S->getBase();
      continue;
    }
    if (const auto *M = dyn_cast<MemberExpr>(Base)) {
      const auto *F = dyn_cast<FieldDecl>(M->getMemberDecl());
      if (!F)
        return false;
      Path.push_back(F);
      if (M->isArrow())
        break;
      Base = M->getBase();
      continue;
    }
    const auto *R = dyn_cast<DeclRefExpr>(Base);
    Variable = R ? dyn_cast<VarDecl>(R->getDecl()) : nullptr;
    if (!Variable)
      return false;
    break;
  }
  return namePlace(Path, Variable, A);
}

/// Arguments that a documented routine only signals, waits for or sets up.
static bool isObjectOfCall(const CallExpr *C, const Expr *Arg,
                           const UnitIndex &Index) {
  const FunctionDecl *FD = C->getDirectCallee();
  const FunctionContract *Fn = FD ? Index.ruleOf(FD) : nullptr;
  for (unsigned I = 0; Fn && I < C->getNumArgs(); ++I)
    if (C->getArg(I)->IgnoreParenCasts() == Arg)
      return llvm::any_of(Fn->Effects,
                          [&](const Effect &E) {
                            return E.Lock.K == ValueRef::Arg &&
                                   E.Lock.Index == I;
                          }) ||
             Fn->Effects.empty();
  return false;
}

/// The address of an object of the system's (an event) goes somewhere.
void DataCollector::noteAddress(const UnaryOperator *U) {
  const auto *RT = U->getSubExpr()->getType()->getAs<RecordType>();
  const SourceManager &SM = Ctx.getSourceManager();
  if (!RT ||
      !SM.isInSystemHeader(SM.getExpansionLoc(RT->getDecl()->getLocation())))
    return;
  DynTypedNode N = DynTypedNode::create(*U);
  while (true) {
    DynTypedNodeList Up = Ctx.getParents(N);
    if (Up.empty())
      return;
    N = Up[0];
    if (N.get<ParenExpr>() || N.get<CastExpr>())
      continue;
    if (const auto *C = N.get<CallExpr>(); C && isObjectOfCall(C, U, Index))
      return;
    break;
  }
  DataAccess A;
  if (nameExpr(U->getSubExpr(), A))
    Data.Escaped.insert(A.Record + "::" + A.Name);
}

namespace irqlint {

/// The text of a function in which no lock changes hands.
class DataWalker : public RecursiveASTVisitor<DataWalker> {
public:
  DataWalker(DataCollector &C, DataCollector::Known &K) : C(C), K(K) {}

  bool VisitCallExpr(CallExpr *E) {
    const FunctionDecl *FD = E->getDirectCallee();
    if (!FD || !FD->getIdentifier())
      return true;
    const FunctionContract *Fn = C.Index.ruleOf(FD);
    if (!Fn) {
      C.addCall(K, {usrOf(FD), {}});
      return true;
    }
    for (const Effect &Ef : Fn->Effects) {
      if (Ef.Do != EffectKind::Signal || Ef.Lock.K != ValueRef::Arg ||
          Ef.Lock.Index >= E->getNumArgs())
        continue;
      const auto *U =
          dyn_cast<UnaryOperator>(E->getArg(Ef.Lock.Index)->IgnoreParenCasts());
      DataAccess A;
      if (!U || U->getOpcode() != UO_AddrOf || !C.nameExpr(U->getSubExpr(), A))
        continue;
      A.Is = DataAccess::Signal;
      A.Routine = Fn->Name;
      A.Text = textOf(U->getSubExpr(), C.Ctx);
      A.Pos = posOf(E->getBeginLoc(), C.Ctx);
      C.add(K, std::move(A));
    }
    return true;
  }
  bool VisitMemberExpr(MemberExpr *E) {
    note(E);
    return true;
  }
  bool VisitDeclRefExpr(DeclRefExpr *E) {
    if (isa<VarDecl>(E->getDecl()))
      note(E);
    return true;
  }

private:
  DataCollector &C;
  DataCollector::Known &K;

  /// How the value at \p E is used.
  void note(const Expr *E) {
    DynTypedNode N = DynTypedNode::create(*E);
    const Expr *Whole = E;
    bool Write = false, Modify = false;
    while (true) {
      DynTypedNodeList Up = C.Ctx.getParents(N);
      if (Up.empty())
        return;
      N = Up[0];
      if (N.get<ParenExpr>())
        continue;
      if (const auto *M = N.get<MemberExpr>()) {
        if (M->isArrow() || M->getMemberDecl()->getType().isNull())
          return;
        return; // the outer member speaks for it
      }
      if (const auto *A = N.get<ArraySubscriptExpr>()) {
        Whole = A;
        continue;
      }
      if (const auto *I = N.get<ImplicitCastExpr>()) {
        if (I->getCastKind() == CK_LValueToRValue)
          break;
        if (I->getCastKind() == CK_ArrayToPointerDecay ||
            I->getCastKind() == CK_NoOp)
          continue;
        return;
      }
      if (const auto *U = N.get<UnaryOperator>()) {
        if (!U->isIncrementDecrementOp())
          return;
        Write = Modify = true;
        break;
      }
      if (const auto *B = N.get<BinaryOperator>()) {
        if (!B->isAssignmentOp() || B->getLHS()->IgnoreParens() != Whole)
          return;
        Write = true;
        Modify = C.modifies(Whole);
        break;
      }
      return;
    }
    DataAccess A;
    if (!C.nameExpr(E, A))
      return;
    A.Text = textOf(E, C.Ctx);
    A.Pos = posOf(E->getBeginLoc(), C.Ctx);
    A.Write = Write;
    A.Modify = Modify;
    C.add(K, std::move(A));
  }
};

} // namespace irqlint

void DataCollector::enter(const FunctionDecl *FD, const EntryContext &Entry,
                          bool ByText) {
  Known &K = Functions[FD->getCanonicalDecl()];
  K.F.Usr = usrOf(FD);
  K.F.Name = FD->getNameAsString();
  describeEntry(K.F, Entry);
  if (ByText)
    DataWalker(*this, K).TraverseStmt(FD->getBody());
}
