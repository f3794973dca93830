//===- ReleaseText.h - A wrong release and what it can name -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A call that releases a lock and the one that acquired it, on one path: what
/// of both is written in the file, and what of the acquisition can be named at
/// the release and still means the same.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_RELEASETEXT_H
#define IRQLINT_ENGINE_RELEASETEXT_H

#include "Engine/Exploration.h"
#include "Engine/Levels.h"
#include "clang/AST/Expr.h"

namespace irqlint {

using Texts = llvm::SmallVector<std::string, 4>;

class ReleaseText {
public:
  ReleaseText(UnitRun &Unit, const LevelMap &Map,
              clang::ento::ProgramStateRef S, const clang::LocationContext *LC);

  /// Both calls are in this function, and their arguments in its text.
  bool understand(const EffectEvent &E);
  bool isHere(const clang::Stmt *Wanted) const;
  /// Where \p E is written, if that is in the file of the release and nobody
  /// else's; invalid otherwise.
  clang::CharSourceRange rangeOf(const clang::Expr *E) const;
  bool sameFile(clang::SourceLocation L) const;
  std::string textIn(clang::CharSourceRange R) const;
  std::string textOfExpr(const clang::Expr *E) const;
  /// The name of the routine in the call, perhaps a macro of that name.
  clang::CharSourceRange nameRange() const;
  /// The macro is another name of the routine, with the same arguments.
  bool isNameOfRelease(llvm::StringRef Macro) const;
  /// How many arguments the routine takes, and its declaration if it is not a
  /// macro; none if the unit does not know it.
  std::optional<unsigned> declared(llvm::StringRef Name,
                                   const clang::FunctionDecl *&Decl) const;
  /// \p VD can be named at the release, and its name means nothing else.
  bool canName(const clang::VarDecl *VD) const;
  /// The function gives \p VD no value but that of its declaration.
  bool neverChanges(const clang::VarDecl *VD) const;
  /// \p E has the value at the release that it had at the acquisition.
  bool isStable(const clang::Expr *E) const;
  /// \p E means the same place at the release as at the acquisition.
  bool isPlace(const clang::Expr *E) const;
  /// The region of a place, as the path knows it.
  clang::ento::SVal regionOf(const clang::Expr *E) const;
  clang::ento::SVal valueOfExpr(const clang::Expr *E) const;
  /// The acquisition of the lock is the only one in the function; where
  /// only the routine matters, others by the same one do no harm.
  bool isOnlyAcquisition(bool Exactly) const;
  /// Some call in the function gives up a shared hold of the lock.
  bool isReleasedShared() const;
  /// Where the acquisition put the old level, if it is still there.
  const clang::Expr *savedIn() const;
  bool holdsBase(clang::ento::SVal Where) const;
  /// \p VD holds what the acquisition saved. The analyzer forgets variables
  /// that nobody reads any more; of these the text tells.
  bool isStillThere(const clang::VarDecl *VD) const;
  bool between(clang::SourceLocation From, clang::SourceLocation At,
               clang::SourceLocation To) const;
  /// `Ref = Call` is in the function.
  bool isAssignedIn(const clang::Stmt *Ref, const clang::CallExpr *Call) const;
  /// The x of a *(&x), which macros make of it.
  static const clang::Expr *throughPointer(const clang::Expr *E);
  /// The text of the saved level; that of a declaration that is initialized
  /// with it is its name.
  std::string savedText() const;

  UnitRun &Unit;
  const LevelMap &Map;
  clang::ento::ProgramStateRef S;
  const clang::StackFrameContext *LC;
  const clang::SourceManager &SM;
  const clang::LangOptions &LO;
  const clang::FunctionDecl *FD;

  const EffectEvent *Event = nullptr;
  const HeldLock *Lock = nullptr;
  const clang::CallExpr *Release = nullptr, *Acquisition = nullptr;
  const FunctionContract *ReleaseFn = nullptr, *AcquireFn = nullptr;
  const Effect *ReleaseEffect = nullptr, *AcquireEffect = nullptr;
  Texts OldArgs;
  llvm::SmallVector<clang::CharSourceRange, 4> OldRanges;
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_RELEASETEXT_H
