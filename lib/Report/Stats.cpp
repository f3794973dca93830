//===- Stats.cpp - Scan statistics ----------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Stats.h"
#include "Report/Json.h"
#include <map>

using namespace llvm;
using namespace irqlint;

json::Value irqlint::statistics(const Report &R, StringRef Base) {
  int64_t WithErrors = 0, Functions = 0, Relevant = 0, Explored = 0;
  int64_t Status[4] = {0, 0, 0, 0};
  int64_t Statements = 0, Damaged = 0;
  double Parse = 0, Analysis = 0, Peak = 0;
  json::Array GivenUp, Skipped, Failed, Alone, FirstErrors;
  std::map<std::string, int64_t> Missing;
  for (const UnitResult &U : R.Units) {
    WithErrors += U.Errors || !U.Failure.empty();
    if (!U.FirstError.empty())
      FirstErrors.push_back(
          json::Object{{"file", jsonString(pathFrom(Base, U.File))},
                       {"errors", int64_t(U.Errors)},
                       {"first", jsonString(U.FirstError)}});
    for (const std::string &H : U.MissingHeaders)
      ++Missing[H];
    Statements += U.Statements;
    Damaged += U.DamagedStatements;
    Parse += U.ParseSeconds;
    Analysis += U.AnalysisSeconds;
    Peak = std::max(Peak, U.PeakMb);
    if (!U.Failure.empty())
      Failed.push_back(
          json::Object{{"file", jsonString(pathFrom(Base, U.File))},
                       {"why", jsonString(U.Failure)}});
    for (const FunctionRecord &F : U.Functions) {
      ++Functions;
      ++Status[unsigned(F.Parse)];
      Relevant += F.Relevant;
      Explored += F.Relevant && F.ExploredFully;
      json::Object Entry{
          {"function", jsonString(F.Name)},
          {"file", jsonString(pathFrom(
                       Base, F.Pos.File.empty() ? U.File : F.Pos.File))}};
      if (!F.GivenUp.empty())
        Entry["why"] = jsonString(F.GivenUp);
      if (F.FileAlone)
        Alone.push_back(json::Object(Entry));
      if (F.SkippedForErrors)
        Skipped.push_back(std::move(Entry));
      else if (!F.GivenUp.empty())
        GivenUp.push_back(std::move(Entry));
    }
  }

  json::Array NotBrought;
  for (const ImportFailure &F : R.NotBrought)
    NotBrought.push_back(
        json::Object{{"function", jsonString(F.Function)},
                     {"file", jsonString(pathFrom(Base, F.File))},
                     {"from", jsonString(pathFrom(Base, F.From))},
                     {"why", jsonString(F.Why)}});

  json::Object MissingHeaders;
  for (const auto &[Header, Units] : Missing)
    MissingHeaders[json::fixUTF8(Header)] = Units;

  int64_t Definite = 0, Possible = 0;
  json::Object ByCheck;
  for (const ReportItem &I : R.Items) {
    ++(I.F.Sure == Certainty::Definite ? Definite : Possible);
    json::Value &N = ByCheck.try_emplace(I.F.Check, int64_t(0)).first->second;
    N = *N.getAsInteger() + 1;
  }

  return json::Object{
      {"units", int64_t(R.Units.size())},
      {"units_with_errors", WithErrors},
      {"units_failed", std::move(Failed)},
      {"first_errors", std::move(FirstErrors)},
      {"missing_headers", std::move(MissingHeaders)},
      {"functions", Functions},
      {"parsed", json::Object{{"clean", Status[0]},
                              {"stubbed", Status[1]},
                              {"damaged", Status[2]},
                              {"lost", Status[3]}}},
      {"statements", Statements},
      {"damaged_statements", Damaged},
      {"relevant", Relevant},
      {"explored_fully", Explored},
      {"given_up", std::move(GivenUp)},
      {"skipped_for_errors", std::move(Skipped)},
      {"seen_by_file_alone", std::move(Alone)},
      {"not_brought_in", std::move(NotBrought)},
      {"findings", json::Object{{"definite", Definite},
                                {"possible", Possible},
                                {"suppressed", int64_t(R.Suppressed)},
                                {"by_check", std::move(ByCheck)}}},
      {"seconds", json::Object{{"parse", Parse},
                               {"analysis", Analysis},
                               {"link", R.LinkSeconds},
                               {"wall", R.WallSeconds}}},
      {"peak_mb", Peak},
      {"interrupted", R.Interrupted}};
}
