//===- Sal.h - Contracts from source annotations ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Reads the driver annotations of SAL from declarations. The header kit turns
/// every annotation NAME(ARGS) into `annotate("sal:NAME(ARGS)")`.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_SAL_H
#define IRQLINT_ENGINE_SAL_H

#include "Engine/SalLocks.h"
#include "Rules/Contract.h"
#include "Rules/RuleSet.h"
#include <memory>
#include <optional>

namespace clang {
class FunctionDecl;
} // namespace clang

namespace irqlint {

/// What the annotations of all declarations of a function say.
struct SalContract {
  FunctionContract Fn;
  bool HasWindow = false;
  /// Level bounds as a claim about the body.
  IrqlRange Window;
  /// _Acquires_lock_ or _Releases_lock_ (any spelling): locks may stay held.
  bool AcquiresLock = false, ReleasesLock = false;
  /// _Requires_lock_held_: something is held at entry.
  bool RequiresLock = false;
  /// _IRQL_raises_, _IRQL_saves_, _IRQL_restores_ (any spelling).
  bool ChangesLevel = false;
  /// Where _IRQL_saves_ says that the old level goes: the parameter that points
  /// there, or -1 for the result.
  std::vector<int> SavesTo;
  /// _IRQL_requires_same_, and none of these.
  bool SameLevel = false;
  /// Which locks the annotations name, unconditionally.
  std::vector<SalLockClaim> Locks;
  /// Those that are taken or given up under a condition.
  std::vector<SalLockClaim> Conditional;
  /// Role named by _Function_class_ or _Dispatch_type_.
  std::string Role;
  bool namesLocks() const { return !Locks.empty() || !Conditional.empty(); }
  /// Says what becomes of locks or of the level.
  bool promises() const {
    return AcquiresLock || ReleasesLock || RequiresLock || ChangesLevel;
  }
  bool empty() const {
    return !HasWindow && !AcquiresLock && !ReleasesLock && !RequiresLock &&
           !ChangesLevel && !SameLevel && Role.empty();
  }
};

SalContract readSal(const clang::FunctionDecl *FD);

} // namespace irqlint

#endif // IRQLINT_ENGINE_SAL_H
