//===- WdfText.h - Listing of framework objects -----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_WDFTEXT_H
#define IRQLINT_REPORT_WDFTEXT_H

#include "Model/Finding.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

namespace irqlint {

/// For a reader: objects of each unit with level, scope, parent and callbacks.
/// Files are named from \p Base.
std::string objectsText(llvm::ArrayRef<UnitResult> Units, llvm::StringRef Base);

/// The same for programs: one entry per unit that creates objects.
llvm::json::Value objectsJson(llvm::ArrayRef<UnitResult> Units,
                              llvm::StringRef Base);

} // namespace irqlint

#endif // IRQLINT_REPORT_WDFTEXT_H
