//===- Exits.h - Ways out of a function that do not agree -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_LOADER_EXITS_H
#define IRQLINT_RUNTIME_LOADER_EXITS_H

#include "Runtime/Loader/Roots.h"
#include "Runtime/Verifier/World.h"

namespace irqlint::rt {

/// How one execution left a function.
struct Exit {
  Violation Place; ///< for a report: where and how it came there
  uint64_t Result = 0;
  bool Failed = false; ///< by its result
  /// Arguments that are no pointers, and what was written through others.
  std::vector<uint64_t> Numbers;
  /// What is kept, by where it was acquired or entered: the check and what it
  /// says. (The level: place 0;
  /// regions: places that there are none of.)
  struct Kept {
    std::string Check, Says;
    bool Reference = false, Loose = false, HandedOver = false, OtherTag = false,
         Dies = false;
  };
  std::map<SiteIndex, Kept> Held;
  /// For each claim of the function's annotations: the lock is held now.
  std::vector<bool> Claimed;
  /// What was given up again, by where it was acquired.
  std::set<SiteIndex> GivenUp;
};

/// The activation of \p R is about to end.
Exit exitOf(const Root &R, World &W, uint64_t Returned,
            const std::vector<uint64_t> &Args);

/// A helper may lock for its caller. But if it gives a lock up on one way out
/// and keeps it on another, the caller must be able to tell the two apart: by
/// the result, or by what it passed.
std::vector<Violation> oddExits(const Root &R, const std::vector<Exit> &Exits);

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_LOADER_EXITS_H
