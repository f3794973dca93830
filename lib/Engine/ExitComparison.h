//===- ExitComparison.h - Judging how a function returns --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// After a function was explored its exits are compared. An entry point must
/// not keep what it took. A helper may, if all its successful exits do or if
/// its result or a flag of its caller tells; if neither, the exit that keeps
/// the lock (or the raised level) is the odd one. Also makes the summary.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_EXITCOMPARISON_H
#define IRQLINT_ENGINE_EXITCOMPARISON_H

#include "Engine/Exploration.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"

namespace irqlint {

void compareExits(UnitRun &Unit, RootRun &Root, clang::ento::ExprEngine &Eng,
                  bool Finished);

} // namespace irqlint

#endif // IRQLINT_ENGINE_EXITCOMPARISON_H
