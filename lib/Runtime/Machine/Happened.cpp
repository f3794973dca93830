//===- Happened.cpp - What happened, whatever the order -------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Machine/Happened.h"

using namespace irqlint::rt;

/// Two rounds of SplitMix64's finalizer.
uint64_t Happened::mix(uint64_t A, uint64_t B) {
  uint64_t Z = A + 0x9e3779b97f4a7c15;
  for (uint64_t Add : {B, uint64_t(0)}) {
    Z += Add;
    Z = (Z ^ (Z >> 30)) * 0xbf58476d1ce4e5b9;
    Z = (Z ^ (Z >> 27)) * 0x94d049bb133111eb;
    Z ^= Z >> 31;
  }
  return Z;
}

uint64_t &Happened::of(Flow F) {
  if (F >= Flows.size())
    Flows.resize(F + 1);
  return Flows[F];
}

void Happened::set(Flow F, uint64_t To) {
  uint64_t &At = of(F);
  if (At)
    Sum -= mix(At, 1);
  At = To | 1; // 0: has not begun
  Sum += mix(At, 1);
}

void Happened::begin(Flow F, Flow By) {
  touchAll(By, 2);
  set(F, mix(of(By), 3));
}

void Happened::step(Flow F, uint64_t What) { set(F, mix(of(F), What)); }

void Happened::touch(Flow F, uint64_t Name, bool Writes) {
  Object &O = Objects[Name];
  uint64_t H = mix(mix(of(F), Name * 2 + Writes), mix(All.Written, O.Written));
  if (Writes) {
    H = mix(H, O.Read);
    O.Written = H;
    O.Read = 0;
  } else {
    O.Read += mix(H, 4);
  }
  All.Read += mix(H, 5);
  set(F, H);
}

void Happened::touchAll(Flow F, uint64_t What) {
  uint64_t H = mix(mix(of(F), What), mix(All.Written, All.Read));
  All.Written = H;
  All.Read = 0;
  set(F, H);
}
