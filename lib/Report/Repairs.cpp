//===- Repairs.cpp --------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Repairs.h"
#include "Report/OutputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <map>
#include <set>

using namespace llvm;
using namespace irqlint;

namespace {

/// An edit in bytes.
struct Piece {
  size_t Begin, End;
  const TextEdit *Edit;
  bool sameAs(const Piece &O) const {
    return Begin == O.Begin && End == O.End && Edit->Text == O.Edit->Text;
  }
};

/// Offsets at which the lines of a text begin.
std::vector<size_t> lineStarts(StringRef Text) {
  std::vector<size_t> Starts{0};
  for (size_t I = 0; I < Text.size(); ++I)
    if (Text[I] == '\n')
      Starts.push_back(I + 1);
  return Starts;
}

std::optional<Piece> pieceOf(const TextEdit &E, StringRef Text,
                             ArrayRef<size_t> Starts) {
  const SourcePos &P = E.Pos;
  if (!P.Line || !P.Col || !P.EndCol || P.EndLine < P.Line ||
      P.EndLine > Starts.size())
    return std::nullopt;
  size_t Begin = Starts[P.Line - 1] + P.Col - 1;
  size_t End = Starts[P.EndLine - 1] + P.EndCol - 1;
  if (Begin > End || End > Text.size() || Text.slice(Begin, End) != E.Was)
    return std::nullopt;
  return Piece{Begin, End, &E};
}

/// \p Text with \p Pieces changed, which do not overlap.
std::string changed(StringRef Text, std::vector<Piece> Pieces) {
  std::string Out;
  size_t At = 0;
  for (const Piece &P : Pieces) {
    Out += Text.slice(At, P.Begin);
    Out += P.Edit->Text;
    At = P.End;
  }
  return Out + Text.substr(At).str();
}

void sortPieces(std::vector<Piece> &Pieces) {
  llvm::sort(Pieces, [](const Piece &A, const Piece &B) {
    return std::tie(A.Begin, A.End, A.Edit->Text) <
           std::tie(B.Begin, B.End, B.Edit->Text);
  });
}

void dropDoubles(std::vector<Piece> &Sorted) {
  auto Same = [](const Piece &A, const Piece &B) { return A.sameAs(B); };
  Sorted.erase(llvm::unique(Sorted, Same), Sorted.end());
}

Error problem(const SourcePos &P, StringRef Base, const Twine &Why) {
  return createStringError(inconvertibleErrorCode(),
                           pathFrom(Base, P.File) + ":" + utostr(P.Line) + ":" +
                               utostr(P.Col) + ": error: " + Why +
                               "; nothing was repaired");
}

/// Two edits that cannot both be made; those that are equal can.
std::optional<std::pair<Piece, Piece>> conflict(ArrayRef<Piece> Sorted) {
  for (size_t I = 1; I < Sorted.size(); ++I)
    if (Sorted[I].Begin < Sorted[I - 1].End ||
        Sorted[I].Begin == Sorted[I - 1].Begin)
      return std::pair(Sorted[I - 1], Sorted[I]);
  return std::nullopt;
}

} // namespace

std::optional<LineChange> irqlint::lineChange(const Repair &R,
                                              SourceText &Sources) {
  if (R.Edits.empty())
    return std::nullopt;
  LineChange C;
  C.File = R.Edits.front().Pos.File;
  C.Line = R.Edits.front().Pos.Line;
  unsigned Last = 0;
  for (const TextEdit &E : R.Edits) {
    if (E.Pos.File != C.File)
      return std::nullopt;
    C.Line = std::min(C.Line, E.Pos.Line);
    Last = std::max(Last, E.Pos.EndLine);
  }
  std::string Text;
  if (!C.Line || Last > Sources.lines(C.File).size())
    return std::nullopt;
  for (unsigned Line = C.Line; Line <= Last; ++Line) {
    C.Before.push_back(Sources.line(C.File, Line).str());
    Text += C.Before.back() + "\n";
  }
  Repair Moved = R;
  for (TextEdit &E : Moved.Edits) {
    E.Pos.Line -= C.Line - 1;
    E.Pos.EndLine -= C.Line - 1;
  }
  std::optional<std::string> New = repairedText(Text, Moved);
  if (!New)
    return std::nullopt;
  for (StringRef Line : split(StringRef(*New).rtrim('\n'), '\n'))
    C.After.push_back(Line.str());
  return C;
}

std::optional<std::string> irqlint::repairedText(StringRef Text,
                                                 const Repair &R) {
  std::vector<size_t> Starts = lineStarts(Text);
  std::vector<Piece> Pieces;
  for (const TextEdit &E : R.Edits) {
    std::optional<Piece> P = pieceOf(E, Text, Starts);
    if (!P)
      return std::nullopt;
    Pieces.push_back(*P);
  }
  sortPieces(Pieces);
  dropDoubles(Pieces);
  if (conflict(Pieces))
    return std::nullopt;
  return changed(Text, Pieces);
}

Expected<RepairCount> irqlint::repairFiles(const Report &R, StringRef Base) {
  RepairCount Count;
  std::map<std::string, std::vector<const TextEdit *>> ByFile;
  for (const ReportItem &I : R.Items) {
    Count.Repairs += !I.F.Fix.Edits.empty();
    for (const TextEdit &E : I.F.Fix.Edits)
      ByFile[E.Pos.File].push_back(&E);
  }
  struct NewFile {
    std::string Path, Text;
    sys::fs::perms Mode;
  };
  std::vector<NewFile> New;
  for (const auto &[File, Edits] : ByFile) {
    const SourcePos &First = Edits.front()->Pos;
    auto Buffer = MemoryBuffer::getFile(File);
    if (!Buffer)
      return problem(First, Base,
                     "cannot be read: " + Buffer.getError().message());
    StringRef Text = (*Buffer)->getBuffer();
    std::vector<size_t> Starts = lineStarts(Text);
    std::vector<Piece> Pieces;
    for (const TextEdit *E : Edits) {
      std::optional<Piece> P = pieceOf(*E, Text, Starts);
      if (!P)
        return problem(E->Pos, Base,
                       "'" + Twine(E->Was) +
                           "' is not there any more: the file has changed");
      Pieces.push_back(*P);
    }
    sortPieces(Pieces);
    dropDoubles(Pieces);
    if (auto Both = conflict(Pieces))
      return problem(Both->second.Edit->Pos, Base,
                     "two repairs contradict each other here: '" +
                         Twine(Both->first.Edit->Text) + "' and '" +
                         Both->second.Edit->Text + "'");
    if (std::error_code EC = sys::fs::access(File, sys::fs::AccessMode::Write))
      return problem(First, Base, "cannot be written: " + EC.message());
    if (Error E = checkWritable(File))
      return problem(First, Base, toString(std::move(E)));
    Expected<sys::fs::perms> Mode =
        errorOrToExpected(sys::fs::getPermissions(File));
    if (!Mode)
      return Mode.takeError();
    New.push_back({File, changed(Text, Pieces), *Mode});
  }
  for (const NewFile &F : New) {
    if (Error E = writeFileAtomically(F.Path, F.Text))
      return std::move(E);
    sys::fs::setPermissions(F.Path, F.Mode);
    ++Count.Files;
  }
  return Count;
}
