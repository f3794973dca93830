//===- Compile.h - From a parsed unit to code that can be run ---*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_LOADER_COMPILE_H
#define IRQLINT_RUNTIME_LOADER_COMPILE_H

#include "Project/Parse.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include <map>
#include <memory>
#include <tuple>

namespace irqlint::rt {

/// Where a call begins and whom it calls: file, line, column, name.
using CallPlace = std::tuple<std::string, unsigned, unsigned, std::string>;

/// The arguments of a call as they were written, and the names of the types
/// that they are or point to.
struct CallArguments {
  std::vector<std::string> Texts, Types;
};

struct CompiledUnit {
  std::unique_ptr<llvm::LLVMContext> Context;
  std::unique_ptr<llvm::Module> Code;
  std::map<CallPlace, CallArguments> Arguments;
  /// Symbols of the functions that the unit defines.
  std::map<const clang::FunctionDecl *, std::string> Symbols;
};

/// Code for the Windows convention in an object format of the host, so that it
/// behaves as in the kernel and can still be linked here. Fails when the unit
/// has errors.
llvm::Expected<CompiledUnit> compile(const ParsedUnit &U);

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_LOADER_COMPILE_H
