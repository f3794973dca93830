//===- CompleteUnderSpinLock.cpp
//---------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// complete-under-spin-lock: completing a request runs the completion routines
/// of other drivers (and may free the request) before it returns; they may come
/// back for the same lock.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class CompleteUnderSpinLockCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"complete-under-spin-lock"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    if (E.What->Do != EffectKind::Complete)
      return;
    const HeldLock *L = Before.anySpinning();
    if (!L)
      return;
    J.report("complete-under-spin-lock", Certainty::Definite,
             "'" + E.Call->Name + "' completes a request while " +
                 lockText(*L, J) + " is held",
             {L->Site});
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeCompleteUnderSpinLock() {
  return std::make_unique<CompleteUnderSpinLockCheck>();
}
