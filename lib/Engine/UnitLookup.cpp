//===- UnitLookup.cpp - Questions to the index of a unit ------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/UnitIndex.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"

using namespace clang;
using namespace irqlint;

bool irqlint::isLambdaBody(const FunctionDecl *FD) {
  const auto *M = dyn_cast<CXXMethodDecl>(FD);
  return M && M->getParent()->isLambda();
}

const FunctionFacts *UnitIndex::find(const FunctionDecl *FD) const {
  auto I = Functions.find(FD->getCanonicalDecl());
  return I == Functions.end() ? nullptr : &I->second;
}

const SalContract &UnitIndex::salOf(const FunctionDecl *FD) const {
  std::unique_ptr<SalContract> &C = SalCache[FD->getCanonicalDecl()];
  if (!C)
    C = std::make_unique<SalContract>(readSal(FD));
  return *C;
}

const FunctionContract *UnitIndex::ruleOf(const FunctionDecl *FD) const {
  if (!FD || !FD->getIdentifier())
    return nullptr;
  // A member that is only declared is known as `Class::method`.
  if (const auto *M = dyn_cast<CXXMethodDecl>(FD)) {
    if (FD->isDefined() || !M->getParent()->getIdentifier())
      return nullptr;
    return Rules.function(
        (M->getParent()->getName() + "::" + FD->getName()).str());
  }
  // Functions in namespaces are the driver's own.
  if (!FD->getDeclContext()->getRedeclContext()->isTranslationUnit())
    return nullptr;
  return Rules.function(FD->getName());
}

const FunctionContract *UnitIndex::contractOf(const FunctionDecl *FD) const {
  if (!FD)
    return nullptr;
  auto [I, New] = ContractCache.try_emplace(FD->getCanonicalDecl(), nullptr);
  if (!New)
    return I->second;
  const FunctionContract *C = ruleOf(FD);
  if (!C) {
    const SalContract &S = salOf(FD);
    if (S.HasWindow || !S.Fn.Effects.empty())
      C = &S.Fn;
  }
  ContractCache[FD->getCanonicalDecl()] = C;
  return C;
}

ArrayRef<const RoleContract *>
UnitIndex::registrationsOf(const FunctionDecl *FD) const {
  auto I = Registered.find(FD->getCanonicalDecl());
  if (I == Registered.end())
    return {};
  return I->second;
}

std::vector<std::pair<const FunctionDecl *, const RoleContract *>>
UnitIndex::foreignRegistrations() const {
  std::vector<std::pair<const FunctionDecl *, const RoleContract *>> Out;
  for (const auto &[FD, Roles] : Registered)
    if (!find(FD) && FD->isExternallyVisible())
      for (const RoleContract *R : Roles)
        Out.push_back({FD, R});
  return Out;
}

bool UnitIndex::asksLevelBelow(const FunctionDecl *FD) const {
  llvm::SmallPtrSet<const FunctionDecl *, 16> Seen;
  SmallVector<const FunctionDecl *, 16> Work{FD};
  while (!Work.empty()) {
    const FunctionFacts *F = find(Work.pop_back_val());
    if (!F || !Seen.insert(F->FD).second)
      continue;
    if (F->AsksLevel)
      return true;
    Work.append(F->Callees.begin(), F->Callees.end());
  }
  return false;
}

bool UnitIndex::addressTaken(const FunctionDecl *FD) const {
  return Taken.contains(FD->getCanonicalDecl());
}

const RoleContract *UnitIndex::roleOfType(QualType T) const {
  if (T.isNull())
    return nullptr;
  // Peel typedefs one by one: PDRIVER_DISPATCH, then DRIVER_DISPATCH *, ...
  for (unsigned I = 0; I < 8 && !T.isNull(); ++I) {
    if (const auto *TT = T->getAs<TypedefType>()) {
      if (const RoleContract *R = Rules.role(TT->getDecl()->getName()))
        return R;
      T = TT->desugar();
    } else if (const auto *PT = T->getAs<PointerType>()) {
      T = PT->getPointeeType();
    } else if (const auto *AT = T->getAsArrayTypeUnsafe()) {
      T = AT->getElementType();
    } else {
      return nullptr;
    }
  }
  return nullptr;
}
