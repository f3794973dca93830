//===- MergeSlice.cpp - What keeps paths apart ----------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Extent.h"
#include "Engine/Merge.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

bool Merger::isRelevant(const MemRegion *R) const {
  for (; R; R = cast<SubRegion>(R)->getSuperRegion()) {
    if (const auto *V = dyn_cast<VarRegion>(R))
      return Relevant->contains(V->getDecl());
    if (const auto *F = dyn_cast<FieldRegion>(R))
      return Relevant->contains(F->getDecl());
    if (!isa<ElementRegion, CXXBaseObjectRegion, CXXDerivedObjectRegion>(R))
      return true;
  }
  return true;
}

bool Merger::isRelevant(SymbolRef S,
                        const llvm::DenseSet<SymbolRef> &Stored) const {
  if (Stored.contains(S))
    return true;
  auto [I, New] = RelevantOrigin.try_emplace(S, false);
  if (New) {
    bool Is = false;
    for (SymbolRef Part : S->symbols())
      if (const MemRegion *R = Part->getOriginRegion())
        Is |= isRelevant(R);
    RelevantOrigin[S] = Is;
    return Is;
  }
  return I->second;
}

/// The two know the same of everything that decides about locks and levels.
bool Merger::agreeInSlice(const Facts &A, const Facts &B,
                          ExprEngine &Eng) const {
  const SyncState *SA = syncOf(A.State), *SB = syncOf(B.State);
  if (SA != SB && (!irqlint::covers(*SA, *SB) || !irqlint::covers(*SB, *SA)))
    return false;
  // Symbols whose only meaning is the value of a place that was compared.
  llvm::DenseSet<SymbolRef> Compared;
  auto Same = [&](SVal V, SVal W, QualType T) {
    if (V == W)
      return true;
    if (!T->isIntegralOrEnumerationType())
      return false;
    for (SVal One : {V, W})
      if (SymbolRef S = One.getAsSymbol(); S && isa<SymbolData>(S))
        Compared.insert(S);
    auto X = extentOf(V, T, A.Constraints, Eng),
         Y = extentOf(W, T, B.Constraints, Eng);
    return !X == !Y && (!X || (within(*X, *Y) && within(*Y, *X)));
  };
  // Symbols that a relevant place holds.
  llvm::DenseSet<SymbolRef> Stored;
  auto Note = [&](SVal V) {
    if (SymbolRef S = V.getAsSymbol(/*IncludeBaseRegions=*/true))
      for (SymbolRef Part : S->symbols())
        Stored.insert(Part);
  };
  if (A.Variables.size() != B.Variables.size())
    for (const auto &[R, V] : B.Variables)
      if (!A.Variables.count(R) && isRelevant(R))
        return false;
  for (const auto &[R, V] : A.Variables) {
    if (!isRelevant(R))
      continue;
    auto I = B.Variables.find(R);
    if (I == B.Variables.end() ||
        !Same(V, I->second, cast<TypedValueRegion>(R)->getValueType()))
      return false;
    Note(V);
    Note(I->second);
  }
  for (size_t I = 0; I < A.Members.size() && I < B.Members.size(); ++I) {
    if (!isRelevant(Watched[I]))
      continue;
    if (!Same(A.Members[I], B.Members[I], Watched[I]->getValueType()))
      return false;
    Note(A.Members[I]);
    Note(B.Members[I]);
  }
  if (A.ReturnExpr && !Same(A.Returned, B.Returned, A.ReturnExpr->getType()))
    return false;
  auto Within = [&](const Facts &X, const Facts &Y) {
    for (const auto &[Sym, Ranges] : X.Constraints) {
      auto I = Y.Constraints.find(Sym);
      if (Compared.contains(Sym))
        continue;
      if ((I == Y.Constraints.end() || !(I->second == Ranges)) &&
          isRelevant(Sym, Stored))
        return false;
    }
    return true;
  };
  return Within(A, B) && Within(B, A);
}
