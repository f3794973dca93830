//===- ResourceDir.h - Where Clang's own headers are ------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Clang looks for its resource folder next to the running program. Our
/// programs live elsewhere, so they name the folder of the LLVM they were
/// built with, unless a copy has been put beside them.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOLS_RESOURCEDIR_H
#define IRQLINT_TOOLS_RESOURCEDIR_H

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <string>

namespace irqlint {

/// <folder of this program>/../\p Rest.
inline std::string besideProgram(const char *Argv0, void *Main,
                                 llvm::StringRef Rest) {
  std::string Exe = llvm::sys::fs::getMainExecutable(Argv0, Main);
  llvm::SmallString<256> P(
      llvm::sys::path::parent_path(llvm::sys::path::parent_path(Exe)));
  llvm::sys::path::append(P, Rest);
  return std::string(P);
}

/// The folder to pass as -resource-dir; empty where Clang finds it unaided.
inline std::string resourceDirToPass(const char *Argv0, void *Main) {
  if (llvm::sys::fs::is_directory(besideProgram(
          Argv0, Main, "lib/clang/" IRQLINT_CLANG_MAJOR "/include")))
    return "";
  return IRQLINT_RESOURCE_DIR;
}

} // namespace irqlint

#endif // IRQLINT_TOOLS_RESOURCEDIR_H
