//===- Kit.h - The header kit at run time -----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Where the generated headers are, and what kind of thing a documented name
/// is that they do not declare. What the kit holds: lib/Kit/README.md.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_KIT_KIT_H
#define IRQLINT_KIT_KIT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace irqlint {

/// The folder to search after all other include folders. It is, in this order:
/// the environment variable IRQLINT_KIT; share/irqlint/kit/include next to the
/// folder that the program \p Argv0 is in (build tree and installation look
/// alike). The error names every place that was tried.
llvm::Expected<std::string> findKit(const char *Argv0);

/// Kind of a name, as far as stubs need to know.
enum class KitName {
  Unknown,  ///< not in the table, or the kit declares it
  Type,     ///< structure, enumeration, scalar or pointer
  Callback, ///< function type or pointer to one
  Function,
  Constant,
  Macro
};

/// Looks \p Name up among the names that drivers use and the kit lacks.
KitName lookupKind(llvm::StringRef Name);

} // namespace irqlint

#endif // IRQLINT_KIT_KIT_H
