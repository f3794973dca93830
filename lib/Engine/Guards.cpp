//===- Guards.cpp ---------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Which members decide whether a lock is taken; see UnitIndex::isGuard.
//===----------------------------------------------------------------------===//

#include "Engine/UnitIndex.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;
using namespace irqlint;

void UnitIndex::guardsIn(const Stmt *S, const FunctionDecl *In, bool Joint) {
  if (!S)
    return;
  if (const auto *B = dyn_cast<BinaryOperator>(S))
    Joint |= B->isLogicalOp();
  if (const auto *M = dyn_cast<MemberExpr>(S)) {
    if (isa<FieldDecl>(M->getMemberDecl())) {
      Guards.insert(M->getMemberDecl());
      if (Joint)
        JointGuards.insert(M->getMemberDecl());
    }
  } else if (const auto *R = dyn_cast<DeclRefExpr>(S)) {
    if (const auto *V = dyn_cast<VarDecl>(R->getDecl());
        V && V->hasLocalStorage())
      if (const auto *FD = dyn_cast<FunctionDecl>(V->getDeclContext())) {
        auto &Known = GuardVariables[FD->getCanonicalDecl()];
        if (!llvm::is_contained(Known, V))
          Known.push_back(V);
      }
    if (const auto *P = dyn_cast<ParmVarDecl>(R->getDecl())) {
      if (const auto *FD = dyn_cast<FunctionDecl>(P->getDeclContext())) {
        Parameter Own(FD->getCanonicalDecl(), P->getFunctionScopeIndex());
        GuardParams.insert(Own);
        if (Joint)
          JointParams.insert(Own);
      }
    } else if (const auto *V = dyn_cast<VarDecl>(R->getDecl());
               V && V->hasGlobalStorage()) {
      Guards.insert(V->getCanonicalDecl());
      if (Joint)
        JointGuards.insert(V->getCanonicalDecl());
    }
  } else if (isa<CXXThisExpr>(S) && In) {
    GuardParams.insert({In->getCanonicalDecl(), ThisIndex});
  } else if (const auto *C = dyn_cast<CallExpr>(S)) {
    // A test with a name: `if (UsesLock(Ext))`.
    if (const FunctionDecl *FD = C->getDirectCallee())
      if (const auto *Body = dyn_cast_or_null<CompoundStmt>(FD->getBody());
          Body && Body->size() == 1)
        if (const auto *Ret = dyn_cast<ReturnStmt>(Body->body_front()))
          guardsIn(Ret->getRetValue(), FD, Joint);
  }
  for (const Stmt *C : S->children())
    guardsIn(C, In, Joint);
}

ArrayRef<const VarDecl *>
UnitIndex::guardVariablesOf(const FunctionDecl *FD) const {
  auto I = GuardVariables.find(FD->getCanonicalDecl());
  if (I == GuardVariables.end())
    return {};
  return I->second;
}

unsigned UnitIndex::lockingOf(const FunctionDecl *FD, unsigned Depth) const {
  const FunctionFacts *F = find(FD);
  if (!F)
    return 0;
  unsigned Does = (F->Acquires ? 1 : 0) | (F->Releases ? 2 : 0);
  if (!Does && Depth)
    for (const FunctionDecl *Callee : F->Callees)
      Does |= lockingOf(Callee, Depth - 1);
  return Does;
}

static bool returns(const Stmt *S) {
  return S && (isa<ReturnStmt>(S) || llvm::any_of(S->children(), returns));
}

/// Conditions of branches in \p S that leave the function.
static void exitsIn(const Stmt *S, SmallVectorImpl<const Expr *> &Out) {
  if (!S)
    return;
  if (const auto *If = dyn_cast<IfStmt>(S);
      If && (returns(If->getThen()) || returns(If->getElse())))
    Out.push_back(If->getCond());
  for (const Stmt *C : S->children())
    exitsIn(C, Out);
}

/// `lock(X) { if (X->Verified) { lockOther(X); return; } take(X); }`
void UnitIndex::guardsOfWrappers() {
  static constexpr unsigned MostStatements = 24, Deepest = 2;
  for (const auto &[FD, F] : Functions) {
    if (F.Statements > MostStatements)
      continue;
    SmallVector<const Expr *, 4> Exits;
    exitsIn(F.FD->getBody(), Exits);
    if (Exits.empty())
      continue;
    // (What it calls and what does both settles that with itself.)
    unsigned Does = lockingOf(FD, 0);
    for (const FunctionDecl *Callee : F.Callees)
      if (unsigned D = lockingOf(Callee, Deepest - 1); D != 3)
        Does |= D;
    if (Does != 1 && Does != 2)
      continue;
    for (const Expr *Cond : Exits) {
      guardsIn(Cond, FD, /*Joint=*/Exits.size() > 1);
      // `x = d->Member; if (!x) return;`
      SmallVector<const Stmt *, 8> Work{Cond};
      while (!Work.empty()) {
        const Stmt *S = Work.pop_back_val();
        if (const auto *R = dyn_cast_or_null<DeclRefExpr>(S))
          if (const auto *V = dyn_cast<VarDecl>(R->getDecl());
              V && V->isLocalVarDecl() && V->getInit() &&
              isa<MemberExpr>(V->getInit()->IgnoreParenCasts()))
            guardsIn(V->getInit(), FD, /*Joint=*/Exits.size() > 1);
        if (S)
          Work.append(S->child_begin(), S->child_end());
      }
    }
  }
}

/// A branch that calls a helper which locks or unlocks (and does not do both)
/// is a choice, too. And what a choice depends on in a helper is whatever its
/// callers hand in.
void UnitIndex::resolveGuards() {
  auto Unbalanced = [&](const FunctionDecl *FD) {
    for (unsigned Depth = 0; Depth < 3; ++Depth) {
      const FunctionFacts *F = find(FD);
      if (!F)
        return false;
      if (F->Acquires || F->Releases)
        return !F->Acquires != !F->Releases;
      // A wrapper around a wrapper.
      if (F->Callees.size() != 1)
        return false;
      FD = F->Callees.front();
    }
    return false;
  };
  guardsOfWrappers();
  for (const Choice &C : Choices)
    if (Unbalanced(C.Callee))
      guardsIn(C.Cond, C.In);
  for (size_t I = 0; I < GuardParams.size() && I < 1000; ++I) {
    auto H = Handed.find(GuardParams[I]);
    if (H == Handed.end())
      continue;
    for (const Given &A : H->second)
      guardsIn(A.Value, A.By, JointParams.contains(GuardParams[I]));
  }
  Handed.clear();
  Choices.clear();
}
