//===- Mutation.cpp - Changes of single operations ------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Explorer/Mutation.h"
#include <cstring>

using namespace irqlint::runtime;

bool Mutation::at(const Site &S) const {
  return S.Line == Where.Line && S.Column == Where.Column &&
         std::strcmp(S.File, Where.File) == 0;
}

std::string irqlint::runtime::siteText(const Site &S) {
  const char *Slash = std::strrchr(S.File, '/');
  return std::string(Slash ? Slash + 1 : S.File) + ":" +
         std::to_string(S.Line) + ":" + std::to_string(S.Column);
}

std::string Mutation::text() const {
  std::string Place = siteText(Where);
  switch (K) {
  case Kind::Weaken:
    return Place + " " + orderName(To);
  case Kind::Drop:
    return Place + " writes nothing";
  case Kind::Tear:
    break;
  }
  return Place + " is torn";
}

std::vector<Mutation> irqlint::runtime::mutationsOf(const SiteUse &Use) {
  std::vector<Mutation> All;
  bool IsLoad = Use.K == Operation::Kind::Load,
       IsStore = Use.K == Operation::Kind::Store;
  auto Weaken = [&](Order To) {
    All.push_back({Mutation::Kind::Weaken, Use.Where, To});
  };
  switch (Use.O) {
  case Order::SeqCst:
  case Order::AcqRel:
    if (!IsStore)
      Weaken(Order::Acquire);
    if (!IsLoad)
      Weaken(Order::Release);
    break;
  case Order::Acquire:
  case Order::Release:
    Weaken(Order::Relaxed);
    break;
  case Order::Relaxed:
    break;
  }
  if (Use.Wrote)
    All.push_back({Mutation::Kind::Drop, Use.Where, Order::Relaxed});
  if (Use.Wrote && Use.K == Operation::Kind::Update)
    All.push_back({Mutation::Kind::Tear, Use.Where, Order::Relaxed});
  return All;
}
