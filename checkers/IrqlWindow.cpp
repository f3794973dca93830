//===- IrqlWindow.cpp
//--------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// irql-too-high, irql-too-low: a routine is called at a level outside the
/// window that its documentation (or annotation) gives. Definite when every
/// level that the path allows is outside; possible when some are. A routine
/// that only waits under a condition is judged by wait-at-dispatch.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class IrqlWindowCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"irql-too-high", "irql-too-low"};
  }

  void onCall(const CallEvent &Call, const SyncState &S,
              Judgement &J) const override {
    IrqlRange Now = J.rangeOf(S.Level);
    // The narrowest windows among those that are certain to apply, and among
    // those that may.
    IrqlRange Sure, May;
    bool MinFirm = true;
    for (size_t I = 0; I < Call.Fn->Windows.size(); ++I) {
      const IrqlWindow &W = Call.Fn->Windows[I];
      if (Call.WindowApplies[I] == Applies::No)
        continue;
      tighten(May, W);
      if (Call.WindowApplies[I] == Applies::Yes)
        tighten(Sure, W);
      MinFirm &= W.MinFirm;
    }
    // A wait above APC_LEVEL is wait-at-dispatch's; the release of what was
    // taken too high repeats the mistake of the acquisition.
    bool Waits = waits(Call);
    if ((Waits && Now.Lo > Irql::Apc) || releasesDoubtful(Call, S))
      return;
    bool Known = J.levelIsKnown(S.Level) && !Call.Fn->Conditional;
    if (Now.Lo > Sure.Hi)
      say(Call, S, J, Certainty::Definite, "irql-too-high", "above", Sure.Hi);
    else if (Now.Lo > May.Hi ||
             (Known && std::min(Now.Hi, S.asked()) > Sure.Hi &&
              !(Waits && Now.Hi > Irql::Apc)))
      say(Call, S, J, Certainty::Possible, "irql-too-high", "above", May.Hi);
    if (!MinFirm)
      return;
    if (Now.Hi < Sure.Lo)
      say(Call, S, J, Certainty::Definite, "irql-too-low", "below", Sure.Lo);
    else if (Known && Now.Lo < Sure.Lo)
      say(Call, S, J, Certainty::Possible, "irql-too-low", "below", Sure.Lo);
  }

private:
  static void tighten(IrqlRange &R, const IrqlWindow &W) {
    R.Hi = std::min(R.Hi, W.Range.Hi);
    if (W.MinFirm)
      R.Lo = std::max(R.Lo, W.Range.Lo);
  }

  static bool waits(const CallEvent &Call) {
    for (size_t I = 0; I < Call.Fn->Effects.size(); ++I)
      if (Call.Fn->Effects[I].Do == EffectKind::Wait &&
          Call.EffectApplies[I] == Applies::Yes)
        return true;
    return false;
  }

  static bool releasesDoubtful(const CallEvent &Call, const SyncState &S) {
    for (const Effect &E : Call.Fn->Effects)
      if (E.Do == EffectKind::Release)
        for (const HeldLock &L : S.Held)
          if (L.Doubtful && L.Kind && L.Kind->Name == E.LockKind)
            return true;
    return false;
  }

  static void say(const CallEvent &Call, const SyncState &S, Judgement &J,
                  Certainty Sure, llvm::StringRef Check, const char *Side,
                  Irql Bound) {
    IrqlRange Now = J.rangeOf(S.Level);
    std::string Limit = irqlName(Bound);
    bool Maybe = Sure == Certainty::Possible;
    std::string M = "'" + Call.Name + "' " +
                    (Maybe ? "may be called at " : "is called at ") +
                    Now.str() + ", " + Side + " its " +
                    (Side[0] == 'a' ? "maximum " : "minimum ") + Limit;
    if (const HeldLock *L = S.anySpinning())
      if (Side[0] == 'a')
        M += "; " + lockText(*L, J) + " is held";
    J.report(Check, Sure, M, levelSites(S),
             Maybe ? "state the level at which '" + J.frameName() +
                         "' runs with _IRQL_requires_max_ or "
                         "_IRQL_requires_min_"
                   : "");
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeIrqlWindow() {
  return std::make_unique<IrqlWindowCheck>();
}
