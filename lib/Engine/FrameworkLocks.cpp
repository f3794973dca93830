//===- FrameworkLocks.cpp -------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/CallPlace.h"
#include "Engine/EntryLocks.h"
#include "Engine/Tracker.h"
#include "Engine/Values.h"
#include "Engine/WdfConfig.h"
#include "Engine/WdfRules.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

/// What is known of a lock that belongs to an object of a framework. True if
/// the lock does not change the level.
bool Tracker::configure(const Effect &E, const Event &Call,
                        const SyncState &Before, EffectEvent &Ev) const {
  if (!E.Configured || !Ev.Kind)
    return false;
  const Expr *Site = Call.getOriginExpr();
  if (argumentIsOf(Ev.Kind->NotTypes, E.Lock.Index, Call)) {
    Ev.InVain = EffectEvent::NoLock;
    return false;
  }
  if (int By = Unit.Config->takenOverBy(Site); By != NoObject) {
    Ev.InVain = EffectEvent::TakenOver;
    Ev.Owner = configTitle(Unit.Config->facts(), By);
    return false;
  }
  HandleLock L = Unit.Config->lockAt(Site);
  if (L.K == HandleLock::None && !Ev.Kind->NotTypes.empty()) {
    Ev.InVain = EffectEvent::NoLock;
    return false;
  }
  bool Interrupt = L.K == HandleLock::Interrupt;
  if (L.Owner != NoObject) {
    Ev.Object = frameworkLock(Interrupt, L.Owner, Unit);
    Ev.Weak = false;
    Ev.Owner = configTitle(Unit.Config->facts(), L.Owner);
  }
  if (Interrupt && L.TypeKnown)
    Ev.Kind = frameworkLockKind(true, L.Mutex, Unit);
  if (L.Unused)
    Ev.InVain = EffectEvent::Unused;
  // A callback may be under a lock of which nothing is known here. A lock that
  // the driver made itself can only be that of an interrupt.
  const EntryContext &Entry = Unit.Root->Entry;
  bool Own = Ev.Kind->NotTypes.empty() && !Ev.Kind->OfInterrupt &&
             (!Entry.Role || Entry.Role->LocksOnEntry.empty());
  if (E.Do == EffectKind::Release && !Entry.LocksKnown && !Own &&
      Entry.IsEntryPoint && !Before.find(Ev.Object))
    Ev.Weak = true;
  Ev.TypeKnown = L.TypeKnown;
  return L.TypeKnown && L.Mutex;
}
