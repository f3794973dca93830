//===- Roots.h - Functions that can be run by themselves --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_LOADER_ROOTS_H
#define IRQLINT_RUNTIME_LOADER_ROOTS_H

#include "Engine/EntryContext.h"
#include "Runtime/Loader/Compile.h"
#include "Runtime/Verifier/State.h"

namespace irqlint::rt {

/// A function of the driver and how the system (or an unknown caller) enters
/// it.
struct Root {
  std::string Name, Symbol;
  SourcePos Pos;
  IrqlRange Range;
  const RoleContract *Role = nullptr;
  bool IsEntryPoint = false;
  bool MayKeepLocks = false, MayChangeLevel = false;
  enum { Nothing, Status, Boolean, Other } Result = Nothing;
  /// What its own annotations say about locks.
  std::vector<LockClaim> Claims;
  /// It is called by other functions of the unit.
  bool Called = false;
  /// Why it cannot be started by itself; else empty.
  std::string Obstacle;
};

/// The functions of the unit, in source order.
/// \p Claims: gets what annotations of such functions say about locks.
/// \p Annotated: gets the contracts of functions that are only declared and
/// that the rules do not know.
std::vector<Root>
rootsOf(const ParsedUnit &P, const CompiledUnit &U, const RuleSet &Rules,
        std::map<std::string, FunctionContract> &Annotated,
        std::map<std::string, std::vector<LockClaim>> &Claims);

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_LOADER_ROOTS_H
