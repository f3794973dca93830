//===- Memory.cpp ---------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Memory.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/SValBuilder.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

// Facts about symbols, which hold for as long as these exist.
REGISTER_MAP_WITH_PROGRAMSTATE(AllocatedAs, SymbolRef, unsigned)
REGISTER_SET_WITH_PROGRAMSTATE(FreshContents, SymbolRef)

static const VarDecl *variableOf(SVal Pointer) {
  const MemRegion *R = Pointer.getAsRegion();
  const auto *V = R ? dyn_cast<VarRegion>(R->getBaseRegion()) : nullptr;
  return V ? V->getDecl() : nullptr;
}

bool irqlint::isOnStack(SVal Pointer) {
  const VarDecl *V = variableOf(Pointer);
  return V && V->hasLocalStorage();
}

bool irqlint::isGlobal(SVal Pointer) {
  const VarDecl *V = variableOf(Pointer);
  return V && V->hasGlobalStorage() && V->getTLSKind() == VarDecl::TLS_None;
}

static SymbolRef baseOf(SVal Pointer) {
  const MemRegion *R = Pointer.getAsRegion();
  if (const auto *S =
          R ? dyn_cast<SymbolicRegion>(R->getBaseRegion()) : nullptr)
    return S->getSymbol();
  return nullptr;
}

MemoryKind irqlint::memoryKindOf(SVal Pointer, ProgramStateRef S) {
  SymbolRef Base = baseOf(Pointer);
  const unsigned *K = Base ? S->get<AllocatedAs>(Base) : nullptr;
  return K ? static_cast<MemoryKind>(*K) : MemoryKind::Unknown;
}

ProgramStateRef irqlint::noteAllocation(ProgramStateRef S, SVal Pointer,
                                        MemoryKind Kind, bool Filled,
                                        const clang::ento::CallEvent &Call,
                                        unsigned Count) {
  SymbolRef Base = baseOf(Pointer);
  if (!Base)
    return S;
  S = S->set<AllocatedAs>(Base, static_cast<unsigned>(Kind));
  if (Filled)
    return S;
  SValBuilder &SVB = S->getStateManager().getSValBuilder();
  static const char Mark = 0;
  SVal Contents =
      SVB.conjureSymbolVal(Call, SVB.getContext().CharTy, Count, &Mark);
  S = S->bindDefaultInitial(Pointer, Contents, Call.getLocationContext());
  return S->add<FreshContents>(Contents.getAsSymbol());
}

/// A scalar at the beginning of the object; null for types that nothing is
/// known of.
static const TypedValueRegion *firstScalar(const MemRegion *R,
                                           ProgramStateRef S) {
  MemRegionManager &Regions = S->getStateManager().getRegionManager();
  SValBuilder &SVB = S->getStateManager().getSValBuilder();
  const auto *T = dyn_cast<TypedValueRegion>(R);
  for (unsigned I = 0; T && I < 12; ++I) {
    QualType Type = T->getValueType();
    if (Type->isScalarType())
      return T;
    if (const auto *RT = Type->getAs<RecordType>()) {
      const RecordDecl *D = RT->getDecl()->getDefinition();
      const FieldDecl *First = nullptr;
      if (D)
        for (const FieldDecl *F : D->fields())
          if (!F->isBitField()) {
            First = F;
            break;
          }
      T = First ? Regions.getFieldRegion(First, T) : nullptr;
    } else if (const ConstantArrayType *A =
                   SVB.getContext().getAsConstantArrayType(Type)) {
      T = Regions.getElementRegion(
          A->getElementType(), SVB.makeZeroArrayIndex(), T, SVB.getContext());
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

bool irqlint::isUnborn(SVal Object, ProgramStateRef S) {
  const MemRegion *R = Object.getAsRegion();
  if (!R ||
      !(isOnStack(Object) || memoryKindOf(Object, S) != MemoryKind::Unknown))
    return false;
  // Elements of arrays are filled in loops, of which the path shows a few
  // rounds only. (The first may be a cast.)
  R = R->StripCasts();
  for (const MemRegion *P = R; const auto *Sub = dyn_cast<SubRegion>(P);
       P = Sub->getSuperRegion())
    if (const auto *E = dyn_cast<ElementRegion>(P);
        E && !E->getIndex().isZeroConstant())
      return false;
  const TypedValueRegion *First = firstScalar(R, S);
  // (Of a variable that is not a record there is nothing but its own value.)
  if (!First)
    return false;
  SVal V = S->getSVal(First);
  if (V.isUndef())
    return isOnStack(Object);
  const auto *D = dyn_cast_or_null<SymbolDerived>(V.getAsSymbol());
  return D && S->contains<FreshContents>(D->getParentSymbol());
}

ProgramStateRef irqlint::giveBirth(ProgramStateRef S, SVal Object,
                                   const LocationContext *At,
                                   llvm::function_ref<SVal(QualType)> Value) {
  const MemRegion *R = Object.getAsRegion();
  const TypedValueRegion *First = R ? firstScalar(R->StripCasts(), S) : nullptr;
  return First ? S->bindLoc(loc::MemRegionVal(First),
                            Value(First->getValueType()), At,
                            /*notifyChanges=*/false)
               : S;
}

ProgramStateRef irqlint::giveBirth(ProgramStateRef S, SVal Object,
                                   const clang::ento::CallEvent &Call,
                                   unsigned Count) {
  static const char Mark = 0;
  return giveBirth(S, Object, Call.getLocationContext(), [&](QualType T) {
    return S->getStateManager().getSValBuilder().conjureSymbolVal(Call, T,
                                                                  Count, &Mark);
  });
}
