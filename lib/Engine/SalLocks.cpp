//===- SalLocks.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/SalLocks.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/MemRegion.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramState.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using llvm::StringRef;

static const FieldDecl *fieldOf(QualType T, StringRef Name) {
  if (T.isNull())
    return nullptr;
  if (T->isPointerType() || T->isReferenceType())
    T = T->getPointeeType();
  const auto *RT = T->getAs<RecordType>();
  const RecordDecl *D = RT ? RT->getDecl()->getDefinition() : nullptr;
  if (!D)
    return nullptr;
  for (const FieldDecl *F : D->fields())
    if (F->getIdentifier() && F->getName() == Name)
      return F;
  return nullptr;
}

/// Cuts "&(Ext->Outer.Lock)" into "Ext", "Outer", "Lock".
static bool cut(StringRef Text, SmallVectorImpl<StringRef> &Parts) {
  Text = Text.trim(" \t()&*");
  while (true) {
    StringRef Name = Text.take_while(
        [](char C) { return llvm::isAlnum(C) || C == '_' || C == '$'; });
    if (Name.empty() || llvm::isDigit(Name.front()))
      return false;
    Parts.push_back(Name);
    Text = Text.drop_front(Name.size()).ltrim();
    if (Text.empty())
      return true;
    if (!Text.consume_front("->") && !Text.consume_front("."))
      return false;
    Text = Text.ltrim();
  }
}

static bool follow(SalPath &P, ArrayRef<StringRef> Names) {
  for (StringRef N : Names) {
    const FieldDecl *F = fieldOf(P.Type, N);
    if (!F)
      return false;
    P.Fields.push_back(F);
    P.Type = F->getType();
  }
  return true;
}

static const VarDecl *globalNamed(StringRef Name, ASTContext &Ctx) {
  auto I = Ctx.Idents.find(Name);
  if (I == Ctx.Idents.end())
    return nullptr;
  for (const NamedDecl *D :
       Ctx.getTranslationUnitDecl()->lookup(DeclarationName(I->second)))
    if (const auto *V = dyn_cast<VarDecl>(D))
      return V->getCanonicalDecl();
  return nullptr;
}

std::optional<SalPath> irqlint::resolveSalPath(StringRef Text,
                                               const FunctionDecl *FD) {
  SmallVector<StringRef, 4> Parts;
  if (!cut(Text, Parts))
    return std::nullopt;
  SalPath P;
  auto Rest = ArrayRef(Parts).drop_front();
  for (const ParmVarDecl *V : FD->parameters())
    if (V->getIdentifier() && V->getName() == Parts.front()) {
      P.Index = V->getFunctionScopeIndex();
      P.Type = V->getType();
      return follow(P, Rest) ? std::optional(P) : std::nullopt;
    }
  if (const auto *M = dyn_cast<CXXMethodDecl>(FD); M && M->isInstance()) {
    SalPath Own;
    Own.From = SalPath::This;
    Own.Type = M->getFunctionObjectParameterType();
    if (follow(Own, Parts.front() == "this" ? Rest : ArrayRef(Parts)))
      return Own;
  }
  if (const VarDecl *V = globalNamed(Parts.front(), FD->getASTContext())) {
    P.From = SalPath::Global;
    P.Variable = V;
    P.Type = V->getType();
    return follow(P, Rest) ? std::optional(P) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<SalPath> irqlint::resolveSalPath(StringRef Text,
                                               const FieldDecl *Member) {
  SmallVector<StringRef, 4> Parts;
  if (!cut(Text, Parts))
    return std::nullopt;
  ASTContext &Ctx = Member->getASTContext();
  SalPath P;
  P.From = SalPath::This;
  P.Type = Ctx.getCanonicalTagType(Member->getParent());
  ArrayRef<StringRef> Names = Parts;
  if (follow(P, Names.front() == "this" ? Names.drop_front() : Names))
    return P;
  if (const VarDecl *V = globalNamed(Parts.front(), Ctx)) {
    SalPath G;
    G.From = SalPath::Global;
    G.Variable = V;
    G.Type = V->getType();
    if (follow(G, Names.drop_front()))
      return G;
  }
  return std::nullopt;
}

const LockKindInfo *irqlint::kindOfSalPath(const SalPath &P,
                                           const RuleSet &Rules) {
  QualType T = P.Type;
  for (unsigned I = 0; I < 8 && !T.isNull(); ++I) {
    StringRef Name;
    if (const auto *TT = T->getAs<TypedefType>())
      Name = TT->getDecl()->getName();
    else if (const auto *RT = T->getAs<RecordType>())
      Name = RT->getDecl()->getName();
    if (!Name.empty())
      if (const LockKindInfo *K = Rules.lockKindOfType(Name))
        return K;
    if (const auto *TT = T->getAs<TypedefType>())
      T = TT->desugar();
    else if (T->isPointerType() || T->isReferenceType())
      T = T->getPointeeType();
    else
      return nullptr;
  }
  return nullptr;
}

SVal irqlint::valueOfSalPath(const SalPath &P, SVal Base, ProgramStateRef S) {
  SVal V = Base;
  for (size_t I = 0; I < P.Fields.size(); ++I) {
    const MemRegion *R = V.getAsRegion();
    if (!R)
      return UnknownVal();
    V = S->getLValue(P.Fields[I], loc::MemRegionVal(R));
    QualType T = P.Fields[I]->getType();
    // A pointer (or a handle) is what it holds; a lock is where it lies.
    if (T->isPointerType() || T->isReferenceType()) {
      auto L = V.getAs<Loc>();
      if (!L)
        return UnknownVal();
      V = S->getSVal(*L, T);
    }
  }
  return V;
}

static SVal globalBase(const SalPath &P, ProgramStateRef S) {
  SVal L =
      S->getLValue(P.Variable, static_cast<const LocationContext *>(nullptr));
  QualType T = P.Variable->getType();
  return T->isPointerType() ? S->getSVal(L.castAs<Loc>(), T) : L;
}

SVal irqlint::lockAtCall(const SalPath &P, const clang::ento::CallEvent &Call,
                         ProgramStateRef S) {
  SVal Base;
  if (P.From == SalPath::Global) {
    Base = globalBase(P, S);
  } else if (P.From == SalPath::This) {
    const auto *M = dyn_cast<CXXInstanceCall>(&Call);
    if (!M)
      return UnknownVal();
    Base = M->getCXXThisVal();
  } else {
    if (P.Index >= Call.getNumArgs())
      return UnknownVal();
    Base = Call.getArgSVal(P.Index);
  }
  return valueOfSalPath(P, Base, S);
}

SVal irqlint::lockAtEntry(const SalPath &P, const FunctionDecl *FD,
                          const StackFrameContext *Frame, ProgramStateRef S) {
  SVal Base;
  if (P.From == SalPath::Global) {
    Base = globalBase(P, S);
  } else if (P.From == SalPath::This) {
    const auto *M = dyn_cast<CXXMethodDecl>(FD);
    if (!M)
      return UnknownVal();
    Base =
        S->getSVal(S->getStateManager().getSValBuilder().getCXXThis(M, Frame));
  } else {
    if (P.Index >= FD->getNumParams())
      return UnknownVal();
    Base = S->getSVal(S->getRegion(FD->getParamDecl(P.Index), Frame));
  }
  return valueOfSalPath(P, Base, S);
}
