//===- ReleaseText.cpp ----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/ReleaseText.h"
#include "Engine/Values.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExternalASTSource.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/Preprocessor.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// Calls \p Do for \p S and all below it, with what is directly above.
static void walk(const Stmt *S, const Stmt *Above,
                 llvm::function_ref<void(const Stmt *, const Stmt *)> Do) {
  if (!S)
    return;
  Do(S, Above);
  for (const Stmt *C : S->children())
    walk(C, S, Do);
}

ReleaseText::ReleaseText(UnitRun &Unit, const LevelMap &Map, ProgramStateRef S,
                         const LocationContext *LC)
    : Unit(Unit), Map(Map), S(S), LC(LC->getStackFrame()),
      SM(Unit.Ctx.getSourceManager()), LO(Unit.Ctx.getLangOpts()),
      FD(dyn_cast_or_null<FunctionDecl>(LC->getStackFrame()->getDecl())) {}

bool ReleaseText::understand(const EffectEvent &E) {
  Event = &E;
  Lock = E.Matched;
  if (!FD || !FD->getBody() || FD->isTemplateInstantiation() || !Lock ||
      !Lock->Kind)
    return false;
  Release = dyn_cast_or_null<CallExpr>(static_cast<const Expr *>(E.Site));
  Acquisition =
      dyn_cast_or_null<CallExpr>(static_cast<const Expr *>(Lock->Site));
  if (!Release || !Acquisition || !isHere(Release) || !isHere(Acquisition))
    return false;
  ReleaseFn = Unit.Index.ruleOf(Release->getDirectCallee());
  AcquireFn = Unit.Index.ruleOf(Acquisition->getDirectCallee());
  ReleaseEffect = E.What;
  if (!ReleaseFn || ReleaseFn != E.Call->Fn || !AcquireFn)
    return false;
  for (const Effect &A : AcquireFn->Effects)
    if ((A.Do == EffectKind::Acquire || A.Do == EffectKind::TryAcquire) &&
        A.LockKind == Lock->Kind->Name && A.Form == Lock->Form &&
        !AcquireEffect)
      AcquireEffect = &A;
  if (!AcquireEffect)
    return false;
  for (const Expr *A : Release->arguments()) {
    CharSourceRange R = rangeOf(A);
    if (R.isInvalid())
      return false;
    OldRanges.push_back(R);
    OldArgs.push_back(textIn(R));
  }
  return !OldArgs.empty();
}

bool ReleaseText::isHere(const Stmt *Wanted) const {
  bool Found = false;
  walk(FD->getBody(), nullptr,
       [&](const Stmt *X, const Stmt *) { Found |= X == Wanted; });
  return Found;
}

CharSourceRange ReleaseText::rangeOf(const Expr *E) const {
  CharSourceRange R = Lexer::makeFileCharRange(
      CharSourceRange::getTokenRange(E->getSourceRange()), SM, LO);
  if (R.isInvalid() || R.getBegin().isMacroID() ||
      SM.isInSystemHeader(R.getBegin()) || !sameFile(R.getBegin()))
    return {};
  return R;
}

bool ReleaseText::sameFile(SourceLocation L) const {
  return SM.getFileID(L) ==
         SM.getFileID(SM.getExpansionLoc(Release->getBeginLoc()));
}

std::string ReleaseText::textIn(CharSourceRange R) const {
  return Lexer::getSourceText(R, SM, LO).str();
}

std::string ReleaseText::textOfExpr(const Expr *E) const {
  CharSourceRange R = rangeOf(E);
  std::string T = R.isValid() ? textIn(R) : "";
  return StringRef(T).contains('\n') ? "" : T;
}

CharSourceRange ReleaseText::nameRange() const {
  const auto *Callee =
      dyn_cast<DeclRefExpr>(Release->getCallee()->IgnoreParenImpCasts());
  if (!Callee || Callee->hasQualifier())
    return {};
  SourceLocation L = Callee->getLocation();
  if (L.isMacroID()) {
    if (SM.isMacroArgExpansion(L))
      return {};
    StringRef Macro = Lexer::getImmediateMacroName(L, SM, LO);
    if (!isNameOfRelease(Macro))
      return {};
    L = SM.getImmediateMacroCallerLoc(L);
  }
  if (L.isMacroID() || SM.isInSystemHeader(L) || !sameFile(L))
    return {};
  return CharSourceRange::getCharRange(
      L, Lexer::getLocForEndOfToken(L, 0, SM, LO));
}

bool ReleaseText::isNameOfRelease(StringRef Macro) const {
  const FunctionContract *Fn = Unit.Index.rules().function(Macro);
  const MacroInfo *M = Unit.PP.getMacroInfo(&Unit.Ctx.Idents.get(Macro));
  if (!Fn || !M || M->getNumParams() != OldRanges.size())
    return false;
  for (size_t I = 1; I < OldRanges.size(); ++I)
    if (!SM.isBeforeInTranslationUnit(OldRanges[I - 1].getEnd(),
                                      OldRanges[I].getBegin()))
      return false;
  auto Same = [](const ValueRef &A, const ValueRef &B) {
    return A.K == B.K && A.Index == B.Index && A.Field == B.Field;
  };
  return llvm::any_of(Fn->Effects, [&](const Effect &E) {
    const Effect &R = *ReleaseEffect;
    return E.Do == R.Do && E.LockKind == R.LockKind && E.Form == R.Form &&
           E.Shared == R.Shared && Same(E.Lock, R.Lock) &&
           Same(E.Handle, R.Handle) && E.Restores.K == R.Restores.K &&
           Same(E.Restores.From, R.Restores.From);
  });
}

std::optional<unsigned> ReleaseText::declared(StringRef Name,
                                              const FunctionDecl *&Decl) const {
  IdentifierInfo &II = Unit.Ctx.Idents.get(Name);
  if (const MacroInfo *M = Unit.PP.getMacroInfo(&II)) {
    if (!M->isFunctionLike() || M->isVariadic())
      return std::nullopt;
    return M->getNumParams();
  }
  const TranslationUnitDecl *TU = Unit.Ctx.getTranslationUnitDecl();
  for (const NamedDecl *D : TU->lookup(&II))
    if (const auto *F = dyn_cast<FunctionDecl>(D))
      Decl = F;
  // (In C, names of a precompiled preamble are not found by name.)
  if (!Decl && Unit.Ctx.getExternalSource())
    for (const auto *D : TU->decls())
      if (const auto *F = dyn_cast<FunctionDecl>(D);
          F && F->getIdentifier() == &II)
        Decl = F;
  if (!Decl || Decl->isVariadic())
    return std::nullopt;
  return Decl->getNumParams();
}

bool ReleaseText::canName(const VarDecl *VD) const {
  if (!VD->getIdentifier())
    return false;
  const Stmt *Scope = nullptr;
  bool Hidden = false;
  // The smallest statement with a scope around the declaration.
  walk(FD->getBody(), nullptr, [&](const Stmt *X, const Stmt *Above) {
    const auto *DS = dyn_cast<DeclStmt>(X);
    if (!DS)
      return;
    for (const Decl *D : DS->decls()) {
      const auto *V = dyn_cast<VarDecl>(D);
      if (V == VD)
        Scope = Above;
      else if (V && V->getIdentifier() == VD->getIdentifier())
        Hidden = true;
    }
  });
  for (const ParmVarDecl *P : FD->parameters())
    Hidden |= P != VD && P->getIdentifier() == VD->getIdentifier();
  if (Hidden || isa<ParmVarDecl>(VD) || VD->isFileVarDecl())
    return !Hidden;
  if (!Scope)
    return false;
  SourceLocation At = SM.getExpansionLoc(Release->getBeginLoc());
  if (Scope == FD->getBody()) // (of which the ends may be nowhere)
    return VD->getLocation().isValid() &&
           SM.isBeforeInTranslationUnit(SM.getExpansionLoc(VD->getLocation()),
                                        At);
  if (Scope->getBeginLoc().isInvalid() || Scope->getEndLoc().isInvalid() ||
      VD->getLocation().isInvalid())
    return false;
  return SM.isPointWithin(At, SM.getExpansionLoc(Scope->getBeginLoc()),
                          SM.getExpansionLoc(Scope->getEndLoc())) &&
         SM.isBeforeInTranslationUnit(SM.getExpansionLoc(VD->getLocation()),
                                      At);
}

bool ReleaseText::neverChanges(const VarDecl *VD) const {
  if (!VD->isLocalVarDeclOrParm() || VD->getType()->isReferenceType())
    return false;
  if (VD->getType()->isArrayType())
    return true;
  bool Reads = true;
  walk(FD->getBody(), nullptr, [&](const Stmt *X, const Stmt *Above) {
    const auto *Ref = dyn_cast<DeclRefExpr>(X);
    if (!Ref || Ref->getDecl() != VD)
      return;
    const auto *Cast = dyn_cast_or_null<ImplicitCastExpr>(Above);
    Reads &= Cast && Cast->getCastKind() == CK_LValueToRValue;
  });
  return Reads;
}

bool ReleaseText::isStable(const Expr *E) const {
  E = E->IgnoreParenImpCasts();
  if (const auto *U = dyn_cast<UnaryOperator>(E))
    return U->getOpcode() == UO_AddrOf && isPlace(U->getSubExpr());
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *VD = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  return VD && neverChanges(VD) && canName(VD);
}

bool ReleaseText::isPlace(const Expr *E) const {
  E = E->IgnoreParens();
  if (const auto *M = dyn_cast<MemberExpr>(E))
    return isa<FieldDecl>(M->getMemberDecl()) && !M->isImplicitAccess() &&
           (M->isArrow() ? isStable(M->getBase()) : isPlace(M->getBase()));
  if (const auto *U = dyn_cast<UnaryOperator>(E))
    return U->getOpcode() == UO_Deref && isStable(U->getSubExpr());
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *VD = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  return VD && !VD->getType()->isReferenceType() && canName(VD);
}

SVal ReleaseText::regionOf(const Expr *E) const {
  E = E->IgnoreParens();
  if (const auto *M = dyn_cast<MemberExpr>(E)) {
    SVal Base =
        M->isArrow() ? valueOfExpr(M->getBase()) : regionOf(M->getBase());
    return S->getLValue(cast<FieldDecl>(M->getMemberDecl()), Base);
  }
  if (const auto *U = dyn_cast<UnaryOperator>(E))
    return valueOfExpr(U->getSubExpr());
  return S->getLValue(cast<VarDecl>(cast<DeclRefExpr>(E)->getDecl()), LC);
}

SVal ReleaseText::valueOfExpr(const Expr *E) const {
  E = E->IgnoreParenImpCasts();
  if (const auto *U = dyn_cast<UnaryOperator>(E))
    return regionOf(U->getSubExpr());
  SVal L = regionOf(E);
  return L.getAs<Loc>() ? S->getSVal(L.castAs<Loc>()) : UnknownVal();
}

bool ReleaseText::isOnlyAcquisition(bool Exactly) const {
  if (AcquireEffect->Lock.K != ValueRef::Arg ||
      AcquireEffect->Lock.Index >= Acquisition->getNumArgs())
    return false;
  std::string Mine =
      textOf(Acquisition->getArg(AcquireEffect->Lock.Index), Unit.Ctx);
  bool Only = true;
  walk(FD->getBody(), nullptr, [&](const Stmt *X, const Stmt *) {
    const auto *Call = dyn_cast<CallExpr>(X);
    const FunctionContract *Fn =
        Call && Call != Acquisition ? Unit.Index.ruleOf(Call->getDirectCallee())
                                    : nullptr;
    if (!Fn || (!Exactly && Fn->Name == AcquireFn->Name))
      return;
    for (const Effect &E : Fn->Effects)
      if ((E.Do == EffectKind::Acquire || E.Do == EffectKind::TryAcquire) &&
          E.Lock.K == ValueRef::Arg && E.Lock.Index < Call->getNumArgs() &&
          textOf(Call->getArg(E.Lock.Index), Unit.Ctx) == Mine)
        Only = false;
  });
  return Only;
}

bool ReleaseText::isReleasedShared() const {
  if (ReleaseEffect->Lock.K != ValueRef::Arg)
    return false;
  std::string Mine =
      textOf(Release->getArg(ReleaseEffect->Lock.Index), Unit.Ctx);
  bool Is = false;
  walk(FD->getBody(), nullptr, [&](const Stmt *X, const Stmt *) {
    const auto *Call = dyn_cast<CallExpr>(X);
    const FunctionContract *Fn =
        Call ? Unit.Index.ruleOf(Call->getDirectCallee()) : nullptr;
    if (!Fn)
      return;
    for (const Effect &E : Fn->Effects)
      Is |= E.Do == EffectKind::Release && E.Shared &&
            E.LockKind == Lock->Kind->Name && E.Lock.K == ValueRef::Arg &&
            E.Lock.Index < Call->getNumArgs() &&
            textOf(Call->getArg(E.Lock.Index), Unit.Ctx) == Mine;
  });
  return Is;
}

const Expr *ReleaseText::savedIn() const {
  const Expr *Place = nullptr;
  if (AcquireEffect->Saves.K == ValueRef::Deref &&
      AcquireEffect->Saves.Index < Acquisition->getNumArgs()) {
    const Expr *Pointer =
        Acquisition->getArg(AcquireEffect->Saves.Index)->IgnoreParenImpCasts();
    const auto *U = dyn_cast<UnaryOperator>(Pointer);
    if (U && U->getOpcode() == UO_AddrOf)
      Place = U->getSubExpr();
  } else if (AcquireEffect->Saves.K == ValueRef::Ret) {
    walk(FD->getBody(), nullptr, [&](const Stmt *X, const Stmt *) {
      const auto *B = dyn_cast<BinaryOperator>(X);
      if (B && B->getOpcode() == BO_Assign &&
          B->getRHS()->IgnoreParenCasts() == Acquisition)
        Place = throughPointer(B->getLHS());
    });
  }
  if (!Place || !isPlace(Place))
    return nullptr;
  if (const auto *Ref = dyn_cast<DeclRefExpr>(Place->IgnoreParens()))
    return isStillThere(cast<VarDecl>(Ref->getDecl())) ? Place : nullptr;
  return holdsBase(regionOf(Place)) ? Place : nullptr;
}

bool ReleaseText::holdsBase(SVal Where) const {
  auto L = Where.getAs<Loc>();
  return L && Lock->Base.known() && Map.fromValue(S->getSVal(*L)) == Lock->Base;
}

bool ReleaseText::isStillThere(const VarDecl *VD) const {
  if (!canName(VD))
    return false;
  if (holdsBase(S->getLValue(VD, LC)))
    return true;
  if (!VD->isLocalVarDeclOrParm() || VD->isStaticLocal())
    return false;
  SourceLocation From = SM.getExpansionLoc(Acquisition->getBeginLoc()),
                 To = SM.getExpansionLoc(Release->getBeginLoc());
  // (Rewritten bodies have statements that stand nowhere.)
  auto Contains = [&](const Stmt *Whole, SourceLocation L) {
    return L.isValid() && Whole->getBeginLoc().isValid() &&
           Whole->getEndLoc().isValid() &&
           SM.isPointWithin(L, SM.getExpansionLoc(Whole->getBeginLoc()),
                            SM.getExpansionLoc(Whole->getEndLoc()));
  };
  bool Kept = SM.isBeforeInTranslationUnit(From, To), Labelled = false;
  llvm::SmallVector<SourceLocation, 4> Others;
  llvm::SmallVector<const Stmt *, 4> Loops;
  walk(FD->getBody(), nullptr, [&](const Stmt *X, const Stmt *Above) {
    if (isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(X) &&
        Contains(X, To) && !Contains(X, From))
      Loops.push_back(X);
    if (isa<LabelStmt>(X))
      Labelled |= between(From, SM.getExpansionLoc(X->getBeginLoc()), To);
    const auto *Ref = dyn_cast<DeclRefExpr>(X);
    const auto *Cast = dyn_cast_or_null<ImplicitCastExpr>(Above);
    if (!Ref || Ref->getDecl() != VD ||
        (Cast && Cast->getCastKind() == CK_LValueToRValue))
      return;
    SourceLocation At = SM.getExpansionLoc(Ref->getLocation());
    // By the acquisition itself: an argument, or what it is assigned to.
    if (Contains(Acquisition, At) || isAssignedIn(X, Acquisition))
      return;
    Others.push_back(At);
  });
  for (SourceLocation At : Others) {
    Kept &= !Labelled && At.isValid() && !between(From, At, To);
    for (const Stmt *L : Loops)
      Kept &= !Contains(L, At);
  }
  return Kept;
}

bool ReleaseText::between(SourceLocation From, SourceLocation At,
                          SourceLocation To) const {
  return At.isValid() && SM.isBeforeInTranslationUnit(From, At) &&
         SM.isBeforeInTranslationUnit(At, To);
}

bool ReleaseText::isAssignedIn(const Stmt *Ref, const CallExpr *Call) const {
  bool Is = false;
  walk(FD->getBody(), nullptr, [&](const Stmt *X, const Stmt *) {
    const auto *B = dyn_cast<BinaryOperator>(X);
    Is |= B && B->getOpcode() == BO_Assign &&
          throughPointer(B->getLHS()) == Ref &&
          B->getRHS()->IgnoreParenCasts() == Call;
  });
  return Is;
}

const Expr *ReleaseText::throughPointer(const Expr *E) {
  E = E->IgnoreParens();
  const auto *D = dyn_cast<UnaryOperator>(E);
  if (!D || D->getOpcode() != UO_Deref)
    return E;
  const auto *A =
      dyn_cast<UnaryOperator>(D->getSubExpr()->IgnoreParenImpCasts());
  return A && A->getOpcode() == UO_AddrOf ? A->getSubExpr() : E;
}

std::string ReleaseText::savedText() const {
  if (AcquireEffect->Saves.K == ValueRef::Ret) {
    const VarDecl *Var = nullptr;
    walk(FD->getBody(), nullptr, [&](const Stmt *X, const Stmt *) {
      if (const auto *DS = dyn_cast<DeclStmt>(X))
        for (const Decl *D : DS->decls())
          if (const auto *V = dyn_cast<VarDecl>(D);
              V && V->hasInit() &&
              V->getInit()->IgnoreParenCasts() == Acquisition)
            Var = V;
    });
    if (Var)
      return isStillThere(Var) ? Var->getNameAsString() : "";
  }
  const Expr *Place = savedIn();
  return Place ? textOfExpr(Place) : "";
}
