//===- SavedIrqlMismatch.cpp
//-------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// saved-irql-mismatch: a release gives back another level than the one that
/// was current before the (outermost) lock raised it: a variable that was never
/// written, the variable of another lock, a constant that is not the entry
/// level. Locks may be released in another order than they were taken, if the
/// levels keep the order.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class SavedIrqlMismatchCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"saved-irql-mismatch"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &After, Judgement &J) const override {
    if (E.What->Do != EffectKind::Release || !E.RestoresByValue)
      return;
    const HeldLock *L = E.Matched;
    // What the acquisition saved is right where it is the level to go back to,
    // and no lock that is still held needs a higher one.
    Remedy Cure;
    if (L && !E.Moved && L->Raised && !L->Doubtful && L->Depth == 1 &&
        L->Base.known() && After.Level == L->Base && !onTop(*L, After))
      Cure = {Remedy::SavedLevel, &E};
    if (E.Restores.K == LevelValue::Uninitialized) {
      say(E, Before, J, Certainty::Definite,
          "a level that was never saved on this path", Cure);
      return;
    }
    if (!L || E.Moved || !L->Raised || L->Doubtful || L->Depth > 1 ||
        !E.Restores.known())
      return;
    IrqlRange Given = J.rangeOf(E.Restores);

    // A spin lock that was taken on top without raising is still held.
    if (const HeldLock *Top = onTop(*L, After))
      if (!After.lastRaising() && J.rangeOf(After.Level).Lo < Irql::Dispatch) {
        say(E, Before, J, Certainty::Definite,
            "the level from before while " + lockText(*Top, J) +
                " is still held");
        return;
      }

    // In order: what was saved is given back.
    if (E.Restores == L->Base && After.Level == L->Base)
      return;

    // Another lock that raised the level stays held: going below its level
    // would let its owner be switched away.
    if (const HeldLock *Other = After.lastRaising()) {
      IrqlRange Needed = J.rangeOf(After.Level);
      bool Below = Given.Hi < Needed.Lo;
      bool FromBelow = false;
      for (const HeldLock &H : After.Held)
        FromBelow |= H.Raised && E.Restores.K != LevelValue::Fixed &&
                     E.Restores == H.Base;
      if (Below || (FromBelow && Given.Lo < Needed.Lo))
        say(E, Before, J, Certainty::Definite,
            "the level from before " + lockText(*Other, J) +
                " was acquired, which is still held",
            Cure);
      return;
    }
    if (E.Restores == L->Base)
      return;
    IrqlRange Base = J.rangeOf(L->Base);
    if (!Given.overlaps(Base)) {
      say(E, Before, J, Certainty::Definite,
          Given.str() + ", but the level before was " + Base.str(), Cure);
      return;
    }
    // A constant where the saved level belongs is right only by luck; where it
    // is what another acquisition has saved over that, by nobody's intention.
    bool Constant = E.Restores.K == LevelValue::Fixed;
    if (Constant && !(Base.isExact() && Base == Given))
      say(E, Before, J,
          E.RestoresSaved && !J.wasTold("saved-irql-mismatch", L->Site)
              ? Certainty::Definite
              : Certainty::Possible,
          Given.str() + ", but the level before was " +
              (Base.isUnknown() ? "not known to be that" : Base.str()),
          Cure);
  }

private:
  /// A spin lock acquired after \p L at the level that \p L raised to.
  static const HeldLock *onTop(const HeldLock &L, const SyncState &After) {
    for (const HeldLock &H : After.Held)
      if (H.Kind && H.Kind->Spins && !H.Raised && !H.FromEntry && !H.Doubtful &&
          H.Order > L.Order)
        return &H;
    return nullptr;
  }

  static void say(const EffectEvent &E, const SyncState &S, Judgement &J,
                  Certainty Sure, const std::string &What,
                  const Remedy &Cure = {}) {
    std::vector<SiteId> Sites = levelSites(S);
    J.report("saved-irql-mismatch", Sure,
             "'" + E.Call->Name + "' of '" + E.ObjectText + "' restores " +
                 What,
             Sites,
             Sure == Certainty::Possible
                 ? "pass the level that the acquiring routine stored"
                 : "",
             Cure);
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeSavedIrqlMismatch() {
  return std::make_unique<SavedIrqlMismatchCheck>();
}
