//===- MessageFile.h - Headers that the message compiler writes -*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_MESSAGEFILE_H
#define IRQLINT_PROJECT_MESSAGEFILE_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace irqlint {

/// The `#define`s for the SymbolicName entries of a message text (.mc), with
/// the values that severity, facility and message id give. Handles UTF-16.
std::string messageHeader(llvm::StringRef MessageText);

} // namespace irqlint

#endif // IRQLINT_PROJECT_MESSAGEFILE_H
