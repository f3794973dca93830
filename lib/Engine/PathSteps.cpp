//===- PathSteps.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/PathSteps.h"
#include "Engine/Repairs.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// A header is named as it stands on the disk, however it was included.
static std::string nameOnDisk(StringRef Name, const SourceManager &SM) {
  // (One file after the other is asked for, many places of each.)
  static thread_local std::pair<std::string, std::string> Last;
  if (Last.first == Name && !Name.empty())
    return Last.second;
  auto S = SM.getFileManager().getVirtualFileSystem().status(Name);
  std::string Disk = S ? S->getName().str() : Name.str();
  if (llvm::sys::path::is_absolute(Name))
    Last = {Name.str(), Disk};
  return Disk;
}

SourcePos irqlint::posOf(SourceLocation L, const ASTContext &Ctx) {
  SourcePos P;
  if (L.isInvalid())
    return P;
  const SourceManager &SM = Ctx.getSourceManager();
  L = SM.getExpansionLoc(L);
  PresumedLoc PL = SM.getPresumedLoc(L, /*UseLineDirectives=*/false);
  if (PL.isInvalid())
    return P;
  P.File = PL.getFilename();
  P.File = nameOnDisk(P.File, SM);
  P.Line = PL.getLine();
  P.Col = PL.getColumn();
  P.EndLine = P.Line;
  P.EndCol = P.Col + Lexer::MeasureTokenLength(L, SM, Ctx.getLangOpts());
  return P;
}

namespace {
struct RawStep {
  std::string Text;
  SourceLocation Loc;
  std::string Function;
  unsigned Depth;
  bool Ours;
};
} // namespace

/// \p Id is the text of the piece at which the finding itself stands.
static void flatten(const PathPieces &Pieces, unsigned Depth,
                    const std::string &Function, StringRef Id,
                    std::vector<RawStep> &Out) {
  for (const PathDiagnosticPieceRef &P : Pieces) {
    if (const auto *Call = dyn_cast<PathDiagnosticCallPiece>(P.get())) {
      const auto *FD = dyn_cast_or_null<FunctionDecl>(Call->getCallee());
      std::string Name = FD ? FD->getNameAsString() : Function;
      size_t At = Out.size();
      flatten(Call->path, Depth + 1, Name, Id, Out);
      bool Tells = false;
      for (size_t I = At; I < Out.size(); ++I)
        Tells |= Out[I].Ours;
      if (!Tells) {
        // Nothing happened in there that belongs to the story.
        Out.resize(At);
      } else if (Call->callEnter.isValid() && FD) {
        Out.insert(Out.begin() + At,
                   RawStep{"calls '" + Name + "'", Call->callEnter.asLocation(),
                           Function, Depth, true});
      }
      continue;
    }
    if (const auto *M = dyn_cast<PathDiagnosticMacroPiece>(P.get())) {
      flatten(M->subPieces, Depth, Function, Id, Out);
      continue;
    }
    if (!isa<PathDiagnosticEventPiece>(P.get()))
      continue;
    StringRef S = P->getString();
    bool Ours = S.contains(StepSeparator) || S == Id;
    if (!Ours && !S.starts_with("Assuming"))
      continue;
    Out.push_back(
        {S.str(), P->getLocation().asLocation(), Function, Depth, Ours});
  }
}

/// The level and the locks after a step.
static void setState(PathStep &S, StringRef Level, StringRef Held) {
  S.Level = Level.str();
  S.Held.clear();
  SmallVector<StringRef, 4> Locks;
  Held.split(Locks, HeldSeparator, -1, false);
  for (StringRef H : Locks)
    S.Held.push_back(H.str());
}

/// Makes one step of two things that one routine does at one place: "region is
/// entered by F here", "lock 'L' is acquired by F here".
static bool joinSteps(PathStep &First, StringRef Second) {
  auto [Message, State] = Second.split(StepSeparator);
  auto [Level, Held] = State.split(StepSeparator);
  size_t By = Message.rfind(" by ");
  if (By == StringRef::npos)
    return false;
  StringRef Who = Message.substr(By);
  if (!Who.ends_with(" here") || !StringRef(First.Message).ends_with(Who))
    return false;
  First.Message += "; " + Message.take_front(By).str();
  setState(First, Level, Held);
  return true;
}

LocatedFinding StepCollector::convert(const PendingReport &P,
                                      const PathDiagnostic &D) const {
  LocatedFinding L;
  L.Loc = P.Loc;
  Finding &F = L.F;
  F.Check = P.Check;
  F.Sure = P.Sure;
  F.Message = P.Message;
  F.Hint = P.Hint;
  F.Pos = posOf(P.Loc, Unit.Ctx);
  F.Function = P.Function;
  F.Entry = P.Root ? P.Root->getNameAsString() : P.Function;

  auto Add = [&](SourceLocation At, PathStep S) {
    S.Pos = posOf(At, Unit.Ctx);
    F.Path.push_back(std::move(S));
    L.StepLocs.push_back(At);
  };
  if (!P.EntryStep.empty() && P.Root) {
    PathStep S;
    auto [Message, Level] = StringRef(P.EntryStep).split(StepSeparator);
    S.Message = Message.str();
    S.Level = Level.str();
    S.Function = F.Entry;
    Add(P.Root->getLocation(), S);
  }

  if (P.Repair && isStillCertain(*P.Repair, Unit)) {
    F.Fix.Says = P.Repair->Says;
    L.Edits = P.Repair->Edits;
    for (const LocatedEdit &E : L.Edits)
      F.Fix.Edits.push_back(textEdit(E, Unit.Ctx));
  }

  std::vector<RawStep> Raw;
  flatten(D.path, 0, F.Entry, D.getShortDescription(), Raw);
  bool Begun = false;
  for (RawStep &R : Raw) {
    if (R.Text == D.getShortDescription())
      continue;
    PathStep S;
    S.Function = R.Function;
    S.Depth = R.Depth;
    // Calls and conditions change nothing: what was known goes on.
    if (!StringRef(R.Text).contains(StepSeparator) && !F.Path.empty()) {
      S.Level = F.Path.back().Level;
      S.Held = F.Path.back().Held;
    }
    if (R.Ours) {
      Begun = true;
      if (!F.Path.empty() && L.StepLocs.back() == R.Loc &&
          F.Path.back().Function == R.Function &&
          joinSteps(F.Path.back(), R.Text))
        continue;
      auto [Msg, Rest] = StringRef(R.Text).split(StepSeparator);
      auto [Level, Held] = Rest.split(StepSeparator);
      S.Message = Msg.str();
      if (!Rest.empty())
        setState(S, Level, Held);
    } else {
      // Conditions matter from where the story begins, and if they decide.
      if (!Begun || StringRef(R.Text).contains("irqlint$") ||
          !Unit.Relevant.decides(R.Loc, Unit.Ctx.getSourceManager()))
        continue;
      S.Message = R.Text;
      S.Message[0] = llvm::toLower(S.Message[0]);
    }
    Add(R.Loc, std::move(S));
  }
  return L;
}

void StepCollector::FlushDiagnosticsImpl(
    std::vector<const PathDiagnostic *> &Diags, FilesMade *) {
  for (const PathDiagnostic *D : Diags)
    if (std::optional<unsigned> Index = pendingIndex(*D))
      Found.push_back(convert(Unit.Pending[*Index], *D));
}

std::vector<LocatedFinding> StepCollector::news() {
  std::vector<LocatedFinding> News;
  for (const PathDiagnostic &D : Diags)
    if (std::optional<unsigned> Index = pendingIndex(D);
        Index && Told.insert(*Index).second)
      News.push_back(convert(Unit.Pending[*Index], D));
  return News;
}

std::optional<unsigned>
StepCollector::pendingIndex(const PathDiagnostic &D) const {
  unsigned Index;
  if (D.getShortDescription().getAsInteger(10, Index) ||
      Index >= Unit.Pending.size() || Unit.Pending[Index].Superseded)
    return std::nullopt;
  return Index;
}
