//===- ReportTest.cpp - Formats, baselines, suppressions ------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Baseline.h"
#include "Report/CheckGlobs.h"
#include "Report/Collect.h"
#include "Report/Json.h"
#include "Report/OutputFile.h"
#include "Report/ResultFile.h"
#include "Report/Sarif.h"
#include "Report/Stats.h"
#include "Report/Text.h"
#include "Report/UnitJson.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace irqlint;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr StringLiteral File = "/src/drv/dpc.c";
constexpr StringLiteral Text = "#include <wdm.h>\n"              // 1
                               "VOID Dpc(PVOID X)\n"             // 2
                               "{\n"                             // 3
                               "\tKeAcquireSpinLock(X, &Old);\n" // 4
                               "\tWait(\"\xC3\xBC\", &Event);\n" // 5
                               "\tWait(\"\xC3\xBC\", &Event);\n" // 6
                               "}\n";                            // 7

SourcePos at(unsigned Line, unsigned Col, unsigned EndCol = 0) {
  SourcePos P;
  P.File = File.str();
  P.Line = Line;
  P.Col = Col;
  if (EndCol) {
    P.EndLine = Line;
    P.EndCol = EndCol;
  }
  return P;
}

Finding waitFinding(unsigned Line = 5) {
  Finding F;
  F.Check = "wait-at-dispatch";
  F.Message = "the thread waits at DISPATCH_LEVEL (line 4)";
  F.Pos = at(Line, 2, 6);
  F.Function = F.Entry = "Dpc";
  PathStep S;
  S.Pos = at(4, 2, 19);
  S.Message = "IRQL is raised to DISPATCH_LEVEL here";
  S.Function = "Dpc";
  S.Depth = 1;
  S.Level = "DISPATCH_LEVEL";
  S.Held = {"X->Lock", "Y"};
  F.Path = {S};
  return F;
}

UnitResult unit(std::vector<Finding> Findings, StringRef Name = File) {
  UnitResult U;
  U.File = Name.str();
  U.Findings = std::move(Findings);
  return U;
}

struct ReportTest : testing::Test {
  SourceText Sources;
  ReportTest() { Sources.overlay(File, Text); }

  Report collected(std::vector<Finding> F) {
    return collect({unit(std::move(F))}, Sources, nullptr);
  }
  std::string text(const Report &R, TextOptions Opts = {}) {
    std::string Out;
    raw_string_ostream OS(Out);
    writeText(R, Sources, Opts, OS);
    return Out;
  }
};

CheckInfo check(StringRef Name, StringRef Severity = "error") {
  CheckInfo C;
  C.Name = Name.str();
  C.Group = "irql";
  C.Summary = "A summary.";
  C.Rule = "A rule.";
  C.Severity = Severity.str();
  C.Bad = "bad();\n";
  C.Source = "wdm/nf-wdm-x";
  return C;
}

} // namespace

// The whole of it, byte for byte: editors parse this.
TEST_F(ReportTest, TextLooksLikeClang) {
  TextOptions Opts;
  Opts.Base = "/src";
  EXPECT_EQ(text(collected({waitFinding()}), Opts),
            "drv/dpc.c:5:2: warning: the thread waits at DISPATCH_LEVEL (line "
            "4) [irqlint-wait-at-dispatch]\n"
            "    5 | \tWait(\"\xC3\xBC\", &Event);\n"
            "      | \t^~~~\n"
            "drv/dpc.c:4:2: note: IRQL is raised to DISPATCH_LEVEL here\n"
            "    4 | \tKeAcquireSpinLock(X, &Old);\n"
            "      | \t^~~~~~~~~~~~~~~~~\n");
}

TEST_F(ReportTest, TextCaretCountsCharactersNotBytes) {
  Finding F = waitFinding();
  F.Path.clear();
  F.Pos = at(5, 13); // '&', after a two-byte character
  EXPECT_THAT(text(collected({F})), HasSubstr("      | \t          ^\n"));
}

TEST_F(ReportTest, TextSaysPossibleAndHint) {
  Finding F = waitFinding();
  F.Sure = Certainty::Possible;
  F.Hint = "annotate 'Dpc' with its role";
  std::string Out = text(collected({F}));
  EXPECT_THAT(Out, HasSubstr("(line 4) (possible) [irqlint-wait-at-dispatch]"));
  EXPECT_THAT(Out, HasSubstr("note: annotate 'Dpc' with its role\n"));
}

TEST_F(ReportTest, TextHasColoursOnlyWhenAsked) {
  Report R = collected({waitFinding()});
  TextOptions Opts;
  Opts.Color = true;
  EXPECT_THAT(text(R, Opts), HasSubstr("\x1b["));
  EXPECT_THAT(text(R), Not(HasSubstr("\x1b[")));
}

TEST_F(ReportTest, TextLivesWithoutTheSourceFile) {
  Finding F = waitFinding();
  F.Pos.File = "/gone.c";
  F.Path.clear();
  EXPECT_EQ(text(collected({F})),
            "/gone.c:5:2: warning: the thread waits at DISPATCH_LEVEL (line 4) "
            "[irqlint-wait-at-dispatch]\n");
}

TEST_F(ReportTest, OrderIsByPlaceAndTheSamePlaceCountsOnce) {
  Finding Late = waitFinding(6), Early = waitFinding(5);
  Finding Maybe = Early;
  Maybe.Sure = Certainty::Possible;
  Finding Dotted = Early;
  Dotted.Pos.File = "/src/inc/../drv/./dpc.c";
  Report R = collect({unit({Late, Maybe}, "b.c"), unit({Dotted, Early}, "a.c")},
                     Sources, nullptr);
  ASSERT_EQ(R.Items.size(), 2u);
  EXPECT_EQ(R.Items[0].F.Pos.Line, 5u);
  EXPECT_EQ(R.Items[0].F.Sure, Certainty::Definite) << "the surer one stays";
  EXPECT_THAT(R.Items[0].Units, ElementsAre("a.c", "b.c"));
  EXPECT_EQ(R.Items[1].F.Pos.Line, 6u);
  EXPECT_EQ(R.Units[0].File, "a.c");
}

TEST_F(ReportTest, FingerprintSurvivesMovedLinesAndReindentation) {
  std::string Before = collected({waitFinding()}).Items[0].Fingerprint;
  std::string Moved = ("// new first line\n" + Text).str();
  SourceText Other;
  Other.overlay(File, StringRef(Moved));
  Finding F = waitFinding(6);
  F.Message = "the thread waits at DISPATCH_LEVEL (line 5)";
  EXPECT_EQ(collect({unit({F})}, Other, nullptr).Items[0].Fingerprint, Before);

  Other.overlay(File, "\n\n\n\n    Wait(\"\xC3\xBC\",  &Event);\n");
  EXPECT_EQ(
      collect({unit({waitFinding()})}, Other, nullptr).Items[0].Fingerprint,
      Before);
}

TEST_F(ReportTest, FingerprintTellsFindingsApart) {
  std::set<std::string> Seen;
  auto Add = [&](const Report &R) {
    for (const ReportItem &I : R.Items)
      EXPECT_TRUE(Seen.insert(I.Fingerprint).second) << I.Fingerprint;
  };
  Add(collected({waitFinding(5), waitFinding(6)})); // same text, two places
  Finding F = waitFinding();
  F.Check = "irql-too-high";
  Add(collected({F}));
  F = waitFinding();
  F.Function = "Other";
  Add(collected({F}));
  F = waitFinding();
  F.Message = "Ke2 differs from Ke3";
  Add(collected({F}));
  F.Message = "Ke3 differs from Ke2"; // digits in names are not numbers
  Add(collected({F}));
  F = waitFinding(4);
  Add(collected({F}));
}

TEST_F(ReportTest, BaselineHidesWhatItHolds) {
  Report R = collected({waitFinding(5)});
  Expected<Baseline> B = Baseline::parse(baselineText(R, "/src"), "b.json");
  ASSERT_TRUE(bool(B)) << toString(B.takeError());
  B->apply(R);
  EXPECT_TRUE(R.Items.empty());
  EXPECT_EQ(R.Known, 1u);
  EXPECT_EQ(R.exitStatus(), 0);

  R = collected({waitFinding(5), waitFinding(6)});
  B->apply(R);
  ASSERT_EQ(R.Items.size(), 1u) << "the second of its like is new";
  EXPECT_EQ(R.Items[0].F.Pos.Line, 6u);
  EXPECT_EQ(R.exitStatus(), 1);
}

TEST_F(ReportTest, BaselineDoesNotHideWhatBecameDefinite) {
  Finding F = waitFinding();
  F.Sure = Certainty::Possible;
  Expected<Baseline> B =
      Baseline::parse(baselineText(collected({F}), ""), "b.json");
  ASSERT_TRUE(bool(B));
  EXPECT_TRUE(B->knows(collected({F}).Items[0]));
  EXPECT_FALSE(B->knows(collected({waitFinding()}).Items[0]));
}

TEST(BaselineTest, RefusesWhatIsNone) {
  for (StringRef Bad :
       {"", "{", "[]", "{}", "{\"format\":\"irqlint-baseline\",\"version\":2}",
        "{\"format\":\"irqlint-baseline\",\"version\":1}",
        "{\"format\":\"irqlint-baseline\",\"version\":1,\"findings\":[1]}",
        "{\"format\":\"irqlint-result\",\"version\":1,\"findings\":[]}"}) {
    Expected<Baseline> B = Baseline::parse(Bad, "name.json");
    ASSERT_FALSE(bool(B)) << Bad.str();
    EXPECT_THAT(toString(B.takeError()), HasSubstr("name.json"));
  }
}

TEST_F(ReportTest, UnitResultRoundTrip) {
  UnitResult U = unit({waitFinding()});
  U.Findings[0].Sure = Certainty::Possible;
  U.Findings[0].Hint = "hint";
  U.Findings[0].Stubbed = U.Findings[0].Damaged = true;
  FunctionRecord F;
  F.Name = "Dpc";
  F.Pos = at(2, 6);
  F.Parse = ParseStatus::Damaged;
  F.Relevant = F.ExploredFully = F.SkippedForErrors = true;
  F.GivenUp = "too many paths";
  F.Nodes = 12;
  F.Seconds = 0.5;
  U.Functions = {F};
  U.MissingHeaders = {"net/ring.h"};
  U.StubbedNames = {"FOO"};
  U.Errors = 3;
  U.FirstError = "/src/drv/dpc.c:1:1: error: x";
  U.Statements = 10;
  U.DamagedStatements = 2;
  U.ParseSeconds = 0.25;
  U.AnalysisSeconds = 1.5;
  U.PeakMb = 99.5;
  U.Failure = "crashed";
  json::Value V = toJSON(U);
  // Through text, as between processes.
  Expected<json::Value> Read = json::parse(printJson(V));
  ASSERT_TRUE(bool(Read));
  UnitResult Back;
  json::Path::Root Root;
  ASSERT_TRUE(fromJSON(*Read, Back, Root)) << toString(Root.getError());
  EXPECT_EQ(toJSON(Back), V);
  // Equal JSON alone could mean that both lose something.
  ASSERT_EQ(Back.Findings.size(), 1u);
  const Finding &G = Back.Findings[0];
  EXPECT_EQ(G.Sure, Certainty::Possible);
  EXPECT_EQ(G.Pos.EndCol, 6u);
  EXPECT_EQ(G.Hint, "hint");
  EXPECT_TRUE(G.Stubbed && G.Damaged);
  EXPECT_EQ(G.Path[0].Depth, 1u);
  EXPECT_THAT(G.Path[0].Held, ElementsAre("X->Lock", "Y"));
  EXPECT_EQ(Back.Functions[0].Parse, ParseStatus::Damaged);
  EXPECT_EQ(Back.Functions[0].GivenUp, "too many paths");
  EXPECT_TRUE(Back.Functions[0].SkippedForErrors);
  EXPECT_EQ(Back.Errors, 3u);
  EXPECT_EQ(Back.Failure, "crashed");
  EXPECT_EQ(Back.PeakMb, 99.5);
}

TEST(UnitJsonTest, RefusesUnknownValuesWithTheirPlace) {
  Expected<json::Value> V = json::parse(
      R"({"file":"a.c","functions":[{"name":"f","pos":{},"parse":"odd"}]})");
  ASSERT_TRUE(bool(V));
  UnitResult U;
  json::Path::Root Root("unit");
  EXPECT_FALSE(fromJSON(*V, U, Root));
  EXPECT_THAT(toString(Root.getError()), HasSubstr("unit.functions[0].parse"));
}

TEST_F(ReportTest, NonUtf8SourceSurvivesJson) {
  SourceText Latin;
  Latin.overlay("/l.c", "f(\"\xFC\");\n");
  Finding F = waitFinding();
  F.Pos.File = "/l.c";
  F.Pos.Line = 1;
  F.Message = "bad \xFF byte";
  Report R = collect({unit({F})}, Latin, nullptr);
  EXPECT_TRUE(json::isUTF8(printJson(resultToJson(R))));
  EXPECT_TRUE(json::isUTF8(printJson(sarifLog(R, Latin, {}))));
}

TEST_F(ReportTest, ResultFilesMerge) {
  Report A = collected({waitFinding(5)}), B = collected({waitFinding(6)});
  B.Units[0].Failure = "gone";
  auto Through = [](const Report &R) {
    Expected<Report> Back =
        resultFromJson(printJson(resultToJson(R)), "r.json");
    EXPECT_TRUE(bool(Back));
    return std::move(*Back);
  };
  Report M = mergeReports({Through(B), Through(A), Through(A)});
  ASSERT_EQ(M.Items.size(), 2u);
  EXPECT_EQ(M.Items[0].F.Pos.Line, 5u);
  EXPECT_EQ(M.Items[0].SourceLine, "\tWait(\"\xC3\xBC\", &Event);");
  EXPECT_EQ(M.exitStatus(), 2) << "a failed unit stays failed";
  // The same as one scan over both would have given.
  Report Whole = collected({waitFinding(6), waitFinding(5)});
  EXPECT_EQ(M.Items[1].Fingerprint, Whole.Items[1].Fingerprint);
}

TEST_F(ReportTest, StatisticsHaveThePromisedShape) {
  Finding Maybe = waitFinding(6);
  Maybe.Sure = Certainty::Possible;
  UnitResult U = unit({waitFinding(5), Maybe});
  U.ParseSeconds = 0.5;
  U.AnalysisSeconds = 0.25;
  U.PeakMb = 70;
  U.Errors = 3;
  U.FirstError = "/src/drv/dpc.c:2:1: error: unknown type name 'X'";
  U.MissingHeaders = {"private.h"};
  auto Add = [&](StringRef Name, ParseStatus P, bool Relevant, bool Full,
                 StringRef Why, bool Skipped) {
    FunctionRecord F;
    F.Name = Name.str();
    F.Pos = at(2, 6);
    F.Parse = P;
    F.Relevant = Relevant;
    F.ExploredFully = Full;
    F.GivenUp = Why.str();
    F.SkippedForErrors = Skipped;
    U.Functions.push_back(F);
  };
  Add("whole", ParseStatus::Clean, true, true, "", false);
  Add("other", ParseStatus::Stubbed, false, false, "", false);
  Add("big", ParseStatus::Clean, true, false, "node budget", false);
  Add("torn", ParseStatus::Damaged, true, false, "", true);
  U.Functions.front().FileAlone = true;
  UnitResult Failed = unit({}, "/src/x.c");
  Failed.Failure = "took longer than 120 s";
  Report R = collect({U, Failed}, Sources, nullptr);
  R.WallSeconds = 2;

  R.NotBrought = {{"far", "/src/drv/hw.c", "/src/drv/dpc.c", "it is damaged"}};
  Expected<json::Value> Want = json::parse(R"({
    "units": 2, "units_with_errors": 2, "functions": 4, "relevant": 3,
    "explored_fully": 1,
    "given_up": [{"function": "big", "file": "drv/dpc.c", "why": "node budget"}],
    "skipped_for_errors": [{"function": "torn", "file": "drv/dpc.c"}],
    "seen_by_file_alone": [{"function": "whole", "file": "drv/dpc.c"}],
    "not_brought_in": [{"function": "far", "file": "drv/hw.c",
                        "from": "drv/dpc.c", "why": "it is damaged"}],
    "findings": {"definite": 1, "possible": 1, "suppressed": 0,
                 "by_check": {"wait-at-dispatch": 2}},
    "seconds": {"parse": 0.5, "analysis": 0.25, "link": 0, "wall": 2},
    "peak_mb": 70,
    "parsed": {"clean": 2, "stubbed": 1, "damaged": 1, "lost": 0},
    "statements": 0, "damaged_statements": 0, "interrupted": false,
    "units_failed": [{"file": "x.c", "why": "took longer than 120 s"}],
    "first_errors": [{"file": "drv/dpc.c", "errors": 3,
                      "first": "/src/drv/dpc.c:2:1: error: unknown type name 'X'"}],
    "missing_headers": {"private.h": 1}})");
  ASSERT_TRUE(bool(Want)) << toString(Want.takeError());
  Expected<json::Value> Got = json::parse(printJson(statistics(R, "/src")));
  ASSERT_TRUE(bool(Got));
  EXPECT_EQ(printJson(*Got), printJson(*Want));
}

TEST_F(ReportTest, SarifCarriesPathRuleAndPlaces) {
  Report R = collected({waitFinding()});
  CheckInfo Catalog[] = {check("other"), check("wait-at-dispatch")};
  SarifOptions Opts;
  Opts.Root = "/src";
  Opts.Catalog = Catalog;
  json::Value Log = sarifLog(R, Sources, Opts);
  const json::Object &Run =
      *(*Log.getAsObject()->getArray("runs"))[0].getAsObject();
  EXPECT_EQ(Run.getObject("originalUriBaseIds")
                ->getObject("%SRCROOT%")
                ->getString("uri"),
            StringRef("file:///src/"));
  const json::Object &Result = *(*Run.getArray("results"))[0].getAsObject();
  EXPECT_EQ(Result.getString("ruleId"), StringRef("wait-at-dispatch"));
  EXPECT_EQ(Result.getInteger("ruleIndex"), 1);
  EXPECT_EQ(Result.getString("level"), StringRef("error"));
  EXPECT_EQ(Result.getObject("partialFingerprints")->getString("irqlint/v1"),
            StringRef(R.Items[0].Fingerprint));
  const json::Object &Place =
      *(*Result.getArray("locations"))[0].getAsObject()->getObject(
          "physicalLocation");
  EXPECT_EQ(Place.getObject("artifactLocation")->getString("uri"),
            StringRef("drv/dpc.c"));
  EXPECT_EQ(Place.getObject("region")->getInteger("endColumn"), 6);

  const json::Array &Steps =
      *(*(*Result.getArray("codeFlows"))[0].getAsObject()->getArray(
          "threadFlows"))[0]
           .getAsObject()
           ->getArray("locations");
  ASSERT_EQ(Steps.size(), 2u) << "the finding itself ends the path";
  EXPECT_EQ(Steps[0].getAsObject()->getInteger("nestingLevel"), 1);
  EXPECT_EQ(Steps[0]
                .getAsObject()
                ->getObject("state")
                ->getObject("locks held")
                ->getString("text"),
            StringRef("X->Lock, Y"));
  const json::Object &Rule =
      *(*Run.getObject("tool")->getObject("driver")->getArray("rules"))[1]
           .getAsObject();
  EXPECT_TRUE(
      Rule.getString("helpUri")->ends_with("/docs/checks/wait-at-dispatch.md"));
}

TEST_F(ReportTest, SarifPossibleIsANote) {
  Finding F = waitFinding();
  F.Sure = Certainty::Possible;
  CheckInfo Catalog[] = {check("wait-at-dispatch")};
  SarifOptions Opts;
  Opts.Catalog = Catalog;
  json::Value Log = sarifLog(collected({F}), Sources, Opts);
  const json::Object &Result =
      *(*(*Log.getAsObject()->getArray("runs"))[0].getAsObject()->getArray(
          "results"))[0]
           .getAsObject();
  EXPECT_EQ(Result.getString("level"), StringRef("note"));
}

TEST_F(ReportTest, SarifStaysWithinWhatGitHubTakes) {
  Report R;
  for (unsigned I = 0; I < 25002; ++I) {
    ReportItem Item;
    Item.F.Check = "wait-at-dispatch";
    Item.F.Pos = at(I + 1, 1);
    Item.F.Sure = I < 3 ? Certainty::Possible : Certainty::Definite;
    R.Items.push_back(Item);
  }
  R.Items.back().F.Path.resize(2000);
  for (unsigned I = 0; I < 2000; ++I)
    R.Items.back().F.Path[I].Pos = at(I + 1, 2);
  json::Value Log = sarifLog(R, Sources, SarifOptions());
  const json::Object &Run =
      *(*Log.getAsObject()->getArray("runs"))[0].getAsObject();
  const json::Array &Results = *Run.getArray("results");
  ASSERT_EQ(Results.size(), 25000u);
  EXPECT_EQ(Results[24998].getAsObject()->getString("level"),
            StringRef("warning"));
  EXPECT_EQ(Results[24999].getAsObject()->getString("level"), StringRef("note"))
      << "definite findings come first";
  const json::Array &Steps =
      *(*(*Results[24998].getAsObject()->getArray("codeFlows"))[0]
             .getAsObject()
             ->getArray("threadFlows"))[0]
           .getAsObject()
           ->getArray("locations");
  EXPECT_LE(Steps.size(), 1000u);
  EXPECT_THAT(printJson(*Run.get("invocations")),
              HasSubstr("2 findings are left out"));
}

TEST_F(ReportTest, SarifLeavesOutPathsWhereTheFileGrowsTooLarge) {
  Report R;
  uint64_t Noise = 1;
  for (unsigned I = 0; I < 400; ++I) {
    ReportItem Item;
    Item.F.Check = "wait-at-dispatch";
    Item.F.Pos = at(I + 1, 1);
    Item.F.Sure = I % 2 ? Certainty::Definite : Certainty::Possible;
    PathStep S;
    S.Pos = Item.F.Pos;
    for (unsigned N = 0; N < 40; ++N) // hard to compress
      S.Message += utohexstr(Noise = Noise * 6364136223846793005u + 1);
    Item.F.Path = {S};
    R.Items.push_back(std::move(Item));
  }
  auto Compressed = [](StringRef Log) {
    SmallVector<uint8_t> Out;
    compression::zlib::compress(arrayRefFromStringRef(Log), Out);
    return Out.size();
  };
  SarifOptions Opts;
  ASSERT_GT(Compressed(sarifText(R, Sources, Opts)), 100000u);
  Opts.MaxCompressed = 60000;
  std::string Log = sarifText(R, Sources, Opts);
  EXPECT_LE(Compressed(Log), 60000u);
  json::Value V = cantFail(json::parse(Log));
  const json::Object &Run =
      *(*V.getAsObject()->getArray("runs"))[0].getAsObject();
  unsigned Definite = 0, Possible = 0;
  for (const json::Value &Result : *Run.getArray("results"))
    if (const json::Object &O = *Result.getAsObject(); O.get("codeFlows"))
      ++(O.getString("level") == StringRef("note") ? Possible : Definite);
  EXPECT_EQ(Run.getArray("results")->size(), 400u) << "findings stay";
  EXPECT_GT(Definite, 50u);
  EXPECT_EQ(Possible, 0u) << "paths of definite findings are kept longest";
  EXPECT_THAT(
      printJson(*Run.get("invocations")),
      HasSubstr(utostr(400 - Definite) + " findings are without their paths"));
}

TEST_F(ReportTest, SarifNamesFailedUnits) {
  UnitResult U = unit({});
  U.Failure = "the analysis crashed";
  std::string Out =
      printJson(sarifLog(collect({U}, Sources, nullptr), Sources, {}));
  EXPECT_THAT(Out, HasSubstr("\"executionSuccessful\": false"));
  EXPECT_THAT(Out, HasSubstr("not analyzed: the analysis crashed"));
}

TEST(SarifTest, UrisAndColumns) {
  EXPECT_EQ(pathToUri("/a b/c#d%.c"), "file:///a%20b/c%23d%25.c");
  EXPECT_EQ(pathToUri("drv/\xC3\xBC.c"), "drv/%C3%BC.c");
  EXPECT_EQ(utf16Column("abc", 3), 3u);
  EXPECT_EQ(utf16Column("\xC3\xBCx", 3), 2u);         // two bytes, one unit
  EXPECT_EQ(utf16Column("\xF0\x9F\x98\x80x", 5), 3u); // four bytes, two units
}

TEST(PathTest, RelativeOnlyBelowTheBase) {
  EXPECT_EQ(pathFrom("/src", "/src/a.c"), "a.c");
  EXPECT_EQ(pathFrom("/src/", "/src/a.c"), "a.c");
  EXPECT_EQ(pathFrom("/src", "/srcs/a.c"), "/srcs/a.c");
  EXPECT_EQ(pathFrom("", "/a.c"), "/a.c");
  EXPECT_EQ(pathFrom("/src", "a.c"), "a.c");
}

namespace {

/// Lines of \p Code on which irql-too-high is silenced; 28167 is its rival.
std::vector<unsigned> silenced(StringRef Code) {
  SourceText Sources;
  Sources.overlay("/s.c", Code);
  Suppressions S(Sources, [](StringRef Id) {
    return Id == "28167" ? std::vector<std::string>{"irql-too-high"}
                         : std::vector<std::string>();
  });
  std::vector<unsigned> Lines;
  for (unsigned I = 1; I <= 12; ++I)
    if (S.covers("/s.c", I, "irql-too-high"))
      Lines.push_back(I);
  return Lines;
}

} // namespace

TEST(SuppressTest, NolintAsInClangTidy) {
  EXPECT_THAT(silenced("a\nb // NOLINT\nc\n"), ElementsAre(2));
  EXPECT_THAT(silenced("b // NOLINT(irqlint-irql-too-high)\n"), ElementsAre(1));
  EXPECT_THAT(silenced("b // NOLINT(foo, irqlint-*)\n"), ElementsAre(1));
  EXPECT_THAT(silenced("b // NOLINT(irqlint-irql-too-low)\n"), ElementsAre());
  EXPECT_THAT(silenced("b // NOLINT(irql-too-high)\n"), ElementsAre())
      << "the prefix is part of the name";
  EXPECT_THAT(silenced("b // NOLINT()\n"), ElementsAre());
  EXPECT_THAT(silenced("b // XNOLINT NOLINTED\n"), ElementsAre());
  EXPECT_THAT(silenced("// NOLINTNEXTLINE(irqlint-irql-*)\nb\nc\n"),
              ElementsAre(2));
  EXPECT_THAT(silenced("a\r\nb // NOLINT\r\n"), ElementsAre(2));
}

TEST(SuppressTest, NolintBlocks) {
  EXPECT_THAT(silenced("a\n// NOLINTBEGIN(irqlint-*)\nb\nc\n"
                       "// NOLINTEND(irqlint-*)\nd\n"),
              ElementsAre(2, 3, 4));
  EXPECT_THAT(silenced("// NOLINTBEGIN(irqlint-irql-too-low)\nb\n"
                       "// NOLINTEND(irqlint-irql-too-low)\n"),
              ElementsAre());
}

TEST(SuppressTest, PragmaHoldsForTheNextLineOfCode) {
  EXPECT_THAT(silenced("#pragma warning(suppress: 28167)\nb\nc\n"),
              ElementsAre(2));
  EXPECT_THAT(silenced("# pragma warning( suppress : 6001 28167 )\n\n"
                       "// why\n#pragma warning(suppress: 1)\nb\nc\n"),
              ElementsAre(5));
  EXPECT_THAT(silenced("#pragma warning(suppress: 28166)\nb\n"), ElementsAre());
  EXPECT_THAT(silenced("#pragma warning(disable: 28167)\nb\n"), ElementsAre());
  EXPECT_THAT(silenced("#pragma warning(push; suppress: 28167)\nb\n"),
              ElementsAre(2));
  EXPECT_THAT(silenced("__pragma(warning(suppress: 28167)) b();\nc\n"),
              testing::Contains(1u));
  EXPECT_THAT(silenced("// suppress: 28167\nb\n"), ElementsAre())
      << "a comment is no pragma";
}

TEST(SuppressTest, CountedNotReported) {
  SourceText Sources;
  Sources.overlay(File, "1\n2\n3\n4\nWait(); // NOLINT\n");
  Suppressions S(Sources, [](StringRef) { return std::vector<std::string>(); });
  Report R = collect({unit({waitFinding(5), waitFinding(4)})}, Sources, &S);
  EXPECT_EQ(R.Suppressed, 1u);
  ASSERT_EQ(R.Items.size(), 1u);
  EXPECT_EQ(R.Items[0].F.Pos.Line, 4u);
}

TEST(CheckGlobsTest, AsInClangTidy) {
  CheckInfo Catalog[] = {check("irql-too-high"), check("irql-too-low"),
                         check("lock-leaked")};
  Catalog[2].Default = false;
  auto Select = [&](StringRef Globs) {
    Expected<std::set<std::string>> S = selectChecks(Globs, Catalog);
    return S ? join(*S, " ") : "error: " + toString(S.takeError());
  };
  EXPECT_EQ(Select(""), "irql-too-high irql-too-low");
  EXPECT_EQ(Select("*"), "irql-too-high irql-too-low lock-leaked");
  EXPECT_EQ(Select("*,-irql-too-low"), "irql-too-high lock-leaked");
  EXPECT_EQ(Select("-*, irqlint-lock-*"), "lock-leaked");
  EXPECT_EQ(Select("-irqlint-irql-too-*,irql-too-low"), "irql-too-low");
  EXPECT_EQ(Select("irql-to-low"),
            "error: --checks: no check matches "
            "'irql-to-low'; did you mean 'irql-too-low'?");
  EXPECT_THAT(Select("-foo*"), HasSubstr("no check matches '-foo*'"));
  EXPECT_THAT(Select("-*"), HasSubstr("no check is left"));
}

TEST(CheckGlobsTest, Globs) {
  EXPECT_TRUE(globMatches("a*c", "abc") && globMatches("a*c", "ac"));
  EXPECT_TRUE(globMatches("*", "") && globMatches("**b", "ab"));
  EXPECT_FALSE(globMatches("a*a", "a")) << "parts must not overlap";
  EXPECT_FALSE(globMatches("a", "ab") || globMatches("", "a"));
}

TEST(OutputFileTest, ReplacesWholeOrNotAtAll) {
  SmallString<128> Dir;
  ASSERT_FALSE(sys::fs::createUniqueDirectory("irqlint-out", Dir));
  SmallString<128> Path(Dir);
  sys::path::append(Path, "r.txt");
  EXPECT_FALSE(bool(writeFileAtomically(Path, "one")));
  EXPECT_FALSE(bool(writeFileAtomically(Path, "two")));
  EXPECT_EQ((*MemoryBuffer::getFile(Path))->getBuffer(), "two");
  Error E = writeFileAtomically((Dir + "/none/r.txt").str(), "x");
  ASSERT_TRUE(bool(E));
  EXPECT_THAT(toString(std::move(E)), HasSubstr("none/r.txt"));
  E = checkWritable(Dir);
  EXPECT_THAT(toString(std::move(E)), HasSubstr("cannot write"));
  std::error_code EC;
  unsigned Files = 0;
  for (sys::fs::directory_iterator I(Dir, EC), End; I != End; I.increment(EC))
    ++Files;
  EXPECT_EQ(Files, 1u) << "no temporary file stays behind";
  sys::fs::remove_directories(Dir);
}
