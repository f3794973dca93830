//===- PreamblePragmas.h - Section pragmas lost by clangd -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// clangd compiles the directives at the top of a file once, as a precompiled
/// preamble. Which functions `#pragma alloc_text` puts into a section, and what
/// `#pragma code_seg` selects, is no part of that, and drivers write just these
/// pragmas there. Without them no function of such a file is pageable.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_CHECKERS_PREAMBLEPRAGMAS_H
#define IRQLINT_CHECKERS_PREAMBLEPRAGMAS_H

namespace clang {
class ASTContext;
class Preprocessor;
} // namespace clang

namespace irqlint {

/// Gives functions of the main file the section that pragmas of a precompiled
/// preamble ask for. Does nothing to a unit without one. Pragmas inside `#if`
/// conditions other than `#ifdef` and `#ifndef` are not believed.
void restoreSections(clang::ASTContext &Ctx, clang::Preprocessor &PP);

} // namespace irqlint

#endif // IRQLINT_CHECKERS_PREAMBLEPRAGMAS_H
