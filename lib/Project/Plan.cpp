//===- Plan.cpp - From paths to a list of translation units -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Plan.h"
#include "Project/Sources.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace irqlint {

std::string ProjectDiag::str() const {
  std::string Out = File;
  if (Line)
    Out += ":" + std::to_string(Line) + ":" + std::to_string(Col ? Col : 1);
  Out += Severity == Error     ? ": error: "
         : Severity == Warning ? ": warning: "
                               : ": note: ";
  return Out + Message;
}

bool Plan::hasErrors() const {
  return any_of(Diags, [](const ProjectDiag &D) {
    return D.Severity == ProjectDiag::Error;
  });
}

bool isCPlusPlusName(StringRef File) {
  StringRef E = sys::path::extension(File);
  return E.equals_insensitive(".cpp") || E.equals_insensitive(".cxx") ||
         E.equals_insensitive(".cc") || E.equals_insensitive(".c++") ||
         E.equals_insensitive(".ixx");
}

bool isSourceName(StringRef File) {
  return sys::path::extension(File).equals_insensitive(".c") ||
         isCPlusPlusName(File);
}

bool isHeaderName(StringRef File) {
  StringRef E = sys::path::extension(File);
  return E.equals_insensitive(".h") || E.equals_insensitive(".hpp") ||
         E.equals_insensitive(".hxx") || E.equals_insensitive(".hh") ||
         E.equals_insensitive(".inl");
}

static Error planPath(Planner &P, const std::string &Given) {
  std::string Path = normalizePath(Given);
  sys::fs::file_status S;
  if (std::error_code EC = sys::fs::status(Path, S))
    return createStringError(EC, "%s: error: %s", Given.c_str(),
                             EC.message().c_str());
  StringRef Ext = sys::path::extension(Path);
  if (S.type() == sys::fs::file_type::directory_file)
    return planFolder(P, Path);
  if (S.type() != sys::fs::file_type::regular_file)
    return createStringError(std::make_error_code(std::errc::invalid_argument),
                             "%s: error: neither a file nor a folder",
                             Given.c_str());
  if (Ext.equals_insensitive(".sln") || Ext.equals_insensitive(".slnx"))
    return planSolution(P, Path);
  if (isSourcesFile(Path))
    return planSourcesFile(P, Path);
  if (sys::path::filename(Path).equals_insensitive("dirs"))
    return planDirsFile(P, Path);
  if (Ext.equals_insensitive(".vcxproj"))
    return planVcxproj(P, Path, solutionFolderOf(P, Path));
  if (Ext.equals_insensitive(".json"))
    return planCompileCommands(P, Path);
  if (isSourceName(Path))
    return planSourceFile(P, Path);
  return createStringError(std::make_error_code(std::errc::invalid_argument),
                           "%s: error: neither a solution, project, "
                           "compile_commands.json, sources or "
                           "dirs file, folder nor C or C++ source file",
                           Given.c_str());
}

Expected<Plan> planUnits(ArrayRef<std::string> Paths, const PlanOptions &Opts) {
  Planner P(Opts);
  for (const std::string &Path : Paths)
    if (Error E = planPath(P, Path))
      return std::move(E);
  planLibraries(P);
  // The same file with the same settings may be reached through a solution and
  // its project, or through two solutions.
  StringSet<> Seen;
  erase_if(P.Result.Units, [&](const UnitPlan &U) {
    std::string Key;
    raw_string_ostream OS(Key);
    OS << toJSON(U);
    return !Seen.insert(Key).second;
  });
  return std::move(P.Result);
}

// JSON holds UTF-8 only, and paths may be any bytes: such are in hexadecimal.
static constexpr StringLiteral HexMark = "\x01hex:";

static json::Value textJson(StringRef Text) {
  if (json::isUTF8(Text))
    return Text.str();
  return (HexMark + toHex(Text)).str();
}

static json::Array textsJson(const std::vector<std::string> &List) {
  json::Array A;
  for (const std::string &S : List)
    A.push_back(textJson(S));
  return A;
}

static void restore(std::string &Text) {
  StringRef Hex = Text;
  std::string Bytes;
  if (Hex.consume_front(HexMark) && tryGetFromHex(Hex, Bytes))
    Text = std::move(Bytes);
}

json::Value toJSON(const TraceFunction &F) {
  return json::Object{{"name", textJson(F.Name)},
                      {"params", textsJson(F.Params)},
                      {"fixed", textsJson(F.Fixed)}};
}

bool fromJSON(const json::Value &V, TraceFunction &F, json::Path P) {
  json::ObjectMapper O(V, P);
  return O && O.map("name", F.Name) && O.map("params", F.Params) &&
         O.map("fixed", F.Fixed);
}

json::Value toJSON(const GeneratedHeader &H) {
  return json::Object{{"name", textJson(H.Name)},
                      {"source", textJson(H.Source)}};
}

bool fromJSON(const json::Value &V, GeneratedHeader &H, json::Path P) {
  json::ObjectMapper O(V, P);
  return O && O.map("name", H.Name) && O.map("source", H.Source);
}

json::Value toJSON(const UnitPlan &U) {
  return json::Object{
      {"file", textJson(U.File)},
      {"driver", textJson(U.Driver)},
      {"project", textJson(U.ProjectFile)},
      {"config", textJson(U.Config)},
      {"kernel", U.Kind == UnitKind::Kernel},
      {"cplusplus", U.CPlusPlus},
      {"standard", textJson(U.Standard)},
      {"target", textJson(U.Target)},
      {"defines", textsJson(U.Defines)},
      {"undefines", textsJson(U.Undefines)},
      {"includes", textsJson(U.IncludeDirs)},
      {"forced", textsJson(U.ForcedIncludes)},
      {"trace", json::Array(U.TraceFunctions)},
      {"wpp", textsJson(U.WppConfigFiles)},
      {"messages", textsJson(U.MessageFiles)},
      {"generated", json::Array(U.GeneratedHeaders)},
      {"guessed", U.Guessed},
  };
}

bool fromJSON(const json::Value &V, UnitPlan &U, json::Path P) {
  json::ObjectMapper O(V, P);
  bool Kernel = true;
  if (!O || !O.map("file", U.File) || !O.map("driver", U.Driver) ||
      !O.map("project", U.ProjectFile) || !O.map("config", U.Config) ||
      !O.map("kernel", Kernel) || !O.map("cplusplus", U.CPlusPlus) ||
      !O.map("standard", U.Standard) || !O.map("target", U.Target) ||
      !O.map("defines", U.Defines) || !O.map("undefines", U.Undefines) ||
      !O.map("includes", U.IncludeDirs) || !O.map("forced", U.ForcedIncludes) ||
      !O.map("trace", U.TraceFunctions) || !O.map("wpp", U.WppConfigFiles) ||
      !O.map("messages", U.MessageFiles) ||
      !O.map("generated", U.GeneratedHeaders) || !O.map("guessed", U.Guessed))
    return false;
  for (std::string *S :
       {&U.File, &U.Driver, &U.ProjectFile, &U.Config, &U.Standard, &U.Target})
    restore(*S);
  for (auto *List : {&U.Defines, &U.Undefines, &U.IncludeDirs,
                     &U.ForcedIncludes, &U.WppConfigFiles, &U.MessageFiles})
    for (std::string &S : *List)
      restore(S);
  for (GeneratedHeader &H : U.GeneratedHeaders) {
    restore(H.Name);
    restore(H.Source);
  }
  for (TraceFunction &F : U.TraceFunctions) {
    restore(F.Name);
    for (auto *List : {&F.Params, &F.Fixed})
      for (std::string &S : *List)
        restore(S);
  }
  U.Kind = Kernel ? UnitKind::Kernel : UnitKind::User;
  return true;
}

} // namespace irqlint
