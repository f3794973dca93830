//===- Transition.h - How primitives change a SyncState ---------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// One function per effect. They only update; judging the state before and
/// after is the checks' business. Where the program did something wrong the
/// transition picks the state in which the fewest consequential errors follow.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_MODEL_TRANSITION_H
#define IRQLINT_MODEL_TRANSITION_H

#include "Model/SyncState.h"

namespace irqlint {

struct AcquireOp {
  ObjectId Object = nullptr;
  ClassId Class = nullptr;
  const LockKindInfo *Kind = nullptr;
  const char *Form = "";
  bool Shared = false;
  ObjectId Handle = nullptr;
  SiteId Site = nullptr;
  /// Level on return; Unknown kind = unchanged.
  LevelValue To;
  const char *Reason = "";
  /// The acquisition itself was wrong.
  bool Doubtful = false;
  const void *HandleType = nullptr;
  /// Normal kernel APCs are off at this point.
  bool ApcsOff = false;
  /// Of one that was refused: see FreeLock.
  bool Certain = false;
};

struct ReleaseOp {
  ObjectId Object = nullptr;
  ClassId Class = nullptr;
  const LockKindInfo *Kind = nullptr;
  ObjectId Handle = nullptr;
  SiteId Site = nullptr;
  /// Restores: the level given by the caller; FromLock: by the lock itself.
  enum Restore : uint8_t { None, Value, FromLock } Mode = None;
  LevelValue Restores;
};

/// A count of users (LockKindInfo::Reference).
bool isReference(const HeldLock &L);

/// The held lock that a release means: the same object; else the lock taken
/// with the same handle; else, because two spellings may name one lock, the
/// latest one of the same class; null when there is none.
const HeldLock *matchRelease(const SyncState &S, const ReleaseOp &Op);

/// The held lock that a demand for one means: the same object; else, because
/// two spellings may name one lock, the latest one of the same class, unless
/// the object itself was given up on this path; null when there is none.
const HeldLock *matchDemand(const SyncState &S, ObjectId Object, ObjectId Class,
                            const LockKindInfo *Kind);

/// Takes the lock. A level in \p Op.To replaces the current one, and the
/// current one becomes the lock's Base.
SyncState acquire(SyncState S, const AcquireOp &Op);

/// Gives the lock up and restores the level that was before it was raised.
/// When a lock that was taken later and raised the level stays held, the level
/// stays and that lock inherits the Base.
SyncState release(SyncState S, const ReleaseOp &Op);

SyncState setLevel(SyncState S, LevelValue L, SiteId Site);
SyncState convert(SyncState S, ObjectId O, bool ToShared, SiteId Site);
/// \p Op was tried without success.
SyncState refuse(SyncState S, const AcquireOp &Op);
/// Code that runs later may give up the references that \p Which selects.
template <typename Fn> SyncState handOver(SyncState S, Fn Which) {
  for (HeldLock &L : S.Held)
    L.HandedOver |= isReference(L) && Which(L);
  return S;
}
/// Forgets all that is said about \p O (initialised, deleted).
/// Forgets all that is said about \p O (initialised, deleted, handed over).
SyncState forget(SyncState S, ObjectId O);
/// Who enters one sort of region and leaves the other meant the one that is
/// open; who leaves none that is open, where none of a caller's can be, left
/// nothing.
SyncState enterRegion(SyncState S, bool Guarded, SiteId Site);
SyncState leaveRegion(SyncState S, bool Guarded);

/// "plain" for "plain" and "dpc", "in-stack" for "in-stack" and
/// "in-stack-dpc": which mechanism a form belongs to.
std::string_view mechanismOfForm(std::string_view Form);
/// The form expects the caller to be at the lock's level already.
bool isDpcForm(std::string_view Form);

} // namespace irqlint

#endif // IRQLINT_MODEL_TRANSITION_H
