//===- Shard.cpp - A part of a plan ---------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Shard.h"
#include "llvm/ADT/STLExtras.h"
#include <tuple>

using namespace llvm;

namespace irqlint {

Error takeShard(Plan &P, StringRef Which) {
  if (Which.empty())
    return Error::success();
  auto [First, Second] = Which.split('/');
  unsigned Part, Parts;
  if (First.getAsInteger(10, Part) || Second.getAsInteger(10, Parts) ||
      Part < 1 || Part > Parts)
    return createStringError(std::make_error_code(std::errc::invalid_argument),
                             "--shard: '%s' is no part like 1/4 to 4/4",
                             Which.str().c_str());
  // The largest first, each to the part with the least so far.
  std::vector<std::vector<size_t>> Classes = linkClasses(P);
  llvm::sort(Classes, [&](const auto &A, const auto &B) {
    auto Key = [&](const std::vector<size_t> &C) {
      const UnitPlan &U = P.Units[C.front()];
      return std::tie(U.ProjectFile, U.Config, C.front());
    };
    return A.size() != B.size() ? A.size() > B.size() : Key(A) < Key(B);
  });
  std::vector<size_t> Load(Parts, 0);
  std::vector<bool> Mine(P.Units.size());
  for (const std::vector<size_t> &C : Classes) {
    size_t Least = llvm::min_element(Load) - Load.begin();
    Load[Least] += C.size();
    for (size_t I : C)
      Mine[I] = Least + 1 == Part;
  }
  size_t I = 0;
  erase_if(P.Units, [&](const UnitPlan &) { return !Mine[I++]; });
  return Error::success();
}

} // namespace irqlint
