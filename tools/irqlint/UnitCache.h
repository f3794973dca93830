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

/// What came of drivers that have something in common, when all of their units
/// had been looked at, alone and together. Parallel to their units.
struct KeptDrivers {
  std::vector<UnitResult> Results;
  std::vector<ImportFailure> NotBrought;
  /// How many units were linked with a part of their driver only.
  unsigned Truncated = 0;
};

/// An entry is a file of three lines: a mark with a checksum of the rest, the
/// files that it was made from, and the result. One that is damaged is none.
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

  /// The same of all units of drivers at once: far less to read than what they
  /// tell each other. \p How: what says how they belong together.
  std::optional<KeptDrivers> findDrivers(llvm::ArrayRef<const UnitPlan *> Units,
                                         llvm::StringRef How);
  /// \p Jobs: for the files that they were made from.
  llvm::Error storeDrivers(llvm::ArrayRef<const UnitPlan *> Units,
                           llvm::StringRef How,
                           llvm::ArrayRef<const UnitJob *> Jobs,
                           const KeptDrivers &Kept);

private:
  UnitCache(std::string Dir, std::string Settings)
      : Dir(std::move(Dir)), Settings(std::move(Settings)) {}
  std::string entry(llvm::StringRef Folder, llvm::StringRef Name,
                    llvm::StringRef Key) const;
  std::string entry(const UnitPlan &Unit, llvm::StringRef With) const;
  std::string entry(llvm::ArrayRef<const UnitPlan *> Units,
                    llvm::StringRef How) const;
  /// The result in \p File if all that it was made from is unchanged.
  std::optional<llvm::json::Value> load(llvm::StringRef File);
  llvm::Error save(llvm::StringRef File, llvm::ArrayRef<const UnitPlan *> Units,
                   llvm::ArrayRef<const UnitJob *> Jobs,
                   llvm::json::Value Result);
  /// Hash of a file's content in hex; "gone" if it cannot be read.
  std::string contentHash(llvm::StringRef File);

  std::string Dir, Settings;
  llvm::StringMap<std::string> Hashes;
  PathIndex Paths;
};

} // namespace irqlint

#endif // IRQLINT_TOOL_UNITCACHE_H
