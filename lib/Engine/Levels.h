//===- Levels.h - Between IRQL values and symbolic values -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_LEVELS_H
#define IRQLINT_ENGINE_LEVELS_H

#include "Model/SyncState.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramState.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/SValBuilder.h"

namespace irqlint {

/// Translates between what the program stores in a KIRQL and LevelValue.
struct LevelMap {
  clang::ento::SymbolRef EntrySym;
  bool Is64Bit;

  /// The symbol whose value is \p L; null if it has none.
  clang::ento::SymbolRef symbolOf(const LevelValue &L) const;
  LevelValue fromValue(clang::ento::SVal V) const;
  /// The value that a routine stores when it saves \p L; none if it has no
  /// symbol of its own (then the caller conjures one).
  std::optional<clang::ento::SVal> toValue(const LevelValue &L,
                                           clang::ento::SValBuilder &SVB,
                                           clang::QualType T) const;
  IrqlRange rangeOf(const LevelValue &L, clang::ento::ProgramStateRef S) const;
  /// \p S with the symbol of \p L known to lie in \p R; \p S itself if it has
  /// none, or if it is known to lie outside.
  clang::ento::ProgramStateRef narrow(clang::ento::ProgramStateRef S,
                                      const LevelValue &L, IrqlRange R) const;
  /// Numbers that belong to the steps of \p R.
  std::pair<unsigned, unsigned> numbersOf(IrqlRange R) const;
};

/// The type in which programs keep a saved level.
bool isLevelType(clang::QualType T);

} // namespace irqlint

#endif // IRQLINT_ENGINE_LEVELS_H
