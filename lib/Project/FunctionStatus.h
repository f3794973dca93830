//===- FunctionStatus.h - How much of each function was parsed --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_FUNCTIONSTATUS_H
#define IRQLINT_PROJECT_FUNCTIONSTATUS_H

#include "Project/Parse.h"
#include "llvm/ADT/ArrayRef.h"

namespace irqlint {

/// Judges every function definition of the unit in source order, except those
/// in files below one of \p Foreign (absolute folders with a final slash).
/// \p Errors: places of errors; \p StubUses: places where a look-up was
/// answered with a declaration made on demand.
std::vector<FunctionParse>
functionStatus(clang::ASTContext &Ctx,
               llvm::ArrayRef<clang::SourceLocation> Errors,
               llvm::ArrayRef<clang::SourceLocation> StubUses,
               llvm::ArrayRef<std::string> Foreign);

} // namespace irqlint

#endif // IRQLINT_PROJECT_FUNCTIONSTATUS_H
