//===- TempTree.h - A folder of files for one test --------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TEST_UNIT_PROJECT_TEMPTREE_H
#define IRQLINT_TEST_UNIT_PROJECT_TEMPTREE_H

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace irqlint {

/// Removed with all it holds when the test ends.
class TempTree {
public:
  TempTree() {
    (void)llvm::sys::fs::createUniqueDirectory("irqlint-test", Root);
    // The tool reports real paths; the temporary folder may be a link.
    llvm::SmallString<128> Real;
    if (!llvm::sys::fs::real_path(Root, Real))
      Root = Real;
  }
  ~TempTree() { (void)llvm::sys::fs::remove_directories(Root); }

  std::string path(llvm::StringRef Name = "") const {
    llvm::SmallString<128> P(Root);
    if (!Name.empty())
      llvm::sys::path::append(P, Name);
    return P.str().str();
  }

  std::string write(llvm::StringRef Name, llvm::StringRef Text) const {
    std::string P = path(Name);
    (void)llvm::sys::fs::create_directories(llvm::sys::path::parent_path(P));
    std::error_code EC;
    llvm::raw_fd_ostream OS(P, EC);
    OS << Text;
    return P;
  }

private:
  llvm::SmallString<128> Root;
};

} // namespace irqlint

#endif // IRQLINT_TEST_UNIT_PROJECT_TEMPTREE_H
