//===- WaitAtDispatch.cpp
//----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// wait-at-dispatch: a thread that runs at DISPATCH_LEVEL or above, or that
/// owns a spin lock, cannot be switched away, so a wait there never ends well.
/// Waits that poll (zero timeout) are no waits; the rules say when.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class WaitAtDispatchCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"wait-at-dispatch"};
  }

  void onCall(const CallEvent &Call, const SyncState &S,
              Judgement &J) const override {
    if (Call.Await != CallEvent::Ends && Call.AwaitSure)
      return; // self-wait speaks of it
    for (size_t I = 0; I < Call.Fn->Effects.size(); ++I) {
      if (Call.Fn->Effects[I].Do != EffectKind::Wait ||
          Call.EffectApplies[I] == Applies::No)
        continue;
      IrqlRange Now = J.rangeOf(S.Level);
      bool Certain = Call.EffectApplies[I] == Applies::Yes;
      if (Now.Lo > Irql::Apc)
        say(Call, S, J, Now,
            Certain ? Certainty::Definite : Certainty::Possible);
      else if (Certain && Now.Hi > Irql::Apc && J.levelIsKnown(S.Level))
        say(Call, S, J, Now, Certainty::Possible);
      return;
    }
  }

private:
  static void say(const CallEvent &Call, const SyncState &S, Judgement &J,
                  IrqlRange Now, Certainty Sure) {
    bool Maybe = Sure == Certainty::Possible;
    std::string M = "'" + Call.Name + "' " +
                    (Maybe ? "may wait at " : "waits at ") + Now.str();
    if (const HeldLock *L = S.anySpinning())
      M += " while " + lockText(*L, J) + " is held";
    J.report("wait-at-dispatch", Sure, M, levelSites(S),
             Maybe ? "state the highest level of '" + J.frameName() +
                         "' with _IRQL_requires_max_, or pass a zero timeout"
                   : "");
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeWaitAtDispatch() {
  return std::make_unique<WaitAtDispatchCheck>();
}
