//===- Shard.cpp - A part of a plan ---------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Shard.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

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
  // Drivers that share a library stay together.
  EquivalenceClasses<size_t> Together;
  for (const LinkedUnits &D : linkedUnits(P))
    for (const auto *List : {&D.Own, &D.Libraries})
      for (size_t I : *List)
        Together.unionSets(D.Own.front(), I);
  using Key = std::tuple<std::string, std::string, size_t>;
  std::map<size_t, size_t> Sizes;
  for (size_t I = 0; I < P.Units.size(); ++I)
    ++Sizes[Together.getLeaderValue(I)];
  // The largest first, each to the part with the least so far.
  std::vector<std::tuple<size_t, Key>> BySize;
  for (auto [Leader, Size] : Sizes) {
    const UnitPlan &U = P.Units[Leader];
    BySize.push_back({~Size, Key(U.ProjectFile, U.Config, Leader)});
  }
  llvm::sort(BySize);
  std::vector<size_t> Load(Parts, 0);
  std::map<size_t, unsigned> PartOf;
  for (const auto &[NotSize, K] : BySize) {
    size_t Least = llvm::min_element(Load) - Load.begin();
    Load[Least] += ~NotSize;
    PartOf[std::get<2>(K)] = Least + 1;
  }
  size_t I = 0;
  erase_if(P.Units, [&](const UnitPlan &) {
    return PartOf[Together.getLeaderValue(I++)] != Part;
  });
  return Error::success();
}

} // namespace irqlint
