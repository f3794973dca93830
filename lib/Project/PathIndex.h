//===- PathIndex.h - File names as Windows finds them -----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Case-insensitive resolution of paths over cached directory listings. A name
/// that is spelled exactly as on disk wins over one that differs in case; a
/// negative answer costs a hash look-up. Not thread-safe.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_PATHINDEX_H
#define IRQLINT_PROJECT_PATHINDEX_H

#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <optional>
#include <string>
#include <vector>

namespace irqlint {

/// \p Path with `/` for `\` and without `.`, `..` and doubled separators,
/// absolute against \p Base. Folding `..` by text is what Windows does.
std::string normalizePath(llvm::StringRef Path, llvm::StringRef Base = "");

class PathIndex {
public:
  explicit PathIndex(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> FS =
                         llvm::vfs::getRealFileSystem());

  /// The path as spelled on disk of what \p Path (normalized) names, if it
  /// exists in any spelling.
  std::optional<std::string> resolve(llvm::StringRef Path);

  struct Entry {
    std::string Name;
    bool IsFolder = false;
  };
  /// Entries of a folder (spelled as on disk), sorted; empty if unreadable.
  const std::vector<Entry> &list(llvm::StringRef Folder);

  bool isFile(llvm::StringRef Path);
  bool isFolder(llvm::StringRef Path);

private:
  struct Listing {
    std::vector<Entry> Entries;
    llvm::StringMap<unsigned> Exact, Folded;
  };
  const Listing &listing(llvm::StringRef Folder);

  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> FS;
  llvm::StringMap<Listing> Listings;
  /// Requested folder -> folder on disk; empty string: does not exist.
  llvm::StringMap<std::string> Folders;
};

} // namespace irqlint

#endif // IRQLINT_PROJECT_PATHINDEX_H
