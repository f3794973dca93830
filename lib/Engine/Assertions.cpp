//===- Assertions.cpp -----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Assertions that name the levels that are fine one by one.
///
/// `ASSERT(KeGetCurrentIrql() == PASSIVE_LEVEL || KeGetCurrentIrql() ==
/// APC_LEVEL)` is no choice that the program makes: that it names a level does
/// not mean that the code is ever entered at it. As it stands it would split
/// the path into one for each level.
///
/// `ASSERT(FALSE)` says that nobody comes here, and a driver that is shipped
/// asserts nothing: what its author wrote behind it for that case is code.
//===----------------------------------------------------------------------===//

#include "Engine/BodyRewriter.h"
#include "clang/AST/Expr.h"

using namespace clang;
using namespace irqlint;

namespace {
/// A question for the level that an assertion asks, and the answers to which
/// one of its alternatives says yes.
struct Alternative {
  CallExpr *Level = nullptr;
  uint64_t Lo = 0, Hi = ~0ULL;
};
} // namespace

/// What \p S compares the level with, if it does nothing else.
static std::optional<Alternative>
asAlternative(Expr *S, const ASTContext &Ctx,
              const std::function<bool(const FunctionDecl *)> &AsksLevel) {
  auto *B = dyn_cast<BinaryOperator>(S->IgnoreParenImpCasts());
  if (!B || !B->isComparisonOp() || B->getOpcode() == BO_NE)
    return std::nullopt;
  auto *Call = dyn_cast<CallExpr>(B->getLHS()->IgnoreParenCasts());
  const Expr *Number = B->getRHS();
  BinaryOperatorKind Op = B->getOpcode();
  if (!Call) {
    Call = dyn_cast<CallExpr>(B->getRHS()->IgnoreParenCasts());
    Number = B->getLHS();
    Op = BinaryOperator::isEqualityOp(Op)
             ? Op
             : BinaryOperator::reverseComparisonOp(Op);
  }
  const FunctionDecl *FD = Call ? Call->getDirectCallee() : nullptr;
  if (!FD || Number->isValueDependent() || !AsksLevel(FD))
    return std::nullopt;
  std::optional<llvm::APSInt> N = Number->getIntegerConstantExpr(Ctx);
  if (!N || N->isNegative() || N->getActiveBits() > 8)
    return std::nullopt;
  const uint64_t V = N->getZExtValue();
  Alternative A;
  A.Level = Call;
  switch (Op) {
  case BO_EQ:
    A.Lo = A.Hi = V;
    break;
  case BO_LE:
    A.Hi = V;
    break;
  case BO_LT:
    if (!V)
      return std::nullopt;
    A.Hi = V - 1;
    break;
  case BO_GE:
    A.Lo = V;
    break;
  case BO_GT:
    A.Lo = V + 1;
    break;
  default:
    return std::nullopt;
  }
  return A;
}

static bool
alternativesOf(Expr *S, const ASTContext &Ctx,
               const std::function<bool(const FunctionDecl *)> &AsksLevel,
               SmallVectorImpl<Alternative> &Out) {
  S = S->IgnoreParenImpCasts();
  if (auto *B = dyn_cast<BinaryOperator>(S); B && B->getOpcode() == BO_LOr)
    return alternativesOf(B->getLHS(), Ctx, AsksLevel, Out) &&
           alternativesOf(B->getRHS(), Ctx, AsksLevel, Out);
  std::optional<Alternative> A = asAlternative(S, Ctx, AsksLevel);
  if (A)
    Out.push_back(*A);
  return A.has_value();
}

static bool neverReturns(const Stmt *S) {
  if (const auto *C = dyn_cast_or_null<CompoundStmt>(S))
    return llvm::any_of(C->body(), neverReturns);
  const auto *E = dyn_cast_or_null<Expr>(S);
  const auto *Call = E ? dyn_cast<CallExpr>(E->IgnoreParenCasts()) : nullptr;
  const FunctionDecl *FD = Call ? Call->getDirectCallee() : nullptr;
  return FD && FD->isNoReturn();
}

Expr *BodyRewriter::levelBounds(Expr *Cond, const Asks &AsksLevel) {
  SmallVector<Alternative, 4> All;
  if (!alternativesOf(Cond, Ctx, AsksLevel, All) || All.size() < 2)
    return nullptr;
  uint64_t Lo = ~0ULL, Hi = 0;
  for (const Alternative &A : All) {
    Lo = std::min(Lo, A.Lo);
    Hi = std::max(Hi, A.Hi);
  }
  const SourceLocation L = Cond->getBeginLoc();
  auto Compare = [&](CallExpr *Level, BinaryOperatorKind Op, uint64_t N) {
    auto *Wide =
        ImplicitCastExpr::Create(Ctx, Ctx.IntTy, CK_IntegralCast, Level,
                                 nullptr, VK_PRValue, FPOptionsOverride());
    bool Cxx = Ctx.getLangOpts().CPlusPlus;
    return BinaryOperator::Create(Ctx, Wide, number(N, L), Op,
                                  Cxx ? Ctx.BoolTy : Ctx.IntTy, VK_PRValue,
                                  OK_Ordinary, L, FPOptionsOverride());
  };
  // (Each has a call of its own: an expression stands in one place only.)
  Expr *Low = Lo ? Compare(All[0].Level, BO_GE, Lo) : nullptr;
  Expr *High = Hi != ~0ULL ? Compare(All[1].Level, BO_LE, Hi) : nullptr;
  if (!Low || !High)
    return Low ? Low : High;
  return BinaryOperator::Create(Ctx, Low, High, BO_LAnd, Low->getType(),
                                VK_PRValue, OK_Ordinary, L,
                                FPOptionsOverride());
}

void BodyRewriter::joinAsserted(Stmt *S, const Asks &AsksLevel) {
  if (!S)
    return;
  if (auto *C = dyn_cast<ConditionalOperator>(S);
      C && neverReturns(C->getFalseExpr())) {
    if (Expr *New = levelBounds(C->getCond(), AsksLevel))
      replace(*C->child_begin(), New);
    return;
  }
  if (auto *I = dyn_cast<IfStmt>(S); I && !I->getElse()) {
    auto *Not = dyn_cast<UnaryOperator>(I->getCond()->IgnoreParenImpCasts());
    if (Not && Not->getOpcode() == UO_LNot && neverReturns(I->getThen())) {
      if (Expr *New = levelBounds(Not->getSubExpr(), AsksLevel)) {
        // (The operand may be wrapped in a conversion to a truth value.)
        if (Not->getSubExpr()->getType() == New->getType())
          replace(*Not->child_begin(), New);
      }
      return;
    }
  }
  for (Stmt *Child : S->children())
    joinAsserted(Child, AsksLevel);
}

static bool assertsFalse(const Stmt *S, const ASTContext &Ctx) {
  const auto *E = dyn_cast<Expr>(S);
  const auto *C =
      E ? dyn_cast<ConditionalOperator>(E->IgnoreParenCasts()) : nullptr;
  bool Holds = true;
  return C && neverReturns(C->getFalseExpr()) &&
         !C->getCond()->isValueDependent() &&
         C->getCond()->EvaluateAsBooleanCondition(Holds, Ctx) && !Holds;
}

void BodyRewriter::dropFalseAssertions(Stmt *S) {
  if (!S || isa<Expr>(S))
    return;
  const auto *Block = dyn_cast<CompoundStmt>(S);
  for (Stmt *&Child : S->children()) {
    if (!Child)
      continue;
    // The place of the statement behind its labels.
    Stmt **Slot = &Child;
    while (isa<SwitchCase, LabelStmt>(*Slot))
      for (Stmt *&Sub : (*Slot)->children())
        Slot = &Sub; // (the last one)
    const bool Last = !Block || Child == Block->body_back() ||
                      isa<BreakStmt>(*(llvm::find(Block->body(), Child) + 1));
    if (!Last && assertsFalse(*Slot, Ctx))
      replace(*Slot, new (Ctx) NullStmt((*Slot)->getBeginLoc()));
    else
      dropFalseAssertions(Child);
  }
}
