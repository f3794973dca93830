//===- Values.cpp ---------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Values.h"
#include "Engine/CallPlace.h"
#include "Engine/Memory.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/Lex/Lexer.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/SValBuilder.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

namespace {
struct CallState : clang::ento::CallEvent {
  static ProgramStateRef before(const clang::ento::CallEvent &C) {
    return (C.*(&CallState::getState))();
  }
};
} // namespace

ProgramStateRef irqlint::stateBefore(const clang::ento::CallEvent &C) {
  return CallState::before(C);
}

/// A member by name, also inside anonymous structs and unions.
static const FieldDecl *findField(const RecordDecl *R, StringRef Name) {
  R = R->getDefinition();
  if (!R)
    return nullptr;
  for (const FieldDecl *F : R->fields())
    if (F->getIdentifier() && F->getName() == Name)
      return F;
  return nullptr;
}

SVal irqlint::valueOf(const ValueRef &R, const clang::ento::CallEvent &Call,
                      ProgramStateRef S, SVal Ret) {
  switch (R.K) {
  case ValueRef::None:
    return UnknownVal();
  case ValueRef::Ret:
    return Ret;
  case ValueRef::This:
    if (const auto *M = dyn_cast<clang::ento::CXXInstanceCall>(&Call))
      return M->getCXXThisVal();
    return UnknownVal();
  case ValueRef::Arg:
    return R.Index < Call.getNumArgs() ? Call.getArgSVal(R.Index)
                                       : SVal(UnknownVal());
  case ValueRef::Deref: {
    if (R.Index >= Call.getNumArgs())
      return UnknownVal();
    auto L = Call.getArgSVal(R.Index).getAs<Loc>();
    if (!L || !L->getAsRegion())
      return UnknownVal();
    ASTContext &Ctx = S->getStateManager().getContext();
    QualType T = Call.getArgExpr(R.Index)->getType()->getPointeeType();
    // LARGE_INTEGER and the like are read as the 64-bit number they hold.
    if (T.isNull() || T->isVoidType() || T->isRecordType())
      T = Ctx.LongLongTy;
    return S->getSVal(*L, T.getUnqualifiedType());
  }
  case ValueRef::Member: {
    if (R.Index >= Call.getNumArgs())
      return UnknownVal();
    const MemRegion *Base = Call.getArgSVal(R.Index).getAsRegion();
    QualType T = Call.getArgExpr(R.Index)->getType();
    if (T->isPointerType())
      T = T->getPointeeType();
    const auto *RT = T->getAs<RecordType>();
    const FieldDecl *F = RT ? findField(RT->getDecl(), R.Field) : nullptr;
    if (!F || !Base)
      return UnknownVal();
    auto Field = S->getLValue(F, loc::MemRegionVal(Base)).getAs<Loc>();
    return Field ? S->getSVal(*Field, F->getType()) : SVal(UnknownVal());
  }
  }
  return UnknownVal();
}

ProgramStateRef irqlint::fill(const ValueRef &R,
                              const clang::ento::CallEvent &Call,
                              ProgramStateRef S, unsigned Count) {
  if (R.K != ValueRef::Deref || R.Index >= Call.getNumArgs())
    return S;
  auto L = Call.getArgSVal(R.Index).getAs<Loc>();
  QualType T = Call.getArgExpr(R.Index)->getType()->getPointeeType();
  if (!L || !L->getAsRegion() || T.isNull() || !T->isScalarType())
    return S;
  SVal V = S->getStateManager().getSValBuilder().conjureSymbolVal(
      Call, T.getUnqualifiedType(), Count, &R);
  return S->bindLoc(*L, V, Call.getLocationContext());
}

static std::pair<ProgramStateRef, ProgramStateRef>
splitOne(const Condition &C, const clang::ento::CallEvent &Call,
         ProgramStateRef S, SVal Ret) {
  if (C.Is == Condition::Unused) {
    bool Holds = C.Value.K == ValueRef::Ret && isResultUnused(Call);
    return Holds ? std::pair(S, ProgramStateRef())
                 : std::pair(ProgramStateRef(), S);
  }
  SVal V = valueOf(C.Value, Call, S, Ret);
  // What is not null cannot be told of a pointee through a null pointer.
  auto D = V.getAs<DefinedSVal>();
  if (!D || V.getAs<nonloc::LazyCompoundVal>() ||
      V.getAs<nonloc::CompoundVal>() || V.getAs<nonloc::PointerToMember>())
    return {S, S};
  switch (C.Is) {
  case Condition::OnStack:
  case Condition::Global:
  case Condition::Paged: {
    bool Holds = C.Is == Condition::OnStack ? isOnStack(V)
                 : C.Is == Condition::Global
                     ? isGlobal(V)
                     : memoryKindOf(V, S) == MemoryKind::Paged;
    return Holds ? std::pair(S, ProgramStateRef())
                 : std::pair(ProgramStateRef(), S);
  }
  case Condition::Zero: {
    auto [T, F] = S->assume(*D);
    return {F, T};
  }
  case Condition::NonZero:
    return S->assume(*D);
  default:
    break;
  }
  SValBuilder &SVB = S->getStateManager().getSValBuilder();
  QualType T = V.getType(SVB.getContext());
  if (auto P = V.getAs<loc::ConcreteInt>()) {
    // A number that is spelled as a pointer.
    T = SVB.getContext().getUIntPtrType();
    V = SVB.makeIntVal(P->getValue()->getZExtValue(), T);
  }
  if (T.isNull() || !T->isIntegralOrEnumerationType())
    return {S, S};
  SVal K = SVB.makeIntVal(static_cast<uint64_t>(C.Of), T);
  SVal Test;
  auto Compare = [&](BinaryOperatorKind Op) {
    return SVB.evalBinOp(S, Op, V, K, SVB.getConditionType());
  };
  switch (C.Is) {
  case Condition::Eq:
    Test = Compare(BO_EQ);
    break;
  case Condition::Ne:
    Test = Compare(BO_NE);
    break;
  case Condition::Lt:
    Test = Compare(BO_LT);
    break;
  case Condition::Le:
    Test = Compare(BO_LE);
    break;
  case Condition::Gt:
    Test = Compare(BO_GT);
    break;
  case Condition::Ge:
    Test = Compare(BO_GE);
    break;
  default:
    Test = SVB.evalBinOp(S, BO_And, V, K, T);
    break;
  }
  auto TD = Test.getAs<DefinedSVal>();
  if (!TD)
    return {S, S};
  auto [Yes, No] = S->assume(*TD);
  if (C.Is == Condition::NoBits)
    return {No, Yes};
  return {Yes, No};
}

std::pair<ProgramStateRef, ProgramStateRef>
irqlint::splitOn(const Conditions &C, const clang::ento::CallEvent &Call,
                 ProgramStateRef S, SVal Ret) {
  ProgramStateRef Yes = S, No;
  for (const Condition &One : C) {
    auto [T, F] = splitOne(One, Call, Yes, Ret);
    if (F && !No)
      No = F;
    Yes = T;
    if (!Yes)
      break;
  }
  return {Yes, No};
}

Applies irqlint::holds(const Conditions &C, const clang::ento::CallEvent &Call,
                       ProgramStateRef S, SVal Ret) {
  if (C.empty())
    return Applies::Yes;
  auto [Yes, No] = splitOn(C, Call, S, Ret);
  if (!Yes)
    return Applies::No;
  return No ? Applies::Maybe : Applies::Yes;
}

/// "(Ext)->Lock" is how a macro protects its argument; nobody wrote it so.
static std::string withoutMacroParens(StringRef T) {
  if (T.consume_front("(")) {
    StringRef Name = T.take_until([](char C) { return C == ')'; });
    StringRef Rest = T.drop_front(Name.size());
    bool Plain =
        llvm::all_of(Name, [](char C) { return llvm::isAlnum(C) || C == '_'; });
    if (Plain && (Rest.starts_with(")->") || Rest.starts_with(").")))
      return (Name + Rest.drop_front(1)).str();
    return ("(" + T).str();
  }
  return T.str();
}

std::string irqlint::textOf(const Expr *E, const ASTContext &Ctx) {
  if (!E)
    return "";
  E = E->IgnoreParenCasts();
  if (const auto *U = dyn_cast<UnaryOperator>(E))
    if (U->getOpcode() == UO_AddrOf)
      E = U->getSubExpr()->IgnoreParens();
  const SourceManager &SM = Ctx.getSourceManager();
  CharSourceRange R = Lexer::makeFileCharRange(
      CharSourceRange::getTokenRange(E->getSourceRange()), SM,
      Ctx.getLangOpts());
  StringRef T;
  if (R.isValid())
    T = Lexer::getSourceText(R, SM, Ctx.getLangOpts());
  // From inside a macro the expression itself is printed.
  if (T.empty() || T.size() > 60 || T.contains('\n')) {
    std::string Out;
    llvm::raw_string_ostream OS(Out);
    E->printPretty(OS, nullptr, PrintingPolicy(Ctx.getLangOpts()));
    return withoutMacroParens(Out);
  }
  return T.ltrim("& ").str();
}

/// What the call that led into \p SF hands in for \p E, or null.
static const Expr *handedIn(const Expr *E, const StackFrameContext *SF) {
  const auto *FD = dyn_cast<FunctionDecl>(SF->getDecl());
  const auto *Call = dyn_cast_or_null<CallExpr>(SF->getCallSite());
  E = E->IgnoreParenCasts();
  if (const auto *U = dyn_cast<UnaryOperator>(E);
      U && U->getOpcode() == UO_AddrOf)
    E = U->getSubExpr()->IgnoreParenCasts();
  if (!FD || !Call)
    return nullptr;
  if (const auto *R = dyn_cast<DeclRefExpr>(E)) {
    const auto *P = dyn_cast<ParmVarDecl>(R->getDecl());
    unsigned I = P ? P->getFunctionScopeIndex() : 0;
    return P && P->getDeclContext() == FD && I < Call->getNumArgs()
               ? Call->getArg(I)
               : nullptr;
  }
  // A member, or what a method makes of it.
  const Expr *Object = nullptr;
  if (const auto *C = dyn_cast<CXXMemberCallExpr>(E))
    Object = C->getImplicitObjectArgument();
  else if (const auto *M = dyn_cast<MemberExpr>(E))
    Object = M->getBase();
  const auto *Method = dyn_cast<CXXMemberCallExpr>(Call);
  return Object && Method && isa<CXXThisExpr>(Object->IgnoreParenCasts())
             ? Method->getImplicitObjectArgument()
             : nullptr;
}

std::string irqlint::textOf(const Expr *E, const LocationContext *LC) {
  const ASTContext &Ctx = LC->getDecl()->getASTContext();
  const SourceManager &SM = Ctx.getSourceManager();
  for (const StackFrameContext *SF = LC->getStackFrame();
       E && !SF->inTopFrame() &&
       SM.isInSystemHeader(SM.getExpansionLoc(SF->getDecl()->getLocation()));
       SF = SF->getParent()->getStackFrame()) {
    const Expr *Outer = handedIn(E, SF);
    if (!Outer || isa<CXXThisExpr>(Outer->IgnoreParenCasts()))
      break;
    E = Outer;
  }
  return textOf(E, Ctx);
}

bool irqlint::argumentIsOf(ArrayRef<std::string> Types, unsigned Index,
                           const clang::ento::CallEvent &Call) {
  return Index < Call.getNumArgs() &&
         typeIsOf(Types, Call.getArgExpr(Index)->IgnoreParenCasts()->getType());
}

bool irqlint::typeIsOf(ArrayRef<std::string> Types, QualType T) {
  bool Pointee = false;
  for (unsigned I = 0; I < 8; ++I) {
    StringRef Name;
    const auto *TT = T->getAs<TypedefType>();
    if (TT)
      Name = TT->getDecl()->getName();
    else if (const auto *RT = T->getAs<RecordType>())
      Name = RT->getDecl()->getName();
    // PKMUTEX is a pointer to a KMUTEX, and WDFTIMER itself a pointer.
    for (const std::string &Known : Types)
      if (Name == Known ||
          (!Pointee && Name.starts_with("P") && Name.drop_front() == Known))
        return true;
    if (TT) {
      T = TT->desugar();
    } else if (T->isPointerType() && !Pointee) {
      T = T->getPointeeType();
      Pointee = true;
    } else {
      break;
    }
  }
  return false;
}
