//===- StateTrait.cpp -----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/StateTrait.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramStateTrait.h"

using namespace clang::ento;
using namespace irqlint;

REGISTER_TRAIT_WITH_PROGRAMSTATE(CurrentSync, const void *)
REGISTER_SET_WITH_PROGRAMSTATE(ReadSince, const MemRegion *)

const SyncState *irqlint::syncOf(ProgramStateRef S) {
  return static_cast<const SyncState *>(S->get<CurrentSync>());
}

ProgramStateRef irqlint::withSync(ProgramStateRef S, const SyncState *New) {
  const SyncState *Old = syncOf(S);
  if (Old && !Old->Held.empty() && New->Held.empty())
    S = S->remove<ReadSince>();
  return S->set<CurrentSync>(New);
}

ProgramStateRef irqlint::noteRead(ProgramStateRef S, const MemRegion *R) {
  const SyncState *Sync = syncOf(S);
  return Sync && Sync->Held.empty() && Sync->gaveUp() ? S->add<ReadSince>(R)
                                                      : S;
}

bool irqlint::wasRead(ProgramStateRef S, const MemRegion *R) {
  return S->contains<ReadSince>(R);
}

const SyncState *StatePool::get(SyncState S) {
  size_t H = S.hash();
  auto [B, E] = ByHash.equal_range(H);
  for (auto I = B; I != E; ++I)
    if (*I->second == S)
      return I->second;
  Store.push_back(std::move(S));
  ByHash.emplace(H, &Store.back());
  return &Store.back();
}

const SyncState *StatePool::classOf(const SyncState *S) {
  size_t H = S->hash();
  auto [B, E] = Classes.equal_range(H);
  for (auto I = B; I != E; ++I)
    if (I->second->equivalent(*S))
      return I->second;
  Classes.emplace(H, S);
  return S;
}
