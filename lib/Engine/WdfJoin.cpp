//===- WdfJoin.cpp - Objects of several units -----------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/WdfRules.h"

using namespace irqlint;

WdfFacts irqlint::foreignObjects(llvm::ArrayRef<const WdfFacts *> Units) {
  WdfFacts Out;
  for (const WdfFacts *U : Units)
    joinObjects(Out, *U);
  return Out;
}

void irqlint::joinObjects(WdfFacts &Facts, const WdfFacts &Others) {
  const int Offset = int(Facts.Objects.size());
  unsigned Sites = 0;
  for (const WdfObject &O : Facts.Objects)
    Sites = std::max(Sites, O.Site + 1);
  auto Move = [&](ConfigValue &V) {
    if (V.K == ConfigValue::Object)
      V.Obj += Offset;
  };
  for (const WdfObject &From : Others.Objects) {
    WdfObject O = From;
    O.Foreign = true;
    O.Site += Sites;
    O.Callbacks.clear();
    O.Level = O.Scope = Constraint();
    for (auto *Members : {&O.Config, &O.Attributes})
      for (auto &E : *Members)
        Move(E.second);
    Move(O.Parent);
    Move(O.Device);
    Facts.Objects.push_back(std::move(O));
  }
  Facts.Whole = true;
}
