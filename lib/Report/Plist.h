//===- Plist.h - Findings as clang's property list --------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The XML property list that `clang --analyze --analyzer-output plist` writes
/// and CodeChecker stores, with paths as events.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_PLIST_H
#define IRQLINT_REPORT_PLIST_H

#include "Report/Collect.h"
#include "llvm/Support/raw_ostream.h"

namespace irqlint {

void writePlist(const Report &R, llvm::raw_ostream &OS);

} // namespace irqlint

#endif // IRQLINT_REPORT_PLIST_H
