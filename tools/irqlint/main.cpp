//===- main.cpp - The irqlint command -------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "Options.h"
#include "Rules/RuleSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>

using namespace llvm;
using namespace irqlint;

static constexpr StringLiteral Usage =
    R"(irqlint checks the synchronization rules of Windows kernel drivers: IRQL, locks, waits.

usage: irqlint COMMAND [options] ...

  scan PATH...          check drivers; PATH: .sln, .vcxproj, compile_commands.json,
                        a folder, or source files
  run FILE...           run a driver's functions in the reference runtime
  checks                the catalog of checks
  explain NAME          a check, a routine (KeWaitForSingleObject) or another tool's
                        rule (28167, IrqlTooHigh)
  rules check FILE...   validate rule files
  merge FILE...         join several results (scan --format=json) into one

'irqlint COMMAND --help' shows the options of a command. Exit status: 0 nothing found,
1 findings, 2 the work could not be done or not done whole.
)";

int irqlint::fail(const Twine &Message) {
  std::string Text = Message.str();
  // A message that brings its own place and severity needs no prefix.
  if (!StringRef(Text).contains(": error: "))
    errs() << "irqlint: error: ";
  errs() << StringRef(Text).rtrim() << '\n';
  return ExitFailed;
}

int irqlint::fail(Error E) { return fail(toString(std::move(E))); }

int main(int argc, char **argv) {
  StringRef Command = argc > 1 ? argv[1] : "";
  if (Command.empty()) {
    errs() << Usage;
    return ExitFailed;
  }
  if (Command == "--help" || Command == "-h" || Command == "-help" ||
      Command == "help") {
    outs() << Usage;
    return ExitClean;
  }
  if (Command == "--version") {
    outs() << "irqlint " IRQLINT_VERSION "\n";
    return ExitClean;
  }
  if (!StringSwitch<bool>(Command)
           .Cases(
               {"scan", "run", "checks", "explain", "rules", "merge", "unit"},
               true)
           .Default(false))
    return fail("unknown command '" + Command +
                "'; there are scan, run, checks, explain, rules and merge");

  // A file that may not grow is an error of the write, not our end. (Blocked,
  // because LLVM's output files install handlers of their own.)
  sigset_t FileTooLarge;
  sigemptyset(&FileTooLarge);
  sigaddset(&FileTooLarge, SIGXFSZ);
  sigprocmask(SIG_BLOCK, &FileTooLarge, nullptr);

  // With a stream for errors the parser returns instead of leaving with 1.
  if (!cl::ParseCommandLineOptions(argc, argv, "", &errs()))
    return ExitFailed;
  if (opt::ScanCmd)
    return scanCommand(argv[0]);
#ifndef IRQLINT_WITHOUT_RUNTIME
  if (opt::RunCmd)
    return runCommand(argv[0]);
#else
  if (opt::RunCmd)
    return fail("'irqlint run' needs an x86-64 host and a build with Clang");
#endif
  if (opt::MergeCmd)
    return mergeCommand();
  if (opt::UnitCmd)
    return unitCommand();
  if (opt::ChecksCmd)
    return checksCommand();
  if (opt::ExplainCmd)
    return explainCommand();
  return rulesCommand();
}
