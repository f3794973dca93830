//===- Levels.cpp ---------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Levels.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ConstraintManager.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

bool irqlint::isLevelType(QualType T) {
  for (const auto *Def = T->getAs<TypedefType>(); Def;
       Def = Def->getDecl()->getUnderlyingType()->getAs<TypedefType>())
    if (Def->getDecl()->getName() == "KIRQL")
      return true;
  return false;
}

LevelValue LevelMap::fromValue(SVal V) const {
  if (V.isUndef())
    return LevelValue::uninitialized();
  if (auto I = V.getAs<nonloc::ConcreteInt>())
    return LevelValue::fixed(
        irqlFromNumber(I->getValue()->getZExtValue() & 0xff, Is64Bit));
  SymbolRef S = V.getAsSymbol();
  while (S)
    if (const auto *C = dyn_cast<SymbolCast>(S))
      S = C->getOperand();
    else
      break;
  if (!S)
    return LevelValue::unknown();
  return S == EntrySym ? LevelValue::entry() : LevelValue::symbol(S);
}

std::pair<unsigned, unsigned> LevelMap::numbersOf(IrqlRange R) const {
  // DIRQL begins at 3; HIGH covers CLOCK, IPI, POWER, PROFILE and HIGH.
  const unsigned FirstHigh = Is64Bit ? 13 : 27, Last = Is64Bit ? 15 : 31;
  const unsigned First[] = {0, 1, 2, 3, FirstHigh};
  const unsigned End[] = {0, 1, 2, FirstHigh - 1, Last};
  return {First[static_cast<unsigned>(R.Lo)], End[static_cast<unsigned>(R.Hi)]};
}

std::optional<SVal> LevelMap::toValue(const LevelValue &L, SValBuilder &SVB,
                                      QualType T) const {
  switch (L.K) {
  case LevelValue::Entry:
    return EntrySym ? std::optional<SVal>(nonloc::SymbolVal(EntrySym))
                    : std::nullopt;
  case LevelValue::Symbol:
    return nonloc::SymbolVal(static_cast<SymbolRef>(L.Id));
  case LevelValue::Fixed: {
    auto [A, B] = numbersOf(L.Range);
    if (A == B)
      return SVB.makeIntVal(A, T);
    return std::nullopt;
  }
  default:
    return std::nullopt;
  }
}

SymbolRef LevelMap::symbolOf(const LevelValue &L) const {
  if (L.K == LevelValue::Entry)
    return EntrySym;
  if (L.K == LevelValue::Symbol)
    return static_cast<SymbolRef>(L.Id);
  return nullptr;
}

ProgramStateRef LevelMap::narrow(ProgramStateRef S, const LevelValue &L,
                                 IrqlRange R) const {
  SymbolRef Sym = symbolOf(L);
  if (!Sym || R.isUnknown())
    return S;
  auto [Lo, Hi] = numbersOf(R);
  BasicValueFactory &BVF = S->getBasicVals();
  ProgramStateRef N = S->assumeInclusiveRange(
      nonloc::SymbolVal(Sym), *BVF.getValue(Lo, Sym->getType()),
      *BVF.getValue(Hi, Sym->getType()), true);
  return N ? N : S;
}

IrqlRange LevelMap::rangeOf(const LevelValue &L, ProgramStateRef S) const {
  if (L.K == LevelValue::Fixed)
    return L.Range;
  SymbolRef Sym = symbolOf(L);
  if (!Sym)
    return IrqlRange::unknown();
  ConstraintManager &CM = S->getConstraintManager();
  const llvm::APSInt *Min = CM.getSymMinVal(S, Sym);
  const llvm::APSInt *Max = CM.getSymMaxVal(S, Sym);
  IrqlRange R;
  if (Min && (Min->isUnsigned() || !Min->isNegative()))
    R.Lo = irqlFromNumber(Min->getZExtValue(), Is64Bit);
  if (Max && (Max->isUnsigned() || !Max->isNegative()))
    R.Hi = irqlFromNumber(Max->getZExtValue(), Is64Bit);
  return R;
}
