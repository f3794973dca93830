//===- WdfConfig.h - The framework objects of a unit ------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What the rest of the engine asks about configurations: how a callback is
/// entered, which object a handle argument is, and the findings of the judges
/// of configurations.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_WDFCONFIG_H
#define IRQLINT_ENGINE_WDFCONFIG_H

#include "Engine/Check.h"
#include "Engine/EntryContext.h"
#include "Engine/WdfFlow.h"
#include "clang/Lex/Preprocessor.h"

namespace irqlint {

/// The lock that belongs to the object that a call is given.
struct HandleLock {
  enum Sort : uint8_t {
    Unknown,
    None,     ///< such an object has no lock
    Callback, ///< the lock that its callbacks are called under
    Interrupt
  } K = Unknown;
  /// Object whose lock it is, or NoObject when it may be one of several.
  int Owner = NoObject;
  bool TypeKnown = false; ///< Mutex says what it is
  bool Mutex = false;
  /// No callback is called under it.
  bool Unused = false;
};

class WdfConfig {
public:
  WdfConfig(clang::ASTContext &Ctx, clang::Preprocessor &PP,
            const UnitIndex &Index,
            const llvm::DenseSet<const clang::FunctionDecl *> &Skip,
            const WdfFacts &Others);

  /// Functions that are entered in another way for what other units create.
  const std::set<std::string> &changedByOthers() const { return Changed; }

  const WdfFacts &facts() const { return Flow.Facts; }

  /// Narrows how \p FD is entered by how the objects that call it back are
  /// configured. Nothing changes where something is not known.
  void refine(const clang::FunctionDecl *FD, EntryContext &Entry) const;

  /// The object that the first argument of \p Call is, or NoObject. Of several
  /// configurations of one creation it is the first.
  int objectAt(const clang::Expr *Call) const;

  /// The lock of the object that the first argument of \p Call is.
  HandleLock lockAt(const clang::Expr *Call) const;

  /// Object that has taken over the lock that the first argument of \p Call
  /// is, or NoObject.
  int takenOverBy(const clang::Expr *Call) const;

  /// Asks the judges about the objects. \p IsRoot tells whether the user asked
  /// about a creating call at a place; \p Enabled whether a check is on.
  std::vector<LocatedFinding>
  judge(const std::vector<std::unique_ptr<Check>> &Checks,
        llvm::function_ref<bool(clang::SourceLocation)> IsRoot,
        llvm::function_ref<bool(llvm::StringRef, Certainty)> Enabled) const;

private:
  clang::ASTContext &Ctx;
  const RuleSet &Rules;
  WdfFlowResult Flow;
  std::set<std::string> Changed;
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_WDFCONFIG_H
