//===- Headers.h - The file system that the parser sees ---------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A layer over the real file system: names are found whatever their case,
/// `*.tmh` and the headers of message files are answered with generated text,
/// and files in UTF-16 are read as if they were in UTF-8.
/// One object serves one parse. Not thread-safe.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_HEADERS_H
#define IRQLINT_PROJECT_HEADERS_H

#include "Project/PathIndex.h"
#include "Project/Plan.h"
#include "Project/Wpp.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/VirtualFileSystem.h"
#include <set>

namespace irqlint {

class HeaderFileSystem : public llvm::vfs::ProxyFileSystem {
public:
  HeaderFileSystem(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Base,
                   const UnitPlan &Unit);

  /// \p Text is seen instead of the file at \p Path.
  void addOverlay(llvm::StringRef Path, llvm::StringRef Text);

  /// Files named \p Names (lower case) below \p Folder are not seen. Used to
  /// let the kit's annotation headers win over those of a real WDK.
  void hide(llvm::StringRef Folder, std::vector<std::string> Names);

  /// Real files opened so far, in order.
  const std::vector<std::string> &opened() const { return Opened; }
  /// Paths that were asked for and are not there: a file that appears at one
  /// of them would be seen instead of what was found later.
  const std::set<std::string> &absent() const { return Absent; }
  /// Headers that were read though nobody includes them.
  const std::vector<std::string> &consulted() const { return Consulted; }
  /// Generated files opened so far.
  const std::vector<std::string> &generated() const { return Generated; }

  /// Texts of the headers beside the unit and in its include
  /// folders, up to a sane amount. They live as long as this object.
  std::vector<llvm::StringRef> nearbyHeaders();

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &Path) override;
  bool exists(const llvm::Twine &Path) override;
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>>
  openFileForRead(const llvm::Twine &Path) override;
  llvm::vfs::directory_iterator dir_begin(const llvm::Twine &Dir,
                                          std::error_code &EC) override;
  std::error_code getRealPath(const llvm::Twine &Path,
                              llvm::SmallVectorImpl<char> &Out) override;

private:
  std::string absolute(const llvm::Twine &Path);
  std::optional<std::string> real(llvm::StringRef Absolute);
  /// Path of the generated file that answers \p Absolute, or empty.
  std::string generate(llvm::StringRef Absolute);
  std::string wppText();
  /// Has the text of \p Real, if it is in UTF-16, read as UTF-8.
  void convert(const std::string &Real);

  const UnitPlan &Unit;
  PathIndex Paths;
  llvm::IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> Memory;
  llvm::StringSet<> Overlaid, Looked, Converted;
  std::vector<std::pair<std::string, std::vector<std::string>>> Hidden;
  std::vector<std::string> Opened, Generated, Consulted;
  std::set<std::string> Absent;
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> Nearby;
  WppConfig Wpp;
  size_t WppScanned = 0;
  bool WppStarted = false;
};

} // namespace irqlint

#endif // IRQLINT_PROJECT_HEADERS_H
