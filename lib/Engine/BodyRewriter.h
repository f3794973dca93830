//===- BodyRewriter.h - Bodies the analyzer can walk ------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The static analyzer neither runs __finally on the way out of a __try block
/// nor walks damaged statements. Before exploration a body is rewritten in
/// place: structured exception handling becomes gotos over flags, a damaged
/// statement becomes an unknown value whose intact calls still happen. The
/// destructor puts the original nodes back, so other users of the AST never
/// see the difference.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_BODYREWRITER_H
#define IRQLINT_ENGINE_BODYREWRITER_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Stmt.h"
#include <functional>
#include <vector>

namespace irqlint {

/// \p S is an expression of which the parser could not make sense.
bool isDamaged(const clang::Stmt *S);

class BodyRewriter {
public:
  /// What our own variables, functions and labels are called.
  static constexpr llvm::StringLiteral NamePrefix = "irqlint$";
  /// \p Matters tells of a routine that a body cannot be understood without:
  /// where a call of it is damaged, the body is not walkable.
  BodyRewriter(clang::ASTContext &Ctx,
               std::function<bool(const clang::FunctionDecl *)> Matters);
  ~BodyRewriter();
  BodyRewriter(const BodyRewriter &) = delete;
  BodyRewriter &operator=(const BodyRewriter &) = delete;

  /// Rewrites the body of \p FD; false when it cannot be made walkable.
  bool rewrite(clang::FunctionDecl *FD);

  using Asks = std::function<bool(const clang::FunctionDecl *)>;
  /// Makes one question of each assertion in \p S that names several levels.
  /// \p AsksLevel: whether a routine returns the current level.
  void joinAsserted(clang::Stmt *S, const Asks &AsksLevel);

  /// Assertions in \p S that cannot hold do nothing where code comes behind
  /// them.
  void dropFalseAssertions(clang::Stmt *S);

  /// Declared variable of this rewriter: control state that must survive
  /// where paths are merged.
  static bool isControlVariable(const clang::VarDecl *V);
  /// The function that stands for an unknown value.
  static bool isUnknownMarker(const clang::FunctionDecl *FD);

private:
  clang::ASTContext &Ctx;
  std::vector<std::function<void()>> Undo;
  unsigned Serial = 0;
  std::function<bool(const clang::FunctionDecl *)> Matters;
  bool LostCall = false;

  struct SehScope;
  class Lowering;
  void lowerSeh(clang::FunctionDecl *FD);

  bool repair(clang::Stmt *S);
  clang::Expr *levelBounds(clang::Expr *Cond, const Asks &AsksLevel);
  clang::Expr *asArgument(clang::Expr *E, clang::QualType T);
  clang::Stmt *withUnknownNumbers(clang::Stmt *S);
  clang::Stmt *intactCallsOf(clang::Stmt *S);
  size_t locksFirst(const clang::CompoundStmt *Block) const;
  void replace(clang::Stmt *&Slot, clang::Stmt *New);

  clang::Expr *unknownValue(clang::QualType T, clang::SourceLocation L);
  clang::VarDecl *makeVariable(clang::DeclContext *DC, llvm::StringRef Name,
                               clang::QualType T, clang::Expr *Init,
                               clang::SourceLocation L);
  clang::Stmt *declare(clang::VarDecl *V, clang::SourceLocation L);
  clang::Expr *load(clang::VarDecl *V, clang::SourceLocation L);
  clang::Stmt *assign(clang::VarDecl *V, clang::Expr *Val,
                      clang::SourceLocation L);
  clang::Expr *number(unsigned N, clang::SourceLocation L);
  clang::Stmt *jump(clang::LabelDecl *To, clang::SourceLocation L);
  clang::LabelDecl *makeLabel(clang::DeclContext *DC, clang::SourceLocation L);
  clang::Stmt *block(llvm::ArrayRef<clang::Stmt *> Body,
                     clang::SourceLocation B, clang::SourceLocation E);
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_BODYREWRITER_H
