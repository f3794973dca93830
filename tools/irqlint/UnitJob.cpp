//===- UnitJob.cpp - One unit, from plan to result ------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "UnitJob.h"
#include "Engine/Import.h"
#include "Engine/LinkCollector.h"
#include "Report/Json.h"
#include "Report/LinkJson.h"
#include "Report/ResultFile.h"
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

/// Nodes per function in a second look, which is worth less than a first one.
static constexpr unsigned SecondLookBudget = 60000;

/// The bodies that are needed of a unit from which \p Usrs are brought in.
static std::function<bool(const clang::FunctionDecl *)>
wanted(const std::vector<std::string> &Usrs) {
  std::set<std::string> Set(Usrs.begin(), Usrs.end());
  return [Set](const clang::FunctionDecl *FD) {
    return !FD->isExternallyVisible() || FD->isInlined() ||
           Set.count(usrOf(FD)) != 0;
  };
}

void irqlint::runUnit(const UnitPlan &Unit, const ParseOptions &Parse,
                      const AnalyzeOptions &Settings, const SecondLook &Second,
                      UnitWriter &Out) {
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
  Analyze.WantLink = true;
  std::unique_ptr<UnitImport> Import;
  std::vector<std::unique_ptr<ParsedUnit>> Others; // alive until the end
  if (!Second.empty()) {
    Analyze.ExtraRoles = Second.Roles;
    Analyze.OtherObjects = Second.Objects;
    Analyze.Again.insert(Second.Again.begin(), Second.Again.end());
    Analyze.NodeBudget = SecondLookBudget;
    for (const LinkFunction &K : Second.Known)
      Analyze.KnownFunctions.try_emplace(K.Usr, K);
    Import = std::make_unique<UnitImport>(P.context(), *Analyze.Rules);
    Analyze.IsImported = [&](const clang::FunctionDecl *FD) {
      return Import->isImported(FD);
    };
  }
  for (const auto &[Plan, Usrs] : Second.Imports) {
    ParseOptions Some = Parse;
    Some.WantBody = wanted(Usrs);
    Expected<std::unique_ptr<ParsedUnit>> From = parseUnit(Plan, Some);
    if (!From) {
      consumeError(From.takeError()); // its own result tells
      continue;
    }
    ParsedUnit &F = **From;
    for (ImportFailure &I : Import->add(
             F.context(), F.errorLocations(),
             [&F](const clang::Decl *D) { return F.isStub(D); }, Usrs,
             [&Out](StringRef Usr, StringRef Name) {
               Out.importing(Usr, Name);
             })) {
      I.File = Plan.File;
      I.From = Unit.File;
      J.NotBrought.push_back(std::move(I));
    }
    llvm::append_range(J.Dependencies, F.dependencies());
    llvm::append_range(J.Absent, F.absent());
    Others.push_back(std::move(*From));
  }
  if (!Second.Imports.empty())
    Out.importing("", "");
  for (std::vector<std::string> *L : {&J.Dependencies, &J.Absent}) {
    llvm::sort(*L);
    L->erase(llvm::unique(*L), L->end());
  }
  AnalyzeResult A =
      analyzeUnit(P.context(), P.preprocessor(), Analyze, P.errorLocations(),
                  [&P](const clang::Decl *D) { return P.isStub(D); });
  for (LocatedFinding &F : A.Findings)
    R.Findings.push_back(std::move(F.F));
  mergeFunctions(R.Functions, std::move(A.Functions));
  // (Errors in functions cost these only, and are told with them.)
  if (R.Functions.empty() && StringRef(R.FirstError).starts_with(R.File + ":"))
    R.Failure = "no function in it could be read: " + R.FirstError;
  R.Objects = std::move(A.Config);
  J.Link = std::move(A.Link);
  J.Untouched.assign(A.Untouched.begin(), A.Untouched.end());
  R.AnalysisSeconds = A.Seconds;
  R.Statements = std::max(R.Statements, A.Statements);
  R.DamagedStatements = std::max(R.DamagedStatements, A.DamagedStatements);
  Out.done(J);
}

json::Value irqlint::toJSON(const UnitJob &J) {
  return json::Object{{"result", toJSON(J.Result)},
                      {"dependencies", jsonStrings(J.Dependencies)},
                      {"absent", jsonStrings(J.Absent)},
                      {"untouched", jsonStrings(J.Untouched)},
                      {"notBrought", toJSON(J.NotBrought)},
                      {"link", toJSON(J.Link)}};
}

bool irqlint::fromJSON(const json::Value &V, UnitJob &J, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("result", J.Result) &&
         M.map("dependencies", J.Dependencies) && M.map("absent", J.Absent) &&
         M.mapOptional("untouched", J.Untouched) &&
         M.mapOptional("notBrought", J.NotBrought) && M.map("link", J.Link);
}

json::Value irqlint::toJSON(const SecondLook &S) {
  json::Array Imports;
  for (const auto &[Plan, Usrs] : S.Imports)
    Imports.push_back(
        json::Object{{"unit", toJSON(Plan)}, {"functions", jsonStrings(Usrs)}});
  // Roles and what is known have the form of facts.
  LinkFacts Facts;
  Facts.Registrations = S.Roles;
  Facts.Functions = S.Known;
  return json::Object{{"imports", std::move(Imports)},
                      {"again", jsonStrings(S.Again)},
                      {"facts", toJSON(Facts)},
                      {"objects", toJSON(S.Objects)}};
}

bool irqlint::fromJSON(const json::Value &V, SecondLook &S, json::Path P) {
  json::ObjectMapper M(V, P);
  LinkFacts Facts;
  if (!M || !M.map("facts", Facts) || !M.map("again", S.Again) ||
      !M.mapOptional("objects", S.Objects))
    return false;
  S.Roles = std::move(Facts.Registrations);
  S.Known = std::move(Facts.Functions);
  const json::Array *Imports = V.getAsObject()->getArray("imports");
  if (!Imports) {
    P.field("imports").report("expected array");
    return false;
  }
  for (size_t I = 0; I < Imports->size(); ++I) {
    S.Imports.emplace_back();
    json::ObjectMapper E((*Imports)[I], P.field("imports").index(I));
    if (!E || !E.map("unit", S.Imports.back().first) ||
        !E.map("functions", S.Imports.back().second))
      return false;
  }
  return true;
}
