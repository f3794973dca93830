//===- OutputFile.cpp - Files that are written whole or not at all --------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <system_error>

using namespace llvm;

static Error cannotWrite(StringRef Path, std::error_code EC) {
  return createStringError(EC, "cannot write '%s': %s", Path.str().c_str(),
                           EC.message().c_str());
}

/// True for what rename() would wrongly replace (/dev/stdout, a named pipe).
static bool isSpecial(StringRef Path) {
  sys::fs::file_status S;
  return !sys::fs::status(Path, S) && sys::fs::exists(S) &&
         !sys::fs::is_regular_file(S) && !sys::fs::is_directory(S);
}

/// Where \p Path really leads: renaming over a symbolic link would cut it off.
static std::string target(StringRef Path) {
  SmallString<256> Real;
  if (sys::fs::is_symlink_file(Path) && !sys::fs::real_path(Path, Real))
    return std::string(Real);
  return Path.str();
}

Error irqlint::writeFileAtomically(StringRef Path, StringRef Text) {
  if (Path == "-" || isSpecial(Path)) {
    std::error_code EC;
    raw_fd_ostream OS(Path, EC);
    if (EC)
      return cannotWrite(Path, EC);
    OS << Text;
    OS.flush();
    if (OS.has_error()) {
      EC = OS.error();
      OS.clear_error();
      return cannotWrite(Path, EC);
    }
    return Error::success();
  }
  if (sys::fs::is_directory(Path))
    return cannotWrite(Path, make_error_code(std::errc::is_a_directory));
  std::string To = target(Path);
  auto Temp = sys::fs::TempFile::create(To + ".%%%%%%.tmp",
                                        sys::fs::all_read | sys::fs::all_write);
  if (!Temp)
    return cannotWrite(Path, errorToErrorCode(Temp.takeError()));
  raw_fd_ostream OS(Temp->FD, /*shouldClose=*/false);
  OS << Text;
  OS.flush();
  if (OS.has_error()) {
    std::error_code EC = OS.error();
    OS.clear_error();
    consumeError(Temp->discard());
    return cannotWrite(Path, EC);
  }
  if (Error E = Temp->keep(To))
    return cannotWrite(Path, errorToErrorCode(std::move(E)));
  return Error::success();
}

Error irqlint::checkWritable(StringRef Path) {
  if (Path == "-" || isSpecial(Path))
    return Error::success();
  if (sys::fs::is_directory(Path))
    return cannotWrite(Path, make_error_code(std::errc::is_a_directory));
  std::string To = target(Path);
  StringRef Folder = sys::path::parent_path(To);
  if (Folder.empty())
    Folder = ".";
  if (!sys::fs::is_directory(Folder))
    return cannotWrite(Path,
                       make_error_code(std::errc::no_such_file_or_directory));
  if (std::error_code EC = sys::fs::access(Folder, sys::fs::AccessMode::Write))
    return cannotWrite(Path, EC);
  return Error::success();
}
