//===- UnitJob.cpp - One unit, from plan to result ------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "UnitJob.h"
#include "Report/Json.h"
#include "Report/UnitJson.h"
#include "UnitStream.h"
#include <map>

using namespace llvm;
using namespace irqlint;

/// Lays what the engine says about functions over what the parser said.
static void mergeFunctions(std::vector<FunctionRecord> &Into,
                           std::vector<FunctionRecord> From) {
  std::map<std::tuple<std::string, unsigned, std::string>, size_t> Index;
  auto Key = [](const FunctionRecord &F) {
    return std::tuple(F.Pos.File, F.Pos.Line, F.Name);
  };
  for (size_t I = 0; I < Into.size(); ++I)
    Index.try_emplace(Key(Into[I]), I);
  for (FunctionRecord &F : From) {
    auto It = Index.find(Key(F));
    if (It == Index.end()) {
      Into.push_back(std::move(F));
      continue;
    }
    FunctionRecord &T = Into[It->second];
    T.Parse = std::max(T.Parse, F.Parse);
    T.Relevant = F.Relevant;
    T.ExploredFully = F.ExploredFully;
    T.GivenUp = F.GivenUp;
    T.SkippedForErrors = F.SkippedForErrors;
    T.Nodes = F.Nodes;
    T.Seconds = F.Seconds;
  }
}

void irqlint::runUnit(const UnitPlan &Unit, const ParseOptions &Parse,
                      const AnalyzeOptions &Settings, UnitWriter &Out) {
  UnitJob J;
  UnitResult &R = J.Result;
  R.File = Unit.File;
  Expected<std::unique_ptr<ParsedUnit>> U = parseUnit(Unit, Parse);
  if (!U) {
    R.Failure = toString(U.takeError());
    J.Dependencies = {Unit.File};
    Out.done(J);
    return;
  }
  ParsedUnit &P = **U;
  describeParse(P, R);
  R.File = Unit.File;
  R.ParseSeconds = P.parseSeconds();
  J.Dependencies = P.dependencies();
  J.Absent = P.absent();
  Out.parsed(R);

  AnalyzeOptions Analyze = Settings;
  Analyze.OnExplore = [&Out](StringRef Name) { Out.exploring(Name); };
  Analyze.OnFinding = [&Out](const Finding &F) { Out.found(F); };
  AnalyzeResult A =
      analyzeUnit(P.context(), P.preprocessor(), Analyze, P.errorLocations(),
                  [&P](const clang::Decl *D) { return P.isStub(D); });
  for (LocatedFinding &F : A.Findings)
    R.Findings.push_back(std::move(F.F));
  mergeFunctions(R.Functions, std::move(A.Functions));
  R.Objects = std::move(A.Config);
  R.AnalysisSeconds = A.Seconds;
  R.Statements = std::max(R.Statements, A.Statements);
  R.DamagedStatements = std::max(R.DamagedStatements, A.DamagedStatements);
  Out.done(J);
}

json::Value irqlint::toJSON(const UnitJob &J) {
  return json::Object{{"result", toJSON(J.Result)},
                      {"dependencies", jsonStrings(J.Dependencies)},
                      {"absent", jsonStrings(J.Absent)}};
}

bool irqlint::fromJSON(const json::Value &V, UnitJob &J, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("result", J.Result) &&
         M.map("dependencies", J.Dependencies) && M.map("absent", J.Absent);
}
