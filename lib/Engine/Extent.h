//===- Extent.h - What is known of a value as a set of numbers ---*- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_EXTENT_H
#define IRQLINT_ENGINE_EXTENT_H

#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/RangedConstraintManager.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace irqlint {

/// Values that an integer or address can have; addresses as unsigned numbers of
/// which only zero is told from the rest.
struct Part {
  llvm::APSInt From, To;
};
using Extent = llvm::SmallVector<Part, 4>;

/// \p S is zero or one.
bool isComparison(clang::ento::SymbolRef S);
bool holds(const clang::ento::RangeSet &R, unsigned N);

/// What is known of \p V as a value of type \p T; nothing when it can be
/// anything.
std::optional<Extent>
extentOf(clang::ento::SVal V, clang::QualType T,
         const llvm::DenseMap<clang::ento::SymbolRef, clang::ento::RangeSet>
             &Constraints,
         clang::ento::ExprEngine &Eng);

bool within(const Extent &Inner, const Extent &Outer);

/// Unions of such values end by themselves: truth values, and addresses, of
/// which only null is told from the rest.
bool cannotGrow(clang::QualType T, const Extent &A, const Extent &B);

/// The union of the two, coarsened to signs: below zero, zero, above. So it
/// cannot grow more than twice, and a status stays a success or a failure.
Extent signsOf(const Extent &A, const Extent &B);

/// Assumes that \p Sym lies in the union of \p A and \p B.
clang::ento::ProgramStateRef assumeUnion(clang::ento::ProgramStateRef S,
                                         clang::ento::SymbolRef Sym,
                                         const Extent &A, const Extent &B,
                                         clang::ento::SValBuilder &SVB);

} // namespace irqlint

#endif // IRQLINT_ENGINE_EXTENT_H
