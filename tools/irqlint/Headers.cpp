//===- Headers.cpp - Where the driver headers are -------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Headers.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/VersionTuple.h"
#include <cstdlib>

using namespace llvm;
using namespace irqlint;

static std::string below(StringRef Dir, const Twine &Name) {
  SmallString<256> Path(Dir);
  sys::path::append(Path, Name);
  return std::string(Path);
}

/// The sub-folder of \p Dir with the highest version as its name that holds
/// \p Needed; empty if none.
static std::string newest(StringRef Dir, StringRef Needed) {
  std::string Best;
  VersionTuple Highest;
  std::error_code EC;
  for (sys::fs::directory_iterator It(Dir, EC), End; !EC && It != End;
       It.increment(EC)) {
    VersionTuple V;
    if (!V.tryParse(sys::path::filename(It->path())) && Highest < V &&
        sys::fs::is_directory(below(It->path(), Needed))) {
      Highest = V;
      Best = It->path();
    }
  }
  return Best;
}

static std::vector<std::string> wdkFolders(StringRef Dir) {
  std::vector<std::string> Result;
  std::string Include = Dir.str();
  for (const char *Name : {"Include", "include"})
    if (sys::fs::is_directory(below(Dir, Name)))
      Include = below(Dir, Name);
  std::string Kernel = Include;
  if (!sys::fs::is_directory(below(Kernel, "km")))
    Kernel = newest(Include, "km");
  if (!Kernel.empty())
    for (const char *Name : {"km", "shared", "km/crt"})
      if (sys::fs::is_directory(below(Kernel, Name)))
        Result.push_back(below(Kernel, Name));
  std::string Kmdf = newest(below(Include, "wdf/kmdf"), "");
  if (!Kmdf.empty())
    Result.push_back(Kmdf);
  if (Result.empty())
    Result.push_back(Dir.str());
  return Result;
}

Expected<std::vector<std::string>> irqlint::headerFolders(StringRef Choice) {
  if (Choice == "kit")
    return std::vector<std::string>();
  if (Choice == "auto") {
    const char *Root = std::getenv("WDKContentRoot");
    if (!Root || !sys::fs::is_directory(Root))
      return std::vector<std::string>();
    return wdkFolders(Root);
  }
  SmallString<256> Dir(Choice);
  sys::fs::make_absolute(Dir);
  if (!sys::fs::is_directory(Dir))
    return createStringError(inconvertibleErrorCode(),
                             "--headers: no folder '%s'", Choice.str().c_str());
  return wdkFolders(Dir);
}
