//===- Oracle.cpp - Who decides what the program leaves open --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Machine/Oracle.h"
#include <algorithm>

using namespace irqlint::rt;

unsigned Oracle::choose(unsigned N) {
  if (N <= 1)
    return 0;
  N = std::min(N, 255u);
  unsigned C;
  if (Drawing) {
    C = draw() % N;
  } else {
    if (Taken.size() == Path.size())
      Path.push_back({0, static_cast<uint8_t>(N)});
    Point &P = Path[Taken.size()];
    // The same prefix leads to the same question, or the program is not
    // deterministic; then the answer has to be a valid one at least.
    P.Count = static_cast<uint8_t>(N);
    P.Choice = std::min<uint8_t>(P.Choice, N - 1);
    C = P.Choice;
  }
  Taken.push_back(static_cast<uint8_t>(C));
  return C;
}

bool Oracle::next() {
  Path.resize(std::min(Path.size(), Taken.size()));
  Taken.clear();
  while (!Path.empty() && Path.back().Choice + 1u >= Path.back().Count)
    Path.pop_back();
  if (Path.empty())
    return false;
  ++Path.back().Choice;
  return true;
}

void Oracle::random(uint64_t Seed) {
  Taken.clear();
  Path.clear();
  Drawing = true;
  State = Began = Seed;
}

void Oracle::repeat() {
  Taken.clear();
  State = Began;
}

/// SplitMix64 (Steele, Lea, Flood: OOPSLA 2014).
uint64_t Oracle::draw() {
  uint64_t Z = (State += 0x9e3779b97f4a7c15);
  Z = (Z ^ (Z >> 30)) * 0xbf58476d1ce4e5b9;
  Z = (Z ^ (Z >> 27)) * 0x94d049bb133111eb;
  return Z ^ (Z >> 31);
}
