//===- References.cpp
//--------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// rundown-misuse, remove-lock-misuse, init-once-misuse: kinds of locks whose
/// misuse has names of its own. Counts of users may be handed over with a
/// request, so only a path that fails, or says success and nothing more, must
/// not keep one; and whoever waits for the end of all users must not be one.
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "llvm/ADT/STLExtras.h"

using namespace irqlint;

namespace {
class ReferencesCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"rundown-misuse", "remove-lock-misuse", "init-once-misuse"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    if (!hasOwnCheck(E.Kind) || E.Weak)
      return;
    if (E.What->Do == EffectKind::Drain)
      return drains(E, J);
    if (E.What->Do == EffectKind::Release)
      return releases(E, Before, J);
  }

  void onExit(const ExitEvent &Exit, const SyncState &S,
              Judgement &J) const override {
    if (Exit.MayKeepLocks)
      return;
    for (const HeldLock &L : S.Held) {
      if (!hasOwnCheck(L.Kind) || L.FromEntry || L.Doubtful)
        continue;
      bool Odd = llvm::is_contained(Exit.OddLocks, L.Object);
      bool Forbidden = Exit.IsEntryPoint && L.Kind->MustReleaseBeforeReturn;
      if ((!Odd && !Forbidden) || !J.firstLeakOf(L.Site))
        continue;
      if (L.OtherTag) {
        if (L.OtherTagSure)
          J.report(L.Kind->Check, Certainty::Definite,
                   lockText(L, J) + " is kept when '" + Exit.Function +
                       "' returns, because '" + J.routineAt(L.OtherTag) +
                       "' releases another tag than was acquired",
                   {L.Site, L.OtherTag});
        continue;
      }
      J.report(L.Kind->Check, Certainty::Definite,
               lockText(L, J) + " is kept when '" + Exit.Function +
                   "' returns; acquired by '" + J.routineAt(L.Site) + "'",
               {L.Site});
    }
  }

private:
  static std::string text(const EffectEvent &E) {
    return E.Kind->Title + " '" + E.ObjectText + "'";
  }

  static void drains(const EffectEvent &E, Judgement &J) {
    // (What was handed on is given up by somebody else.)
    if (!E.Matched || E.Matched->FromEntry || E.Matched->HandedOver)
      return;
    J.report(E.Kind->Check, Certainty::Definite,
             "'" + E.Call->Name + "' waits until nobody holds " + text(E) +
                 ", which this path itself holds",
             {E.Matched->Site});
  }

  static void releases(const EffectEvent &E, const SyncState &Before,
                       Judgement &J) {
    if (E.Matched)
      return;
    const FreeLock *F = Before.findFree(E.Object);
    if (!F)
      return;
    if (F->Failed) {
      J.report(E.Kind->Check, Certainty::Definite,
               text(E) + " is released by '" + E.Call->Name +
                   "' on a path on which '" + J.routineAt(F->Site) +
                   "' failed to acquire it",
               {F->Site});
      return;
    }
    // The second release of a tag; without one it may belong to a count that
    // was taken elsewhere.
    if (!F->TakenHere)
      return;
    bool SameTag = F->Handle && F->Handle == E.Handle;
    if (E.Kind->Reference && !SameTag)
      return;
    J.report(E.Kind->Check, Certainty::Definite,
             text(E) + " is released by '" + E.Call->Name +
                 "' but was released before by '" + J.routineAt(F->Site) + "'",
             {F->Site});
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeReferences() {
  return std::make_unique<ReferencesCheck>();
}
