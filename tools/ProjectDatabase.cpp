//===- ProjectDatabase.cpp - Visual Studio projects for tooling -*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Driver projects rarely come with a compile_commands.json. Registered as a
/// compilation database, this makes clang-tidy and clangd read the .vcxproj
/// beside a file, or guess as the batch scan does for a bare folder of kernel
/// sources, and adds the header kit. A real database for the folder wins.
//===----------------------------------------------------------------------===//

#include "Project/Plan.h"
#include "Project/Sources.h"
#include "clang/Tooling/CompilationDatabase.h"
#include "clang/Tooling/CompilationDatabasePluginRegistry.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <dlfcn.h>

using namespace clang::tooling;
using namespace llvm;

namespace irqlint {
namespace {

/// The kit lies in share/ of the tree that this program or plugin is in.
std::string kitDir() {
  static char Anchor;
  Dl_info Info;
  StringRef Dir =
      dladdr(&Anchor, &Info) ? StringRef(Info.dli_fname) : StringRef();
  SmallString<256> Real;
  if (sys::fs::real_path(Dir, Real))
    Real = sys::fs::getMainExecutable(nullptr, &Anchor);
  for (Dir = Real; !Dir.empty(); Dir = sys::path::parent_path(Dir)) {
    SmallString<256> Kit(Dir);
    sys::path::append(Kit, "share", "irqlint", "kit", "include");
    if (sys::fs::is_directory(Kit))
      return std::string(Kit);
  }
  return "";
}

CompileCommand commandFor(const UnitPlan &U, const std::string &Kit) {
  std::vector<std::string> Args = {"clang", "--target=" + U.Target,
                                   "-fms-extensions", "-fms-compatibility",
                                   "-fms-compatibility-version=19.44"};
  if (U.Kind == UnitKind::Kernel)
    Args.insert(Args.end(), {"-Xclang", "-fms-kernel"});
  Args.push_back("-nostdlibinc");
  // A plan says so even where the file's name would tell otherwise (/TP).
  Args.push_back(U.CPlusPlus ? "-xc++" : "-xc");
  // Errors of Clang that are warnings of Microsoft's compiler.
  if (!U.CPlusPlus)
    for (const char *W : {"incompatible-pointer-types", "int-conversion",
                          "implicit-function-declaration", "implicit-int"})
      Args.push_back(std::string("-Wno-error=") + W);
  if (!U.Standard.empty())
    Args.push_back("-std=" + U.Standard);
  for (const std::string &D : U.Defines)
    Args.push_back("-D" + D);
  for (const std::string &D : U.Undefines)
    Args.push_back("-U" + D);
  for (const std::string &D : U.IncludeDirs)
    Args.push_back("-I" + D);
  for (const std::string &H : U.ForcedIncludes)
    Args.insert(Args.end(), {"-include", H});
  if (!Kit.empty())
    Args.insert(Args.end(), {"-isystem", Kit});
  Args.push_back(U.File);
  return CompileCommand(sys::path::parent_path(U.File), U.File, std::move(Args),
                        "");
}

class ProjectDatabase : public CompilationDatabase {
public:
  explicit ProjectDatabase(const std::vector<UnitPlan> &Units) {
    std::string Kit = kitDir();
    for (const UnitPlan &U : Units)
      Commands[U.File].push_back(commandFor(U, Kit));
  }

  std::vector<CompileCommand>
  getCompileCommands(StringRef File) const override {
    auto It = Commands.find(File);
    return It == Commands.end() ? std::vector<CompileCommand>() : It->second;
  }
  std::vector<std::string> getAllFiles() const override {
    std::vector<std::string> Files;
    for (const auto &Entry : Commands)
      Files.push_back(Entry.getKey().str());
    return Files;
  }

private:
  StringMap<std::vector<CompileCommand>> Commands;
};

/// True if a database in \p Dir or above it was made for files of \p Dir. One
/// that merely lies above (of the tree around the driver) does not count.
bool hasRealDatabase(StringRef Dir) {
  std::string Prefix = Dir.str() + "/", Message;
  for (StringRef Above = Dir; !Above.empty();
       Above = sys::path::parent_path(Above)) {
    SmallString<256> Flags(Above);
    sys::path::append(Flags, "compile_flags.txt");
    if (sys::fs::exists(Flags))
      return true;
    for (StringRef Name :
         {"compile_commands.json", "build/compile_commands.json"}) {
      SmallString<256> Path(Above);
      sys::path::append(Path, Name);
      if (!sys::fs::exists(Path))
        continue;
      auto Database = JSONCompilationDatabase::loadFromFile(
          Path, Message, JSONCommandLineSyntax::AutoDetect);
      if (Database && any_of(Database->getAllFiles(), [&](StringRef File) {
            return File.starts_with(Prefix);
          }))
        return true;
    }
  }
  return false;
}

bool hasProject(StringRef Dir) {
  std::error_code EC;
  for (sys::fs::directory_iterator I(Dir, EC), E; I != E && !EC;
       I.increment(EC))
    if (sys::path::extension(I->path()).equals_insensitive(".vcxproj"))
      return true;
  return false;
}

/// Sources may lie below the folder of their project.
bool hasProjectAbove(StringRef Dir) {
  while (!(Dir = sys::path::parent_path(Dir)).empty())
    if (hasProject(Dir))
      return true;
  return false;
}

bool isKernelSource(StringRef File) {
  auto Buffer = MemoryBuffer::getFile(File);
  return Buffer && includesKernelHeader((*Buffer)->getBuffer());
}

class ProjectDatabasePlugin : public CompilationDatabasePlugin {
public:
  /// Called for a file's folder, then for each folder above it: looks into
  /// that one folder only, whatever it is.
  std::unique_ptr<CompilationDatabase>
  loadFromDirectory(StringRef Directory, std::string &Message) override {
    std::vector<std::string> Projects, Sources, Headers;
    std::error_code EC;
    for (sys::fs::directory_iterator I(Directory, EC), E; I != E && !EC;
         I.increment(EC)) {
      StringRef Path = I->path();
      if (sys::path::extension(Path).equals_insensitive(".vcxproj"))
        Projects.push_back(Path.str());
      else if (isSourceName(Path))
        Sources.push_back(Path.str());
      else if (isHeaderName(Path))
        Headers.push_back(Path.str());
    }
    bool Guess = any_of(Sources, isKernelSource) ||
                 (!Sources.empty() && any_of(Headers, isKernelSource));
    if ((Projects.empty() && (!Guess || hasProjectAbove(Directory))) ||
        hasRealDatabase(Directory)) {
      Message = "no driver project";
      return nullptr;
    }
    Expected<Plan> P = planUnits(Projects.empty() ? Sources : Projects, {});
    if (!P) {
      Message = toString(P.takeError());
      return nullptr;
    }
    if (P->Units.empty()) {
      Message = "no kernel-mode unit in the project";
      return nullptr;
    }
    // Headers get the flags of the source that resembles them most.
    return inferMissingCompileCommands(
        std::make_unique<ProjectDatabase>(P->Units));
  }
};

CompilationDatabasePluginRegistry::Add<ProjectDatabasePlugin>
    Register("irqlint-project", "Visual Studio driver projects");

} // namespace
} // namespace irqlint
