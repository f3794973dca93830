//===- UnitCache.h -----------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Several checks of one front end ask for the same unit; it is analyzed once.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_CHECKERS_UNITCACHE_H
#define IRQLINT_CHECKERS_UNITCACHE_H

#include "Engine/Analyze.h"

namespace irqlint {

class UnitCache {
public:
  struct Request {
    std::string Rules; ///< rule files, separated by ';'
    bool Possible = false;
  };

  /// Begins to collect the places of parse errors of the unit that \p PP
  /// reads.
  static void watch(clang::Preprocessor &PP);

  /// Findings of all checks in the unit.
  static const std::vector<LocatedFinding> &
  get(clang::ASTContext &Ctx, clang::Preprocessor &PP, const Request &R);
};

} // namespace irqlint

#endif // IRQLINT_CHECKERS_UNITCACHE_H
