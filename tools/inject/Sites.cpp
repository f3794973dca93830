//===- Sites.cpp - Statements of a function that lock or unlock -----------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sites.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Lex/Lexer.h"

using namespace clang;
using namespace irqlint;

int irqlint::offsetOf(SourceLocation L, const ASTContext &Ctx) {
  const SourceManager &SM = Ctx.getSourceManager();
  if (L.isInvalid() || L.isMacroID() || !SM.isInMainFile(L) ||
      SM.getFileID(L) != SM.getMainFileID())
    return -1;
  return SM.getFileOffset(L);
}

int irqlint::offsetBehind(SourceLocation L, const ASTContext &Ctx) {
  if (offsetOf(L, Ctx) < 0)
    return -1;
  return offsetOf(Lexer::getLocForEndOfToken(L, 0, Ctx.getSourceManager(),
                                             Ctx.getLangOpts()),
                  Ctx);
}

std::string irqlint::textOf(SourceRange R, const ASTContext &Ctx) {
  int B = offsetOf(R.getBegin(), Ctx), E = offsetBehind(R.getEnd(), Ctx);
  if (B < 0 || E < B)
    return "";
  const SourceManager &SM = Ctx.getSourceManager();
  return SM.getBufferData(SM.getMainFileID()).substr(B, E - B).str();
}

namespace {

/// The value that a contract names, as far as the call shows it.
const Expr *argumentOf(const CallExpr *C, const ValueRef &V) {
  if ((V.K != ValueRef::Arg && V.K != ValueRef::Deref &&
       V.K != ValueRef::Member) ||
      V.Index >= C->getNumArgs())
    return nullptr;
  return C->getArg(V.Index);
}

/// Whether \p When holds: no, yes, or not to be told.
enum class Holds { No, Yes, Unknown };
Holds holds(const Conditions &When, const CallExpr *C, const ASTContext &Ctx) {
  Holds R = Holds::Yes;
  for (const Condition &K : When) {
    const Expr *A = argumentOf(C, K.Value);
    Expr::EvalResult V;
    if (!A || K.Value.K != ValueRef::Arg ||
        (K.Is != Condition::Zero && K.Is != Condition::NonZero) ||
        !A->EvaluateAsInt(V, Ctx)) {
      R = Holds::Unknown;
      continue;
    }
    if ((V.Val.getInt() == 0) != (K.Is == Condition::Zero))
      return Holds::No;
  }
  return R;
}

class CallCollector : public RecursiveASTVisitor<CallCollector> {
public:
  std::vector<const CallExpr *> Calls;
  bool Leaves = false;
  bool VisitCallExpr(CallExpr *C) {
    Calls.push_back(C);
    return true;
  }
  bool VisitReturnStmt(ReturnStmt *) { return leave(); }
  bool VisitGotoStmt(GotoStmt *) { return leave(); }
  bool VisitBreakStmt(BreakStmt *) { return leave(); }
  bool VisitContinueStmt(ContinueStmt *) { return leave(); }
  bool TraverseLambdaExpr(LambdaExpr *) { return true; }

private:
  bool leave() {
    Leaves = true;
    return true;
  }
};

class SiteFinder {
public:
  SiteFinder(const ASTContext &Ctx, const UnitIndex &Index)
      : Ctx(Ctx), SM(Ctx.getSourceManager()), Index(Index) {}

  void walk(const Stmt *S, const Stmt *Block = nullptr, unsigned At = 0) {
    if (!S)
      return;
    if (!isExpansion(S)) {
      if (const auto *C = dyn_cast<CompoundStmt>(S)) {
        unsigned N = 0;
        for (const Stmt *Child : C->body())
          walk(Child, C, N++);
        return;
      }
      if (const auto *I = dyn_cast<IfStmt>(S)) {
        walk(I->getThen());
        walk(I->getElse());
        return;
      }
      if (isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt, SwitchStmt>(S)) {
        const Stmt *Outer = Loop;
        Loop = isa<SwitchStmt>(S) ? nullptr : S;
        for (const Stmt *Child : S->children())
          if (Child && Child == bodyOf(S))
            walk(Child);
        Loop = Outer;
        return;
      }
      if (const auto *L = dyn_cast<SwitchCase>(S))
        return walk(L->getSubStmt());
      if (const auto *L = dyn_cast<LabelStmt>(S))
        return walk(L->getSubStmt());
      if (const auto *L = dyn_cast<AttributedStmt>(S))
        return walk(L->getSubStmt(), Block, At);
      if (const auto *T = dyn_cast<SEHTryStmt>(S)) {
        walk(T->getTryBlock());
        walk(T->getHandler());
        return;
      }
      if (const auto *F = dyn_cast<SEHFinallyStmt>(S))
        return walk(F->getBlock());
      if (const auto *E = dyn_cast<SEHExceptStmt>(S))
        return walk(E->getBlock());
    }
    leaf(S, Block, At);
  }

  std::vector<Site> Sites;

private:
  /// The statement as a whole is what one use of a macro gives.
  bool isExpansion(const Stmt *S) const {
    SourceLocation B = S->getBeginLoc(), E = S->getEndLoc();
    return B.isMacroID() && E.isMacroID() &&
           SM.getExpansionLoc(B) == SM.getExpansionLoc(E);
  }

  static const Stmt *bodyOf(const Stmt *S) {
    if (const auto *F = dyn_cast<ForStmt>(S))
      return F->getBody();
    if (const auto *W = dyn_cast<WhileStmt>(S))
      return W->getBody();
    if (const auto *D = dyn_cast<DoStmt>(S))
      return D->getBody();
    if (const auto *R = dyn_cast<CXXForRangeStmt>(S))
      return R->getBody();
    return cast<SwitchStmt>(S)->getBody();
  }

  void leaf(const Stmt *S, const Stmt *Block, unsigned At) {
    Site R;
    CharSourceRange Range = SM.getExpansionRange(S->getSourceRange());
    int B = offsetOf(Range.getBegin(), Ctx),
        E = offsetBehind(Range.getEnd(), Ctx);
    if (B < 0 || E <= B)
      return;
    StringRef Buffer = SM.getBufferData(SM.getMainFileID());
    size_t Semi = Buffer.find_first_not_of(" \t\r\n", E);
    if (Semi != StringRef::npos && Buffer[Semi] == ';')
      E = Semi + 1;
    R.Begin = B;
    R.End = E;
    R.Line = SM.getExpansionLineNumber(Range.getBegin());
    R.Text = Buffer.substr(B, E - B).str();
    R.Block = Block;
    R.Index = At;
    R.Loop = Loop;
    CallCollector C;
    C.TraverseStmt(const_cast<Stmt *>(S));
    for (const CallExpr *Call : C.Calls)
      addEffects(R, Call);
    R.Removable = !C.Leaves && StringRef(R.Text).ends_with(";") &&
                  (isExpansion(S) || isCall(S));
    Sites.push_back(std::move(R));
  }

  /// A call, or one whose result is kept as the old level.
  static bool isCall(const Stmt *S) {
    const auto *E = dyn_cast<Expr>(S);
    if (!E)
      return false;
    E = E->IgnoreParenCasts();
    if (const auto *A = dyn_cast<BinaryOperator>(E))
      if (A->getOpcode() == BO_Assign &&
          A->getLHS()->getType().getAsString() == "KIRQL")
        E = A->getRHS()->IgnoreParenCasts();
    return isa<CallExpr>(E);
  }

  void addEffects(Site &R, const CallExpr *C) {
    const FunctionDecl *FD = C->getDirectCallee();
    const FunctionContract *Fn = FD ? Index.ruleOf(FD) : nullptr;
    if (!Fn)
      return;
    for (const Effect &E : Fn->Effects) {
      Holds H = holds(E.When, C, Ctx);
      if (H != Holds::Yes || E.IfHeld)
        continue;
      SiteEffect S;
      S.What = &E;
      S.Call = C;
      S.Kind = Index.rules().lockKind(E.LockKind);
      if (const Expr *A = argumentOf(C, E.Lock)) {
        const Expr *Object = A->IgnoreParenCasts();
        if (const auto *U = dyn_cast<UnaryOperator>(Object))
          if (U->getOpcode() == UO_AddrOf)
            Object = U->getSubExpr()->IgnoreParens();
        if (E.OfType && !hasType(A, E.LockKind))
          continue;
        llvm::raw_string_ostream OS(S.Lock);
        Object->printPretty(OS, nullptr, Ctx.getPrintingPolicy());
      } else if (!E.GlobalLock.empty()) {
        S.Lock = E.GlobalLock;
      }
      if (!S.Lock.empty() && S.Kind)
        S.Lock = S.Kind->Name + " " + S.Lock;
      R.Effects.push_back(std::move(S));
    }
  }

  bool hasType(const Expr *A, StringRef Kind) const {
    QualType T = A->IgnoreParenCasts()->getType();
    if (T->isPointerType())
      T = T->getPointeeType();
    const LockKindInfo *K =
        Index.rules().lockKindOfType(T.getUnqualifiedType().getAsString());
    return K && K->Name == Kind;
  }

  const ASTContext &Ctx;
  const SourceManager &SM;
  const UnitIndex &Index;
  const Stmt *Loop = nullptr;
};

} // namespace

std::vector<Site> irqlint::sitesOf(const FunctionDecl *FD,
                                   const UnitIndex &Index) {
  const ASTContext &Ctx = FD->getASTContext();
  const Stmt *Body = FD->getBody();
  if (!Body || offsetOf(Body->getBeginLoc(), Ctx) < 0 ||
      offsetOf(Body->getEndLoc(), Ctx) < 0)
    return {};
  SiteFinder F(Ctx, Index);
  F.walk(Body);
  return std::move(F.Sites);
}
