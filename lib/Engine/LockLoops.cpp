//===- LockLoops.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/LockLoops.h"
#include "Engine/UnitIndex.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Stmt.h"
#include <map>
#include <string>

using namespace clang;
using namespace irqlint;

namespace {
/// One lock call in a loop.
struct LoopLock {
  const CallExpr *Call;
  bool Takes;
  StringRef Kind;
  const Expr *Lock;
  /// Whoever comes here leaves the loop.
  bool Leaves;
};
} // namespace

static void lockCallsIn(const Stmt *S, bool Leaves, const UnitIndex &Index,
                        SmallVectorImpl<LoopLock> &Out) {
  if (!S)
    return;
  if (const auto *C = dyn_cast<CompoundStmt>(S); C && !C->body_empty())
    Leaves |=
        isa<ReturnStmt, GotoStmt, BreakStmt, SEHLeaveStmt>(C->body_back());
  if (const auto *C = dyn_cast<CallExpr>(S)) {
    if (const FunctionContract *Fn = Index.contractOf(C->getDirectCallee()))
      for (const Effect &E : Fn->Effects) {
        bool Takes =
            E.Do == EffectKind::Acquire || E.Do == EffectKind::TryAcquire;
        if (!Takes && E.Do != EffectKind::Release)
          continue;
        const Expr *Lock =
            E.Lock.Index < C->getNumArgs() && E.Lock.K == ValueRef::Arg
                ? C->getArg(E.Lock.Index)
                : nullptr;
        Out.push_back({C, Takes, E.LockKind, Lock, Leaves});
      }
  }
  for (const Stmt *C : S->children())
    lockCallsIn(C, Leaves, Index, Out);
}

static void variablesSetIn(const Stmt *S,
                           llvm::SmallPtrSetImpl<const VarDecl *> &Out) {
  if (!S)
    return;
  auto Add = [&](const Expr *E) {
    if (const auto *R = dyn_cast<DeclRefExpr>(E->IgnoreParenCasts()))
      if (const auto *V = dyn_cast<VarDecl>(R->getDecl()))
        Out.insert(V);
  };
  if (const auto *B = dyn_cast<BinaryOperator>(S); B && B->isAssignmentOp())
    Add(B->getLHS());
  else if (const auto *U = dyn_cast<UnaryOperator>(S);
           U && U->isIncrementDecrementOp())
    Add(U->getSubExpr());
  else if (const auto *D = dyn_cast<DeclStmt>(S)) {
    for (const Decl *X : D->decls())
      if (const auto *V = dyn_cast<VarDecl>(X))
        Out.insert(V);
  }
  for (const Stmt *C : S->children())
    variablesSetIn(C, Out);
}

static bool mentions(const Stmt *S,
                     const llvm::SmallPtrSetImpl<const VarDecl *> &Vars) {
  if (!S)
    return false;
  if (const auto *R = dyn_cast<DeclRefExpr>(S))
    if (const auto *V = dyn_cast<VarDecl>(R->getDecl()))
      return Vars.contains(V);
  return llvm::any_of(S->children(),
                      [&](const Stmt *C) { return mentions(C, Vars); });
}

void irqlint::lockLoopsIn(const Stmt *Loop, const UnitIndex &Index,
                          llvm::DenseSet<const Expr *> &Out) {
  SmallVector<LoopLock, 4> Locks;
  lockCallsIn(Loop, false, Index, Locks);
  if (llvm::none_of(Locks, [](const LoopLock &L) { return L.Lock; }))
    return;
  llvm::SmallPtrSet<const VarDecl *, 8> Vars;
  variablesSetIn(Loop, Vars);
  for (const LoopLock &L : Locks) {
    if (!L.Lock || L.Leaves || !mentions(L.Lock, Vars))
      continue;
    bool Undone = llvm::any_of(Locks, [&](const LoopLock &O) {
      return O.Lock && O.Takes != L.Takes && O.Kind == L.Kind;
    });
    if (!Undone)
      Out.insert(L.Call);
  }
}

/// Adds for each pair of effects how often it is begun and ended in \p S.
static void
halvesIn(const Stmt *S, const UnitIndex &Index,
         std::map<std::string, std::pair<unsigned, unsigned>> &Out) {
  if (!S)
    return;
  if (const auto *C = dyn_cast<CompoundStmt>(S); C && !C->body_empty())
    if (isa<ReturnStmt, GotoStmt, BreakStmt, ContinueStmt, SEHLeaveStmt>(
            C->body_back()))
      return;
  if (const auto *C = dyn_cast<CallExpr>(S))
    if (const FunctionContract *Fn = Index.contractOf(C->getDirectCallee()))
      for (const Effect &E : Fn->Effects)
        switch (E.Do) {
        case EffectKind::Acquire:
        case EffectKind::TryAcquire:
          ++Out[E.LockKind].first;
          break;
        case EffectKind::Release:
          ++Out[E.LockKind].second;
          break;
        case EffectKind::Raise:
          ++Out["level"].first;
          break;
        case EffectKind::Lower:
          ++Out["level"].second;
          break;
        case EffectKind::EnterRegion:
          ++Out["region"].first;
          break;
        case EffectKind::LeaveRegion:
          ++Out["region"].second;
          break;
        case EffectKind::Convert:
          ++Out["mode"].first;
          break;
        default:
          break;
        }
  for (const Stmt *C : S->children())
    halvesIn(C, Index, Out);
}

bool irqlint::doesHalf(ArrayRef<const Stmt *> Branch, const UnitIndex &Index) {
  std::map<std::string, std::pair<unsigned, unsigned>> Halves;
  for (const Stmt *S : Branch)
    halvesIn(S, Index, Halves);
  for (const auto &[Pair, N] : Halves)
    if (!N.first != !N.second)
      return true;
  return false;
}
