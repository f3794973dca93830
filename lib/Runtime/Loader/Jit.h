//===- Jit.h - The driver's code in this process ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_LOADER_JIT_H
#define IRQLINT_RUNTIME_LOADER_JIT_H

#include "Runtime/Loader/Compile.h"
#include <set>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace irqlint::rt {

/// Routines that the runtime implements.
/// \p Scenario: also what several callbacks need to meet each other.
std::set<std::string> routinesWithBody(bool Scenario = false);

/// Code that has been linked against the runtime. Its variables are put back
/// to their initial values between executions.
class LoadedCode {
public:
  static llvm::Expected<std::unique_ptr<LoadedCode>>
  load(std::vector<CompiledUnit> Units, bool Scenario = false);
  ~LoadedCode();

  /// Address of a function or variable; 0 if there is none.
  uint64_t address(llvm::StringRef Symbol) const;
  void resetVariables();

private:
  LoadedCode();
  struct Variable {
    char *At;
    std::string Initial;
  };
  std::unique_ptr<llvm::orc::LLJIT> Jit;
  std::vector<Variable> Variables;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_LOADER_JIT_H
