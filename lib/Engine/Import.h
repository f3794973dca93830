//===- Import.h - Functions of other units ----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Brings definitions of functions from other translation units of the driver
/// into this one's tree (with Clang's ASTImporter), so that paths go on through
/// them as through functions of the unit. What cannot be brought in stays a
/// function without a body.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_IMPORT_H
#define IRQLINT_ENGINE_IMPORT_H

#include "Engine/Analyze.h"
#include "Model/ImportFailure.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"

namespace clang {
class ASTImporterSharedState;
}

namespace irqlint {

class UnitImport {
public:
  UnitImport(clang::ASTContext &To, const RuleSet &Rules);
  ~UnitImport();

  /// Brings in the functions with the given USRs from a unit that has been
  /// parsed as ours was. Returns those that did not come, with the function and
  /// the reason. \p OnImport is told each function (USR and name) before.
  std::vector<ImportFailure>
  add(clang::ASTContext &From, const ErrorLocations &Errors,
      const std::function<bool(const clang::Decl *)> &IsStub,
      const std::vector<std::string> &Usrs,
      llvm::function_ref<void(llvm::StringRef, llvm::StringRef)> OnImport);

  /// \p FD is a definition that add() brought in.
  bool isImported(const clang::FunctionDecl *FD) const;

private:
  clang::ASTContext &To;
  const RuleSet &Rules;
  std::shared_ptr<clang::ASTImporterSharedState> Shared;
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_IMPORT_H
