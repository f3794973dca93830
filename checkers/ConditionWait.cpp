//===- ConditionWait.cpp
//-----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// condition-wait-without-loop: a wait that may end without its reason is made
/// once, although the data that it waits for was tested before.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class ConditionWaitCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"condition-wait-without-loop"};
  }

  void onCall(const CallEvent &Call, const SyncState &,
              Judgement &J) const override {
    if (Call.InLoop)
      return;
    for (size_t I = 0; I < Call.Fn->Effects.size(); ++I)
      if (Call.Fn->Effects[I].Recheck && Call.EffectApplies[I] != Applies::No) {
        // Without a test it may be a wrapper whose callers have the loop.
        J.report("condition-wait-without-loop",
                 Call.Guarded ? Certainty::Definite : Certainty::Possible,
                 "'" + Call.Name +
                     "' may return before what it waits for has "
                     "happened, and nothing looks again",
                 {},
                 Call.Guarded ? "" : "call it in a loop over the condition");
        return;
      }
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeConditionWait() {
  return std::make_unique<ConditionWaitCheck>();
}
