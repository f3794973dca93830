//===- Prototype.h - A routine as the kit declares it ------------------*- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOLS_KIT_CONTRACTS_PROTOTYPE_H
#define IRQLINT_TOOLS_KIT_CONTRACTS_PROTOTYPE_H

#include "Rules/RuleSet.h"
#include <optional>
#include <string>
#include <vector>

namespace irqlint {

/// What the generator of the kit says about one name: a routine or a role.
struct KitName {
  enum Kind { Routine, Role } K = Routine;
  std::string Part, Condition, Name;
  std::string Text; ///< prototype without its semicolon
};

/// A prototype, cut at its parameters.
struct Prototype {
  std::string Head; ///< annotations, result and name, up to the parenthesis
  std::string Tail; ///< from the closing parenthesis on
  std::vector<std::string> Parameters;
  std::vector<std::string> Names; ///< of the parameters; empty if it has none
  /// The result is a truth value, so that a test of it tells success.
  bool ReturnsTruth = false;

  /// The kit's own declaration says at which levels it may be called.
  bool StatesLevels = false;

  /// Annotations in front are left out: the first declaration has them.
  static Prototype parse(llvm::StringRef Text);
  /// With what is to stand in front of each parameter.
  std::string with(llvm::ArrayRef<std::string> InFront) const;
  /// C spelling of a value of a call, or nothing if it has none at a
  /// declaration.
  std::optional<std::string> spell(const ValueRef &V) const;
  /// C spelling of a conjunction about arguments; \p MembersToo: also of what
  /// they point to.
  std::optional<std::string> spell(const Conditions &All,
                                   bool MembersToo) const;
};

} // namespace irqlint

#endif // IRQLINT_TOOLS_KIT_CONTRACTS_PROTOTYPE_H
