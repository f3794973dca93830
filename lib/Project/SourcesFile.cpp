//===- SourcesFile.cpp - Units of `sources` and `dirs` files --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/NmakeFile.h"
#include "Project/Sources.h"
#include "Project/Wpp.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace irqlint {

/// What the build environment of a release build for \p Machine says.
static void setEnvironment(NmakeFile &M, StringRef Machine, bool Debug) {
  bool X86 = Machine.equals_insensitive("Win32");
  bool Arm64 = Machine.equals_insensitive("ARM64");
  M.set("386", X86 ? "1" : "0");
  M.set("AMD64", X86 || Arm64 ? "0" : "1");
  M.set("ARM64", Arm64 ? "1" : "0");
  M.set("IA64", "0");
  M.set("_BUILDARCH", X86 ? "x86" : Arm64 ? "ARM64" : "AMD64");
  M.set("FREEBUILD", Debug ? "0" : "1");
  M.set("_NT_TARGET_VERSION", "0x0A00");
  for (auto [Name, Value] :
       {std::pair("WIN2K", "0x500"), std::pair("WINXP", "0x501"),
        std::pair("WS03", "0x502"), std::pair("VISTA", "0x600"),
        std::pair("LONGHORN", "0x600"), std::pair("WS08", "0x600"),
        std::pair("WIN7", "0x601"), std::pair("WIN8", "0x602")})
    M.set(std::string("_NT_TARGET_VERSION_") + Name, Value);
}

/// True if the type of target is built for kernel mode; unset if the sources
/// have to tell.
static std::optional<bool> isKernelTarget(StringRef Type) {
  return StringSwitch<std::optional<bool>>(Type.upper())
      .Cases({"DRIVER", "EXPORT_DRIVER", "DRIVER_LIBRARY", "MINIPORT"}, true)
      .Cases({"GDI_DRIVER", "BOOTPGM", "HAL", "NTKERNEL"}, true)
      .Cases({"PROGRAM", "PROGLIB", "DYNLINK", "UMAPPL_NOLIB"}, false)
      .Default(std::nullopt);
}

/// `-func:Name(LEVEL,MSG,...)` and `-scan:file` of a RUN_WPP line.
static void addWpp(Planner &P, UnitPlan &U, StringRef Line, StringRef Dir) {
  while (!Line.empty()) {
    Line = Line.ltrim();
    unsigned Parens = 0;
    size_t End = 0;
    for (; End < Line.size() && (Parens || !isSpace(Line[End])); ++End)
      Parens += Line[End] == '(' ? 1 : Line[End] == ')' && Parens ? -1 : 0;
    StringRef Word = Line.take_front(End);
    Line = Line.drop_front(End);
    if (!Word.consume_front("-") && !Word.consume_front("/"))
      continue;
    auto [Name, Value] = Word.split(':');
    if (Name.equals_insensitive("func"))
      for (TraceFunction &F : parseTraceFunctions(Value))
        U.TraceFunctions.push_back(std::move(F));
    else if (Name.equals_insensitive("scan"))
      if (auto Real = P.Paths.resolve(normalizePath(Value, Dir)))
        U.WppConfigFiles.push_back(*Real);
  }
}

static Error planOne(Planner &P, StringRef File, StringRef Config) {
  auto [Configuration, Machine] = Config.split('|');
  if (Machine.empty())
    Machine = "x64";
  bool Debug = Configuration.contains_insensitive("debug");
  NmakeFile M(P.Paths, P.Result.Diags);
  setEnvironment(M, Machine, Debug);
  if (Error E = M.read(File))
    return E;
  std::string Dir = sys::path::parent_path(File).str();
  ProjectInfo Info;
  Info.File = File.str();
  Info.Name = M.value("TARGETNAME");
  if (Info.Name.empty())
    Info.Name = sys::path::filename(Dir).str();
  Info.Config = Config.str();

  std::vector<std::string> Names = M.words("SOURCES");
  StringRef Special = Machine.equals_insensitive("Win32")   ? "I386_SOURCES"
                      : Machine.equals_insensitive("ARM64") ? "ARM64_SOURCES"
                                                            : "AMD64_SOURCES";
  for (std::string &N : M.words(Special))
    Names.push_back(std::move(N));
  std::vector<std::string> Files;
  bool Kernel = false;
  for (const std::string &Name : Names) {
    std::string Path = normalizePath(Name, Dir);
    if (!isSourceName(Path))
      continue;
    auto Real = P.Paths.resolve(Path);
    if (!Real) {
      auto [Where, Line] = M.place("SOURCES");
      P.diag(ProjectDiag::Error, Where.empty() ? File.str() : Where, Line, 1,
             "source file '" + Name + "' does not exist");
      continue;
    }
    Files.push_back(*Real);
    if (auto Buffer = MemoryBuffer::getFile(*Real))
      Kernel |= includesKernelHeader((*Buffer)->getBuffer());
  }
  Kernel =
      isKernelTarget(StringRef(M.value("TARGETTYPE")).trim()).value_or(Kernel);
  Info.Kind = Kernel ? UnitKind::Kernel : UnitKind::User;
  if (!Kernel && !P.Opts.UserMode) {
    Info.Skipped = "user mode";
    P.Result.Projects.push_back(std::move(Info));
    return Error::success();
  }

  std::string Made = M.value("TARGETTYPE");
  StringRef Type = StringRef(Made).trim();
  if (Type.equals_insensitive("LIBRARY") ||
      Type.equals_insensitive("DRIVER_LIBRARY"))
    Info.Library = StringRef(Info.Name).lower() + ".lib";
  Info.LinkInputs = M.words("TARGETLIBS");

  UnitPlan Common;
  Common.Driver = Info.Name;
  Common.ProjectFile = Info.File;
  Common.Config = Info.Config;
  Common.Kind = Info.Kind;
  Common.Target = tripleOf(Machine);
  unsigned Version = 0xA00;
  StringRef(M.value("_NT_TARGET_VERSION")).trim().getAsInteger(0, Version);
  if (Kernel)
    addKernelDefines(Common, Machine, Version, Debug);
  if (M.has("KMDF_VERSION") || M.has("KMDF_VERSION_MAJOR")) {
    std::string Major = M.value("KMDF_VERSION_MAJOR"),
                Minor = M.value("KMDF_VERSION_MINOR");
    Common.Defines.push_back("KMDF_VERSION_MAJOR=" +
                             (Major.empty() ? "1" : Major));
    Common.Defines.push_back("KMDF_VERSION_MINOR=" +
                             (Minor.empty() ? "33" : Minor));
  }
  for (const std::string &D : P.Opts.Defines)
    Common.Defines.push_back(D);
  for (const std::string &D : P.Opts.IncludeDirs)
    addIncludeDir(P, Common, D, "");
  for (StringRef Flags : {"C_DEFINES", "USER_C_FLAGS"})
    addOptions(P, Common, M.value(Flags), Dir);
  // The build runs in the folder of the file, with -I. in front.
  addIncludeDir(P, Common, ".", Dir);
  for (const std::string &D : splitList(M.value("INCLUDES")))
    addIncludeDir(P, Common, D, Dir);
  addWpp(P, Common, M.value("RUN_WPP"), Dir);
  for (const std::string &Name : Names)
    if (StringRef(Name).ends_with_insensitive(".mc"))
      if (auto Real = P.Paths.resolve(normalizePath(Name, Dir)))
        Common.MessageFiles.push_back(*Real);
  for (std::string &Path : Files) {
    UnitPlan U = Common;
    U.File = std::move(Path);
    U.CPlusPlus |= isCPlusPlusName(U.File);
    if (U.Standard.empty())
      U.Standard = U.CPlusPlus ? "c++17" : "gnu11";
    P.Result.Units.push_back(std::move(U));
    ++Info.Units;
  }
  if (!Info.Units)
    Info.Skipped = "no sources";
  P.Result.Projects.push_back(std::move(Info));
  return Error::success();
}

bool isSourcesFile(StringRef File) {
  if (!sys::path::filename(File).equals_insensitive("sources"))
    return false;
  // Other programs have files of this name, too.
  auto Buffer = MemoryBuffer::getFile(File);
  return Buffer && (*Buffer)->getBuffer().contains_insensitive("TARGETTYPE");
}

Error planSourcesFile(Planner &P, StringRef File) {
  std::vector<std::string> Configs = P.Opts.Configs;
  if (Configs.empty())
    Configs = {"Release|x64"};
  else if (is_contained(Configs, "all"))
    Configs = {"Release|x64", "Debug|x64", "Release|Win32", "Debug|Win32"};
  for (const std::string &Config : Configs)
    if (Error E = planOne(P, File, Config))
      return E;
  return Error::success();
}

static Error planDirs(Planner &P, StringRef File, StringSet<> &Seen) {
  constexpr size_t MaxFolders = 10000;
  if (!Seen.insert(File).second || Seen.size() > MaxFolders)
    return Error::success();
  NmakeFile M(P.Paths, P.Result.Diags);
  setEnvironment(M, "x64", /*Debug=*/false);
  if (Error E = M.read(File))
    return E;
  for (StringRef List : {"DIRS", "OPTIONAL_DIRS"})
    for (const std::string &Word : M.words(List)) {
      // "wave{i386}": for one machine only
      StringRef Name = StringRef(Word).split('{').first;
      auto Dir =
          P.Paths.resolve(normalizePath(Name, sys::path::parent_path(File)));
      if (!Dir) {
        P.diag(ProjectDiag::Warning, File.str(), M.place(List).second, 1,
               "folder '" + Name.str() + "' does not exist");
        continue;
      }
      if (auto Sub = P.Paths.resolve(*Dir + "/sources")) {
        if (Error E = planSourcesFile(P, *Sub))
          return E;
      } else if (auto Sub = P.Paths.resolve(*Dir + "/dirs")) {
        if (Error E = planDirs(P, *Sub, Seen))
          return E;
      }
    }
  return Error::success();
}

Error planDirsFile(Planner &P, StringRef File) {
  StringSet<> Seen;
  return planDirs(P, File, Seen);
}

} // namespace irqlint
