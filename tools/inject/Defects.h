//===- Defects.h - Defects to plant into a function -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_INJECT_DEFECTS_H
#define IRQLINT_INJECT_DEFECTS_H

#include "Engine/UnitIndex.h"
#include <string>
#include <vector>

namespace irqlint {

struct Edit {
  unsigned Begin = 0, End = 0; ///< offsets in the main file
  std::string Text;
};

/// One way to break one function.
struct Defect {
  std::string Class; ///< "drop-release-path"
  std::string File, Function;
  std::string Usr;
  unsigned Line = 0;
  std::string What; ///< the statement concerned
  std::vector<Edit> Edits;
};

/// All defects that the planter knows for \p FD, which is taken to be right as
/// it is. Each is one by itself, whatever else the program does.
std::vector<Defect> defectsOf(const clang::FunctionDecl *FD,
                              const UnitIndex &Index);

/// The main file's text with the edits made.
std::string changedText(llvm::StringRef Text, const Defect &D);

} // namespace irqlint

#endif // IRQLINT_INJECT_DEFECTS_H
