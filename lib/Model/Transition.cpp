//===- Transition.cpp -----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model/Transition.h"
#include "Rules/Contract.h"
#include <algorithm>

using namespace irqlint;

std::string_view irqlint::mechanismOfForm(std::string_view Form) {
  constexpr std::string_view Suffix = "-dpc", Threaded = "for-dpc";
  // The forms for threaded DPCs raise by themselves.
  if (Form.size() >= Threaded.size() &&
      Form.substr(Form.size() - Threaded.size()) == Threaded)
    return Form;
  if (Form == "dpc")
    return "plain";
  if (Form.size() > Suffix.size() &&
      Form.substr(Form.size() - Suffix.size()) == Suffix)
    return Form.substr(0, Form.size() - Suffix.size());
  return Form;
}

bool irqlint::isDpcForm(std::string_view Form) {
  return Form == "dpc" || mechanismOfForm(Form) != Form;
}

const HeldLock *irqlint::matchRelease(const SyncState &S, const ReleaseOp &Op) {
  if (Op.Object)
    if (const HeldLock *L = S.find(Op.Object))
      return L;
  if (Op.Handle)
    for (auto I = S.Held.rbegin(), E = S.Held.rend(); I != E; ++I)
      if (I->Handle == Op.Handle)
        return &*I;
  // A handle names its lock exactly; only without one may the class decide.
  for (auto I = S.Held.rbegin(), E = S.Held.rend(); I != E; ++I)
    if (I->Kind == Op.Kind && I->Class && I->Class == Op.Class)
      return &*I;
  return nullptr;
}

const HeldLock *irqlint::matchDemand(const SyncState &S, ObjectId Object,
                                     ObjectId Class, const LockKindInfo *Kind) {
  if (const HeldLock *L = S.find(Object))
    return L;
  if (!Class || S.findFree(Object))
    return nullptr;
  for (auto I = S.Held.rbegin(), E = S.Held.rend(); I != E; ++I)
    if (I->Kind == Kind && I->Class == Class)
      return &*I;
  return nullptr;
}

static void dropFree(SyncState &S, ObjectId O) {
  for (auto I = S.Free.begin(); I != S.Free.end(); ++I)
    if (I->Object == O) {
      S.Free.erase(I);
      return;
    }
}

SyncState irqlint::acquire(SyncState S, const AcquireOp &Op) {
  // A lock of the caller's that was dropped for a while is the caller's again.
  const FreeLock *Was = S.findFree(Op.Object);
  bool Callers = Was && Was->Site && !Was->TakenHere && !Was->Failed;
  dropFree(S, Op.Object);
  if (HeldLock *L = S.find(Op.Object)) {
    // Taking a lock again that cannot be taken again is judged by the checks;
    // whether one release or two follow, no further mistake is to be seen.
    bool Recursive = Op.Kind && (Op.Shared ? Op.Kind->RecursiveShared
                                           : Op.Kind->RecursiveExclusive);
    L->Doubtful |= !Recursive;
    // Either handle may come back first.
    if (isReference(*L) && L->Handle != Op.Handle)
      L->Handle = nullptr;
    ++L->Depth;
    return S;
  }
  HeldLock L;
  L.Object = Op.Object;
  L.Class = Op.Class;
  L.Kind = Op.Kind;
  L.Form = Op.Form;
  L.Shared = Op.Shared;
  L.Handle = Op.Handle;
  L.HandleType = Op.HandleType;
  L.Site = Op.Site;
  L.Doubtful = Op.Doubtful;
  L.Reason = Op.Reason;
  L.ApcsWereOff = Op.ApcsOff;
  L.FromEntry = Callers;
  L.Order = S.Held.empty() ? 0 : S.Held.back().Order + 1;
  // A handle in use again names this acquisition, not the one before.
  if (Op.Handle)
    for (FreeLock &F : S.Free)
      if (F.Handle == Op.Handle)
        F.Handle = nullptr;
  if (Op.To.known()) {
    L.Raised = true;
    L.Base = S.Level;
    S.Level = Op.To;
    S.LevelSite = Op.Site;
  }
  S.Held.push_back(L);
  return S;
}

SyncState irqlint::release(SyncState S, const ReleaseOp &Op) {
  const HeldLock *Found = matchRelease(S, Op);
  if (!Found) {
    // Acquired before this function was entered.
    S.GaveUpCallers = true;
    if (Op.Object && !S.findFree(Op.Object))
      S.Free.push_back({Op.Object, Op.Kind, Op.Site, false, Op.Handle});
    if (Op.Mode == ReleaseOp::Value && Op.Restores.known()) {
      S.Level = Op.Restores;
      S.LevelSite = Op.Site;
    } else if (Op.Mode != ReleaseOp::None) {
      S.Level = LevelValue::unknown();
      S.LevelSite = Op.Site;
    }
    return S;
  }

  HeldLock L = *Found;
  size_t Index = Found - S.Held.data();
  if (L.Depth > 1) {
    --S.Held[Index].Depth;
    return S;
  }
  S.Held.erase(S.Held.begin() + Index);
  if (!L.FromEntry && S.Returned.size() < SyncState::MostReturned) {
    auto At = std::lower_bound(S.Returned.begin(), S.Returned.end(), L.Object);
    if (At == S.Returned.end() || *At != L.Object)
      S.Returned.insert(At, L.Object);
  }
  if (!S.findFree(L.Object))
    S.Free.push_back({L.Object, L.Kind, Op.Site, !L.FromEntry, L.Handle});
  S.GaveUpCallers |= L.FromEntry;

  // Out of order: a lock taken later keeps the level up, and inherits the
  // level to return to in the end.
  const HeldLock *Inner = nullptr;
  if (L.Raised)
    for (size_t I = Index; I < S.Held.size() && !Inner; ++I)
      if (S.Held[I].Raised) {
        S.Held[I].Base = L.Base;
        Inner = &S.Held[I];
      }

  if (Op.Mode == ReleaseOp::None)
    return S;
  S.LevelSite = Op.Site;
  if (L.Raised)
    // A level below what the locks still held need, or another one than was
    // saved, is judged by the checks; going on with the right one keeps one
    // mistake from showing up as many.
    S.Level = Inner ? S.Level : L.Base;
  else if (Op.Mode == ReleaseOp::Value && S.Level.K == LevelValue::Entry &&
           Op.Restores.K == LevelValue::Fixed &&
           Op.Restores.Range.Lo >= Irql::Dispatch)
    ; // A release does not raise: the entry level is what it says.
  else if (Op.Mode == ReleaseOp::Value)
    S.Level = Op.Restores.known() ? Op.Restores : LevelValue::unknown();
  return S;
}

bool irqlint::isReference(const HeldLock &L) {
  return L.Kind && L.Kind->Reference;
}

SyncState irqlint::refuse(SyncState S, const AcquireOp &Op) {
  if (!Op.Object || S.find(Op.Object))
    return S;
  dropFree(S, Op.Object);
  FreeLock F;
  F.Object = Op.Object;
  F.Kind = Op.Kind;
  F.Site = Op.Site;
  F.Failed = true;
  F.Certain = Op.Certain;
  S.Free.push_back(F);
  return S;
}

SyncState irqlint::setLevel(SyncState S, LevelValue L, SiteId Site) {
  S.Level = L;
  S.LevelSite = Site;
  return S;
}

SyncState irqlint::convert(SyncState S, ObjectId O, bool ToShared,
                           SiteId Site) {
  if (HeldLock *L = S.find(O)) {
    L->Shared = ToShared;
    L->Site = Site;
  }
  return S;
}

SyncState irqlint::forget(SyncState S, ObjectId O) {
  dropFree(S, O);
  for (auto I = S.Held.begin(); I != S.Held.end(); ++I)
    if (I->Object == O) {
      S.Held.erase(I);
      break;
    }
  return S;
}

/// Nesting beyond this is a loop that enters again and again.
static constexpr int MostRegions = 6;

SyncState irqlint::enterRegion(SyncState S, bool Guarded, SiteId Site) {
  int &Count = Guarded ? S.Guarded : S.Critical;
  if (Count == MostRegions) {
    S.Apcs.Vague = true;
    return S;
  }
  ++Count;
  if (Count > 0)
    S.Regions.push_back({Guarded, Site});
  return S;
}

static void closeLast(SyncState &S, bool Guarded) {
  for (size_t I = S.Regions.size(); I-- > 0;)
    if (S.Regions[I].Guarded == Guarded) {
      S.Regions.erase(S.Regions.begin() + I);
      return;
    }
}

SyncState irqlint::leaveRegion(SyncState S, bool Guarded) {
  if ((Guarded ? S.Guarded : S.Critical) <= 0 &&
      (Guarded ? S.Critical : S.Guarded) > 0)
    Guarded = !Guarded;
  int &Count = Guarded ? S.Guarded : S.Critical;
  if (Count <= 0 && S.ClosedWorld && S.Apcs.NormalOff == ApcsBefore::No)
    return S;
  if (Count == -MostRegions) {
    S.Apcs.Vague = true;
    return S;
  }
  if (--Count >= 0)
    (Guarded ? S.GuardedLeft : S.CriticalLeft) = true;
  closeLast(S, Guarded);
  return S;
}
