//===- SyncState.h - Level, locks and regions at one point ------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What is known about synchronization at one point of one path, as a value.
/// Objects, places and symbolic levels are opaque identities that the engine
/// hands in; equal pointers mean the same thing.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_MODEL_SYNCSTATE_H
#define IRQLINT_MODEL_SYNCSTATE_H

#include "Model/Irql.h"
#include <string>
#include <vector>

namespace irqlint {

struct LockKindInfo;

/// A level as the program holds it: a fixed step (or interval), the level the
/// function was entered at, another symbolic value, or nothing known.
struct LevelValue {
  enum Kind : uint8_t { Unknown, Fixed, Entry, Symbol, Uninitialized };
  Kind K = Unknown;
  IrqlRange Range;          ///< Fixed only
  const void *Id = nullptr; ///< Symbol only

  static LevelValue unknown() { return {}; }
  static LevelValue entry() { return {Entry, {}, nullptr}; }
  static LevelValue symbol(const void *Id) { return {Symbol, {}, Id}; }
  static LevelValue uninitialized() { return {Uninitialized, {}, nullptr}; }
  static LevelValue fixed(IrqlRange R) { return {Fixed, R, nullptr}; }
  static LevelValue fixed(Irql L) { return fixed(IrqlRange::exactly(L)); }

  bool known() const { return K != Unknown && K != Uninitialized; }
  bool operator==(const LevelValue &O) const {
    return K == O.K && Id == O.Id && (K != Fixed || Range == O.Range);
  }
  bool operator!=(const LevelValue &O) const { return !(*this == O); }
};

/// Opaque place in the program (call expression) for notes.
using SiteId = const void *;
/// Interned identity of a lock or handle.
using ObjectId = const void *;
/// Interned identity of a lock's class: field, global variable or type.
using ClassId = const void *;

struct HeldLock {
  ObjectId Object = nullptr;
  ClassId Class = nullptr;
  const LockKindInfo *Kind = nullptr;
  /// Acquire form, interned ("plain", "dpc", "in-stack", ...).
  const char *Form = "";
  bool Shared = false;
  /// Acquisitions by this owner that are not released yet.
  unsigned Depth = 1;
  /// Position in the sequence of acquisitions.
  unsigned Order = 0;
  /// The acquisition raised the level; Base is the level to go back to when
  /// this is the outermost lock that raised.
  bool Raised = false;
  LevelValue Base;
  ObjectId Handle = nullptr;
  SiteId Site = nullptr;
  /// The caller, not this function, acquired it.
  bool FromEntry = false;
  /// What was known, when it was acquired, of the values that decide whether
  /// and which locks are taken (interned text). Their release is decided by the
  /// same values, so paths with different reasons are not joined.
  const char *Reason = "";
  /// Acquired again although it cannot be, or found held: how often, and how,
  /// it is held is guessed.
  bool Doubtful = false;
  /// A reference that code which runs later may give up.
  bool HandedOver = false;
  /// Of a reference: the last call of the driver's own code that got a part of
  /// what it was taken for; and the one that is known to have succeeded.
  SiteId GivenTo = nullptr;
  SiteId KeptBy = nullptr;
  /// The type of the handle's expression, interned.
  const void *HandleType = nullptr;
  /// A release of another tag, and whether that cannot have meant this one.
  SiteId OtherTag = nullptr;
  bool OtherTagSure = false;
  /// Normal kernel APCs were off when it was acquired.
  bool ApcsWereOff = false;
};

/// A lock known not to be held by this thread.
struct FreeLock {
  ObjectId Object = nullptr;
  const LockKindInfo *Kind = nullptr;
  SiteId Site = nullptr; ///< the release
  /// The function itself had acquired it before.
  bool TakenHere = false;
  /// The handle it was given back with.
  ObjectId Handle = nullptr;
  /// It was tried for at Site, without success.
  bool Failed = false;
  /// And that is all that the result can mean.
  bool Certain = false;
};

/// A critical or guarded region that was entered here and is not left yet.
struct OpenRegion {
  bool Guarded = false;
  SiteId Site = nullptr;
};

/// What is known of the delivery of APCs to this thread when the function was
/// entered, without what the level and the locks of the function do.
struct ApcsBefore {
  enum Known : uint8_t { Unknown, No, Yes };
  Known NormalOff = Unknown, AllOff = Unknown;
  /// Routines of which nothing is known may have changed it since.
  bool Vague = false;
  bool operator==(const ApcsBefore &O) const {
    return NormalOff == O.NormalOff && AllOff == O.AllOff && Vague == O.Vague;
  }
};

struct SyncState {
  LevelValue Level;
  /// Where Level last changed; null = at entry.
  SiteId LevelSite = nullptr;
  std::vector<HeldLock> Held; ///< in order of acquisition
  std::vector<FreeLock> Free;
  /// Locks that were acquired and given up again on some of the paths that
  /// meet in this state, sorted.
  std::vector<ObjectId> Returned;
  /// A function that gives up more than these is no wrapper of theirs.
  static constexpr size_t MostReturned = 4;
  /// The same of critical (guarded) regions.
  bool CriticalLeft = false, GuardedLeft = false;
  /// Nothing but Held was held at entry (an entry point of the driver).
  bool ClosedWorld = false;
  /// Regions entered less regions left; negative: regions of the caller were
  /// left.
  int Critical = 0, Guarded = 0;
  std::vector<OpenRegion> Regions; ///< in order of entering
  ApcsBefore Apcs;
  /// A lock of the caller was given up (and not taken again).
  bool GaveUpCallers = false;
  /// A switch of an annotated function had nothing to do for the value of an
  /// enumeration; it may be one that never comes.
  bool NoCase = false;
  /// The lowest maximum that routines called at the level AskedAt demand: who
  /// does not exclude higher levels need be told once only.
  Irql Asked = HighestIrql;
  LevelValue AskedAt;

  /// A maximum that was demanded of the present level already.
  Irql asked() const { return AskedAt == Level ? Asked : HighestIrql; }
  void ask(Irql Max) {
    Asked = std::min(asked(), Max);
    AskedAt = Level;
  }

  const HeldLock *find(ObjectId O) const;
  HeldLock *find(ObjectId O);
  const FreeLock *findFree(ObjectId O) const;
  /// Some lock was given back.
  bool gaveUp() const;
  const FreeLock *freeWithHandle(ObjectId Handle) const;
  /// Any held lock whose owner runs at a raised level.
  const HeldLock *anySpinning() const;
  /// Normal kernel APCs (all APCs) are known to be off, or to be on, whatever
  /// the level is.
  bool normalApcsOff() const;
  bool normalApcsOn() const;
  bool allApcsOff() const;
  /// Any held lock whose owner gets no normal kernel APCs.
  const HeldLock *anyAgainstApcs() const;
  /// Innermost lock that raised the level, or null.
  const HeldLock *lastRaising() const;

  /// Equal in what is held and at which level. Places, symbolic levels that
  /// nothing is known of, and locks that were given back do not count: paths
  /// that differ only in these can be joined.
  bool equivalent(const SyncState &O) const;
  /// Equal in everything.
  bool operator==(const SyncState &O) const;
  /// Equal for equivalent states.
  size_t hash() const;
};

/// \p General says nothing that \p Special does not say, too. Both are
/// equivalent.
bool covers(const SyncState &General, const SyncState &Special);
/// What two equivalent states have in common.
SyncState common(SyncState A, const SyncState &B);

} // namespace irqlint

#endif // IRQLINT_MODEL_SYNCSTATE_H
