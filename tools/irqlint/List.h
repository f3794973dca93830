//===- List.h - What would be scanned ---------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_LIST_H
#define IRQLINT_TOOL_LIST_H

#include "Project/Plan.h"
#include "llvm/Support/raw_ostream.h"

namespace irqlint {

/// Each driver, its units, their settings as flags of a compiler; then the
/// projects that give no unit and why.
void listAsText(const Plan &P, llvm::raw_ostream &OS);
void listAsJson(const Plan &P, llvm::raw_ostream &OS);

} // namespace irqlint

#endif // IRQLINT_TOOL_LIST_H
