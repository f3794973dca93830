//===- SourceTokens.cpp - Raw tokens around a place -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/SourceTokens.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using namespace clang;

namespace irqlint {

FileTokens::FileTokens(StringRef Buffer, const LangOptions &Lang) {
  Lexer Lex(SourceLocation(), Lang, Buffer.begin(), Buffer.begin(),
            Buffer.end());
  bool InDirective = false;
  while (true) {
    Token T;
    bool End = Lex.LexFromRawLexer(T);
    unsigned Len = T.getLength();
    unsigned Offset = Lex.getCurrentBufferOffset() - Len;
    if (T.isAtStartOfLine() || T.is(tok::eof)) {
      if (InDirective)
        Directives.push_back({tok::eod, Offset, ""});
      InDirective = T.is(tok::hash);
    }
    if (T.is(tok::eof))
      break;
    (InDirective ? Directives : Code)
        .push_back({T.getKind(), Offset, Buffer.substr(Offset, Len)});
    if (End)
      break;
  }
  for (unsigned I = 0; I != Code.size(); ++I)
    if (Code[I].isName())
      Index[Code[I].Text].push_back(I);
}

ArrayRef<unsigned> FileTokens::places(StringRef Name) const {
  auto It = Index.find(Name);
  return It == Index.end() ? ArrayRef<unsigned>() : ArrayRef(It->second);
}

std::pair<const std::vector<RawToken> *, size_t>
FileTokens::at(unsigned Offset) const {
  for (const std::vector<RawToken> *V : {&Code, &Directives}) {
    auto It = llvm::lower_bound(
        *V, Offset, [](const RawToken &T, unsigned O) { return T.Offset < O; });
    if (It != V->end() && It->Offset == Offset)
      return {V, size_t(It - V->begin())};
  }
  return {nullptr, 0};
}

bool looksLikePointerType(StringRef Name) {
  if (Name.starts_with("LP") && Name.size() > 4 && isUpper(Name[2]))
    return true;
  if (Name.size() < 4 || Name[0] != 'P' || !isUpper(Name[1]))
    return false;
  // Words that begin with P by themselves.
  for (StringRef Word :
       {"PACKET",   "PAGE",      "PARAM",    "PARTITION", "PATH",
        "PCI",      "PCM",       "PEP_",     "PHYSICAL",  "PIN",
        "PIPE",     "PLATFORM",  "PLUGPLAY", "PNP",       "POINT",
        "POLICY",   "POOL",      "PORT",     "POWER",     "PRINT",
        "PRIORITY", "PRIVILEGE", "PROCESS",  "PROPERTY",  "PROPVARIANT",
        "PROTOCOL", "PROVIDER",  "PO_",      "PAYLOAD",   "PERF",
        "PHONE"})
    if (Name.starts_with(Word))
      return false;
  return all_of(Name,
                [](char C) { return isUpper(C) || isDigit(C) || C == '_'; });
}

bool looksLikeRole(StringRef Name) {
  return Name.starts_with("EVT_") || Name.starts_with("DRIVER_") ||
         Name.ends_with("_ROUTINE") || Name.ends_with("_CALLBACK") ||
         Name.ends_with("_CALLBACK_ROUTINE") || Name.ends_with("_HANDLER") ||
         Name.ends_with("_CALLBACK_FN") || Name.ends_with("_FN");
}

namespace {

bool isUpperName(StringRef N) {
  bool Letter = false;
  for (char C : N) {
    if (isLower(C))
      return false;
    Letter |= isUpper(C);
  }
  return Letter;
}

bool isOneOf(StringRef T, std::initializer_list<StringRef> Words) {
  return llvm::is_contained(Words, T);
}

/// Words that can stand in front of a type and nothing else.
bool introducesType(StringRef W) {
  return isOneOf(W, {"const",         "volatile",    "static",
                     "extern",        "inline",      "__inline",
                     "__forceinline", "FORCEINLINE", "register",
                     "typedef",       "IN",          "OUT",
                     "CONST",         "typename",    "friend",
                     "virtual",       "constexpr",   "mutable",
                     "_Const_",       "INLINE",      "__unaligned",
                     "UNALIGNED",     "OPTIONAL"}) ||
         (W.size() > 3 && W[0] == '_' && W.back() == '_' && isUpper(W[1]));
}

/// Words after which an expression follows.
bool introducesExpression(StringRef W) {
  return isOneOf(W, {"return", "case", "goto", "throw", "delete", "co_return"});
}

/// Words that, in a cast, rule out that `(X)` is a condition.
bool isControl(StringRef W) {
  return isOneOf(
      W, {"if", "while", "switch", "for", "__except", "return", "defined"});
}

/// Index of the bracket that encloses \p I, or npos.
size_t enclosingOpener(const std::vector<RawToken> &T, size_t I) {
  int Depth = 0;
  for (size_t Steps = 0; I-- > 0 && Steps < 4000; ++Steps) {
    switch (T[I].Kind) {
    case tok::r_paren:
    case tok::r_brace:
    case tok::r_square:
      ++Depth;
      break;
    case tok::l_paren:
    case tok::l_brace:
    case tok::l_square:
      if (Depth-- == 0)
        return I;
      break;
    case tok::eod:
      return size_t(-1);
    default:
      break;
    }
  }
  return size_t(-1);
}

} // namespace

/// True when the token at \p I is a parameter of the macro whose definition it
/// stands in.
static bool isMacroParameter(const std::vector<RawToken> &T, size_t I) {
  size_t Start = I;
  while (Start > 0 && !T[Start - 1].is(tok::eod))
    --Start;
  // # define NAME ( parameters )
  if (Start + 3 >= T.size() || !T[Start].is(tok::hash) ||
      T[Start + 1].Text != "define" || !T[Start + 3].is(tok::l_paren))
    return false;
  for (size_t K = Start + 4; K < I && !T[K].is(tok::r_paren); ++K)
    if (T[K].Text == T[I].Text)
      return true;
  return false;
}

NameGuess guessFromTokens(const std::vector<RawToken> &T, size_t I, bool InBody,
                          bool CPlusPlus) {
  auto Get = [&](size_t K) -> RawToken {
    return K < T.size() ? T[K] : RawToken{tok::eof, 0, ""};
  };
  StringRef Name = T[I].Text;
  RawToken P = I ? Get(I - 1) : RawToken{tok::semi, 0, ";"};
  RawToken PP = I > 1 ? Get(I - 2) : RawToken{tok::semi, 0, ";"};
  RawToken N = Get(I + 1), N2 = Get(I + 2), N3 = Get(I + 3);
  bool Upper = isUpperName(Name);
  auto Type = [&](bool Sure) {
    return NameGuess{looksLikePointerType(Name) ? NameKind::PointerType
                                                : NameKind::Type,
                     Sure};
  };
  NameGuess Value{NameKind::Constant, false};
  bool StatementStart = P.is(tok::semi) || P.is(tok::l_brace) ||
                        P.is(tok::r_brace) || P.is(tok::eof) || P.is(tok::eod);

  // Next token decides in most cases.
  if (N.isName()) {
    if (introducesExpression(P.Text) || N.Text == "and" || N.Text == "or")
      return Value;
    // `#define DBG(x) Print x`, used as DBG(("...")).
    if (InBody && isMacroParameter(T, I + 1))
      return {NameKind::Function, false};
    if (looksLikeRole(Name) && !looksLikePointerType(Name) &&
        N2.is(tok::semi) && !InBody)
      return {NameKind::FunctionType, true};
    return Type(true);
  }
  if (P.isName() && introducesType(P.Text) && !N.is(tok::l_paren))
    return Type(true);
  if (P.isName() && introducesExpression(P.Text))
    return N.is(tok::l_paren) ? NameGuess{NameKind::Function, true} : Value;

  // A pointer to it: handles and numbers are rarely passed that way.
  auto Pointee = [&](NameGuess G) {
    G.Structure = true;
    return G;
  };
  if (N.is(tok::star) || (CPlusPlus && (N.is(tok::amp) || N.is(tok::ampamp)))) {
    if (N.is(tok::star) && (N2.is(tok::star) || N2.is(tok::r_paren) ||
                            N2.is(tok::comma) || N2.is(tok::greater)))
      return Pointee(Type(true));
    if (N2.isName() && introducesType(N2.Text))
      return Pointee(Type(true));
    if (StatementStart)
      return Pointee(Type(true));
    if (!InBody && (P.is(tok::l_paren) || P.is(tok::comma)))
      return Pointee(Type(N2.isName()));
    if (P.is(tok::less) && CPlusPlus)
      return Pointee(Type(true));
    if (InBody && P.is(tok::r_paren) && N2.isName() && N3.is(tok::equal))
      return Pointee(Type(false));
    if (!InBody && P.isName())
      return Pointee(Type(false));
    return Value;
  }
  if (N.is(tok::l_paren)) {
    // `TYPE (*name)(...)` or `TYPE (CALL *name)(...)`.
    if (N2.is(tok::star) && (!InBody || StatementStart) && N3.isName())
      return Type(!InBody);
    if (!InBody && N2.isName() && N3.is(tok::star))
      return Type(false);
    return {NameKind::Function, true};
  }
  if (P.Text == "sizeof" || (P.is(tok::l_paren) && PP.Text == "sizeof")) {
    // sizeof(x) takes both; variables are declared, so it is a type.
    if (N.is(tok::r_paren))
      return Type(true);
    return Value;
  }
  if (P.is(tok::l_paren) && N.is(tok::r_paren)) {
    // `(X)`: a cast when an operand follows.
    bool Operand = N2.isName() || N2.is(tok::l_paren) ||
                   N2.is(tok::numeric_constant) || N2.is(tok::string_literal) ||
                   N2.is(tok::char_constant) || N2.is(tok::tilde) ||
                   N2.is(tok::exclaim);
    bool Maybe = N2.is(tok::amp) || N2.is(tok::star) || N2.is(tok::minus);
    bool CallOrControl = PP.isName() && !introducesExpression(PP.Text);
    if (isControl(PP.Text) && PP.Text != "return")
      return Value;
    if (!CallOrControl && (Operand || (Maybe && Upper)))
      return Type(Operand && !N2.is(tok::l_paren));
    if (!InBody && PP.isName() && (N2.is(tok::semi) || N2.is(tok::l_brace)))
      return Type(false);
    return Value;
  }
  if (N.is(tok::coloncolon) && CPlusPlus)
    return {};
  if (!InBody && (N.is(tok::comma) || N.is(tok::r_paren)) &&
      (P.is(tok::l_paren) || P.is(tok::comma))) {
    size_t Open = enclosingOpener(T, I);
    if (Open != size_t(-1) && Open > 0 && T[Open].is(tok::l_paren) &&
        (T[Open - 1].isName() || T[Open - 1].is(tok::r_paren)))
      return Type(false);
    return Value;
  }
  // Bases of a C++ class.
  if (CPlusPlus &&
      (P.Text == "public" || P.Text == "private" || P.Text == "protected") &&
      (N.is(tok::l_brace) || N.is(tok::comma)))
    return {NameKind::Type, true, /*Structure=*/true};
  if (CPlusPlus &&
      ((N.is(tok::greater) && (P.is(tok::less) || P.is(tok::comma))) ||
       (!InBody && N.is(tok::comma) && P.is(tok::less))))
    return Type(false);
  return Value;
}

bool isPlainUse(tok::TokenKind Next) {
  return Next == tok::equal || Next == tok::comma || Next == tok::semi ||
         Next == tok::r_paren || Next == tok::r_brace;
}

void collectMembers(StringRef Name, const FileTokens &Used, TypeUse &Into) {
  const std::vector<RawToken> &T = Used.Code;
  for (size_t I : Used.places(Name)) {
    if (I + 2 >= T.size())
      continue;
    size_t Op = I + 1;
    bool Direct = true;
    // name[i].member
    if (T[Op].is(tok::l_square)) {
      int Depth = 0;
      for (; Op < T.size(); ++Op) {
        Depth += T[Op].is(tok::l_square) - T[Op].is(tok::r_square);
        if (!Depth)
          break;
      }
      ++Op;
      Direct = false;
      Into.Indexed |= Op < T.size() && T[Op].is(tok::period);
    } else if (T[Op].is(tok::r_paren)) {
      // (*name).member and ((T *)name)->member
      ++Op;
      Direct = false;
    }
    if (Op < T.size() && T[Op].is(tok::l_paren)) {
      // name(...) calls only where it cannot be a declaration's own name.
      if (Op == I + 1
              ? I && (T[I - 1].is(tok::arrow) || T[I - 1].is(tok::period))
              : I && T[Op - 1].is(tok::r_paren) && !T[I - 1].isName())
        Into.Called = true;
      continue;
    }
    if (Op + 2 >= T.size() || !T[Op + 1].isName())
      continue;
    if (T[Op].is(tok::period))
      Into.Dot |= Direct;
    else if (T[Op].is(tok::arrow))
      Into.Arrow |= Direct;
    else
      continue;
    auto [It, New] =
        Into.Members.try_emplace(T[Op + 1].Text.str(), T[Op + 2].Kind);
    // What tells most about the member's type wins.
    auto Weight = [](tok::TokenKind K) {
      return K == tok::period || K == tok::arrow || K == tok::l_paren ||
                     K == tok::l_square
                 ? 2
             : isPlainUse(K) ? 0
                             : 1;
    };
    if (!New && Weight(T[Op + 2].Kind) > Weight(It->second))
      It->second = T[Op + 2].Kind;
  }
}

void collectDeclared(StringRef Type, const FileTokens &Declared,
                     std::set<std::string> &Direct,
                     std::set<std::string> &Through) {
  const std::vector<RawToken> &T = Declared.Code;
  std::string Pointer = "P" + Type.str();
  for (bool IsPointer : {false, true})
    for (size_t I : Declared.places(IsPointer ? StringRef(Pointer) : Type)) {
      bool Star = IsPointer;
      size_t K = I + 1;
      while (K < T.size() && (T[K].is(tok::star) || T[K].is(tok::amp) ||
                              (T[K].isName() && introducesType(T[K].Text)))) {
        Star |= T[K].is(tok::star);
        ++K;
      }
      // ((TYPE *)p)->member tells a member by the variable that is cast.
      if (K > I + 1 && K + 1 < T.size() && T[K].is(tok::r_paren))
        ++K;
      if (K < T.size() && T[K].isName())
        (Star ? Through : Direct).insert(T[K].Text.str());
    }
}

int definitionOf(StringRef Name, const FileTokens &File) {
  const std::vector<RawToken> &T = File.Code;
  for (size_t I : File.places(Name)) {
    if (I == 0 || I + 1 >= T.size() || !T[I + 1].is(tok::l_paren) ||
        !T[I - 1].isName())
      continue;
    int Depth = 0;
    size_t E = I + 1;
    for (; E < T.size(); ++E) {
      Depth += T[E].is(tok::l_paren) - T[E].is(tok::r_paren);
      if (!Depth)
        break;
    }
    if (E + 1 >= T.size() || !T[E + 1].is(tok::l_brace))
      continue;
    // Calling conventions may stand between.
    size_t K = I - 1;
    while (K > 0 && isOneOf(T[K].Text, {"NTAPI", "__stdcall", "APIENTRY",
                                        "CALLBACK", "__cdecl"}))
      --K;
    return int(K);
  }
  return -1;
}

} // namespace irqlint
