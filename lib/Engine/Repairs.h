//===- Repairs.h - The words of a repair ------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A judge says that a release has to be the one that goes with its
/// acquisition, or that it has to give back what that one saved. What this
/// means in the text of the program is found here: which routine it is comes
/// from the `pairs` of the rules, and its arguments from the two calls.
///
/// There are words only where both calls stand in the same function, outside of
/// macros, where only one routine can be meant and is declared, and where
/// everything that is named still has the value that it had at the acquisition.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_REPAIRS_H
#define IRQLINT_ENGINE_REPAIRS_H

#include "Engine/Exploration.h"
#include "Engine/Levels.h"

namespace irqlint {

/// The words of \p Cure on a path that is in state \p S; none if there are
/// none.
std::optional<LocatedRepair> wordsOf(const Remedy &Cure, UnitRun &Unit,
                                     const LevelMap &Map,
                                     clang::ento::ProgramStateRef S,
                                     const clang::LocationContext *LC);

/// All paths that came to the release so far had come from the acquisition.
bool isStillCertain(const LocatedRepair &R, const UnitRun &Unit);

/// \p E as lines and columns.
TextEdit textEdit(const LocatedEdit &E, const clang::ASTContext &Ctx);

} // namespace irqlint

#endif // IRQLINT_ENGINE_REPAIRS_H
