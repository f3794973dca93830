//===- Collect.cpp - From unit results to one report ----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Collect.h"
#include "Report/Json.h"
#include "Report/UnitJson.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"
#include <map>
#include <tuple>

using namespace llvm;
using namespace irqlint;

namespace {

auto place(const Finding &F) {
  return std::tie(F.Pos.File, F.Pos.Line, F.Pos.Col, F.Check);
}

/// Total order, so that neither job order nor hash order shows. Among entries
/// for the same place the one to keep comes first: definite, shortest path.
bool before(const ReportItem &A, const ReportItem &B) {
  auto Key = [](const ReportItem &I) {
    return std::make_tuple(I.F.Sure, I.F.Path.size(), StringRef(I.F.Message),
                           StringRef(I.F.Entry));
  };
  if (place(A.F) != place(B.F))
    return place(A.F) < place(B.F);
  if (Key(A) != Key(B))
    return Key(A) < Key(B);
  return printJson(toJSON(A.F)) < printJson(toJSON(B.F));
}

void addNames(std::vector<std::string> &To,
              const std::vector<std::string> &From) {
  To.insert(To.end(), From.begin(), From.end());
  llvm::sort(To);
  To.erase(llvm::unique(To), To.end());
}

void addUnits(ReportItem &To, const ReportItem &From) {
  addNames(To.Units, From.Units);
  addNames(To.Drivers, From.Drivers);
}

void finish(Report &R) {
  llvm::sort(R.Items, before);
  std::vector<ReportItem> Kept;
  for (ReportItem &I : R.Items) {
    if (!Kept.empty() && place(Kept.back().F) == place(I.F)) {
      if (Kept.back().SourceLine.empty())
        Kept.back().SourceLine = I.SourceLine;
      // What repairs the one but not the other is not certain.
      if (toJSON(Kept.back().F.Fix) != toJSON(I.F.Fix))
        Kept.back().F.Fix = {};
      addUnits(Kept.back(), I);
    } else {
      Kept.push_back(std::move(I));
    }
  }
  R.Items = std::move(Kept);
  fingerprintItems(R.Items);
  llvm::sort(R.NotBrought, [](const ImportFailure &A, const ImportFailure &B) {
    return std::tie(A.From, A.File, A.Function, A.Why) <
           std::tie(B.From, B.File, B.Function, B.Why);
  });
  R.NotBrought.erase(llvm::unique(R.NotBrought), R.NotBrought.end());
  llvm::sort(R.Units, [](const UnitResult &A, const UnitResult &B) {
    return std::tie(A.File, A.Driver, A.Config, A.Failure) <
           std::tie(B.File, B.Driver, B.Config, B.Failure);
  });
}

/// Numbers in a message (lines, counts) move with the code around it; digits
/// inside names do not.
std::string withoutNumbers(StringRef Text) {
  std::string Out;
  bool InName = false;
  for (size_t I = 0; I < Text.size(); ++I) {
    char C = Text[I];
    if (isDigit(C) && !InName) {
      while (I + 1 < Text.size() && isDigit(Text[I + 1]))
        ++I;
      Out += '#';
      continue;
    }
    InName = isAlnum(C) || C == '_';
    Out += C;
  }
  return Out;
}

std::string withoutSpace(StringRef Text) {
  std::string Out;
  for (char C : Text)
    if (!isSpace(C))
      Out += C;
  return Out;
}

void cleanPath(SourcePos &P) {
  if (P.File.find("..") == std::string::npos &&
      P.File.find("/.") == std::string::npos)
    return;
  SmallString<256> Path(P.File);
  sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  P.File = std::string(Path);
}

} // namespace

unsigned Report::failedUnits() const {
  return llvm::count_if(Units,
                        [](const UnitResult &U) { return !U.Failure.empty(); });
}

int Report::exitStatus() const {
  if (Interrupted || failedUnits() || !Problems.empty())
    return 2;
  return Items.empty() ? 0 : 1;
}

Report irqlint::collect(std::vector<UnitResult> Units, SourceText &Sources,
                        Suppressions *Silenced,
                        std::vector<ImportFailure> NotBrought) {
  Report R;
  R.NotBrought = std::move(NotBrought);
  for (UnitResult &U : Units) {
    for (Finding &F : U.Findings) {
      cleanPath(F.Pos);
      for (PathStep &S : F.Path)
        cleanPath(S.Pos);
      for (TextEdit &E : F.Fix.Edits)
        cleanPath(E.Pos);
      ReportItem I;
      I.SourceLine = Sources.line(F.Pos.File, F.Pos.Line).str();
      I.F = std::move(F);
      I.Units = {U.File};
      if (!U.Driver.empty())
        I.Drivers = {U.Driver};
      R.Items.push_back(std::move(I));
    }
    U.Findings.clear();
  }
  R.Units = std::move(Units);
  finish(R);
  if (!Silenced)
    return R;
  size_t All = R.Items.size();
  llvm::erase_if(R.Items,
                 [&](const ReportItem &I) { return Silenced->covers(I.F); });
  R.Suppressed = All - R.Items.size();
  fingerprintItems(R.Items);
  return R;
}

Report irqlint::mergeReports(std::vector<Report> Parts) {
  Report R;
  for (Report &P : Parts) {
    llvm::move(P.Items, std::back_inserter(R.Items));
    llvm::move(P.Units, std::back_inserter(R.Units));
    // A broken project is seen by every part.
    for (std::string &Problem : P.Problems)
      if (!is_contained(R.Problems, Problem))
        R.Problems.push_back(std::move(Problem));
    llvm::move(P.NotBrought, std::back_inserter(R.NotBrought));
    R.Suppressed += P.Suppressed;
    R.Known += P.Known;
    R.PossibleHidden += P.PossibleHidden;
    R.Interrupted |= P.Interrupted;
    R.LinkSeconds += P.LinkSeconds;
    R.WallSeconds += P.WallSeconds;
  }
  llvm::sort(R.Problems);
  finish(R);
  return R;
}

void irqlint::hidePossible(Report &R) {
  size_t All = R.Items.size();
  llvm::erase_if(R.Items, [](const ReportItem &I) {
    return I.F.Sure == Certainty::Possible;
  });
  R.PossibleHidden += All - R.Items.size();
}

void irqlint::fingerprintItems(std::vector<ReportItem> &Items) {
  std::map<uint64_t, unsigned> Seen;
  for (ReportItem &I : Items) {
    std::string Text;
    for (const std::string &Part :
         {I.F.Check, sys::path::filename(I.F.Pos.File).str(), I.F.Function,
          withoutNumbers(I.F.Message), withoutSpace(I.SourceLine)}) {
      Text += Part;
      Text += '\0';
    }
    uint64_t Hash = xxh3_64bits(Text);
    std::string Hex = utohexstr(Hash, /*LowerCase=*/true, /*Width=*/16);
    I.Fingerprint = Hex + ":" + utostr(Seen[Hash]++);
  }
}

std::string irqlint::pathFrom(StringRef Base, StringRef File) {
  if (Base.empty() || !sys::path::is_absolute(File))
    return File.str();
  StringRef Rest = File;
  StringRef Folder = Base.rtrim('/');
  if (Rest.consume_front(Folder) && Rest.consume_front("/") && !Rest.empty())
    return Rest.str();
  return File.str();
}
