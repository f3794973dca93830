//===- ApcState.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// apcs-not-disabled: a lock whose owner must not be interrupted by normal
/// kernel APCs is taken or given up while they are delivered.
/// call-needs-apcs: a routine that waits for an APC is called where APCs are
/// kept out. What a helper's caller has done is not known, so a helper is
/// judged by what it does itself.
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "llvm/ADT/STLExtras.h"

using namespace irqlint;

namespace {
class ApcStateCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"apcs-not-disabled", "call-needs-apcs"};
  }

  void onCall(const CallEvent &Call, const SyncState &S,
              Judgement &J) const override {
    switch (Call.Fn->Apc) {
    case ApcDuty::None:
      return;
    case ApcDuty::NormalDisabledUnlessSystemThread:
      if (J.inSystemThread())
        return;
      [[fallthrough]];
    case ApcDuty::NormalDisabled:
    case ApcDuty::AllDisabled:
      return mustBeOff(Call, S, J);
    case ApcDuty::SpecialEnabled:
    case ApcDuty::AllEnabled:
      return mustBeOn(Call, S, J);
    }
  }

private:
  static void mustBeOff(const CallEvent &Call, const SyncState &S,
                        Judgement &J) {
    bool All = Call.Fn->Apc == ApcDuty::AllDisabled;
    IrqlRange Now = J.rangeOf(S.Level);
    bool FromEntry = S.Level.K == LevelValue::Entry;
    if (Now.Lo >= Irql::Apc || S.Apcs.Vague ||
        (!FromEntry && Now.Hi != Irql::Passive))
      return;
    if (All ? S.allApcsOff() : S.normalApcsOff())
      return;
    bool On = All ? S.Apcs.AllOff == ApcsBefore::No && S.Guarded <= 0
                  : S.normalApcsOn();
    SiteId Taken = nullptr;
    if (const Effect *Release = releaseOf(Call)) {
      // Accuse the acquisition, unless that was right.
      const HeldLock *L = nullptr;
      for (const HeldLock &H : S.Held)
        if (H.Kind && H.Kind->Name == Release->LockKind && H.ApcsWereOff)
          L = &H;
      if (!L || S.normalApcsOff())
        return;
      Taken = L->Site;
    }
    // Of a helper nothing is known but what it has done itself.
    bool Sure = On && S.ClosedWorld && !J.inSystemThread();
    if (!On && (!Taken || S.Critical < 0 || S.Guarded < 0))
      return;
    std::string What = All ? "APCs" : "normal kernel APCs";
    std::string Hint;
    if (!Sure && J.inSystemThread())
      Hint = "threads of the system seldom get such APCs; a region around it "
             "keeps to the documentation";
    else if (!Sure)
      Hint = "release the lock before the region is left";
    J.report(
        "apcs-not-disabled", Sure ? Certainty::Definite : Certainty::Possible,
        "'" + Call.Name + "' is called where " + What +
            (Sure ? " are enabled" : " may be enabled") +
            (Taken ? ", but the lock was acquired with them disabled" : ""),
        {Taken, S.LevelSite}, Hint);
  }

  static void mustBeOn(const CallEvent &Call, const SyncState &S,
                       Judgement &J) {
    IrqlRange Now = J.rangeOf(S.Level);
    bool All = Call.Fn->Apc == ApcDuty::AllEnabled;
    // Above the window another check speaks.
    for (size_t I = 0; I < Call.Fn->Windows.size(); ++I)
      if (Call.WindowApplies[I] != Applies::No &&
          Now.Lo > Call.Fn->Windows[I].Range.Hi)
        return;
    bool Sure = true;
    std::string Where;
    std::vector<SiteId> Sites;
    if (S.Guarded > 0) {
      Where = whereIn(S, true, J, Sites);
    } else if (Now.Lo >= Irql::Apc) {
      const HeldLock *L = S.lastRaising();
      Where = L ? "while " + lockText(*L, J) + " is held" : "at " + Now.str();
      Sites = levelSites(S);
    } else if (S.allApcsOff()) {
      Where = "in a callback that is entered with APCs disabled";
    } else if (All && S.Critical > 0) {
      Where = whereIn(S, false, J, Sites);
    } else if (const HeldLock *L = All ? S.anyAgainstApcs() : nullptr) {
      Where = "while " + lockText(*L, J) + " is held";
      Sites.push_back(L->Site);
    } else if (All && S.normalApcsOff()) {
      Where = "in a callback that is entered in a critical region";
      Sure = false;
    } else {
      return;
    }
    J.report(
        "call-needs-apcs", Sure ? Certainty::Definite : Certainty::Possible,
        "'" + Call.Name + "' needs " + (All ? "" : "special kernel ") +
            "APCs, but " + (Sure ? "is" : "may be") + " called " + Where,
        Sites, Sure ? "" : "call it from a work item or thread of the system");
  }

  static const Effect *releaseOf(const CallEvent &Call) {
    for (const Effect &E : Call.Fn->Effects)
      if (E.Do == EffectKind::Release)
        return &E;
    return nullptr;
  }

  static std::string whereIn(const SyncState &S, bool Guarded,
                             const Judgement &J, std::vector<SiteId> &Sites) {
    SiteId Site = nullptr;
    for (const OpenRegion &R : S.Regions)
      if (R.Guarded == Guarded)
        Site = R.Site;
    Sites.push_back(Site);
    for (const HeldLock &L : S.Held)
      if (Site && L.Site == Site)
        return "while " + lockText(L, J) + " is held";
    std::string How = J.routineAt(Site);
    return std::string("in a ") + (Guarded ? "guarded" : "critical") +
           " region" + (How.empty() ? "" : ", entered by '" + How + "'");
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeApcState() {
  return std::make_unique<ApcStateCheck>();
}
