//===- ErrorGate.h - What parse errors leave of a unit ----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Makes the bodies of a unit walkable (BodyRewriter) and says which are not:
/// an error that left no mark in the tree may have swallowed anything. The
/// bodies are put back when the gate goes.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_ERRORGATE_H
#define IRQLINT_ENGINE_ERRORGATE_H

#include "Engine/Analyze.h"
#include "Engine/BodyRewriter.h"
#include "Engine/UnitIndex.h"

namespace irqlint {

class ErrorGate {
public:
  ErrorGate(clang::ASTContext &Ctx, const UnitIndex &Index,
            const ErrorLocations &Errors);

  /// Canonical declarations of functions that cannot be walked.
  const llvm::DenseSet<const clang::FunctionDecl *> &blocked() const {
    return Blocked;
  }
  /// How the errors touch \p FD, and why it is blocked if it is.
  struct Verdict {
    bool Damaged = false, SkippedForErrors = false;
    std::string Why;
  };
  Verdict verdictOf(const clang::FunctionDecl *FD) const {
    return Verdicts.lookup(FD->getCanonicalDecl());
  }

private:
  BodyRewriter Rewriter;
  llvm::DenseSet<const clang::FunctionDecl *> Blocked;
  llvm::DenseMap<const clang::FunctionDecl *, Verdict> Verdicts;
};

/// In broken code a member may be of a type that nobody completes; the
/// analyzer asks for its layout. An empty type answers it. The types that the
/// unit uses are looked at, and what they lead to: a preamble has many more.
void completeTypes(clang::ASTContext &Ctx);

} // namespace irqlint

#endif // IRQLINT_ENGINE_ERRORGATE_H
