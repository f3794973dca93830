//===- BodyRewriter.cpp ---------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/BodyRewriter.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"

using namespace clang;
using namespace irqlint;

static constexpr llvm::StringLiteral Prefix = BodyRewriter::NamePrefix;
static constexpr llvm::StringLiteral UnknownName = "irqlint$unknown";

bool BodyRewriter::isControlVariable(const VarDecl *V) {
  return V->getIdentifier() && V->getName().starts_with(Prefix);
}

bool BodyRewriter::isUnknownMarker(const FunctionDecl *FD) {
  return FD->getIdentifier() && FD->getName() == UnknownName;
}

BodyRewriter::BodyRewriter(ASTContext &Ctx,
                           std::function<bool(const FunctionDecl *)> Matters)
    : Ctx(Ctx), Matters(std::move(Matters)) {}

BodyRewriter::~BodyRewriter() {
  for (auto I = Undo.rbegin(), E = Undo.rend(); I != E; ++I)
    (*I)();
}

void BodyRewriter::replace(Stmt *&Slot, Stmt *New) {
  Stmt *Old = Slot;
  Stmt **Place = &Slot;
  Undo.push_back([Place, Old] { *Place = Old; });
  Slot = New;
}

//===----------------------------------------------------------------------===//
// Small builders
//===----------------------------------------------------------------------===//

Expr *BodyRewriter::number(unsigned N, SourceLocation L) {
  return IntegerLiteral::Create(Ctx, llvm::APInt(Ctx.getIntWidth(Ctx.IntTy), N),
                                Ctx.IntTy, L);
}

Expr *BodyRewriter::unknownValue(QualType T, SourceLocation L) {
  if (T.isNull() || T->isDependentType() || T->isVoidType() ||
      !T->isScalarType())
    T = Ctx.IntTy;
  T = T.getUnqualifiedType();
  QualType FT = Ctx.getFunctionType(T, {}, FunctionProtoType::ExtProtoInfo());
  auto *FD = FunctionDecl::Create(Ctx, Ctx.getTranslationUnitDecl(), L, L,
                                  &Ctx.Idents.get(UnknownName), FT, nullptr,
                                  SC_Extern);
  FD->setImplicit();
  auto *Ref =
      DeclRefExpr::Create(Ctx, NestedNameSpecifierLoc(), SourceLocation(), FD,
                          false, L, FT, VK_LValue);
  auto *Fn = ImplicitCastExpr::Create(Ctx, Ctx.getPointerType(FT),
                                      CK_FunctionToPointerDecay, Ref, nullptr,
                                      VK_PRValue, FPOptionsOverride());
  return CallExpr::Create(Ctx, Fn, {}, T, VK_PRValue, L, FPOptionsOverride());
}

VarDecl *BodyRewriter::makeVariable(DeclContext *DC, StringRef Name, QualType T,
                                    Expr *Init, SourceLocation L) {
  std::string Full = (Prefix + Name + llvm::Twine(Serial++)).str();
  auto *V = VarDecl::Create(Ctx, DC, L, L, &Ctx.Idents.get(Full),
                            T.getUnqualifiedType(), nullptr, SC_None);
  V->setImplicit();
  if (Init)
    V->setInit(Init);
  return V;
}

Stmt *BodyRewriter::declare(VarDecl *V, SourceLocation L) {
  return new (Ctx) DeclStmt(DeclGroupRef(V), L, L);
}

Expr *BodyRewriter::load(VarDecl *V, SourceLocation L) {
  auto *Ref =
      DeclRefExpr::Create(Ctx, NestedNameSpecifierLoc(), SourceLocation(), V,
                          false, L, V->getType(), VK_LValue);
  return ImplicitCastExpr::Create(Ctx, V->getType(), CK_LValueToRValue, Ref,
                                  nullptr, VK_PRValue, FPOptionsOverride());
}

Stmt *BodyRewriter::assign(VarDecl *V, Expr *Val, SourceLocation L) {
  auto *Ref =
      DeclRefExpr::Create(Ctx, NestedNameSpecifierLoc(), SourceLocation(), V,
                          false, L, V->getType(), VK_LValue);
  bool Cxx = Ctx.getLangOpts().CPlusPlus;
  return BinaryOperator::Create(Ctx, Ref, Val, BO_Assign, V->getType(),
                                Cxx ? VK_LValue : VK_PRValue, OK_Ordinary, L,
                                FPOptionsOverride());
}

LabelDecl *BodyRewriter::makeLabel(DeclContext *DC, SourceLocation L) {
  std::string Name = (Prefix + "label" + llvm::Twine(Serial++)).str();
  return LabelDecl::Create(Ctx, DC, L, &Ctx.Idents.get(Name));
}

Stmt *BodyRewriter::jump(LabelDecl *To, SourceLocation L) {
  return new (Ctx) GotoStmt(To, L, L);
}

Stmt *BodyRewriter::block(ArrayRef<Stmt *> Body, SourceLocation B,
                          SourceLocation E) {
  return CompoundStmt::Create(Ctx, Body, FPOptionsOverride(), B, E);
}

//===----------------------------------------------------------------------===//
// Damaged statements
//===----------------------------------------------------------------------===//

bool irqlint::isDamaged(const Stmt *S) {
  const auto *E = dyn_cast_or_null<Expr>(S);
  return E &&
         (E->containsErrors() || E->isTypeDependent() || E->isValueDependent());
}

static void collectCalls(Stmt *S, SmallVectorImpl<Stmt *> &Out) {
  if (!S)
    return;
  if (auto *C = dyn_cast<CallExpr>(S); C && !isDamaged(C)) {
    Out.push_back(C);
    return;
  }
  for (Stmt *Child : S->children())
    collectCalls(Child, Out);
}

/// The function that \p E names. (With arguments that are lost, C++ would look
/// for others by their types.)
static FunctionDecl *functionNamedBy(Stmt *S) {
  NamedDecl *D = nullptr;
  if (auto *R = dyn_cast<DeclRefExpr>(S))
    D = R->getDecl();
  else if (auto *O = dyn_cast<UnresolvedLookupExpr>(S);
           O && O->getNumDecls() == 1 && !O->hasExplicitTemplateArgs())
    D = *O->decls_begin();
  return dyn_cast_or_null<FunctionDecl>(D ? D->getUnderlyingDecl() : nullptr);
}

/// A routine named in \p S outside of its intact calls.
static const FunctionDecl *
damagedCallee(const Stmt *S,
              const std::function<bool(const FunctionDecl *)> &Matters) {
  if (!S || (isa<CallExpr>(S) && !isDamaged(S)))
    return nullptr;
  if (const FunctionDecl *FD = functionNamedBy(const_cast<Stmt *>(S)))
    return Matters(FD) ? FD : nullptr;
  for (const Stmt *C : S->children())
    if (const FunctionDecl *FD = damagedCallee(C, Matters))
      return FD;
  return nullptr;
}

/// \p E, which the parser left as it stands in a call that it gave up, as an
/// argument of type \p T; null if that takes more than a plain conversion.
Expr *BodyRewriter::asArgument(Expr *E, QualType T) {
  auto Cast = [&](Expr *From, QualType To, CastKind K) -> Expr * {
    return ImplicitCastExpr::Create(Ctx, To, K, From, nullptr, VK_PRValue,
                                    FPOptionsOverride());
  };
  if (T->isReferenceType() || !T->isScalarType())
    return nullptr;
  QualType From = E->getType();
  if (From->isArrayType())
    E = Cast(E, Ctx.getArrayDecayedType(From), CK_ArrayToPointerDecay);
  else if (E->isGLValue() && From->isScalarType())
    E = Cast(E, From.getUnqualifiedType(), CK_LValueToRValue);
  From = E->getType();
  if (E->isGLValue() || !From->isScalarType())
    return nullptr;
  if (Ctx.hasSameUnqualifiedType(From, T))
    return E;
  if (From->isIntegralOrEnumerationType() && T->isIntegralOrEnumerationType())
    return Cast(E, T, CK_IntegralCast);
  if (From->isPointerType() && T->isPointerType())
    return Cast(E, T, CK_BitCast);
  if (T->isPointerType() &&
      E->isNullPointerConstant(Ctx, Expr::NPC_ValueDependentIsNotNull))
    return Cast(E, T, CK_NullToPointer);
  return nullptr;
}

/// The parser knew the routine, and lost no more than numbers among what is
/// given to it: the call happens, and these are unknown.
Stmt *BodyRewriter::withUnknownNumbers(Stmt *S) {
  auto *C = dyn_cast<CallExpr>(S);
  FunctionDecl *FD =
      C ? functionNamedBy(C->getCallee()->IgnoreParenImpCasts()) : nullptr;
  if (!FD || FD->isVariadic() || FD->getNumParams() != C->getNumArgs() ||
      FD->getType()->isDependentType() || !Matters(FD))
    return nullptr;
  SmallVector<Expr *, 8> Args;
  for (unsigned I = 0; I < C->getNumArgs(); ++I) {
    QualType T = FD->getParamDecl(I)->getType();
    Expr *A = C->getArg(I);
    if (!isDamaged(A))
      A = asArgument(A, T);
    else if (T->isIntegralOrEnumerationType())
      A = unknownValue(T, A->getBeginLoc());
    else
      A = nullptr;
    if (!A)
      return nullptr;
    Args.push_back(A);
  }
  auto *Ref = DeclRefExpr::Create(
      Ctx, NestedNameSpecifierLoc(), SourceLocation(), FD, false,
      C->getCallee()->getBeginLoc(), FD->getType(), VK_LValue);
  auto *Fn = ImplicitCastExpr::Create(Ctx, Ctx.getPointerType(FD->getType()),
                                      CK_FunctionToPointerDecay, Ref, nullptr,
                                      VK_PRValue, FPOptionsOverride());
  return CallExpr::Create(Ctx, Fn, Args, FD->getCallResultType(),
                          Expr::getValueKindForType(FD->getReturnType()),
                          C->getRParenLoc(), FPOptionsOverride());
}

Stmt *BodyRewriter::intactCallsOf(Stmt *S) {
  if (Stmt *Again = withUnknownNumbers(S))
    return Again;
  LostCall |= damagedCallee(S, Matters) != nullptr;
  SmallVector<Stmt *, 4> Calls;
  collectCalls(S, Calls);
  if (Calls.empty())
    return new (Ctx) NullStmt(S->getBeginLoc());
  return block(Calls, S->getBeginLoc(), S->getEndLoc());
}

bool BodyRewriter::repair(Stmt *S) {
  if (auto *D = dyn_cast<DeclStmt>(S)) {
    for (Decl *Decl : D->decls()) {
      auto *V = dyn_cast<VarDecl>(Decl);
      if (!V)
        continue;
      Expr *Init = V->getInit();
      if (V->isInvalidDecl() || V->getType()->isDependentType() ||
          V->getType()->isUndeducedType())
        continue; // dropped by the parent
      if (Init && isDamaged(Init)) {
        // What it holds is not known; without a value it would count as
        // uninitialised.
        bool Scalar = V->getType()->isScalarType();
        V->setInit(Scalar ? unknownValue(V->getType(), Init->getBeginLoc())
                          : nullptr);
        Undo.push_back([V, Init] { V->setInit(Init); });
      }
    }
    return true;
  }
  if (auto *C = dyn_cast<CaseStmt>(S)) {
    if (isDamaged(C->getLHS()) || isDamaged(C->getRHS()))
      return false;
  }
  if (isa<IndirectGotoStmt>(S))
    return false;
  if (isa<CXXForRangeStmt, CXXTryStmt, CXXCatchStmt, CoroutineBodyStmt>(S))
    for (Stmt *Child : S->children())
      if (isDamaged(Child))
        return false;
  for (Stmt *&Child : S->children()) {
    if (!Child)
      continue;
    if (auto *E = dyn_cast<Expr>(Child)) {
      if (!isDamaged(E))
        continue;
      bool ValueWanted =
          isa<IfStmt, WhileStmt, DoStmt, SwitchStmt, ReturnStmt>(S) ||
          (isa<ForStmt>(S) && Child == cast<ForStmt>(S)->getCond());
      if (ValueWanted) {
        QualType T = isa<ReturnStmt>(S) && !E->getType()->isDependentType()
                         ? E->getType()
                         : Ctx.IntTy;
        replace(Child, unknownValue(T, E->getBeginLoc()));
      } else if (isa<ForStmt>(S)) {
        replace(Child, unknownValue(Ctx.IntTy, E->getBeginLoc()));
      } else {
        replace(Child, intactCallsOf(E));
      }
      continue;
    }
    if (auto *D = dyn_cast<DeclStmt>(Child)) {
      for (Decl *Decl : D->decls()) {
        auto *V = dyn_cast<VarDecl>(Decl);
        if (V && (V->isInvalidDecl() || V->getType()->isDependentType() ||
                  V->getType()->isUndeducedType())) {
          replace(Child, V->getInit() ? intactCallsOf(V->getInit())
                                      : new (Ctx) NullStmt(D->getBeginLoc()));
          break;
        }
      }
    }
    if (auto *G = dyn_cast<GotoStmt>(Child))
      if (!G->getLabel()->getStmt()) {
        // The label was lost with a damaged statement: the path ends here.
        replace(Child,
                ReturnStmt::Create(Ctx, G->getBeginLoc(), nullptr, nullptr));
        continue;
      }
    if (!isa<Expr>(Child) && !repair(Child))
      return false;
  }
  return true;
}

static bool hasSeh(const Stmt *S) {
  if (!S)
    return false;
  if (isa<SEHTryStmt>(S))
    return true;
  for (const Stmt *C : S->children())
    if (hasSeh(C))
      return true;
  return false;
}

static bool anyDamage(const Stmt *S) {
  if (!S)
    return false;
  if (isDamaged(S))
    return true;
  if (const auto *D = dyn_cast<DeclStmt>(S))
    for (const Decl *X : D->decls())
      if (X->isInvalidDecl())
        return true;
  if (isa<Expr>(S))
    return false;
  for (const Stmt *C : S->children())
    if (anyDamage(C))
      return true;
  return false;
}

bool BodyRewriter::rewrite(FunctionDecl *FD) {
  Stmt *Body = FD->getBody();
  if (!Body)
    return false;
  LostCall = false;
  if (anyDamage(Body) && (!repair(Body) || LostCall))
    return false;
  if (hasSeh(Body))
    lowerSeh(FD);
  return true;
}
