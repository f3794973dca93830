//===- ReleaseNotHeld.cpp
//----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// release-not-held: a lock is released that this path has released before, or
/// that an entry point never acquired.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class ReleaseNotHeldCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"release-not-held"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    if (E.What->Do != EffectKind::Release || !E.Object || hasOwnCheck(E.Kind))
      return;
    if (E.Matched) {
      // Whoever may have been entered with the lock may hand over.
      if (E.Moved && Before.ClosedWorld && !E.Matched->FromEntry)
        J.report("release-not-held", Certainty::Definite,
                 text(E) + " is released by '" + E.Call->Name +
                     "' but was not acquired on this path: the pointer has "
                     "moved on from the object whose lock is held",
                 {E.Matched->Site});
      return;
    }
    if (const FreeLock *F = Before.findFree(E.Object)) {
      if (F->Failed) {
        if (!E.Weak)
          J.report("release-not-held", Certainty::Definite,
                   text(E) + " is released by '" + E.Call->Name +
                       "' on a path on which '" + J.routineAt(F->Site) +
                       "' failed to acquire it",
                   {F->Site});
        return;
      }
      // A resource may be released for another owner; and a lock of the
      // caller may be held more often than we know.
      if ((E.Kind && !E.Kind->MustReleaseBeforeReturn) || E.Weak ||
          (!F->TakenHere && !Before.ClosedWorld))
        return;
      std::string How = J.routineAt(F->Site);
      J.report("release-not-held", Certainty::Definite,
               text(E) + " is released by '" + E.Call->Name +
                   "' but was released before" +
                   (How.empty() ? "" : " by '" + How + "'"),
               {F->Site});
      return;
    }
    if (!Before.ClosedWorld || E.Weak ||
        (E.Kind && !E.Kind->MustReleaseBeforeReturn))
      return;
    J.report("release-not-held", Certainty::Definite,
             text(E) + " is released by '" + E.Call->Name +
                 "' but was not acquired on this path",
             {});
  }

private:
  static std::string text(const EffectEvent &E) {
    return (E.Kind ? E.Kind->Title : std::string("lock")) + " '" +
           E.ObjectText + "'";
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeReleaseNotHeld() {
  return std::make_unique<ReleaseNotHeldCheck>();
}
