//===- SyncState.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model/SyncState.h"
#include "Rules/Contract.h"
#include <algorithm>
#include <functional>
#include <iterator>

using namespace irqlint;

const HeldLock *SyncState::find(ObjectId O) const {
  for (const HeldLock &L : Held)
    if (L.Object == O)
      return &L;
  return nullptr;
}

HeldLock *SyncState::find(ObjectId O) {
  return const_cast<HeldLock *>(static_cast<const SyncState *>(this)->find(O));
}

const FreeLock *SyncState::findFree(ObjectId O) const {
  for (const FreeLock &L : Free)
    if (L.Object == O)
      return &L;
  return nullptr;
}

bool SyncState::gaveUp() const {
  for (const FreeLock &L : Free)
    if (!L.Failed)
      return true;
  return false;
}

const FreeLock *SyncState::freeWithHandle(ObjectId Handle) const {
  for (const FreeLock &L : Free)
    if (Handle && L.Handle == Handle)
      return &L;
  return nullptr;
}

const HeldLock *SyncState::anySpinning() const {
  for (const HeldLock &L : Held)
    if (L.Kind && L.Kind->Spins)
      return &L;
  return nullptr;
}

const HeldLock *SyncState::anyAgainstApcs() const {
  for (const HeldLock &L : Held)
    if (L.Kind && L.Kind->DisablesApcs)
      return &L;
  return nullptr;
}

bool SyncState::allApcsOff() const {
  // Who left regions of the caller's knows no more how many there were.
  return Guarded > 0 || (Guarded == 0 && Apcs.AllOff == ApcsBefore::Yes);
}

bool SyncState::normalApcsOff() const {
  return Critical > 0 || allApcsOff() || anyAgainstApcs() ||
         (Critical == 0 && Apcs.NormalOff == ApcsBefore::Yes);
}

bool SyncState::normalApcsOn() const {
  return Apcs.NormalOff == ApcsBefore::No && !Apcs.Vague && Critical <= 0 &&
         Guarded <= 0 && !anyAgainstApcs();
}

const HeldLock *SyncState::lastRaising() const {
  for (auto I = Held.rbegin(), E = Held.rend(); I != E; ++I)
    if (I->Raised)
      return &*I;
  return nullptr;
}

/// Symbolic levels are told apart only by what is known of them.
static bool similar(const LevelValue &A, const LevelValue &B) {
  auto Vague = [](const LevelValue &L) {
    return L.K == LevelValue::Unknown || L.K == LevelValue::Symbol;
  };
  return A == B || (Vague(A) && Vague(B));
}

static bool similar(const HeldLock &A, const HeldLock &B) {
  return A.Object == B.Object && A.Kind == B.Kind && A.Shared == B.Shared &&
         A.Depth == B.Depth && A.Raised == B.Raised &&
         similar(A.Base, B.Base) && A.Handle == B.Handle &&
         A.FromEntry == B.FromEntry && A.Doubtful == B.Doubtful &&
         A.HandedOver == B.HandedOver && A.GivenTo == B.GivenTo &&
         A.KeptBy == B.KeptBy && A.OtherTag == B.OtherTag &&
         std::string_view(A.Reason) == B.Reason &&
         std::string_view(A.Form) == B.Form;
}

bool SyncState::equivalent(const SyncState &O) const {
  if (!similar(Level, O.Level) || ClosedWorld != O.ClosedWorld ||
      Critical != O.Critical || Guarded != O.Guarded || !(Apcs == O.Apcs) ||
      GaveUpCallers != O.GaveUpCallers || NoCase != O.NoCase ||
      Held.size() != O.Held.size())
    return false;
  for (size_t I = 0; I < Held.size(); ++I)
    if (!similar(Held[I], O.Held[I]))
      return false;
  return true;
}

bool SyncState::operator==(const SyncState &O) const {
  if (!equivalent(O) || Level != O.Level || LevelSite != O.LevelSite ||
      asked() != O.asked() || Free.size() != O.Free.size() ||
      Returned != O.Returned || CriticalLeft != O.CriticalLeft ||
      GuardedLeft != O.GuardedLeft || Regions.size() != O.Regions.size())
    return false;
  for (size_t I = 0; I < Regions.size(); ++I)
    if (Regions[I].Guarded != O.Regions[I].Guarded ||
        Regions[I].Site != O.Regions[I].Site)
      return false;
  for (size_t I = 0; I < Held.size(); ++I)
    if (Held[I].Site != O.Held[I].Site || Held[I].Base != O.Held[I].Base)
      return false;
  for (size_t I = 0; I < Free.size(); ++I)
    if (Free[I].Object != O.Free[I].Object || Free[I].Site != O.Free[I].Site ||
        Free[I].TakenHere != O.Free[I].TakenHere ||
        Free[I].Failed != O.Free[I].Failed ||
        Free[I].Certain != O.Free[I].Certain)
      return false;
  return true;
}

size_t SyncState::hash() const {
  bool Vague = Level.K == LevelValue::Unknown || Level.K == LevelValue::Symbol;
  size_t H = Vague ? 1 : Level.K * 31 + static_cast<size_t>(Level.Range.Lo) * 7;
  auto Mix = [&H](size_t V) { H = H * 1000003u ^ V; };
  for (const HeldLock &L : Held) {
    Mix(std::hash<const void *>()(L.Object));
    Mix(L.Depth * 4 + L.Shared * 2 + L.Raised);
  }
  Mix(Critical * 16 + Guarded);
  Mix(Apcs.NormalOff * 8 + Apcs.AllOff * 2 + Apcs.Vague);
  return H;
}

bool irqlint::covers(const SyncState &General, const SyncState &Special) {
  if (General.asked() < Special.asked())
    return false;
  if (General.Level.K != LevelValue::Unknown && General.Level != Special.Level)
    return false;
  for (size_t I = 0; I < General.Held.size(); ++I)
    if (General.Held[I].Base.K != LevelValue::Unknown &&
        General.Held[I].Base != Special.Held[I].Base)
      return false;
  if (!std::includes(General.Returned.begin(), General.Returned.end(),
                     Special.Returned.begin(), Special.Returned.end()))
    return false;
  if (General.CriticalLeft < Special.CriticalLeft ||
      General.GuardedLeft < Special.GuardedLeft)
    return false;
  for (const FreeLock &F : General.Free)
    if (const FreeLock *O = Special.findFree(F.Object);
        !O || O->Failed != F.Failed)
      return false;
  return true;
}

SyncState irqlint::common(SyncState A, const SyncState &B) {
  Irql Asked = std::max(A.asked(), B.asked());
  if (A.Level != B.Level)
    A.Level = LevelValue::unknown();
  for (size_t I = 0; I < A.Held.size(); ++I)
    if (A.Held[I].Base != B.Held[I].Base)
      A.Held[I].Base = LevelValue::unknown();
  std::vector<FreeLock> Both;
  for (const FreeLock &F : A.Free)
    if (const FreeLock *O = B.findFree(F.Object); O && O->Failed == F.Failed)
      Both.push_back(F);
  A.Free = std::move(Both);
  std::vector<ObjectId> Either;
  std::set_union(A.Returned.begin(), A.Returned.end(), B.Returned.begin(),
                 B.Returned.end(), std::back_inserter(Either));
  A.Returned = std::move(Either);
  A.CriticalLeft |= B.CriticalLeft;
  A.GuardedLeft |= B.GuardedLeft;
  A.Asked = Asked;
  A.AskedAt = A.Level;
  return A;
}
