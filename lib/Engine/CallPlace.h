//===- CallPlace.h - What surrounds a call ----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_CALLPLACE_H
#define IRQLINT_ENGINE_CALLPLACE_H

#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"

namespace irqlint {

struct CallPlace {
  /// The call comes round again: in its function, or in one of the callers
  /// through which the path came.
  bool InLoop = false;
  /// An `if` over shared data decides whether the call is made.
  bool Guarded = false;
};

CallPlace placeOf(const clang::ento::CallEvent &Call);

/// The call is a statement of its own (or cast to void).
bool isResultUnused(const clang::ento::CallEvent &Call);

/// \p S, a branch, ends by leaving what is around it (or the system).
bool leavesBlock(const clang::Stmt *S);

} // namespace irqlint

#endif // IRQLINT_ENGINE_CALLPLACE_H
