//===- Sites.h - Statements of a function that lock or unlock ---*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Where a text can be changed so that a synchronization defect comes of it:
/// whole statements of the main file that consist of calls with effects, with
/// the blocks and loops around them. Offsets are those of the main file.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_INJECT_SITES_H
#define IRQLINT_INJECT_SITES_H

#include "Engine/UnitIndex.h"
#include "clang/AST/Expr.h"
#include <string>
#include <vector>

namespace irqlint {

/// One effect of a call in a statement.
struct SiteEffect {
  const Effect *What = nullptr;
  const clang::CallExpr *Call = nullptr;
  const LockKindInfo *Kind = nullptr;
  /// Kind and text of the lock: equal for the same one.
  std::string Lock;
};

/// A statement that can be taken away, doubled, or have others put before it.
struct Site {
  unsigned Begin = 0, End = 0; ///< End is after the semicolon
  unsigned Line = 0;
  std::string Text;
  std::vector<SiteEffect> Effects;
  /// It is nothing but the call (or macro, or a call whose result is the old
  /// level).
  bool Removable = false;
  /// The block that it stands in directly, and its number there; null where it
  /// is the only statement of a branch.
  const clang::Stmt *Block = nullptr;
  unsigned Index = 0;
  /// The innermost loop, when `continue` and `break` here mean that one.
  const clang::Stmt *Loop = nullptr;

  const SiteEffect *find(EffectKind K) const {
    for (const SiteEffect &E : Effects)
      if (E.What->Do == K)
        return &E;
    return nullptr;
  }
};

/// All statements without inner ones of \p FD in source order; only those with
/// effects are of interest by themselves. Empty when its body does not lie in
/// the main file as written.
std::vector<Site> sitesOf(const clang::FunctionDecl *FD,
                          const UnitIndex &Index);

/// The text of \p R in the main file; empty if it comes out of a macro.
std::string textOf(clang::SourceRange R, const clang::ASTContext &Ctx);
/// Offset of \p L in the main file, or -1.
int offsetOf(clang::SourceLocation L, const clang::ASTContext &Ctx);
/// Offset behind the token at \p L, or -1.
int offsetBehind(clang::SourceLocation L, const clang::ASTContext &Ctx);

} // namespace irqlint

#endif // IRQLINT_INJECT_SITES_H
