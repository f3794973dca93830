//===- MofFile.cpp - Headers generated from MOF classes ---------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/MofFile.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace irqlint {

namespace {

/// A word, a number, a string in quotes or one other character.
std::vector<std::string> tokensOf(StringRef T) {
  std::vector<std::string> Out;
  while (!T.empty()) {
    if (T.starts_with("//") || T.starts_with("#")) {
      T = T.drop_until([](char C) { return C == '\n'; });
    } else if (T.starts_with("/*")) {
      size_t End = T.find("*/");
      T = End == StringRef::npos ? StringRef() : T.drop_front(End + 2);
    } else if (T[0] == '"') {
      size_t I = 1;
      while (I < T.size() && T[I] != '"')
        I += T[I] == '\\' ? 2 : 1;
      Out.push_back(T.take_front(I + 1).str());
      T = T.drop_front(std::min(I + 1, T.size()));
    } else if (isAlnum(T[0]) || T[0] == '_') {
      StringRef W = T.take_while([](char C) { return isAlnum(C) || C == '_'; });
      Out.push_back(W.str());
      T = T.drop_front(W.size());
    } else {
      if (!isSpace(T[0]))
        Out.push_back(T.take_front(1).str());
      T = T.drop_front();
    }
  }
  return Out;
}

/// A data item, or a parameter of a method.
struct Item {
  std::string Type, Name;
  unsigned Id = 0;
  /// Elements of an array, or characters of a string; 0: as long as it is.
  unsigned Count = 0;
  bool Array = false, In = false, Out = false;
};

class Reader {
public:
  explicit Reader(StringRef Text) : T(tokensOf(Text)) {}

  std::string header();

private:
  StringRef at(size_t K = 0) const {
    return I + K < T.size() ? StringRef(T[I + K]) : StringRef();
  }
  bool take(StringRef Token) {
    bool Is = at() == Token;
    I += Is;
    return Is;
  }
  /// Behind the closing partner of the bracket at the place.
  void skipGroup();
  /// The name of each qualifier in lower case, with its first argument.
  StringMap<std::string> qualifiers();
  std::optional<Item> item(const StringMap<std::string> &Q);
  void classBody(StringRef Class, raw_ostream &OS);
  void structure(StringRef Name, ArrayRef<Item> Items, bool Ids,
                 raw_ostream &OS);

  std::vector<std::string> T;
  size_t I = 0;
};

void Reader::skipGroup() {
  int Depth = 0;
  do {
    StringRef X = at();
    Depth +=
        (X == "[" || X == "(" || X == "{") - (X == "]" || X == ")" || X == "}");
    ++I;
  } while (Depth > 0 && I < T.size());
}

StringMap<std::string> Reader::qualifiers() {
  StringMap<std::string> Out;
  if (!take("["))
    return Out;
  while (I < T.size() && !take("]")) {
    std::string Name = at().lower(), Value;
    ++I;
    if (at() == "(")
      Value = at(1).trim('"').str();
    if (at() == "(" || at() == "{")
      skipGroup();
    // `: amended`, and a second string as in "a" "b".
    while (I < T.size() && at() != "," && at() != "]")
      ++I;
    take(",");
    Out[Name] = Value;
  }
  return Out;
}

/// `uint32 Name[3]`, up to what follows; nothing if it is something else.
std::optional<Item> Reader::item(const StringMap<std::string> &Q) {
  Item It;
  if (at().equals_insensitive("object") && at(1) == ":")
    I += 2;
  It.Type = at().str();
  It.Name = at(1).str();
  if (It.Name.empty() || !(isAlpha(It.Name[0]) || It.Name[0] == '_'))
    return std::nullopt;
  I += 2;
  bool String = StringRef(It.Type).equals_insensitive("string");
  for (StringRef Key : {"max", "maxlen"})
    if (auto F = Q.find(Key); F != Q.end() && String == (Key == "maxlen"))
      StringRef(F->second).getAsInteger(0, It.Count);
  if (It.Count && String)
    ++It.Count; // and the terminator
  if (at() == "[") {
    It.Array = true;
    at(1).getAsInteger(0, It.Count);
    skipGroup();
  }
  if (auto F = Q.find("wmidataid"); F != Q.end())
    StringRef(F->second).getAsInteger(0, It.Id);
  It.In = Q.contains("in");
  It.Out = Q.contains("out");
  return It;
}

std::string cType(StringRef Type) {
  return StringSwitch<std::string>(Type.lower())
      .Case("boolean", "BOOLEAN")
      .Case("uint8", "UCHAR")
      .Case("sint8", "CHAR")
      .Case("uint16", "USHORT")
      .Case("sint16", "SHORT")
      .Case("uint32", "ULONG")
      .Case("sint32", "LONG")
      .Case("uint64", "ULONGLONG")
      .Case("sint64", "LONGLONG")
      .Case("real32", "float")
      .Case("real64", "double")
      .Cases({"string", "char16", "datetime"}, "WCHAR")
      .Default(Type.str());
}

void Reader::structure(StringRef Name, ArrayRef<Item> Items, bool Ids,
                       raw_ostream &OS) {
  std::string Last;
  bool Variable = false;
  OS << "typedef struct _" << Name << " {\n";
  for (const Item &It : Items) {
    bool String = StringRef(It.Type).equals_insensitive("string");
    unsigned Count =
        StringRef(It.Type).equals_insensitive("datetime") ? 25 : It.Count;
    if (Ids)
      OS << "#define " << Name << "_" << It.Name << "_ID " << It.Id << "\n";
    if (Variable)
      continue; // its place is known only at run time
    Variable = (String || It.Array) && !Count;
    if (Variable && String) {
      OS << "  CHAR VariableData[1];\n";
      continue;
    }
    OS << "  " << cType(It.Type) << " " << It.Name;
    if (Count || It.Array)
      OS << "[" << std::max(Count, 1u) << "]";
    OS << ";\n";
    if (!Variable)
      OS << "#define " << Name << "_" << It.Name << "_SIZE sizeof((("
         << "struct _" << Name << " *)0)->" << It.Name << ")\n";
    Last = It.Name;
  }
  if (Items.empty())
    OS << "  CHAR VariableData[1];\n";
  OS << "} " << Name << ", *P" << Name << ";\n";
  if (!Variable && !Last.empty())
    OS << "#define " << Name << "_SIZE (FIELD_OFFSET(" << Name << ", " << Last
       << ") + " << Name << "_" << Last << "_SIZE)\n";
}

void Reader::classBody(StringRef Class, raw_ostream &OS) {
  std::vector<Item> Data;
  while (I < T.size() && !take("}")) {
    StringMap<std::string> Q = qualifiers();
    std::optional<Item> It = item(Q);
    if (!It) {
      ++I;
      continue;
    }
    if (take("(")) {
      std::vector<Item> In, Out;
      while (I < T.size() && !take(")")) {
        StringMap<std::string> PQ = qualifiers();
        if (std::optional<Item> P = item(PQ)) {
          if (P->In)
            In.push_back(*P);
          if (P->Out)
            Out.push_back(*P);
        }
        if (!take(",") && at() != ")")
          ++I;
      }
      if (auto F = Q.find("wmimethodid"); F != Q.end())
        OS << "#define " << It->Name << " " << F->second << "\n";
      if (!In.empty())
        structure(It->Name + "_IN", In, false, OS);
      if (!Out.empty())
        structure(It->Name + "_OUT", Out, false, OS);
    } else if (It->Id) {
      Data.push_back(*It);
    }
    while (I < T.size() && at() != ";" && at() != "}")
      ++I; // `= value`
    take(";");
  }
  llvm::sort(Data, [](const Item &A, const Item &B) { return A.Id < B.Id; });
  structure(Class, Data, true, OS);
}

void guid(StringRef Class, StringRef Text, raw_ostream &OS) {
  std::string Digits;
  for (char C : Text)
    if (isHexDigit(C))
      Digits += C;
  if (Digits.size() != 32)
    return;
  auto Part = [&](size_t At, size_t N) {
    return "0x" + StringRef(Digits).substr(At, N).str();
  };
  std::string Head = Part(0, 8) + ", " + Part(8, 4) + ", " + Part(12, 4), Tail;
  for (size_t At = 16; At < 32; At += 2)
    Tail += (At == 16 ? "" : ", ") + Part(At, 2);
  OS << "#define " << Class << "Guid { " << Head << ", { " << Tail << " } }\n"
     << "DEFINE_GUID(" << Class << "_GUID, " << Head << ", " << Tail << ");\n";
}

std::string Reader::header() {
  std::string Text;
  raw_string_ostream OS(Text);
  OS << "#pragma once\n";
  while (I < T.size()) {
    StringMap<std::string> Q = qualifiers();
    if (!at().equals_insensitive("class")) {
      ++I;
      continue;
    }
    std::string Name = at(1).str();
    I += 2;
    if (take(":"))
      ++I; // events derive from a class of the system
    if (!take("{"))
      continue;
    if (auto F = Q.find("guid"); F != Q.end())
      guid(Name, F->second, OS);
    classBody(Name, OS);
  }
  return Text;
}

} // namespace

std::string mofHeader(StringRef MofText) {
  std::string Utf8;
  if (hasUTF16ByteOrderMark(ArrayRef(MofText.data(), MofText.size()))) {
    if (!convertUTF16ToUTF8String(ArrayRef(MofText.data(), MofText.size()),
                                  Utf8))
      return "";
    MofText = Utf8;
  }
  return Reader(MofText).header();
}

} // namespace irqlint
