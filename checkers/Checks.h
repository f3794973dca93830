//===- Checks.h
//--------------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// One constructor per check; checkers/Registry.cpp lists them.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_CHECKERS_CHECKS_H
#define IRQLINT_CHECKERS_CHECKS_H

#include "Engine/Check.h"

namespace irqlint {

std::unique_ptr<Check> makeIrqlWindow();
std::unique_ptr<Check> makeWaitAtDispatch();
std::unique_ptr<Check> makeIrqlNotRestored();
std::unique_ptr<Check> makeRaiseLower();
std::unique_ptr<Check> makeSavedIrqlMismatch();
std::unique_ptr<Check> makePagedCode();
std::unique_ptr<Check> makeLockLeaked();
std::unique_ptr<Check> makeDoubleAcquire();
std::unique_ptr<Check> makeReleaseNotHeld();
std::unique_ptr<Check> makeReleaseForm();
std::unique_ptr<Check> makeSharedToExclusive();
std::unique_ptr<Check> makeCompleteUnderSpinLock();
std::unique_ptr<Check> makeCancelLock();
std::unique_ptr<Check> makeObjectConfig();
std::unique_ptr<Check> makeCallbackLock();
std::unique_ptr<Check> makeSelfWait();
std::unique_ptr<Check> makeRegionUnbalanced();
std::unique_ptr<Check> makeApcState();
std::unique_ptr<Check> makeCriticalSection();
std::unique_ptr<Check> makeProhibited();
std::unique_ptr<Check> makeReferences();
std::unique_ptr<Check> makeLockLifetime();
std::unique_ptr<Check> makePagedPool();
std::unique_ptr<Check> makeLockHandle();
std::unique_ptr<Check> makeConditionWait();
std::unique_ptr<Check> makeLockDemand();

/// The judge of releases, whose mistakes make the level wrong afterwards.
inline constexpr llvm::StringLiteral WrongFormCheck = "release-wrong-form";

/// "spin lock 'Ext->Lock'".
std::string lockText(const HeldLock &L, const Judgement &J);
/// Misuse of the kind is told by a check of its own.
bool hasOwnCheck(const LockKindInfo *K);
/// A held lock that this exit should not keep.
bool isLeak(const HeldLock &L, const ExitEvent &Exit);
/// Places that explain the current level: where it last changed and where the
/// locks that are held were taken.
std::vector<SiteId> levelSites(const SyncState &S);

} // namespace irqlint

#endif // IRQLINT_CHECKERS_CHECKS_H
