//===- Slice.cpp ----------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Slice.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Analysis/Analyses/Dominators.h"
#include "clang/Analysis/CFG.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;
using namespace irqlint;

/// How deep small functions in conditions are looked into.
static constexpr unsigned MaxDepth = 3;

/// Everything that \p S names is relevant.
void Slice::mention(const Stmt *S, unsigned Depth) {
  if (!S)
    return;
  if (const auto *R = dyn_cast<DeclRefExpr>(S)) {
    if (isa<VarDecl>(R->getDecl()))
      Decls.insert(cast<ValueDecl>(R->getDecl()->getCanonicalDecl()));
  } else if (const auto *M = dyn_cast<MemberExpr>(S)) {
    Decls.insert(cast<ValueDecl>(M->getMemberDecl()->getCanonicalDecl()));
  } else if (const auto *C = dyn_cast<CallExpr>(S); C && Depth < MaxDepth) {
    if (const FunctionDecl *FD = C->getDirectCallee())
      mention(Small(FD), Depth + 1);
  }
  for (const Stmt *C : S->children())
    mention(C, Depth);
}

namespace {

/// Where a value comes from: an assignment or initialization.
struct Flow {
  const ValueDecl *To;
  const Stmt *From;
};

class Collector {
public:
  explicit Collector(const std::function<bool(const FunctionDecl *)> &Matters)
      : Matters(Matters) {}

  std::vector<Flow> Flows;
  std::vector<const Stmt *> Handed, Returned;

  /// \p S is one element of a block. Whether it does something that matters.
  bool element(const Stmt *S) {
    if (const auto *D = dyn_cast<DeclStmt>(S)) {
      for (const Decl *One : D->decls())
        if (const auto *V = dyn_cast<VarDecl>(One); V && V->getInit())
          Flows.push_back({V, V->getInit()});
    } else if (const auto *B = dyn_cast<BinaryOperator>(S)) {
      if (B->isAssignmentOp())
        flow(B->getLHS(), B->isCompoundAssignmentOp() ? S : B->getRHS());
    } else if (const auto *R = dyn_cast<ReturnStmt>(S)) {
      if (R->getRetValue())
        Returned.push_back(R->getRetValue());
    } else if (const auto *C = dyn_cast<CallExpr>(S)) {
      const FunctionDecl *FD = C->getDirectCallee();
      if (!FD || !Matters(FD))
        return false;
      for (const Stmt *A : C->children())
        Handed.push_back(A);
      return true;
    } else if (const auto *N = dyn_cast<CXXConstructExpr>(S)) {
      if (!Matters(N->getConstructor()))
        return false;
      for (const Stmt *A : N->children())
        Handed.push_back(A);
      return true;
    }
    return false;
  }

private:
  const std::function<bool(const FunctionDecl *)> &Matters;

  void flow(const Expr *L, const Stmt *From) {
    L = L->IgnoreParenCasts();
    if (const auto *R = dyn_cast<DeclRefExpr>(L))
      Flows.push_back({R->getDecl(), From});
    else if (const auto *M = dyn_cast<MemberExpr>(L))
      Flows.push_back({M->getMemberDecl(), From});
  }
};

} // namespace

bool Slice::require(AnalysisDeclContext &ADC) {
  if (!Done.insert(ADC.getDecl()).second)
    return false;
  CFG *G = ADC.getCFG();
  if (!G)
    return false;
  const size_t Before = Decls.size();
  Collector C(Matters);
  llvm::SmallPtrSet<CFGBlock *, 16> Reached, Deciding;
  llvm::SmallVector<CFGBlock *, 16> Work;
  for (CFGBlock *B : *G) {
    bool Does = false;
    for (const CFGElement &E : *B) {
      if (auto S = E.getAs<CFGStmt>())
        Does |= C.element(S->getStmt());
      else if (auto D = E.getAs<CFGImplicitDtor>())
        if (const CXXDestructorDecl *FD =
                D->getDestructorDecl(ADC.getASTContext()))
          Does |= Matters(FD);
    }
    if (Does && Reached.insert(B).second)
      Work.push_back(B);
  }
  ControlDependencyCalculator Depends(G);
  while (!Work.empty()) {
    CFGBlock *B = Work.pop_back_val();
    for (CFGBlock *On : Depends.getControlDependencies(B)) {
      Deciding.insert(On);
      mention(On->getTerminatorCondition());
      if (Reached.insert(On).second)
        Work.push_back(On);
    }
  }
  for (CFGBlock *B : *G)
    if (const Stmt *S = B->getTerminatorCondition(); S && !Deciding.contains(B))
      Idle.push_back(S->getSourceRange());
  for (const Stmt *S : C.Handed)
    mention(S);
  for (const Stmt *S : C.Returned)
    mention(S);
  // What relevant values are computed from.
  for (bool Again = true; Again;) {
    Again = false;
    std::vector<Flow> Rest;
    for (const Flow &F : C.Flows) {
      if (!contains(F.To)) {
        Rest.push_back(F);
        continue;
      }
      mention(F.From);
      Again = true;
    }
    C.Flows = std::move(Rest);
  }
  return Decls.size() != Before;
}

bool Slice::decides(SourceLocation L, const SourceManager &SM) const {
  L = SM.getExpansionLoc(L);
  return llvm::none_of(Idle, [&](SourceRange R) {
    return SM.isPointWithin(L, SM.getExpansionLoc(R.getBegin()),
                            SM.getExpansionLoc(R.getEnd()));
  });
}
