//===- MergeBits.cpp - Bits of places that paths disagree on --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Settings are often bits of a word. Where paths meet with different words,
/// what was tested of them is still known if it was the same: it lies with
/// `word & mask`, not with the word.
//===----------------------------------------------------------------------===//

#include "Engine/Merge.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

using ConstraintTable = llvm::DenseMap<SymbolRef, RangeSet>;

/// \p S as a test of bits of a symbol.
static const SymIntExpr *bitTest(SymbolRef S) {
  const auto *E = dyn_cast<SymIntExpr>(S);
  return E && E->getOpcode() == BO_And ? E : nullptr;
}

/// What is known of the bits of \p V that \p Test is about.
static std::optional<Extent> extentOfBits(SVal V, const SymIntExpr *Test,
                                          const ConstraintTable &Known) {
  llvm::APSInt Mask = Test->getRHS();
  if (auto I = V.getAs<nonloc::ConcreteInt>()) {
    llvm::APSInt N = *I->getValue().get();
    APSIntType(Mask).apply(N);
    N &= Mask;
    return Extent{{N, N}};
  }
  for (const auto &[S, Ranges] : Known) {
    const SymIntExpr *Other = bitTest(S);
    if (!Other || Other->getLHS() != V.getAsSymbol() ||
        Other->getType() != Test->getType() ||
        !(*Other->getRHS().get() == Mask))
      continue;
    Extent E;
    for (const Range &R : Ranges)
      E.push_back({R.From(), R.To()});
    return E;
  }
  return std::nullopt;
}

void Merger::saysOfBits(const Facts &F, const TypedValueRegion *R,
                        llvm::raw_ostream &OS) {
  SymbolRef Word = F.State->getSVal(R).getAsSymbol();
  if (!Word)
    return;
  std::map<llvm::APSInt, std::string> ByMask; // the table has no order
  for (const auto &[S, Ranges] : F.Constraints)
    if (const SymIntExpr *Test = bitTest(S); Test && Test->getLHS() == Word) {
      std::string Text;
      llvm::raw_string_ostream Bits(Text);
      Bits << *Test->getRHS().get();
      for (const Range &Part : Ranges)
        Bits << ' ' << Part.From() << ':' << Part.To();
      ByMask[*Test->getRHS().get()] = std::move(Text);
    }
  for (const auto &[Mask, Text] : ByMask)
    OS << static_cast<const void *>(R) << '&' << Text << ';';
}

ProgramStateRef Merger::keepBits(ProgramStateRef W, SVal Any, SVal V, SVal Was,
                                 const Facts &New, const Facts &Old,
                                 ExprEngine &Eng) const {
  SValBuilder &SVB = Eng.getSValBuilder();
  for (const Facts *F : {&New, &Old})
    for (const auto &[S, Ranges] : F->Constraints) {
      const SymIntExpr *Test = bitTest(S);
      if (!Test || Test->getLHS() != (F == &New ? V : Was).getAsSymbol())
        continue;
      auto A = extentOfBits(V, Test, New.Constraints),
           B = extentOfBits(Was, Test, Old.Constraints);
      // (What differs would go on to grow in loops.)
      if (!A || !B || !within(*A, *B) || !within(*B, *A))
        continue;
      SVal Bits = SVB.evalBinOp(W, BO_And, Any, SVB.makeIntVal(Test->getRHS()),
                                Test->getType());
      if (SymbolRef Sym = Bits.getAsSymbol())
        W = assumeUnion(W, Sym, *A, *B, SVB);
    }
  return W;
}

std::optional<bool>
Merger::coversBits(SymbolRef S, const RangeSet &General,
                   const llvm::DenseMap<SymbolRef, SVal> &Meaning,
                   const Facts &Special) {
  const SymIntExpr *Test = bitTest(S);
  auto I = Test ? Meaning.find(Test->getLHS()) : Meaning.end();
  if (I == Meaning.end())
    return std::nullopt;
  auto Is = extentOfBits(I->second, Test, Special.Constraints);
  Extent E;
  for (const Range &R : General)
    E.push_back({R.From(), R.To()});
  return Is && within(*Is, E);
}
