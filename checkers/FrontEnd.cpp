//===- FrontEnd.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FrontEnd.h"
#include "Report/Suppress.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <tuple>

using namespace clang;
using namespace irqlint;
using llvm::Expected;
using llvm::SmallString;
using llvm::SmallVector;
using llvm::StringRef;

StringRef irqlint::mainFileName(const ASTContext &Ctx) {
  const SourceManager &SM = Ctx.getSourceManager();
  OptionalFileEntryRef File = SM.getFileEntryRefForID(SM.getMainFileID());
  return File ? File->getName() : "";
}

/// A tool that checks many files runs in a folder that the author of the
/// configuration did not think of; beside the source is where he looked.
static std::string locate(StringRef File, StringRef MainFile) {
  if (llvm::sys::path::is_absolute(File))
    return File.str();
  SmallString<256> Start(MainFile);
  llvm::sys::fs::make_absolute(Start);
  llvm::sys::path::remove_dots(Start, /*remove_dot_dot=*/true);
  for (StringRef Dir = llvm::sys::path::parent_path(Start); !Dir.empty();
       Dir = llvm::sys::path::parent_path(Dir)) {
    SmallString<256> Candidate(Dir);
    llvm::sys::path::append(Candidate, File);
    if (llvm::sys::fs::exists(Candidate))
      return std::string(Candidate);
  }
  return File.str();
}

Expected<std::shared_ptr<const RuleSet>>
irqlint::loadRuleFiles(StringRef List, StringRef MainFile) {
  SmallVector<StringRef, 4> Parts;
  List.split(Parts, ';', -1, /*KeepEmpty=*/false);
  std::vector<std::string> Files;
  for (StringRef P : Parts)
    if (!P.trim().empty())
      Files.push_back(locate(P.trim(), MainFile));
  if (Files.empty())
    return RuleSet::builtin();
  auto Rules = RuleSet::withOverlays(Files);
  if (Rules)
    return Rules;
  // One problem per line; a diagnostic has room for one.
  std::string All = llvm::toString(Rules.takeError());
  auto [First, Rest] = StringRef(All).trim().split('\n');
  // "file:line:col: error: what", which becomes part of another error.
  auto [Place, What] = First.split(" error: ");
  std::string Text = What.empty() ? First.str() : (Place + " " + What).str();
  if (size_t More = Rest.empty() ? 0 : Rest.count('\n') + 1)
    Text += " (and " + llvm::utostr(More) +
            " more; 'irqlint rules check' lists them)";
  return llvm::createStringError(llvm::inconvertibleErrorCode(), Text);
}

namespace {

/// Order in which findings are shown; of several at one place for one check the
/// first is kept: definite, then the shortest path.
auto key(const LocatedFinding &L) {
  const Finding &F = L.F;
  return std::make_tuple(StringRef(F.Pos.File), F.Pos.Line, F.Pos.Col,
                         StringRef(F.Check), F.Sure, F.Path.size(),
                         StringRef(F.Message), StringRef(F.Entry));
}

bool samePlace(const LocatedFinding &A, const LocatedFinding &B) {
  return A.F.Pos == B.F.Pos && A.F.Check == B.F.Check;
}

ShownFinding present(const LocatedFinding &L, const SourceManager &SM) {
  const Finding &F = L.F;
  ShownFinding S;
  S.Check = F.Check;
  S.Sure = F.Sure;
  S.Loc = SM.getExpansionLoc(L.Loc);
  S.Message = F.Message;
  if (F.Sure == Certainty::Possible)
    S.Message += " (possible)";
  for (size_t I = 0; I < F.Path.size(); ++I) {
    const PathStep &Step = F.Path[I];
    // The last step often repeats the finding itself.
    if (L.StepLocs[I].isValid() &&
        !(Step.Pos == F.Pos && Step.Message == F.Message))
      S.Notes.push_back({SM.getExpansionLoc(L.StepLocs[I]), Step.Message});
  }
  for (const LocatedEdit &E : L.Edits)
    S.Fixes.push_back(FixItHint::CreateReplacement(E.Range, E.Text));
  if (!F.Hint.empty())
    S.Notes.push_back({S.Loc, F.Hint});
  if (F.Damaged)
    S.Notes.push_back({S.Loc, "'" + F.Function +
                                  "' has statements that did not parse; they "
                                  "count as unknown"});
  return S;
}

} // namespace

std::vector<ShownFinding>
irqlint::findInUnit(ASTContext &Ctx, Preprocessor &PP,
                    std::shared_ptr<const RuleSet> Rules,
                    const ErrorLocations &Errors) {
  AnalyzeOptions O;
  O.Rules = Rules;
  for (const CheckInfo &C : Rules->checks())
    O.Checks.insert(C.Name);
  // As in the batch scan: whoever does not want them leaves them out later.
  O.Possible = true;
  std::vector<LocatedFinding> Found = analyzeUnit(Ctx, PP, O, Errors).Findings;
  llvm::sort(Found, [](const LocatedFinding &A, const LocatedFinding &B) {
    return key(A) < key(B);
  });
  // What repairs one of them only is no repair.
  for (size_t I = 1; I < Found.size(); ++I)
    if (samePlace(Found[I - 1], Found[I]) &&
        Found[I - 1].F.Fix.Says != Found[I].F.Fix.Says) {
      Found[I - 1].Edits.clear();
      Found[I].Edits.clear();
    }
  Found.erase(llvm::unique(Found, samePlace), Found.end());

  const SourceManager &SM = Ctx.getSourceManager();
  SourceText Sources;
  std::set<std::string> Known;
  Suppressions Silenced(Sources, *Rules);
  std::vector<ShownFinding> Result;
  for (const LocatedFinding &L : Found) {
    if (L.Loc.isInvalid())
      continue;
    // What the compiler read counts: an editor's buffer is not on disk yet.
    if (Known.insert(L.F.Pos.File).second)
      Sources.overlay(L.F.Pos.File, SM.getBufferData(SM.getFileID(
                                        SM.getExpansionLoc(L.Loc))));
    if (!Silenced.covers(L.F))
      Result.push_back(present(L, SM));
  }
  return Result;
}
