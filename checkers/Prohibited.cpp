//===- Prohibited.cpp
//--------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Combinations of arguments that the documentation of a routine forbids. Which
/// ones, and which check tells them, stands in rules/ (`forbids`).
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class ProhibitedCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"wait-misuse",    "keyed-event-misuse", "lock-in-wrong-memory",
            "rundown-misuse", "remove-lock-misuse", "init-once-misuse"};
  }

  void onCall(const CallEvent &Call, const SyncState &,
              Judgement &J) const override {
    for (size_t I = 0; I < Call.Fn->Forbids.size(); ++I) {
      const Prohibition &P = Call.Fn->Forbids[I];
      if (Call.ForbidApplies[I] == Applies::Yes)
        J.report(P.Check,
                 P.Possible ? Certainty::Possible : Certainty::Definite,
                 "'" + Call.Name + "' " + P.Says, {});
    }
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeProhibited() {
  return std::make_unique<ProhibitedCheck>();
}
