//===- DoubleAcquire.cpp
//-----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// double-acquire: the thread already owns the lock and the kind of lock does
/// not count its owner's acquisitions, so the thread waits for itself.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class DoubleAcquireCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"double-acquire"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    // A try that fails is the proper answer to a lock that is taken.
    bool Takes = E.What->Do == EffectKind::Acquire ||
                 E.What->Do == EffectKind::Atomic ||
                 E.What->Do == EffectKind::CallBack;
    if (!Takes || !E.Succeeded || !E.Object || E.Weak)
      return;
    const HeldLock *L = Before.find(E.Object);
    if (!L || (L->Kind && E.Kind && L->Kind != E.Kind))
      return;
    const LockKindInfo *K = E.Kind;
    if (L->FromEntry && (E.What->Configured || (E.Kind && E.Kind->OfInterrupt)))
      return; // the callback locks' own checks speak of it
    if (L->Shared && !E.Shared)
      return; // shared-to-exclusive speaks of it
    if (K && (E.Shared ? K->RecursiveShared : K->RecursiveExclusive))
      return;
    std::string How = J.routineAt(L->Site);
    J.report("double-acquire", Certainty::Definite,
             lockText(*L, J) + " is acquired again by '" + E.Call->Name +
                 "' while this thread holds it" +
                 (How.empty() ? "" : "; first acquired by '" + How + "'"),
             {L->Site});
    // (What takes and gives up in one leaves everything as it was.)
    if (!L->Doubtful && E.What->Do != EffectKind::Atomic)
      J.endPath();
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeDoubleAcquire() {
  return std::make_unique<DoubleAcquireCheck>();
}
