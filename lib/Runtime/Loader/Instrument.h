//===- Instrument.h - What the driver's code tells the machine --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_LOADER_INSTRUMENT_H
#define IRQLINT_RUNTIME_LOADER_INSTRUMENT_H

#include "Runtime/Loader/Compile.h"
#include "Runtime/Verifier/World.h"
#include "llvm/IR/InstrTypes.h"
#include <set>

namespace irqlint::rt {

/// Prepares the code of \p U to run under the machine:
/// - exceptions are not raised, so only normal ways out of a block remain;
/// - calls, returns, reads, writes and loops tell where they are;
/// - routines without a body in the runtime become calls of their contract;
/// - variables that start as zero or are defined elsewhere move to where their
///   contents can be unknown.
/// \p KitDir: functions from there belong to the system, and their places are
/// those of their callers. \p HasBody: routines that the runtime implements.
void instrument(CompiledUnit &U, Program &P, llvm::StringRef KitDir,
                const std::set<std::string> &HasBody);

/// The values that matter to any place of the unit that reads the same member.
class MemberDomains {
public:
  explicit MemberDomains(const llvm::Module &M);
  void add(const llvm::Instruction &I, Domain &D) const;

private:
  std::map<std::string, std::vector<int64_t>> Values;
};

/// Which results of a call end with the function that calls: a bit for each
/// argument that is a local variable, 31 for the value returned.
uint32_t dyingResults(const llvm::CallBase &C);

/// Depends on a number from elsewhere that nobody compares with anything.
bool isAnyValue(const llvm::Value *V);
/// The values that matter to the users of \p V.
Domain domainOf(const llvm::Value *V);

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_LOADER_INSTRUMENT_H
