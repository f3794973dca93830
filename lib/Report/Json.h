//===- Json.h - Strings that JSON can carry ---------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Source lines and file names of real drivers are not always UTF-8; JSON is.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_JSON_H
#define IRQLINT_REPORT_JSON_H

#include "llvm/Support/JSON.h"
#include <string>
#include <vector>

namespace irqlint {

/// \p Text as a JSON string, with bytes that are no UTF-8 replaced by U+FFFD.
llvm::json::Value jsonString(llvm::StringRef Text);
llvm::json::Array jsonStrings(const std::vector<std::string> &List);

/// \p V pretty-printed, with a final newline.
std::string printJson(const llvm::json::Value &V);

} // namespace irqlint

#endif // IRQLINT_REPORT_JSON_H
