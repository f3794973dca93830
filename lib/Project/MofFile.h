//===- MofFile.h - Headers generated from MOF classes -----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Drivers that answer WMI requests compile a .mof and let a tool write the C
/// structures of its classes. This writes the same names.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_MOFFILE_H
#define IRQLINT_PROJECT_MOFFILE_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace irqlint {

/// For every class of \p MofText a structure of its data items in the order of
/// their ids, `NAMEGuid` and `NAME_GUID`, ids and sizes of the items, and for
/// every method its number and the structures `METHOD_IN` and `METHOD_OUT`.
/// Handles UTF-16. What it does not understand is left out.
std::string mofHeader(llvm::StringRef MofText);

} // namespace irqlint

#endif // IRQLINT_PROJECT_MOFFILE_H
