//===- ReleaseForm.cpp
//-------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// release-wrong-form, lock-kind-mixed: each acquiring routine has its
/// releasing routine. A lock taken through a queue must be given back through
/// the queue (another mechanism: lock-kind-mixed when the routines belong to
/// different kinds). A lock taken with the form that raises the level must be
/// released with the form that lowers it, unless the function lowers the level
/// by hand; the other way round the level must have been saved by hand.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class ReleaseFormCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"release-wrong-form", "lock-kind-mixed"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    if (E.What->Do == EffectKind::Acquire ||
        E.What->Do == EffectKind::TryAcquire) {
      const HeldLock *L = Before.find(E.Object);
      if (L && E.Kind && L->Kind && L->Kind != E.Kind)
        J.report("lock-kind-mixed", Certainty::Definite,
                 lockText(*L, J) + " is acquired as " + E.Kind->Title +
                     " by '" + E.Call->Name + "'",
                 {L->Site});
      return;
    }
    if (E.What->Do != EffectKind::Release || !E.Matched || E.Moved)
      return;
    const HeldLock &L = *E.Matched;
    if (L.FromEntry || L.Doubtful)
      return;
    // The release has to go with the acquisition.
    const Remedy Cure{Remedy::PairedRelease, &E};
    std::string How = J.routineAt(L.Site);
    std::string Pair = lockText(L, J) + " was acquired by '" + How +
                       "' but is released by '" + E.Call->Name + "'";
    if (L.Kind && E.Kind && L.Kind != E.Kind) {
      J.report("lock-kind-mixed", Certainty::Definite, Pair, {L.Site}, "",
               Cure);
      return;
    }
    if (E.What->Shared && !L.Shared) {
      J.report("release-wrong-form", Certainty::Definite,
               lockText(L, J) + " is held exclusively but is released by '" +
                   E.Call->Name + "', which gives up a shared hold",
               {L.Site}, "", Cure);
      return;
    }
    if (E.What->ModeStated && E.What->ModeFrom.isNone() && !E.What->Shared &&
        L.Shared && L.Depth == 1) {
      J.report("release-wrong-form", Certainty::Definite,
               lockText(L, J) + " is held shared but is released by '" +
                   E.Call->Name + "', which gives up an exclusive hold",
               {L.Site}, "", Cure);
      return;
    }
    std::string_view Was = L.Form, Is = E.What->Form;
    if (Was.empty() || Is.empty() || Was == Is)
      return;
    if (mechanismOfForm(Was) != mechanismOfForm(Is)) {
      J.report("release-wrong-form", Certainty::Definite,
               Pair + ", which belongs to another form of acquisition",
               {L.Site}, "", Cure);
      return;
    }
    if (!isDpcForm(Was) && isDpcForm(Is)) {
      // (Acquired at that level, it has raised nothing.)
      if (!L.Raised || J.rangeOf(L.Base).Lo >= Irql::Dispatch ||
          J.frameLowersLevel() || staysRaised(L, Before))
        return;
      J.report("release-wrong-form", Certainty::Definite,
               Pair + ", which leaves the level raised", {L.Site}, "", Cure);
      return;
    }
    // Taken without raising, released with lowering: right when the level was
    // raised by hand and its old value is given back.
    if (isDpcForm(Was) && !isDpcForm(Is)) {
      IrqlRange Now = J.rangeOf(Before.Level);
      // What is to be kept in the lock was not kept there.
      bool Lowers = E.RestoresByValue
                        ? J.rangeOf(E.Restores).Hi < Now.Lo && !Before.LevelSite
                        : E.What->Restores.K == LevelRef::Saved;
      if (Lowers)
        J.report("release-wrong-form", Certainty::Definite,
                 Pair + ", which lowers a level that the acquisition did not "
                        "raise",
                 {L.Site}, "",
                 // (Below that level the acquisition is wrong as well.)
                 {Remedy::PairedRelease, &E, Before.Level, Irql::Dispatch});
    }
  }

private:
  /// Another lock needs the level, so the lowering comes with that one. (The
  /// owner of a lock that does not spin runs below the level of one that does.)
  static bool staysRaised(const HeldLock &L, const SyncState &S) {
    bool Spins = L.Kind && L.Kind->Spins;
    for (const HeldLock &O : S.Held)
      if (O.Object != L.Object &&
          ((O.Raised && !Spins) || !O.Kind || O.Kind->Spins))
        return true;
    return false;
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeReleaseForm() {
  return std::make_unique<ReleaseFormCheck>();
}
