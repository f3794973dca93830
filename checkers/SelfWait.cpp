//===- SelfWait.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// self-wait: a callback waits for callbacks that cannot run, or return, before
/// it returns itself.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class SelfWaitCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override { return {"self-wait"}; }

  /// What is sent may come back to the same device, and its queues stand still
  /// as long as the callback lock is held.
  void onEffect(const EffectEvent &Ev, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    if (Ev.What->Do != EffectKind::Wait || Ev.What->Region != "another-driver")
      return;
    for (const HeldLock &L : Before.Held)
      if (L.FromEntry && L.Kind && !L.Kind->OfInterrupt &&
          !L.Kind->Globals.empty() && !L.Kind->NotTypes.empty() &&
          J.rangeOf(Before.Level).Hi < Irql::Dispatch) {
        J.report("self-wait", Certainty::Possible,
                 "'" + Ev.Call->Name +
                     "' waits for another driver while the callback lock of "
                     "the " +
                     J.nameOf(L.Object) +
                     " is held; until that answers, no callback under the lock "
                     "runs, and what needs one to go on never does",
                 {}, "send asynchronously, or without the lock");
        return;
      }
  }

  void onCall(const CallEvent &Call, const SyncState &S,
              Judgement &J) const override {
    if (Call.Await == CallEvent::Ends)
      return;
    const Certainty Sure =
        Call.AwaitSure ? Certainty::Definite : Certainty::Possible;
    const std::string Hint =
        Call.AwaitSure ? ""
                       : "do not wait here, or make plain that this call does "
                         "not";
    std::string M = "'" + Call.Name + "' " +
                    (Call.AwaitSure ? "waits" : "may wait") +
                    " for callbacks of '" + Call.AwaitText + "'";
    std::vector<SiteId> Sites;
    switch (Call.Await) {
    case CallEvent::Self:
      M += ", and the callback that waits is one of them";
      break;
    case CallEvent::Blocked: {
      M += ": '" + Call.AwaitCallback + "' needs the lock of the " +
           J.nameOf(Call.AwaitLock) + ", which is held here";
      if (const HeldLock *L = S.find(Call.AwaitLock))
        Sites.push_back(L->Site);
      break;
    }
    default:
      M += " in a callback that handles a request; it may be the one that is "
           "waited for";
      break;
    }
    J.report("self-wait", Sure, M, Sites, Hint);
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeSelfWait() {
  return std::make_unique<SelfWaitCheck>();
}
