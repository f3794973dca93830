//===- MessageFile.cpp - Headers that the message compiler writes ---------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/MessageFile.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/ConvertUTF.h"

using namespace llvm;

namespace irqlint {

namespace {

/// Reads `(Name=0x1:SYMBOL Name2=0x2:SYMBOL2)` into \p Into; returns true once
/// the closing parenthesis was seen.
bool readNames(StringRef Text, StringMap<uint32_t> &Into) {
  bool Closed = Text.contains(')');
  Text = Text.take_until([](char C) { return C == ')'; });
  SmallVector<StringRef> Parts;
  SplitString(Text, Parts, " \t,(");
  for (StringRef P : Parts) {
    auto [Name, Rest] = P.split('=');
    uint32_t Value;
    if (!Name.empty() && !Rest.split(':').first.getAsInteger(0, Value))
      Into[Name.lower()] = Value;
  }
  return Closed;
}

} // namespace

std::string messageHeader(StringRef MessageText) {
  std::string Utf8;
  if (hasUTF16ByteOrderMark(ArrayRef(MessageText.data(), MessageText.size()))) {
    if (!convertUTF16ToUTF8String(
            ArrayRef(MessageText.data(), MessageText.size()), Utf8))
      return "";
    MessageText = Utf8;
  }
  StringMap<uint32_t> Severities, Facilities, Ignored;
  Severities["success"] = 0;
  Severities["informational"] = 1;
  Severities["warning"] = 2;
  Severities["error"] = 3;
  Facilities["system"] = 0xff;
  Facilities["application"] = 0xfff;
  uint32_t Id = 0, Severity = 0, Facility = 0;
  std::string Symbol, Type, Out = "#pragma once\n";
  StringMap<uint32_t> *Open = nullptr;
  bool InText = false;
  SmallVector<StringRef> Lines;
  MessageText.split(Lines, '\n');
  for (StringRef L : Lines) {
    L = L.trim();
    if (InText) {
      InText = L != ".";
      continue;
    }
    if (Open) {
      if (readNames(L, *Open))
        Open = nullptr;
      continue;
    }
    if (L.empty() || L.starts_with(";"))
      continue;
    // Several assignments may share a line.
    while (!L.empty()) {
      auto [Key, Value] = L.split('=');
      std::string K = Key.trim().lower();
      Value = Value.ltrim();
      StringRef Word = Value.take_until([](char C) { return isSpace(C); });
      L = Value.drop_front(Word.size()).ltrim();
      if (K == "messageid") {
        bool Relative = Word.consume_front("+");
        uint32_t N;
        if (Word.empty() || Word.getAsInteger(0, N))
          ++Id; // "MessageId=" continues counting
        else
          Id = Relative ? Id + N : N;
      } else if (K == "severity") {
        Severity = Severities.lookup(Word.lower());
      } else if (K == "facility") {
        Facility = Facilities.lookup(Word.lower());
      } else if (K == "symbolicname") {
        Symbol = Word.str();
      } else if (K == "messageidtypedef") {
        Type = Word.str();
      } else if (K == "language") {
        InText = true;
        if (!Symbol.empty()) {
          uint32_t Code =
              (Severity & 3) << 30 | (Facility & 0xfff) << 16 | (Id & 0xffff);
          std::string Number = "0x" + utohexstr(Code, false, 8) + "L";
          Out += "#define " + Symbol + " " +
                 (Type.empty() ? "(" : "((" + Type + ")") + Number + ")\n";
          Symbol.clear();
        }
        L = "";
      } else if (K == "severitynames" || K == "facilitynames") {
        Open = K[0] == 's' ? &Severities : &Facilities;
        if (readNames(Value, *Open))
          Open = nullptr;
        L = "";
      } else if (K == "languagenames" || K == "outputbase") {
        // May also span lines; the names in it do not matter.
        if (K[0] == 'l' && !Value.contains(')'))
          Open = &Ignored;
        L = "";
      } else {
        L = "";
      }
    }
  }
  return Out;
}

} // namespace irqlint
