//===- Registry.cpp
//----------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The list of all checks.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

std::vector<std::unique_ptr<Check>> irqlint::makeChecks() {
  std::vector<std::unique_ptr<Check>> All;
  All.push_back(makeIrqlWindow());
  All.push_back(makeWaitAtDispatch());
  All.push_back(makeIrqlNotRestored());
  All.push_back(makeRaiseLower());
  All.push_back(makeSavedIrqlMismatch());
  All.push_back(makePagedCode());
  All.push_back(makeLockLeaked());
  All.push_back(makeDoubleAcquire());
  All.push_back(makeReleaseNotHeld());
  All.push_back(makeReleaseForm());
  All.push_back(makeSharedToExclusive());
  All.push_back(makeCompleteUnderSpinLock());
  All.push_back(makeCancelLock());
  All.push_back(makeObjectConfig());
  All.push_back(makeCallbackLock());
  All.push_back(makeSelfWait());
  All.push_back(makeProhibited());
  All.push_back(makeReferences());
  All.push_back(makeLockLifetime());
  All.push_back(makePagedPool());
  All.push_back(makeLockHandle());
  All.push_back(makeConditionWait());
  All.push_back(makeLockDemand());
  All.push_back(makeRegionUnbalanced());
  All.push_back(makeApcState());
  All.push_back(makeCriticalSection());
  return All;
}

std::string irqlint::lockText(const HeldLock &L, const Judgement &J) {
  // System-wide locks are called by what they are.
  if (L.Kind && L.Kind->Title == J.nameOf(L.Object))
    return "the " + L.Kind->Title;
  // "callback lock of the device 'Device'"
  if (J.nameOf(L.Object).back() == '\'' && L.Kind)
    return L.Kind->Title + " of the " + J.nameOf(L.Object);
  return (L.Kind ? L.Kind->Title : std::string("lock")) + " '" +
         J.nameOf(L.Object) + "'";
}

bool irqlint::hasOwnCheck(const LockKindInfo *K) {
  return K && !K->Check.empty();
}

std::vector<SiteId> irqlint::levelSites(const SyncState &S) {
  std::vector<SiteId> Sites{S.LevelSite};
  for (const HeldLock &L : S.Held)
    Sites.push_back(L.Site);
  return Sites;
}
