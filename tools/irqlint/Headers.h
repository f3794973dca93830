//===- Headers.h - Where the driver headers are -----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_HEADERS_H
#define IRQLINT_TOOL_HEADERS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace irqlint {

/// Include folders for --headers=\p Choice: none for "kit"; for "auto" those
/// of the WDK that WDKContentRoot names, if it is set; else those found in the
/// folder, which may be any of docs/headers.md's layouts, or the folder itself.
llvm::Expected<std::vector<std::string>> headerFolders(llvm::StringRef Choice);

} // namespace irqlint

#endif // IRQLINT_TOOL_HEADERS_H
