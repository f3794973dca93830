//===- Options.h - The command line -----------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Options and subcommands in one place: they are a promise to scripts.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_OPTIONS_H
#define IRQLINT_TOOL_OPTIONS_H

#include "llvm/Support/CommandLine.h"
#include <string>

namespace irqlint {
namespace opt {

enum class Format { Text, Sarif, Json, Html, Plist };

extern llvm::cl::SubCommand ScanCmd, RunCmd, MergeCmd, ChecksCmd, ExplainCmd,
    RulesCmd, UnitCmd;

// scan: what and how to analyze
extern llvm::cl::list<std::string> Paths;
extern llvm::cl::list<std::string> Configs;
extern llvm::cl::opt<std::string> BuildPath, Headers, Checks, Keep, Launcher,
    Shard, ChangedSince;
extern llvm::cl::list<std::string> Defines, Includes;
extern llvm::cl::opt<unsigned> Jobs, TimeLimit, MemoryLimit;
extern llvm::cl::opt<bool> List, UserMode;

// scan, checks, explain
extern llvm::cl::list<std::string> Rules;

// scan and merge: what to do with the findings
extern llvm::cl::opt<bool> Possible, Fix;
extern llvm::cl::opt<Format> OutputFormat;
extern llvm::cl::opt<std::string> Output, Baseline, WriteBaseline, Stats,
    DumpConfig;

// run
extern llvm::cl::list<std::string> RunFiles;
extern llvm::cl::list<std::string> Scenario;
extern llvm::cl::opt<bool> AllInterleavings;
extern llvm::cl::opt<unsigned> Executions, Seed, Preemptions, Processors;
extern llvm::cl::opt<std::string> Only;
extern llvm::cl::opt<bool> Story;

// operands of the other commands
extern llvm::cl::list<std::string> MergeFiles, RuleArgs, UnitFiles;
extern llvm::cl::opt<std::string> ExplainName;

} // namespace opt
} // namespace irqlint

#endif // IRQLINT_TOOL_OPTIONS_H
