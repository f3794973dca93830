//===- Json.cpp - Strings that JSON can carry -----------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Json.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

json::Value irqlint::jsonString(StringRef Text) {
  if (json::isUTF8(Text))
    return Text.str();
  return json::fixUTF8(Text);
}

json::Array irqlint::jsonStrings(const std::vector<std::string> &List) {
  json::Array A;
  for (const std::string &S : List)
    A.push_back(jsonString(S));
  return A;
}

std::string irqlint::printJson(const json::Value &V) {
  std::string Text;
  raw_string_ostream OS(Text);
  OS << formatv("{0:2}", V) << '\n';
  return Text;
}
