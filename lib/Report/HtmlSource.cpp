//===- HtmlSource.cpp - Source excerpts of the HTML report ----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/HtmlSource.h"
#include "Report/Html.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace irqlint;

static bool isKeyword(StringRef Word) {
  static const StringSet<> Words = {
      "auto",     "bool",    "break",     "case",         "catch",
      "char",     "class",   "const",     "constexpr",    "continue",
      "default",  "delete",  "do",        "double",       "else",
      "enum",     "extern",  "float",     "for",          "goto",
      "if",       "inline",  "int",       "long",         "namespace",
      "new",      "nullptr", "operator",  "private",      "public",
      "register", "return",  "short",     "signed",       "sizeof",
      "static",   "struct",  "switch",    "template",     "this",
      "true",     "false",   "typedef",   "typename",     "union",
      "unsigned", "using",   "virtual",   "void",         "volatile",
      "while",    "__try",   "__except",  "__finally",    "__leave",
      "try",      "finally", "protected", "static_assert"};
  return Words.contains(Word);
}

/// One class letter per byte of \p L (0: plain). \p Comment: the line begins
/// (and, on return, ends) inside of a block comment.
static std::string classify(StringRef L, bool &Comment) {
  std::string Class(L.size(), 0);
  auto Paint = [&](size_t From, size_t To, char C) {
    std::fill(Class.begin() + From, Class.begin() + std::min(To, L.size()), C);
  };
  bool Directive = !Comment && L.ltrim().starts_with("#");
  for (size_t I = 0; I < L.size();) {
    if (Comment || L.substr(I).starts_with("/*")) {
      size_t End = L.find("*/", Comment ? I : I + 2);
      Comment = End == StringRef::npos;
      End = Comment ? L.size() : End + 2;
      Paint(I, End, 'c');
      I = End;
    } else if (L.substr(I).starts_with("//")) {
      Paint(I, L.size(), 'c');
      break;
    } else if (L[I] == '"' || L[I] == '\'') {
      size_t End = I + 1;
      while (End < L.size() && L[End] != L[I])
        End += L[End] == '\\' ? 2 : 1;
      Paint(I, End + 1, 's');
      I = End + 1;
    } else if (isAlpha(L[I]) || L[I] == '_') {
      StringRef Word =
          L.substr(I).take_while([](char C) { return isAlnum(C) || C == '_'; });
      if (Directive)
        Paint(I, I + Word.size(), 'p');
      else if (isKeyword(Word))
        Paint(I, I + Word.size(), 'k');
      I += Word.size();
    } else {
      if (Directive)
        Class[I] = 'p';
      // A number, so that the letters in it are no word.
      size_t N = isDigit(L[I]) ? L.substr(I).take_while(isAlnum).size() : 1;
      I += N;
    }
  }
  return Class;
}

std::string HtmlSource::line(StringRef File, unsigned Line,
                             ArrayRef<ColumnRange> Marks) {
  StringRef L = Sources.line(File, Line);
  std::vector<bool> &Known = InComment[File];
  if (Known.empty())
    Known.push_back(false);
  while (Known.size() < Line) {
    bool Comment = Known.back();
    classify(Sources.line(File, Known.size()), Comment);
    Known.push_back(Comment);
  }
  bool Comment = Known[Line - 1];
  std::string Class = classify(L, Comment);
  auto Marked = [&](size_t I) {
    for (const ColumnRange &M : Marks)
      if (I + 1 >= M.Begin && I + 1 < M.End)
        return true;
    return false;
  };
  std::string Out;
  for (size_t I = 0; I < L.size();) {
    size_t End = I + 1;
    while (End < L.size() && Class[End] == Class[I] && Marked(End) == Marked(I))
      ++End;
    std::string Piece = htmlText(L.slice(I, End));
    if (Class[I])
      Piece = "<i class=" + std::string(1, Class[I]) + ">" + Piece + "</i>";
    if (Marked(I))
      Piece = "<mark>" + Piece + "</mark>";
    Out += Piece;
    I = End;
  }
  return Out;
}

std::set<unsigned> irqlint::withContext(const std::set<unsigned> &Wanted,
                                        unsigned Context, unsigned Last) {
  std::set<unsigned> Lines;
  for (unsigned W : Wanted)
    for (unsigned L = W > Context ? W - Context : 1;
         L <= std::min(W + Context, Last); ++L)
      Lines.insert(L);
  // An ellipsis saves nothing where it stands for a line or two.
  std::set<unsigned> Filled = Lines;
  for (auto It = Lines.begin(); It != Lines.end(); ++It)
    if (auto Next = std::next(It); Next != Lines.end() && *Next - *It <= 3)
      for (unsigned L = *It + 1; L < *Next; ++L)
        Filled.insert(L);
  return Filled;
}
