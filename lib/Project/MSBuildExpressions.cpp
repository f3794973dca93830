//===- MSBuildExpressions.cpp - $(), %(), @() and conditions ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/MSBuild.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace irqlint {

namespace {

/// End of the parenthesis that opens at \p Open, or npos. Quotes are opaque.
size_t matchingParen(StringRef T, size_t Open) {
  unsigned Depth = 0;
  for (size_t I = Open; I < T.size(); ++I) {
    if (T[I] == '\'' || T[I] == '`') {
      size_t E = T.find(T[I], I + 1);
      if (E == StringRef::npos)
        return E;
      I = E;
    } else if (T[I] == '(') {
      ++Depth;
    } else if (T[I] == ')' && --Depth == 0) {
      return I;
    }
  }
  return StringRef::npos;
}

/// Arguments of a property function, unquoted.
SmallVector<std::string> arguments(StringRef T) {
  SmallVector<std::string> Out;
  std::string Cur;
  char Quote = 0;
  bool Any = false;
  for (char C : T) {
    if (Quote) {
      if (C == Quote)
        Quote = 0;
      else
        Cur += C;
    } else if (C == '\'' || C == '"' || C == '`') {
      Quote = C;
      Any = true;
    } else if (C == ',') {
      Out.push_back(Cur);
      Cur.clear();
      Any = true;
    } else if (!isSpace(C)) {
      Cur += C;
      Any = true;
    }
  }
  if (Any)
    Out.push_back(Cur);
  return Out;
}

std::string replaceAll(StringRef In, StringRef From, StringRef To) {
  if (From.empty())
    return In.str();
  std::string Out;
  while (true) {
    auto [A, B] = In.split(From);
    Out += A;
    if (A.size() == In.size())
      return Out;
    Out += To;
    In = B;
  }
}

/// One string method; nothing when it is not known.
std::optional<std::string> callMethod(const std::string &Value, StringRef Name,
                                      ArrayRef<std::string> Args) {
  auto Bool = [](bool B) { return std::string(B ? "True" : "False"); };
  StringRef V = Value;
  std::string N = Name.lower();
  if (N == "replace" && Args.size() == 2)
    return replaceAll(V, Args[0], Args[1]);
  if (N == "startswith" && Args.size() == 1)
    return Bool(V.starts_with(Args[0]));
  if (N == "endswith" && Args.size() == 1)
    return Bool(V.ends_with(Args[0]));
  if (N == "contains" && Args.size() == 1)
    return Bool(V.contains(Args[0]));
  if ((N == "tolower" || N == "tolowerinvariant") && Args.empty())
    return V.lower();
  if ((N == "toupper" || N == "toupperinvariant") && Args.empty())
    return V.upper();
  if (N == "trim" && Args.empty())
    return V.trim().str();
  // Without an argument, or with an empty one: blanks.
  if ((N == "trimend" || N == "trimstart") && Args.size() <= 1) {
    std::string What = Args.empty() ? "" : Args[0];
    if (What.empty())
      What = " \t\r\n";
    return (N == "trimend" ? V.rtrim(What) : V.ltrim(What)).str();
  }
  if (N == "length")
    return utostr(V.size());
  if (N == "split" && Args.size() == 1 && !Args[0].empty())
    return replaceAll(V, Args[0], ";");
  if (N == "substring" && !Args.empty()) {
    size_t From = 0, Len = StringRef::npos;
    if (StringRef(Args[0]).getAsInteger(10, From) ||
        (Args.size() > 1 && StringRef(Args[1]).getAsInteger(10, Len)))
      return std::nullopt;
    return V.substr(From, Len).str();
  }
  return std::nullopt;
}

/// `[Type]::Name(...)` or `[Type]::Name`, at the start of \p Rest, which is
/// left with what follows. Those that tell where things are in the tree, and a
/// few that do not depend on the machine.
std::optional<std::string> callStatic(const MSBuildExpressions &X,
                                      StringRef &Rest) {
  size_t TypeEnd = Rest.find("]::");
  if (TypeEnd == StringRef::npos)
    return std::nullopt;
  std::string Type = Rest.slice(1, TypeEnd).trim().lower();
  Rest = Rest.drop_front(TypeEnd + 3);
  StringRef Called = Rest.take_while([](char C) { return isAlnum(C); });
  std::string Name = Called.lower();
  Rest = Rest.drop_front(Called.size());
  SmallVector<std::string> Args;
  if (Rest.starts_with("(")) {
    size_t Close = matchingParen(Rest, 0);
    if (Close == StringRef::npos)
      return std::nullopt;
    for (std::string &A : arguments(Rest.slice(1, Close)))
      Args.push_back(X.expand(A));
    Rest = Rest.drop_front(Close + 1);
  }
  // Which machine builds: ours would be one for x64.
  if (Name == "osarchitecture")
    return "X64";
  if (Type == "system.string" && Name == "copy" && Args.size() == 1)
    return Args[0];
  if (Type == "system.string" && Name == "isnullorempty" && Args.size() <= 1)
    return Args.empty() || Args[0].empty() ? "True" : "False";
  if (Type != "msbuild" || !X.FolderAbove)
    return std::nullopt;
  if (Name == "getdirectorynameoffileabove" && Args.size() == 2)
    return X.FolderAbove(Args[0], Args[1]);
  if (Name == "getpathoffileabove" && (Args.size() == 1 || Args.size() == 2)) {
    std::string Folder = X.FolderAbove(
        Args.size() == 2 ? Args[1] : X.property("MSBuildThisFileDirectory"),
        Args[0]);
    return Folder.empty() ? Folder : Folder + "/" + Args[0];
  }
  if (Name == "ensuretrailingslash" && Args.size() == 1)
    return Args[0].empty() || Args[0].back() == '/' || Args[0].back() == '\\'
               ? Args[0]
               : Args[0] + "/";
  return std::nullopt;
}

/// Recursive descent over a condition. Grammar: or, and, !, parentheses,
/// comparison of two operands, function call, bare boolean.
class ConditionParser {
public:
  ConditionParser(StringRef T, const MSBuildExpressions &X) : T(T), X(X) {}

  bool parse() {
    bool R = parseOr();
    skip();
    if (Pos != T.size())
      Bad = true;
    return R && !Bad;
  }
  bool bad() const { return Bad; }

private:
  void skip() {
    while (Pos < T.size() && isSpace(T[Pos]))
      ++Pos;
  }
  bool word(StringRef W) {
    skip();
    if (!T.substr(Pos).starts_with_insensitive(W))
      return false;
    size_t E = Pos + W.size();
    if (E < T.size() && (isAlnum(T[E]) || T[E] == '_'))
      return false;
    Pos = E;
    return true;
  }
  bool sign(StringRef S) {
    skip();
    if (!T.substr(Pos).starts_with(S))
      return false;
    Pos += S.size();
    return true;
  }
  bool parseOr() {
    bool R = parseAnd();
    while (word("or"))
      R = parseAnd() | R;
    return R;
  }
  bool parseAnd() {
    bool R = parseNot();
    while (word("and"))
      R = parseNot() & R;
    return R;
  }
  bool parseNot() {
    skip();
    if (Pos < T.size() && T[Pos] == '!' && T.substr(Pos, 2) != "!=") {
      ++Pos;
      if (++Nesting > 64) {
        Bad = true;
        return false;
      }
      bool R = !parseNot();
      --Nesting;
      return R;
    }
    if (sign("(")) {
      if (++Nesting > 64) {
        Bad = true;
        return false;
      }
      bool R = parseOr();
      --Nesting;
      if (!sign(")"))
        Bad = true;
      return R;
    }
    return parseComparison();
  }
  std::string operand() {
    skip();
    if (Pos >= T.size()) {
      Bad = true;
      return "";
    }
    if (T[Pos] == '\'') {
      size_t E = Pos + 1;
      // Quotes inside $(...) belong to the function call there.
      while (E < T.size() && T[E] != '\'') {
        if ((T[E] == '$' || T[E] == '%' || T[E] == '@') && E + 1 < T.size() &&
            T[E + 1] == '(') {
          size_t M = matchingParen(T, E + 1);
          if (M == StringRef::npos)
            break;
          E = M;
        }
        ++E;
      }
      if (E >= T.size()) {
        Bad = true;
        Pos = T.size();
        return "";
      }
      std::string R = X.expand(T.slice(Pos + 1, E));
      Pos = E + 1;
      return R;
    }
    if ((T[Pos] == '$' || T[Pos] == '%' || T[Pos] == '@') &&
        T.substr(Pos + 1).starts_with("(")) {
      size_t E = matchingParen(T, Pos + 1);
      if (E == StringRef::npos) {
        Bad = true;
        Pos = T.size();
        return "";
      }
      std::string R = X.expand(T.slice(Pos, E + 1));
      Pos = E + 1;
      return R;
    }
    size_t E = Pos;
    while (E < T.size() && (isAlnum(T[E]) || StringRef("._-+").contains(T[E])))
      ++E;
    if (E == Pos)
      Bad = true;
    std::string R = T.slice(Pos, E).str();
    Pos = E;
    return R;
  }
  static std::optional<double> number(StringRef S) {
    S = S.trim();
    uint64_t I;
    if (S.starts_with_insensitive("0x")) {
      if (!S.substr(2).getAsInteger(16, I))
        return double(I);
      return std::nullopt;
    }
    double D;
    if (!S.empty() && !S.getAsDouble(D))
      return D;
    return std::nullopt;
  }
  bool parseComparison() {
    if (word("exists") || word("hastrailingslash")) {
      bool IsExists = T.substr(0, Pos).ends_with_insensitive("exists");
      if (!sign("(")) {
        Bad = true;
        return false;
      }
      std::string P = operand();
      if (!sign(")"))
        Bad = true;
      if (IsExists)
        return X.Exists && X.Exists(P);
      return !P.empty() && (P.back() == '/' || P.back() == '\\');
    }
    std::string A = operand();
    for (StringRef Op : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!sign(Op))
        continue;
      std::string B = operand();
      if (Op == "==" || Op == "!=")
        return StringRef(A).equals_insensitive(B) == (Op == "==");
      auto NA = number(A), NB = number(B);
      if (!NA || !NB)
        return false;
      return Op == "<"    ? *NA < *NB
             : Op == ">"  ? *NA > *NB
             : Op == "<=" ? *NA <= *NB
                          : *NA >= *NB;
    }
    StringRef S = StringRef(A).trim();
    return S.equals_insensitive("true") || S.equals_insensitive("on") ||
           S.equals_insensitive("yes");
  }

  StringRef T;
  const MSBuildExpressions &X;
  size_t Pos = 0;
  unsigned Nesting = 0;
  bool Bad = false;
};

} // namespace

std::string MSBuildExpressions::property(StringRef Name) const {
  auto It = Properties.find(Name.trim().lower());
  return It == Properties.end() ? "" : It->second;
}

std::string MSBuildExpressions::expand(StringRef Text) const {
  // Each property may name another ten times, so values could grow without end.
  constexpr size_t MaxLength = 1 << 20;
  std::string Out;
  for (size_t I = 0; I < Text.size(); ++I) {
    if (Out.size() > MaxLength && Out.size() > Text.size()) {
      Out.clear();
      if (Complain)
        Complain("the value is too long when its properties are expanded; it "
                 "counts as empty");
      return Out;
    }
    char C = Text[I];
    bool Opens = (C == '$' || C == '%' || C == '@') && I + 1 < Text.size() &&
                 Text[I + 1] == '(';
    size_t E = Opens ? matchingParen(Text, I + 1) : StringRef::npos;
    if (E == StringRef::npos) {
      // %XX is MSBuild's escape for a byte.
      unsigned Byte;
      if (C == '%' && I + 2 < Text.size() && isHexDigit(Text[I + 1]) &&
          isHexDigit(Text[I + 2]) &&
          !Text.substr(I + 1, 2).getAsInteger(16, Byte)) {
        Out += char(Byte);
        I += 2;
      } else {
        Out += C;
      }
      continue;
    }
    StringRef Body = Text.slice(I + 2, E).trim();
    I = E;
    if (C == '%') {
      if (Metadata)
        Out += Metadata(Body);
      continue;
    }
    if (C == '@') {
      StringRef Name = Body.split("->").first.split(',').first.trim();
      if (Items)
        Out += Items(Name);
      continue;
    }
    size_t Dot = Body.find_first_of(".[");
    if (Dot == StringRef::npos) {
      Out += property(Body);
      continue;
    }
    // $(Name.Method(args).Method(args)); most static functions and registry
    // look-ups depend on the machine and stay empty.
    StringRef Rest = Body.substr(Dot);
    std::string Value;
    bool Understood = true;
    if (Dot != 0)
      Value = property(Body.take_front(Dot));
    else if (auto V = callStatic(*this, Rest))
      Value = *V;
    else
      Understood = false;
    while (Understood && !Rest.empty()) {
      if (!Rest.consume_front(".")) {
        Understood = false;
        break;
      }
      StringRef Method = Rest.take_while([](char C) { return isAlnum(C); });
      Rest = Rest.drop_front(Method.size());
      SmallVector<std::string> Args;
      if (Rest.starts_with("(")) {
        size_t Close = matchingParen(Rest, 0);
        if (Close == StringRef::npos) {
          Understood = false;
          break;
        }
        for (std::string &A : arguments(Rest.slice(1, Close)))
          Args.push_back(expand(A));
        Rest = Rest.drop_front(Close + 1);
      }
      if (auto V = callMethod(Value, Method, Args))
        Value = *V;
      else
        Understood = false;
    }
    if (Understood)
      Out += Value;
    else if (Complain)
      Complain("property function '$(" + Body.str() +
               ")' is not supported; taken as empty");
  }
  return Out;
}

bool MSBuildExpressions::condition(StringRef Text) const {
  if (Text.trim().empty())
    return true;
  ConditionParser P(Text, *this);
  bool R = P.parse();
  if (P.bad() && Complain)
    Complain("condition \"" + Text.trim().str() +
             "\" is not understood; taken as false");
  return R;
}

} // namespace irqlint
