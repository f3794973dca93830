//===- Sections.h - Time spent while others are kept waiting ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Adds up what code costs on its worst path while a spin lock is held or an
/// interrupt is kept out. A walk of its own over the statements, by the cost
/// model of the rules; it follows calls into functions of the unit.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_SECTIONS_H
#define IRQLINT_ENGINE_SECTIONS_H

#include "Engine/Check.h"
#include "Engine/EntryContext.h"
#include "Engine/UnitIndex.h"

namespace irqlint {

struct LocatedSection {
  SectionCost Cost;
  clang::SourceLocation Start;
  std::vector<clang::SourceLocation> ItemLocs; ///< parallel to Cost.Items
};

class SectionCosts {
public:
  SectionCosts(clang::ASTContext &Ctx, const UnitIndex &Index,
               const llvm::DenseSet<const clang::FunctionDecl *> &Skip)
      : Ctx(Ctx), Index(Index), Skip(Skip) {}

  /// Looks at the sections that begin in \p FD, which may be one itself.
  void add(const clang::FunctionDecl *FD, const EntryContext &Entry);

  /// The sections, each once with its worst path.
  std::vector<LocatedSection> take() const;

private:
  clang::ASTContext &Ctx;
  const UnitIndex &Index;
  const llvm::DenseSet<const clang::FunctionDecl *> &Skip;
  std::vector<LocatedSection> Found;
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_SECTIONS_H
