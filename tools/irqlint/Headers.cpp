//===- Headers.cpp - Where the driver headers are -------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Headers.h"
#include "Project/PathIndex.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/VersionTuple.h"
#include <cstdlib>

using namespace llvm;
using namespace irqlint;

namespace {

/// Finds the header folders of a WDK, in any letter case.
class KitFinder {
public:
  /// \p Dir is an installed kit, one of its `Include` folders, an extracted
  /// NuGet package, a folder of such packages, or a mount of the build
  /// environment on DVD.
  std::vector<std::string> find(StringRef Dir) {
    collectRoots(Dir, 0);
    std::vector<std::string> Result;
    auto Add = [&](const std::string &Path) {
      if (!Path.empty())
        Result.push_back(Path);
    };
    // Kernel headers of the newest version; what they share with user mode may
    // be in another package, then of the same version where there is one.
    auto [Version, Kernel] = newest("km");
    if (!Kernel.empty()) {
      Add(Kernel);
      Add(ofVersion("shared", Version));
      Add(below(Kernel, "crt"));
      if (below(Kernel, "crt").empty())
        Add(ofVersion("ucrt", Version));
    } else {
      // The kits before Windows 8: inc/ddk, inc/api, inc/crt.
      for (const std::string &Root : Roots)
        if (!below(Root, "ddk").empty()) {
          for (StringRef Name : {"ddk", "api", "crt"})
            Add(below(Root, Name));
          break;
        }
    }
    Add(newestKmdf());
    return Result;
  }

private:
  std::string below(StringRef Dir, const Twine &Name) {
    std::optional<std::string> Path =
        Paths.resolve(Dir.str() + "/" + Name.str());
    return Path && Paths.isFolder(*Path) ? *Path : std::string();
  }

  static bool isVersion(StringRef Name) {
    VersionTuple V;
    return Name.contains('.') && !V.tryParse(Name);
  }

  /// Folders that may hold km, shared, <version>/km or wdf/kmdf.
  void collectRoots(const std::string &Dir, unsigned Depth) {
    Roots.push_back(Dir);
    for (StringRef Name :
         {"Include", "inc", "c/Include", "build/native/include",
          "Windows Kits/10/Include", "Program Files/Windows Kits/10/Include",
          "Program Files (x86)/Windows Kits/10/Include"})
      if (std::string Path = below(Dir, Name); !Path.empty())
        Roots.push_back(Path);
    // microsoft.windows.wdk.x64/10.0.26100.1/c/Include, or with the version in
    // the name of the package
    constexpr unsigned MaxPackages = 2000;
    if (Depth < 2)
      for (const PathIndex::Entry &E : Paths.list(Dir)) {
        bool Package =
            StringRef(E.Name).starts_with_insensitive("microsoft.windows.") ||
            StringRef(E.Name).starts_with_insensitive("microsoft.wdf.") ||
            (Depth == 1 && isVersion(E.Name));
        if (E.IsFolder && Package && Roots.size() < MaxPackages)
          collectRoots(Dir + "/" + E.Name, Depth + 1);
      }
  }
  void collectRoots(StringRef Dir, unsigned Depth) {
    collectRoots(Dir.str(), Depth);
  }

  /// The folder \p Name with the highest version around it, and that version.
  std::pair<VersionTuple, std::string> newest(StringRef Name) {
    std::pair<VersionTuple, std::string> Best;
    for (const std::string &Root : Roots) {
      if (std::string Path = below(Root, Name);
          !Path.empty() && Best.second.empty())
        Best.second = Path;
      for (const PathIndex::Entry &E : Paths.list(Root)) {
        VersionTuple V;
        if (!E.IsFolder || V.tryParse(E.Name) || V <= Best.first)
          continue;
        if (std::string Path = below(Root, E.Name + "/" + Name); !Path.empty())
          Best = {V, Path};
      }
    }
    return Best;
  }

  std::string ofVersion(StringRef Name, const VersionTuple &Version) {
    if (!Version.empty())
      for (const std::string &Root : Roots)
        if (std::string Path = below(Root, Version.getAsString() + "/" + Name);
            !Path.empty())
          return Path;
    return newest(Name).second;
  }

  std::string newestKmdf() {
    std::pair<VersionTuple, std::string> Best;
    for (const std::string &Root : Roots) {
      std::string Kmdf = below(Root, "wdf/kmdf");
      if (Kmdf.empty())
        continue;
      for (const PathIndex::Entry &E : Paths.list(Kmdf)) {
        VersionTuple V;
        if (E.IsFolder && !V.tryParse(E.Name) && V > Best.first)
          Best = {V, Kmdf + "/" + E.Name};
      }
    }
    return Best.second;
  }

  PathIndex Paths;
  std::vector<std::string> Roots;
};

} // namespace

/// Headers lie in the folder itself, or in folders that are in it (as KMDF's).
static bool holdsHeaders(StringRef Dir) {
  PathIndex Paths;
  for (const PathIndex::Entry &E : Paths.list(Dir)) {
    if (!E.IsFolder && StringRef(E.Name).ends_with_insensitive(".h"))
      return true;
    if (E.IsFolder)
      for (const PathIndex::Entry &F : Paths.list(Dir.str() + "/" + E.Name))
        if (!F.IsFolder && StringRef(F.Name).ends_with_insensitive(".h"))
          return true;
  }
  return false;
}

Expected<std::vector<std::string>> irqlint::headerFolders(StringRef Choice) {
  if (Choice == "kit")
    return std::vector<std::string>();
  StringRef Option = "--headers";
  std::string Dir = Choice.str();
  if (Choice == "auto") {
    const char *Root = std::getenv("WDKContentRoot");
    if (!Root || !sys::fs::is_directory(Root))
      return std::vector<std::string>();
    Option = "WDKContentRoot";
    Dir = Root;
  }
  Dir = normalizePath(Dir);
  if (!sys::fs::is_directory(Dir))
    return createStringError(inconvertibleErrorCode(), "%s: no folder '%s'",
                             Option.str().c_str(), Choice.str().c_str());
  std::vector<std::string> Found = KitFinder().find(Dir);
  if (!Found.empty())
    return Found;
  if (holdsHeaders(Dir))
    return std::vector<std::string>{Dir};
  return createStringError(inconvertibleErrorCode(),
                           "%s: neither a WDK nor headers in '%s'",
                           Option.str().c_str(), Dir.c_str());
}
