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
#include "llvm/ADT/STLExtras.h"

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
      // A lock of the caller, or one that counts its owner's acquisitions, may
      // be held more often than we know.
      bool Counts =
          E.Kind && (E.Kind->RecursiveExclusive || E.Kind->RecursiveShared);
      if (E.Weak || mayMeanAnother(E, Before) ||
          ((!F->TakenHere || Counts) && !Before.ClosedWorld))
        return;
      std::string How = J.routineAt(F->Site);
      J.report("release-not-held", Certainty::Definite,
               text(E) + " is released by '" + E.Call->Name +
                   "' but was released before" +
                   (How.empty() ? "" : " by '" + How + "'"),
               {F->Site});
      return;
    }
    // (Nobody else has used a handle that this function has never filled.)
    bool OwnHandle = E.Object == E.Handle;
    if ((!Before.ClosedWorld && !OwnHandle) || E.Weak ||
        mayMeanAnother(E, Before))
      return;
    J.report("release-not-held", Certainty::Definite,
             text(E) + " is released by '" + E.Call->Name +
                 "' but was not acquired on this path",
             {});
  }

private:
  /// Locks that can be handed over are often reached in two ways, so that one
  /// that is held may be this one.
  static bool mayMeanAnother(const EffectEvent &E, const SyncState &Before) {
    return E.Kind && !E.Kind->MustReleaseBeforeReturn &&
           llvm::any_of(Before.Held,
                        [&](const HeldLock &L) { return L.Kind == E.Kind; });
  }

  static std::string text(const EffectEvent &E) {
    return (E.Kind ? E.Kind->Title : std::string("lock")) + " '" +
           E.ObjectText + "'";
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeReleaseNotHeld() {
  return std::make_unique<ReleaseNotHeldCheck>();
}
