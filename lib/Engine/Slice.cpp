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

unsigned Slice::numberOf(const ValueDecl *D) {
  D = cast<ValueDecl>(D->getCanonicalDecl());
  auto [I, New] = Numbers.try_emplace(D, Sources.size());
  if (New) {
    Sources.emplace_back();
    Decls.push_back(D);
  }
  return I->second;
}

static void add(llvm::BitVector &Set, unsigned N) {
  if (Set.size() <= N)
    Set.resize(N + 1);
  Set.set(N);
}

/// Everything that \p S names.
void Slice::mention(const Stmt *S, llvm::BitVector &In, unsigned Depth) {
  if (!S)
    return;
  if (const auto *R = dyn_cast<DeclRefExpr>(S)) {
    if (isa<VarDecl>(R->getDecl()))
      add(In, numberOf(R->getDecl()));
  } else if (const auto *M = dyn_cast<MemberExpr>(S)) {
    add(In, numberOf(M->getMemberDecl()));
  } else if (const auto *C = dyn_cast<CallExpr>(S); C && Depth < MaxDepth) {
    if (const FunctionDecl *FD = C->getDirectCallee())
      mention(Small(FD), In, Depth + 1);
  }
  for (const Stmt *C : S->children())
    mention(C, In, Depth);
}

/// Adds what the values in \p Set are computed from.
void Slice::close(llvm::BitVector &Set) const {
  llvm::SmallVector<unsigned, 32> Work;
  for (unsigned N : Set.set_bits())
    Work.push_back(N);
  while (!Work.empty())
    for (unsigned From : Sources[Work.pop_back_val()].set_bits())
      if (From >= Set.size() || !Set.test(From)) {
        add(Set, From);
        Work.push_back(From);
      }
}

namespace {

/// Where a value comes from: an assignment or initialization.
struct Flow {
  const ValueDecl *To;
  const Stmt *From;
};

/// What the elements of one block do.
class Collector {
public:
  explicit Collector(const std::function<bool(const FunctionDecl *)> &Matters)
      : Matters(Matters) {}

  std::vector<Flow> Flows;
  /// Of which the value matters: arguments of calls, results.
  std::vector<const Stmt *> Used;
  llvm::SmallVector<const FunctionDecl *, 2> Calls;

  /// Whether \p S does something that matters.
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
        Used.push_back(R->getRetValue());
    } else if (const auto *C = dyn_cast<CallExpr>(S)) {
      return call(C->getDirectCallee(), S);
    } else if (const auto *N = dyn_cast<CXXConstructExpr>(S)) {
      return call(N->getConstructor(), S);
    }
    return false;
  }

  bool call(const FunctionDecl *FD, const Stmt *Call) {
    if (!FD || !Matters(FD))
      return false;
    Calls.push_back(FD);
    if (!Call)
      return true;
    for (const Stmt *A : Call->children()) {
      Used.push_back(A);
      // (It may be called back before the call returns.)
      if (const auto *E = dyn_cast_or_null<Expr>(A))
        if (const auto *R = dyn_cast<DeclRefExpr>(E->IgnoreParenCasts()))
          if (const auto *Given = dyn_cast<FunctionDecl>(R->getDecl());
              Given && Given != FD && Matters(Given))
            Calls.push_back(Given);
    }
    return true;
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

void Slice::collect(AnalysisDeclContext &ADC,
                    llvm::SmallVectorImpl<const FunctionDecl *> &Leads) {
  CFG *G = ADC.getCFG();
  Part &P = Parts[ADC.getDecl()];
  if (!G)
    return;
  P.Uses.resize(G->getNumBlockIDs());
  P.Calls.resize(G->getNumBlockIDs());
  std::vector<Flow> Flows;
  llvm::SmallPtrSet<CFGBlock *, 16> Reached, Deciding;
  llvm::SmallVector<CFGBlock *, 16> Work;
  for (CFGBlock *B : *G) {
    Collector C(Matters);
    bool Does = false;
    for (const CFGElement &E : *B) {
      if (auto S = E.getAs<CFGStmt>())
        Does |= C.element(S->getStmt());
      else if (auto D = E.getAs<CFGImplicitDtor>())
        if (const CXXDestructorDecl *FD =
                D->getDestructorDecl(ADC.getASTContext()))
          Does |= C.call(FD, nullptr);
    }
    if (Does && Reached.insert(B).second)
      Work.push_back(B);
    for (const Stmt *S : C.Used)
      mention(S, P.Uses[B->getBlockID()]);
    Leads.append(C.Calls.begin(), C.Calls.end());
    P.Calls[B->getBlockID()] = std::move(C.Calls);
    llvm::append_range(Flows, C.Flows);
  }
  ControlDependencyCalculator Depends(G);
  while (!Work.empty()) {
    CFGBlock *B = Work.pop_back_val();
    for (CFGBlock *On : Depends.getControlDependencies(B)) {
      if (Deciding.insert(On).second)
        mention(On->getTerminatorCondition(), P.Uses[On->getBlockID()]);
      if (Reached.insert(On).second)
        Work.push_back(On);
    }
  }
  for (CFGBlock *B : *G)
    if (const Stmt *S = B->getTerminatorCondition(); S && !Deciding.contains(B))
      Idle.push_back(S->getSourceRange());
  for (const Flow &F : Flows) {
    llvm::BitVector From;
    mention(F.From, From);
    Sources[numberOf(F.To)] |= From;
  }
}

void Slice::require(AnalysisDeclContext &ADC) {
  if (Parts.count(ADC.getDecl()))
    return;
  llvm::SmallVector<const FunctionDecl *, 16> Leads;
  collect(ADC, Leads);
  while (!Leads.empty()) {
    const FunctionDecl *FD = Leads.pop_back_val()->getDefinition();
    if (FD && !FD->isDependentContext() && !Parts.count(FD))
      collect(*ADC.getManager()->getContext(FD), Leads);
  }
  Cache.clear();
  for (auto &[D, P] : Parts) {
    P.Live.clear();
    P.Total.clear();
  }
}

/// All that decides in \p D and in what it leads to.
const llvm::BitVector &Slice::totalOf(const Decl *D) {
  llvm::BitVector &Total = Parts[D].Total;
  if (!Total.empty())
    return Total;
  llvm::SmallPtrSet<const Decl *, 16> Seen{D};
  llvm::SmallVector<const Decl *, 16> Work{D};
  Total.resize(1);
  while (!Work.empty()) {
    auto I = Parts.find(Work.pop_back_val());
    if (I == Parts.end())
      continue;
    for (const llvm::BitVector &U : I->second.Uses)
      Total |= U;
    for (const Functions &Calls : I->second.Calls)
      for (const FunctionDecl *FD : Calls)
        if (const FunctionDecl *Def = FD->getDefinition();
            Def && Seen.insert(Def).second)
          Work.push_back(Def);
  }
  return Total;
}

const std::vector<llvm::BitVector> &Slice::liveIn(const Decl *D, const CFG &G) {
  Part &P = Parts[D];
  if (!P.Live.empty())
    return P.Live;
  P.Live = P.Uses;
  P.Live.resize(G.getNumBlockIDs());
  for (size_t I = 0; I < P.Calls.size(); ++I)
    for (const FunctionDecl *FD : P.Calls[I])
      if (const FunctionDecl *Def = FD->getDefinition();
          Def && Parts.count(Def))
        P.Live[I] |= totalOf(Def);
  // Against the flow of control, until nothing is added.
  llvm::SmallVector<const CFGBlock *, 32> Work(G.begin(), G.end());
  llvm::BitVector Queued(G.getNumBlockIDs(), true);
  while (!Work.empty()) {
    const CFGBlock *B = Work.pop_back_val();
    Queued.reset(B->getBlockID());
    for (const CFGBlock *Pred : B->preds()) {
      if (!Pred || !P.Live[B->getBlockID()].test(P.Live[Pred->getBlockID()]))
        continue;
      P.Live[Pred->getBlockID()] |= P.Live[B->getBlockID()];
      if (!Queued.test(Pred->getBlockID())) {
        Queued.set(Pred->getBlockID());
        Work.push_back(Pred);
      }
    }
  }
  for (llvm::BitVector &L : P.Live)
    close(L);
  return P.Live;
}

const llvm::BitVector &Slice::liveAt(const StackFrameContext *Frame,
                                     const CFGBlock *Block) {
  auto [I, New] = Cache.try_emplace({Frame, Block});
  llvm::BitVector &Set = I->second;
  if (!New)
    return Set;
  for (; Frame; Block = Frame->getCallSiteBlock(),
                Frame = Frame->getParent() ? Frame->getParent()->getStackFrame()
                                           : nullptr) {
    if (!Block || !Parts.count(Frame->getDecl()))
      continue;
    const std::vector<llvm::BitVector> &Live =
        liveIn(Frame->getDecl(), *Frame->getCFG());
    if (Block->getBlockID() < Live.size())
      Set |= Live[Block->getBlockID()];
  }
  return Set;
}

bool Slice::decides(SourceLocation L, const SourceManager &SM) const {
  L = SM.getExpansionLoc(L);
  return llvm::none_of(Idle, [&](SourceRange R) {
    return SM.isPointWithin(L, SM.getExpansionLoc(R.getBegin()),
                            SM.getExpansionLoc(R.getEnd()));
  });
}
