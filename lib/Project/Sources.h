//===- Sources.h - The readers behind planUnits() ---------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// One function per kind of build description. Each appends to the Plan; the
/// Error is for a description that cannot be used at all.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_SOURCES_H
#define IRQLINT_PROJECT_SOURCES_H

#include "Project/PathIndex.h"
#include "Project/Plan.h"
#include "llvm/ADT/StringSet.h"

namespace irqlint {

/// State shared by the readers of one planUnits() call.
struct Planner {
  const PlanOptions &Opts;
  PathIndex Paths;
  Plan Result;
  /// Sources of projects that are left out for a reason.
  llvm::StringSet<> LeftOut;

  explicit Planner(const PlanOptions &Opts) : Opts(Opts) {}

  void diag(ProjectDiag::Level L, std::string File, unsigned Line, unsigned Col,
            std::string Message) {
    Result.Diags.push_back({L, std::move(File), Line, Col, std::move(Message)});
  }
};

/// \p OnlyLibrary: leave it out if it is no static library.
llvm::Error planVcxproj(Planner &P, llvm::StringRef File,
                        llvm::StringRef SolutionDir = "",
                        bool OnlyLibrary = false);
/// The folder of the solution that names \p Project, which is scanned by
/// itself: its $(SolutionDir). Empty if there is none near.
std::string solutionFolderOf(Planner &P, llvm::StringRef Project);
/// Projects that a solution names, spelled as on disk; none if it is broken.
std::vector<std::string> solutionProjects(Planner &P, llvm::StringRef File);
/// Finds out which libraries of the plan each project is linked with; plans
/// those that a project refers to and that nobody named.
void planLibraries(Planner &P);
llvm::Error planSolution(Planner &P, llvm::StringRef File);
/// A `sources` file of the old driver kits, and a `dirs` file that leads to
/// such.
llvm::Error planSourcesFile(Planner &P, llvm::StringRef File);
llvm::Error planDirsFile(Planner &P, llvm::StringRef File);
/// True for a `sources` file, by name and content.
bool isSourcesFile(llvm::StringRef File);
/// \p Only: take just this source file (empty: all).
llvm::Error planCompileCommands(Planner &P, llvm::StringRef File,
                                llvm::StringRef Only = "");
llvm::Error planFolder(Planner &P, llvm::StringRef Folder);
llvm::Error planSourceFile(Planner &P, llvm::StringRef File);

/// Splits at `;`, trims, drops empty parts.
std::vector<std::string> splitList(llvm::StringRef List);

/// Adds a folder of headers, if it exists; relative ones are below \p Base.
void addIncludeDir(Planner &P, UnitPlan &U, llvm::StringRef Dir,
                   llvm::StringRef Base);
/// Adds what switches of cl say, in the quoting of Windows.
void addOptions(Planner &P, UnitPlan &U, llvm::StringRef Options,
                llvm::StringRef Base);

/// True for the file name endings that we parse as C or C++.
bool isSourceName(llvm::StringRef File);
bool isCPlusPlusName(llvm::StringRef File);
bool isHeaderName(llvm::StringRef File);
/// True when \p Text includes a header that only kernel code includes.
bool includesKernelHeader(llvm::StringRef Text);
/// Lower-case names of headers that only kernel code includes.
const llvm::StringSet<> &kernelHeaders();

/// What stands behind `#include`, under any condition.
struct Included {
  std::string Name;
  bool Angled = false;
  bool ByMode = false; ///< below a condition that asks for the mode
};
std::vector<Included> includedFiles(llvm::StringRef Text);

/// How many sources are of which mode, going by the headers that they include,
/// also by way of headers beside them and in \p Dirs.
struct SourceModes {
  unsigned Kernel = 0, User = 0;
  /// One of them speaks of a driver's first routine.
  bool DriverEntry = false;
};
SourceModes modesOfSources(Planner &P, llvm::ArrayRef<std::string> Files,
                           llvm::ArrayRef<std::string> Dirs);

/// The macros that a WDK build adds by itself for \p Machine ("x64", "ARM64",
/// "Win32"). \p TargetVersion as in _WIN32_WINNT (0xA00).
void addKernelDefines(UnitPlan &U, llvm::StringRef Machine,
                      unsigned TargetVersion, bool Debug);
/// The target triple for \p Machine.
std::string tripleOf(llvm::StringRef Machine);

} // namespace irqlint

#endif // IRQLINT_PROJECT_SOURCES_H
