//===- Git.cpp - What changed in a working copy ---------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Git.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <set>

using namespace llvm;
using namespace irqlint;

/// The output of git in \p Folder.
static Expected<std::string> git(StringRef Folder,
                                 std::vector<std::string> Args) {
  ErrorOr<std::string> Program = sys::findProgramByName("git");
  if (!Program)
    return createStringError(Program.getError(),
                             "--changed-since: no program 'git'");
  // A hostile repository's settings must not run anything.
  std::vector<std::string> Whole{*Program, "-C", Folder.str(), "-c",
                                 "core.fsmonitor=false"};
  Whole.insert(Whole.end(), Args.begin(), Args.end());
  SmallString<128> Out, Err;
  if (std::error_code EC = sys::fs::createTemporaryFile("irqlint", "out", Out))
    return createStringError(EC, "--changed-since: %s", EC.message().c_str());
  if (std::error_code EC = sys::fs::createTemporaryFile("irqlint", "err", Err))
    return createStringError(EC, "--changed-since: %s", EC.message().c_str());
  FileRemover RemoveOut(Out), RemoveErr(Err);
  std::optional<StringRef> Redirects[] = {StringRef(""), StringRef(Out),
                                          StringRef(Err)};
  SmallVector<StringRef> Argv(Whole.begin(), Whole.end());
  int Status = sys::ExecuteAndWait(*Program, Argv, std::nullopt, Redirects);
  auto Text = [](StringRef File) {
    auto Buffer = MemoryBuffer::getFile(File);
    return Buffer ? (*Buffer)->getBuffer().str() : std::string();
  };
  if (Status != 0) {
    std::string Why = Text(Err);
    return createStringError(
        inconvertibleErrorCode(), "--changed-since: git says: %s",
        StringRef(Why).trim().split('\n').first.str().c_str());
  }
  return Text(Out);
}

Expected<std::vector<std::string>>
irqlint::changedSince(StringRef Revision, ArrayRef<std::string> Paths) {
  std::set<std::string> Roots, Files;
  for (const std::string &Path : Paths) {
    SmallString<256> Dir(Path);
    sys::fs::make_absolute(Dir);
    if (!sys::fs::is_directory(Dir))
      sys::path::remove_filename(Dir);
    Expected<std::string> Root = git(Dir, {"rev-parse", "--show-toplevel"});
    if (!Root)
      return Root.takeError();
    Roots.insert(StringRef(*Root).rtrim('\n').str());
  }
  for (const std::string &Root : Roots) {
    Expected<std::string> Changed =
        git(Root, {"diff", "--name-only", "--no-renames", "--no-ext-diff", "-z",
                   "--end-of-options", Revision.str(), "--"});
    if (!Changed)
      return Changed.takeError();
    Expected<std::string> New =
        git(Root, {"ls-files", "--others", "--exclude-standard", "-z"});
    if (!New)
      return New.takeError();
    for (StringRef List : {StringRef(*Changed), StringRef(*New)}) {
      SmallVector<StringRef> Names;
      List.split(Names, '\0', -1, /*KeepEmpty=*/false);
      for (StringRef Name : Names)
        Files.insert(Root + "/" + Name.str());
    }
  }
  return std::vector<std::string>(Files.begin(), Files.end());
}
