//===- LoopBounds.cpp -----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/LoopBounds.h"
#include "clang/AST/DynamicRecursiveASTVisitor.h"

using namespace clang;
using namespace irqlint;

static const VarDecl *variable(const Expr *E) {
  const auto *R = dyn_cast_or_null<DeclRefExpr>(E ? E->IgnoreParenCasts() : E);
  return R ? dyn_cast<VarDecl>(R->getDecl()) : nullptr;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

std::optional<int64_t> KnownConstants::value(const Expr *E) const {
  if (!E || E->isValueDependent() || E->containsErrors())
    return std::nullopt;
  E = E->IgnoreParenCasts();
  Expr::EvalResult R;
  if (E->getType()->isIntegralOrEnumerationType() && E->EvaluateAsInt(R, Ctx) &&
      R.Val.getInt().getSignificantBits() <= 64)
    return R.Val.getInt().getExtValue();
  if (const VarDecl *V = variable(E))
    return valueOf(V);
  const auto *B = dyn_cast<BinaryOperator>(E);
  if (!B)
    return std::nullopt;
  std::optional<int64_t> L = value(B->getLHS()), Rv = value(B->getRHS());
  if (!L || !Rv)
    return std::nullopt;
  int64_t Out = 0;
  switch (B->getOpcode()) {
  case BO_Add:
    return __builtin_add_overflow(*L, *Rv, &Out) ? std::nullopt
                                                 : std::optional(Out);
  case BO_Sub:
    return __builtin_sub_overflow(*L, *Rv, &Out) ? std::nullopt
                                                 : std::optional(Out);
  case BO_Mul:
    return __builtin_mul_overflow(*L, *Rv, &Out) ? std::nullopt
                                                 : std::optional(Out);
  case BO_Div:
    return *Rv > 0 ? std::optional(*L / *Rv) : std::nullopt;
  default:
    return std::nullopt;
  }
}

std::optional<int64_t> KnownConstants::valueOf(const VarDecl *V) const {
  auto I = Values.find(V);
  return I == Values.end() ? std::nullopt : std::optional<int64_t>(I->second);
}

void KnownConstants::set(const VarDecl *V, std::optional<int64_t> N) {
  if (!V || !V->hasLocalStorage())
    return;
  if (N)
    Values[V] = *N;
  else
    Values.erase(V);
}

void KnownConstants::assign(const Expr *Target, const Expr *Value) {
  set(variable(Target), value(Value));
}

namespace {
/// Variables that are written, or whose address is taken.
class Changes : public DynamicRecursiveASTVisitor {
public:
  struct Step {
    const VarDecl *V;
    /// Added in each round; nothing if it becomes something else.
    std::optional<int64_t> By;
  };
  explicit Changes(const KnownConstants *Known = nullptr) : Known(Known) {}
  SmallVector<Step, 8> Steps;

  bool VisitUnaryOperator(UnaryOperator *U) override {
    if (U->isIncrementDecrementOp())
      note(U->getSubExpr(), U->isIncrementOp() ? 1 : -1);
    else if (U->getOpcode() == UO_AddrOf)
      note(U->getSubExpr(), std::nullopt);
    return true;
  }
  bool VisitBinaryOperator(BinaryOperator *B) override {
    if (!B->isAssignmentOp())
      return true;
    std::optional<int64_t> By;
    if (Known &&
        (B->getOpcode() == BO_AddAssign || B->getOpcode() == BO_SubAssign)) {
      By = Known->value(B->getRHS());
      if (By && B->getOpcode() == BO_SubAssign)
        By = -*By;
    }
    note(B->getLHS(), By);
    return true;
  }

private:
  const KnownConstants *Known;
  void note(const Expr *E, std::optional<int64_t> By) {
    if (const VarDecl *V = variable(E))
      Steps.push_back({V, By});
  }
};
} // namespace

void KnownConstants::forgetChangedIn(const Stmt *S) {
  if (!S)
    return;
  Changes C;
  C.TraverseStmt(const_cast<Stmt *>(S));
  for (const Changes::Step &St : C.Steps)
    Values.erase(St.V);
}

//===----------------------------------------------------------------------===//
// Rounds
//===----------------------------------------------------------------------===//

namespace {

class Bounds {
public:
  Bounds(const Stmt *Loop, const KnownConstants &Known)
      : Known(Known), All(&Known) {
    All.TraverseStmt(const_cast<Stmt *>(Loop));
  }

  /// The loop goes on only while \p Cond holds.
  void goesOnWhile(const Expr *Cond) {
    Cond = Cond->IgnoreParenCasts();
    if (const auto *B = dyn_cast<BinaryOperator>(Cond)) {
      if (B->getOpcode() == BO_LAnd) {
        goesOnWhile(B->getLHS());
        goesOnWhile(B->getRHS());
        return;
      }
      if (B->isComparisonOp()) {
        compare(B->getLHS(), B->getOpcode(), B->getRHS());
        compare(B->getRHS(),
                BinaryOperator::reverseComparisonOp(B->getOpcode()),
                B->getLHS());
        return;
      }
    }
    // while (Left--), while (--Left), while (Left)
    if (const auto *U = dyn_cast<UnaryOperator>(Cond);
        U && U->isIncrementDecrementOp())
      Cond = U->getSubExpr();
    if (const VarDecl *V = variable(Cond))
      countDown(V);
  }

  /// The loop is left when \p Cond holds.
  void isLeftWhen(const Expr *Cond) {
    Cond = Cond->IgnoreParenCasts();
    const auto *B = dyn_cast<BinaryOperator>(Cond);
    if (B && B->getOpcode() == BO_LOr) {
      isLeftWhen(B->getLHS());
      isLeftWhen(B->getRHS());
    } else if (B && B->isComparisonOp()) {
      auto Not = BinaryOperator::negateComparisonOp(B->getOpcode());
      compare(B->getLHS(), Not, B->getRHS());
      compare(B->getRHS(), BinaryOperator::reverseComparisonOp(Not),
              B->getLHS());
    } else if (const auto *U = dyn_cast<UnaryOperator>(Cond);
               U && U->getOpcode() == UO_LNot) {
      goesOnWhile(U->getSubExpr());
    }
  }

  /// An init statement of the loop's own.
  void begins(const Stmt *Init) {
    if (const auto *D = dyn_cast_or_null<DeclStmt>(Init)) {
      for (const Decl *One : D->decls())
        if (const auto *V = dyn_cast<VarDecl>(One))
          Begin = {V, V->getInit()}, note();
    } else if (const auto *B = dyn_cast_or_null<BinaryOperator>(Init)) {
      if (B->getOpcode() == BO_Assign)
        Begin = {variable(B->getLHS()), B->getRHS()}, note();
      else if (B->getOpcode() == BO_Comma)
        begins(B->getLHS()), begins(B->getRHS());
    }
  }

  LoopBound result() const {
    if (Best)
      return {LoopBound::Constant, *Best};
    return {Counts ? LoopBound::Data : LoopBound::None, 0};
  }

private:
  const KnownConstants &Known;
  Changes All;
  std::optional<int64_t> Best;
  bool Counts = false;
  std::pair<const VarDecl *, const Expr *> Begin;
  llvm::SmallDenseMap<const VarDecl *, std::optional<int64_t>, 4> Begins;

  void note() {
    if (Begin.first)
      Begins[Begin.first] = Known.value(Begin.second);
  }

  std::optional<int64_t> beginOf(const VarDecl *V) const {
    auto I = Begins.find(V);
    return I != Begins.end() ? I->second : Known.valueOf(V);
  }

  void compare(const Expr *L, BinaryOperatorKind Op, const Expr *R) {
    L = L->IgnoreParenCasts();
    if (const auto *U = dyn_cast<UnaryOperator>(L);
        U && U->isIncrementDecrementOp())
      L = U->getSubExpr();
    const VarDecl *V = variable(L);
    std::optional<int64_t> By = V ? stepOf(V) : std::nullopt;
    if (!By)
      return;
    Counts = true;
    std::optional<int64_t> From = beginOf(V), To = Known.value(R);
    if (!From || !To)
      return;
    if (Op == BO_LE)
      ++*To;
    else if (Op == BO_GE)
      --*To;
    bool Up = *By > 0;
    if (Op == BO_EQ || ((Op == BO_LT || Op == BO_LE) && !Up) ||
        ((Op == BO_GT || Op == BO_GE) && Up))
      return;
    int64_t Way = Up ? *To - *From : *From - *To;
    rounds(Way, std::abs(*By));
  }

  void countDown(const VarDecl *V) {
    std::optional<int64_t> By = stepOf(V);
    if (!By)
      return;
    Counts = true;
    std::optional<int64_t> From = beginOf(V);
    if (From && *By < 0)
      rounds(*From, -*By);
  }

  /// (One round more or less is no matter.)
  void rounds(int64_t Way, int64_t By) {
    int64_t N = Way <= 0 ? 0 : (Way + By - 1) / By;
    if (!Best || N < *Best)
      Best = N;
  }

  /// What each round adds, if all changes of \p V are steps in one direction.
  std::optional<int64_t> stepOf(const VarDecl *V) const {
    std::optional<int64_t> By;
    for (const Changes::Step &S : All.Steps) {
      if (S.V != V)
        continue;
      // The loop's own beginning is no change.
      if (!S.By) {
        if (Begins.contains(V))
          continue;
        return std::nullopt;
      }
      if (*S.By == 0 || (By && (*By > 0) != (*S.By > 0)))
        return std::nullopt;
      if (!By || std::abs(*S.By) < std::abs(*By))
        By = S.By;
    }
    return By;
  }
};

/// Ifs directly in the loop whose branch leaves it.
class Leaves : public DynamicRecursiveASTVisitor {
public:
  explicit Leaves(Bounds &B) : B(B) {}
  bool TraverseForStmt(ForStmt *) override { return true; }
  bool TraverseWhileStmt(WhileStmt *) override { return true; }
  bool TraverseDoStmt(DoStmt *) override { return true; }
  bool VisitIfStmt(IfStmt *I) override {
    if (leaves(I->getThen()))
      B.isLeftWhen(I->getCond());
    return true;
  }

private:
  Bounds &B;
  static bool leaves(const Stmt *S) {
    if (const auto *C = dyn_cast_or_null<CompoundStmt>(S))
      return !C->body_empty() && leaves(C->body_back());
    return S && isa<BreakStmt, ReturnStmt, GotoStmt>(S);
  }
};

} // namespace

LoopBound irqlint::boundOf(const Stmt *Loop, const KnownConstants &Known) {
  Bounds B(Loop, Known);
  const Stmt *Body = nullptr;
  if (const auto *F = dyn_cast<ForStmt>(Loop)) {
    B.begins(F->getInit());
    if (F->getCond())
      B.goesOnWhile(F->getCond());
    Body = F->getBody();
  } else if (const auto *W = dyn_cast<WhileStmt>(Loop)) {
    B.goesOnWhile(W->getCond());
    Body = W->getBody();
  } else if (const auto *D = dyn_cast<DoStmt>(Loop)) {
    B.goesOnWhile(D->getCond());
    Body = D->getBody();
  }
  Leaves L(B);
  L.TraverseStmt(const_cast<Stmt *>(Body));
  return B.result();
}
