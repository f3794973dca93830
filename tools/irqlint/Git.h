//===- Git.h - What changed in a working copy -------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_GIT_H
#define IRQLINT_TOOL_GIT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace irqlint {

/// Files (absolute) that differ from \p Revision, or are new and not ignored,
/// in the working copies that \p Paths lie in.
llvm::Expected<std::vector<std::string>>
changedSince(llvm::StringRef Revision, llvm::ArrayRef<std::string> Paths);

} // namespace irqlint

#endif // IRQLINT_TOOL_GIT_H
