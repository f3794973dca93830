//===- SalConditions.h - Conditions in annotations --------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The condition of `_When_(Condition, ...)`, as far as it is made of the
/// result, parameters, constants and macros over these.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_SALCONDITIONS_H
#define IRQLINT_ENGINE_SALCONDITIONS_H

#include "Engine/Check.h"
#include "clang/AST/Decl.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramState.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>
#include <vector>

namespace clang {
class Preprocessor;
} // namespace clang

namespace irqlint {

class SalCondition {
public:
  static constexpr int Result = -1;
  /// Value of a parameter, or of the result.
  using ValueOf = llvm::function_ref<clang::ento::SVal(int Index)>;
  using States = llvm::SmallVector<clang::ento::ProgramStateRef, 2>;

  /// Null when it says something that is not understood.
  static std::optional<SalCondition> parse(llvm::StringRef Text,
                                           const clang::FunctionDecl *FD,
                                           clang::Preprocessor &PP);

  bool asksResult() const;
  llvm::SmallVector<unsigned, 2> parameters() const;

  /// \p S where the condition holds (or does not); none if that cannot be.
  States assume(clang::ento::ProgramStateRef S, ValueOf Value,
                bool Holds) const {
    return assume(Top, S, Value, Holds);
  }
  Applies decide(clang::ento::ProgramStateRef S, ValueOf Value) const;

private:
  friend class SalConditionParser;
  struct Node {
    enum Kind : uint8_t { Number, Value, Not, And, Or, Compare, Bits } K;
    int64_t N = 0; ///< the number, or the index of the value
    clang::BinaryOperatorKind Op = clang::BO_EQ;
    int Left = -1, Right = -1;
  };
  std::vector<Node> Nodes;
  int Top = -1;
  const clang::FunctionDecl *FD = nullptr;

  clang::QualType typeOf(const Node &N) const;
  clang::ento::SVal valueOf(int I, clang::QualType Like,
                            clang::ento::ProgramStateRef S,
                            ValueOf Value) const;
  States assume(int I, clang::ento::ProgramStateRef S, ValueOf Value,
                bool Holds) const;
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_SALCONDITIONS_H
