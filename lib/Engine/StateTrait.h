//===- StateTrait.h - The SyncState in the analyzer's state -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_STATETRAIT_H
#define IRQLINT_ENGINE_STATETRAIT_H

#include "Model/SyncState.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramState.h"
#include <deque>
#include <unordered_map>

namespace irqlint {

/// Owns the states of one exploration; equal states share one address, so that
/// the analyzer recognises them.
class StatePool {
public:
  const SyncState *get(SyncState S);
  /// The representative of all states that \p S is equivalent to.
  const SyncState *classOf(const SyncState *S);

private:
  std::deque<SyncState> Store;
  std::unordered_multimap<size_t, const SyncState *> ByHash;
  std::unordered_multimap<size_t, const SyncState *> Classes;
};

/// Never null once the exploration has begun.
const SyncState *syncOf(clang::ento::ProgramStateRef S);
clang::ento::ProgramStateRef withSync(clang::ento::ProgramStateRef S,
                                      const SyncState *New);

/// Members that decide about locks, read since the last lock was given up.
clang::ento::ProgramStateRef noteRead(clang::ento::ProgramStateRef S,
                                      const clang::ento::MemRegion *R);
bool wasRead(clang::ento::ProgramStateRef S, const clang::ento::MemRegion *R);

} // namespace irqlint

#endif // IRQLINT_ENGINE_STATETRAIT_H
