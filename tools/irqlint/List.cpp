//===- List.cpp - What would be scanned -----------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "List.h"
#include "Report/Json.h"
#include "llvm/ADT/StringExtras.h"
#include <map>

using namespace llvm;
using namespace irqlint;

/// \p Word so that a shell reads it as one.
static std::string quoted(StringRef Word) {
  auto Plain = [](char C) {
    return isAlnum(C) || StringRef("-_=+./:,@%").contains(C);
  };
  if (!Word.empty() && all_of(Word, Plain))
    return Word.str();
  std::string Out = "'";
  for (char C : Word)
    Out += C == '\'' ? std::string("'\\''") : std::string(1, C);
  return Out + "'";
}

static std::string flags(const UnitPlan &U) {
  std::string Out = "--target=" + U.Target;
  auto Add = [&](StringRef Flag, StringRef Value) {
    Out += " " + Flag.str() + quoted(Value);
  };
  if (!U.Standard.empty())
    Add("-std=", U.Standard);
  for (const std::string &D : U.Defines)
    Add("-D", D);
  for (const std::string &D : U.Undefines)
    Add("-U", D);
  for (const std::string &D : U.IncludeDirs)
    Add("-I", D);
  for (const std::string &F : U.ForcedIncludes)
    Add("-include ", F);
  return Out;
}

void irqlint::listAsText(const Plan &P, raw_ostream &OS) {
  using Key = std::pair<std::string, std::string>;
  std::map<Key, unsigned> Units;
  for (const UnitPlan &U : P.Units)
    ++Units[{U.ProjectFile, U.Config}];
  const UnitPlan *Last = nullptr;
  for (const UnitPlan &U : P.Units) {
    if (!Last || Last->ProjectFile != U.ProjectFile ||
        Last->Config != U.Config) {
      unsigned N = Units[{U.ProjectFile, U.Config}];
      OS << "driver " << (U.Driver.empty() ? "?" : U.Driver) << ": " << N
         << (N == 1 ? " unit" : " units") << ", " << U.ProjectFile;
      if (!U.Config.empty())
        OS << ", " << U.Config;
      OS << '\n';
      for (const ProjectInfo &I : P.Projects)
        if (I.File == U.ProjectFile && I.Config == U.Config)
          for (const std::string &L : I.Libraries)
            OS << "    with the library " << L << '\n';
    }
    Last = &U;
    OS << U.File << "  [" << (U.Driver.empty() ? "?" : U.Driver);
    if (!U.Config.empty())
      OS << ", " << U.Config;
    OS << ", " << (U.CPlusPlus ? "C++" : "C")
       << (U.Kind == UnitKind::User ? ", user mode" : "")
       << (U.Guessed ? ", settings guessed" : "") << "]\n    " << flags(U)
       << '\n';
    for (const TraceFunction &T : U.TraceFunctions)
      OS << "    trace function " << T.Name << '\n';
    for (const GeneratedHeader &H : U.GeneratedHeaders)
      OS << "    " << H.Name << " made from " << H.Source << '\n';
    for (const std::string &M : U.MessageFiles)
      OS << "    messages " << M << '\n';
  }
  for (const ProjectInfo &I : P.Projects)
    if (!I.Skipped.empty())
      OS << I.File << "  skipped: " << I.Skipped << '\n';
}

void irqlint::listAsJson(const Plan &P, raw_ostream &OS) {
  json::Array Units, Skipped, Linked;
  for (const UnitPlan &U : P.Units)
    Units.push_back(toJSON(U));
  for (const ProjectInfo &I : P.Projects)
    if (!I.Skipped.empty())
      Skipped.push_back(json::Object{{"file", jsonString(I.File)},
                                     {"why", jsonString(I.Skipped)}});
  for (const ProjectInfo &I : P.Projects)
    if (!I.Libraries.empty())
      Linked.push_back(json::Object{{"file", jsonString(I.File)},
                                    {"config", jsonString(I.Config)},
                                    {"libraries", jsonStrings(I.Libraries)}});
  OS << printJson(json::Object{{"format", "irqlint-plan"},
                               {"version", 1},
                               {"units", std::move(Units)},
                               {"linked", std::move(Linked)},
                               {"skipped", std::move(Skipped)}});
}
