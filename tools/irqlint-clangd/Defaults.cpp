//===- Defaults.cpp - Our checks on by default in clangd --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Stock clangd drops every check that is not in its table of measured
/// latencies, and runs only what a configuration file asks for. The linker's
/// --wrap puts these two functions in front of clangd's, so that our checks
/// count as fast and are on unless a .clang-tidy or .clangd names them.
/// No file of the user is written or replaced. The declarations repeat those
/// of clangd's TidyProvider.h (LLVM 22), which is not installed;
/// test/frontends/clangd-defaults.test notices when they stop working.
//===----------------------------------------------------------------------===//

#include "clang-tidy/ClangTidyOptions.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/FunctionExtras.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

#define IS_FAST "_ZN5clang6clangd15isFastTidyCheckEN4llvm9StringRefE"
#define DISABLE_UNUSABLE                                                       \
  "_ZN5clang6clangd21disableUnusableChecksEN4llvm8ArrayRefINSt7__cxx1112basic" \
  "_stringIcSt11char_traitsIcESaIcEEEEE"

namespace irqlint {

using TidyProvider = llvm::unique_function<void(clang::tidy::ClangTidyOptions &,
                                                llvm::StringRef) const>;

std::optional<bool>
stockIsFast(llvm::StringRef Check) __asm__("__real_" IS_FAST);
std::optional<bool> isFast(llvm::StringRef Check) __asm__("__wrap_" IS_FAST);
TidyProvider stockDisableUnusable(llvm::ArrayRef<std::string> Extra) __asm__(
    "__real_" DISABLE_UNUSABLE);
TidyProvider disableUnusable(llvm::ArrayRef<std::string> Extra) __asm__(
    "__wrap_" DISABLE_UNUSABLE);

/// The fast-check filter, opened for our checks only: the engine slices and
/// merges, so it costs about what parsing costs (test/bench).
std::optional<bool> isFast(llvm::StringRef Check) {
  if (Check.starts_with("irqlint-"))
    return true;
  return stockIsFast(Check);
}

/// The last provider that clangd installs: by now every configuration file has
/// had its say.
TidyProvider disableUnusable(llvm::ArrayRef<std::string> Extra) {
  return [Stock = stockDisableUnusable(Extra)](
             clang::tidy::ClangTidyOptions &Opts, llvm::StringRef File) {
    std::string Checks = Opts.Checks.value_or("");
    if (!llvm::StringRef(Checks).contains("irqlint"))
      Opts.Checks = Checks + (Checks.empty() ? "" : ",") + "irqlint-*";
    Stock(Opts, File);
  };
}

} // namespace irqlint
