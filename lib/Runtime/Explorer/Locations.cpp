//===- Locations.cpp - Shadow state of an execution's memory --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Explorer/Locations.h"

using namespace irqlint::runtime;

static size_t hash(const void *Address) {
  auto V = reinterpret_cast<uintptr_t>(Address);
  return size_t((V ^ (V >> 17)) * 0x9e3779b97f4a7c15ull >> 20);
}

Locations::Locations() : Table(256, Slot{nullptr, 0, 0}) { clear(); }

void Locations::clear() {
  Used = 0;
  ++Generation; // so the table needs no sweep
}

void Locations::grow() {
  Table.assign(Table.size() * 2, Slot{nullptr, 0, 0});
  for (unsigned I = 0; I < Used; ++I) {
    size_t H = hash(All[I].Address) & (Table.size() - 1);
    while (Table[H].Generation == Generation)
      H = (H + 1) & (Table.size() - 1);
    Table[H] = {All[I].Address, I, Generation};
  }
}

unsigned Locations::find(const void *Address, unsigned Size) {
  size_t Mask = Table.size() - 1, H = hash(Address) & Mask;
  for (; Table[H].Generation == Generation; H = (H + 1) & Mask)
    if (Table[H].Address == Address)
      return Table[H].Index;
  Table[H] = {Address, Used, Generation};
  if (Used == All.size())
    All.emplace_back();
  All[Used] = Location();
  All[Used].Address = Address;
  All[Used].Size = Size;
  if (++Used * 2 > Table.size())
    grow();
  return Used - 1;
}

void Locations::synchronize(Location &L, ThreadClocks &T, Order O, bool Read,
                            bool Wrote) {
  if (Read) {
    if (acquires(O))
      T.Now.join(L.Released);
    else
      T.Seen.join(L.Released);
  }
  if (!Wrote)
    return;
  // A plain store ends the release sequence, a read-modify-write goes on with
  // it.
  if (!Read)
    L.Released.clear();
  if (releases(O))
    L.Released.join(T.Now);
  else if (T.HasFence)
    L.Released.join(T.Fenced);
}

void Locations::fence(ThreadClocks &T, Order O) {
  if (acquires(O))
    T.Now.join(T.Seen);
  if (releases(O)) {
    T.Fenced = T.Now;
    T.HasFence = true;
  }
}
