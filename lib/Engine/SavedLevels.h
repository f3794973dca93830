//===- SavedLevels.h - Where an old level is kept ---------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_SAVEDLEVELS_H
#define IRQLINT_ENGINE_SAVEDLEVELS_H

#include "Engine/UnitIndex.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExplodedGraph.h"

namespace irqlint {

/// The routine called at \p Site in the body of \p FD saves the old level (or
/// how to give the lock back) in a local variable that \p FD hands to nothing
/// but routines that take or give back: once \p FD has returned, nobody can go
/// back to that level.
bool savedLevelDies(const clang::Expr *Site, const clang::FunctionDecl *FD,
                    const UnitIndex &Index);

/// The local variable that \p E names got its value from a call on the way to
/// \p N.
bool wasStoredByCall(const clang::Expr *E, const clang::ento::ExplodedNode *N);

} // namespace irqlint

#endif // IRQLINT_ENGINE_SAVEDLEVELS_H
