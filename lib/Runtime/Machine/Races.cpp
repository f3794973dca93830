//===- Races.cpp - Which accesses are ordered by what happened ------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Machine/Races.h"
#include <algorithm>

using namespace irqlint::rt;

void Races::join(Clock &To, const Clock &From) {
  if (To.size() < From.size())
    To.resize(From.size());
  for (size_t I = 0; I < From.size(); ++I)
    To[I] = std::max(To[I], From[I]);
}

Races::Flow Races::begin(const Clock &From) {
  Flow F = Flows.size();
  Flows.push_back(From);
  Flows[F].resize(std::max<size_t>(F + 1, From.size()));
  Flows[F][F] = 1;
  return F;
}

Races::Clock Races::publish(Flow F) {
  Clock C = Flows[F];
  ++Flows[F][F];
  return C;
}

void Races::learn(Flow F, const Clock &C) { join(Flows[F], C); }

void Races::release(Flow F, uint64_t Object) {
  join(Objects[Object], Flows[F]);
  ++Flows[F][F];
}

void Races::acquire(Flow F, uint64_t Object) {
  auto It = Objects.find(Object);
  if (It != Objects.end())
    join(Flows[F], It->second);
}

bool Races::conflict(Access A, Access B) {
  if (A == Access::Free || B == Access::Free)
    return true;
  if (A == Access::Atomic || B == Access::Atomic)
    return A == Access::Write || B == Access::Write;
  return A == Access::Write || B == Access::Write;
}

std::optional<Races::Conflict> Races::access(Flow F, uint64_t Address,
                                             uint64_t Size, Access How,
                                             uint32_t Where) {
  std::optional<Conflict> Found;
  uint32_t Now = Flows[F][F];
  for (uint64_t Word = Address & ~uint64_t(7); Word < Address + Size;
       Word += 8) {
    uint8_t Bytes = 0;
    for (unsigned I = 0; I < 8; ++I)
      if (Word + I >= Address && Word + I < Address + Size)
        Bytes |= 1u << I;
    // The end of memory concerns those who were there; nobody comes later who
    // would not be told anyway.
    auto It = Words.find(Word);
    if (It == Words.end()) {
      if (How != Access::Free)
        Words[Word].push_back({F, Now, Where, Bytes, How});
      continue;
    }
    bool Known = false;
    for (Seen &S : It->second) {
      if (S.Bytes & Bytes && !Found && conflict(S.How, How) && !isOrdered(S, F))
        Found = {S.By, S.How, S.Where, Word};
      if (S.By == F && S.How == How && S.Bytes == Bytes) {
        S.At = Now;
        S.Where = Where;
        Known = true;
      }
    }
    if (!Known && How != Access::Free)
      It->second.push_back({F, Now, Where, Bytes, How});
  }
  return Found;
}
