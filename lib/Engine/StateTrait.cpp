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

const SyncState *irqlint::syncOf(ProgramStateRef S) {
  return static_cast<const SyncState *>(S->get<CurrentSync>());
}

ProgramStateRef irqlint::withSync(ProgramStateRef S, const SyncState *New) {
  return S->set<CurrentSync>(New);
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
