//===- Roots.cpp - Functions that can be run by themselves ----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Loader/Roots.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"

using namespace clang;

namespace irqlint::rt {

static std::string obstacle(const FunctionDecl *FD, ASTContext &Ctx) {
  for (const ParmVarDecl *P : FD->parameters()) {
    QualType T = P->getType();
    if (T->isFloatingType())
      return "a floating-point parameter";
    if (T->isRecordType() && Ctx.getTypeSize(T) > 64)
      return "a structure passed by value";
  }
  if (FD->getReturnType()->isRecordType() &&
      Ctx.getTypeSize(FD->getReturnType()) > 64)
    return "a structure as result";
  if (FD->getNumParams() > 12)
    return "too many parameters";
  return "";
}

static std::optional<LockClaim>
claimOf(const SalLockClaim &L, const FunctionDecl *FD, const RuleSet &Rules) {
  LockClaim C;
  C.R = static_cast<LockClaim::Role>(L.R);
  C.Exclusive = L.M == SalLockClaim::Exclusive;
  C.Shared = L.M == SalLockClaim::Shared;
  C.Text = L.Text;
  if (L.R == SalLockClaim::NoneHeld)
    return C;
  std::optional<SalPath> P = resolveSalPath(L.Text, FD);
  if (!P || P->From == SalPath::This)
    return std::nullopt;
  C.Kind = kindOfSalPath(*P, Rules);
  C.Argument = P->Index;
  if (P->From == SalPath::Global) {
    C.Variable = P->Variable->getNameAsString();
    if (P->Variable->getType()->isPointerType())
      C.Steps.push_back({0, true});
  }
  const ASTContext &Ctx = FD->getASTContext();
  for (const FieldDecl *F : P->Fields)
    C.Steps.push_back(
        {unsigned(Ctx.getFieldOffset(F) / 8), F->getType()->isPointerType()});
  return C;
}

std::vector<Root>
rootsOf(const ParsedUnit &P, const CompiledUnit &U, const RuleSet &Rules,
        std::map<std::string, FunctionContract> &Annotated,
        std::map<std::string, std::vector<LockClaim>> &Claims) {
  UnitIndex Index(P.context(), Rules,
                  [&P](const Decl *D) { return P.isStub(D); });
  std::set<const FunctionDecl *> Called;
  for (const auto &KV : Index.functions())
    for (const FunctionDecl *C : KV.second.Callees) {
      if (C->getCanonicalDecl() != KV.first->getCanonicalDecl())
        Called.insert(C->getCanonicalDecl());
      if (!C->isDefined() && C->getIdentifier() &&
          !Claims.count(C->getName().str()))
        for (const SalLockClaim &L : Index.salOf(C).Locks)
          if (std::optional<LockClaim> Claim = claimOf(L, C, Rules))
            Claims[C->getName().str()].push_back(std::move(*Claim));
      if (C->isDefined() || !C->getIdentifier() || Rules.function(C->getName()))
        continue;
      if (const FunctionContract *Fn = Index.contractOf(C))
        Annotated[C->getName().str()] = *Fn;
      if (pagingOf(C) == Paging::Pageable) {
        Effect Paged;
        Paged.Do = EffectKind::AssertLevel;
        Paged.Window = {LowestIrql, Irql::Apc};
        FunctionContract &Fn = Annotated[C->getName().str()];
        Fn.Name = C->getName().str();
        Fn.Effects.push_back(Paged);
      }
    }
  std::vector<Root> Out;
  for (const FunctionParse &F : P.functions()) {
    auto Symbol = F.Function ? U.Symbols.find(F.Function) : U.Symbols.end();
    if (Symbol == U.Symbols.end())
      continue;
    const FunctionDecl *FD = F.Function;
    EntryContext C = entryContextOf(FD, Index);
    Root R;
    R.Name = F.Name;
    R.Symbol = Symbol->second;
    R.Pos = F.Pos;
    R.Range = C.Range;
    R.Role = C.Role;
    R.IsEntryPoint = C.IsEntryPoint;
    R.MayKeepLocks = C.MayKeepLocks;
    R.MayChangeLevel = C.MayChangeLevel;
    QualType Result = FD->getReturnType();
    std::string TypeName = Result.getUnqualifiedType().getAsString();
    R.Result = Result->isVoidType()     ? Root::Nothing
               : TypeName == "NTSTATUS" ? Root::Status
               : TypeName == "BOOLEAN" || Result->isBooleanType()
                   ? Root::Boolean
                   : Root::Other;
    for (const SalLockClaim &L : Index.salOf(FD).Locks)
      if (L.R != SalLockClaim::NotHeld && L.R != SalLockClaim::NoneHeld)
        if (std::optional<LockClaim> Claim = claimOf(L, FD, Rules)) {
          Claim->Judged =
              L.R != SalLockClaim::Held || !Index.salOf(FD).ReleasesLock;
          R.Claims.push_back(std::move(*Claim));
        }
    R.Called = Called.count(FD->getCanonicalDecl()) != 0;
    R.Obstacle = obstacle(FD, P.context());
    Out.push_back(std::move(R));
  }
  return Out;
}

} // namespace irqlint::rt
