//===- Changed.cpp - Units that a change reaches --------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Changed.h"
#include "Project/PathIndex.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace irqlint {

namespace {

/// What a file includes, as written but with `/`.
std::vector<std::string> includesIn(StringRef Text) {
  std::vector<std::string> Out;
  for (size_t At = Text.find('#'); At != StringRef::npos;
       At = Text.find('#', At + 1)) {
    StringRef L = Text.substr(At + 1).ltrim(" \t");
    if (!L.consume_front("include") && !L.consume_front("import"))
      continue;
    L = L.ltrim(" \t");
    if (!L.consume_front("<") && !L.consume_front("\""))
      continue;
    std::string Name = L.take_until([](char C) {
                          return C == '>' || C == '"' || C == '\n';
                        }).str();
    std::replace(Name.begin(), Name.end(), '\\', '/');
    Out.push_back(std::move(Name));
  }
  return Out;
}

class Reach {
public:
  explicit Reach(ArrayRef<std::string> Files) {
    for (const std::string &File : Files) {
      std::string Path = normalizePath(File);
      std::optional<std::string> Real = Paths.resolve(Path);
      Changed.insert(Real ? *Real : Path);
      StringRef Name = sys::path::filename(Path);
      if (!Real) // deleted, perhaps moved: whoever names it
        Gone.insert(Name.lower());
      for (StringRef End : {".props", ".targets", ".vcxitems", ".user", ".json",
                            ".sln", ".slnx"})
        Everything |= Name.ends_with_insensitive(End);
    }
  }

  bool reaches(const UnitPlan &U) {
    if (Everything || Changed.contains(U.File) ||
        Changed.contains(U.ProjectFile))
      return true;
    for (const auto *List : {&U.WppConfigFiles, &U.MessageFiles})
      if (any_of(*List,
                 [&](const std::string &F) { return Changed.contains(F); }))
        return true;
    for (const GeneratedHeader &H : U.GeneratedHeaders)
      if (Changed.contains(H.Source))
        return true;
    StringSet<> Seen;
    std::vector<std::string> Left{U.File};
    auto Visit = [&](StringRef Dir, const std::string &Name) {
      std::optional<std::string> Real = Paths.resolve(normalizePath(Name, Dir));
      if (Real && Seen.insert(*Real).second)
        Left.push_back(*Real);
    };
    auto Look = [&](StringRef Includer, const std::string &Name) {
      if (Gone.contains(sys::path::filename(Name).lower()))
        return true;
      // Not only where the compiler would find it first: a file may have come
      // in front just now.
      Visit(sys::path::parent_path(Includer), Name);
      for (const std::string &Dir : U.IncludeDirs)
        Visit(Dir, Name);
      return false;
    };
    for (const std::string &F : U.ForcedIncludes)
      if (Look(U.File, F))
        return true;
    while (!Left.empty()) {
      std::string File = std::move(Left.back());
      Left.pop_back();
      if (Changed.contains(File))
        return true;
      for (const std::string &Name : includesOf(File))
        if (Look(File, Name))
          return true;
    }
    return false;
  }

private:
  const std::vector<std::string> &includesOf(const std::string &File) {
    auto [It, New] = Includes.try_emplace(File);
    if (New)
      if (auto Buffer = MemoryBuffer::getFile(File))
        It->second = includesIn((*Buffer)->getBuffer());
    return It->second;
  }

  PathIndex Paths;
  StringSet<> Changed, Gone;
  bool Everything = false;
  StringMap<std::vector<std::string>> Includes;
};

} // namespace

void keepChanged(Plan &P, ArrayRef<std::string> Files) {
  Reach R(Files);
  erase_if(P.Units, [&](const UnitPlan &U) { return !R.reaches(U); });
}

} // namespace irqlint
