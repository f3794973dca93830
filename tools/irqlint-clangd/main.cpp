//===- main.cpp - clangd with the irqlint checks linked in ------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Everything but the extra checks is the stock language server: its options,
/// its configuration files, its protocol.
//===----------------------------------------------------------------------===//

#include "../ResourceDir.h"
#include "llvm/ADT/ArrayRef.h"
#include <vector>

namespace clang::clangd {
/// Defined by libclangdMain.a; clangd installs no headers.
int clangdMain(int argc, char *argv[]);
} // namespace clang::clangd

int main(int argc, char **argv) {
  static int Anchor; // an address within this program, for getMainExecutable
  std::string Dir = irqlint::resourceDirToPass(argv[0], &Anchor);
  std::string Flag = "--resource-dir=" + Dir;
  std::vector<char *> Args(argv, argv + argc);
  // The option may be given once only: the user's counts.
  bool Given = false;
  for (llvm::StringRef A : llvm::ArrayRef(argv + 1, argc - 1))
    Given |= A.ltrim('-').starts_with("resource-dir");
  if (!Dir.empty() && !Given)
    Args.insert(Args.begin() + 1, Flag.data());
  Args.push_back(nullptr);
  return clang::clangd::clangdMain(int(Args.size()) - 1, Args.data());
}
