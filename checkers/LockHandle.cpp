//===- LockHandle.cpp
//--------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// in-stack-handle-misuse: the handle of a queued lock is a link in the queue
/// of those who wait; it is in use for another lock already, or it is a
/// variable that all processors share.
/// saved-irql-shared: the level before is saved where another processor can
/// overwrite it before it is restored.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class LockHandleCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"in-stack-handle-misuse", "saved-irql-shared"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    bool Takes = E.What->Do == EffectKind::Acquire ||
                 E.What->Do == EffectKind::TryAcquire;
    if (!E.Succeeded)
      return;
    if (Takes && E.Handle && E.Kind && E.Kind->Spins)
      handle(E, Before, J);
    if ((Takes || E.What->Do == EffectKind::Raise) && E.SavesToGlobal)
      saves(E, Before, J);
  }

private:
  static void handle(const EffectEvent &E, const SyncState &Before,
                     Judgement &J) {
    for (const HeldLock &L : Before.Held)
      if (L.Handle == E.Handle && L.Object != E.Object && !L.Doubtful) {
        J.report("in-stack-handle-misuse", Certainty::Definite,
                 "'" + E.HandleText + "' is the handle of " + lockText(L, J) +
                     ", which is held, and is used by '" + E.Call->Name +
                     "' for '" + E.ObjectText + "'",
                 {L.Site});
        return;
      }
    if (E.HandleIsGlobal)
      J.report("in-stack-handle-misuse", Certainty::Definite,
               "'" + E.HandleText + "' is shared by all who acquire '" +
                   E.ObjectText + "', but each needs a handle of its own",
               {});
  }

  static void saves(const EffectEvent &E, const SyncState &Before,
                    Judgement &J) {
    bool Raises = E.What->Do == EffectKind::Raise;
    // Under a lock that everybody takes, one place is enough.
    if (Raises ? Before.anySpinning() != nullptr : !E.Shared)
      return;
    J.report("saved-irql-shared", Certainty::Definite,
             "'" + E.Call->Name + "' saves the level in '" + E.SavesText +
                 "', which others overwrite who " +
                 (Raises ? "raise theirs at the same time"
                         : "hold the lock shared at the same time"),
             {});
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeLockHandle() {
  return std::make_unique<LockHandleCheck>();
}
