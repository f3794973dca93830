//===- UnitIndex.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/UnitIndex.h"
#include "Engine/LockLoops.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;
using namespace irqlint;

bool irqlint::changesState(const Effect &E) {
  switch (E.Do) {
  case EffectKind::Acquire:
  case EffectKind::TryAcquire:
  case EffectKind::Release:
  case EffectKind::Convert:
  case EffectKind::Raise:
  case EffectKind::Lower:
  case EffectKind::EnterRegion:
  case EffectKind::LeaveRegion:
  case EffectKind::CallBack:
    return true;
  default:
    return false;
  }
}

bool irqlint::asksLevel(const Effect &E) {
  return E.Do == EffectKind::Query && E.Region == "irql";
}

bool irqlint::tellsOfApcs(const Effect &E) {
  return E.Do == EffectKind::Query &&
         (E.Region == "apcs-disabled" || E.Region == "all-apcs-disabled");
}

LevelNeed irqlint::needOf(const FunctionContract &C) {
  LevelNeed N;
  for (const IrqlWindow &W : C.Windows) {
    N.MinHi = std::min(N.MinHi, W.Range.Hi);
    if (W.MinFirm)
      N.MaxLo = std::max(N.MaxLo, W.Range.Lo);
  }
  for (const Effect &E : C.Effects) {
    if (E.Do == EffectKind::Wait)
      N.MinHi = std::min(N.MinHi, Irql::Apc);
    // (Who raises to less than what it has lowers.)
    if (E.Do == EffectKind::Raise && E.To.K == LevelRef::Fixed)
      N.MinHi = std::min(N.MinHi, E.To.Level);
    if (E.Do == EffectKind::Allocate && E.Memory == "paged")
      N.MinHi = std::min(N.MinHi, Irql::Apc);
    if (E.Do == EffectKind::AssertLevel)
      N.MinHi = std::min(N.MinHi, E.Window.Hi);
  }
  return N;
}

ApcNeed irqlint::needOf(ApcDuty D) {
  ApcNeed N;
  switch (D) {
  case ApcDuty::None:
    break;
  case ApcDuty::SpecialEnabled:
    N.SpecialOn = true;
    break;
  case ApcDuty::AllEnabled:
    N.AllOn = true;
    break;
  case ApcDuty::NormalDisabled:
  case ApcDuty::NormalDisabledUnlessSystemThread:
  case ApcDuty::AllDisabled:
    N.Off = true;
    break;
  }
  return N;
}

namespace irqlint {

/// Walks one body. Types expected by the context travel down, so that a
/// function reference is seen together with the role its place gives it.
class Walker {
public:
  Walker(UnitIndex &Index, FunctionFacts *F) : Index(Index), F(F) {}

  void walk(const Stmt *S, QualType Want = {}) {
    if (!S)
      return;
    if (F && !isa<Expr>(S) && !isa<CompoundStmt, DeclStmt>(S))
      count(S);
    if (F)
      countExpressions(S);
    switch (S->getStmtClass()) {
    case Stmt::CallExprClass:
    case Stmt::CXXMemberCallExprClass:
    case Stmt::CXXOperatorCallExprClass:
      return call(cast<CallExpr>(S));
    case Stmt::CXXConstructExprClass:
    case Stmt::CXXTemporaryObjectExprClass: {
      const auto *C = cast<CXXConstructExpr>(S);
      callee(C->getConstructor());
      destructorOf(C->getType());
      break;
    }
    case Stmt::CXXDeleteExprClass: {
      QualType T = cast<CXXDeleteExpr>(S)->getDestroyedType();
      if (!T.isNull())
        destructorOf(T);
      break;
    }
    case Stmt::CXXInheritedCtorInitExprClass:
      callee(cast<CXXInheritedCtorInitExpr>(S)->getConstructor());
      break;
    case Stmt::CXXBindTemporaryExprClass:
      destructorOf(cast<Expr>(S)->getType());
      break;
    case Stmt::CXXDefaultArgExprClass:
      return walk(cast<CXXDefaultArgExpr>(S)->getExpr(), Want);
    case Stmt::CXXDefaultInitExprClass:
      return walk(cast<CXXDefaultInitExpr>(S)->getExpr(), Want);
    case Stmt::LambdaExprClass:
      return lambda(cast<LambdaExpr>(S));
    case Stmt::DeclRefExprClass:
      return reference(cast<DeclRefExpr>(S), Want);
    case Stmt::ImplicitCastExprClass:
    case Stmt::ParenExprClass:
      for (const Stmt *C : S->children())
        walk(C, Want);
      return;
    case Stmt::UnaryOperatorClass:
      if (cast<UnaryOperator>(S)->getOpcode() == UO_AddrOf)
        return walk(cast<UnaryOperator>(S)->getSubExpr(), Want);
      break;
    case Stmt::CStyleCastExprClass:
    case Stmt::CXXStaticCastExprClass:
    case Stmt::CXXReinterpretCastExprClass: {
      const auto *C = cast<ExplicitCastExpr>(S);
      // A cast to a role's pointer type names the role; one to void* or a
      // plain pointer does not hide what the context wants.
      QualType T = C->getTypeAsWritten();
      return walk(C->getSubExpr(), Index.roleOfType(T) ? T : Want);
    }
    case Stmt::BinaryOperatorClass: {
      const auto *B = cast<BinaryOperator>(S);
      if (B->getOpcode() == BO_Assign) {
        walk(B->getLHS());
        if (const auto *M = dyn_cast<MemberExpr>(B->getLHS()->IgnoreParens()))
          registerMember(M->getMemberDecl(), B->getRHS());
        return walk(B->getRHS(), B->getLHS()->getType());
      }
      break;
    }
    case Stmt::InitListExprClass:
      return initList(cast<InitListExpr>(S));
    case Stmt::DeclStmtClass:
      for (const Decl *D : cast<DeclStmt>(S)->decls())
        if (const auto *V = dyn_cast<VarDecl>(D))
          variable(V);
        else if (const auto *R = dyn_cast<CXXRecordDecl>(D))
          Index.collect(R->decls());
      if (F)
        count(S);
      return;
    case Stmt::IfStmtClass: {
      const auto *If = cast<IfStmt>(S);
      if (choosesLocking(If->getThen(), If->getCond()) ||
          choosesLocking(If->getElse(), If->getCond()))
        Index.guardsIn(If->getCond(), F ? F->FD : nullptr);
      break;
    }
    case Stmt::SwitchStmtClass:
      cases(cast<SwitchStmt>(S));
      break;
    case Stmt::ConditionalOperatorClass: {
      const auto *If = cast<ConditionalOperator>(S);
      if (doesHalf(If->getTrueExpr(), Index) ||
          doesHalf(If->getFalseExpr(), Index))
        Index.guardsIn(If->getCond(), F ? F->FD : nullptr);
      for (const Stmt *C : S->children())
        walk(C, Want);
      return;
    }
    case Stmt::ForStmtClass:
    case Stmt::WhileStmtClass:
    case Stmt::DoStmtClass:
      lockLoopsIn(S, Index, Index.Collective);
      break;
    case Stmt::SEHTryStmtClass:
      if (F)
        F->HasSeh = true;
      break;
    case Stmt::RecoveryExprClass:
      if (F)
        F->HasErrors = true;
      break;
    default:
      break;
    }
    for (const Stmt *C : S->children())
      walk(C);
  }

  void variable(const VarDecl *V) {
    if (V->isInvalidDecl() && F)
      F->HasErrors = true;
    if (V->getInit())
      walk(V->getInit(), V->getType());
    if (V->hasLocalStorage())
      destructorOf(V->getType());
  }

  /// What a destructor does without being told.
  void destructorsIn(const CXXRecordDecl *R) {
    for (const FieldDecl *Member : R->fields())
      destructorOf(Member->getType());
    for (const CXXBaseSpecifier &B : R->bases())
      destructorOf(B.getType());
  }

private:
  UnitIndex &Index;
  FunctionFacts *F;

  /// The body of a lambda is a function of its own.
  void lambda(const LambdaExpr *L) {
    for (const Expr *Init : L->capture_inits())
      walk(Init);
    callee(L->getCallOperator());
    destructorOf(L->getType());
    Index.addFunction(L->getCallOperator());
    if (const FunctionTemplateDecl *T = L->getDependentCallOperator())
      for (const FunctionDecl *S : T->specializations())
        Index.addFunction(S);
  }

  /// A branch that locks or unlocks and goes on. One that leaves the function
  /// or loop (`if (gone) { release; return; }`) is no choice of a mode.
  bool choosesLocking(const Stmt *S, const Expr *Cond) {
    if (doesHalf(S, Index))
      return true;
    helpersIn(S, Cond);
    return false;
  }

  /// The same of what stands between two labels of a switch. (To leave the
  /// switch is to go on.)
  void cases(const SwitchStmt *Switch) {
    llvm::SmallVector<const Stmt *, 8> Case;
    bool Guard = false;
    auto End = [&] {
      Guard |= doesHalf(Case, Index);
      for (const Stmt *S : Case)
        helpersIn(S, Switch->getCond());
      Case.clear();
    };
    std::function<void(const Stmt *)> Add = [&](const Stmt *S) {
      if (const auto *Label = dyn_cast_or_null<SwitchCase>(S)) {
        End();
        Add(Label->getSubStmt());
      } else if (const auto *C = dyn_cast_or_null<CompoundStmt>(S)) {
        llvm::for_each(C->body(), Add);
      } else {
        Case.push_back(S);
      }
    };
    Add(Switch->getBody());
    End();
    if (Guard)
      Index.guardsIn(Switch->getCond(), F ? F->FD : nullptr);
  }

  void helpersIn(const Stmt *S, const Expr *Cond) {
    if (!S)
      return;
    if (const auto *C = dyn_cast<CompoundStmt>(S); C && !C->body_empty())
      if (isa<ReturnStmt, GotoStmt, BreakStmt, ContinueStmt, SEHLeaveStmt>(
              C->body_back()))
        return;
    if (const auto *C = dyn_cast<CallExpr>(S))
      if (const FunctionDecl *FD = C->getDirectCallee();
          FD && FD->hasBody() && !Index.contractOf(FD))
        Index.Choices.push_back(
            {Cond, FD->getCanonicalDecl(), F ? F->FD : nullptr});
    for (const Stmt *C : S->children())
      helpersIn(C, Cond);
  }

  /// Expressions that are statements below \p S.
  void countExpressions(const Stmt *S) {
    llvm::SmallVector<const Stmt *, 8> Parts;
    if (const auto *If = dyn_cast<IfStmt>(S))
      Parts = {If->getThen(), If->getElse()};
    else if (const auto *W = dyn_cast<WhileStmt>(S))
      Parts = {W->getBody()};
    else if (const auto *D = dyn_cast<DoStmt>(S))
      Parts = {D->getBody()};
    else if (const auto *L = dyn_cast<ForStmt>(S))
      Parts = {L->getBody()};
    else if (isa<CompoundStmt, SwitchCase, LabelStmt>(S))
      Parts.append(S->child_begin(), S->child_end());
    for (const Stmt *P : Parts)
      if (const auto *E = dyn_cast_or_null<Expr>(P); E && !isLabel(S, E)) {
        ++F->Statements;
        F->Damaged += E->containsErrors();
      }
  }

  static bool isLabel(const Stmt *S, const Expr *E) {
    const auto *C = dyn_cast<CaseStmt>(S);
    return C && (E == C->getLHS() || E == C->getRHS());
  }

  void count(const Stmt *S) {
    ++F->Statements;
    for (const Stmt *C : S->children())
      if (const auto *E = dyn_cast_or_null<Expr>(C); E && E->containsErrors()) {
        ++F->Damaged;
        F->HasErrors = true;
        return;
      }
  }

  static const FunctionDecl *functionIn(const Expr *E) {
    E = E->IgnoreParenCasts();
    if (const auto *U = dyn_cast<UnaryOperator>(E);
        U && U->getOpcode() == UO_AddrOf)
      E = U->getSubExpr()->IgnoreParenCasts();
    const auto *R = dyn_cast<DeclRefExpr>(E);
    return R ? dyn_cast<FunctionDecl>(R->getDecl()) : nullptr;
  }

  /// Where the type of a member does not name the role, the rules may know the
  /// member.
  void registerMember(const ValueDecl *Member, const Expr *Value) {
    const FunctionDecl *FD = functionIn(Value);
    const auto *F = dyn_cast<FieldDecl>(Member);
    if (!FD || !F || Index.roleOfType(F->getType()))
      return;
    const RecordDecl *R = F->getParent();
    StringRef Name = R->getName();
    if (const TypedefNameDecl *T = R->getTypedefNameForAnonDecl())
      Name = T->getName();
    Name.consume_front("_");
    if (const RoleContract *Role = Index.Rules.memberRole(Name, F->getName()))
      Index.Registered[FD->getCanonicalDecl()].push_back(Role);
  }

  void call(const CallExpr *C) {
    const FunctionDecl *FD = C->getDirectCallee();
    if (FD)
      callee(FD);
    else
      walk(C->getCallee());
    if (const auto *M = dyn_cast<MemberExpr>(C->getCallee()->IgnoreParens())) {
      walk(M->getBase());
      if (FD && FD->hasBody())
        Index.Handed[{FD->getCanonicalDecl(), UnitIndex::ThisIndex}].push_back(
            {M->getBase(), F ? F->FD : nullptr});
    }
    if (FD)
      section(C, FD);
    for (unsigned I = 0, N = C->getNumArgs(); I < N; ++I) {
      QualType Want;
      const Expr *A = C->getArg(I);
      if (FD && I < FD->getNumParams())
        Want = FD->getParamDecl(I)->getType();
      // Where the declaration does not say it, the rules may.
      if (FD && FD->getIdentifier() && !Index.roleOfType(Want))
        if (const RoleContract *R =
                Index.Rules.registeredRole(FD->getName(), I))
          if (const FunctionDecl *Target = functionIn(A))
            Index.Registered[Target->getCanonicalDecl()].push_back(R);
      walk(A, Want);
      if (FD && I < FD->getNumParams() && FD->hasBody())
        Index.Handed[{FD->getCanonicalDecl(), I}].push_back(
            {A, F ? F->FD : nullptr});
    }
  }

  /// A routine that runs a function of the unit under a lock.
  void section(const CallExpr *C, const FunctionDecl *FD) {
    const FunctionContract *Fn = Index.ruleOf(FD);
    if (!Fn)
      return;
    for (const Effect &E : Fn->Effects) {
      if (E.Do != EffectKind::CallBack || E.Lock.K != ValueRef::Arg ||
          E.Callback.K != ValueRef::Arg || E.Lock.Index >= C->getNumArgs() ||
          E.Callback.Index >= C->getNumArgs())
        continue;
      const FunctionDecl *Target = functionIn(C->getArg(E.Callback.Index));
      if (!Target)
        continue;
      // (An element of an array is one of several locks.)
      const Expr *L = C->getArg(E.Lock.Index)->IgnoreParenImpCasts();
      const ValueDecl *Place = nullptr;
      if (const auto *M = dyn_cast<MemberExpr>(L))
        Place = dyn_cast<FieldDecl>(M->getMemberDecl());
      else if (const auto *R = dyn_cast<DeclRefExpr>(L))
        if (const auto *V = dyn_cast<VarDecl>(R->getDecl());
            V && V->hasGlobalStorage())
          Place = V->getCanonicalDecl();
      auto [I, New] =
          Index.Sections.try_emplace(Target->getCanonicalDecl(), Place);
      if (!New && I->second != Place)
        I->second = nullptr;
    }
  }

  void callee(const FunctionDecl *FD) {
    if (!F)
      return;
    if (Index.IsStub && Index.IsStub(FD))
      F->UsesStubs = true;
    if (const FunctionContract *C = Index.contractOf(FD)) {
      F->Own.meet(needOf(*C));
      F->JudgedCalls |= !C->Forbids.empty();
      F->Ensured |= !C->Ensures.empty();
      F->OwnApc.meet(needOf(C->Apc));
      for (const Effect &E : C->Effects) {
        F->ChangesState |= changesState(E);
        F->Acquires += E.Do == EffectKind::Acquire;
        F->Releases += E.Do == EffectKind::Release;
        F->LowersLevel |= E.Do == EffectKind::Lower;
        F->AsksLevel |= asksLevel(E);
        F->AsksApcs |= tellsOfApcs(E);
        F->CompletesRequests |= E.Do == EffectKind::Complete;
        F->Awaits |= E.Do == EffectKind::Await;
        F->JudgedCalls |= E.Recheck || E.Do == EffectKind::Init;
      }
    }
    F->JudgedCalls |= Index.salOf(FD).namesLocks();
    F->Callees.insert(FD->getCanonicalDecl());
  }

  void destructorOf(QualType T) {
    if (const CXXRecordDecl *R =
            T->getBaseElementTypeUnsafe()->getAsCXXRecordDecl())
      if (R->hasDefinition() && !R->hasTrivialDestructor())
        if (const CXXDestructorDecl *D = R->getDestructor())
          callee(D);
  }

  void reference(const DeclRefExpr *R, QualType Want) {
    if (F && Index.IsStub && Index.IsStub(R->getDecl()))
      F->UsesStubs = true;
    if (const auto *FD = dyn_cast<FunctionDecl>(R->getDecl()))
      reference(FD, Want);
  }

  void reference(const FunctionDecl *FD, QualType Want) {
    FD = FD->getCanonicalDecl();
    Index.Taken.insert(FD);
    if (!Want.isNull())
      if (const RoleContract *Role = Index.roleOfType(Want))
        Index.Registered[FD].push_back(Role);
  }

  void initList(const InitListExpr *L) {
    const InitListExpr *Sem = L->isSemanticForm() ? L : L->getSemanticForm();
    if (!Sem)
      Sem = L;
    const RecordDecl *RD = nullptr;
    if (const auto *RT = Sem->getType()->getAs<RecordType>())
      RD = RT->getDecl()->getDefinition();
    if (RD && !RD->isUnion()) {
      auto Field = RD->field_begin(), End = RD->field_end();
      for (const Expr *I : Sem->inits()) {
        while (Field != End && Field->isUnnamedBitField())
          ++Field;
        walk(I, Field != End ? Field->getType() : QualType());
        if (Field != End)
          ++Field;
      }
      return;
    }
    QualType Elem;
    if (const auto *AT = Sem->getType()->getAsArrayTypeUnsafe())
      Elem = AT->getElementType();
    for (const Expr *I : Sem->inits())
      walk(I, Elem);
  }
};

} // namespace irqlint

UnitIndex::UnitIndex(ASTContext &Ctx, const RuleSet &Rules,
                     const std::function<bool(const Decl *)> &IsStub)
    : Ctx(Ctx), Rules(Rules), IsStub(IsStub) {
  TranslationUnitDecl *Unit = Ctx.getTranslationUnitDecl();
  if (llvm::is_contained(Ctx.getTraversalScope(), Unit)) {
    collect(Unit->decls());
    resolveGuards();
    return;
  }
  // A narrower scope is an editor's: the headers come out of a preamble, and
  // to ask for their declarations reads all of them in, at each keystroke. What
  // this parse itself has declared is already there.
  collect(Unit->noload_decls());
  // A definition of the preamble counts if something calls it.
  for (size_t I = 0; I < Functions.size(); ++I) {
    auto Callees = (Functions.begin() + I)->second.Callees;
    for (const FunctionDecl *Callee : Callees)
      if (const FunctionDecl *Definition = Callee->getDefinition())
        addFunction(Definition);
  }
  resolveGuards();
}

void UnitIndex::addFunction(const FunctionDecl *FD) {
  if (!FD->doesThisDeclarationHaveABody() || FD->isDependentContext())
    return;
  if (Functions.count(FD->getCanonicalDecl()))
    return;
  FunctionFacts F;
  F.FD = FD;
  F.HasErrors = FD->isInvalidDecl();
  Walker W(*this, &F);
  W.walk(FD->getBody());
  if (const auto *Ctor = dyn_cast<CXXConstructorDecl>(FD))
    for (const CXXCtorInitializer *I : Ctor->inits())
      W.walk(I->getInit());
  if (const auto *D = dyn_cast<CXXDestructorDecl>(FD))
    W.destructorsIn(D->getParent());
  Functions.insert({FD->getCanonicalDecl(), std::move(F)});
}

void UnitIndex::collect(DeclContext::decl_range Decls) {
  for (const Decl *D : Decls) {
    if (const auto *FD = dyn_cast<FunctionDecl>(D)) {
      addFunction(FD);
    } else if (const auto *T = dyn_cast<FunctionTemplateDecl>(D)) {
      for (const FunctionDecl *S : T->specializations())
        addFunction(S);
    } else if (const auto *T = dyn_cast<ClassTemplateDecl>(D)) {
      for (const ClassTemplateSpecializationDecl *S : T->specializations())
        collect(S->decls());
    } else if (const auto *V = dyn_cast<VarDecl>(D)) {
      // Static dispatch tables register callbacks.
      if (V->hasInit() && !V->getType()->isDependentType())
        Walker(*this, nullptr).variable(V);
    } else if (isa<NamespaceDecl, LinkageSpecDecl, RecordDecl, ExportDecl>(D)) {
      const auto *Inner = cast<DeclContext>(D);
      if (!Inner->isDependentContext())
        collect(Inner->decls());
    }
  }
}
