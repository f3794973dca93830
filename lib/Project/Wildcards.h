//===- Wildcards.h - `*`, `?` and `**` in item includes ---------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_WILDCARDS_H
#define IRQLINT_PROJECT_WILDCARDS_H

#include "Project/PathIndex.h"

namespace irqlint {

/// Existing files and folders that \p Spec (relative to \p Base, separators of
/// either kind) names, spelled as on disk, sorted. `**` spans folders. A spec
/// without wildcards yields at most one path.
std::vector<std::string> expandWildcards(PathIndex &Paths, llvm::StringRef Base,
                                         llvm::StringRef Spec);

/// `*` and `?` without regard to case.
bool matchesWildcard(llvm::StringRef Pattern, llvm::StringRef Name);

} // namespace irqlint

#endif // IRQLINT_PROJECT_WILDCARDS_H
