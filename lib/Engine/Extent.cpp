//===- Extent.cpp ---------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Extent.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

bool irqlint::isComparison(SymbolRef S) {
  const auto *B = dyn_cast<BinarySymExpr>(S);
  return B && BinaryOperator::isComparisonOp(B->getOpcode());
}

bool irqlint::holds(const RangeSet &R, unsigned N) {
  return R.contains(APSIntType(R.begin()->From()).getValue(N));
}

std::optional<Extent>
irqlint::extentOf(SVal V, QualType T,
                  const llvm::DenseMap<SymbolRef, RangeSet> &Constraints,
                  ExprEngine &Eng) {
  BasicValueFactory &BV = Eng.getSValBuilder().getBasicValueFactory();
  APSIntType Want = BV.getAPSIntType(T);
  auto One = [&](llvm::APSInt N) {
    Want.apply(N);
    return Extent{{N, N}};
  };
  if (auto I = V.getAs<nonloc::ConcreteInt>())
    return One(*I->getValue().get());
  if (auto I = V.getAs<loc::ConcreteInt>())
    return One(*I->getValue().get());
  if (SymbolRef Sym = V.getAsSymbol()) {
    auto I = Constraints.find(Sym);
    bool Constrained = I != Constraints.end() && !I->second.isEmpty();
    if (isComparison(Sym)) {
      Extent E;
      for (unsigned Bit : {0, 1})
        if (!Constrained || holds(I->second, Bit))
          E.push_back({Want.getValue(Bit), Want.getValue(Bit)});
      return E;
    }
    if (!Constrained)
      return std::nullopt;
    Extent E;
    for (const Range &R : I->second) {
      if (!(APSIntType(R.From()) == Want))
        return std::nullopt;
      E.push_back({R.From(), R.To()});
    }
    return E;
  }
  if (V.getAs<loc::MemRegionVal>() && T->isAnyPointerType()) {
    llvm::APSInt First = Want.getValue(1);
    return Extent{{First, Want.getMaxValue()}};
  }
  return std::nullopt;
}

bool irqlint::within(const Extent &Inner, const Extent &Outer) {
  return llvm::all_of(Inner, [&](const Part &I) {
    return llvm::any_of(
        Outer, [&](const Part &O) { return O.From <= I.From && I.To <= O.To; });
  });
}

bool irqlint::cannotGrow(QualType T, const Extent &A, const Extent &B) {
  auto IsBit = [](const Part &P) { return P.From >= 0 && P.To <= 1; };
  return T->isAnyPointerType() ||
         (llvm::all_of(A, IsBit) && llvm::all_of(B, IsBit));
}

Extent irqlint::signsOf(const Extent &A, const Extent &B) {
  bool Below = false, Zero = false, Above = false;
  for (const Extent *E : {&A, &B})
    for (const Part &P : *E) {
      Below |= P.From < 0;
      Zero |= P.From <= 0 && P.To >= 0;
      Above |= P.To > 0;
    }
  Extent Signs;
  if (A.empty() && B.empty())
    return Signs;
  const llvm::APSInt &Any = A.empty() ? B.front().From : A.front().From;
  auto Number = [&](int64_t N) {
    llvm::APSInt V(Any.getBitWidth(), Any.isUnsigned());
    V = N;
    return V;
  };
  if (Below)
    Signs.push_back(
        {llvm::APSInt::getMinValue(Any.getBitWidth(), false), Number(-1)});
  if (Zero)
    Signs.push_back({Number(0), Number(0)});
  if (Above)
    Signs.push_back({Number(1), llvm::APSInt::getMaxValue(Any.getBitWidth(),
                                                          Any.isUnsigned())});
  return Signs;
}

ProgramStateRef irqlint::assumeUnion(ProgramStateRef S, SymbolRef Sym,
                                     const Extent &A, const Extent &B,
                                     SValBuilder &SVB) {
  SmallVector<Part, 8> Parts(A.begin(), A.end());
  Parts.append(B.begin(), B.end());
  if (Parts.empty())
    return S;
  llvm::sort(Parts,
             [](const Part &X, const Part &Y) { return X.From < Y.From; });
  SmallVector<Part, 8> U;
  for (const Part &P : Parts) {
    if (!U.empty() && (P.From <= U.back().To ||
                       (U.back().To + 1 == P.From && U.back().To < P.From))) {
      if (U.back().To < P.To)
        U.back().To = P.To;
    } else {
      U.push_back(P);
    }
  }
  // The two together say nothing.
  const llvm::APSInt &Lo = U.front().From, &Hi = U.back().To;
  if (U.size() == 1 &&
      Lo == llvm::APSInt::getMinValue(Lo.getBitWidth(), Lo.isUnsigned()) &&
      Hi == llvm::APSInt::getMaxValue(Hi.getBitWidth(), Hi.isUnsigned()))
    return S;
  bool Pointer = Loc::isLocType(Sym->getType());
  if (Pointer) {
    // Only "null" and "not null" can be stated of an address.
    bool MayNull = U.front().From == 0;
    bool OnlyNull = MayNull && U.size() == 1 && U.front().To == 0;
    DefinedOrUnknownSVal V = SVB.makeLoc(Sym).castAs<DefinedOrUnknownSVal>();
    if (!MayNull)
      return S->assume(V, true);
    if (OnlyNull)
      return S->assume(V, false);
    return S;
  }
  nonloc::SymbolVal V(Sym);
  ProgramStateRef T =
      S->assumeInclusiveRange(V, U.front().From, U.back().To, true);
  for (size_t I = 1; T && I < U.size(); ++I) {
    llvm::APSInt From = U[I - 1].To, To = U[I].From;
    ++From;
    --To;
    if (From <= To)
      if (ProgramStateRef N = T->assumeInclusiveRange(V, From, To, false))
        T = N;
  }
  return T ? T : S;
}
