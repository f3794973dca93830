//===- RuleSet.h - The loaded rules -----------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Look-up of contracts by name. The shipped rules are compiled in; rule files
/// of the user add, replace or disable records by name. A RuleSet is immutable
/// once loaded and may be shared between threads for look-up.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_RULESET_H
#define IRQLINT_RULES_RULESET_H

#include "Rules/CostContract.h"
#include "Rules/ObjectContract.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace irqlint {

class RuleSet {
public:
  /// The rules compiled into this binary. Cheap: records are decoded when they
  /// are first asked for (thread-safe).
  static std::shared_ptr<const RuleSet> builtin();

  /// The built-in rules with the given files laid over them, in order. The
  /// error names file, line and column of every problem found.
  static llvm::Expected<std::shared_ptr<const RuleSet>>
  withOverlays(llvm::ArrayRef<std::string> Files);

  /// Validates one rule file against the built-in rules; success or an error
  /// with one "file:line:col: error: ..." line per problem.
  static llvm::Error check(llvm::StringRef File);

  ~RuleSet();

  /// Null when no rule names the routine. The pointer lives as long as the set.
  const FunctionContract *function(llvm::StringRef Name) const;
  /// \p Name is the documented typedef; pointer spellings (PDRIVER_DISPATCH,
  /// PFN_WDF_TIMER) are resolved.
  const RoleContract *role(llvm::StringRef Name) const;
  /// Role of a function known by its name alone (DriverEntry).
  const RoleContract *roleOfEntryName(llvm::StringRef Function) const;
  /// Role that \p Api gives to the function in argument \p Arg, or null.
  const RoleContract *registeredRole(llvm::StringRef Api, unsigned Arg) const;
  /// Role of functions stored in \p Member of \p Struct, or null.
  const RoleContract *memberRole(llvm::StringRef Struct,
                                 llvm::StringRef Member) const;
  const LockKindInfo *lockKind(llvm::StringRef Name) const;
  /// Lock kind of a C type name (KSPIN_LOCK), or null.
  const LockKindInfo *lockKindOfType(llvm::StringRef Type) const;
  /// Kind of a system-wide lock ("cancel-spin-lock"), or null.
  const LockKindInfo *lockKindOfGlobal(llvm::StringRef Global) const;
  const CheckInfo *checkInfo(llvm::StringRef Name) const;
  llvm::ArrayRef<CheckInfo> checks() const;
  /// Check that covers a rival tool's rule id ("28167", "SpinLockRelease").
  std::vector<const CheckInfo *> checksForRival(llvm::StringRef Id) const;
  /// The object that a routine creates, or null.
  const ObjectContract *object(llvm::StringRef Creator) const;
  bool isObjectKind(llvm::StringRef Kind) const;
  /// How a routine fills a structure or relates handles, or null.
  const SetupContract *setup(llvm::StringRef Routine) const;
  llvm::ArrayRef<ConfigRule> configRules() const;
  /// What a routine costs, or null.
  const CostContract *cost(llvm::StringRef Routine) const;
  /// All creating routines.
  std::vector<std::string> objectNames() const;
  /// All names, sorted; for listings and completeness tests.
  std::vector<std::string> functionNames() const;
  std::vector<std::string> roleNames() const;
  /// What overlays changed, one line each ("replaced KeFoo (my.yaml:3)").
  llvm::ArrayRef<std::string> overlayLog() const;

  struct Impl;

private:
  explicit RuleSet(std::unique_ptr<Impl> I);
  std::unique_ptr<Impl> I;
};

} // namespace irqlint

#endif // IRQLINT_RULES_RULESET_H
