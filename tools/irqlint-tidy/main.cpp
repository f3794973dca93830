//===- main.cpp - clang-tidy with the irqlint checks linked in --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// For places where clang-tidy cannot load plugins. Everything but the extra
/// checks is the stock tool: its options, its configuration files.
//===----------------------------------------------------------------------===//

#include "../ResourceDir.h"
#include "clang-tidy/tool/ClangTidyMain.h"
#include <vector>

int main(int argc, const char **argv) {
  static int Anchor; // an address within this program, for getMainExecutable
  std::string Dir = irqlint::resourceDirToPass(argv[0], &Anchor);
  std::string Flag = "--extra-arg-before=-resource-dir=" + Dir;
  std::vector<const char *> Args(argv, argv + argc);
  // First, so that a -resource-dir of the user's comes later and wins.
  if (!Dir.empty())
    Args.insert(Args.begin() + 1, Flag.c_str());
  Args.push_back(nullptr);
  return clang::tidy::clangTidyMain(int(Args.size()) - 1, Args.data());
}
