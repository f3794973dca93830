//===- Judge.cpp - What is against the rules, at run time -----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// The conditions are those of the machine: what would hang it, let two run
/// where one may, or leave it in another state than it was found in. They are
/// written down here independently of the static checks, whose names they
/// report under.
//===----------------------------------------------------------------------===//

#include "Model/Transition.h"
#include "Runtime/Verifier/World.h"
#include "llvm/ADT/STLExtras.h"

using namespace irqlint;
using namespace irqlint::rt;

void World::reportAt(const std::string &Check, std::string Message, Frame &F) {
  F.TooHigh |= Check == "irql-too-high" || Check == "wait-at-dispatch";
  report(Check, std::move(Message), F.Where);
}

void World::judgeWindow(Frame &F) {
  if (F.SelfWaits)
    return; // it must not wait here at any level
  // The release of what was taken at a wrong level repeats that mistake.
  for (size_t I = 0; I < F.Fn->Effects.size(); ++I) {
    const Effect &E = F.Fn->Effects[I];
    if (!F.EffectApplies[I] || E.Do != EffectKind::Release)
      continue;
    if (const Hold *H = released(F, E); H && H->Doubtful)
      return;
    // So does that of what there is none of: nothing raised the level.
    if (E.Configured && !resolve(F, E).Lacks.empty())
      return;
  }
  Irql Now = stepOf(M.irql());
  bool Waits = false;
  for (size_t I = 0; I < F.Fn->Effects.size(); ++I)
    Waits |= F.EffectApplies[I] && F.Fn->Effects[I].Do == EffectKind::Wait;
  std::string Under;
  if (const Hold *H = activation().anySpinning())
    Under = describe(*H) + " is held";
  if (Waits && Now > Irql::Apc) {
    reportAt("wait-at-dispatch",
             "'" + F.Name + "' waits at " + levelName(M.irql()) +
                 (Under.empty() ? "" : " while " + Under),
             F);
    return;
  }
  pass("wait-at-dispatch", F.Where);
  bool TooHigh = false, TooLow = false;
  for (const IrqlWindow &W : F.Fn->Windows) {
    if (!holds(F, W.When))
      continue;
    if (Now > W.Range.Hi) {
      TooHigh = true;
      reportAt("irql-too-high",
               "'" + F.Name + "' is called at " + levelName(M.irql()) +
                   ", above its maximum " + irqlName(W.Range.Hi) +
                   (Under.empty() ? "" : "; " + Under),
               F);
    }
    if (Now < W.Range.Lo && W.MinFirm) {
      TooLow = true;
      reportAt("irql-too-low",
               "'" + F.Name + "' is called at " + levelName(M.irql()) +
                   ", below its minimum " + irqlName(W.Range.Lo),
               F);
    }
  }
  if (!TooHigh)
    pass("irql-too-high", F.Where);
  if (!TooLow)
    pass("irql-too-low", F.Where);
}

/// Taking what one owns already: the owner would wait for itself.
bool World::judgeAcquire(Frame &F, const Effect &E, uint64_t Object,
                         const LockKindInfo *K, bool Shared) {
  const Hold *H = findHold(Object);
  if (!H)
    return true;
  if (H->FromEntry && H->Kind && H->Kind->OfInterrupt && K == H->Kind) {
    report("interrupt-lock-recursion",
           "'" + F.Name + "' asks for " + describe(*H) +
               ", under which this code runs already",
           F.Where);
    return true;
  }
  if (H->FromEntry && E.Configured && K == H->Kind) {
    report("callback-lock-misuse",
           "'" + F.Name + "' acquires " + describe(*H) +
               ", which the framework holds around this callback",
           F.Where, /*GoesOn=*/true);
    return false;
  }
  if (K && H->Kind && K != H->Kind)
    reportAt("lock-kind-mixed",
             describe(*H) + " is acquired as " + K->Title + " by '" + F.Name +
                 "'",
             F);
  if (H->Shared && !Shared)
    reportAt("shared-to-exclusive",
             describe(*H) + " is held shared and is acquired exclusively by '" +
                 F.Name + "'",
             F);
  if (K && (Shared ? K->RecursiveShared : K->RecursiveExclusive))
    return true;
  // The routine that gives it up again itself can be left out.
  report("double-acquire",
         describe(*H) + " is acquired again by '" + F.Name +
             "' while it is held; first acquired by '" + H->Routine + "'",
         F.Where, E.Do == EffectKind::Atomic);
  return true;
}

/// The release of what is not held. Judged before the level: who gives a lock
/// up twice is at the wrong level for that reason.
void World::judgeUnheld(Frame &F, const Effect &E) {
  const Named N = resolve(F, E);
  const LockKindInfo *K = N.Kind;
  const uint64_t Object = N.Object;
  const std::string &Text = N.Text;
  if (!N.Lacks.empty())
    return;
  if (K && !K->Check.empty()) {
    if (!released(F, E))
      judgeReference(F, E);
    return;
  }
  Activation &A = activation();
  // Whether the framework holds it around this callback, is not known.
  if (E.Configured && !A.Sure && K && !K->OfInterrupt && !K->Spins &&
      A.MaybeLent.insert(Object).second)
    return;
  // A resource may be released for another owner, where one hands over to
  // another.
  bool Loose = K && !K->MustReleaseBeforeReturn;
  // (That it could not be acquired is known.)
  const bool Refused = llvm::any_of(A.Failed, [&](const FailedTry &T) {
    return T.Object == Object && T.Certain;
  });
  if ((E.IfHeld && !Refused) || A.Gone.count(Object) || released(F, E) ||
      (Loose && A.Role && A.Role->HandsOver))
    return;
  std::string What = (K ? K->Title : std::string("lock")) + " '" + Text + "'";
  for (const FailedTry &T : A.Failed)
    if (T.Object == Object)
      reportAt("release-not-held",
               What + " is released by '" + F.Name + "' where '" + T.Routine +
                   "' failed to acquire it",
               F);
  // One that counts may be held by the caller as well.
  bool Counts = K && (K->RecursiveExclusive || K->RecursiveShared);
  for (auto I = Counts && !A.Closed ? A.Released.rend() : A.Released.rbegin();
       I != A.Released.rend(); ++I)
    if (I->Object == Object || (I->Handle && I->Handle == Object))
      reportAt("release-not-held",
               What + " is released by '" + F.Name +
                   "' but was released before; " + I->How.Text,
               F);
  // (Nobody else has used a handle that was never filled.)
  if ((A.Closed && !A.MayKeepLocks) || (E.Lock.isNone() && isUnborn(Object)))
    reportAt("release-not-held",
             What + " is released by '" + F.Name + "' but is not held", F);
}

void World::judgeRelease(Frame &F, const Effect &E, const Hold &H) {
  const LockKindInfo *K = kindOf(F, E);
  std::string Pair = describe(H) + " was acquired by '" + H.Routine +
                     "' but is released by '" + F.Name + "'";
  if (K && H.Kind && K != H.Kind)
    reportAt("lock-kind-mixed", Pair, F);
  // A routine that is no partner of the acquiring one gives up the other mode.
  bool Partner = !H.By || H.By->Pairs.empty();
  if (H.By)
    for (const std::string &Name : H.By->Pairs)
      Partner |= P.Rules->function(Name) == F.Fn || Name == F.Name;
  if (E.Shared != H.Shared && !Partner)
    reportAt("release-wrong-form",
             describe(H) + " is held " + (H.Shared ? "shared" : "exclusively") +
                 " but is released by '" + F.Name + "', which gives up " +
                 (E.Shared ? "a shared hold" : "an exclusive one"),
             F);
  if (!E.Form.empty() && !H.Form.empty() &&
      mechanismOfForm(E.Form) != mechanismOfForm(H.Form))
    reportAt("release-wrong-form",
             Pair + ", which belongs to another form of acquisition", F);
}

/// The level that a release restores. \p H is not held any more.
void World::judgeRestore(Frame &F, const Effect &E, const Hold &H, Level To,
                         bool Given) {
  Activation &A = activation();
  std::string What = "'" + F.Name + "' of '" + H.Text + "' restores ";
  if (To > HighLevel)
    reportAt("saved-irql-mismatch",
             What + "a level that was never saved on this path", F);
  if (!Given)
    return;
  // Who still owns a spin lock must not be taken off the processor.
  if (const Hold *Spin = A.anySpinning()) {
    if (To < DispatchLevel)
      reportAt("saved-irql-mismatch",
               What + levelName(To) + " while " + describe(*Spin) +
                   " is still held",
               F);
    return;
  }
  if (H.FromEntry)
    return; // what to restore was told by the system
  if (!H.Raised) {
    // The level was raised by hand before, and may be restored this way, but
    // not to below the level at which the system called.
    if (To < A.Entry && A.Entry >= DispatchLevel && To < M.irql())
      reportAt("release-wrong-form",
               describe(H) + " was acquired by '" + H.Routine +
                   "' but is released by '" + F.Name +
                   "', which lowers a level that the acquisition did not raise",
               F);
    return;
  }
  if (To != H.Base)
    reportAt("saved-irql-mismatch",
             What + levelName(To) + ", but the level before was " +
                 levelName(H.Base),
             F);
}

void World::judgeExit(const Activation &A) {
  if (A.Role && A.Role->ReleasesForCaller)
    for (const Hold &H : A.Held)
      if (H.FromEntry)
        report("cancel-lock-misuse",
               "'" + A.Name + "' is entered with the " +
                   (H.Kind ? H.Kind->Title : std::string("lock")) +
                   " held and returns without releasing it",
               Here);
  auto Same = [](uint64_t Object) {
    return [Object](const Hold &H) { return H.Object == Object; };
  };
  for (const Hold &H : A.Lent)
    if (llvm::none_of(A.Held, Same(H.Object)))
      report("callback-lock-misuse",
             "'" + A.Name + "' returns without " + describe(H) +
                 ", which the framework holds around it",
             Here);
  if (A.Closed && !A.MayKeepLocks)
    for (const Hold &H : A.Held)
      if (!H.FromEntry && llvm::none_of(A.Lent, Same(H.Object)) &&
          !A.MaybeLent.count(H.Object) &&
          (!H.Kind || H.Kind->MustReleaseBeforeReturn))
        report(H.Kind && !H.Kind->Check.empty() ? H.Kind->Check : "lock-leaked",
               describe(H) + " is still held when '" + A.Name +
                   "' returns; acquired by '" + H.Routine + "'",
               Here);
  bool Kept = false;
  for (const Hold &H : A.Held)
    Kept |= !H.FromEntry && llvm::none_of(A.Lent, Same(H.Object)) &&
            !A.MaybeLent.count(H.Object);
  if (A.Closed && !A.MayKeepLocks && !A.Vague && !A.Regions.empty() && !Kept)
    report("region-unbalanced",
           "'" + A.Name + "' returns in a " +
               (A.Regions.back().Guarded ? "guarded" : "critical") +
               " region, entered by '" + A.Regions.back().Routine + "'",
           Here);
  if (A.LeftRaised && M.irql() > A.Entry)
    report("release-wrong-form", A.LeftRaised->Text, A.LeftRaised->Where);
  if (A.Closed && !A.MayChangeLevel && M.irql() != A.Entry)
    report("irql-not-restored",
           "'" + A.Name + "' returns at " + levelName(M.irql()) +
               ", but was entered at " + levelName(A.Entry),
           Here);
}
