//===- Html.cpp - A report to look at in a browser ------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Html.h"
#include "Report/HtmlSource.h"
#include "Report/Links.h"
#include "Report/Repairs.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include <map>

using namespace llvm;
using namespace irqlint;

// The style sheet and the script, from Html.css and Html.js.
#include "HtmlAssets.inc"

std::string irqlint::htmlText(StringRef Text) {
  std::string Whole = json::isUTF8(Text) ? Text.str() : json::fixUTF8(Text);
  std::string Out;
  for (char C : Whole) {
    switch (C) {
    case '&':
      Out += "&amp;";
      break;
    case '<':
      Out += "&lt;";
      break;
    case '>':
      Out += "&gt;";
      break;
    case '"':
      Out += "&quot;";
      break;
    case '\'':
      Out += "&#39;";
      break;
    default:
      if ((C >= 0 && C < ' ' && C != '\t' && C != '\n') || C == 0x7F)
        Out += "\xEF\xBF\xBD";
      else
        Out += C;
    }
  }
  return Out;
}

namespace {

constexpr unsigned ContextLines = 3;

/// The script's hash for the content security policy.
std::string scriptHash() {
  auto Hash = SHA256::hash(arrayRefFromStringRef(Script));
  return "sha256-" + encodeBase64(Hash);
}

/// Class of a level or range of levels ("APC_LEVEL..DISPATCH_LEVEL"): the
/// highest that it may be.
StringRef levelClass(StringRef Level) {
  StringRef Highest = Level.rsplit("..").second;
  if (Highest.empty())
    Highest = Level;
  for (StringRef Name : {"PASSIVE", "APC", "DISPATCH", "DIRQL", "HIGH"})
    if (Highest.starts_with(Name))
      return Name;
  return "UNKNOWN";
}

struct Count {
  unsigned Definite = 0, Possible = 0;
  void add(const ReportItem &I) {
    ++(I.F.Sure == Certainty::Definite ? Definite : Possible);
  }
};

struct DriverRow : Count {
  unsigned Units = 0, Failed = 0, Functions = 0, Relevant = 0, Explored = 0;
};

constexpr StringLiteral NoDriver = "(no driver)";

std::vector<std::string> driversOf(const ReportItem &I) {
  return I.Drivers.empty() ? std::vector<std::string>{NoDriver.str()}
                           : I.Drivers;
}

class PageWriter {
public:
  PageWriter(const Report &R, SourceText &Sources, const HtmlOptions &Opts,
             raw_ostream &OS)
      : R(R), Sources(Sources), Source(Sources), Opts(Opts), OS(OS) {
    for (const CheckInfo &C : Opts.Catalog)
      Checks[C.Name] = &C;
    for (const UnitResult &U : R.Units)
      for (const FunctionRecord &F : U.Functions)
        FunctionLine.try_emplace({F.Pos.File, F.Name}, F.Pos.Line);
  }

  void page() {
    OS << "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" "
          "content=\"default-src 'none'; style-src 'unsafe-inline'; "
          "script-src '"
       << scriptHash() << "'\">\n"
       << "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n"
       << "<meta name=\"generator\" content=\"irqlint "
       << htmlText(toolVersion()) << "\">\n<title>irqlint: " << R.Items.size()
       << (R.Items.size() == 1 ? " finding" : " findings")
       << "</title>\n<style>" << StyleSheet << "</style></head>\n<body>\n";
    header();
    overview();
    incomplete();
    toolbar();
    findings();
    OS << "<script>" << Script << "</script>\n</body></html>\n";
  }

private:
  std::string path(StringRef File) {
    if (File.empty())
      return htmlText("<unknown>");
    return htmlText(pathFrom(Opts.Root, pathFrom(Opts.Base, File)));
  }
  std::string place(const SourcePos &P) {
    std::string Text = path(P.File);
    if (P.Line)
      Text += ":" + utostr(P.Line);
    return Text;
  }

  void header() {
    Count All;
    for (const ReportItem &I : R.Items)
      All.add(I);
    OS << "<header><h1>irqlint</h1><p><b>" << All.Definite << "</b> "
       << (All.Definite == 1 ? "finding" : "findings");
    if (All.Possible)
      OS << " and <b>" << All.Possible << "</b> possible";
    OS << " in <b>" << R.Units.size() << "</b> "
       << (R.Units.size() == 1 ? "unit" : "units");
    if (R.PossibleHidden)
      OS << "; " << R.PossibleHidden << " possible not shown (--possible)";
    if (R.Known)
      OS << "; " << R.Known << " known from the baseline";
    if (R.Suppressed)
      OS << "; " << R.Suppressed << " suppressed in the source";
    OS << "</p><button id=\"theme\" type=\"button\" hidden "
          "title=\"light or dark\">◐</button></header>\n";
  }

  /// A cell with a number, empty for 0.
  void number(unsigned N, StringRef Class = "") {
    OS << "<td class=\"n " << Class << "\">";
    if (N)
      OS << N;
    OS << "</td>";
  }

  void overview() {
    std::map<std::string, DriverRow> Drivers;
    std::map<std::string, Count> ByCheck;
    for (const UnitResult &U : R.Units) {
      DriverRow &D = Drivers[U.Driver.empty() ? NoDriver.str() : U.Driver];
      ++D.Units;
      D.Failed += !U.Failure.empty();
      for (const FunctionRecord &F : U.Functions) {
        ++D.Functions;
        D.Relevant += F.Relevant;
        D.Explored += F.Relevant && F.ExploredFully;
      }
    }
    for (const ReportItem &I : R.Items) {
      ByCheck[I.F.Check].add(I);
      for (const std::string &D : driversOf(I))
        Drivers[D].add(I);
    }
    OS << "<section class=\"tables\"><div><h2>Drivers</h2><div "
          "class=\"scroll\">"
          "<table class=\"sum\">"
          "<thead><tr><th>driver<th class=n>findings<th class=n>possible"
          "<th class=n>units<th class=n title=\"functions that can reach a "
          "modelled routine, explored "
          "to the end / all such\">explored</tr></thead><tbody>\n";
    // Those with findings first.
    std::vector<std::pair<std::string, DriverRow>> Rows(Drivers.begin(),
                                                        Drivers.end());
    llvm::sort(Rows, [](const auto &A, const auto &B) {
      return std::tie(B.second.Definite, B.second.Possible, A.first) <
             std::tie(A.second.Definite, A.second.Possible, B.first);
    });
    for (const auto &[Name, D] : Rows) {
      OS << "<tr><td><a class=\"pick\" data-what=\"driver\" data-value=\""
         << htmlText(Name) << "\" href=\"#findings\">" << htmlText(Name)
         << "</a></td>";
      number(D.Definite, "def");
      number(D.Possible, "pos");
      OS << "<td class=n>" << D.Units;
      if (D.Failed)
        OS << " <span class=bad>(" << D.Failed << " failed)</span>";
      OS << "</td><td class=n>" << D.Explored << " / " << D.Relevant
         << "</td></tr>\n";
    }
    OS << "</tbody></table></div></div>\n<div><h2>Checks</h2>"
          "<div class=\"scroll\"><table class=\"sum\">"
          "<thead><tr><th>check<th class=n>findings<th "
          "class=n>possible<th>what it says</tr>"
          "</thead><tbody>\n";
    for (const auto &[Name, C] : ByCheck) {
      OS << "<tr><td><a class=\"pick\" data-what=\"check\" data-value=\""
         << htmlText(Name) << "\" href=\"#findings\">" << htmlText(Name)
         << "</a></td>";
      number(C.Definite, "def");
      number(C.Possible, "pos");
      const CheckInfo *Info = Checks.lookup(Name);
      OS << "<td>" << htmlText(Info ? Info->Summary : "") << "</td></tr>\n";
    }
    OS << "</tbody></table></div></div></section>\n";
  }

  /// What keeps the answer from being whole.
  void incomplete() {
    std::string Failed, GivenUp;
    for (const UnitResult &U : R.Units) {
      if (!U.Failure.empty())
        Failed += "<li><code>" + path(U.File) +
                  "</code>: " + htmlText(U.Failure) + "</li>\n";
      for (const FunctionRecord &F : U.Functions)
        if (!F.GivenUp.empty() || F.SkippedForErrors)
          GivenUp +=
              "<li><code>" + htmlText(F.Name) + "</code> (" + place(F.Pos) +
              "): " + htmlText(F.GivenUp.empty() ? "parse errors" : F.GivenUp) +
              "</li>\n";
    }
    for (const std::string &P : R.Problems)
      Failed += "<li>" + htmlText(P) + "</li>\n";
    if (!Failed.empty())
      OS << "<section class=\"failed\"><h2>Not done whole</h2><ul>" << Failed
         << "</ul></section>\n";
    if (!GivenUp.empty())
      OS << "<details class=\"givenup\"><summary>Functions that were not "
            "explored fully</summary><ul>"
         << GivenUp << "</ul></details>\n";
  }

  /// Filters work by script alone, so it shows them.
  void toolbar() {
    std::set<std::string> Drivers, ByCheck;
    for (const ReportItem &I : R.Items) {
      ByCheck.insert(I.F.Check);
      for (const std::string &D : driversOf(I))
        Drivers.insert(D);
    }
    auto Select = [&](StringRef Id, StringRef All,
                      const std::set<std::string> &Names) {
      OS << "<select id=\"" << Id << "\" aria-label=\"" << Id
         << "\"><option value=\"\">" << All << "</option>";
      for (const std::string &N : Names)
        OS << "<option>" << htmlText(N) << "</option>";
      OS << "</select>\n";
    };
    OS << "<nav id=\"tools\" hidden><input id=\"search\" type=\"search\" "
          "placeholder=\"Search: message, file, function, lock ( / )\" "
          "aria-label=\"search\">\n";
    Select("driver", "all drivers", Drivers);
    Select("check", "all checks", ByCheck);
    OS << "<select id=\"sure\" aria-label=\"certainty\"><option value=\"\">"
          "definite and possible</option><option value=\"definite\">definite"
          "</option><option value=\"possible\">possible</option></select>\n"
          "<label>by <select id=\"group\"><option>driver</option>"
          "<option>check</option><option>file</option></select></label>\n"
          "<button id=\"open\" type=\"button\">open all</button>\n"
          "<output id=\"shown\"></output></nav>\n";
  }

  void findings() {
    OS << "<main id=\"findings\">\n";
    if (R.Items.empty())
      OS << "<p class=\"none\">Nothing was found.</p>\n";
    std::map<std::string, std::vector<const ReportItem *>> Groups;
    for (const ReportItem &I : R.Items)
      Groups[driversOf(I).front()].push_back(&I);
    for (const auto &[Driver, Items] : Groups) {
      OS << "<section class=\"group\"><h2>" << htmlText(Driver) << " <small>"
         << Items.size() << "</small></h2>\n";
      for (const ReportItem *I : Items)
        finding(*I);
      OS << "</section>\n";
    }
    OS << "</main>\n";
  }

  void finding(const ReportItem &I) {
    const Finding &F = I.F;
    bool Possible = F.Sure == Certainty::Possible;
    std::string Id = "f" + I.Fingerprint;
    std::replace(Id.begin(), Id.end(), ':', '-');
    Id = htmlText(Id);
    std::string Drivers;
    for (const std::string &D : driversOf(I))
      Drivers += (Drivers.empty() ? "" : "\n") + htmlText(D);
    OS << "<details class=\"finding\" id=\"" << Id << "\" data-check=\""
       << htmlText(F.Check) << "\" data-driver=\"" << Drivers
       << "\" data-file=\"" << path(F.Pos.File) << "\" data-sure=\""
       << (Possible ? "possible" : "definite") << "\">\n<summary>"
       << "<span class=\"check" << (Possible ? " possible" : "") << "\">"
       << htmlText(F.Check) << (Possible ? " (possible)" : "")
       << "</span> <span class=\"message\">" << htmlText(F.Message)
       << "</span> <code class=\"where\">" << place(F.Pos) << "</code>";
    if (!F.Function.empty())
      OS << " <code class=\"fn\">" << htmlText(F.Function) << "</code>";
    OS << "</summary>\n<div class=\"body\">\n";
    about(I);
    std::vector<PathStep> Steps = stepsOf(F);
    OS << "<div class=\"cols\"><ol class=\"steps\">\n";
    for (size_t N = 0; N < Steps.size(); ++N) {
      const PathStep &S = Steps[N];
      OS << "<li style=\"--depth:" << std::min(S.Depth, 8u) << "\"><a href=\"#"
         << Id << "-" << N + 1 << "\">" << htmlText(S.Message)
         << "</a> <span class=\"at\">"
         << htmlText(sys::path::filename(S.Pos.File)) << ":" << S.Pos.Line
         << "</span>" << state(S) << "</li>\n";
    }
    OS << "</ol><div class=\"code\">\n";
    code(Id, Steps);
    OS << "</div></div></div></details>\n";
  }

  void about(const ReportItem &I) {
    const Finding &F = I.F;
    OS << "<div class=\"about\">";
    if (const CheckInfo *C = Checks.lookup(F.Check))
      OS << "<p>" << htmlText(C->Rule.empty() ? C->Summary : C->Rule)
         << " <a href=\"" << htmlText(checkUrl(C->Name))
         << "\" rel=\"noreferrer\">more</a></p>";
    if (!F.Hint.empty())
      OS << "<p class=\"hint\">" << htmlText(F.Hint) << "</p>";
    if (!F.Fix.Edits.empty())
      repair(F.Fix);
    if (F.Damaged)
      OS << "<p class=\"hint\">" << htmlText("'" + F.Function + "'")
         << " has statements that did not parse; they count as unknown.</p>";
    OS << "<p class=\"facts\">";
    if (!F.Entry.empty() && F.Entry != F.Function)
      OS << "The path begins in <code>" << htmlText(F.Entry) << "</code>. ";
    if (I.Drivers.size() > 1) {
      OS << "In drivers: ";
      for (size_t N = 0; N < I.Drivers.size(); ++N)
        OS << (N ? ", " : "") << htmlText(I.Drivers[N]);
      OS << ". ";
    }
    OS << "Fingerprint <code>" << htmlText(I.Fingerprint)
       << "</code></p></div>\n";
  }

  void repair(const Repair &R) {
    OS << "<p class=\"repair\">Repair: " << htmlText(R.Says) << "</p>";
    std::optional<LineChange> C = lineChange(R, Sources);
    if (!C)
      return;
    OS << "<pre class=\"repair\">";
    for (const std::string &Line : C->Before)
      OS << "<del>- " << htmlText(Line) << "</del>\n";
    for (const std::string &Line : C->After)
      OS << "<ins>+ " << htmlText(Line) << "</ins>\n";
    OS << "</pre>";
  }

  /// The path; the finding itself is its last step.
  static std::vector<PathStep> stepsOf(const Finding &F) {
    std::vector<PathStep> Steps = F.Path;
    if (!Steps.empty() && Steps.back().Pos == F.Pos)
      return Steps;
    PathStep End = Steps.empty() ? PathStep() : Steps.back();
    End.Pos = F.Pos;
    End.Function = F.Function;
    End.Message = F.Message;
    Steps.push_back(std::move(End));
    return Steps;
  }

  static std::string state(const PathStep &S) {
    std::string Out;
    if (!S.Level.empty())
      Out += " <span class=\"level " + levelClass(S.Level).str() + "\">" +
             htmlText(S.Level) + "</span>";
    for (const std::string &Lock : S.Held)
      Out +=
          " <span class=\"held\" title=\"held\">" + htmlText(Lock) + "</span>";
    return Out;
  }

  /// The functions of the path in the order in which it enters them, each with
  /// the lines around its steps and the steps below their lines.
  void code(const std::string &Id, const std::vector<PathStep> &Steps) {
    std::vector<std::pair<std::string, std::string>> Order;
    for (const PathStep &S : Steps)
      if (std::pair Key(S.Pos.File, S.Function); !is_contained(Order, Key))
        Order.push_back(Key);
    for (const auto &[File, Function] : Order) {
      std::map<unsigned, std::vector<size_t>> At;
      std::set<unsigned> Wanted;
      for (size_t N = 0; N < Steps.size(); ++N)
        if (Steps[N].Pos.File == File && Steps[N].Function == Function) {
          At[Steps[N].Pos.Line].push_back(N);
          Wanted.insert(Steps[N].Pos.Line);
        }
      OS << "<h3><code>" << htmlText(Function) << "</code> <span>" << path(File)
         << "</span></h3>\n<table>";
      unsigned Last = Sources.lines(File).size();
      std::set<unsigned> Lines = withContext(Wanted, ContextLines, Last);
      if (auto It = FunctionLine.find({File, Function});
          It != FunctionLine.end() && It->second >= 1 && It->second <= Last)
        Lines.insert(It->second);
      Lines = withContext(Lines, 0, Last); // no gap of one line
      // Steps in files that are not here, or have become shorter.
      Lines.insert(Wanted.begin(), Wanted.end());
      unsigned Before = 0;
      for (unsigned Line : Lines) {
        if (Before && Line != Before + 1)
          OS << "<tr class=\"gap\"><td colspan=2>⋯</td></tr>\n";
        Before = Line;
        auto Here = At.find(Line);
        sourceLine(File, Line,
                   Here == At.end() ? ArrayRef<size_t>()
                                    : ArrayRef(Here->second),
                   Steps);
        if (Here != At.end())
          for (size_t N : Here->second)
            stepRow(Id, N, Steps);
      }
      OS << "</table>\n";
    }
  }

  void sourceLine(StringRef File, unsigned Line, ArrayRef<size_t> Here,
                  const std::vector<PathStep> &Steps) {
    std::vector<ColumnRange> Marks;
    for (size_t N : Here) {
      const SourcePos &P = Steps[N].Pos;
      if (P.Col && P.EndLine == P.Line && P.EndCol > P.Col)
        Marks.push_back({P.Col, P.EndCol});
    }
    OS << "<tr" << (Here.empty() ? "" : " class=\"on\"")
       << "><td class=\"no\">";
    if (Line)
      OS << Line;
    OS << "</td><td class=\"src\">";
    if (Line)
      OS << Source.line(File, Line, Marks);
    OS << "</td></tr>\n";
  }

  void stepRow(const std::string &Id, size_t N,
               const std::vector<PathStep> &Steps) {
    const PathStep &S = Steps[N];
    bool Last = N + 1 == Steps.size();
    OS << "<tr class=\"step" << (Last ? " last" : "") << "\" id=\"" << Id << "-"
       << N + 1 << "\"><td class=\"no\"><b>" << N + 1
       << "</b></td><td><div class=\"bubble\">";
    if (N)
      OS << "<a class=\"go\" href=\"#" << Id << "-" << N
         << "\" title=\"step before\">◂</a> ";
    OS << htmlText(S.Message) << state(S);
    if (!Last)
      OS << " <a class=\"go\" href=\"#" << Id << "-" << N + 2
         << "\" title=\"next step\">▸</a>";
    OS << "</div></td></tr>\n";
  }

  const Report &R;
  SourceText &Sources;
  HtmlSource Source;
  const HtmlOptions &Opts;
  raw_ostream &OS;
  StringMap<const CheckInfo *> Checks;
  /// Where a function begins, by file and name.
  std::map<std::pair<std::string, std::string>, unsigned> FunctionLine;
};

} // namespace

void irqlint::writeHtml(const Report &R, SourceText &Sources,
                        const HtmlOptions &Opts, raw_ostream &OS) {
  PageWriter(R, Sources, Opts, OS).page();
}
