//===- CallPlace.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/CallPlace.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ParentMap.h"
#include "clang/AST/Stmt.h"
#include "clang/Analysis/AnalysisDeclContext.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;
using namespace irqlint;

/// Control that leaves the block can come back to it.
static bool inCircle(const CFGBlock *Start) {
  llvm::SmallPtrSet<const CFGBlock *, 16> Seen;
  llvm::SmallVector<const CFGBlock *, 16> Work{Start};
  while (!Work.empty())
    for (const CFGBlock *Next : Work.pop_back_val()->succs()) {
      if (!Next)
        continue;
      if (Next == Start)
        return true;
      if (Seen.insert(Next).second)
        Work.push_back(Next);
    }
  return false;
}

static bool readsSharedData(const Stmt *S) {
  if (!S)
    return false;
  if (isa<MemberExpr>(S))
    return true;
  if (const auto *R = dyn_cast<DeclRefExpr>(S))
    if (const auto *V = dyn_cast<VarDecl>(R->getDecl());
        V && V->hasGlobalStorage())
      return true;
  for (const Stmt *C : S->children())
    if (readsSharedData(C))
      return true;
  return false;
}

CallPlace irqlint::placeOf(const clang::ento::CallEvent &Call) {
  CallPlace P;
  const CFGBlock *Block = Call.getCFGElementRef().getParent();
  for (const LocationContext *L = Call.getLocationContext(); L;
       L = L->getParent())
    if (const auto *F = dyn_cast<StackFrameContext>(L)) {
      P.InLoop |= Block && inCircle(Block);
      Block = F->getCallSiteBlock();
    }
  const Stmt *Inner = Call.getOriginExpr();
  const ParentMap &Parents = Call.getLocationContext()->getParentMap();
  while (Inner) {
    const Stmt *Outer = Parents.getParent(Inner);
    if (const auto *If = dyn_cast_or_null<IfStmt>(Outer))
      P.Guarded |= If->getThen() == Inner && !If->getElse() &&
                   readsSharedData(If->getCond());
    Inner = Outer;
  }
  return P;
}

static bool contains(const Stmt *S, const Stmt *Part) {
  return S && (S == Part || llvm::any_of(S->children(), [=](const Stmt *C) {
                 return contains(C, Part);
               }));
}

bool irqlint::isResultUnused(const clang::ento::CallEvent &Call) {
  const Expr *E = Call.getOriginExpr();
  if (!E)
    return false;
  // (What initializes a member stands in no statement of the body.)
  if (const auto *Ctor =
          dyn_cast<CXXConstructorDecl>(Call.getLocationContext()->getDecl()))
    for (const CXXCtorInitializer *I : Ctor->inits())
      if (contains(I->getInit(), E))
        return false;
  return !Call.getLocationContext()->getParentMap().isConsumedExpr(
      const_cast<Expr *>(E));
}

bool irqlint::leavesBlock(const Stmt *S) {
  if (const auto *C = dyn_cast_or_null<CompoundStmt>(S))
    return llvm::any_of(C->body(), leavesBlock);
  if (const auto *C = dyn_cast_or_null<CallExpr>(S))
    if (const FunctionDecl *FD = C->getDirectCallee())
      return FD->isNoReturn();
  return isa_and_nonnull<ReturnStmt, GotoStmt, BreakStmt, ContinueStmt>(S);
}
