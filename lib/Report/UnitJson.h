//===- UnitJson.h - Unit results as JSON ------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// UnitResult to JSON and back: between worker processes and the scan, in the
/// work folder of --keep, and in result files. Members that are empty or zero
/// are left out.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_UNITJSON_H
#define IRQLINT_REPORT_UNITJSON_H

#include "Model/Finding.h"
#include "llvm/Support/JSON.h"

namespace irqlint {

llvm::json::Value toJSON(const SourcePos &P);
llvm::json::Value toJSON(const PathStep &S);
llvm::json::Value toJSON(const TextEdit &E);
llvm::json::Value toJSON(const Repair &R);
llvm::json::Value toJSON(const Finding &F);
llvm::json::Value toJSON(const FunctionRecord &R);
llvm::json::Value toJSON(const UnitResult &U);
llvm::json::Value toJSON(const WdfFacts &F);

/// The path \p P names the member that is missing or of the wrong type.
bool fromJSON(const llvm::json::Value &V, SourcePos &R, llvm::json::Path P);
bool fromJSON(const llvm::json::Value &V, PathStep &R, llvm::json::Path P);
bool fromJSON(const llvm::json::Value &V, TextEdit &R, llvm::json::Path P);
bool fromJSON(const llvm::json::Value &V, Repair &R, llvm::json::Path P);
bool fromJSON(const llvm::json::Value &V, Finding &R, llvm::json::Path P);
bool fromJSON(const llvm::json::Value &V, FunctionRecord &R,
              llvm::json::Path P);
bool fromJSON(const llvm::json::Value &V, WdfFacts &R, llvm::json::Path P);
bool fromJSON(const llvm::json::Value &V, UnitResult &R, llvm::json::Path P);

} // namespace irqlint

#endif // IRQLINT_REPORT_UNITJSON_H
