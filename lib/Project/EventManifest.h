//===- EventManifest.h - Headers generated from manifests -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// An instrumentation manifest lists the events that a driver writes; the
/// message compiler makes one macro for each. This writes the same names.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_EVENTMANIFEST_H
#define IRQLINT_PROJECT_EVENTMANIFEST_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace irqlint {

/// `EventRegisterPROVIDER`, `EventWriteEVENT`, `EventEnabledEVENT` and the
/// constants for channels, keywords, tasks, opcodes and levels of the manifest
/// \p Text (XML in any encoding). The arguments of a macro are evaluated,
/// nothing else happens. Empty declarations when it is no manifest.
std::string manifestHeader(llvm::StringRef Text);

} // namespace irqlint

#endif // IRQLINT_PROJECT_EVENTMANIFEST_H
