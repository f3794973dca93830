//===- Options.cpp - What AddressSanitizer is told by the explorer's tests ===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Executions that are abandoned half-way leave what their threads own, and
/// mutants follow bad pointers: the explorer tells that itself.
//===----------------------------------------------------------------------===//

extern "C" const char *__asan_default_options();
extern "C" const char *__asan_default_options() {
  return "detect_leaks=0:handle_segv=0:handle_sigbus=0";
}
