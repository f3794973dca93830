//===- NmakeFile.h - Macros of an nmake file --------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What the `sources` and `dirs` files of the old driver kits say: macros,
/// conditions, includes. Rules and commands are not looked at; nothing is run.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_NMAKEFILE_H
#define IRQLINT_PROJECT_NMAKEFILE_H

#include "Project/PathIndex.h"
#include "Project/Plan.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace irqlint {

class NmakeFile {
public:
  NmakeFile(PathIndex &Paths, std::vector<ProjectDiag> &Diags)
      : Paths(Paths), Diags(Diags) {}

  /// Defines a macro from outside.
  void set(llvm::StringRef Name, llvm::StringRef Value);
  llvm::Error read(llvm::StringRef File);

  bool has(llvm::StringRef Name) const;
  /// Expanded; empty if not defined.
  std::string value(llvm::StringRef Name);
  /// The same, split at white space.
  std::vector<std::string> words(llvm::StringRef Name);
  /// Where the macro was defined last.
  std::pair<std::string, unsigned> place(llvm::StringRef Name) const;

  /// With macros replaced; unknown ones are empty. Never longer than a sane
  /// amount, however the macros are nested.
  std::string expand(llvm::StringRef Text);
  /// The condition of an `!IF`. What cannot be known is false.
  bool condition(llvm::StringRef Text);

private:
  struct Macro {
    std::string Value, File;
    unsigned Line = 0;
  };
  void readText(llvm::StringRef File, llvm::StringRef Text, unsigned Depth);
  void include(llvm::StringRef From, unsigned Line, llvm::StringRef What,
               unsigned Depth);
  void expandInto(llvm::StringRef Text, std::string &Out, unsigned Depth);

  PathIndex &Paths;
  std::vector<ProjectDiag> &Diags;
  llvm::StringMap<Macro> Macros; ///< by upper-case name
  unsigned Included = 0;
};

} // namespace irqlint

#endif // IRQLINT_PROJECT_NMAKEFILE_H
