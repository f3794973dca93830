//===- WdfStore.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/WdfStore.h"
#include "llvm/ADT/STLExtras.h"

using namespace irqlint;

PlaceId Places::intern(Place P) {
  auto [I, New] =
      Known.try_emplace({P.K, P.Parent, P.What, P.Number}, All.size());
  if (New) {
    All.push_back(P);
    Parts.emplace_back();
    if (PlaceId Whole = wholeOf(I->second))
      Parts[Whole].push_back(I->second);
  }
  return I->second;
}

PlaceId Places::moved(PlaceId Part, PlaceId From, PlaceId To) {
  if (Part == From)
    return To;
  Place P = All[Part];
  P.Parent = moved(P.Parent, From, To);
  return intern(P);
}

void Places::partsOf(PlaceId P, std::vector<PlaceId> &Into) const {
  for (PlaceId Part : Parts[P]) {
    Into.push_back(Part);
    partsOf(Part, Into);
  }
}

static const FlowValue Nothing;

const Store::Entries &Store::entries() const {
  static const Entries None;
  return Map ? *Map : None;
}

Store::Entries &Store::own() {
  if (!Map)
    Map = std::make_shared<Entries>();
  else if (Map.use_count() > 1)
    Map = std::make_shared<Entries>(*Map);
  return *Map;
}

template <typename T> static auto positionOf(T &Entries, PlaceId P) {
  return llvm::partition_point(Entries,
                               [P](const auto &E) { return E.first < P; });
}

const FlowValue *Store::at(PlaceId P) const {
  const Entries &E = entries();
  auto I = positionOf(E, P);
  return I != E.end() && I->first == P ? &I->second : nullptr;
}

void Store::set(PlaceId P, const FlowValue &V) {
  Entries &E = own();
  auto I = positionOf(E, P);
  if (I != E.end() && I->first == P)
    I->second = V;
  else
    E.insert(I, {P, V});
}

bool Store::operator==(const Store &O) const {
  return Map == O.Map || entries() == O.entries();
}

const FlowValue *Store::find(PlaceId P, const Places &All) const {
  bool Inside = false;
  for (; P; P = All.wholeOf(P), Inside = true) {
    const FlowValue *V = at(P);
    if (!V)
      continue;
    // Of a value that was stored over the whole, parts are not known.
    return Inside && V->K != FlowValue::Zero ? &Nothing : V;
  }
  return nullptr;
}

void Store::bind(PlaceId P, FlowValue V, const Places &All) {
  if (!P)
    return;
  std::vector<PlaceId> Parts;
  All.partsOf(P, Parts);
  for (PlaceId Part : Parts)
    if (at(Part)) {
      Entries &E = own();
      E.erase(positionOf(E, Part));
    }
  set(P, V);
}

void Store::copy(PlaceId To, PlaceId From, Places &All) {
  if (!To || To == From)
    return;
  std::vector<std::pair<PlaceId, FlowValue>> Moved;
  FlowValue Whole;
  if (From) {
    if (const FlowValue *V = find(From, All))
      Whole = *V;
    std::vector<PlaceId> Parts;
    All.partsOf(From, Parts);
    for (PlaceId Part : Parts)
      if (const FlowValue *V = at(Part))
        Moved.push_back({Part, *V});
  }
  bind(To, Whole, All);
  for (const auto &[P, V] : Moved)
    set(All.moved(P, From, To), V);
}

Store Store::join(const Store &A, const Store &B, const Places &All) {
  if (A.Map == B.Map)
    return A;
  Store R;
  Entries &Into = R.own();
  const Entries &X = A.entries(), &Y = B.entries();
  Into.reserve(std::max(X.size(), Y.size()));
  auto I = X.begin(), J = Y.begin();
  while (I != X.end() || J != Y.end()) {
    PlaceId P = J == Y.end() || (I != X.end() && I->first < J->first)
                    ? I->first
                    : J->first;
    const FlowValue *V =
        I != X.end() && I->first == P ? &(I++)->second : A.find(P, All);
    const FlowValue *W =
        J != Y.end() && J->first == P ? &(J++)->second : B.find(P, All);
    Into.push_back({P, V && W && *V == *W ? *V : FlowValue()});
  }
  return R;
}
