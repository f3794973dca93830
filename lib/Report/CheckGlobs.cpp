//===- CheckGlobs.cpp - Selecting checks by glob --------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/CheckGlobs.h"
#include "llvm/ADT/SmallVector.h"

using namespace llvm;
using namespace irqlint;

bool irqlint::globMatches(StringRef Glob, StringRef Text) {
  // The parts between stars must follow each other in Text; the first is
  // anchored at the front, the last at the end.
  SmallVector<StringRef, 4> Parts;
  Glob.split(Parts, '*');
  if (Parts.size() == 1)
    return Glob == Text;
  if (!Text.consume_front(Parts.front()))
    return false;
  for (StringRef Part : ArrayRef(Parts).drop_front().drop_back()) {
    size_t At = Text.find(Part);
    if (At == StringRef::npos)
      return false;
    Text = Text.drop_front(At + Part.size());
  }
  return Text.ends_with(Parts.back());
}

/// The catalog name that is the least edits away, for the error message.
static StringRef nearest(StringRef Name, ArrayRef<CheckInfo> Catalog) {
  StringRef Best;
  unsigned Least = Name.size() / 3 + 1;
  for (const CheckInfo &C : Catalog) {
    unsigned D = Name.edit_distance(C.Name, true, Least);
    if (D < Least) {
      Least = D;
      Best = C.Name;
    }
  }
  return Best;
}

Expected<std::set<std::string>>
irqlint::selectChecks(StringRef Globs, ArrayRef<CheckInfo> Catalog) {
  std::set<std::string> Selected;
  for (const CheckInfo &C : Catalog)
    if (C.Default)
      Selected.insert(C.Name);

  SmallVector<StringRef, 8> List;
  Globs.split(List, ',');
  for (StringRef Raw : List) {
    StringRef Glob = Raw.trim();
    if (Glob.empty())
      continue;
    bool Off = Glob.consume_front("-");
    Glob.consume_front("irqlint-");
    bool Any = false;
    for (const CheckInfo &C : Catalog)
      if (globMatches(Glob, C.Name)) {
        Any = true;
        if (Off)
          Selected.erase(C.Name);
        else
          Selected.insert(C.Name);
      }
    if (Any)
      continue;
    StringRef Near = nearest(Glob, Catalog);
    std::string Hint = Near.empty() ? "'irqlint checks' lists them"
                                    : "did you mean '" + Near.str() + "'?";
    return createStringError(inconvertibleErrorCode(),
                             "--checks: no check matches '%s'; %s",
                             Raw.trim().str().c_str(), Hint.c_str());
  }
  if (Selected.empty())
    return createStringError(inconvertibleErrorCode(),
                             "--checks: no check is left switched on");
  return Selected;
}
