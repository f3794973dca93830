//===- LoopBounds.h - How often loops run -----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Constants that a walk over the code knows, and the number of rounds that
/// they promise for a loop at most.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_LOOPBOUNDS_H
#define IRQLINT_ENGINE_LOOPBOUNDS_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

namespace irqlint {

/// Variables whose value is known.
class KnownConstants {
public:
  explicit KnownConstants(clang::ASTContext &Ctx) : Ctx(Ctx) {}

  std::optional<int64_t> value(const clang::Expr *E) const;
  std::optional<int64_t> valueOf(const clang::VarDecl *V) const;
  void set(const clang::VarDecl *V, std::optional<int64_t> N);
  /// Follows an assignment.
  void assign(const clang::Expr *Target, const clang::Expr *Value);
  /// Forgets all that \p S may change.
  void forgetChangedIn(const clang::Stmt *S);

private:
  clang::ASTContext &Ctx;
  llvm::DenseMap<const clang::VarDecl *, int64_t> Values;
};

struct LoopBound {
  enum Kind : uint8_t {
    Constant, ///< at most Rounds
    Data,     ///< something is counted or followed, but how far is not known
    None      ///< nothing of the program's own ends it
  } K = None;
  int64_t Rounds = 0;
};

/// \p Known: constants before the loop.
LoopBound boundOf(const clang::Stmt *Loop, const KnownConstants &Known);

} // namespace irqlint

#endif // IRQLINT_ENGINE_LOOPBOUNDS_H
