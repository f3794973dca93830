//===- RegionUnbalanced.cpp -----------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// region-unbalanced: a callback returns in a critical or guarded region that
/// it entered, a helper does so on one exit although its others leave it, a
/// region is left that was not entered, or one of the other sort.
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "llvm/ADT/STLExtras.h"

using namespace irqlint;

namespace {
class RegionUnbalancedCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"region-unbalanced"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    if (E.What->Do != EffectKind::LeaveRegion || Before.Apcs.Vague)
      return;
    bool Guarded = E.What->Region == "guarded";
    int Count = Guarded ? Before.Guarded : Before.Critical;
    int Other = Guarded ? Before.Critical : Before.Guarded;
    if (Count > 0 || releasedNothing(E, Before))
      return;
    if (Other > 0) {
      SiteId Entered = lastOf(Before, !Guarded);
      J.report("region-unbalanced", Certainty::Definite,
               "'" + E.Call->Name + "' leaves " + sort(Guarded) + ", but " +
                   sort(!Guarded) + " was entered" + by(Entered, J),
               {Entered});
    } else if (Before.ClosedWorld) {
      J.report("region-unbalanced", Certainty::Definite,
               "'" + E.Call->Name + "' leaves " + sort(Guarded) +
                   " that was not entered on this path",
               {});
    }
  }

  void onExit(const ExitEvent &Exit, const SyncState &S,
              Judgement &J) const override {
    if (Exit.MayKeepLocks || S.Apcs.Vague || S.Regions.empty())
      return;
    // The lock that the region belongs to is the better thing to speak of.
    if (llvm::any_of(S.Held,
                     [&](const HeldLock &L) { return isLeak(L, Exit); }))
      return;
    const OpenRegion &Last = S.Regions.back();
    bool Odd = Last.Guarded ? Exit.OddGuarded : Exit.OddCritical;
    if (!Exit.IsEntryPoint && !Odd)
      return;
    // Locks whose routines enter and leave the region, too, may be handed over.
    for (const HeldLock &L : S.Held)
      if (L.Site == Last.Site)
        return;
    J.report("region-unbalanced", Certainty::Definite,
             "'" + Exit.Function + "' returns in " + sort(Last.Guarded) +
                 (Last.Site ? ", entered" : "") + by(Last.Site, J),
             {Last.Site});
  }

private:
  static std::string sort(bool Guarded) {
    return Guarded ? "a guarded region" : "a critical region";
  }

  static std::string by(SiteId Site, const Judgement &J) {
    std::string How = J.routineAt(Site);
    return How.empty() ? "" : " by '" + How + "'";
  }

  static SiteId lastOf(const SyncState &S, bool Guarded) {
    for (auto I = S.Regions.rbegin(); I != S.Regions.rend(); ++I)
      if (I->Guarded == Guarded)
        return I->Site;
    return nullptr;
  }

  /// The routine gives a lock up as well, and there was none: that has been
  /// said.
  static bool releasedNothing(const EffectEvent &E, const SyncState &Before) {
    if (llvm::none_of(E.Call->Fn->Effects, [](const Effect &X) {
          return X.Do == EffectKind::Release;
        }))
      return false;
    return llvm::none_of(Before.Free, [&](const FreeLock &F) {
      return F.Site == E.Site && F.TakenHere;
    });
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeRegionUnbalanced() {
  return std::make_unique<RegionUnbalancedCheck>();
}
