//===- SalLocks.h - Locks that annotations name -----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// `_Acquires_lock_(Ext->Lock)` and the like: the expression is read as a path
/// that begins at a parameter, a member of the object itself or a global.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_SALLOCKS_H
#define IRQLINT_ENGINE_SALLOCKS_H

#include "Rules/RuleSet.h"
#include "clang/AST/Decl.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace irqlint {

/// What an annotation says about a lock.
struct SalLockClaim {
  enum Role : uint8_t { Acquires, Releases, Held, NotHeld, NoneHeld } R = Held;
  enum Mode : uint8_t { Any, Shared, Exclusive } M = Any;
  std::string Text; ///< the expression
  std::string When; ///< the condition around it, if any
};

/// An expression of an annotation, resolved against a declaration.
struct SalPath {
  enum Root : uint8_t { Parameter, This, Global } From = Parameter;
  unsigned Index = 0;
  const clang::VarDecl *Variable = nullptr;
  llvm::SmallVector<const clang::FieldDecl *, 2> Fields;
  clang::QualType Type; ///< of the expression
};

/// Null when the expression is no such path.
std::optional<SalPath> resolveSalPath(llvm::StringRef Text,
                                      const clang::FunctionDecl *FD);
/// The same for an annotation of a member, relative to the object around it.
std::optional<SalPath> resolveSalPath(llvm::StringRef Text,
                                      const clang::FieldDecl *Member);

/// The kind of lock that the expression is or points to, by its type; or null.
const LockKindInfo *kindOfSalPath(const SalPath &P, const RuleSet &Rules);

/// The pointer to (or handle of) the lock, where the root has \p Base: the
/// value of the parameter, or the address of the object itself.
clang::ento::SVal valueOfSalPath(const SalPath &P, clang::ento::SVal Base,
                                 clang::ento::ProgramStateRef S);

/// The lock as the caller sees it.
clang::ento::SVal lockAtCall(const SalPath &P,
                             const clang::ento::CallEvent &Call,
                             clang::ento::ProgramStateRef S);
/// The lock as the function itself sees it, at its beginning.
clang::ento::SVal lockAtEntry(const SalPath &P, const clang::FunctionDecl *FD,
                              const clang::StackFrameContext *Frame,
                              clang::ento::ProgramStateRef S);

} // namespace irqlint

#endif // IRQLINT_ENGINE_SALLOCKS_H
