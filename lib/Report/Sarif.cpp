//===- Sarif.cpp - Findings as SARIF 2.1.0 --------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Sarif.h"
#include "Report/Json.h"
#include "Report/Links.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace irqlint;

namespace {

/// Name that GitHub and others know for the checkout's root.
constexpr StringLiteral RootId = "%SRCROOT%";

/// What GitHub takes of one run, and the most that it shows of one path.
constexpr size_t MaxResults = 25000, MaxSteps = 1000;

json::Object text(StringRef T) { return json::Object{{"text", jsonString(T)}}; }

StringRef sarifLevel(StringRef Severity) {
  return Severity == "error" || Severity == "note" ? Severity
                                                   : StringRef("warning");
}

json::Object rule(const CheckInfo &C) {
  std::string Plain = C.Rule.empty() ? C.Summary : C.Rule;
  std::string Markdown = Plain;
  if (!C.Bad.empty())
    Markdown += "\n\nBad:\n\n```c\n" + StringRef(C.Bad).rtrim().str() + "\n```";
  if (!C.Good.empty())
    Markdown +=
        "\n\nGood:\n\n```c\n" + StringRef(C.Good).rtrim().str() + "\n```";
  if (std::string Url = sourceUrl(C.Source); !Url.empty())
    Markdown += "\n\n[Documentation](" + Url + ")";
  std::string Id = C.analyzerName();
  json::Array Tags{"windows-driver", jsonString(C.Group)};
  return json::Object{
      {"id", C.Name},
      {"name", Id.substr(Id.rfind('.') + 1)},
      {"shortDescription", text(C.Summary)},
      {"fullDescription", text(Plain)},
      {"helpUri", checkUrl(C.Name)},
      {"help", json::Object{{"text", jsonString(Plain)},
                            {"markdown", jsonString(Markdown)}}},
      {"defaultConfiguration",
       json::Object{{"enabled", C.Default}, {"level", sarifLevel(C.Severity)}}},
      {"properties",
       json::Object{{"tags", std::move(Tags)},
                    {"precision", "high"},
                    {"problem.severity", C.Severity == "note"
                                             ? StringRef("recommendation")
                                             : sarifLevel(C.Severity)}}}};
}

class LogWriter {
public:
  LogWriter(const Report &R, SourceText &Sources, const SarifOptions &Opts)
      : R(R), Sources(Sources), Opts(Opts) {}

  json::Object run() {
    json::Array Rules, Results;
    for (const CheckInfo &C : Opts.Catalog)
      Rules.push_back(rule(C));
    std::vector<const ReportItem *> Chosen = chosen();
    choosePaths(Chosen);
    for (const ReportItem *I : Chosen)
      Results.push_back(result(*I));
    json::Object Driver{{"name", "irqlint"},
                        {"version", toolVersion()},
                        {"semanticVersion", toolVersion()},
                        {"informationUri", toolHomepage()},
                        {"rules", std::move(Rules)}};
    json::Object Run{{"tool", json::Object{{"driver", std::move(Driver)}}},
                     {"columnKind", "utf16CodeUnits"},
                     {"invocations", json::Array{invocation()}},
                     {"results", std::move(Results)}};
    if (!Opts.Root.empty())
      Run["originalUriBaseIds"] = json::Object{
          {RootId, json::Object{{"uri", pathToUri(Opts.Root + "/")}}}};
    return Run;
  }

private:
  /// All findings, or where these are too many, definite ones first.
  std::vector<const ReportItem *> chosen() {
    std::vector<const ReportItem *> Chosen;
    for (const ReportItem &I : R.Items)
      Chosen.push_back(&I);
    if (Chosen.size() <= MaxResults)
      return Chosen;
    llvm::sort(Chosen, [](const ReportItem *A, const ReportItem *B) {
      return std::tie(A->F.Sure, A) < std::tie(B->F.Sure, B);
    });
    LeftOut = Chosen.size() - MaxResults;
    Chosen.resize(MaxResults);
    return Chosen;
  }

  void choosePaths(std::vector<const ReportItem *> Of) {
    llvm::erase_if(Of, [](const ReportItem *I) { return I->F.Path.empty(); });
    llvm::stable_sort(Of, [](const ReportItem *A, const ReportItem *B) {
      return A->F.Sure < B->F.Sure;
    });
    if (Of.size() > Opts.MaxPaths) {
      WithoutPath = Of.size() - Opts.MaxPaths;
      Of.resize(Opts.MaxPaths);
    }
    WithPath.insert(Of.begin(), Of.end());
  }

  json::Object artifact(StringRef File) {
    std::string Path = pathFrom(Opts.Root, File);
    json::Object A{{"uri", pathToUri(Path)}};
    if (!Opts.Root.empty() && !sys::path::is_absolute(Path))
      A["uriBaseId"] = RootId;
    return A;
  }

  json::Object physical(const SourcePos &P, StringRef KnownLine) {
    json::Object Place{{"artifactLocation", artifact(P.File)}};
    if (!P.Line)
      return Place;
    StringRef Line = Sources.line(P.File, P.Line);
    if (Line.empty())
      Line = KnownLine;
    json::Object Region{{"startLine", int64_t(P.Line)}};
    if (P.Col) {
      Region["startColumn"] = int64_t(utf16Column(Line, P.Col));
      bool OneLine = P.EndLine == P.Line && P.EndCol > P.Col;
      if (OneLine || P.EndLine > P.Line) {
        StringRef Last = OneLine ? Line : Sources.line(P.File, P.EndLine);
        Region["endLine"] = int64_t(P.EndLine);
        Region["endColumn"] =
            int64_t(utf16Column(Last, std::max(P.EndCol, 1u)));
      }
    }
    Place["region"] = std::move(Region);
    if (!KnownLine.empty())
      Place["contextRegion"] = json::Object{{"startLine", int64_t(P.Line)},
                                            {"snippet", text(KnownLine)}};
    return Place;
  }

  json::Object location(const SourcePos &P, StringRef Function,
                        StringRef Message, StringRef KnownLine = "") {
    json::Object L{{"physicalLocation", physical(P, KnownLine)}};
    if (!Function.empty())
      L["logicalLocations"] = json::Array{json::Object{
          {"fullyQualifiedName", jsonString(Function)}, {"kind", "function"}}};
    if (!Message.empty())
      L["message"] = text(Message);
    return L;
  }

  json::Object step(const PathStep &S, bool Last) {
    json::Object O{{"location", location(S.Pos, S.Function, S.Message)},
                   {"nestingLevel", int64_t(S.Depth)},
                   {"importance", Last ? "essential" : "important"}};
    json::Object State;
    if (!S.Level.empty())
      State["IRQL"] = text(S.Level);
    if (!S.Held.empty())
      State["locks held"] = text(join(S.Held, ", "));
    if (!State.empty())
      O["state"] = std::move(State);
    return O;
  }

  json::Object result(const ReportItem &I) {
    const Finding &F = I.F;
    bool Possible = F.Sure == Certainty::Possible;
    std::string Message = F.Message;
    if (Possible)
      Message += " (possible)";
    if (!F.Hint.empty())
      Message += "\n" + F.Hint;
    json::Object Properties{{"certainty", Possible ? "possible" : "definite"}};
    if (!F.Entry.empty())
      Properties["entry"] = jsonString(F.Entry);
    if (!F.Hint.empty())
      Properties["hint"] = jsonString(F.Hint);
    if (F.Stubbed)
      Properties["stubbed"] = true;
    if (F.Damaged)
      Properties["damaged"] = true;

    json::Object O{
        {"ruleId", jsonString(F.Check)},
        {"message", text(Message)},
        {"locations",
         json::Array{location(F.Pos, F.Function, "", I.SourceLine)}},
        // The first name is ours; the second is the one GitHub looks at.
        {"partialFingerprints",
         json::Object{{"irqlint/v1", I.Fingerprint},
                      {"primaryLocationLineHash", I.Fingerprint}}},
        {"properties", std::move(Properties)}};
    StringRef Level = "warning";
    for (auto [Index, C] : enumerate(Opts.Catalog))
      if (C.Name == F.Check) {
        O["ruleIndex"] = int64_t(Index);
        Level = sarifLevel(C.Severity);
      }
    O["level"] = Possible ? StringRef("note") : Level;
    if (WithPath.contains(&I))
      O["codeFlows"] = json::Array{json::Object{
          {"threadFlows", json::Array{json::Object{{"locations", path(F)}}}}}};
    if (!F.Fix.Edits.empty())
      O["fixes"] = json::Array{fix(F.Fix)};
    return O;
  }

  json::Object fix(const Repair &R) {
    std::vector<std::pair<std::string, json::Array>> ByFile;
    for (const TextEdit &E : R.Edits) {
      if (ByFile.empty() || ByFile.back().first != E.Pos.File)
        ByFile.push_back({E.Pos.File, {}});
      auto Column = [&](unsigned Line, unsigned Col) {
        return int64_t(utf16Column(Sources.line(E.Pos.File, Line), Col));
      };
      json::Object Replacement{
          {"deletedRegion",
           json::Object{{"startLine", int64_t(E.Pos.Line)},
                        {"startColumn", Column(E.Pos.Line, E.Pos.Col)},
                        {"endLine", int64_t(E.Pos.EndLine)},
                        {"endColumn", Column(E.Pos.EndLine, E.Pos.EndCol)}}}};
      if (!E.Text.empty())
        Replacement["insertedContent"] = text(E.Text);
      ByFile.back().second.push_back(std::move(Replacement));
    }
    json::Array Changes;
    for (auto &[File, Replacements] : ByFile)
      Changes.push_back(
          json::Object{{"artifactLocation", artifact(File)},
                       {"replacements", std::move(Replacements)}});
    return json::Object{{"description", text(R.Says)},
                        {"artifactChanges", std::move(Changes)}};
  }

  /// The steps; the finding itself is the last one.
  json::Array path(const Finding &F) {
    json::Array Steps;
    for (const PathStep &S : F.Path) {
      // Of a very long path the beginning and the end.
      size_t At = &S - F.Path.data();
      if (F.Path.size() >= MaxSteps && At >= MaxSteps / 2 &&
          F.Path.size() - At >= MaxSteps / 2 - 1)
        continue;
      Steps.push_back(step(S, /*Last=*/S.Pos == F.Pos && &S == &F.Path.back()));
    }
    if (!(F.Path.back().Pos == F.Pos)) {
      PathStep End = F.Path.back(); // level and locks hold up to here
      End.Pos = F.Pos;
      End.Function = F.Function;
      End.Message = F.Message;
      Steps.push_back(step(End, /*Last=*/true));
    }
    return Steps;
  }

  json::Object notification(StringRef Level, StringRef Message,
                            const SourcePos &P) {
    return json::Object{{"level", Level},
                        {"message", text(Message)},
                        {"locations", json::Array{location(P, "", "")}}};
  }

  json::Object invocation() {
    json::Array Notes;
    for (const UnitResult &U : R.Units) {
      if (!U.Failure.empty()) {
        SourcePos P;
        P.File = U.File;
        Notes.push_back(notification("error", "not analyzed: " + U.Failure, P));
      }
      for (const FunctionRecord &F : U.Functions)
        if (!F.GivenUp.empty() || F.SkippedForErrors)
          Notes.push_back(notification(
              "warning",
              "function '" + F.Name + "' was not explored fully: " +
                  (F.GivenUp.empty() ? "parse errors" : F.GivenUp),
              F.Pos));
    }
    for (const std::string &P : R.Problems)
      Notes.push_back(json::Object{{"level", "error"}, {"message", text(P)}});
    if (LeftOut)
      Notes.push_back(
          json::Object{{"level", "error"},
                       {"message", text(utostr(LeftOut) +
                                        " findings are left out, because "
                                        "GitHub takes " +
                                        utostr(MaxResults))}});
    if (WithoutPath)
      Notes.push_back(json::Object{
          {"level", "warning"},
          {"message", text(utostr(WithoutPath) +
                           " findings are without their paths, because "
                           "GitHub takes " +
                           utostr(Opts.MaxCompressed) + " compressed bytes")}});
    for (const ImportFailure &F : R.NotBrought) {
      SourcePos P;
      P.File = F.From;
      Notes.push_back(notification("note",
                                   "function '" + F.Function + "' of " +
                                       pathFrom(Opts.Root, F.File) +
                                       " could not be brought in: " + F.Why,
                                   P));
    }
    if (R.Interrupted)
      Notes.push_back(json::Object{
          {"level", "error"}, {"message", text("the scan was interrupted")}});
    json::Object O{{"executionSuccessful", R.exitStatus() != 2}};
    if (!Notes.empty())
      O["toolExecutionNotifications"] = std::move(Notes);
    return O;
  }

  const Report &R;
  SourceText &Sources;
  const SarifOptions &Opts;
  size_t LeftOut = 0, WithoutPath = 0;
  llvm::DenseSet<const ReportItem *> WithPath;
};

} // namespace

json::Value irqlint::sarifLog(const Report &R, SourceText &Sources,
                              const SarifOptions &Opts) {
  return json::Object{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", json::Array{LogWriter(R, Sources, Opts).run()}}};
}

static size_t compressedSize(StringRef Text) {
  if (!compression::zlib::isAvailable())
    return Text.size() / 8; // less than it shrinks as a rule
  SmallVector<uint8_t> Packed;
  compression::zlib::compress(arrayRefFromStringRef(Text), Packed);
  return Packed.size();
}

std::string irqlint::sarifText(const Report &R, SourceText &Sources,
                               SarifOptions Opts) {
  while (true) {
    std::string Text = printJson(sarifLog(R, Sources, Opts));
    if (Text.size() <= Opts.MaxCompressed || !Opts.MaxPaths)
      return Text;
    size_t Size = compressedSize(Text);
    if (Size <= Opts.MaxCompressed)
      return Text;
    // A little less than in proportion: the rest stays as large as it is.
    double Part = 0.8 * double(Opts.MaxCompressed) / double(Size);
    Opts.MaxPaths =
        size_t(double(std::min(Opts.MaxPaths, R.Items.size())) * Part);
  }
}

std::string irqlint::pathToUri(StringRef Path) {
  std::string Uri = Path.starts_with("/") ? "file://" : "";
  for (unsigned char C : Path) {
    if (isAlnum(C) || StringRef("-._~/").contains(C))
      Uri += C;
    else
      Uri += "%" + utohexstr(C, /*LowerCase=*/false, /*Width=*/2);
  }
  return Uri;
}

unsigned irqlint::utf16Column(StringRef Line, unsigned Col) {
  unsigned Units = 1;
  for (unsigned I = 0; I + 1 < Col; ++I) {
    unsigned char C = I < Line.size() ? Line[I] : ' ';
    if ((C & 0xC0) == 0x80)
      continue; // not the first byte of a character
    Units += C >= 0xF0 ? 2 : 1;
  }
  return Units;
}
