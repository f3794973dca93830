//===- AtOnce.h - Routines that call back before they return ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A routine that calls a function of the driver with arguments that are known
/// gets a body that does so: thus paths go through that function, and what it
/// writes to its context is seen by the caller.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_ATONCE_H
#define IRQLINT_ENGINE_ATONCE_H

#include "Engine/UnitIndex.h"
#include "clang/Analysis/CodeInjector.h"

namespace irqlint {

/// The effect of \p FD that calls back with known arguments, or null.
const Effect *callBackAtOnce(const clang::FunctionDecl *FD,
                             const UnitIndex &Index);

class AtOnceBodies : public clang::CodeInjector {
public:
  AtOnceBodies(clang::ASTContext &Ctx, const UnitIndex &Index)
      : Ctx(Ctx), Index(Index) {}
  clang::Stmt *getBody(const clang::FunctionDecl *FD) override;
  clang::Stmt *getBody(const clang::ObjCMethodDecl *) override {
    return nullptr;
  }

private:
  clang::ASTContext &Ctx;
  const UnitIndex &Index;
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_ATONCE_H
