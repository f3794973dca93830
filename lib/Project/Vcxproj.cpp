//===- Vcxproj.cpp - Units of a Visual Studio project -----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/MSBuild.h"
#include "Project/Sources.h"
#include "Project/Wpp.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"
#include <set>

using namespace llvm;

namespace irqlint {

std::string tripleOf(StringRef Machine) {
  if (Machine.equals_insensitive("ARM64") ||
      Machine.equals_insensitive("ARM64EC"))
    return "aarch64-pc-windows-msvc";
  if (Machine.equals_insensitive("Win32") || Machine.equals_insensitive("x86"))
    return "i686-pc-windows-msvc";
  if (Machine.equals_insensitive("ARM"))
    return "thumbv7-pc-windows-msvc";
  return "x86_64-pc-windows-msvc";
}

void addKernelDefines(UnitPlan &U, StringRef Machine, unsigned TargetVersion,
                      bool Debug) {
  auto Add = [&](StringRef D) { U.Defines.push_back(D.str()); };
  std::string Triple = tripleOf(Machine);
  if (StringRef(Triple).starts_with("x86_64"))
    for (StringRef D : {"_WIN64", "_AMD64_", "AMD64"})
      Add(D);
  else if (StringRef(Triple).starts_with("aarch64"))
    for (StringRef D : {"_WIN64", "_ARM64_", "ARM64"})
      Add(D);
  else if (StringRef(Triple).starts_with("i686"))
    for (StringRef D : {"_X86_=1", "i386=1", "STD_CALL"})
      Add(D);
  else
    for (StringRef D : {"_ARM_", "ARM"})
      Add(D);
  std::string Version = "0x" + utohexstr(TargetVersion, false, 4);
  Add("_WIN32_WINNT=" + Version);
  Add("WINVER=" + Version);
  Add("WINNT=1");
  // Windows 10: the newest release known, so that no declaration is hidden.
  Add("NTDDI_VERSION=" + Version +
      (TargetVersion >= 0xA00 ? std::string("0010") : std::string("0000")));
  Add("DEPRECATE_DDK_FUNCTIONS=1");
  if (Debug) {
    Add("DBG=1");
    Add("MSC_NOOPT");
  }
}

std::vector<std::string> splitList(StringRef List) {
  std::vector<std::string> Out;
  SmallVector<StringRef> Parts;
  List.split(Parts, ';', -1, false);
  for (StringRef P : Parts)
    if (!P.trim().empty())
      Out.push_back(P.trim().str());
  return Out;
}

/// \p Out is as the compiler gets it, without the command line's quoting.
static void addPlainDefine(UnitPlan &U, std::string Out) {
  // cl also takes NAME#VALUE.
  size_t Sign = Out.find_first_of("=#");
  if (Sign != std::string::npos)
    Out[Sign] = '=';
  StringRef Name = StringRef(Out).split('=').first;
  if (Name.empty() || isDigit(Name[0]) || !all_of(Name, [](char C) {
        return isAlnum(C) || C == '_' || C == '(' || C == ')' || C == ',';
      }))
    return;
  U.Defines.push_back(Out);
}

namespace {

/// MSBuild escapes quotes for cl's command line: NAME="x" is a string. Older
/// projects have them escaped themselves.
void addDefine(UnitPlan &U, StringRef D) {
  D = D.trim();
  // Switches that projects converted from "sources" files carry along.
  if (D.consume_front("/D") || D.consume_front("-D"))
    D = D.trim();
  if (D.empty() || D.starts_with("/") || D.starts_with("-"))
    return;
  // The whole of it in quotes: they belong to the list.
  if (D.size() > 1 && D.front() == '"' && D.back() == '"')
    D = D.drop_front().drop_back();
  std::string Out;
  for (size_t I = 0; I < D.size(); ++I)
    if (D[I] != '\\' || I + 1 == D.size() || D[I + 1] != '"')
      Out += D[I];
  addPlainDefine(U, Out);
}

} // namespace

void addIncludeDir(Planner &P, UnitPlan &U, StringRef Dir, StringRef Base) {
  Dir = Dir.trim().trim('"');
  if (Dir.empty())
    return;
  auto Real = P.Paths.resolve(normalizePath(Dir, Base));
  // Folders of the kit that is not here, of packages, of other projects'
  // output: normal in a tree that was never built.
  if (Real && P.Paths.isFolder(*Real) && !is_contained(U.IncludeDirs, *Real))
    U.IncludeDirs.push_back(*Real);
}

/// cl switches in AdditionalOptions that change what is parsed.
void addOptions(Planner &P, UnitPlan &U, StringRef Options, StringRef Base) {
  BumpPtrAllocator Alloc;
  StringSaver Saver(Alloc);
  SmallVector<const char *> Args;
  cl::TokenizeWindowsCommandLine(Options, Saver, Args);
  for (size_t I = 0; I != Args.size(); ++I) {
    StringRef A = Args[I];
    if (!A.consume_front("/") && !A.consume_front("-"))
      continue;
    auto Value = [&](StringRef Switch) -> std::optional<StringRef> {
      if (!A.starts_with(Switch))
        return std::nullopt;
      StringRef V = A.drop_front(Switch.size());
      if (V.empty() && I + 1 != Args.size())
        V = Args[++I];
      return V;
    };
    if (auto V = Value("FI"))
      U.ForcedIncludes.push_back(V->str());
    else if (auto V = Value("D"))
      addPlainDefine(U, V->str());
    else if (auto V = Value("I"))
      addIncludeDir(P, U, *V, Base);
    else if (auto V = Value("U"))
      U.Undefines.push_back(V->str());
    else if (A.starts_with("std:"))
      U.Standard = A.drop_front(4).str();
    else if (A == "TP")
      U.CPlusPlus = true;
    else if (A == "TC")
      U.CPlusPlus = false;
  }
}

namespace {

std::string standardFor(const UnitPlan &U, StringRef Wanted) {
  Wanted.consume_front("std");
  if (U.CPlusPlus)
    return StringSwitch<std::string>(Wanted.lower())
        .Cases({"cpp14", "c++14", ":c++14"}, "c++14")
        .Cases({"cpp17", "c++17"}, "c++17")
        .Cases({"cpp20", "c++20"}, "c++20")
        .Cases({"cpplatest", "cpp23", "c++latest", "c++23preview"}, "c++23")
        .Default("c++17");
  return StringSwitch<std::string>(Wanted.lower())
      .Cases({"c17", "clatest"}, "gnu17")
      .Default("gnu11");
}

bool namesDriverToolset(const MSBuildProject &M) {
  std::string Toolset = M.property("PlatformToolset");
  return StringRef(Toolset).starts_with_insensitive("WindowsUserModeDriver") ||
         StringRef(Toolset).starts_with_insensitive("WindowsApplication");
}

/// Nothing if the project does not say, for a property sheet that is not here
/// would.
std::optional<UnitKind> kindOf(const MSBuildProject &M) {
  std::string Toolset = M.property("PlatformToolset");
  StringRef T = Toolset;
  if (T.starts_with_insensitive("WindowsKernelModeDriver"))
    return UnitKind::Kernel;
  if (T.starts_with_insensitive("WindowsUserModeDriver") ||
      T.starts_with_insensitive("WindowsApplicationForDrivers"))
    return UnitKind::User;
  // Converted or hand-written projects may name no toolset of the WDK.
  std::string Driver = M.property("DriverType");
  for (StringRef K : {"WDM", "KMDF", "Miniport", "ExportDriver"})
    if (K.equals_insensitive(Driver))
      return UnitKind::Kernel;
  if (StringRef(M.property("ConfigurationType")).equals_insensitive("Driver") &&
      !StringRef(Driver).equals_insensitive("UMDF"))
    return UnitKind::Kernel;
  if (M.missesImports() && Toolset.empty() && Driver.empty() &&
      M.property("ConfigurationType").empty())
    return std::nullopt;
  return UnitKind::User;
}

/// A property that a missing file would set may stand in front: the rest is
/// looked for from the project's folder upwards.
void addNearDir(Planner &P, UnitPlan &U, StringRef Dir, StringRef Base) {
  constexpr unsigned MaxUp = 4;
  Dir = Dir.trim().trim('"').ltrim("/\\");
  if (Dir.empty() || Dir.contains(".."))
    return;
  StringRef D = Base;
  for (unsigned Up = 0; Up <= MaxUp && D.size() > 1;
       ++Up, D = sys::path::parent_path(D))
    if (auto Real = P.Paths.resolve(normalizePath(Dir, D));
        Real && P.Paths.isFolder(*Real)) {
      if (!is_contained(U.IncludeDirs, *Real))
        U.IncludeDirs.push_back(*Real);
      return;
    }
}

/// Folders of headers, by their name, in the project's folder and beside it.
/// A missing file would have named those that are searched.
std::vector<std::string> headerFoldersNear(Planner &P, StringRef Dir) {
  std::vector<std::string> Out;
  auto Look = [&](StringRef Folder) {
    for (const PathIndex::Entry &E : P.Paths.list(Folder))
      if (E.IsFolder && (StringRef(E.Name).equals_insensitive("include") ||
                         StringRef(E.Name).equals_insensitive("inc")))
        Out.push_back((Folder + "/" + E.Name).str());
  };
  Look(Dir);
  StringRef Up = sys::path::parent_path(Dir);
  Look(Up);
  for (const PathIndex::Entry &E : P.Paths.list(Up))
    if (E.IsFolder && (Up + "/" + E.Name).str() != Dir)
      Look((Up + "/" + E.Name).str());
  return Out;
}

/// Sources that the project builds, without those that are not there.
std::vector<const MSBuildItem *> sourcesOf(const MSBuildProject &M) {
  std::vector<const MSBuildItem *> Out;
  for (const MSBuildItem &I : M.items())
    if (I.Type == "clcompile" && isSourceName(I.Path) &&
        !StringRef(I.meta("ExcludedFromBuild"))
             .trim()
             .equals_insensitive("true"))
      Out.push_back(&I);
  return Out;
}

/// What the sources of a project include.
SourceModes modesOf(Planner &P, const MSBuildProject &M, StringRef Dir) {
  std::vector<std::string> Files;
  UnitPlan U;
  for (const MSBuildItem *I : sourcesOf(M)) {
    if (!I->Exists)
      continue;
    Files.push_back(I->Path);
    for (const std::string &D :
         splitList(I->meta("AdditionalIncludeDirectories")))
      addIncludeDir(P, U, D, Dir);
  }
  return modesOfSources(P, Files, U.IncludeDirs);
}

unsigned targetVersion(const MSBuildProject &M) {
  unsigned V = 0xA00;
  StringRef(M.property("_NT_TARGET_VERSION")).trim().getAsInteger(0, V);
  return V;
}

bool usesPrecompiled(const MSBuildItem &I, StringRef How) {
  return StringRef(I.meta("PrecompiledHeader")).trim().equals_insensitive(How);
}

/// What the message compiler and the MOF compiler write headers from.
void addGeneratedHeaders(const MSBuildProject &M, UnitPlan &U) {
  StringMap<std::string> Mof; // stem of the binary MOF -> source
  auto Name = [](StringRef Path) {
    return sys::path::filename(Path, sys::path::Style::windows);
  };
  auto Stem = [](StringRef Path) {
    return sys::path::stem(Path, sys::path::Style::windows).lower();
  };
  for (const MSBuildItem &I : M.items()) {
    if (!I.Exists)
      continue;
    StringRef Path = I.Path;
    bool Manifest = Path.ends_with_insensitive(".man") ||
                    Path.ends_with_insensitive(".xml");
    if (I.Type == "messagecompile" && Manifest) {
      std::string Base = I.meta("GeneratedFilesBaseName");
      U.GeneratedHeaders.push_back(
          {(Base.empty() ? sys::path::stem(Path).str() : Base) + ".h", I.Path});
    } else if (I.Type == "messagecompile" ||
               Path.ends_with_insensitive(".mc")) {
      if (!is_contained(U.MessageFiles, I.Path))
        U.MessageFiles.push_back(I.Path);
    } else if (I.Type == "mofcomp") {
      std::string Binary = I.meta("CreateBinaryMofFile");
      Mof[Stem(Path)] = I.Path;
      if (!Binary.empty())
        Mof[Stem(StringRef(Binary).trim('"'))] = I.Path;
    }
  }
  for (const MSBuildItem &I : M.items())
    if (I.Type == "wmimofck") {
      std::string Header = I.meta("HeaderOutputFile");
      auto Source = Mof.find(Stem(I.Include));
      if (!Header.empty() && Source != Mof.end())
        U.GeneratedHeaders.push_back(
            {Name(StringRef(Header).trim('"')).str(), Source->second});
    }
}

} // namespace

/// What the project makes for others to link with, and what it is linked with.
static void describeLinking(const MSBuildProject &M, ProjectInfo &Info) {
  std::string Type = M.property("ConfigurationType");
  if (StringRef(Type).equals_insensitive("StaticLibrary")) {
    auto Name = [](StringRef Path) {
      return sys::path::filename(Path, sys::path::Style::windows).lower();
    };
    std::string Output = M.definition("Lib", "OutputFile");
    Info.Library = StringRef(Output).ends_with_insensitive(".lib")
                       ? Name(Output)
                       : Name(M.property("TargetName")) + ".lib";
  }
  for (StringRef Tool : {"Link", "Lib"})
    for (std::string &Input :
         splitList(M.definition(Tool, "AdditionalDependencies")))
      Info.LinkInputs.push_back(std::move(Input));
  for (const MSBuildItem &I : M.items())
    if (I.Type == "projectreference" && I.Exists &&
        !StringRef(I.meta("LinkLibraryDependencies"))
             .trim()
             .equals_insensitive("false"))
      Info.References.push_back(I.Path);
}

/// The units of a project in the configuration that was loaded.
static void planLoaded(Planner &P, MSBuildProject &M, StringRef File) {
  std::string Dir = sys::path::parent_path(File).str();
  ProjectInfo Info;
  Info.File = File.str();
  Info.Name = sys::path::stem(File).str();
  Info.Config = M.config();
  std::optional<UnitKind> Stated = kindOf(M);
  SourceModes Modes;
  // With the kit's toolset it is certain, and the framework for user mode has
  // headers of the same names.
  if (!Stated || (*Stated == UnitKind::User && !namesDriverToolset(M)))
    Modes = modesOf(P, M, Dir);
  bool Mostly = Modes.Kernel > Modes.User;
  Info.Kind = Stated ? *Stated : Mostly ? UnitKind::Kernel : UnitKind::User;
  Info.MayBeLibrary = !Stated && Mostly && !Modes.DriverEntry;
  std::string Include = std::to_string(Modes.Kernel) +
                        (Modes.Kernel == 1 ? " of its sources includes"
                                           : " of its sources include") +
                        " kernel headers";
  if (!Stated && Mostly)
    P.diag(ProjectDiag::Note, File.str(), 0, 0,
           "does not say what it is for, or an imported file would; " +
               Include);
  if (StringRef(M.property("DriverType")).equals_insensitive("Package") ||
      StringRef(M.property("ConfigurationType")).equals_insensitive("Utility"))
    Info.Skipped = "package";
  else if (Info.Kind == UnitKind::User && !P.Opts.UserMode)
    Info.Skipped =
        Mostly ? "user mode, though " + Include + "; --user-mode checks it, too"
               : "user mode";
  if (!Info.Skipped.empty()) {
    for (const MSBuildItem *I : sourcesOf(M))
      P.LeftOut.insert(I->Path);
    P.Result.Projects.push_back(std::move(Info));
    return;
  }

  describeLinking(M, Info);
  auto [Configuration, Machine] = StringRef(M.config()).split('|');
  std::string DebugLibs = M.property("UseDebugLibraries");
  bool Debug = DebugLibs.empty()
                   ? Configuration.contains_insensitive("debug")
                   : StringRef(DebugLibs).equals_insensitive("true");
  UnitPlan Common;
  Common.Driver = Info.Name;
  Common.ProjectFile = Info.File;
  Common.Config = Info.Config;
  Common.Kind = Info.Kind;
  Common.Target = tripleOf(Machine);
  if (Info.Kind == UnitKind::Kernel)
    addKernelDefines(Common, Machine, targetVersion(M), Debug);
  // What sheets of trees for both modes say by custom.
  if (!Stated && Info.Kind == UnitKind::Kernel)
    Common.Defines.push_back("KERNEL_MODE=1");
  if (StringRef(M.property("DriverType")).equals_insensitive("KMDF") ||
      !M.property("KMDF_VERSION_MINOR").empty() || !Stated) {
    std::string Major = M.property("KMDF_VERSION_MAJOR"),
                Minor = M.property("KMDF_VERSION_MINOR");
    // Unless told otherwise the newest framework, so that nothing is hidden.
    Common.Defines.push_back("KMDF_VERSION_MAJOR=" +
                             (Major.empty() ? "1" : Major));
    Common.Defines.push_back("KMDF_VERSION_MINOR=" +
                             (Minor.empty() ? "33" : Minor));
  }
  if (StringRef(M.property("CharacterSet")).equals_insensitive("Unicode")) {
    Common.Defines.push_back("_UNICODE");
    Common.Defines.push_back("UNICODE");
  }
  for (const std::string &D : P.Opts.Defines)
    Common.Defines.push_back(D);
  for (const std::string &D : P.Opts.IncludeDirs)
    addIncludeDir(P, Common, D, "");
  addGeneratedHeaders(M, Common);
  std::vector<std::string> Near;
  if (M.missesImports())
    Near = headerFoldersNear(P, Dir);

  for (const MSBuildItem *Item : sourcesOf(M)) {
    const MSBuildItem &I = *Item;
    if (!I.Exists) {
      P.diag(ProjectDiag::Error, I.File, I.Line, I.Col,
             "source file '" + I.Include + "' does not exist");
      continue;
    }
    UnitPlan U = Common;
    U.File = I.Path;
    std::string As = I.meta("CompileAs");
    U.CPlusPlus = StringRef(As).equals_insensitive("CompileAsCpp") ||
                  (!StringRef(As).equals_insensitive("CompileAsC") &&
                   isCPlusPlusName(I.Path));
    for (const std::string &D : splitList(I.meta("PreprocessorDefinitions")))
      addDefine(U, D);
    for (const std::string &D : splitList(I.meta("WppPreprocessorDefinitions")))
      addDefine(U, D);
    for (const std::string &D :
         splitList(I.meta("UndefinePreprocessorDefinitions")))
      U.Undefines.push_back(D);
    for (const std::string &D :
         splitList(I.meta("AdditionalIncludeDirectories"))) {
      addIncludeDir(P, U, D, Dir);
      if (M.missesImports())
        addNearDir(P, U, D, Dir);
    }
    for (const std::string &D : splitList(M.property("IncludePath")))
      addIncludeDir(P, U, D, Dir);
    for (const std::string &D : Near)
      addIncludeDir(P, U, D, Dir);
    // A precompiled header is not looked for: it is the one that another
    // source, perhaps in another folder, has made.
    if (usesPrecompiled(I, "Use"))
      for (const MSBuildItem &Maker : M.items())
        if (Maker.Type == "clcompile" && usesPrecompiled(Maker, "Create"))
          addIncludeDir(P, U, sys::path::parent_path(Maker.Path).str(), Dir);
    for (const std::string &F : splitList(I.meta("ForcedIncludeFiles")))
      U.ForcedIncludes.push_back(F);
    U.Standard =
        I.meta(U.CPlusPlus ? "LanguageStandard" : "LanguageStandard_C");
    addOptions(P, U, I.meta("AdditionalOptions"), Dir);
    U.Standard = standardFor(U, U.Standard);
    // WPP scans every file of the project and all trace functions named
    // anywhere in it; the per-file switch only says where the output goes.
    for (StringRef Key : {"WppTraceFunction", "WppSearchString"})
      for (TraceFunction &F : parseTraceFunctions(I.meta(Key)))
        if (!is_contained(U.TraceFunctions, F))
          U.TraceFunctions.push_back(std::move(F));
    std::string Scan = I.meta("WppScanConfigurationData");
    if (!Scan.empty())
      if (auto Real = P.Paths.resolve(normalizePath(Scan, Dir)))
        U.WppConfigFiles.push_back(*Real);
    P.Result.Units.push_back(std::move(U));
    ++Info.Units;
  }
  if (!Info.Units)
    Info.Skipped = "no sources";
  P.Result.Projects.push_back(std::move(Info));
}

Error planVcxproj(Planner &P, StringRef File, StringRef SolutionDir,
                  bool OnlyLibrary) {
  std::vector<std::string> Wanted = P.Opts.Configs;
  if (Wanted.empty() || is_contained(Wanted, "all"))
    Wanted = {""};
  std::set<std::string> Done;
  for (size_t I = 0; I < Wanted.size(); ++I) {
    MSBuildProject M(P.Paths, P.Result.Diags);
    if (Error E = M.load(File, Wanted[I], SolutionDir))
      return E;
    if (I == 0 && is_contained(P.Opts.Configs, "all"))
      append_range(Wanted, M.allConfigs());
    if (OnlyLibrary && !StringRef(M.property("ConfigurationType"))
                            .equals_insensitive("StaticLibrary"))
      return Error::success();
    // A project may lack one, and then gives the one that it has.
    if (Done.insert(M.config()).second)
      planLoaded(P, M, File);
  }
  return Error::success();
}

} // namespace irqlint
