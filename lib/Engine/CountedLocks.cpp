//===- CountedLocks.cpp ---------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Locks that drivers make recursive with a count beside them: one function
/// takes the lock unless this thread has it, and counts; the other counts down,
/// and gives it up where nothing is left.
///
/// What such a count is on a path is mostly not known. The function that takes
/// is understood to come back with the lock taken, the one that gives up to
/// come back with it free: other ways belong to a caller further out.
//===----------------------------------------------------------------------===//

#include "Engine/OpaqueCalls.h"
#include "Engine/Tracker.h"
#include "clang/Basic/SourceManager.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

namespace {
/// What a small function does that may be half of such a lock.
struct Half {
  const UnitIndex &Index;
  const AtomicStep Step;
  bool Counts = false, AsksThread = false;
  /// Members and variables that are counted.
  llvm::SmallPtrSet<const Decl *, 4> Counters;
  SmallVector<const Expr *, 4> Conditions;

  static const Decl *placeOf(const Expr *E) {
    E = E->IgnoreParenCasts();
    if (const auto *U = dyn_cast<UnaryOperator>(E);
        U && U->getOpcode() == UO_AddrOf)
      E = U->getSubExpr()->IgnoreParenCasts();
    if (const auto *M = dyn_cast<MemberExpr>(E))
      return M->getMemberDecl();
    if (const auto *R = dyn_cast<DeclRefExpr>(E))
      if (const auto *V = dyn_cast<VarDecl>(R->getDecl());
          V && V->hasGlobalStorage())
        return V;
    return nullptr;
  }

  void count(const Expr *Place) {
    if (const Decl *D = placeOf(Place)) {
      Counts = true;
      Counters.insert(D);
    }
  }

  void walk(const Stmt *S) {
    if (!S)
      return;
    if (const auto *U = dyn_cast<UnaryOperator>(S);
        U && U->isIncrementDecrementOp() &&
        U->isIncrementOp() == (Step == AtomicStep::CountUp))
      count(U->getSubExpr());
    if (const auto *C = dyn_cast<CallExpr>(S))
      if (const FunctionDecl *FD = C->getDirectCallee();
          FD && FD->getIdentifier()) {
        AsksThread |= looksLikeThisThread(FD->getName());
        const FunctionContract *Fn = Index.contractOf(FD);
        if (Fn && Fn->Atomically == Step && C->getNumArgs())
          count(C->getArg(0));
      }
    if (const auto *If = dyn_cast<IfStmt>(S))
      Conditions.push_back(If->getCond());
    for (const Stmt *C : S->children())
      walk(C);
  }

  bool mentionsCounter(const Stmt *S) const {
    if (!S)
      return false;
    if (const auto *E = dyn_cast<Expr>(S))
      if (const Decl *D = placeOf(E); D && Counters.contains(D))
        return true;
    return llvm::any_of(S->children(),
                        [&](const Stmt *C) { return mentionsCounter(C); });
  }
};
} // namespace

CountedHalf Tracker::countedHalf(const FunctionDecl *FD) const {
  static constexpr unsigned MostStatements = 24;
  FD = FD->getCanonicalDecl();
  auto [I, New] = CountedHalves.try_emplace(FD, CountedHalf::None);
  if (!New)
    return I->second;
  const FunctionFacts *F = Unit.Index.find(FD);
  // (By itself, or through a wrapper of the routine.)
  const unsigned Does = F ? Unit.Index.lockingOf(FD, /*Depth=*/1) : 0;
  if (!F || F->Statements > MostStatements || (Does != 1 && Does != 2))
    return CountedHalf::None;
  const bool Takes = Does == 1;
  Half H{Unit.Index, Takes ? AtomicStep::CountUp : AtomicStep::CountDown};
  H.walk(F->FD->getBody());
  const bool Decides = H.Counts && !H.Conditions.empty() &&
                       ((Takes && H.AsksThread) ||
                        llvm::any_of(H.Conditions, [&](const Expr *E) {
                          return H.mentionsCounter(E);
                        }));
  return CountedHalves[FD] = !Decides ? CountedHalf::None
                             : Takes  ? CountedHalf::Takes
                                      : CountedHalf::GivesUp;
}

/// The call at \p Site stands in the body of \p FD.
static bool isInside(SiteId Site, const FunctionDecl *FD,
                     const SourceManager &SM) {
  if (!Site || !FD->hasBody(FD))
    return false;
  SourceLocation At =
      SM.getExpansionLoc(static_cast<const Expr *>(Site)->getBeginLoc());
  SourceLocation B = SM.getExpansionLoc(FD->getBody()->getBeginLoc());
  return SM.getFileID(At) == SM.getFileID(B) &&
         SM.isPointWithin(At, B,
                          SM.getExpansionLoc(FD->getBody()->getEndLoc()));
}

bool Tracker::isOutersWay(const FunctionDecl *FD, const SyncState &S) const {
  const SourceManager &SM = Unit.Ctx.getSourceManager();
  auto TakenIn = [&](SiteId Site, const FunctionDecl *In) {
    if (isInside(Site, In, SM))
      return true;
    const FunctionFacts *F = Unit.Index.find(In);
    return F && llvm::any_of(F->Callees, [&](const FunctionDecl *Callee) {
             return Unit.Index.lockingOf(Callee, 0) == 1 &&
                    isInside(Site, Callee, SM);
           });
  };
  switch (countedHalf(FD)) {
  case CountedHalf::None:
    return false;
  case CountedHalf::Takes:
    return llvm::none_of(
        S.Held, [&](const HeldLock &L) { return TakenIn(L.Site, FD); });
  case CountedHalf::GivesUp:
    // One that such a function has taken is still held.
    return llvm::any_of(S.Held, [&](const HeldLock &L) {
      return L.Site && llvm::any_of(CountedHalves, [&](const auto &Known) {
               return Known.second == CountedHalf::Takes &&
                      TakenIn(L.Site, Known.first);
             });
    });
  }
  return false;
}

bool Tracker::isOutersWay(const Effect &E, const SyncState &Before, ObjectId O,
                          const LocationContext *At) const {
  const StackFrameContext *F = At->getStackFrame();
  CountedHalf H = CountedHalf::None;
  for (unsigned I = 0; I < 2 && !F->inTopFrame() && H == CountedHalf::None;
       ++I, F = F->getParent()->getStackFrame())
    if (const auto *FD = dyn_cast<FunctionDecl>(F->getDecl()))
      H = countedHalf(FD);
  return (H == CountedHalf::Takes && E.Do == EffectKind::Acquire &&
          Before.find(O)) ||
         (H == CountedHalf::GivesUp && E.Do == EffectKind::Release &&
          !Before.find(O));
}
