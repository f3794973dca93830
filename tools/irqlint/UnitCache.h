//===- UnitCache.h - Results of unchanged units -----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The work folder of --keep: one file per unit with its result and the
/// contents (as hashes) of every file that it came from.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_UNITCACHE_H
#define IRQLINT_TOOL_UNITCACHE_H

#include "Project/PathIndex.h"
#include "UnitJob.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace irqlint {

class UnitCache {
public:
  /// \p Settings is everything besides the plan that results depend on: the
  /// tool's version, checks, rules, header folders.
  static llvm::Expected<UnitCache> open(llvm::StringRef Dir,
                                        llvm::StringRef Settings);

  /// The stored result if the unit, its settings and all files that it was
  /// made from are unchanged and nothing has turned up where a header was
  /// looked for in vain.
  /// \p With: what else the unit was analyzed with, as text.
  std::optional<UnitJob> find(const UnitPlan &Unit, llvm::StringRef With = "");
  llvm::Error store(const UnitPlan &Unit, const UnitJob &Job,
                    llvm::StringRef With = "");

private:
  UnitCache(std::string Dir, std::string Settings)
      : Dir(std::move(Dir)), Settings(std::move(Settings)) {}
  std::string entry(const UnitPlan &Unit, llvm::StringRef With) const;
  /// Hash of a file's content in hex; "gone" if it cannot be read.
  std::string contentHash(llvm::StringRef File);

  std::string Dir, Settings;
  llvm::StringMap<std::string> Hashes;
  PathIndex Paths;
};

} // namespace irqlint

#endif // IRQLINT_TOOL_UNITCACHE_H
