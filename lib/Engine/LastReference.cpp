//===- LastReference.cpp --------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Where a helper counts down, it does something more if nothing is left. It
/// does not do so for a caller that still has a count of the object: one that
/// holds a lock in it, or goes on to use it.
//===----------------------------------------------------------------------===//

#include "Engine/CallPlace.h"
#include "Engine/Tracker.h"
#include "clang/AST/ParentMap.h"
#include "clang/Analysis/CFGStmtMap.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

namespace {
/// What names an object in a function: a variable, or the object of a method.
struct Owner {
  const VarDecl *Variable = nullptr;
  bool This = false;
  explicit operator bool() const { return Variable || This; }
  bool operator==(const Owner &O) const {
    return Variable == O.Variable && This == O.This;
  }
};
} // namespace

/// Whose object \p E, a pointer, points to or into. (What a member points to is
/// another object than the one that the member is of.)
static Owner ownerOf(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *U = dyn_cast<UnaryOperator>(E);
      U && U->getOpcode() == UO_AddrOf) {
    E = U->getSubExpr()->IgnoreParenCasts();
    for (bool Arrow = false; !Arrow;) {
      const auto *M = dyn_cast<MemberExpr>(E);
      if (!M)
        break;
      Arrow = M->isArrow();
      E = M->getBase()->IgnoreParenCasts();
    }
  }
  if (isa<CXXThisExpr>(E))
    return {nullptr, true};
  const auto *R = dyn_cast<DeclRefExpr>(E);
  return {R ? dyn_cast<VarDecl>(R->getDecl()) : nullptr, false};
}

/// The expressions that \p V gets its value from.
static void valuesOf(const VarDecl *V, const Stmt *S,
                     SmallVectorImpl<const Expr *> &Out) {
  if (!S)
    return;
  if (const auto *D = dyn_cast<DeclStmt>(S))
    if (llvm::is_contained(D->decls(), V) && V->getInit())
      Out.push_back(V->getInit());
  if (const auto *B = dyn_cast<BinaryOperator>(S);
      B && B->getOpcode() == BO_Assign && ownerOf(B->getLHS()).Variable == V)
    Out.push_back(B->getRHS());
  for (const Stmt *C : S->children())
    valuesOf(V, C, Out);
}

/// Whose counts \p S counts down, by itself or in a small function; with
/// \p Body, also through the local variables that it asks.
static void countsIn(const Stmt *S, const UnitIndex &Index, const Stmt *Body,
                     SmallVectorImpl<Owner> &Out, bool Deep = true) {
  if (!S)
    return;
  if (const auto *C = dyn_cast<CallExpr>(S))
    if (const FunctionDecl *FD = C->getDirectCallee()) {
      const FunctionContract *Fn = Index.contractOf(FD);
      const FunctionFacts *F = Index.find(FD);
      SmallVector<Owner, 2> Inside;
      if (Deep && F && F->Statements <= 4)
        countsIn(F->FD->getBody(), Index, nullptr, Inside, /*Deep=*/false);
      if (Fn && Fn->Atomically == AtomicStep::CountDown && C->getNumArgs())
        Out.push_back(ownerOf(C->getArg(0)));
      else if (!Inside.empty() && isa<CXXMemberCallExpr>(C))
        Out.push_back(
            ownerOf(cast<CXXMemberCallExpr>(C)->getImplicitObjectArgument()));
      else if (!Inside.empty() && C->getNumArgs())
        Out.push_back(ownerOf(C->getArg(0)));
    }
  if (const auto *R = dyn_cast<DeclRefExpr>(S); R && Body)
    if (const auto *V = dyn_cast<VarDecl>(R->getDecl());
        V && V->isLocalVarDecl() && V->getType()->isIntegerType()) {
      SmallVector<const Expr *, 2> Values;
      valuesOf(V, Body, Values);
      for (const Expr *E : Values)
        countsIn(E, Index, nullptr, Out, Deep);
    }
  for (const Stmt *C : S->children())
    countsIn(C, Index, Body, Out, Deep);
}

/// Whether \p E is true where the count that it asks for has come to nothing
/// (or false there); nothing for what does not tell.
static std::optional<bool> trueAtNothing(const Expr *E, const UnitIndex &Index,
                                         const Stmt *Body, unsigned Deepest) {
  E = E->IgnoreParenCasts();
  if (const auto *U = dyn_cast<UnaryOperator>(E);
      U && U->getOpcode() == UO_LNot) {
    std::optional<bool> Inner =
        trueAtNothing(U->getSubExpr(), Index, Body, Deepest);
    return Inner ? std::optional<bool>(!*Inner) : std::nullopt;
  }
  if (const auto *B = dyn_cast<BinaryOperator>(E)) {
    if (B->getOpcode() == BO_LAnd)
      for (const Expr *Side : {B->getLHS(), B->getRHS()})
        if (trueAtNothing(Side, Index, Body, Deepest) == true)
          return true;
    if (B->getOpcode() == BO_Assign)
      return trueAtNothing(B->getRHS(), Index, Body, Deepest);
    if (!B->isComparisonOp())
      return std::nullopt;
    const ASTContext &Ctx = Index.astContext();
    const bool Swapped = !B->getRHS()->isValueDependent() &&
                         !B->getRHS()->getIntegerConstantExpr(Ctx);
    const Expr *Count = Swapped ? B->getRHS() : B->getLHS();
    const Expr *Number = Swapped ? B->getLHS() : B->getRHS();
    BinaryOperatorKind Op =
        Swapped && !B->isEqualityOp()
            ? BinaryOperator::reverseComparisonOp(B->getOpcode())
            : B->getOpcode();
    std::optional<llvm::APSInt> N;
    if (!Number->isValueDependent())
      N = Number->getIntegerConstantExpr(Ctx);
    std::optional<bool> Truth = trueAtNothing(Count, Index, Body, Deepest);
    if (!N || !Truth)
      return std::nullopt;
    const int64_t At = N->getExtValue();
    // (Of a truth value zero is false.)
    switch (Op) {
    case BO_EQ:
    case BO_LE:
      return At == 0 ? std::optional<bool>(!*Truth) : std::nullopt;
    case BO_LT:
      return At == 1 || At == 0 ? std::optional<bool>(!*Truth) : std::nullopt;
    case BO_NE:
    case BO_GT:
      return At == 0 ? Truth : std::nullopt;
    case BO_GE:
      return At == 1 ? Truth : std::nullopt;
    default:
      return std::nullopt;
    }
  }
  if (const auto *C = dyn_cast<CallExpr>(E)) {
    const FunctionDecl *FD = C->getDirectCallee();
    const FunctionContract *Fn = FD ? Index.contractOf(FD) : nullptr;
    if (Fn && Fn->Atomically == AtomicStep::CountDown)
      return false;
    const FunctionFacts *F = FD && Deepest ? Index.find(FD) : nullptr;
    if (!F || F->Statements > 4)
      return std::nullopt;
    std::function<const Expr *(const Stmt *)> Returned =
        [&](const Stmt *S) -> const Expr * {
      if (const auto *R = dyn_cast_or_null<ReturnStmt>(S))
        return R->getRetValue();
      for (const Stmt *Child :
           S ? S->children()
             : Stmt::const_child_range(Stmt::const_child_iterator(),
                                       Stmt::const_child_iterator()))
        if (const Expr *Found = Returned(Child))
          return Found;
      return nullptr;
    };
    const Expr *R = Returned(F->FD->getBody());
    return R ? trueAtNothing(R, Index, F->FD->getBody(), Deepest - 1)
             : std::nullopt;
  }
  if (const auto *R = dyn_cast<DeclRefExpr>(E); R && Body && Deepest)
    if (const auto *V = dyn_cast<VarDecl>(R->getDecl());
        V && V->isLocalVarDecl()) {
      SmallVector<const Expr *, 2> Values;
      valuesOf(V, Body, Values);
      for (const Expr *Value : Values)
        if (auto Truth = trueAtNothing(Value, Index, nullptr, Deepest - 1))
          return Truth;
    }
  return std::nullopt;
}

/// Whose counts have come to nothing where \p Call stands in \p F: under a
/// condition that counts, or behind one under which the function leaves.
static SmallVector<Owner, 2> lastCountsAt(const Stmt *Call,
                                          const StackFrameContext *F,
                                          const UnitIndex &Index) {
  SmallVector<Owner, 2> Out;
  const Stmt *Body = F->getDecl()->getBody();
  constexpr unsigned Deepest = 2;
  const ParentMap &Parents = F->getParentMap();
  const Stmt *Below = Call;
  for (const Stmt *P = Call ? Parents.getParent(Call) : nullptr; P;
       Below = P, P = Parents.getParent(P)) {
    if (const auto *If = dyn_cast<IfStmt>(P);
        If && If->getCond() != Below &&
        trueAtNothing(If->getCond(), Index, Body, Deepest) ==
            (If->getThen() == Below))
      countsIn(If->getCond(), Index, Body, Out);
    if (const auto *C = dyn_cast<CompoundStmt>(P))
      for (const Stmt *S : C->body()) {
        if (S == Below)
          break;
        if (const auto *If = dyn_cast<IfStmt>(S);
            If && !If->getElse() && leavesBlock(If->getThen()) &&
            trueAtNothing(If->getCond(), Index, Body, Deepest) == false)
          countsIn(If->getCond(), Index, Body, Out);
      }
  }
  llvm::erase_if(Out, [](const Owner &O) { return !O; });
  return Out;
}

/// What \p V held in \p F on the way to \p N. (It may not be used any more.)
static SVal lastValueOf(const VarDecl *V, const StackFrameContext *F,
                        const ExplodedNode *N) {
  bool Inside = false;
  for (; N; N = N->getFirstPred()) {
    if (N->getStackFrame() != F) {
      if (Inside && N->getStackFrame() == F->getParent()->getStackFrame())
        break;
      continue;
    }
    Inside = true;
    ProgramStateRef S = N->getState();
    const VarRegion *R = S->getRegion(V, F);
    SVal Value = S->getSVal(R);
    if (SymbolRef Sym = Value.getAsLocSymbol();
        Sym && Sym->getOriginRegion() != R)
      return Value;
    if (const MemRegion *To = Value.getAsRegion();
        To && !isa<SymbolicRegion>(To))
      return Value;
  }
  return UnknownVal();
}

/// Who holds a lock of an object holds a count of it: this is a path on which a
/// function, \p Call in which takes the lock, is called by another where a
/// counter in the object has come to nothing.
bool Tracker::isLastHolder(const HeldLock &L, const Expr *Call,
                           const LocationContext *At,
                           const ExplodedNode *N) const {
  const StackFrameContext *F = At->getStackFrame();
  const Stmt *Inside = Call;
  for (; !F->inTopFrame();
       Inside = F->getCallSite(), F = F->getParent()->getStackFrame())
    for (const Owner &O : lastCountsAt(Inside, F, Unit.Index)) {
      SVal V;
      if (O.Variable)
        V = lastValueOf(O.Variable, F, N);
      else if (const auto *M = dyn_cast<CXXMethodDecl>(F->getDecl()))
        V = N->getState()->getSVal(
            N->getState()->getStateManager().getSValBuilder().getCXXThis(M, F));
      ObjectId Whole = Unit.Root->Ids.object(V);
      if (Whole && Identity::isWithin(L.Object, Whole))
        return true;
    }
  return false;
}

/// \p S uses what \p O names; \p Anew: it gives it another value instead.
static bool uses(const Stmt *S, const Owner &O, bool &Anew) {
  if (!S)
    return false;
  if (const auto *D = dyn_cast<DeclStmt>(S);
      D && O.Variable && llvm::is_contained(D->decls(), O.Variable)) {
    Anew = true;
    return uses(O.Variable->getInit(), O, Anew);
  }
  if (const auto *B = dyn_cast<BinaryOperator>(S);
      B && B->getOpcode() == BO_Assign && O.Variable &&
      isa<DeclRefExpr>(B->getLHS()->IgnoreParens()) &&
      ownerOf(B->getLHS()) == O) {
    Anew = true;
    return uses(B->getRHS(), O, Anew);
  }
  if (const auto *E = dyn_cast<Expr>(S);
      E && (isa<DeclRefExpr>(E) || isa<CXXThisExpr>(E)))
    return ownerOf(E) == O;
  return llvm::any_of(S->children(),
                      [&](const Stmt *C) { return uses(C, O, Anew); });
}

/// What \p O names is used in \p F behind the call at \p Site.
static bool isUsedAfter(const Owner &O, const Stmt *Site,
                        const StackFrameContext *F) {
  AnalysisDeclContext &Body = *F->getAnalysisDeclContext();
  const CFGStmtMap *Map = Body.getCFGStmtMap();
  const CFGBlock *First = Map ? Map->getBlock(Site) : nullptr;
  if (!First)
    return false;
  const ParentMap &Parents = F->getParentMap();
  // (Elements come with their parts in front; whole ones count.)
  auto IsWithin = [&](const Stmt *S) {
    for (const Stmt *P = Site; P; P = Parents.getParent(P))
      if (P == S)
        return true;
    return false;
  };
  llvm::SmallPtrSet<const CFGBlock *, 16> Seen;
  SmallVector<std::pair<const CFGBlock *, bool>, 16> Work{{First, true}};
  while (!Work.empty()) {
    auto [B, Behind] = Work.pop_back_val();
    bool Anew = false, Reached = !Behind;
    for (const CFGElement &E : *B) {
      auto S = E.getAs<CFGStmt>();
      if (!S)
        continue;
      if (!Reached) {
        Reached = S->getStmt() == Site;
        continue;
      }
      if (IsWithin(S->getStmt()))
        continue;
      const bool Uses = uses(S->getStmt(), O, Anew);
      if (Uses)
        return true;
      if (Anew)
        break;
    }
    if (Anew)
      continue;
    if (const Stmt *T = B->getTerminatorCondition();
        T && !IsWithin(T) && uses(T, O, Anew))
      return true;
    for (const CFGBlock *Next : B->succs())
      if (Next && Seen.insert(Next).second)
        Work.push_back({Next, false});
  }
  return false;
}

static Owner argumentOf(const Stmt *Site, const Owner &O,
                        const FunctionDecl *Callee) {
  const auto *Call = dyn_cast_or_null<CallExpr>(Site);
  if (!Call)
    return {};
  if (O.This) {
    const auto *M = dyn_cast<CXXMemberCallExpr>(Call);
    return M ? ownerOf(M->getImplicitObjectArgument()) : Owner();
  }
  const auto *P = dyn_cast<ParmVarDecl>(O.Variable);
  if (!P || P->getDeclContext() != Callee ||
      P->getFunctionScopeIndex() >= Call->getNumArgs())
    return {};
  return ownerOf(Call->getArg(P->getFunctionScopeIndex()));
}

bool Tracker::isUsedByCallers(const Expr *Call,
                              const LocationContext *At) const {
  const StackFrameContext *F = At->getStackFrame();
  const Stmt *Inside = Call;
  for (; !F->inTopFrame();
       Inside = F->getCallSite(), F = F->getParent()->getStackFrame()) {
    auto [Known, New] = LastCounts.try_emplace({Inside, F->getDecl()});
    if (New) {
      SmallVector<Owner, 2> Found = lastCountsAt(Inside, F, Unit.Index);
      for (const Owner &O : Found)
        Known->second.push_back({O.Variable, O.This});
    }
    for (const auto &[Variable, This] : Known->second) {
      Owner O{Variable, This};
      // (A local variable for what came in.)
      if (O.Variable && O.Variable->isLocalVarDecl() && O.Variable->getInit()) {
        const Expr *Init = O.Variable->getInit()->IgnoreParenCasts();
        if (const auto *C = dyn_cast<CallExpr>(Init); C && C->getNumArgs() == 1)
          Init = C->getArg(0);
        O = ownerOf(Init);
      }
      for (const StackFrameContext *G = F; O && !G->inTopFrame();) {
        const StackFrameContext *Up = G->getParent()->getStackFrame();
        O = argumentOf(G->getCallSite(), O,
                       dyn_cast<FunctionDecl>(G->getDecl()));
        if (O && isUsedAfter(O, G->getCallSite(), Up))
          return true;
        G = Up;
      }
    }
  }
  return false;
}
