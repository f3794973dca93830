//===- LockDemand.cpp -----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// lock-not-held: a routine is called, or guarded data touched, without the
/// lock that goes with it. lock-held-at-call: a lock is held that must not be.
/// annotation-not-kept: a function does not do with a lock what it says.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class LockDemandCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"lock-not-held", "lock-held-at-call", "annotation-not-kept"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    if (E.What->Do != EffectKind::Require || E.Weak)
      return;
    if (E.What->Not)
      return banned(E, Before, J);
    if (E.Matched) {
      if (E.Exclusive && E.Matched->Shared && !E.Matched->FromEntry)
        J.report("lock-not-held", Certainty::Definite,
                 "'" + E.Call->Name + "' needs " + lockText(*E.Matched, J) +
                     " exclusively, which is held shared",
                 {E.Matched->Site});
      return;
    }
    const FreeLock *F = Before.findFree(E.Object);
    if (!F && !Before.ClosedWorld)
      return;
    J.report("lock-not-held", Certainty::Definite,
             "'" + E.Call->Name + "' needs " + E.Kind->Title + " '" +
                 E.ObjectText + "', which is not held here",
             {F ? F->Site : nullptr});
  }

  void onAccess(const AccessEvent &E, const SyncState &,
                Judgement &J) const override {
    if (!E.Guard)
      return;
    J.report(
        "lock-not-held", E.Sure ? Certainty::Definite : Certainty::Possible,
        "'" + E.Text + "' is " + (E.Write ? "written" : "read") + " without " +
            E.Guard->Title + " '" + E.GuardText + "', which guards it",
        {E.GivenUpAt},
        E.Sure ? "" : "hold the lock, unless nobody else has the object yet");
  }

  void onExit(const ExitEvent &Exit, const SyncState &S,
              Judgement &J) const override {
    Certainty Sure = Exit.NoCase ? Certainty::Possible : Certainty::Definite;
    const char *Hint =
        Exit.NoCase ? "say in the default of the switch that it is not reached"
                    : "";
    for (const ExitEvent::BrokenPromise &P : Exit.Broken)
      J.report(
          "annotation-not-kept", P.Sure ? Sure : Certainty::Possible,
          "'" + Exit.Function + "' is annotated to " +
              (P.Acquires   ? "acquire "
               : P.Releases ? "release "
                            : "keep ") +
              P.Kind->Title + " '" + P.Lock + "'" +
              (P.When.empty()
                   ? ""
                   : (P.Holds ? " when '" : " only when '") + P.When + "'") +
              ", but returns " +
              (P.Releases == (P.When.empty() || P.Holds) ? "with" : "without") +
              " it here",
          {},
          P.Sure ? Hint : "say with _When_ that this holds for success only");
    if (Exit.NotRaisedTo)
      J.report("annotation-not-kept", Sure,
               "'" + Exit.Function + "' is annotated to raise the level to " +
                   irqlName(*Exit.NotRaisedTo) +
                   ", but returns at the level it was entered at here",
               {}, Hint);
    if (!Exit.NotSavedTo.empty())
      J.report("annotation-not-kept", Sure,
               "'" + Exit.Function +
                   "' is annotated to save the old level in " +
                   Exit.NotSavedTo + ", but does not on this path",
               {S.LevelSite}, Hint);
    if (!Exit.NotRestoredFrom.empty())
      J.report("annotation-not-kept", Sure,
               "'" + Exit.Function +
                   "' is annotated to restore the level from '" +
                   Exit.NotRestoredFrom + "', but returns without that here",
               {}, Hint);
  }

private:
  static void banned(const EffectEvent &E, const SyncState &S, Judgement &J) {
    for (const HeldLock &L : S.Held) {
      if (isReference(L) || (E.Object && L.Object != E.Object) ||
          (!E.Object && E.Kind && L.Kind != E.Kind))
        continue;
      J.report("lock-held-at-call", Certainty::Definite,
               "'" + E.Call->Name + "' is called while " + lockText(L, J) +
                   " is held, which it forbids",
               {L.Site});
      return;
    }
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeLockDemand() {
  return std::make_unique<LockDemandCheck>();
}
