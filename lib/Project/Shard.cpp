//===- Shard.cpp - A part of a plan ---------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Shard.h"
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
  using Driver = std::pair<std::string, std::string>;
  std::map<Driver, size_t> Sizes;
  for (const UnitPlan &U : P.Units)
    ++Sizes[{U.ProjectFile, U.Config}];
  // The largest first, each to the part with the least so far.
  std::vector<std::pair<Driver, size_t>> BySize(Sizes.begin(), Sizes.end());
  llvm::sort(BySize, [](const auto &A, const auto &B) {
    return std::tie(B.second, A.first) < std::tie(A.second, B.first);
  });
  std::vector<size_t> Load(Parts, 0);
  std::map<Driver, unsigned> PartOf;
  for (const auto &[D, Size] : BySize) {
    size_t Least = llvm::min_element(Load) - Load.begin();
    Load[Least] += Size;
    PartOf[D] = Least + 1;
  }
  erase_if(P.Units, [&](const UnitPlan &U) {
    return PartOf[{U.ProjectFile, U.Config}] != Part;
  });
  return Error::success();
}

} // namespace irqlint
