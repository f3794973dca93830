//===- UnitJson.cpp - Unit results as JSON --------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/UnitJson.h"
#include "Report/Json.h"
#include <optional>

using namespace llvm;
using namespace irqlint;

namespace {

/// Builds an object without its empty members.
struct Writer {
  json::Object O;

  void text(StringRef Key, const std::string &V) {
    if (!V.empty())
      O[Key] = jsonString(V);
  }
  void number(StringRef Key, double V) {
    if (V != 0)
      O[Key] = V;
  }
  void count(StringRef Key, unsigned V) {
    if (V)
      O[Key] = int64_t(V);
  }
  void flag(StringRef Key, bool V) {
    if (V)
      O[Key] = true;
  }
  void texts(StringRef Key, const std::vector<std::string> &V) {
    if (!V.empty())
      O[Key] = jsonStrings(V);
  }
  template <class T> void list(StringRef Key, const std::vector<T> &V) {
    if (V.empty())
      return;
    json::Array A;
    for (const T &E : V)
      A.push_back(irqlint::toJSON(E));
    O[Key] = std::move(A);
  }
};

constexpr std::pair<ParseStatus, const char *> StatusNames[] = {
    {ParseStatus::Clean, "clean"},
    {ParseStatus::Stubbed, "stubbed"},
    {ParseStatus::Damaged, "damaged"},
    {ParseStatus::Lost, "lost"}};

/// A value from a closed set of names; absent means the default.
template <class T, size_t N>
bool mapNamed(const json::Object &O, json::Path P, StringRef Key,
              const std::pair<T, const char *> (&Names)[N], T &Out) {
  const json::Value *V = O.get(Key);
  if (!V)
    return true;
  if (std::optional<StringRef> S = V->getAsString())
    for (const auto &[Value, Name] : Names)
      if (*S == Name) {
        Out = Value;
        return true;
      }
  P.field(Key).report("unknown value");
  return false;
}

constexpr std::pair<Certainty, const char *> CertaintyNames[] = {
    {Certainty::Definite, "definite"}, {Certainty::Possible, "possible"}};

} // namespace

json::Value irqlint::toJSON(const SourcePos &P) {
  Writer W;
  W.text("file", P.File);
  W.count("line", P.Line);
  W.count("col", P.Col);
  W.count("endLine", P.EndLine);
  W.count("endCol", P.EndCol);
  return std::move(W.O);
}

bool irqlint::fromJSON(const json::Value &V, SourcePos &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.mapOptional("file", R.File) && M.mapOptional("line", R.Line) &&
         M.mapOptional("col", R.Col) && M.mapOptional("endLine", R.EndLine) &&
         M.mapOptional("endCol", R.EndCol);
}

json::Value irqlint::toJSON(const PathStep &S) {
  Writer W;
  W.O["pos"] = toJSON(S.Pos);
  W.text("message", S.Message);
  W.text("function", S.Function);
  W.count("depth", S.Depth);
  W.text("level", S.Level);
  W.texts("held", S.Held);
  return std::move(W.O);
}

bool irqlint::fromJSON(const json::Value &V, PathStep &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("pos", R.Pos) && M.mapOptional("message", R.Message) &&
         M.mapOptional("function", R.Function) &&
         M.mapOptional("depth", R.Depth) && M.mapOptional("level", R.Level) &&
         M.mapOptional("held", R.Held);
}

json::Value irqlint::toJSON(const TextEdit &E) {
  Writer W;
  W.O["pos"] = toJSON(E.Pos);
  W.text("was", E.Was);
  W.text("text", E.Text);
  return std::move(W.O);
}

bool irqlint::fromJSON(const json::Value &V, TextEdit &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("pos", R.Pos) && M.mapOptional("was", R.Was) &&
         M.mapOptional("text", R.Text);
}

json::Value irqlint::toJSON(const Repair &R) {
  Writer W;
  W.text("says", R.Says);
  W.list("edits", R.Edits);
  return std::move(W.O);
}

bool irqlint::fromJSON(const json::Value &V, Repair &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("says", R.Says) && M.map("edits", R.Edits);
}

json::Value irqlint::toJSON(const Finding &F) {
  Writer W;
  W.text("check", F.Check);
  W.O["certainty"] = F.Sure == Certainty::Possible ? "possible" : "definite";
  W.text("message", F.Message);
  W.O["pos"] = toJSON(F.Pos);
  W.text("function", F.Function);
  W.text("entry", F.Entry);
  W.text("hint", F.Hint);
  W.list("path", F.Path);
  if (!F.Fix.Edits.empty())
    W.O["repair"] = toJSON(F.Fix);
  W.flag("stubbed", F.Stubbed);
  W.flag("damaged", F.Damaged);
  return std::move(W.O);
}

bool irqlint::fromJSON(const json::Value &V, Finding &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("check", R.Check) &&
         mapNamed(*V.getAsObject(), P, "certainty", CertaintyNames, R.Sure) &&
         M.map("message", R.Message) && M.map("pos", R.Pos) &&
         M.mapOptional("function", R.Function) &&
         M.mapOptional("entry", R.Entry) && M.mapOptional("hint", R.Hint) &&
         M.mapOptional("path", R.Path) && M.mapOptional("repair", R.Fix) &&
         M.mapOptional("stubbed", R.Stubbed) &&
         M.mapOptional("damaged", R.Damaged);
}

json::Value irqlint::toJSON(const FunctionRecord &R) {
  Writer W;
  W.text("name", R.Name);
  W.O["pos"] = toJSON(R.Pos);
  W.O["parse"] = StatusNames[unsigned(R.Parse)].second;
  W.flag("relevant", R.Relevant);
  W.flag("exploredFully", R.ExploredFully);
  W.text("givenUp", R.GivenUp);
  W.flag("skippedForErrors", R.SkippedForErrors);
  W.flag("fileAlone", R.FileAlone);
  W.count("nodes", R.Nodes);
  W.number("seconds", R.Seconds);
  return std::move(W.O);
}

bool irqlint::fromJSON(const json::Value &V, FunctionRecord &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("name", R.Name) && M.map("pos", R.Pos) &&
         mapNamed(*V.getAsObject(), P, "parse", StatusNames, R.Parse) &&
         M.mapOptional("relevant", R.Relevant) &&
         M.mapOptional("exploredFully", R.ExploredFully) &&
         M.mapOptional("givenUp", R.GivenUp) &&
         M.mapOptional("skippedForErrors", R.SkippedForErrors) &&
         M.mapOptional("fileAlone", R.FileAlone) &&
         M.mapOptional("nodes", R.Nodes) && M.mapOptional("seconds", R.Seconds);
}

json::Value irqlint::toJSON(const UnitResult &U) {
  Writer W;
  W.text("file", U.File);
  W.text("driver", U.Driver);
  W.text("config", U.Config);
  W.list("findings", U.Findings);
  W.list("functions", U.Functions);
  W.texts("missingHeaders", U.MissingHeaders);
  W.texts("stubbedNames", U.StubbedNames);
  if (!U.Objects.Objects.empty())
    W.O["objects"] = toJSON(U.Objects);
  W.count("errors", U.Errors);
  W.text("firstError", U.FirstError);
  W.count("statements", U.Statements);
  W.count("damagedStatements", U.DamagedStatements);
  W.number("parseSeconds", U.ParseSeconds);
  W.number("analysisSeconds", U.AnalysisSeconds);
  W.number("peakMb", U.PeakMb);
  W.text("failure", U.Failure);
  return std::move(W.O);
}

bool irqlint::fromJSON(const json::Value &V, UnitResult &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("file", R.File) && M.mapOptional("driver", R.Driver) &&
         M.mapOptional("config", R.Config) &&
         M.mapOptional("findings", R.Findings) &&
         M.mapOptional("functions", R.Functions) &&
         M.mapOptional("missingHeaders", R.MissingHeaders) &&
         M.mapOptional("stubbedNames", R.StubbedNames) &&
         M.mapOptional("objects", R.Objects) &&
         M.mapOptional("errors", R.Errors) &&
         M.mapOptional("firstError", R.FirstError) &&
         M.mapOptional("statements", R.Statements) &&
         M.mapOptional("damagedStatements", R.DamagedStatements) &&
         M.mapOptional("parseSeconds", R.ParseSeconds) &&
         M.mapOptional("analysisSeconds", R.AnalysisSeconds) &&
         M.mapOptional("peakMb", R.PeakMb) &&
         M.mapOptional("failure", R.Failure);
}
