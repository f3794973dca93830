//===- Prototype.cpp - A routine as the kit declares it ----------------*- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Prototype.h"
#include "llvm/ADT/StringExtras.h"

using namespace irqlint;
using namespace llvm;

static bool isWord(char C) { return isAlnum(C) || C == '_'; }

/// The last identifier outside of brackets; a function pointer's own name.
static std::string nameOf(StringRef Parameter) {
  size_t Star = Parameter.find("(*");
  if (Star == StringRef::npos)
    Star = Parameter.find("(NTAPI *");
  if (Star != StringRef::npos) {
    StringRef Rest = Parameter.substr(Parameter.find('*', Star) + 1);
    return Rest.take_while(isWord).str();
  }
  StringRef Rest =
      Parameter.take_until([](char C) { return C == '['; }).rtrim();
  size_t Begin = Rest.size();
  while (Begin && isWord(Rest[Begin - 1]))
    --Begin;
  StringRef Name = Rest.substr(Begin);
  // A type alone is no name.
  return Rest.take_front(Begin).trim().empty() ? "" : Name.str();
}

/// Without the annotations in front: `_Name_` or `_Name_(...)`.
static StringRef withoutAnnotations(StringRef Text) {
  for (;;) {
    StringRef Name = Text.take_while(isWord);
    if (!Name.starts_with("_") || !Name.ends_with("_"))
      return Text;
    Text = Text.substr(Name.size()).ltrim();
    if (!Text.starts_with("("))
      continue;
    size_t I = 0;
    int Depth = 0;
    do {
      Depth += Text[I] == '(' ? 1 : Text[I] == ')' ? -1 : 0;
    } while (++I < Text.size() && Depth);
    Text = Text.substr(I).ltrim();
  }
}

Prototype Prototype::parse(StringRef Text) {
  Prototype P;
  P.StatesLevels = Text.starts_with("_") && Text.contains("_IRQL_requires_");
  Text = withoutAnnotations(Text);
  size_t Close = Text.rfind(')'), Open = Close;
  int Depth = 0;
  for (size_t I = Close + 1; I-- > 0;) {
    Depth += Text[I] == ')' ? 1 : Text[I] == '(' ? -1 : 0;
    if (!Depth) {
      Open = I;
      break;
    }
  }
  P.Head = Text.take_front(Open + 1).str();
  P.Tail = Text.substr(Close).str();
  StringRef Inside = Text.slice(Open + 1, Close);
  size_t From = 0;
  for (size_t I = 0; I <= Inside.size(); ++I) {
    if (I < Inside.size()) {
      Depth += Inside[I] == '(' ? 1 : Inside[I] == ')' ? -1 : 0;
      if (Depth || Inside[I] != ',')
        continue;
    }
    StringRef One = Inside.slice(From, I).trim();
    From = I + 1;
    P.Parameters.push_back(One.str());
    P.Names.push_back(nameOf(One));
  }
  StringRef Head = P.Head;
  for (StringRef Truth : {"BOOLEAN ", "LOGICAL ", "BOOL "})
    P.ReturnsTruth |=
        Head.starts_with(Truth) || Head.contains((" " + Truth).str());
  return P;
}

std::string Prototype::with(ArrayRef<std::string> InFront) const {
  std::string S = Head;
  for (size_t I = 0; I < Parameters.size(); ++I) {
    S += I ? ", " : "";
    if (I < InFront.size() && !InFront[I].empty())
      S += InFront[I] + " ";
    S += Parameters[I];
  }
  return S + Tail;
}

std::optional<std::string> Prototype::spell(const ValueRef &V) const {
  if (V.K != ValueRef::Arg && V.K != ValueRef::Deref && V.K != ValueRef::Member)
    return std::nullopt;
  if (V.Index >= Names.size() || Names[V.Index].empty())
    return std::nullopt;
  const std::string &Name = Names[V.Index];
  return V.K == ValueRef::Arg     ? Name
         : V.K == ValueRef::Deref ? "*" + Name
                                  : Name + "->" + V.Field;
}

std::optional<std::string> Prototype::spell(const Conditions &All,
                                            bool MembersToo) const {
  std::string S;
  for (const Condition &C : All) {
    if (C.Value.K != ValueRef::Arg && !MembersToo)
      return std::nullopt;
    std::optional<std::string> V = spell(C.Value);
    if (!V || C.Is >= Condition::OnStack)
      return std::nullopt;
    static const char *const Ops[] = {
        "== 0", "!= 0", "== ", "!= ", "< ", "<= ", "> ", ">= "};
    S += S.empty() ? "" : " && ";
    std::string Of = std::to_string(C.Of);
    if (C.Is == Condition::AnyBits || C.Is == Condition::NoBits)
      S += "(" + *V + " & " + Of +
           (C.Is == Condition::AnyBits ? ") != 0" : ") == 0");
    else
      S += *V + " " + Ops[C.Is] + (C.isUnary() ? "" : Of);
  }
  return S;
}
