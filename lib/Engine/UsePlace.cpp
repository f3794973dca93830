//===- UsePlace.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/UsePlace.h"
#include "Engine/UnitIndex.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Analysis/CFG.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;
using namespace irqlint;

/// Where the call that led into \p SF stands in the text.
static SourceLocation callOf(const StackFrameContext *SF) {
  if (const Stmt *S = SF->getCallSite())
    return S->getBeginLoc();
  CFGElement E = SF->getCallSiteCFGElement();
  if (auto D = E.getAs<CFGAutomaticObjDtor>()) {
    // (At the end of a scope the object dies with its last brace.)
    const Stmt *S = D->getTriggerStmt();
    return isa<CompoundStmt>(S) ? S->getEndLoc() : S->getBeginLoc();
  }
  if (auto D = E.getAs<CFGTemporaryDtor>())
    return D->getBindTemporaryExpr()->getEndLoc();
  if (auto D = E.getAs<CFGDeleteDtor>())
    return D->getDeleteExpr()->getBeginLoc();
  return {};
}

UsePlace irqlint::usePlace(SourceLocation At, const LocationContext *LC,
                           const UnitIndex &Index, bool Wrappers) {
  static constexpr unsigned Deepest = 3;
  UsePlace Where{At, dyn_cast_or_null<FunctionDecl>(LC->getDecl())};
  const SourceManager &SM = LC->getDecl()->getASTContext().getSourceManager();
  auto IsGuard = [&](const FunctionDecl *FD) {
    unsigned Does = isa<CXXConstructorDecl, CXXDestructorDecl>(FD)
                        ? Index.lockingOf(FD, Deepest)
                        : 0;
    return Does == 1 || Does == 2;
  };
  // A small method of a class whose objects give a lock up when they die.
  auto IsOfGuard = [&](const FunctionDecl *FD) {
    static constexpr unsigned MostStatements = 3;
    const auto *M = dyn_cast<CXXMethodDecl>(FD);
    const FunctionFacts *F = Index.find(FD);
    const CXXDestructorDecl *D = M && M->getParent()->hasDefinition()
                                     ? M->getParent()->getDestructor()
                                     : nullptr;
    return D && F && F->Statements <= MostStatements &&
           Index.lockingOf(D, Deepest) == 2;
  };
  // What a function that does no more than one such call is used for is right
  // or wrong where it is used.
  auto IsThin = [&](const FunctionDecl *FD) {
    const FunctionFacts *F = Index.find(FD);
    const auto *Body =
        F ? dyn_cast_or_null<CompoundStmt>(F->FD->getBody()) : nullptr;
    return Body && F->Acquires + F->Releases == 1 && F->Callees.size() == 1 &&
           llvm::all_of(Body->body(), [](const Stmt *S) {
             return isa<Expr, DeclStmt, ReturnStmt>(S);
           });
  };
  bool Thin = Wrappers;
  bool Foreign = true; // no code of the driver's yet
  for (const StackFrameContext *SF = LC->getStackFrame(); !SF->inTopFrame();) {
    const auto *FD = dyn_cast<FunctionDecl>(SF->getDecl());
    const StackFrameContext *Outer = SF->getParent()->getStackFrame();
    if (!FD || isLambdaBody(FD))
      break;
    bool System = SM.isInSystemHeader(SM.getExpansionLoc(FD->getLocation()));
    Foreign &= System;
    // (Where a routine of the system calls back, the driver's code comes
    // first.)
    Thin = Thin && IsThin(FD);
    if (Foreign ||
        (!System && (IsGuard(FD) || (Wrappers && IsOfGuard(FD)) || Thin)))
      if (SourceLocation L = callOf(SF); L.isValid())
        Where = {L, dyn_cast<FunctionDecl>(Outer->getDecl())};
    SF = Outer;
  }
  // What a lambda does is done in the function around it.
  while (Where.In && isLambdaBody(Where.In)) {
    const DeclContext *Around =
        cast<CXXMethodDecl>(Where.In)->getParent()->getDeclContext();
    const auto *Outer = dyn_cast<FunctionDecl>(Around);
    if (!Outer)
      break;
    Where.In = Outer;
  }
  return Where;
}
