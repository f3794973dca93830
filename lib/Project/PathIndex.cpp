//===- PathIndex.cpp - File names as Windows finds them ---------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/PathIndex.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <algorithm>

using namespace llvm;

namespace irqlint {

std::string normalizePath(StringRef Path, StringRef Base) {
  SmallString<256> P(Path);
  std::replace(P.begin(), P.end(), '\\', '/');
  if (!sys::path::is_absolute(P)) {
    SmallString<256> Abs(Base);
    if (Abs.empty())
      (void)sys::fs::current_path(Abs);
    sys::path::append(Abs, P);
    P = Abs;
  }
  sys::path::remove_dots(P, /*remove_dot_dot=*/true);
  // remove_dots leaves a trailing or doubled separator alone.
  std::string Out;
  for (char C : P)
    if (C != '/' || Out.empty() || Out.back() != '/')
      Out += C;
  if (Out.size() > 1 && Out.back() == '/')
    Out.pop_back();
  return Out;
}

PathIndex::PathIndex(IntrusiveRefCntPtr<vfs::FileSystem> FS)
    : FS(std::move(FS)) {}

const PathIndex::Listing &PathIndex::listing(StringRef Folder) {
  auto [It, New] = Listings.try_emplace(Folder);
  Listing &L = It->second;
  if (!New)
    return L;
  std::error_code EC;
  for (vfs::directory_iterator I = FS->dir_begin(Folder, EC), E; !EC && I != E;
       I.increment(EC)) {
    sys::fs::file_type Type = I->type();
    if (Type == sys::fs::file_type::symlink_file ||
        Type == sys::fs::file_type::type_unknown)
      if (auto S = FS->status(I->path()))
        Type = S->getType();
    bool IsFolder = Type == sys::fs::file_type::directory_file;
    // Pipes and devices have no end, links in circles lead nowhere.
    if (!IsFolder && Type != sys::fs::file_type::regular_file)
      continue;
    L.Entries.push_back({sys::path::filename(I->path()).str(), IsFolder});
  }
  llvm::sort(L.Entries,
             [](const Entry &A, const Entry &B) { return A.Name < B.Name; });
  for (unsigned I = 0; I != L.Entries.size(); ++I) {
    L.Exact[L.Entries[I].Name] = I;
    // The first in order stays, so that the answer does not depend on how the
    // file system lists names that differ in case only.
    L.Folded.try_emplace(StringRef(L.Entries[I].Name).lower(), I);
  }
  return L;
}

const std::vector<PathIndex::Entry> &PathIndex::list(StringRef Folder) {
  return listing(Folder).Entries;
}

std::optional<std::string> PathIndex::resolve(StringRef Path) {
  if (Path.empty())
    return std::nullopt;
  auto Known = Folders.find(Path);
  if (Known != Folders.end()) {
    if (Known->second.empty())
      return std::nullopt;
    return Known->second;
  }
  StringRef Parent = sys::path::parent_path(Path);
  StringRef Name = sys::path::filename(Path);
  if (Parent.empty() || Parent == Path || Name.empty())
    return FS->exists(Path) ? std::optional<std::string>(Path.str())
                            : std::nullopt;
  std::optional<std::string> Real = resolve(Parent);
  if (!Real) {
    Folders[Path] = "";
    return std::nullopt;
  }
  const Listing &L = listing(*Real);
  auto It = L.Exact.find(Name);
  if (It == L.Exact.end()) {
    It = L.Folded.find(Name.lower());
    if (It == L.Folded.end()) {
      // A folder that may be searched but not listed still opens by name.
      if (L.Entries.empty() && FS->exists(*Real + "/" + Name.str()))
        return *Real + "/" + Name.str();
      return std::nullopt;
    }
  }
  const Entry &E = L.Entries[It->second];
  std::string Out = *Real;
  if (Out.back() != '/')
    Out += '/';
  Out += E.Name;
  if (E.IsFolder)
    Folders[Path] = Out;
  return Out;
}

bool PathIndex::isFile(StringRef Path) {
  auto P = resolve(Path);
  if (!P)
    return false;
  auto S = FS->status(*P);
  return S && S->isRegularFile();
}

bool PathIndex::isFolder(StringRef Path) {
  auto P = resolve(Path);
  if (!P)
    return false;
  auto S = FS->status(*P);
  return S && S->isDirectory();
}

} // namespace irqlint
