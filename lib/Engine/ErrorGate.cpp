//===- ErrorGate.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/ErrorGate.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;
using namespace irqlint;

ErrorGate::ErrorGate(ASTContext &Ctx, const UnitIndex &Index,
                     const ErrorLocations &Errors)
    : Rewriter(Ctx, [&Index](const FunctionDecl *FD) {
        if (const FunctionContract *C = Index.ruleOf(FD))
          return llvm::any_of(C->Effects, changesState);
        unsigned Does = Index.lockingOf(FD, /*Depth=*/2);
        return Does == 1 || Does == 2 || Index.salOf(FD).namesLocks();
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
    if (!Blocked.contains(Key))
      Rewriter.dropFalseAssertions(F.FD->getBody());
    if (F.AsksLevel && !Blocked.contains(Key))
      Rewriter.joinAsserted(F.FD->getBody(), [&Index](const FunctionDecl *FD) {
        const FunctionContract *C = Index.ruleOf(FD);
        return C && llvm::any_of(C->Effects, asksLevel);
      });
    if (V.Damaged || !V.Why.empty())
      Verdicts[Key] = std::move(V);
  }
}

static void complete(QualType T) {
  T = QualType(T->getBaseElementTypeUnsafe(), 0);
  const auto *RT = T->getAs<RecordType>();
  if (!RT || RT->getDecl()->getDefinition() ||
      RT->getDecl()->isDependentContext())
    return;
  RecordDecl *R = RT->getDecl()->getMostRecentDecl();
  R->startDefinition();
  R->completeDefinition();
}

void irqlint::completeTypes(ASTContext &Ctx) {
  // By index: a record out of a preamble brings the types of its members.
  for (size_t I = 0; I < Ctx.getTypes().size(); ++I) {
    const auto *T = dyn_cast<RecordType>(Ctx.getTypes()[I]);
    const RecordDecl *R = T ? T->getDecl()->getDefinition() : nullptr;
    if (!R || R->isDependentContext())
      continue;
    for (FieldDecl *F : R->fields())
      complete(F->getType());
    if (const auto *C = dyn_cast<CXXRecordDecl>(R))
      for (const CXXBaseSpecifier &B : C->bases())
        complete(B.getType());
  }
}
