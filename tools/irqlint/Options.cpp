//===- Options.cpp - The command line -------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"

using namespace llvm;

namespace irqlint {
namespace opt {

cl::SubCommand ScanCmd("scan", "Check drivers and report what is wrong");
cl::SubCommand RunCmd("run",
                      "Run a driver's functions in the reference runtime");
cl::SubCommand MergeCmd("merge",
                        "Join several results (--format=json) into one");
cl::SubCommand ChecksCmd("checks", "List the checks");
cl::SubCommand ExplainCmd("explain",
                          "Explain a check, a routine or another tool's rule");
cl::SubCommand RulesCmd("rules",
                        "Validate a rule file: irqlint rules check FILE");
cl::SubCommand UnitCmd("unit", "What scan --launcher runs for each unit");

static cl::OptionCategory Input("What to check");
static cl::OptionCategory Work("How to work");
static cl::OptionCategory Result("What to report");

cl::list<std::string>
    Paths(cl::Positional, cl::sub(ScanCmd), cl::OneOrMore,
          cl::value_desc("PATH"),
          cl::desc("PATH... (.sln, .vcxproj, compile_commands.json, folders, "
                   "C and C++ source files)"));
cl::opt<std::string>
    BuildPath("p", cl::sub(ScanCmd), cl::cat(Input), cl::value_desc("DIR"),
              cl::desc("Folder that holds compile_commands.json"));
cl::list<std::string>
    Configs("config", cl::sub(ScanCmd), cl::cat(Input),
            cl::value_desc("Release|x64"),
            cl::desc("Build configuration and platform of the projects "
                     "(repeatable; \"all\": every one that a project has)"));
cl::list<std::string> Defines("D", cl::Prefix, cl::sub(ScanCmd),
                              cl::sub(RunCmd), cl::cat(Input),
                              cl::value_desc("NAME[=VALUE]"),
                              cl::desc("Define a macro in every unit"));
static cl::alias DefinesLong("define", cl::cat(Input), cl::desc("Same as -D"),
                             cl::aliasopt(Defines));
cl::list<std::string> Includes("I", cl::Prefix, cl::sub(ScanCmd),
                               cl::sub(RunCmd), cl::cat(Input),
                               cl::value_desc("DIR"),
                               cl::desc("Search DIR for headers first"));
static cl::alias IncludesLong("include", cl::cat(Input), cl::desc("Same as -I"),
                              cl::aliasopt(Includes));
cl::opt<std::string> Headers(
    "headers", cl::sub(ScanCmd), cl::cat(Input), cl::init("auto"),
    cl::value_desc("auto|kit|DIR"),
    cl::desc("WDK headers: DIR (a WDK or KMDF tree), the bundled kit, "
             "or auto: the WDK of WDKContentRoot if set, else the kit"));
cl::opt<std::string> ChangedSince(
    "changed-since", cl::sub(ScanCmd), cl::cat(Input),
    cl::value_desc("REVISION"),
    cl::desc("Only units that are, or include, a file that differs from "
             "REVISION (git) or is new"));
cl::opt<bool> UserMode("user-mode", cl::sub(ScanCmd), cl::cat(Input),
                       cl::desc("Check user-mode projects, too"));
cl::opt<bool>
    List("list", cl::sub(ScanCmd), cl::cat(Input),
         cl::desc("Only list drivers, units and their flags (--format=json: "
                  "for programs)"));

cl::opt<std::string>
    Checks("checks", cl::sub(ScanCmd), cl::sub(RunCmd), cl::cat(Work),
           cl::value_desc("GLOBS"),
           cl::desc("Checks to run, as in clang-tidy: applied in order to the "
                    "default set, '-' switches off ('-*,irql-*': only these)"));
cl::list<std::string>
    Rules("rules", cl::sub(ScanCmd), cl::sub(RunCmd), cl::sub(ChecksCmd),
          cl::sub(ExplainCmd), cl::cat(Work), cl::value_desc("FILE.yaml"),
          cl::desc("More rules: own wrappers, own locks (repeatable)"));
cl::opt<unsigned> Jobs("j", cl::Prefix, cl::sub(ScanCmd), cl::cat(Work),
                       cl::value_desc("N"),
                       cl::desc("Parallel jobs (default: cores)"));
cl::opt<unsigned> TimeLimit(
    "time-limit", cl::sub(ScanCmd), cl::sub(RunCmd), cl::cat(Work),
    cl::init(120), cl::value_desc("SECONDS"),
    cl::desc("Give a unit up after this processor time (default 120; 0: "
             "never)"));
cl::opt<unsigned> MemoryLimit(
    "memory-limit", cl::sub(ScanCmd), cl::sub(RunCmd), cl::cat(Work),
    cl::init(4096), cl::value_desc("MB"),
    cl::desc(
        "Give a unit up beyond this address space (default 4096; 0: none)"));
cl::opt<std::string>
    Keep("keep", cl::sub(ScanCmd), cl::cat(Work), cl::value_desc("DIR"),
         cl::desc("Work folder; unchanged units are not analyzed again"));
cl::opt<std::string>
    Launcher("launcher", cl::sub(ScanCmd), cl::cat(Work),
             cl::value_desc("COMMAND"),
             cl::desc("Run each unit as a process by COMMAND ('srun -Q -n1'); "
                      "its files are in --keep"));
cl::opt<std::string>
    Shard("shard", cl::sub(ScanCmd), cl::cat(Work), cl::value_desc("I/N"),
          cl::desc("Take the I-th of N parts, each of whole drivers; "
                   "irqlint merge joins their results"));

cl::opt<bool>
    Possible("possible", cl::sub(ScanCmd), cl::sub(MergeCmd), cl::cat(Result),
             cl::desc("Also show possible (not definite) violations"));
cl::opt<bool>
    Fix("fix", cl::sub(ScanCmd), cl::cat(Result),
        cl::desc("Repair the files as the findings that are reported say; all "
                 "of them, or none if one cannot be changed"));
cl::opt<Format> OutputFormat(
    "format", cl::sub(ScanCmd), cl::sub(RunCmd), cl::sub(MergeCmd),
    cl::cat(Result), cl::init(Format::Text), cl::desc("Format of the report:"),
    cl::values(
        clEnumValN(Format::Text, "text", "as a compiler prints (default)"),
        clEnumValN(Format::Sarif, "sarif", "SARIF 2.1.0"),
        clEnumValN(Format::Json, "json", "everything, for irqlint merge"),
        clEnumValN(Format::Plist, "plist", "as clang --analyze; CodeChecker"),
        clEnumValN(Format::Html, "html", "one page with source and paths")));
cl::opt<std::string> Output("output", cl::sub(ScanCmd), cl::sub(RunCmd),
                            cl::sub(MergeCmd), cl::cat(Result),
                            cl::value_desc("FILE"),
                            cl::desc("Write the report to FILE (html: a "
                                     "folder, too; index.html in it)"));
static cl::alias OutputShort("o", cl::cat(Result), cl::desc("Same as --output"),
                             cl::aliasopt(Output));
cl::opt<std::string> Baseline("baseline", cl::sub(ScanCmd), cl::sub(MergeCmd),
                              cl::cat(Result), cl::value_desc("FILE"),
                              cl::desc("Report only what is not in FILE"));
cl::opt<std::string>
    WriteBaseline("write-baseline", cl::sub(ScanCmd), cl::sub(MergeCmd),
                  cl::cat(Result), cl::value_desc("FILE"),
                  cl::desc("Store all findings as known for --baseline"));
cl::opt<std::string>
    Stats("stats", cl::sub(ScanCmd), cl::sub(RunCmd), cl::sub(MergeCmd),
          cl::cat(Result), cl::value_desc("FILE.json"),
          cl::desc("Write numbers about the scan to FILE.json"));

cl::list<std::string> RunFiles(cl::Positional, cl::sub(RunCmd), cl::OneOrMore,
                               cl::value_desc("FILE"),
                               cl::desc("FILE... (C and C++ sources of one "
                                        "driver)"));
cl::opt<unsigned> Executions(
    "executions", cl::sub(RunCmd), cl::cat(Work), cl::init(400),
    cl::value_desc("N"),
    cl::desc("Executions of each function at each level (default 400); "
             "interleavings of a scenario (200000)"));
cl::opt<unsigned> Seed("seed", cl::sub(RunCmd), cl::cat(Work), cl::init(1),
                       cl::value_desc("N"),
                       cl::desc("Where random choices begin (default 1)"));
cl::opt<std::string> Only("only", cl::sub(RunCmd), cl::cat(Input),
                          cl::value_desc("FUNCTION"),
                          cl::desc("Run only this function"));
cl::list<std::string> Scenario(
    "scenario", cl::sub(RunCmd), cl::cat(Input), cl::CommaSeparated,
    cl::value_desc("FUNCTION"),
    cl::desc("Run this function, which starts several callbacks, in all "
             "interleavings up to a bound; nothing else"));
cl::opt<unsigned> Preemptions(
    "preemptions", cl::sub(RunCmd), cl::cat(Work), cl::init(2),
    cl::value_desc("N"),
    cl::desc("How often an interleaving may interrupt what could go on "
             "(default 2)"));
cl::opt<bool> AllInterleavings(
    "all-interleavings", cl::sub(RunCmd), cl::cat(Work),
    cl::desc("Run those, too, that differ from others only in the order of "
             "what is independent"));
cl::opt<unsigned> Processors("processors", cl::sub(RunCmd), cl::cat(Work),
                             cl::init(2), cl::value_desc("N"),
                             cl::desc("Processors of a scenario (default 2)"));
cl::opt<bool> Story("story", cl::sub(RunCmd), cl::cat(Result),
                    cl::desc("Also tell which callbacks the framework called, "
                             "at which level and under which lock"));
cl::opt<std::string> DumpConfig(
    "dump-config", cl::sub(ScanCmd), cl::cat(Result), cl::value_desc("FILE"),
    cl::desc("Write the framework objects that were found, how they are "
             "configured and how their callbacks are entered (- for the "
             "terminal; as JSON if FILE ends in .json)"));

cl::list<std::string> MergeFiles(cl::Positional, cl::sub(MergeCmd),
                                 cl::OneOrMore, cl::value_desc("FILE"),
                                 cl::desc("FILE... (results in JSON)"));
cl::list<std::string> RuleArgs(cl::Positional, cl::sub(RulesCmd),
                               cl::ZeroOrMore, cl::desc("check FILE..."));
cl::list<std::string> UnitFiles(cl::Positional, cl::sub(UnitCmd),
                                cl::ZeroOrMore, cl::desc("JOB RESULT"));
cl::opt<std::string> ExplainName(cl::Positional, cl::sub(ExplainCmd),
                                 cl::Required, cl::value_desc("NAME"),
                                 cl::desc("NAME|ROUTINE|RIVAL-ID"));

} // namespace opt
} // namespace irqlint
