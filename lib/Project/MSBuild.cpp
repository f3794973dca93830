//===- MSBuild.cpp - Reads .vcxproj and .props ------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/MSBuild.h"
#include "Project/Wildcards.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <pugixml.hpp>

using namespace llvm;

namespace irqlint {

namespace {
constexpr unsigned MaxImportDepth = 24, MaxImports = 400;

bool named(const pugi::xml_node &N, StringRef Name) {
  return Name.equals_insensitive(N.name());
}

StringRef attribute(const pugi::xml_node &N, StringRef Name) {
  for (pugi::xml_attribute A : N.attributes())
    if (Name.equals_insensitive(A.name()))
      return A.value();
  return "";
}

/// Text of an element without its comments.
std::string textOf(const pugi::xml_node &N) {
  std::string Out;
  for (pugi::xml_node C : N.children())
    if (C.type() == pugi::node_pcdata || C.type() == pugi::node_cdata)
      Out += C.value();
  return Out;
}

std::string withBackslash(StringRef Dir) {
  std::string S = Dir.str();
  if (!S.empty() && S.back() != '/')
    S += '/';
  return S;
}
} // namespace

std::pair<unsigned, unsigned> lineAndColumn(StringRef Text, size_t Offset) {
  StringRef Before = Text.take_front(Offset);
  size_t LastNewline = Before.rfind('\n');
  unsigned Col = LastNewline == StringRef::npos ? Before.size() + 1
                                                : Before.size() - LastNewline;
  return {unsigned(Before.count('\n')) + 1, Col};
}

struct MSBuildProject::Document {
  std::string File;
  std::unique_ptr<MemoryBuffer> Buffer;
  pugi::xml_document Xml;
};

std::string MSBuildItem::meta(StringRef Name) const {
  auto It = Metadata.find(Name.lower());
  return It == Metadata.end() ? "" : It->second;
}

MSBuildProject::MSBuildProject(PathIndex &Paths,
                               std::vector<ProjectDiag> &Diags)
    : Paths(Paths), Diags(Diags) {}
MSBuildProject::~MSBuildProject() = default;

void MSBuildProject::diag(ProjectDiag::Level L, const Document &D,
                          const pugi::xml_node &N, const std::string &Message) {
  ProjectDiag Out{L, D.File, 0, 0, Message};
  if (N)
    std::tie(Out.Line, Out.Col) =
        lineAndColumn(D.Buffer->getBuffer(), size_t(N.offset_debug()));
  // offset_debug() points behind the '<' of an element.
  if (Out.Col > 1)
    --Out.Col;
  // The passes and repeated imports meet the same construct again.
  for (const ProjectDiag &Old : Diags)
    if (Old.File == Out.File && Old.Line == Out.Line &&
        Old.Message == Out.Message)
      return;
  Diags.push_back(std::move(Out));
}

MSBuildProject::Document *MSBuildProject::open(StringRef File, Error &Err) {
  ErrorAsOutParameter EAO(Err);
  std::unique_ptr<Document> &Slot = Documents[File.str()];
  if (Slot)
    return Slot.get();
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer) {
    Err = createStringError(Buffer.getError(), "%s: error: cannot read: %s",
                            File.str().c_str(),
                            Buffer.getError().message().c_str());
    Documents.erase(File.str());
    return nullptr;
  }
  auto D = std::make_unique<Document>();
  D->File = File.str();
  D->Buffer = std::move(*Buffer);
  pugi::xml_parse_result R =
      D->Xml.load_buffer(D->Buffer->getBufferStart(),
                         D->Buffer->getBufferSize(), pugi::parse_default);
  const char *Problem = R ? nullptr : R.description();
  size_t Offset = R ? 0 : size_t(R.offset);
  if (!Problem && !named(D->Xml.document_element(), "Project"))
    Problem = "not an MSBuild project: the root element is not <Project>";
  if (Problem) {
    auto [Line, Col] = lineAndColumn(D->Buffer->getBuffer(), Offset);
    Err = createStringError("%s:%u:%u: error: %s", D->File.c_str(), Line, Col,
                            Problem);
    Documents.erase(File.str());
    return nullptr;
  }
  Files.push_back(D->File);
  Slot = std::move(D);
  return Slot.get();
}

std::string MSBuildProject::property(StringRef Name) const {
  return Expr.property(Name);
}

bool MSBuildProject::holds(Document &D, const pugi::xml_node &N) {
  StringRef C = attribute(N, "Condition");
  if (C.empty())
    return true;
  Expr.Complain = [&](const std::string &M) {
    diag(ProjectDiag::Warning, D, N, M);
  };
  return Expr.condition(C);
}

void MSBuildProject::chooseConfig(Document &D, StringRef Wanted) {
  std::vector<std::string> All;
  for (pugi::xml_node G : D.Xml.document_element().children())
    if (named(G, "ItemGroup"))
      for (pugi::xml_node I : G.children())
        if (named(I, "ProjectConfiguration"))
          All.push_back(attribute(I, "Include").trim().str());
  AllConfigs = All;
  for (const std::string &C : All)
    if (StringRef(C).equals_insensitive(Wanted))
      Config = C;
  if (!Config.empty())
    return;
  if (!Wanted.empty() && !All.empty())
    Diags.push_back({ProjectDiag::Note, D.File, 0, 0,
                     "has no configuration '" + Wanted.str() + "'"});
  // Older projects have one configuration per Windows version ("Win8.1
  // Release"); the newest one sees most of the code.
  int Best = -1;
  for (const std::string &C : All) {
    auto [Name, Platform] = StringRef(C).split('|');
    int Score = Platform.equals_insensitive("x64")     ? 4000
                : Platform.equals_insensitive("ARM64") ? 3000
                : Platform.equals_insensitive("Win32") ? 2000
                                                       : 1000;
    Score += Name.contains_insensitive("release") ? 500 : 0;
    Score += Name.starts_with_insensitive("vista")     ? 10
             : Name.starts_with_insensitive("win7")    ? 20
             : Name.starts_with_insensitive("win8.1")  ? 40
             : Name.starts_with_insensitive("win8")    ? 30
             : Name.starts_with_insensitive("winblue") ? 40
             : Name.starts_with_insensitive("windows") ? 45
                                                       : 50;
    if (Score > Best) {
      Best = Score;
      Config = C;
    }
  }
  if (Config.empty())
    Config = Wanted.empty() ? "Release|x64" : Wanted.str();
}

void MSBuildProject::setToolsetProperties() {
  auto &P = Expr.Properties;
  StringRef Toolset = P["platformtoolset"];
  P["iskernelmodetoolset"] =
      Toolset.starts_with_insensitive("WindowsKernelModeDriver") ? "true"
                                                                 : "false";
  P["isusermodetoolset"] =
      Toolset.starts_with_insensitive("WindowsUserModeDriver") ||
              Toolset.starts_with_insensitive("WindowsApplicationForDrivers")
          ? "true"
          : "false";
  for (auto [Name, Value] : {std::pair("_nt_target_version_win7", "0x601"),
                             std::pair("_nt_target_version_win8", "0x602"),
                             std::pair("_nt_target_version_winblue", "0x603"),
                             std::pair("_nt_target_version_win10", "0xA00")})
    P[Name] = Value;
  // Derived anew at each import until the project states its own: the target
  // version is usually set between the first import and the second.
  if (P["_nt_target_version"] == DerivedTarget) {
    StringRef Target = P["targetversion"];
    DerivedTarget = Target.equals_insensitive("Win7")          ? "0x601"
                    : Target.equals_insensitive("Win8")        ? "0x602"
                    : Target.equals_insensitive("WindowsV6.3") ? "0x603"
                    : Target.equals_insensitive("WinBlue")     ? "0x603"
                    : Target.equals_insensitive("Vista")       ? "0x600"
                                                               : "0xA00";
    P["_nt_target_version"] = DerivedTarget;
  }
}

Error MSBuildProject::load(StringRef File, StringRef WantedConfig,
                           StringRef SolutionDir) {
  Error Err = Error::success();
  Document *D = open(File, Err);
  if (!D)
    return Err;
  cantFail(std::move(Err));
  chooseConfig(*D, WantedConfig);

  ProjectDir = sys::path::parent_path(File).str();
  auto [Configuration, Platform] = StringRef(Config).split('|');
  auto &P = Expr.Properties;
  std::string Stem = sys::path::stem(File).str();
  P["configuration"] = P["configurationname"] = Configuration.str();
  P["platform"] = P["platformname"] = Platform.str();
  P["platformtarget"] = P["platformshortname"] =
      Platform.equals_insensitive("Win32") ? "x86" : Platform.lower();
  P["platformarchitecture"] = Platform.ends_with("64") ? "64" : "32";
  P["msbuildprojectdirectory"] = ProjectDir;
  P["msbuildprojectfullpath"] = P["projectpath"] = File.str();
  P["msbuildprojectfile"] = P["projectfilename"] =
      sys::path::filename(File).str();
  P["msbuildprojectextension"] = P["projectext"] =
      sys::path::extension(File).str();
  P["msbuildprojectname"] = P["projectname"] = P["targetname"] = Stem;
  P["projectdir"] = withBackslash(ProjectDir);
  P["solutiondir"] =
      withBackslash(SolutionDir.empty() ? StringRef(ProjectDir) : SolutionDir);
  P["intdir"] = Platform.str() + "/" + Configuration.str() + "/";
  P["outdir"] = withBackslash(ProjectDir) + P["intdir"];
  P["os"] = "Windows_NT";

  Expr.Exists = [this](StringRef S) {
    S = S.trim();
    return !S.empty() &&
           Paths.resolve(normalizePath(S, ProjectDir)).has_value();
  };
  Expr.FolderAbove = [this](StringRef Start, StringRef Name) -> std::string {
    if (Name.trim().empty())
      return "";
    std::string From = normalizePath(Start, ProjectDir);
    for (StringRef Dir = From; !Dir.empty(); Dir = sys::path::parent_path(Dir))
      if (Paths.resolve(normalizePath(Name, Dir)))
        return Dir.str();
    return "";
  };
  Expr.Items = [this](StringRef Type) {
    std::string Out, Lower = Type.lower();
    for (const MSBuildItem &I : Items)
      if (I.Type == Lower)
        Out += (Out.empty() ? "" : ";") + I.Include;
    return Out;
  };
  for (Pass Which : {Properties, Definitions, ItemsPass}) {
    Imports = 0;
    pass(*D, Which, 0);
  }
  Expr.Complain = nullptr;
  return Error::success();
}

void MSBuildProject::pass(Document &D, Pass Which, unsigned Depth) {
  auto &P = Expr.Properties;
  std::string OldFile = P["msbuildthisfile"],
              OldDir = P["msbuildthisfiledirectory"];
  P["msbuildthisfilefullpath"] = D.File;
  P["msbuildthisfile"] = sys::path::filename(D.File).str();
  P["msbuildthisfiledirectory"] = withBackslash(sys::path::parent_path(D.File));
  walk(D, D.Xml.document_element(), Which, Depth);
  P["msbuildthisfile"] = OldFile;
  P["msbuildthisfiledirectory"] = OldDir;
}

void MSBuildProject::walk(Document &D, const pugi::xml_node &Parent, Pass Which,
                          unsigned Depth) {
  for (pugi::xml_node N : Parent.children()) {
    if (N.type() != pugi::node_element)
      continue;
    if (named(N, "PropertyGroup")) {
      if (Which == Properties && holds(D, N))
        propertyGroup(D, N);
    } else if (named(N, "ItemDefinitionGroup")) {
      if (Which == Definitions && holds(D, N))
        itemDefinitions(D, N);
    } else if (named(N, "ItemGroup")) {
      if (Which == ItemsPass && holds(D, N))
        itemGroup(D, N);
    } else if (named(N, "Import")) {
      if (holds(D, N))
        importFile(D, N, Which, Depth);
    } else if (named(N, "ImportGroup")) {
      if (holds(D, N))
        walk(D, N, Which, Depth);
    } else if (named(N, "Choose")) {
      for (pugi::xml_node W : N.children())
        if ((named(W, "When") && holds(D, W)) || named(W, "Otherwise")) {
          walk(D, W, Which, Depth);
          break;
        }
    }
  }
}

void MSBuildProject::importFile(Document &D, const pugi::xml_node &N,
                                Pass Which, unsigned Depth) {
  Expr.Complain = [&](const std::string &M) {
    diag(ProjectDiag::Warning, D, N, M);
  };
  StringRef Written = attribute(N, "Project");
  std::string Expanded = Expr.expand(Written);
  StringRef Name = sys::path::filename(Written, sys::path::Style::windows);
  std::vector<std::string> Targets;
  if (Written.contains_insensitive("$(VCTargetsPath)") ||
      Written.contains_insensitive("$(UserRootDir)") ||
      !attribute(N, "Sdk").empty()) {
    // The build system's own files; what they would do that matters here:
    setToolsetProperties();
    if (!Name.equals_insensitive("Microsoft.Cpp.Default.props") || Depth)
      return;
    for (StringRef Dir = ProjectDir; !Dir.empty();
         Dir = sys::path::parent_path(Dir)) {
      auto P = Paths.resolve(Dir.str() + "/Directory.Build.props");
      if (!P)
        continue;
      Targets.push_back(*P);
      break;
    }
  } else {
    for (std::string &P :
         expandWildcards(Paths, sys::path::parent_path(D.File), Expanded))
      Targets.push_back(std::move(P));
    if (Targets.empty()) {
      // NuGet packages and the like are not part of the tree.
      if (!StringRef(Expanded).contains('*') && Which == Properties) {
        Missing = true;
        diag(ProjectDiag::Warning, D, N,
             "imported file '" + Expanded + "' does not exist");
      }
      return;
    }
  }
  for (const std::string &Target : Targets) {
    if (Depth >= MaxImportDepth || ++Imports > MaxImports) {
      diag(ProjectDiag::Error, D, N, "imports are nested too deeply");
      return;
    }
    Error Err = Error::success();
    Document *Sub = open(Target, Err);
    if (!Sub) {
      std::string Message = toString(std::move(Err));
      if (Which == Properties)
        diag(ProjectDiag::Error, D, N,
             "imported file cannot be used: " + Message);
      continue;
    }
    cantFail(std::move(Err));
    pass(*Sub, Which, Depth + 1);
  }
}

void MSBuildProject::propertyGroup(Document &D, const pugi::xml_node &N) {
  for (pugi::xml_node P : N.children()) {
    if (P.type() != pugi::node_element || !holds(D, P))
      continue;
    std::string Name = StringRef(P.name()).lower();
    // Chosen from outside; a project must not switch them under way.
    if (Name == "configuration" || Name == "platform")
      continue;
    Expr.Complain = [&](const std::string &M) {
      diag(ProjectDiag::Warning, D, P, M);
    };
    Expr.Properties[Name] = StringRef(Expr.expand(textOf(P))).trim().str();
  }
}

void MSBuildProject::readMetadata(Document &D, const pugi::xml_node &N,
                                  NameValues &Into, const MSBuildItem *For) {
  Expr.Metadata = [&](StringRef Name) -> std::string {
    std::string Key = Name.rsplit('.').second.empty()
                          ? Name.lower()
                          : Name.rsplit('.').second.lower();
    if (For) {
      if (Key == "filename")
        return sys::path::stem(For->Include).str();
      if (Key == "extension")
        return sys::path::extension(For->Include).str();
      if (Key == "identity")
        return For->Include;
      if (Key == "fullpath")
        return For->Path;
      if (Key == "relativedir" || Key == "directory")
        return withBackslash(sys::path::parent_path(For->Include));
    }
    auto It = Into.find(Key);
    return It == Into.end() ? "" : It->second;
  };
  for (pugi::xml_node M : N.children()) {
    if (M.type() != pugi::node_element || !holds(D, M))
      continue;
    Expr.Complain = [&](const std::string &Text) {
      diag(ProjectDiag::Warning, D, M, Text);
    };
    Into[StringRef(M.name()).lower()] = Expr.expand(textOf(M));
  }
  Expr.Metadata = nullptr;
}

std::string MSBuildProject::definition(StringRef Type, StringRef Name) const {
  auto D = Defaults.find(Type.lower());
  if (D == Defaults.end())
    return "";
  auto It = D->second.find(Name.lower());
  return It == D->second.end() ? "" : It->second;
}

void MSBuildProject::itemDefinitions(Document &D, const pugi::xml_node &N) {
  for (pugi::xml_node T : N.children())
    if (T.type() == pugi::node_element && holds(D, T))
      readMetadata(D, T, Defaults[StringRef(T.name()).lower()], nullptr);
}

void MSBuildProject::expandInclude(Document &D, const pugi::xml_node &N,
                                   MSBuildItem Proto, StringRef Include,
                                   StringRef Exclude) {
  std::vector<std::string> Excluded;
  SmallVector<StringRef> Parts;
  Exclude.split(Parts, ';', -1, false);
  for (StringRef E : Parts)
    for (std::string &P : expandWildcards(Paths, ProjectDir, E.trim()))
      Excluded.push_back(std::move(P));
  Parts.clear();
  Include.split(Parts, ';', -1, false);
  for (StringRef Spec : Parts) {
    Spec = Spec.trim();
    if (Spec.empty())
      continue;
    std::vector<std::string> Found = expandWildcards(Paths, ProjectDir, Spec);
    bool Wild = Spec.find_first_of("*?") != StringRef::npos;
    if (Found.empty() && !Wild)
      Found.push_back(normalizePath(Spec, ProjectDir));
    for (const std::string &Path : Found) {
      if (llvm::is_contained(Excluded, Path))
        continue;
      MSBuildItem I = Proto;
      I.Include = Wild ? Path : Spec.str();
      std::replace(I.Include.begin(), I.Include.end(), '\\', '/');
      I.Path = Path;
      I.Exists = Paths.resolve(Path).has_value();
      readMetadata(D, N, I.Metadata, &I);
      Items.push_back(std::move(I));
    }
  }
}

void MSBuildProject::itemGroup(Document &D, const pugi::xml_node &N) {
  for (pugi::xml_node T : N.children()) {
    if (T.type() != pugi::node_element || !holds(D, T))
      continue;
    MSBuildItem Proto;
    Proto.Type = StringRef(T.name()).lower();
    Proto.File = D.File;
    std::tie(Proto.Line, Proto.Col) =
        lineAndColumn(D.Buffer->getBuffer(), size_t(T.offset_debug()));
    if (Proto.Col > 1)
      --Proto.Col;
    Proto.Metadata = Defaults[Proto.Type];
    Expr.Complain = [&](const std::string &M) {
      diag(ProjectDiag::Warning, D, T, M);
    };
    std::string Include = Expr.expand(attribute(T, "Include"));
    std::string Exclude = Expr.expand(attribute(T, "Exclude"));
    if (!Include.empty()) {
      expandInclude(D, T, Proto, Include, Exclude);
      continue;
    }
    std::string Remove = Expr.expand(attribute(T, "Remove"));
    std::string Update = Expr.expand(attribute(T, "Update"));
    SmallVector<StringRef> Specs;
    StringRef(Remove.empty() ? Update : Remove).split(Specs, ';', -1, false);
    for (StringRef S : Specs) {
      std::vector<std::string> Match =
          expandWildcards(Paths, ProjectDir, S.trim());
      auto Hit = [&](const MSBuildItem &I) {
        return I.Type == Proto.Type && llvm::is_contained(Match, I.Path);
      };
      if (!Remove.empty())
        llvm::erase_if(Items, Hit);
      else
        for (MSBuildItem &I : Items)
          if (Hit(I))
            readMetadata(D, T, I.Metadata, &I);
    }
  }
}

} // namespace irqlint
