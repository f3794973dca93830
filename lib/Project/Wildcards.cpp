//===- Wildcards.cpp - `*`, `?` and `**` in item includes -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Wildcards.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace irqlint {

bool matchesWildcard(StringRef Pattern, StringRef Name) {
  // Iterative matching with one remembered star: linear in practice and never
  // exponential, whatever the pattern.
  size_t P = 0, N = 0, Star = StringRef::npos, Mark = 0;
  while (N < Name.size()) {
    if (P < Pattern.size() &&
        (Pattern[P] == '?' || toLower(Pattern[P]) == toLower(Name[N]))) {
      ++P;
      ++N;
    } else if (P < Pattern.size() && Pattern[P] == '*') {
      Star = P++;
      Mark = N;
    } else if (Star != StringRef::npos) {
      P = Star + 1;
      N = ++Mark;
    } else {
      return false;
    }
  }
  return Pattern.substr(P).find_first_not_of('*') == StringRef::npos;
}

namespace {
constexpr unsigned MaxDepth = 32;
constexpr size_t MaxMatches = 100000;

void walk(PathIndex &Paths, const std::string &Folder,
          ArrayRef<StringRef> Parts, unsigned Depth,
          std::vector<std::string> &Out) {
  if (Depth > MaxDepth || Out.size() > MaxMatches)
    return;
  if (Parts.empty()) {
    Out.push_back(Folder);
    return;
  }
  std::string Prefix = Folder == "/" ? Folder : Folder + "/";
  StringRef Part = Parts.front();
  if (Part == "**")
    walk(Paths, Folder, Parts.drop_front(), Depth + 1, Out);
  bool Last = Parts.size() == 1;
  // Copied: the listing may move when deeper folders are added to the cache.
  for (const PathIndex::Entry &E : std::vector(Paths.list(Folder))) {
    if (Part == "**") {
      if (E.IsFolder)
        walk(Paths, Prefix + E.Name, Parts, Depth + 1, Out);
    } else if ((Last || E.IsFolder) && matchesWildcard(Part, E.Name)) {
      walk(Paths, Prefix + E.Name, Parts.drop_front(), Depth + 1, Out);
    }
  }
}
} // namespace

std::vector<std::string> expandWildcards(PathIndex &Paths, StringRef Base,
                                         StringRef Spec) {
  std::vector<std::string> Out;
  if (Spec.empty())
    return Out;
  std::string Full = normalizePath(Spec, Base);
  size_t Wild = Full.find_first_of("*?");
  if (Wild == std::string::npos) {
    if (auto P = Paths.resolve(Full))
      Out.push_back(*P);
    return Out;
  }
  size_t Slash = Full.rfind('/', Wild);
  auto Root = Paths.resolve(Slash == 0 ? "/" : Full.substr(0, Slash));
  if (!Root)
    return Out;
  SmallVector<StringRef> Parts;
  StringRef(Full).substr(Slash + 1).split(Parts, '/', -1, false);
  walk(Paths, *Root, Parts, 0, Out);
  llvm::sort(Out);
  Out.erase(std::unique(Out.begin(), Out.end()), Out.end());
  return Out;
}

} // namespace irqlint
