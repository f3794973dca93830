//===- LockLifetime.cpp
//------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// lock-not-initialized: an object is used whose memory begins on this path
/// and into which nobody has stored anything.
/// lock-destroyed-while-held: a lock that this path holds is deleted,
/// initialized anew, or given back with the memory around it.
/// lock-in-wrong-memory: an object that must always be resident lies in memory
/// that was allocated pageable.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class LockLifetimeCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"lock-not-initialized", "lock-destroyed-while-held",
            "lock-in-wrong-memory"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    std::string What =
        (E.Kind ? E.Kind->Title + " '" : std::string("'")) + E.ObjectText + "'";
    if (E.Unborn)
      J.report("lock-not-initialized", Certainty::Definite,
               What + " is used by '" + E.Call->Name +
                   "' before it is initialized",
               {});
    if (E.Paged && E.Kind && E.Kind->Resident && mustBeResident(E.What->Do))
      J.report("lock-in-wrong-memory", Certainty::Definite,
               What + " lies in pageable memory but is used at levels at which "
                      "such memory cannot be brought in",
               {});
    for (const HeldLock *L : E.Inside)
      if (!isReference(*L) && !L->FromEntry && !L->Doubtful)
        J.report("lock-destroyed-while-held", Certainty::Definite,
                 "'" + E.Call->Name + "' frees memory in which " +
                     lockText(*L, J) + " lies, which is still held",
                 {L->Site});
    bool Ends = E.What->Do == EffectKind::Delete;
    if ((Ends || E.What->Do == EffectKind::Init) && !E.Weak)
      if (const HeldLock *L = Before.find(E.Object);
          L && L->Kind == E.Kind && !L->Doubtful)
        J.report("lock-destroyed-while-held", Certainty::Definite,
                 lockText(*L, J) + " is " +
                     (Ends ? "deleted" : "initialized anew") + " by '" +
                     E.Call->Name + "' while it is held",
                 {L->Site});
  }

private:
  static bool mustBeResident(EffectKind K) {
    return K == EffectKind::Init || K == EffectKind::Acquire ||
           K == EffectKind::TryAcquire;
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeLockLifetime() {
  return std::make_unique<LockLifetimeCheck>();
}
