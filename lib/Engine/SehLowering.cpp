//===- SehLowering.cpp ----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Structured exception handling as jumps, which the analyzer can walk.
//===----------------------------------------------------------------------===//

#include "Engine/BodyRewriter.h"
#include "clang/AST/Expr.h"
#include "llvm/ADT/DenseSet.h"

using namespace clang;
using namespace irqlint;

/// A constant goes into a local variable: nothing that could be raised there.
static bool setsFlag(const Expr *E, const ASTContext &Ctx) {
  const auto *B = dyn_cast<BinaryOperator>(E->IgnoreParens());
  const auto *R =
      B && B->getOpcode() == BO_Assign && !B->getRHS()->isValueDependent()
          ? dyn_cast<DeclRefExpr>(B->getLHS()->IgnoreParens())
          : nullptr;
  const auto *V = R ? dyn_cast<VarDecl>(R->getDecl()) : nullptr;
  return V && V->hasLocalStorage() && B->getRHS()->getIntegerConstantExpr(Ctx);
}

/// With how many calls of routines that lock \p Block begins, and of statements
/// that note so.
size_t BodyRewriter::locksFirst(const CompoundStmt *Block) const {
  size_t N = 0;
  for (const Stmt *S : Block->body()) {
    const auto *E = dyn_cast<Expr>(S);
    if (E && N && setsFlag(E, Ctx)) {
      ++N;
      continue;
    }
    const auto *C = E ? dyn_cast<CallExpr>(E->IgnoreParenCasts()) : nullptr;
    const FunctionDecl *FD = C ? C->getDirectCallee() : nullptr;
    if (!FD || !FD->getReturnType()->isVoidType() || !Matters(FD))
      break;
    ++N;
  }
  return N;
}

/// Where control may leave a __try block, in terms of what encloses it.
struct BodyRewriter::SehScope {
  VarDecl *Why = nullptr; ///< 0 fell through, 1 return, n jump number n
  VarDecl *Ret = nullptr;
  LabelDecl *End = nullptr;
  bool Finally = false;
  struct Exit {
    unsigned Code;
    Stmt *Jump; ///< break, continue, goto or return to perform afterwards
  };
  SmallVector<Exit, 4> Exits;
};

class BodyRewriter::Lowering {
public:
  Lowering(BodyRewriter &R, FunctionDecl *FD) : R(R), FD(FD) {}

  /// Rewrites all __try statements below \p S, innermost first.
  void run(Stmt *S) {
    for (Stmt *&Child : S->children()) {
      if (!Child || isa<LambdaExpr>(Child))
        continue;
      auto *T = dyn_cast<SEHTryStmt>(Child);
      if (!T) {
        run(Child);
        continue;
      }
      Handler H;
      const CompoundStmt *Block = T->getTryBlock();
      const size_t N = R.locksFirst(Block);
      const auto *Inner = N < Block->size()
                              ? dyn_cast<SEHTryStmt>(Block->body_begin()[N])
                              : nullptr;
      H.InnerFirst = Inner && Inner->getFinallyHandler();
      if (SEHExceptStmt *Ex = T->getExceptHandler(); Ex && !searches(Ex)) {
        H.Label = R.makeLabel(FD, Ex->getBeginLoc());
        Handlers.push_back(H);
        run(T->getTryBlock());
        H = Handlers.pop_back_val();
        run(Ex);
      } else {
        run(T);
      }
      R.replace(Child, lower(T, H));
    }
  }

private:
  BodyRewriter &R;
  FunctionDecl *FD;
  /// An __except that what is raised in its block comes to, through the
  /// __finally blocks on the way.
  struct Handler {
    LabelDecl *Label = nullptr;
    /// The block begins with another one that has a __finally.
    bool InnerFirst = false;
    bool Used = false;
  };
  SmallVector<Handler, 2> Handlers;
  llvm::DenseSet<const LabelDecl *> HandlerLabels;

  /// The filter looks for another handler.
  bool searches(SEHExceptStmt *Ex) const {
    const Expr *Filter = Ex->getFilterExpr();
    Expr::EvalResult V;
    return Filter && !isDamaged(Filter) && Filter->EvaluateAsInt(V, R.Ctx) &&
           V.Val.getInt() == 0;
  }

  Stmt *lower(SEHTryStmt *T, const Handler &H) {
    SourceLocation L = T->getBeginLoc();
    SehScope S;
    S.End = R.makeLabel(FD, T->getEndLoc());
    S.Finally = T->getFinallyHandler() != nullptr;
    llvm::DenseSet<LabelDecl *> Inside;
    labelsIn(T->getTryBlock(), Inside);
    SmallVector<Stmt *, 8> Out;

    if (!S.Finally) {
      leaveOnly(T->getTryBlock(), S, false);
      Stmt *EndStmt =
          new (R.Ctx) LabelStmt(L, S.End, new (R.Ctx) NullStmt(T->getEndLoc()));
      S.End->setStmt(cast<LabelStmt>(EndStmt));
      SEHExceptStmt *Ex = T->getExceptHandler();
      if (searches(Ex))
        return R.block({T->getTryBlock(), EndStmt}, L, T->getEndLoc());
      // Either nothing is raised, or something is raised before the block has
      // done anything but lock what it works with: so the handler starts from
      // the state behind that.
      if (size_t N = R.locksFirst(T->getTryBlock())) {
        ArrayRef<Stmt *> All(T->getTryBlock()->body_begin(),
                             T->getTryBlock()->size());
        Stmt *First = R.block(All.take_front(N), L, L);
        Stmt *Rest =
            R.block(All.drop_front(N), L, T->getTryBlock()->getEndLoc());
        return R.block({First, raisedOr(Rest, Ex, H, L), EndStmt}, L,
                       T->getEndLoc());
      }
      return R.block({raisedOr(T->getTryBlock(), Ex, H, L), EndStmt}, L,
                     T->getEndLoc());
    }

    CompoundStmt *Try = T->getTryBlock();
    if (!Handlers.empty() && !H.InnerFirst) {
      // What is raised in here runs the __finally before the handler.
      Handlers.back().Used = true;
      LabelDecl *To = Handlers.back().Label;
      HandlerLabels.insert(To);
      Stmt *Raise =
          IfStmt::Create(R.Ctx, L, IfStatementKind::Ordinary, nullptr, nullptr,
                         R.unknownValue(R.Ctx.IntTy, L), L, L, R.jump(To, L));
      SmallVector<Stmt *, 8> Body(Try->body_begin(), Try->body_end());
      Body.insert(Body.begin() + R.locksFirst(Try), Raise);
      Try = cast<CompoundStmt>(
          R.block(Body, Try->getLBracLoc(), Try->getRBracLoc()));
    }

    S.Why = R.makeVariable(FD, "why", R.Ctx.IntTy, R.number(0, L), L);
    QualType RT = FD->getReturnType();
    if (!RT->isVoidType() && RT->isScalarType())
      S.Ret = R.makeVariable(FD, "ret", RT, nullptr, L);
    exits(Try, S, Inside, false, false);

    Out.push_back(R.declare(S.Why, L));
    if (S.Ret)
      Out.push_back(R.declare(S.Ret, L));
    Out.push_back(Try);
    SEHFinallyStmt *Fin = T->getFinallyHandler();
    auto *Label = new (R.Ctx) LabelStmt(
        Fin->getBeginLoc(), S.End, new (R.Ctx) NullStmt(Fin->getBeginLoc()));
    S.End->setStmt(Label);
    Out.push_back(Label);
    abnormal(Fin->getBlock(), S);
    Out.push_back(Fin->getBlock());
    SourceLocation EL = Fin->getEndLoc();
    for (const SehScope::Exit &E : S.Exits) {
      auto *Cmp = BinaryOperator::Create(
          R.Ctx, R.load(S.Why, EL), R.number(E.Code, EL), BO_EQ, R.Ctx.IntTy,
          VK_PRValue, OK_Ordinary, EL, FPOptionsOverride());
      Out.push_back(IfStmt::Create(R.Ctx, EL, IfStatementKind::Ordinary,
                                   nullptr, nullptr, Cmp, EL, EL, E.Jump));
    }
    return R.block(Out, L, T->getEndLoc());
  }

  Stmt *raisedOr(Stmt *Block, SEHExceptStmt *Ex, const Handler &H,
                 SourceLocation L) {
    Stmt *Handled = Ex->getBlock();
    if (H.Used) {
      auto *Label =
          new (R.Ctx) LabelStmt(Ex->getBeginLoc(), H.Label, Ex->getBlock());
      H.Label->setStmt(Label);
      Handled = Label;
    }
    // (Before an inner block nothing is raised that does not pass through it.)
    Expr *Raised = H.Used && H.InnerFirst
                       ? R.number(0, Ex->getBeginLoc())
                       : R.unknownValue(R.Ctx.IntTy, Ex->getBeginLoc());
    return IfStmt::Create(R.Ctx, L, IfStatementKind::Ordinary, nullptr, nullptr,
                          Raised, L, L, Handled, L, Block);
  }

  static void labelsIn(Stmt *S, llvm::DenseSet<LabelDecl *> &Out) {
    if (auto *L = dyn_cast<LabelStmt>(S))
      Out.insert(L->getDecl());
    for (Stmt *C : S->children())
      if (C)
        labelsIn(C, Out);
  }

  /// __leave becomes a jump to the end.
  void leaveOnly(Stmt *S, SehScope &Scope, bool) {
    for (Stmt *&C : S->children()) {
      if (!C || isa<Expr>(C))
        continue;
      if (auto *Leave = dyn_cast<SEHLeaveStmt>(C))
        R.replace(C, R.jump(Scope.End, Leave->getBeginLoc()));
      else
        leaveOnly(C, Scope, false);
    }
  }

  /// Every way out of the block first records why, then jumps to the handler.
  void exits(Stmt *S, SehScope &Scope, const llvm::DenseSet<LabelDecl *> &In,
             bool InLoop, bool InSwitch) {
    for (Stmt *&C : S->children()) {
      if (!C || isa<Expr>(C))
        continue;
      SourceLocation L = C->getBeginLoc();
      if (isa<SEHLeaveStmt>(C)) {
        R.replace(C, R.jump(Scope.End, L));
        continue;
      }
      if (auto *Ret = dyn_cast<ReturnStmt>(C)) {
        SmallVector<Stmt *, 3> Body;
        Expr *V = Ret->getRetValue();
        if (V && Scope.Ret)
          Body.push_back(R.assign(Scope.Ret, V, L));
        else if (V)
          Body.push_back(V);
        Body.push_back(R.assign(Scope.Why, R.number(1, L), L));
        Body.push_back(R.jump(Scope.End, L));
        bool Known = false;
        for (const SehScope::Exit &E : Scope.Exits)
          Known |= E.Code == 1;
        if (!Known)
          Scope.Exits.push_back(
              {1, ReturnStmt::Create(R.Ctx, L,
                                     Scope.Ret ? R.load(Scope.Ret, L) : nullptr,
                                     nullptr)});
        R.replace(C, R.block(Body, L, C->getEndLoc()));
        continue;
      }
      bool Leaves = (isa<BreakStmt>(C) && !InLoop && !InSwitch) ||
                    (isa<ContinueStmt>(C) && !InLoop);
      if (auto *G = dyn_cast<GotoStmt>(C))
        Leaves = !In.contains(G->getLabel()) && G->getLabel() != Scope.End &&
                 (HandlerLabels.contains(G->getLabel()) ||
                  !G->getLabel()->getName().starts_with(NamePrefix));
      if (Leaves) {
        unsigned Code = Scope.Exits.size() + 2;
        Scope.Exits.push_back({Code, C});
        R.replace(C, R.block({R.assign(Scope.Why, R.number(Code, L), L),
                              R.jump(Scope.End, L)},
                             L, C->getEndLoc()));
        continue;
      }
      bool Loop = isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(C);
      exits(C, Scope, In, InLoop || Loop, InSwitch || isa<SwitchStmt>(C));
    }
  }

  /// AbnormalTermination() in the handler: did control leave by a jump?
  void abnormal(Stmt *S, SehScope &Scope) {
    for (Stmt *&C : S->children()) {
      if (!C)
        continue;
      if (auto *Call = dyn_cast<CallExpr>(C))
        if (const FunctionDecl *F = Call->getDirectCallee();
            F && F->getIdentifier() &&
            F->getName().ltrim('_').equals_insensitive(
                "abnormal_termination")) {
          R.replace(C, R.load(Scope.Why, Call->getBeginLoc()));
          continue;
        }
      abnormal(C, Scope);
    }
  }
};

void BodyRewriter::lowerSeh(FunctionDecl *FD) {
  Lowering(*this, FD).run(FD->getBody());
}
