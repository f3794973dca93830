//===- Text.cpp - Findings as compiler diagnostics ------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Text.h"
#include "Report/Repairs.h"
#include "llvm/ADT/StringExtras.h"
#include <set>

using namespace llvm;
using namespace irqlint;

namespace {

class Printer {
public:
  Printer(SourceText &Sources, const TextOptions &Opts, raw_ostream &OS)
      : Sources(Sources), Opts(Opts), OS(OS) {}

  void item(const ReportItem &I) {
    const Finding &F = I.F;
    std::string Message = F.Message;
    if (F.Sure == Certainty::Possible)
      Message += " (possible)";
    Message += " [irqlint-" + F.Check + "]";
    diagnostic(F.Pos, /*Note=*/false, Message, I.SourceLine);
    for (const PathStep &S : F.Path)
      // The last step often repeats the finding itself.
      if (!(S.Pos == F.Pos && S.Message == F.Message))
        diagnostic(S.Pos, /*Note=*/true, S.Message, "");
    if (!F.Hint.empty())
      diagnostic(F.Pos, /*Note=*/true, F.Hint, "", /*Excerpt=*/false);
    if (!F.Fix.Edits.empty())
      repair(F.Fix);
    if (F.Damaged)
      diagnostic(F.Pos, /*Note=*/true,
                 "'" + F.Function + "' has statements that did not parse; " +
                     "they count as unknown",
                 "", /*Excerpt=*/false);
  }

private:
  /// What to change, and what the lines look like then.
  void repair(const Repair &R) {
    diagnostic(R.Edits.front().Pos, /*Note=*/true, "repair: " + R.Says, "",
               /*Excerpt=*/false);
    std::optional<LineChange> C = lineChange(R, Sources);
    if (!C)
      return;
    unsigned Line = C->Line;
    for (const std::string &Text : C->After) {
      OS << gutter(Line++);
      paint(raw_ostream::GREEN, true);
      OS << " + " << Text;
      plain();
      OS << '\n';
    }
  }

  static std::string gutter(unsigned Line) {
    std::string Gutter = utostr(Line);
    Gutter.insert(0, Gutter.size() < 5 ? 5 - Gutter.size() : 0, ' ');
    return Gutter;
  }

  void diagnostic(const SourcePos &P, bool Note, StringRef Message,
                  StringRef KnownLine, bool Excerpt = true) {
    paint(raw_ostream::SAVEDCOLOR, true);
    OS << (P.File.empty() ? "<unknown>" : pathFrom(Opts.Base, P.File));
    if (P.Line) {
      OS << ':' << P.Line;
      if (P.Col)
        OS << ':' << P.Col;
    }
    OS << ": ";
    plain();
    if (Note) {
      paint(raw_ostream::CYAN, true);
      OS << "note: ";
      plain();
      OS << Message;
    } else {
      paint(raw_ostream::MAGENTA, true);
      OS << "warning: ";
      plain();
      paint(raw_ostream::SAVEDCOLOR, true);
      OS << Message;
      plain();
    }
    OS << '\n';
    if (Excerpt)
      excerpt(P, KnownLine);
  }

  /// The source line with a caret below the column, as clang does it.
  void excerpt(const SourcePos &P, StringRef KnownLine) {
    StringRef Text = Sources.line(P.File, P.Line);
    if (Text.empty())
      Text = KnownLine;
    if (Text.trim().empty() || !P.Col || P.Col > Text.size() + 1)
      return;
    std::string Gutter = gutter(P.Line);
    OS << Gutter << " | " << Text << '\n';
    OS << std::string(Gutter.size(), ' ') << " | ";
    // Columns count bytes; tabs stay tabs so that the caret lines up.
    for (char C : Text.take_front(P.Col - 1))
      if (C == '\t')
        OS << '\t';
      else if ((C & 0xC0) != 0x80)
        OS << ' ';
    paint(raw_ostream::GREEN, true);
    OS << '^';
    if (P.EndLine == P.Line && P.EndCol > P.Col + 1) {
      size_t End = std::min<size_t>(P.EndCol - 1, Text.size());
      for (char C : Text.slice(P.Col, End))
        if ((C & 0xC0) != 0x80)
          OS << '~';
    }
    plain();
    OS << '\n';
  }

  void paint(raw_ostream::Colors C, bool Bold) {
    if (Opts.Color)
      OS.changeColor(C, Bold);
  }
  void plain() {
    if (Opts.Color)
      OS.resetColor();
  }

  SourceText &Sources;
  const TextOptions &Opts;
  raw_ostream &OS;
};

std::string plural(unsigned N, const char *One, const char *Many) {
  return utostr(N) + " " + (N == 1 ? One : Many);
}

} // namespace

void irqlint::writeText(const Report &R, SourceText &Sources,
                        const TextOptions &Opts, raw_ostream &OS) {
  if (Opts.Color)
    OS.enable_colors(true);
  Printer P(Sources, Opts, OS);
  for (const ReportItem &I : R.Items)
    P.item(I);
}

void irqlint::writeSummary(const Report &R, const TextOptions &Opts,
                           raw_ostream &OS) {
  unsigned Possible = 0;
  for (const ReportItem &I : R.Items)
    Possible += I.F.Sure == Certainty::Possible;
  for (const std::string &P : R.Problems)
    OS << P << '\n';
  for (const UnitResult &U : R.Units)
    if (!U.Failure.empty())
      OS << "irqlint: error: " << pathFrom(Opts.Base, U.File)
         << (U.Functions.empty() ? ": not analyzed: "
                                 : ": not analyzed to the end: ")
         << U.Failure << '\n';
  unsigned GivenUp = 0, Skipped = 0, Alone = 0;
  for (const UnitResult &U : R.Units) {
    std::vector<StringRef> Names;
    for (const FunctionRecord &F : U.Functions) {
      Skipped += F.SkippedForErrors;
      if (F.FileAlone)
        Names.push_back(F.Name);
      if (F.GivenUp.empty() || F.SkippedForErrors)
        continue;
      ++GivenUp;
      OS << "irqlint: warning: " << pathFrom(Opts.Base, F.Pos.File) << ':'
         << F.Pos.Line << ": function '" << F.Name
         << "' was not explored fully: " << F.GivenUp << '\n';
    }
    Alone += Names.size();
    if (!Names.empty())
      OS << "irqlint: note: " << pathFrom(Opts.Base, U.File)
         << ": seen by their file alone, for they are too much with the rest "
            "of the driver: "
         << join(Names, ", ") << '\n';
  }
  std::set<std::pair<StringRef, StringRef>> NotBrought;
  for (const ImportFailure &F : R.NotBrought) {
    NotBrought.insert({F.File, F.Function});
    OS << "irqlint: note: " << pathFrom(Opts.Base, F.From) << ": function '"
       << F.Function << "' of " << pathFrom(Opts.Base, F.File)
       << " could not be brought in: " << F.Why << '\n';
  }
  OS << "irqlint: " << plural(R.Items.size(), "finding", "findings");
  if (Possible)
    OS << " (" << Possible << " possible)";
  OS << " in " << plural(R.Units.size(), "unit", "units");
  if (R.PossibleHidden)
    OS << "; " << R.PossibleHidden << " possible not shown (--possible)";
  if (R.Known)
    OS << "; " << R.Known << " known from the baseline";
  if (R.Suppressed)
    OS << "; " << R.Suppressed << " suppressed in the source";
  if (GivenUp)
    OS << "; " << plural(GivenUp, "function", "functions")
       << " not explored fully";
  if (Alone)
    OS << "; " << plural(Alone, "function", "functions")
       << " seen by their file alone";
  if (!NotBrought.empty())
    OS << "; " << plural(NotBrought.size(), "function", "functions")
       << " not seen from other files";
  if (Skipped)
    OS << "; " << plural(Skipped, "function", "functions")
       << " skipped for parse errors";
  if (unsigned Failed = R.failedUnits())
    OS << "; " << plural(Failed, "unit", "units") << " not analyzed";
  if (R.Interrupted)
    OS << "; interrupted";
  OS << '\n';
}
