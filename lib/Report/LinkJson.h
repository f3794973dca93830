//===- LinkJson.h - Facts for other units, as JSON --------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_LINKJSON_H
#define IRQLINT_REPORT_LINKJSON_H

#include "Model/LinkFacts.h"
#include "llvm/Support/JSON.h"

namespace irqlint {

llvm::json::Value toJSON(const LinkFacts &F);
llvm::json::Value toJSON(const LinkRequest &R);
bool fromJSON(const llvm::json::Value &V, LinkFacts &F, llvm::json::Path P);

} // namespace irqlint

#endif // IRQLINT_REPORT_LINKJSON_H
