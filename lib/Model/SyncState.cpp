//===- SyncState.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model/SyncState.h"
#include "Rules/Contract.h"
#include <functional>

using namespace irqlint;

const HeldLock *SyncState::find(ObjectId O) const {
  for (const HeldLock &L : Held)
    if (L.Object == O)
      return &L;
  return nullptr;
}

HeldLock *SyncState::find(ObjectId O) {
  return const_cast<HeldLock *>(
      static_cast<const SyncState *>(this)->find(O));
}

const FreeLock *SyncState::findFree(ObjectId O) const {
  for (const FreeLock &L : Free)
    if (L.Object == O)
      return &L;
  return nullptr;
}

const HeldLock *SyncState::anySpinning() const {
  for (const HeldLock &L : Held)
    if (L.Kind && L.Kind->Spins)
      return &L;
  return nullptr;
}

const HeldLock *SyncState::lastRaising() const {
  for (auto I = Held.rbegin(), E = Held.rend(); I != E; ++I)
    if (I->Raised)
      return &*I;
  return nullptr;
}

bool SyncState::equivalent(const SyncState &O) const {
  if (Level != O.Level || ClosedWorld != O.ClosedWorld ||
      Critical != O.Critical || Guarded != O.Guarded ||
      GaveUpCallers != O.GaveUpCallers || 
      Held.size() != O.Held.size() || Free.size() != O.Free.size())
    return false;
  for (size_t I = 0; I < Held.size(); ++I)
    if (!Held[I].sameAs(O.Held[I]))
      return false;
  for (size_t I = 0; I < Free.size(); ++I)
    if (Free[I].Object != O.Free[I].Object || Free[I].Kind != O.Free[I].Kind ||
        Free[I].TakenHere != O.Free[I].TakenHere)
      return false;
  return true;
}

bool SyncState::operator==(const SyncState &O) const {
  if (!equivalent(O) || LevelSite != O.LevelSite)
    return false;
  for (size_t I = 0; I < Held.size(); ++I)
    if (Held[I].Site != O.Held[I].Site)
      return false;
  for (size_t I = 0; I < Free.size(); ++I)
    if (Free[I].Site != O.Free[I].Site)
      return false;
  return true;
}

size_t SyncState::hash() const {
  size_t H = Level.K * 31 + static_cast<size_t>(Level.Range.Lo) * 7 +
             static_cast<size_t>(Level.Range.Hi) +
             std::hash<const void *>()(Level.Id);
  auto Mix = [&H](size_t V) { H = H * 1000003u ^ V; };
  for (const HeldLock &L : Held) {
    Mix(std::hash<const void *>()(L.Object));
    Mix(L.Depth * 4 + L.Shared * 2 + L.Raised);
  }
  for (const FreeLock &L : Free)
    Mix(std::hash<const void *>()(L.Object));
  Mix(Critical * 16 + Guarded);
  return H;
}
