//===- CancelLock.cpp
//--------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// cancel-lock-misuse: a cancel routine is entered with the cancel spin lock
/// held and must release it; a routine whose contract is to give up a lock of
/// its caller returns without having done so.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class CancelLockCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"cancel-lock-misuse"};
  }

  void onExit(const ExitEvent &Exit, const SyncState &S,
              Judgement &J) const override {
    if (!Exit.Role || !Exit.Role->ReleasesForCaller)
      return;
    for (const HeldLock &L : S.Held)
      if (L.FromEntry)
        J.report("cancel-lock-misuse", Certainty::Definite,
                 "'" + Exit.Function + "' is entered with the " +
                     (L.Kind ? L.Kind->Title : std::string("lock")) +
                     " held and returns without releasing it",
                 {});
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeCancelLock() {
  return std::make_unique<CancelLockCheck>();
}
