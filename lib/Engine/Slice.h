//===- Slice.h - What decides about locks and levels ------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The variables and members of which the values decide whether a routine is
/// called that matters to synchronization: those in the conditions that such
/// calls depend on (Ferrante, Ottenstein, Warren: The Program Dependence
/// Graph, 1987), those that are handed to them, and those that these are
/// computed from. Paths that differ in nothing else can be joined at once.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_SLICE_H
#define IRQLINT_ENGINE_SLICE_H

#include "clang/Analysis/AnalysisDeclContext.h"
#include "llvm/ADT/DenseSet.h"
#include <functional>

namespace irqlint {

class Slice {
public:
  /// \p Matters: a call of this function is one of those. \p Small: the body
  /// of a function that is looked into wherever it is called, or null.
  Slice(std::function<bool(const clang::FunctionDecl *)> Matters,
        std::function<const clang::Stmt *(const clang::FunctionDecl *)> Small)
      : Matters(std::move(Matters)), Small(std::move(Small)) {}

  /// Takes in the function of \p ADC, once. True if there is something new.
  bool require(clang::AnalysisDeclContext &ADC);

  bool contains(const clang::ValueDecl *D) const {
    return Decls.contains(llvm::cast<clang::ValueDecl>(D->getCanonicalDecl()));
  }

  /// What is tested at \p L decides whether such a call is reached. True also
  /// for places in functions that were not taken in.
  bool decides(clang::SourceLocation L, const clang::SourceManager &SM) const;

private:
  std::function<bool(const clang::FunctionDecl *)> Matters;
  std::function<const clang::Stmt *(const clang::FunctionDecl *)> Small;
  llvm::DenseSet<const clang::ValueDecl *> Decls;
  llvm::DenseSet<const clang::Decl *> Done;
  /// Conditions that decide nothing.
  std::vector<clang::SourceRange> Idle;

  void mention(const clang::Stmt *S, unsigned Depth = 0);
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_SLICE_H
