//===- Describe.h - Rules in words ------------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_DESCRIBE_H
#define IRQLINT_TOOL_DESCRIBE_H

#include "Rules/RuleSet.h"
#include "llvm/Support/raw_ostream.h"

namespace irqlint {

/// What the rules say, for a person to read.
void describe(const CheckInfo &C, llvm::raw_ostream &OS);
void describe(const FunctionContract &F, const RuleSet &Rules,
              llvm::raw_ostream &OS);
void describe(const RoleContract &R, llvm::raw_ostream &OS);
void describe(const ObjectContract &O, llvm::raw_ostream &OS);
/// One row of the table of configurations.
void describe(const ConfigRule &R, llvm::raw_ostream &OS);
void describe(const CostContract &C, llvm::raw_ostream &OS);

} // namespace irqlint

#endif // IRQLINT_TOOL_DESCRIBE_H
