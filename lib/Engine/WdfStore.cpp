//===- WdfStore.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/WdfStore.h"

using namespace irqlint;

PlaceId Places::intern(Place P) {
  auto [I, New] =
      Known.try_emplace({P.K, P.Parent, P.What, P.Number}, All.size());
  if (New)
    All.push_back(P);
  return I->second;
}

PlaceId Places::moved(PlaceId Part, PlaceId From, PlaceId To) {
  if (Part == From)
    return To;
  Place P = All[Part];
  P.Parent = moved(P.Parent, From, To);
  return intern(P);
}

static const FlowValue Nothing;

const FlowValue *Store::find(PlaceId P, const Places &All) const {
  bool Inside = false;
  for (; P; P = All.wholeOf(P), Inside = true) {
    auto I = Map.find(P);
    if (I == Map.end())
      continue;
    // Of a value that was stored over the whole, parts are not known.
    if (Inside && I->second.K != FlowValue::Zero)
      return &Nothing;
    return &I->second;
  }
  return nullptr;
}

void Store::bind(PlaceId P, FlowValue V, const Places &All) {
  if (!P)
    return;
  for (auto I = Map.begin(); I != Map.end();)
    I = I->first != P && All.isPartOf(I->first, P) ? Map.erase(I)
                                                   : std::next(I);
  Map[P] = V;
}

void Store::copy(PlaceId To, PlaceId From, Places &All) {
  if (!To || To == From)
    return;
  std::vector<std::pair<PlaceId, FlowValue>> Parts;
  FlowValue Whole;
  if (From) {
    if (const FlowValue *V = find(From, All))
      Whole = *V;
    for (const auto &[P, V] : Map)
      if (P != From && All.isPartOf(P, From))
        Parts.push_back({P, V});
  }
  bind(To, Whole, All);
  for (const auto &[P, V] : Parts)
    Map[All.moved(P, From, To)] = V;
}

Store Store::join(const Store &A, const Store &B, const Places &All) {
  Store R;
  auto Take = [&](PlaceId P) {
    const FlowValue *X = A.find(P, All), *Y = B.find(P, All);
    if (X && Y && *X == *Y)
      R.Map[P] = *X;
    else
      R.Map[P] = FlowValue();
  };
  for (const auto &E : A.Map)
    Take(E.first);
  for (const auto &E : B.Map)
    if (!R.Map.count(E.first))
      Take(E.first);
  return R;
}
