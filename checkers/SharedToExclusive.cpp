//===- SharedToExclusive.cpp
//-------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// shared-to-exclusive: a thread that holds a lock shared asks for it
/// exclusively and waits for itself to let go. Conversion is a routine of its
/// own, which may fail.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class SharedToExclusiveCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"shared-to-exclusive"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    if (E.What->Do != EffectKind::Acquire || !E.Succeeded || E.Shared ||
        !E.Object || E.Weak)
      return;
    const HeldLock *L = Before.find(E.Object);
    if (!L || !L->Shared || L->Doubtful)
      return;
    J.report("shared-to-exclusive", Certainty::Definite,
             lockText(*L, J) +
                 " is held shared and is acquired exclusively "
                 "by '" +
                 E.Call->Name + "'",
             {L->Site});
    J.endPath();
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeSharedToExclusive() {
  return std::make_unique<SharedToExclusiveCheck>();
}
