//===- LoneNames.cpp - Names that can only be empty macros ----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/SourceTokens.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace clang;

namespace irqlint {

/// True for X in `X <new line> typedef ...`, not for the type of a function
/// (`X <new line> Name(`).
static bool standsAlone(const std::vector<RawToken> &T, size_t I) {
  StringRef Name = T[I].Text;
  if (!Name.contains('_') || any_of(Name, [](char C) { return isLower(C); }))
    return false;
  auto NewLine = [&](size_t A, size_t B) {
    const char *From = T[A].Text.end();
    return StringRef(From, T[B].Text.begin() - From).contains('\n');
  };
  if (I > 0 && (!NewLine(I - 1, I) ||
                !(T[I - 1].is(tok::semi) || T[I - 1].is(tok::r_brace) ||
                  T[I - 1].is(tok::l_brace))))
    return false;
  if (I + 1 == T.size())
    return true;
  if (!NewLine(I, I + 1))
    return false;
  const RawToken &Next = T[I + 1];
  if (!Next.isName())
    return Next.is(tok::r_brace);
  if (is_contained({"typedef", "struct", "union", "enum", "extern", "static",
                    "inline", "__inline", "__forceinline", "__declspec"},
                   Next.Text))
    return true;
  return I + 2 < T.size() && (T[I + 2].isName() || T[I + 2].is(tok::star));
}

/// True for X in `typedef X struct ...`, and in `X struct ... {` after the end
/// of another declaration: only an attribute makes sense there.
static bool standsBeforeTag(const std::vector<RawToken> &T, size_t I) {
  auto IsTag = [&](size_t K) {
    return K < T.size() && is_contained({"struct", "union", "enum"}, T[K].Text);
  };
  if (!IsTag(I + 1) || I == 0)
    return false;
  if (T[I - 1].Text == "typedef")
    return true;
  bool Begins = T[I - 1].is(tok::semi) || T[I - 1].is(tok::r_brace);
  size_t Open = I + 2 < T.size() && T[I + 2].isName() ? I + 3 : I + 2;
  return Begins && Open < T.size() && T[Open].is(tok::l_brace);
}

/// True for X in `X type name(...)`, `static X type *name;`: with a type behind
/// it, X is none itself.
static bool standsBeforeType(const std::vector<RawToken> &T, size_t I,
                             function_ref<bool(StringRef)> IsType) {
  if (I > 0 && !(T[I - 1].is(tok::semi) || T[I - 1].is(tok::r_brace) ||
                 is_contained({"static", "extern", "inline", "__inline"},
                              T[I - 1].Text)))
    return false;
  size_t K = I + 1;
  if (K >= T.size() || !T[K].isName() || !IsType(T[K].Text))
    return false;
  for (++K; K < T.size() && T[K].is(tok::star);)
    ++K;
  if (K >= T.size() || !T[K].isName())
    return false;
  for (++K; K < T.size() && T[K].isName();)
    ++K;
  return K < T.size() && (T[K].is(tok::l_paren) || T[K].is(tok::semi) ||
                          T[K].is(tok::equal) || T[K].is(tok::l_square));
}

void collectTextNames(const FileTokens &File, std::set<std::string> &Into) {
  for (const std::vector<RawToken> *V : {&File.Code, &File.Directives}) {
    const std::vector<RawToken> &T = *V;
    auto IsText = [&](size_t K) {
      return K < T.size() && tok::isStringLiteral(T[K].Kind);
    };
    for (size_t I = 1; I + 1 < T.size(); ++I) {
      if (!T[I].isName() || !(IsText(I - 1) || IsText(I + 1)))
        continue;
      // Between others, or where an argument or a macro begins or ends.
      bool Begins = IsText(I - 1) || T[I - 1].is(tok::l_paren) ||
                    T[I - 1].is(tok::comma) || T[I - 1].is(tok::equal);
      bool Ends = IsText(I + 1) || T[I + 1].is(tok::r_paren) ||
                  T[I + 1].is(tok::comma) || T[I + 1].is(tok::semi) ||
                  T[I + 1].is(tok::eod);
      if (Begins && Ends)
        Into.insert(T[I].Text.str());
    }
  }
}

bool isAttributeLike(const std::vector<RawToken> &T, size_t I,
                     function_ref<bool(StringRef)> IsType) {
  return standsAlone(T, I) || standsBeforeTag(T, I) ||
         standsBeforeType(T, I, IsType);
}

} // namespace irqlint
