//===- Folder.cpp - Units of a folder or a bare source file -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Sources.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <map>

using namespace llvm;

namespace irqlint {

/// Lower-case names (without folders) of the headers that \p Text includes.
static std::vector<std::string> includedNames(StringRef Text) {
  std::vector<std::string> Out;
  for (const Included &I : includedFiles(Text))
    Out.push_back(
        sys::path::filename(I.Name, sys::path::Style::windows).lower());
  return Out;
}

bool includesKernelHeader(StringRef Text) {
  return any_of(includedNames(Text),
                [](StringRef N) { return kernelHeaders().contains(N); });
}

namespace {

struct Tree {
  /// Recipes: `sources` files of the old kits.
  std::vector<std::string> Projects, Databases, Recipes, Sources, Headers;
  /// Folders that hold a header.
  std::vector<std::string> HeaderFolders;
};

bool skippedFolder(StringRef Name) {
  return Name == ".git" || Name == ".svn" || Name == ".hg" || Name == ".vs" ||
         Name.equals_insensitive("node_modules");
}

constexpr unsigned MaxDepth = 64;

void collect(Planner &P, const std::string &Folder, unsigned Depth, Tree &T) {
  if (Depth > MaxDepth)
    return;
  const auto &Entries = P.Paths.list(Folder);
  if (Entries.empty()) {
    std::error_code EC;
    sys::fs::directory_iterator Probe(Folder, EC);
    if (EC)
      P.diag(ProjectDiag::Error, Folder, 0, 0,
             "folder cannot be read: " + EC.message());
    return;
  }
  bool Headers = false;
  for (const PathIndex::Entry &E : Entries) {
    std::string Path = Folder + "/" + E.Name;
    if (E.IsFolder) {
      // A link to a folder may lead back up.
      if (!skippedFolder(E.Name) && !sys::fs::is_symlink_file(Path))
        collect(P, Path, Depth + 1, T);
      continue;
    }
    StringRef Ext = sys::path::extension(E.Name);
    if (Ext.equals_insensitive(".vcxproj"))
      T.Projects.push_back(Path);
    else if (E.Name == "compile_commands.json")
      T.Databases.push_back(Path);
    else if (isSourceName(E.Name))
      T.Sources.push_back(Path);
    else if (isSourcesFile(Path))
      T.Recipes.push_back(Path);
    if (isHeaderName(E.Name)) {
      Headers = true;
      T.Headers.push_back(Path);
    }
  }
  if (Headers)
    T.HeaderFolders.push_back(Folder);
}

/// Settings for a source file without a build description. \p HeaderFolders
/// are those of the tree; the nearest ones are searched first.
UnitPlan guessUnit(Planner &P, StringRef File, StringRef Root,
                   ArrayRef<std::string> HeaderFolders) {
  UnitPlan U;
  U.File = File.str();
  U.Driver = sys::path::filename(sys::path::parent_path(File)).str();
  U.ProjectFile = Root.str();
  U.Guessed = true;
  U.CPlusPlus = isCPlusPlusName(File);
  U.Standard = U.CPlusPlus ? "c++20" : "c17";
  addKernelDefines(U, "x64", 0xA00, /*Debug=*/false);
  U.Defines.push_back("KMDF_VERSION_MAJOR=1");
  U.Defines.push_back("KMDF_VERSION_MINOR=33");
  for (const std::string &D : P.Opts.Defines)
    U.Defines.push_back(D);
  for (const std::string &D : P.Opts.IncludeDirs)
    if (auto R = P.Paths.resolve(normalizePath(D)))
      U.IncludeDirs.push_back(*R);
  // Distance in folders: steps up plus steps down.
  StringRef Own = sys::path::parent_path(File);
  auto Distance = [&](StringRef Other) {
    auto A = sys::path::begin(Own), AE = sys::path::end(Own);
    auto B = sys::path::begin(Other), BE = sys::path::end(Other);
    while (A != AE && B != BE && *A == *B) {
      ++A;
      ++B;
    }
    return std::distance(A, AE) + std::distance(B, BE);
  };
  constexpr int MaxDistance = 9;
  constexpr size_t MaxFolders = 40;
  std::vector<std::pair<int, std::string>> Near;
  for (const std::string &D : HeaderFolders)
    if (int N = Distance(D); N <= MaxDistance) {
      // Trees that build for both modes keep user-mode twins of headers.
      bool UserMode = any_of(make_range(sys::path::begin(D), sys::path::end(D)),
                             [](StringRef Part) {
                               return Part.equals_insensitive("um") ||
                                      Part.equals_insensitive("umdf");
                             });
      Near.push_back({N + (UserMode ? MaxDistance : 0), D});
    }
  sort(Near);
  if (Near.size() > MaxFolders)
    Near.resize(MaxFolders);
  for (auto &[N, D] : Near)
    if (!is_contained(U.IncludeDirs, D))
      U.IncludeDirs.push_back(D);
  return U;
}

std::vector<std::string> includesOf(StringRef File) {
  auto B = MemoryBuffer::getFile(File);
  return B ? includedNames((*B)->getBuffer()) : std::vector<std::string>();
}

/// Names of headers that are for the kernel: known ones, and those of the tree
/// that include one, however deep. Matching by name alone is good enough here.
StringSet<> kernelHeadersOf(const Tree &T) {
  StringSet<> Kernel = kernelHeaders();
  std::vector<std::pair<std::string, std::vector<std::string>>> Left;
  for (const std::string &H : T.Headers)
    Left.push_back({sys::path::filename(H).lower(), includesOf(H)});
  for (bool Grew = true; Grew;) {
    Grew = false;
    erase_if(Left, [&](const auto &H) {
      if (!any_of(H.second, [&](StringRef N) { return Kernel.contains(N); }))
        return false;
      Kernel.insert(H.first);
      return Grew = true;
    });
  }
  return Kernel;
}

void planBareSources(Planner &P, StringRef Root, const Tree &T) {
  // A file is kernel code when it includes a kernel header, if only through
  // the driver's own ones, or when a file beside it does.
  StringSet<> Kernel = kernelHeadersOf(T);
  StringSet<> KernelFolders;
  for (const auto *Files : {&T.Headers, &T.Sources})
    for (const std::string &File : *Files)
      if (any_of(includesOf(File),
                 [&](StringRef N) { return Kernel.contains(N); }))
        KernelFolders.insert(sys::path::parent_path(File));
  ProjectInfo Info;
  Info.File = Root.str();
  Info.Name = sys::path::filename(Root).str();
  unsigned Others = 0;
  for (const std::string &File : T.Sources) {
    if (P.LeftOut.contains(File))
      continue;
    if (!KernelFolders.contains(sys::path::parent_path(File))) {
      ++Others;
      continue;
    }
    P.Result.Units.push_back(guessUnit(P, File, Root, T.HeaderFolders));
    ++Info.Units;
  }
  if (!Info.Units && !T.Projects.empty())
    return; // each of them is named with its reason
  if (!Info.Units)
    Info.Skipped = Others ? "user mode" : "no sources";
  P.Result.Projects.push_back(std::move(Info));
}

/// `sources` files, except where a project builds the same folder.
void planRecipes(Planner &P, const Tree &T) {
  StringSet<> Built;
  for (const std::string &Project : T.Projects)
    Built.insert(sys::path::parent_path(Project));
  for (const UnitPlan &U : P.Result.Units)
    Built.insert(sys::path::parent_path(U.File));
  for (const std::string &File : T.Recipes)
    if (!Built.contains(sys::path::parent_path(File)))
      if (Error E = planSourcesFile(P, File))
        P.diag(ProjectDiag::Error, File, 0, 0,
               "it is left out: " + toString(std::move(E)));
}

} // namespace

Error planFolder(Planner &P, StringRef Folder) {
  std::error_code EC;
  sys::fs::directory_iterator Probe(Folder, EC);
  if (EC)
    return createStringError(EC, "%s: error: folder cannot be read: %s",
                             Folder.str().c_str(), EC.message().c_str());
  Tree T;
  collect(P, Folder.str(), 0, T);
  size_t Before = P.Result.Units.size();
  // Projects are found by themselves: a solution adds nothing but its folder
  // for $(SolutionDir), which only its own projects use.
  std::map<std::string, std::string> SolutionOf;
  for (const std::string &Project : T.Projects)
    for (StringRef D = sys::path::parent_path(Project);
         D.size() >= Folder.size() && !D.empty();
         D = sys::path::parent_path(D)) {
      bool Found = any_of(P.Paths.list(D), [](const PathIndex::Entry &E) {
        return !E.IsFolder &&
               (StringRef(E.Name).ends_with_insensitive(".sln") ||
                StringRef(E.Name).ends_with_insensitive(".slnx"));
      });
      if (!Found)
        continue;
      SolutionOf[Project] = D.str();
      break;
    }
  if (!T.Projects.empty()) {
    for (const std::string &Project : T.Projects) {
      // The folder may lie below the one of its solution.
      std::string &Solution = SolutionOf[Project];
      if (Solution.empty())
        Solution = solutionFolderOf(P, Project);
      if (Error E = planVcxproj(P, Project, Solution)) {
        // The message carries its own place; keep it as the diagnostic's text.
        std::string Text = toString(std::move(E));
        P.diag(ProjectDiag::Error, Project, 0, 0,
               "project is left out: " + Text);
      }
    }
    planRecipes(P, T);
    // Beside programs for user mode there may be a driver that another tool
    // builds.
    if (P.Result.Units.size() != Before || P.Result.hasErrors())
      return Error::success();
  }
  if (!T.Databases.empty()) {
    for (const std::string &D : T.Databases)
      if (Error E = planCompileCommands(P, D))
        P.diag(ProjectDiag::Error, D, 0, 0,
               "database is left out: " + toString(std::move(E)));
    return Error::success();
  }
  if (!T.Recipes.empty() && T.Projects.empty()) {
    planRecipes(P, T);
    return Error::success();
  }
  planBareSources(P, Folder, T);
  return Error::success();
}

Error planSourceFile(Planner &P, StringRef File) {
  std::string Real = P.Paths.resolve(File).value_or(File.str());
  auto Buffer = MemoryBuffer::getFile(Real);
  if (!Buffer)
    return createStringError(Buffer.getError(), "%s: error: cannot read: %s",
                             File.str().c_str(),
                             Buffer.getError().message().c_str());
  if (!P.Opts.BuildPath.empty()) {
    std::string Database =
        normalizePath(P.Opts.BuildPath) + "/compile_commands.json";
    size_t Before = P.Result.Units.size();
    if (Error E = planCompileCommands(P, Database, Real))
      return E;
    if (P.Result.Units.size() != Before)
      return Error::success();
    P.diag(ProjectDiag::Warning, Real, 0, 0,
           "not in '" + Database + "'; its settings are guessed");
  }
  // Header folders: the file's own one and, two levels up, all of that tree.
  Tree T;
  StringRef Own = sys::path::parent_path(Real);
  for (const PathIndex::Entry &E : P.Paths.list(Own)) {
    if (E.IsFolder)
      for (const PathIndex::Entry &H : P.Paths.list(Own.str() + "/" + E.Name))
        if (!H.IsFolder && isHeaderName(H.Name)) {
          T.HeaderFolders.push_back(Own.str() + "/" + E.Name);
          break;
        }
  }
  for (StringRef Up = Own; T.HeaderFolders.size() < 40;) {
    T.HeaderFolders.push_back(Up.str());
    Up = sys::path::parent_path(Up);
    if (Up.size() <= 1 || Own.count('/') - Up.count('/') > 2)
      break;
    for (StringRef Sub : {"inc", "include", "Include", "Inc", "common"})
      if (auto D = P.Paths.resolve(Up.str() + "/" + Sub.str()))
        T.HeaderFolders.push_back(*D);
  }
  UnitPlan U = guessUnit(P, Real, Real, T.HeaderFolders);
  // Files named together belong to the driver of their folder.
  U.ProjectFile = Own.str();
  P.Result.Units.push_back(std::move(U));
  for (ProjectInfo &I : P.Result.Projects)
    if (I.File == Own) {
      ++I.Units;
      return Error::success();
    }
  ProjectInfo Info;
  Info.File = Own.str();
  Info.Name = sys::path::filename(Own).str();
  Info.Units = 1;
  P.Result.Projects.push_back(std::move(Info));
  return Error::success();
}

} // namespace irqlint
