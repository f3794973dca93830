//===- LevelEvidence.cpp --------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What a path knows of a level, without the branches of helpers that it has
/// left.
///
/// A helper that asks for the level to do the right thing at each, like one
/// that takes the cheaper form of a lock at DISPATCH_LEVEL, says nothing of the
/// levels at which its callers run. The analyzer goes on with one path for each
/// answer all the same. (Its own checkers know this as inlined defensive
/// checks.)
//===----------------------------------------------------------------------===//

#include "Engine/CallPlace.h"
#include "Engine/PathJudgement.h"
#include "clang/AST/ParentMap.h"
#include "clang/Analysis/CFG.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// The branch from \p Edge's source could also go where nothing returns from:
/// that it does not is asserted.
static bool isAsserted(const BlockEdge &Edge) {
  for (const CFGBlock *Other : Edge.getSrc()->succs())
    if (Other && Other != Edge.getDst() && Other->hasNoReturnElement())
      return true;
  return false;
}

/// A path that took \p Edge has come past the `if` that it is part of, and
/// could have come there on the other side, too: `if (KeGetCurrentIrql() <=
/// DISPATCH_LEVEL) { ... }` guards what is in it, and says nothing of what
/// comes behind. \p At: where the path is in the frame of \p Edge.
static bool isPast(const BlockEdge &Edge, const Stmt *At,
                   const StackFrameContext *Frame) {
  const Stmt *T = Edge.getSrc()->getTerminatorStmt();
  if (!T || !At)
    return false;
  const ParentMap &Parents = Frame->getParentMap();
  const IfStmt *If = dyn_cast<IfStmt>(T);
  for (const Stmt *P = T; !If && P && isa<Expr>(P); P = Parents.getParent(P))
    if (const auto *Up = dyn_cast_or_null<IfStmt>(Parents.getParent(P));
        Up && Up->getCond() == P)
      If = Up;
  if (!If || leavesBlock(If->getThen()) || leavesBlock(If->getElse()))
    return false;
  for (const Stmt *P = At; P; P = Parents.getParent(P))
    if (P == If)
      return false;
  return true;
}

static void callsIn(const Stmt *S, llvm::DenseSet<const Stmt *> &Out) {
  if (!S)
    return;
  if (isa<CallExpr>(S))
    Out.insert(S);
  for (const Stmt *C : S->children())
    callsIn(C, Out);
}

IrqlRange PathJudgement::vouchedFor(const LevelValue &V) const {
  const IrqlRange Now = rangeOf(V);
  if (!Map.symbolOf(V))
    return Now;
  llvm::DenseSet<const StackFrameContext *> Open;
  for (const LocationContext *L = Node->getLocationContext(); L;
       L = L->getParent())
    Open.insert(L->getStackFrame());
  // Whoever branches on what a small helper says of the level asks himself.
  llvm::DenseSet<const Stmt *> Heard;
  // Where the path is in each of the frames.
  llvm::DenseMap<const StackFrameContext *, const Stmt *> Place;
  if (auto P = Node->getLocationAs<StmtPoint>())
    Place[Node->getStackFrame()] = P->getStmt();
  for (const StackFrameContext *F = Node->getStackFrame(); !F->inTopFrame();
       F = F->getParent()->getStackFrame())
    Place[F->getParent()->getStackFrame()] = F->getCallSite();
  auto Counts = [&](const ExplodedNode *N) {
    const StackFrameContext *Left = N->getStackFrame();
    auto Edge = N->getLocationAs<BlockEdge>();
    if (Open.contains(Left))
      return !Edge || isAsserted(*Edge) ||
             !isPast(*Edge, Place.lookup(Left), Left);
    if (!Edge || isAsserted(*Edge))
      return true;
    // (One that does more may well ask for reasons of its own.)
    static constexpr unsigned MostStatements = 6;
    const auto *FD = dyn_cast<FunctionDecl>(Left->getDecl());
    const FunctionFacts *F = FD ? Unit.Index.find(FD) : nullptr;
    if (!F || F->Statements > MostStatements)
      return false;
    return Heard.contains(Left->getCallSite());
  };
  /// A step that moved a bound, nearest first.
  struct Step {
    IrqlRange Before, After;
    bool Counts;
  };
  SmallVector<Step, 8> Steps;
  IrqlRange After = Now;
  for (const ExplodedNode *N = Node; N; N = N->getFirstPred()) {
    if (auto Edge = N->getLocationAs<BlockEdge>();
        Edge && Open.contains(N->getStackFrame()))
      callsIn(Edge->getSrc()->getTerminatorCondition(), Heard);
    const ExplodedNode *P = N->getFirstPred();
    if (!P)
      break;
    const IrqlRange Before = Map.rangeOf(V, P->getState());
    if (Before.Lo != After.Lo || Before.Hi != After.Hi)
      Steps.push_back({Before, After, Counts(N)});
    After = Before;
  }
  IrqlRange Known = After;
  for (const Step &S : llvm::reverse(Steps)) {
    // (Where paths met, less may be known than on each.)
    if (S.After.Lo < S.Before.Lo)
      Known.Lo = std::min(Known.Lo, S.After.Lo);
    else if (S.After.Lo > S.Before.Lo && S.Counts)
      Known.Lo = std::max(Known.Lo, S.After.Lo);
    if (S.After.Hi > S.Before.Hi)
      Known.Hi = std::max(Known.Hi, S.After.Hi);
    else if (S.After.Hi < S.Before.Hi && S.Counts)
      Known.Hi = std::min(Known.Hi, S.After.Hi);
  }
  return {std::min(Known.Lo, Now.Lo), std::max(Known.Hi, Now.Hi)};
}
