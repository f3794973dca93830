//===- Kit.cpp - The header kit at run time -------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kit/Kit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include <algorithm>
#include <iterator>

using namespace llvm;

namespace irqlint {

/// A folder is taken for the kit when the core header is in it.
static bool isKit(StringRef Dir) {
  SmallString<256> Core(Dir);
  sys::path::append(Core, "irqlint_kit", "core.h");
  return sys::fs::exists(Core);
}

Expected<std::string> findKit(const char *Argv0) {
  if (std::optional<std::string> Env = sys::Process::GetEnv("IRQLINT_KIT")) {
    if (isKit(*Env))
      return *Env;
    return createStringError(
        inconvertibleErrorCode(),
        "IRQLINT_KIT names '%s', which does not hold irqlint_kit/core.h",
        Env->c_str());
  }
  std::string Program =
      sys::fs::getMainExecutable(Argv0, reinterpret_cast<void *>(&findKit));
  SmallString<256> Dir(sys::path::parent_path(sys::path::parent_path(Program)));
  sys::path::append(Dir, "share", "irqlint", "kit", "include");
  if (isKit(Dir))
    return std::string(Dir);
  return createStringError(inconvertibleErrorCode(),
                           "no header kit in '%s'; reinstall irqlint or set "
                           "IRQLINT_KIT to the folder that holds ntddk.h",
                           Dir.c_str());
}

namespace {
struct NameEntry {
  StringLiteral Name;
  KitName Kind;
};
} // namespace

// Sorted by name; written by kit-gen.py --stubs.
static constexpr NameEntry Names[] = {
#define NAME(N, K) {N, KitName::K},
#include "StubNames.inc"
#undef NAME
};

KitName lookupKind(StringRef Name) {
  const NameEntry *E = std::lower_bound(
      std::begin(Names), std::end(Names), Name,
      [](const NameEntry &A, StringRef B) { return A.Name < B; });
  return E != std::end(Names) && E->Name == Name ? E->Kind : KitName::Unknown;
}

} // namespace irqlint
