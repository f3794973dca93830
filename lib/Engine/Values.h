//===- Values.h - Values and conditions of a call ---------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Reads the ValueRefs and Conditions of a contract off a call on a path.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_VALUES_H
#define IRQLINT_ENGINE_VALUES_H

#include "Engine/Check.h"
#include "Rules/Contract.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"

namespace irqlint {

/// The state from before a call, which the analyzer keeps to its own classes.
clang::ento::ProgramStateRef stateBefore(const clang::ento::CallEvent &C);

/// The value of \p R at the call, UnknownVal when it cannot be had. \p Ret is
/// the value returned (before the call: unknown).
clang::ento::SVal valueOf(const ValueRef &R, const clang::ento::CallEvent &Call,
                          clang::ento::ProgramStateRef S,
                          clang::ento::SVal Ret);

/// Stores a value of which nothing is known where \p R points.
clang::ento::ProgramStateRef fill(const ValueRef &R,
                                  const clang::ento::CallEvent &Call,
                                  clang::ento::ProgramStateRef S,
                                  unsigned Count);

/// Whether all conditions hold, may hold or cannot hold.
Applies holds(const Conditions &C, const clang::ento::CallEvent &Call,
              clang::ento::ProgramStateRef S, clang::ento::SVal Ret);

/// The states in which the conditions hold / do not; either may be null.
std::pair<clang::ento::ProgramStateRef, clang::ento::ProgramStateRef>
splitOn(const Conditions &C, const clang::ento::CallEvent &Call,
        clang::ento::ProgramStateRef S, clang::ento::SVal Ret);

/// Whether the type of an argument (before conversions) is one of \p Types.
bool argumentIsOf(llvm::ArrayRef<std::string> Types, unsigned Index,
                  const clang::ento::CallEvent &Call);

/// The same of a type.
bool typeIsOf(llvm::ArrayRef<std::string> Types, clang::QualType T);

/// Source text of an argument as the user wrote it, without the leading '&'.
std::string textOf(const clang::Expr *E, const clang::ASTContext &Ctx);

/// The same, in the words of whoever called into a header of the system: what
/// is a parameter there, or a member of the object, is what was handed in.
std::string textOf(const clang::Expr *E, const clang::LocationContext *LC);

} // namespace irqlint

#endif // IRQLINT_ENGINE_VALUES_H
