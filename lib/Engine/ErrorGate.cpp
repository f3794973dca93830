//===- ErrorGate.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/ErrorGate.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;
using namespace irqlint;

ErrorGate::ErrorGate(ASTContext &Ctx, const UnitIndex &Index,
                     const ErrorLocations &Errors)
    : Rewriter(Ctx, [&Index](const FunctionDecl *FD) {
        const FunctionContract *C = Index.ruleOf(FD);
        return C && llvm::any_of(C->Effects, changesState);
      }) {
  const SourceManager &SM = Ctx.getSourceManager();
  for (const auto &[Key, F] : Index.functions()) {
    SourceRange Body = F.FD->getSourceRange();
    SourceLocation B = SM.getExpansionLoc(Body.getBegin()),
                   E = SM.getExpansionLoc(Body.getEnd());
    unsigned Inside = 0;
    for (SourceLocation L : Errors)
      Inside += SM.isPointWithin(SM.getExpansionLoc(L), B, E);
    Verdict V;
    V.Damaged = Inside || F.HasErrors;
    bool Rewrite = F.HasErrors || F.HasSeh;
    // An error that left no mark in the tree may have swallowed anything.
    bool Unmarked = Inside && !F.HasErrors;
    if (Unmarked ||
        (Rewrite && !Rewriter.rewrite(const_cast<FunctionDecl *>(F.FD)))) {
      V.SkippedForErrors = Unmarked || F.HasErrors;
      V.Why = V.SkippedForErrors ? "parse errors inside"
                                 : "exception handling that cannot be followed";
      Blocked.insert(Key);
    }
    if (V.Damaged || !V.Why.empty())
      Verdicts[Key] = std::move(V);
  }
}
