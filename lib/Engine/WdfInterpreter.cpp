//===- WdfInterpreter.cpp - Control flow and expressions ------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/WdfInterpreter.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include <queue>

using namespace clang;
using namespace irqlint;

/// States kept apart where paths meet, before they are joined.
static constexpr unsigned MaxStates = 6;
/// Visits of a block before the pass gives the function up.
static constexpr unsigned MaxVisits = 64;
/// Statements per root: a bound on time, far above what drivers need.
static constexpr unsigned MaxSteps = 400000;

const CFG *WdfInterpreter::graphOf(const FunctionDecl *FD) {
  auto [I, New] = Graphs.try_emplace(FD);
  if (New) {
    CFG::BuildOptions Options;
    Options.setAllAlwaysAdd();
    Options.AddEHEdges = false;
    I->second = CFG::buildCFG(FD, FD->getBody(), &Ctx, Options);
  }
  return I->second.get();
}

void WdfInterpreter::runRoot(const FunctionDecl *FD, std::string Role) {
  Steps = 0;
  RootRole = std::move(Role);
  unsigned Number =
      FrameNumbers.try_emplace({0, nullptr}, FrameNumbers.size() + 1)
          .first->second;
  Frame F{FD, Number, nullptr};
  Store Memory;
  FlowValue First = Objects.firstParameter(FD);
  if (First.K == FlowValue::Handle && FD->getNumParams())
    Memory.bind(All.variable(FD->getParamDecl(0), Number), First, All);
  run(F, std::move(Memory));
}

std::vector<WdfInterpreter::Exit> WdfInterpreter::run(const Frame &F,
                                                      Store Memory) {
  std::vector<Exit> Exits;
  const CFG *G = graphOf(F.FD);
  if (!G)
    return Exits;
  struct Node {
    std::vector<State> Pending;
    std::vector<Store> Seen;
    unsigned Visits = 0;
  };
  std::vector<Node> Nodes(G->getNumBlockIDs());
  // Blocks are numbered backwards from the entry: higher numbers come first.
  std::set<unsigned, std::greater<unsigned>> Work;
  std::vector<const CFGBlock *> Blocks(G->getNumBlockIDs());
  for (const CFGBlock *B : *G)
    Blocks[B->getBlockID()] = B;
  auto Enter = [&](const CFGBlock *B, State St) {
    Node &N = Nodes[B->getBlockID()];
    if (llvm::is_contained(N.Seen, St.Memory) && N.Visits)
      return;
    if (N.Seen.size() >= MaxStates) {
      Store J = Store::join(N.Seen.back(), St.Memory, All);
      if (J == N.Seen.back() || N.Visits > MaxVisits)
        return;
      N.Seen.back() = J;
      St.Memory = std::move(J);
    } else {
      N.Seen.push_back(St.Memory);
    }
    N.Pending.push_back(std::move(St));
    Work.insert(B->getBlockID());
  };
  State Begin;
  Begin.Memory = std::move(Memory);
  Enter(&G->getEntry(), std::move(Begin));
  while (!Work.empty() && Steps < MaxSteps) {
    unsigned Id = *Work.begin();
    Node &N = Nodes[Id];
    const CFGBlock *B = Blocks[Id];
    if (N.Pending.empty()) {
      Work.erase(Work.begin());
      continue;
    }
    State In = std::move(N.Pending.back());
    N.Pending.pop_back();
    ++N.Visits;
    std::vector<State> Now;
    Now.push_back(std::move(In));
    for (const CFGElement &E : *B) {
      auto S = E.getAs<CFGStmt>();
      if (!S)
        continue;
      for (size_t I = 0, Size = Now.size(); I < Size; ++I) {
        std::vector<State> More;
        ++Steps;
        evaluate(S->getStmt(), Now[I], F, More);
        for (State &M : More)
          Now.push_back(std::move(M));
      }
      while (Now.size() > MaxStates) {
        Store J =
            Store::join(Now[MaxStates - 1].Memory, Now.back().Memory, All);
        Now[MaxStates - 1].Memory = std::move(J);
        Now.pop_back();
      }
    }
    for (State &St : Now) {
      if (B == &G->getExit() || B->succ_empty()) {
        FlowValue R;
        auto I = St.Values.find(nullptr);
        if (I != St.Values.end())
          R = I->second;
        Exits.push_back({std::move(St.Memory), R});
        continue;
      }
      // A condition that is known chooses the way.
      int Only = -1;
      if (B->succ_size() == 2 && B->getTerminatorStmt() &&
          !isa<SwitchStmt>(B->getTerminatorStmt()))
        if (const auto *C =
                dyn_cast_or_null<Expr>(B->getTerminatorCondition())) {
          FlowValue V = get(C, St, F);
          if (V.K == FlowValue::Number)
            Only = V.Num ? 0 : 1;
        }
      int Index = 0;
      for (const CFGBlock::AdjacentBlock &Succ : B->succs()) {
        const CFGBlock *To = Succ.getReachableBlock();
        if (!To)
          To = Succ.getPossiblyUnreachableBlock();
        if (To && (Only < 0 || Only == Index))
          Enter(To, St);
        ++Index;
      }
    }
  }
  while (Exits.size() > MaxStates) {
    Exit &Last = Exits[MaxStates - 1];
    Last.Memory = Store::join(Last.Memory, Exits.back().Memory, All);
    if (Last.Result != Exits.back().Result)
      Last.Result = FlowValue();
    Exits.pop_back();
  }
  return Exits;
}

void WdfInterpreter::evaluate(const Stmt *S, State &St, const Frame &F,
                              std::vector<State> &More) {
  if (const auto *D = dyn_cast<DeclStmt>(S)) {
    for (const Decl *One : D->decls())
      if (const auto *V = dyn_cast<VarDecl>(One); V && V->hasLocalStorage()) {
        PlaceId P = All.variable(V, F.Number);
        if (V->getInit())
          assign(P, V->getInit(), St, F);
        else
          St.Memory.bind(P, FlowValue(), All);
      }
    return;
  }
  if (const auto *R = dyn_cast<ReturnStmt>(S)) {
    if (R->getRetValue())
      St.Values[nullptr] = get(R->getRetValue(), St, F);
    return;
  }
  const auto *E = dyn_cast<Expr>(S);
  if (!E)
    return;
  if (const auto *C = dyn_cast<CallExpr>(E)) {
    if (const auto *O = dyn_cast<CXXOperatorCallExpr>(C);
        O && O->getOperator() == OO_Equal && O->getNumArgs() == 2 &&
        O->getArg(0)->getType()->isRecordType()) {
      St.Memory.copy(place(O->getArg(0), St, F), place(O->getArg(1), St, F),
                     All);
      return;
    }
    SmallVector<const Expr *, 8> Args(C->arg_begin(), C->arg_end());
    call(C, C->getDirectCallee(), Args, St, F, More);
    return;
  }
  FlowValue V = compute(E, St, F);
  if (V.K != FlowValue::Unknown)
    St.Values[E] = V;
  else
    St.Values.erase(E);
}

FlowValue WdfInterpreter::get(const Expr *E, State &St, const Frame &F) {
  E = E->IgnoreParens();
  auto I = St.Values.find(E);
  if (I != St.Values.end())
    return I->second;
  // Effects happen only where the graph has them.
  if (isa<CallExpr>(E))
    return {};
  if (const auto *B = dyn_cast<BinaryOperator>(E); B && B->isAssignmentOp())
    return {};
  return compute(E, St, F);
}

/// The value of an expression, with the effect of an assignment.
FlowValue WdfInterpreter::compute(const Expr *E, State &St, const Frame &F) {
  E = E->IgnoreParens();
  if (const auto *C = dyn_cast<CastExpr>(E)) {
    const Expr *Sub = C->getSubExpr();
    switch (C->getCastKind()) {
    case CK_LValueToRValue:
      if (E->getType()->isRecordType())
        return {};
      return load(place(Sub, St, F), E->getType(), St);
    case CK_ArrayToPointerDecay:
      return FlowValue::address(All.element(place(Sub, St, F), 0));
    case CK_FunctionToPointerDecay:
      return get(Sub, St, F);
    case CK_NullToPointer:
      return FlowValue::number(0);
    default: {
      FlowValue V = get(Sub, St, F);
      if (V.K == FlowValue::Number && E->getType()->isBooleanType())
        V.Num = V.Num != 0;
      return V;
    }
    }
  }
  if (const auto *R = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *C = dyn_cast<EnumConstantDecl>(R->getDecl()))
      return FlowValue::number(C->getInitVal().getExtValue());
    if (const auto *FD = dyn_cast<FunctionDecl>(R->getDecl()))
      return FlowValue::function(FD);
    return {};
  }
  if (const auto *U = dyn_cast<UnaryOperator>(E)) {
    switch (U->getOpcode()) {
    case UO_AddrOf: {
      FlowValue V = get(U->getSubExpr(), St, F);
      if (V.K == FlowValue::Function)
        return V;
      return FlowValue::address(place(U->getSubExpr(), St, F));
    }
    case UO_LNot: {
      FlowValue V = get(U->getSubExpr(), St, F);
      return V.K == FlowValue::Number    ? FlowValue::number(!V.Num)
             : V.K == FlowValue::Address ? FlowValue::number(0)
                                         : FlowValue();
    }
    case UO_Minus: {
      FlowValue V = get(U->getSubExpr(), St, F);
      return V.K == FlowValue::Number ? FlowValue::number(-V.Num) : FlowValue();
    }
    case UO_PreInc:
    case UO_PreDec:
    case UO_PostInc:
    case UO_PostDec:
      store(place(U->getSubExpr(), St, F), FlowValue(), St, U);
      return {};
    default:
      return {};
    }
  }
  if (const auto *B = dyn_cast<BinaryOperator>(E)) {
    if (B->getOpcode() == BO_Assign) {
      PlaceId P = place(B->getLHS(), St, F);
      assign(P, B->getRHS(), St, F);
      return B->getType()->isRecordType() ? FlowValue()
                                          : get(B->getRHS(), St, F);
    }
    if (B->getOpcode() == BO_Comma)
      return get(B->getRHS(), St, F);
    FlowValue L = get(B->getLHS(), St, F), R = get(B->getRHS(), St, F);
    bool Known = L.K == FlowValue::Number && R.K == FlowValue::Number;
    if (B->isCompoundAssignmentOp()) {
      FlowValue V;
      FlowValue Old = load(place(B->getLHS(), St, F), B->getType(), St);
      if (Old.K == FlowValue::Number && R.K == FlowValue::Number) {
        if (B->getOpcode() == BO_OrAssign)
          V = FlowValue::number(Old.Num | R.Num);
        else if (B->getOpcode() == BO_AndAssign)
          V = FlowValue::number(Old.Num & R.Num);
      }
      store(place(B->getLHS(), St, F), V, St, B);
      return V;
    }
    // Addresses, functions and handles that were created are not null.
    auto Null = [](const FlowValue &X, const FlowValue &Y) {
      return X.isNumber(0) &&
             (Y.K == FlowValue::Address || Y.K == FlowValue::Function);
    };
    if (B->isEqualityOp() && (Null(L, R) || Null(R, L)))
      return FlowValue::number(B->getOpcode() == BO_NE);
    if (!Known)
      return {};
    switch (B->getOpcode()) {
    case BO_Add:
      return FlowValue::number(int64_t(uint64_t(L.Num) + uint64_t(R.Num)));
    case BO_Sub:
      return FlowValue::number(int64_t(uint64_t(L.Num) - uint64_t(R.Num)));
    case BO_Mul:
      return FlowValue::number(int64_t(uint64_t(L.Num) * uint64_t(R.Num)));
    case BO_Or:
      return FlowValue::number(L.Num | R.Num);
    case BO_And:
      return FlowValue::number(L.Num & R.Num);
    case BO_EQ:
      return FlowValue::number(L.Num == R.Num);
    case BO_NE:
      return FlowValue::number(L.Num != R.Num);
    case BO_LT:
      return FlowValue::number(L.Num < R.Num);
    case BO_GT:
      return FlowValue::number(L.Num > R.Num);
    case BO_LE:
      return FlowValue::number(L.Num <= R.Num);
    case BO_GE:
      return FlowValue::number(L.Num >= R.Num);
    case BO_LAnd:
      return FlowValue::number(L.Num && R.Num);
    case BO_LOr:
      return FlowValue::number(L.Num || R.Num);
    default:
      return {};
    }
  }
  if (const auto *C = dyn_cast<AbstractConditionalOperator>(E)) {
    FlowValue Cond = get(C->getCond(), St, F);
    if (Cond.K == FlowValue::Number)
      return get(Cond.Num ? C->getTrueExpr() : C->getFalseExpr(), St, F);
    FlowValue T = get(C->getTrueExpr(), St, F),
              N = get(C->getFalseExpr(), St, F);
    return T == N ? T : FlowValue();
  }
  if (isa<IntegerLiteral, CharacterLiteral, CXXBoolLiteralExpr,
          UnaryExprOrTypeTraitExpr, CXXNullPtrLiteralExpr, OffsetOfExpr,
          ConstantExpr>(E)) {
    if (E->isValueDependent())
      return {};
    Expr::EvalResult R;
    if (isa<CXXNullPtrLiteralExpr>(E))
      return FlowValue::number(0);
    if (E->EvaluateAsInt(R, Ctx) && R.Val.getInt().getSignificantBits() <= 64)
      return FlowValue::number(R.Val.getInt().getExtValue());
  }
  return {};
}

PlaceId WdfInterpreter::place(const Expr *E, State &St, const Frame &F) {
  E = E->IgnoreParens();
  if (const auto *R = dyn_cast<DeclRefExpr>(E)) {
    const auto *V = dyn_cast<VarDecl>(R->getDecl());
    if (!V)
      return 0;
    PlaceId P = All.variable(V, F.Number);
    if (!V->getType()->isReferenceType())
      return P;
    FlowValue Target = load(P, V->getType(), St);
    return Target.K == FlowValue::Address  ? Target.Id
           : Target.K == FlowValue::Symbol ? All.pointee(Target.Id)
                                           : 0;
  }
  auto PointsTo = [&](const Expr *Pointer) -> PlaceId {
    FlowValue V = get(Pointer, St, F);
    if (V.K == FlowValue::Address)
      return V.Id;
    return V.K == FlowValue::Symbol ? All.pointee(V.Id) : 0;
  };
  if (const auto *M = dyn_cast<MemberExpr>(E)) {
    const auto *Field = dyn_cast<FieldDecl>(M->getMemberDecl());
    if (!Field)
      return 0;
    return All.member(M->isArrow() ? PointsTo(M->getBase())
                                   : place(M->getBase(), St, F),
                      Field);
  }
  if (const auto *U = dyn_cast<UnaryOperator>(E);
      U && U->getOpcode() == UO_Deref)
    return PointsTo(U->getSubExpr());
  if (const auto *A = dyn_cast<ArraySubscriptExpr>(E)) {
    FlowValue I = get(A->getIdx(), St, F);
    FlowValue B = get(A->getBase(), St, F);
    if (I.K != FlowValue::Number || B.K != FlowValue::Address ||
        All[B.Id].K != Places::Element)
      return 0;
    return All.element(All[B.Id].Parent, All[B.Id].Number + unsigned(I.Num));
  }
  if (const auto *C = dyn_cast<CastExpr>(E)) {
    if (C->getCastKind() == CK_LValueToRValue || C->getCastKind() == CK_NoOp ||
        C->getCastKind() == CK_LValueBitCast)
      return place(C->getSubExpr(), St, F);
  }
  return 0;
}

FlowValue WdfInterpreter::load(PlaceId P, QualType T, const State &St) {
  if (!P)
    return {};
  if (const FlowValue *V = St.Memory.find(P, All)) {
    if (V->K != FlowValue::Zero)
      return *V;
    FlowValue Null = FlowValue::number(0);
    Null.At = V->At;
    return Null;
  }
  FlowValue Held = Objects.holderOf(P);
  if (Held.K != FlowValue::Unknown)
    return Held;
  if (const VarDecl *V = All.variableOf(P);
      V && V->hasGlobalStorage() && V->getType().isConstQualified())
    if (const Expr *Init = V->getAnyInitializer()) {
      Expr::EvalResult R;
      if (!Init->isValueDependent() && Init->EvaluateAsInt(R, Ctx) &&
          R.Val.getInt().getSignificantBits() <= 64)
        return FlowValue::number(R.Val.getInt().getExtValue());
    }
  return FlowValue::symbol(P);
}
