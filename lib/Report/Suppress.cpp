//===- Suppress.cpp - Comments and pragmas that silence findings ----------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Suppress.h"
#include "Report/CheckGlobs.h"
#include "Rules/RuleSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace irqlint;

namespace {

using Globs = std::vector<std::string>;

/// One NOLINT marker on a line.
struct Marker {
  enum Kind { This, Next, Begin, End } K = This;
  Globs Names;
};

/// All markers of a line. As in clang-tidy the text counts wherever it stands;
/// a letter before or after makes it another word.
std::vector<Marker> markers(StringRef Line) {
  std::vector<Marker> Result;
  for (size_t At = 0; (At = Line.find("NOLINT", At)) != StringRef::npos;) {
    bool Inside = At && (isAlnum(Line[At - 1]) || Line[At - 1] == '_');
    StringRef Rest = Line.drop_front(At + 6);
    At += 6;
    Marker M;
    if (Rest.consume_front("NEXTLINE"))
      M.K = Marker::Next;
    else if (Rest.consume_front("BEGIN"))
      M.K = Marker::Begin;
    else if (Rest.consume_front("END"))
      M.K = Marker::End;
    if (Inside || (!Rest.empty() && (isAlnum(Rest[0]) || Rest[0] == '_')))
      continue;
    size_t Close = Rest.find(')');
    if (Rest.starts_with("(") && Close != StringRef::npos) {
      SmallVector<StringRef, 4> Names;
      Rest.slice(1, Close).split(Names, ',', -1, /*KeepEmpty=*/false);
      for (StringRef N : Names)
        M.Names.push_back(N.trim().str());
      if (M.Names.empty()) // NOLINT() silences nothing
        continue;
    } else {
      M.Names.push_back("*");
    }
    Result.push_back(std::move(M));
  }
  return Result;
}

/// The rule numbers of `warning(suppress: 28167 28150)` on a line, in a
/// #pragma or a __pragma.
SmallVector<StringRef, 4> suppressedNumbers(StringRef Line) {
  SmallVector<StringRef, 4> Numbers;
  size_t Pragma = Line.find("pragma");
  if (Pragma == StringRef::npos)
    return Numbers;
  StringRef Rest = Line.drop_front(Pragma);
  for (size_t At; (At = Rest.find("suppress")) != StringRef::npos;) {
    Rest = Rest.drop_front(At + 8).ltrim();
    if (!Rest.consume_front(":"))
      continue;
    StringRef List =
        Rest.take_until([](char C) { return C == ')' || C == ';'; });
    SplitString(List, Numbers, " \t,");
    Rest = Rest.drop_front(List.size());
  }
  return Numbers;
}

/// Lines that a suppress pragma looks through to the code it is meant for.
bool isTransparent(StringRef Line) {
  Line = Line.trim();
  return Line.empty() || Line.starts_with("//") || Line.starts_with("#") ||
         (Line.starts_with("/*") && Line.ends_with("*/")) ||
         ((Line.starts_with("__pragma") || Line.starts_with("_Pragma")) &&
          Line.ends_with(")"));
}

void append(Globs &To, const Globs &From) {
  To.insert(To.end(), From.begin(), From.end());
}

} // namespace

Suppressions::Suppressions(SourceText &Sources, const RuleSet &Rules)
    : Sources(Sources), Rivals([&Rules](StringRef Id) {
        std::vector<std::string> Names;
        for (const CheckInfo *C : Rules.checksForRival(Id))
          Names.push_back(C->Name);
        return Names;
      }) {}

const Suppressions::ByLine &Suppressions::scan(StringRef File) {
  auto [It, New] = Files.try_emplace(File.str());
  ByLine &Result = It->second;
  if (!New)
    return Result;

  const std::vector<StringRef> &Lines = Sources.lines(File);
  std::vector<Globs> Open; // NOLINTBEGINs without their end
  Globs Pending;           // of pragmas that wait for the next line of code
  for (unsigned I = 0; I < Lines.size(); ++I) {
    unsigned Line = I + 1;
    StringRef Text = Lines[I];
    for (Marker &M : markers(Text)) {
      if (M.K == Marker::Begin) {
        Open.push_back(std::move(M.Names));
      } else if (M.K == Marker::End) {
        // Only the innermost, and only with the same list, as in clang-tidy.
        if (!Open.empty() && Open.back() == M.Names)
          Open.pop_back();
      } else {
        append(Result[M.K == Marker::Next ? Line + 1 : Line], M.Names);
      }
    }
    for (const Globs &G : Open)
      append(Result[Line], G);

    bool Transparent = isTransparent(Text);
    if (!Transparent && !Pending.empty()) {
      append(Result[Line], Pending);
      Pending.clear();
    }
    Globs Named;
    for (StringRef Id : suppressedNumbers(Text)) {
      Id.consume_front_insensitive("C");
      for (const std::string &Check : Rivals(Id))
        Named.push_back("irqlint-" + Check);
    }
    // A __pragma in front of a statement speaks for its own line, too.
    if (!Transparent && !Named.empty())
      append(Result[Line], Named);
    append(Pending, Named);
  }
  return Result;
}

bool Suppressions::covers(StringRef File, unsigned Line, StringRef Check) {
  const ByLine &L = scan(File);
  auto It = L.find(Line);
  if (It == L.end())
    return false;
  std::string Name = "irqlint-" + Check.str();
  return llvm::any_of(
      It->second, [&](const std::string &G) { return globMatches(G, Name); });
}
