//===- MergeSlice.cpp - What keeps paths apart ----------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Extent.h"
#include "Engine/Memory.h"
#include "Engine/Merge.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

unsigned Merger::placeOf(const MemRegion *R) const {
  auto [I, New] = Places.try_emplace(R, Always);
  if (!New)
    return I->second;
  const ValueDecl *D = nullptr;
  for (const MemRegion *At = R; At && !D;
       At = cast<SubRegion>(At)->getSuperRegion()) {
    if (const auto *V = dyn_cast<VarRegion>(At))
      D = V->getDecl();
    else if (const auto *F = dyn_cast<FieldRegion>(At))
      D = F->getDecl();
    else if (!isa<ElementRegion, CXXBaseObjectRegion, CXXDerivedObjectRegion>(
                 At))
      return Always;
  }
  return D ? I->second = Relevant->numberOf(D) : Always;
}

bool Merger::isRelevant(SymbolRef S,
                        const llvm::DenseSet<SymbolRef> &Stored) const {
  if (Stored.contains(S))
    return true;
  auto [I, New] = Origins.try_emplace(S);
  if (New)
    for (SymbolRef Part : S->symbols())
      if (const MemRegion *R = Part->getOriginRegion())
        I->second.push_back(placeOf(R));
  return llvm::any_of(I->second, [&](unsigned P) { return isLive(P); });
}

/// Records on the stack that are used later and are filled in one of the two
/// only.
void Merger::bornInOne(
    const Facts &A, const Facts &B, const StackFrameContext *Frame,
    llvm::function_ref<void(const VarDecl *, const StackFrameContext *)> Do)
    const {
  for (unsigned N : Live->set_bits()) {
    const auto *V = dyn_cast<VarDecl>(Relevant->declOf(N));
    if (!V || !V->hasLocalStorage() || isa<ParmVarDecl>(V) ||
        V->getType()->isScalarType())
      continue;
    for (const StackFrameContext *F = Frame; F;
         F = F->getParent() ? F->getParent()->getStackFrame() : nullptr) {
      if (V->getDeclContext() != dyn_cast<DeclContext>(F->getDecl()))
        continue;
      SVal Address = A.State->getLValue(V, F);
      if (isUnborn(Address, A.State) != isUnborn(Address, B.State))
        Do(V, F);
    }
  }
}

bool Merger::agreeInBirth(const Facts &A, const Facts &B,
                          const StackFrameContext *Frame) const {
  bool Agree = true;
  bornInOne(A, B, Frame,
            [&](const VarDecl *, const StackFrameContext *) { Agree = false; });
  return Agree;
}

/// What is filled in one of the two may be filled where they are joined.
ProgramStateRef Merger::bornInEither(ProgramStateRef W, const Facts &New,
                                     const Facts &Old,
                                     const StackFrameContext *Frame,
                                     ConstCFGElementRef Anchor,
                                     SValBuilder &SVB) const {
  if (!Live)
    return W;
  bornInOne(New, Old, Frame, [&](const VarDecl *V, const StackFrameContext *F) {
    SVal Object = W->getLValue(V, F);
    if (isUnborn(Object, W))
      W = giveBirth(W, Object, F, [&](QualType T) {
        return SVB.conjureSymbolVal(V, Anchor, F, T, /*count=*/0);
      });
  });
  return W;
}

/// The two know the same of everything that decides about locks and levels.
bool Merger::agreeInSlice(const Facts &A, const Facts &B,
                          const StackFrameContext *Frame,
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
  return Within(A, B) && Within(B, A) && agreeInBirth(A, B, Frame);
}

/// `A == 0 || B == 1` is lost where a path that knows the one meets a path that
/// knows the other.
std::string Merger::choiceOf(const Facts &F, ExprEngine &Eng) const {
  std::string Text;
  llvm::raw_string_ostream OS(Text);
  for (const TypedValueRegion *R : JointGuards) {
    QualType T = R->getValueType();
    if (!(T->isIntegralOrEnumerationType() || T->isAnyPointerType()) ||
        (Relevant && !isRelevant(R)))
      continue;
    if (auto E = extentOf(F.State->getSVal(R), T, F.Constraints, Eng)) {
      OS << static_cast<const void *>(R);
      for (const Part &P : *E)
        OS << ' ' << P.From << ':' << P.To;
      OS << ';';
    }
    saysOfBits(F, R, OS);
  }
  return Text;
}
