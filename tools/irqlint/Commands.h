//===- Commands.h - The subcommands -----------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Each returns the exit status: 0 nothing found, 1 findings, 2 could not be
/// done or not done whole.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_COMMANDS_H
#define IRQLINT_TOOL_COMMANDS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace irqlint {

class RuleSet;

constexpr int ExitClean = 0, ExitFindings = 1, ExitFailed = 2;

int scanCommand(const char *Executable);
int runCommand(const char *Executable);
int mergeCommand();
int unitCommand();
int checksCommand();
int explainCommand();
int rulesCommand();

/// Prints "irqlint: error: ..." and returns ExitFailed. Messages that start
/// with a place ("file:1:2: error:") stand as they are.
int fail(llvm::Error E);
int fail(const llvm::Twine &Message);

/// The built-in rules with the files of --rules over them.
llvm::Expected<std::shared_ptr<const RuleSet>>
loadRules(const std::vector<std::string> &Files);

} // namespace irqlint

#endif // IRQLINT_TOOL_COMMANDS_H
