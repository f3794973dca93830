//===- WdfFlow.h - Where configurations come from ---------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A pass of its own before exploration: follows the configuration structures
/// of framework objects through locals, helpers and copies to the calls that
/// create the objects, and handles from there to where they are used. It knows
/// constants, functions, addresses and handles, nothing else; a few states are
/// kept apart where paths meet. Routines are known by the rules, so that bodies
/// in headers need not be visible.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_WDFFLOW_H
#define IRQLINT_ENGINE_WDFFLOW_H

#include "Engine/UnitIndex.h"
#include "Model/WdfObject.h"
#include "llvm/ADT/DenseMap.h"

namespace irqlint {

struct WdfFlowResult {
  WdfFacts Facts;
  /// Objects that the first argument of a call may be, by call; NoObject in it
  /// when it may be another one.
  llvm::DenseMap<const clang::Expr *, llvm::SmallVector<int, 2>> Handles;
  /// Creating call of each object, parallel to Facts.Objects.
  std::vector<const clang::Expr *> Sites;
};

/// \p Skip are functions whose bodies must not be looked at.
WdfFlowResult
followConfigurations(clang::ASTContext &Ctx, const UnitIndex &Index,
                     const llvm::DenseSet<const clang::FunctionDecl *> &Skip);

} // namespace irqlint

#endif // IRQLINT_ENGINE_WDFFLOW_H
