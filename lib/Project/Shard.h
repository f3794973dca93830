//===- Shard.h - A part of a plan -------------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_SHARD_H
#define IRQLINT_PROJECT_SHARD_H

#include "Project/Plan.h"

namespace irqlint {

/// Keeps the units of part \p Which ("2/5"; empty: all) of \p P. Units of one
/// driver, and of drivers that share a library, stay together, parts are of
/// about equal size, and every run of the same plan divides it in the same way.
llvm::Error takeShard(Plan &P, llvm::StringRef Which);

} // namespace irqlint

#endif // IRQLINT_PROJECT_SHARD_H
