//===- UsePlace.h - Where what a guard does is told -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_USEPLACE_H
#define IRQLINT_ENGINE_USEPLACE_H

#include "clang/Analysis/AnalysisDeclContext.h"

namespace irqlint {

class UnitIndex;

struct UsePlace {
  clang::SourceLocation Loc;
  const clang::FunctionDecl *In = nullptr;
};

/// What stands in a header of the system, or in the constructor or destructor
/// of an object that is there to hold a lock, is told where that is used: there
/// it is wrong, and there it is to be mended. With \p Wrappers, so is what
/// functions do that are no more than one such call. All else is told \p At its
/// place.
UsePlace usePlace(clang::SourceLocation At, const clang::LocationContext *LC,
                  const UnitIndex &Index, bool Wrappers = false);

} // namespace irqlint

#endif // IRQLINT_ENGINE_USEPLACE_H
