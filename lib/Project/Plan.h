//===- Plan.h - From paths to a list of translation units -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What to analyze and with which settings. Solutions, MSBuild projects,
/// compilation databases, folders and single files all become UnitPlans.
/// Project files are data: they are read, nothing in them is executed.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_PLAN_H
#define IRQLINT_PROJECT_PLAN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <string>
#include <vector>

namespace irqlint {

enum class UnitKind { Kernel, User };

/// A WPP trace function: `FUNC Name{FIXED=...}(LEVEL,FLAGS,MSG,...)`.
struct TraceFunction {
  std::string Name;
  /// The parameters that the programmer writes, in order, then (if any) the
  /// ones fixed in braces with their value ("LEVEL=TRACE_LEVEL_ERROR").
  std::vector<std::string> Params;
  std::vector<std::string> Fixed;

  bool operator==(const TraceFunction &O) const {
    return Name == O.Name && Params == O.Params && Fixed == O.Fixed;
  }
};

/// A header that a build step of the project writes.
struct GeneratedHeader {
  std::string Name;   ///< as included, without folder ("ToasterMof.h")
  std::string Source; ///< absolute path of the .mof or manifest it is made from
};

/// One translation unit with everything the parser needs.
struct UnitPlan {
  /// Absolute path of the source file.
  std::string File;
  /// Name of the driver (the project) that the file belongs to; units with the
  /// same ProjectFile are linked together.
  std::string Driver;
  /// Absolute path of the .vcxproj, compilation database or folder.
  std::string ProjectFile;
  /// "Release|x64", or empty.
  std::string Config;
  UnitKind Kind = UnitKind::Kernel;
  bool CPlusPlus = false;
  /// Value for -std= ("c17", "gnu11", "c++20").
  std::string Standard;
  /// Target triple.
  std::string Target = "x86_64-pc-windows-msvc";
  /// "NAME" or "NAME=VALUE", in order; and names to undefine afterwards.
  std::vector<std::string> Defines, Undefines;
  /// Absolute folders (spelled as on disk), in search order.
  std::vector<std::string> IncludeDirs;
  /// Headers included before the first line.
  std::vector<std::string> ForcedIncludes;
  /// Trace functions that the project file declares; those in
  /// `begin_wpp config` blocks are found by scanning headers while parsing.
  std::vector<TraceFunction> TraceFunctions;
  /// Files named by WppScanConfigurationData (absolute), to scan first.
  std::vector<std::string> WppConfigFiles;
  /// Message texts (.mc) of the project; their generated header is emulated.
  std::vector<std::string> MessageFiles;
  /// Headers made from MOF classes and event manifests; they are emulated.
  std::vector<GeneratedHeader> GeneratedHeaders;
  /// The settings are guessed (bare source file without a build description).
  bool Guessed = false;
};

/// \p U as JSON, for a work folder or a job's input; and back.
llvm::json::Value toJSON(const UnitPlan &U);
bool fromJSON(const llvm::json::Value &V, UnitPlan &U, llvm::json::Path P);

/// Something worth telling about a project file.
struct ProjectDiag {
  enum Level { Error, Warning, Note } Severity = Warning;
  std::string File;
  unsigned Line = 0, Col = 0; ///< from 1; 0 = not known
  std::string Message;

  /// "file:line:col: warning: message".
  std::string str() const;
};

/// One project that was looked at, also when it yields no unit.
struct ProjectInfo {
  std::string File, Name, Config;
  UnitKind Kind = UnitKind::Kernel;
  unsigned Units = 0;
  /// Why it yields no unit ("user mode", "package", "no sources"), else empty.
  std::string Skipped;
  /// Nothing says what kind of file the project makes; it is a library if
  /// another project refers to it.
  bool MayBeLibrary = false;
  /// Of a static library: the name of the file that it makes ("queue.lib"), in
  /// lower case.
  std::string Library;
  /// What it is linked with: files (as written), and projects (absolute).
  std::vector<std::string> LinkInputs, References;
  /// Of these, those that are libraries of the plan: their project files.
  std::vector<std::string> Libraries;
};

struct PlanOptions {
  /// "Release|x64", ..., or "all"; none: the newest Release|x64-like one of
  /// each project.
  std::vector<std::string> Configs;
  /// Folder that holds compile_commands.json (-p); used for source files.
  std::string BuildPath;
  /// Added to every unit: "NAME[=VALUE]", include folders (before the own).
  std::vector<std::string> Defines, IncludeDirs;
  /// Plan user-mode projects, too.
  bool UserMode = false;
};

/// What is linked together: indices of units.
struct LinkedUnits {
  /// Those of the project itself, and those of libraries that it is linked
  /// with.
  std::vector<size_t> Own, Libraries;
};

struct Plan {
  std::vector<UnitPlan> Units;
  std::vector<ProjectInfo> Projects;
  std::vector<ProjectDiag> Diags;

  bool hasErrors() const;
};

/// Plans all \p Paths: .sln, .vcxproj, compile_commands.json, folders, C and
/// C++ source files. A unit reached twice with the same settings is planned
/// once. Fails when a path does not exist, cannot be read or is of no known
/// kind; a broken project inside a folder or solution is a diagnostic of
/// severity Error instead, and the rest is planned.
llvm::Expected<Plan> planUnits(llvm::ArrayRef<std::string> Paths,
                               const PlanOptions &Opts);

/// The drivers of a plan, with the static libraries that each is linked with. A
/// library is a driver of its own only where no driver has it.
std::vector<LinkedUnits> linkedUnits(const Plan &P);

/// Units by what can tell anything of each other: a driver, or several that
/// share libraries. Sorted.
std::vector<std::vector<size_t>> linkClasses(const Plan &P);

} // namespace irqlint

#endif // IRQLINT_PROJECT_PLAN_H
