//===- Contracts.h - Rules as annotations of declarations --------------*- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOLS_KIT_CONTRACTS_CONTRACTS_H
#define IRQLINT_TOOLS_KIT_CONTRACTS_CONTRACTS_H

#include "Prototype.h"
#include <map>
#include <set>

namespace irqlint {

/// Source annotations: what stands in front of the routine and in front of its
/// parameters.
struct SalText {
  std::vector<std::string> Routine;
  std::vector<std::string> Parameters;
};
SalText salOf(const FunctionContract &F, const Prototype &P, const RuleSet &R);

/// Attributes of Clang's thread safety analysis.
class Capabilities {
public:
  explicit Capabilities(const RuleSet &R);

  /// A declaration with its attributes. Those after the first hold for calls
  /// with certain constants only.
  struct Declaration {
    std::string When; ///< condition of `enable_if`, empty for all calls
    std::string Attributes;
  };
  std::vector<Declaration> of(const FunctionContract &F,
                              const Prototype &P) const;
  /// What a function that is declared by a role type may rely on.
  std::string of(const RoleContract &Role) const;
  /// Declarations of all capabilities.
  std::string prelude() const;

private:
  struct Group {
    bool Dropped = false;  ///< some routine's lock cannot be named
    bool Generic = false;  ///< modes change: releases fit every mode
    bool ByHandle = false; ///< releases know the handle only
    bool Released = false; ///< some routine always gives it up
    bool usable() const { return Released && !Dropped; }
    std::map<std::string, Irql> Levels; ///< by form, the lowest that is reached
  };
  struct Attributes;
  void read(const FunctionContract &F);
  const Group *group(const Effect &E) const;
  std::vector<std::string> levels(const Effect &E) const;
  std::optional<std::string> lock(const Effect &E, const Prototype &P) const;
  void add(const Effect &E, bool Certain, const Prototype &P,
           Attributes &A) const;
  Declaration declaration(const FunctionContract &F, const Prototype &P,
                          const Conditions *Case, Irql RaisedTo) const;

  const RuleSet &Rules;
  std::map<std::string, Group> Groups; ///< by kind of lock
};

} // namespace irqlint

#endif // IRQLINT_TOOLS_KIT_CONTRACTS_CONTRACTS_H
