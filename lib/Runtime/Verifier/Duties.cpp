//===- Duties.cpp - APCs, counts of users, demands at run time ------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// What the documentation demands of the state at a call besides the level, and
/// of how things are given back that are no locks.
//===----------------------------------------------------------------------===//

#include "Runtime/Verifier/World.h"
#include <cstring>

using namespace irqlint;
using namespace irqlint::rt;

static std::string regionName(bool Guarded) {
  return Guarded ? "a guarded region" : "a critical region";
}

//===----------------------------------------------------------------------===//
// APCs
//===----------------------------------------------------------------------===//

bool World::allApcsOff() {
  const Activation &A = activation();
  bool Entered = A.Role && A.Role->Apcs == ApcEntry::AllDisabled;
  int Regions = M.thread().Guarded - A.Guarded;
  // Who left regions of the caller's knows no more how many there were.
  return Regions > 0 || (Regions == 0 && Entered);
}

bool World::normalApcsOff() {
  const Activation &A = activation();
  bool Entered = A.Role && A.Role->Apcs == ApcEntry::NormalDisabled;
  int Regions = M.thread().Critical - A.Critical;
  if (Regions > 0 || (Regions == 0 && Entered) || allApcsOff())
    return true;
  for (const Hold &H : A.Held)
    if (H.Kind && H.Kind->DisablesApcs)
      return true;
  return false;
}

void World::judgeApcs(Frame &F) {
  Activation &A = activation();
  switch (F.Fn->Apc) {
  case ApcDuty::None:
    return;
  case ApcDuty::NormalDisabledUnlessSystemThread:
  case ApcDuty::NormalDisabled:
  case ApcDuty::AllDisabled: {
    bool All = F.Fn->Apc == ApcDuty::AllDisabled;
    if (M.irql() >= ApcLevel || A.Vague ||
        (All ? allApcsOff() : normalApcsOff()) ||
        (A.Role && A.Role->SystemThread))
      return;
    // A release at the wrong place is told of an acquisition at a right one.
    const Hold *Taken = nullptr;
    for (size_t I = 0; I < F.Fn->Effects.size(); ++I)
      if (F.Fn->Effects[I].Do == EffectKind::Release) {
        const Hold *H = released(F, F.Fn->Effects[I]);
        if (!H || !H->ApcsWereOff || normalApcsOff())
          return;
        Taken = H;
      }
    // Of a caller nothing is known but what the system promises.
    if (!A.Closed || !A.Role || A.Role->Apcs != ApcEntry::Enabled)
      return;
    report("apcs-not-disabled",
           "'" + F.Name + "' is called where " +
               (All ? "APCs" : "normal kernel APCs") + " are enabled" +
               (Taken ? ", but the lock was acquired with them disabled" : ""),
           F.Where, /*GoesOn=*/true);
    return;
  }
  case ApcDuty::SpecialEnabled:
  case ApcDuty::AllEnabled: {
    if (F.TooHigh)
      return; // that has been told
    bool All = F.Fn->Apc == ApcDuty::AllEnabled;
    std::string Where;
    auto Last = [&](bool Guarded) {
      for (auto I = A.Regions.rbegin(); I != A.Regions.rend(); ++I)
        if (I->Guarded == Guarded)
          return "in " + regionName(Guarded) + ", entered by '" + I->Routine +
                 "'";
      return "in " + regionName(Guarded);
    };
    if (M.thread().Guarded > A.Guarded)
      Where = Last(true);
    else if (M.irql() >= ApcLevel)
      Where = "at " + levelName(M.irql());
    else if (allApcsOff())
      Where = "in a callback that is entered with APCs disabled";
    else if (All && M.thread().Critical > A.Critical)
      Where = Last(false);
    else if (All)
      for (const Hold &H : A.Held)
        if (H.Kind && H.Kind->DisablesApcs)
          Where = "while " + describe(H) + " is held";
    if (!Where.empty())
      report("call-needs-apcs",
             "'" + F.Name + "' needs " + (All ? "" : "special kernel ") +
                 "APCs, but is called " + Where,
             F.Where, /*GoesOn=*/true);
    else
      pass("call-needs-apcs", F.Where);
    return;
  }
  }
}

void World::judgeLeave(Frame &F, bool Guarded) {
  Activation &A = activation();
  A.LeftRegion[Guarded] = true;
  for (auto I = A.Regions.rbegin(); I != A.Regions.rend(); ++I)
    if (I->Guarded == Guarded) {
      A.Regions.erase(std::next(I).base());
      return;
    }
  // The lock that goes with the region was not held: that has been told.
  if (A.Vague || F.ReleasedNothing)
    return;
  if (!A.Regions.empty())
    report("region-unbalanced",
           "'" + F.Name + "' leaves " + regionName(Guarded) + ", but " +
               regionName(!Guarded) + " was entered by '" +
               A.Regions.back().Routine + "'",
           F.Where);
  else if (A.Closed && !A.MayKeepLocks)
    report("region-unbalanced",
           "'" + F.Name + "' leaves " + regionName(Guarded) +
               " that was not entered",
           F.Where);
}

//===----------------------------------------------------------------------===//
// Forbidden arguments, demands
//===----------------------------------------------------------------------===//

void World::judgeDuties(Frame &F) {
  for (const Prohibition &P : F.Fn->Forbids)
    if (!P.Possible && holds(F, P.When, /*Any=*/false))
      report(P.Check, "'" + F.Name + "' " + P.Says, F.Where, /*GoesOn=*/true);
  judgeApcs(F);
  for (size_t I = 0; I < F.Fn->Effects.size(); ++I)
    if (F.EffectApplies[I]) {
      const Effect &E = F.Fn->Effects[I];
      judgeMemory(F, E);
      judgeObject(F, E);
      if (E.Do == EffectKind::Require)
        judgeDemand(F, E);
      if (E.Recheck) {
        Activation &A = activation();
        bool Tested = !A.HasTested.empty() && A.HasTested.back();
        auto [It, New] =
            MayEndEarly.try_emplace(F.Where, std::pair(F.Name, Tested));
        if (!New)
          LookedAgain.insert(F.Where);
      }
    }
}

void World::judgeDemand(Frame &F, const Effect &E) {
  auto [Object, Text] = lockOf(F, E);
  Activation &A = activation();
  const LockKindInfo *K = P.Rules->lockKind(E.LockKind);
  bool Some = !E.Lock.isNone() || !E.GlobalLock.empty();
  if (Some && !Object)
    return;
  if (E.Not) {
    for (const Hold &H : A.Held)
      if (!(H.Kind && H.Kind->Reference) && (!Some || H.Object == Object) &&
          (Some || !K || H.Kind == K)) {
        report("lock-held-at-call",
               "'" + F.Name + "' is called while " + describe(H) +
                   " is held, which it forbids",
               F.Where, /*GoesOn=*/true);
        return;
      }
    return;
  }
  if (const Hold *H = findHold(Object)) {
    if (E.ModeStated && !E.Shared && H->Shared && !H->FromEntry)
      report("lock-not-held",
             "'" + F.Name + "' needs " + describe(*H) +
                 " exclusively, which is held shared",
             F.Where, /*GoesOn=*/true);
    return;
  }
  // The caller may hold it, unless it was given up here.
  bool GivenUp = false;
  for (const Activation::Release &R : A.Released)
    GivenUp |= R.Object == Object;
  if (GivenUp || (A.Closed && !A.MayKeepLocks))
    report("lock-not-held",
           "'" + F.Name + "' needs " + (K ? K->Title : std::string("lock")) +
               " '" + Text + "', which is not held here",
           F.Where, /*GoesOn=*/true);
}

//===----------------------------------------------------------------------===//
// Counts of users, one-time initialization
//===----------------------------------------------------------------------===//

/// The release of what is not held, of a kind that has a check of its own.
void World::judgeReference(Frame &F, const Effect &E) {
  const LockKindInfo *K = P.Rules->lockKind(E.LockKind);
  auto [Object, Text] = lockOf(F, E);
  uint64_t Handle = valueOf(F, E.Handle).value_or(0);
  Activation &A = activation();
  std::string What = K->Title + " '" + Text + "' is released by '" + F.Name;
  for (Hold &H : A.Held)
    if (H.Object == Object) { // another tag of it
      H.OtherTag = F.Where;
      return;
    }
  for (const FailedTry &T : A.Failed)
    if (T.Object == Object) {
      report(K->Check,
             What + "' where '" + T.Routine + "' failed to acquire it",
             F.Where);
      return;
    }
  for (const Activation::Release &R : A.Released)
    if (R.Object == Object && R.AcquiredAt &&
        (!K->Reference || (Handle && R.Handle == Handle))) {
      report(K->Check,
             What + "' but was released before by '" + R.Routine + "'",
             F.Where);
      return;
    }
}

bool World::askCaller(unsigned Which) {
  Activation &A = activation();
  if (A.Closed && A.Role && A.Role->Apcs != ApcEntry::Unknown)
    return false; // counted already
  std::optional<bool> &Answer = A.CallerApcs[Which];
  if (!Answer)
    Answer = O.choose(2) != 0;
  return *Answer;
}

/// What is held for a request goes on with it.
void World::handOver() {
  for (Hold &H : activation().Held)
    if (H.Kind && H.Kind->Reference)
      H.HandedOver = true;
}

/// It may do with the driver's things what it likes.
void World::noteUnknownCall(Frame &F, bool Routine) {
  Activation &A = activation();
  A.Vague |= !Routine;
  for (uint64_t Arg : F.Args) {
    if (isOnStack(Arg) || blockOf(Arg))
      Escaped.insert(Arg);
    for (Hold &H : A.Held)
      if (Arg &&
          (Arg == H.Handle || (H.Kind && H.Kind->Reference && H.Object >= Arg &&
                               H.Object - Arg < 4096)))
        H.HandedOver = true;
  }
}

//===----------------------------------------------------------------------===//
// Annotations of functions that are not here
//===----------------------------------------------------------------------===//

uint64_t World::addressOf(const LockClaim &C,
                          const std::vector<uint64_t> &Args) {
  uint64_t A = 0;
  if (!C.Variable.empty()) {
    auto V = P.Variables.find(C.Variable);
    A = V == P.Variables.end() ? 0 : V->second;
  } else if (C.Argument < Args.size()) {
    A = Args[C.Argument];
  }
  for (auto [Offset, Follow] : C.Steps) {
    if (!A)
      return 0;
    A += Offset;
    if (!Follow)
      continue;
    Domain D;
    D.K = Domain::Pointer;
    memory().beforeLoad(A, 8, D);
    std::memcpy(&A, reinterpret_cast<const void *>(A), 8);
  }
  return A;
}

void World::applyClaims(Frame &F) {
  auto Claims = P.Claims.find(F.Name);
  if (Claims == P.Claims.end() || (F.Fn && P.Rules->function(F.Name)))
    return;
  for (const LockClaim &C : Claims->second) {
    Effect E;
    E.Shared = C.Shared;
    E.ModeStated = C.Exclusive;
    if (C.R != LockClaim::NoneHeld) {
      uint64_t Object = addressOf(C, F.Args);
      if (!Object || !C.Kind)
        continue;
      E.LockKind = C.Kind->Name;
      E.Lock.K = ValueRef::Arg;
      F.Claimed = {Object, C.Text};
    }
    switch (C.R) {
    case LockClaim::Acquires:
      E.Do = EffectKind::Acquire;
      acquire(F, E, false);
      break;
    case LockClaim::Releases:
      E.Do = EffectKind::Release;
      judgeUnheld(F, E);
      release(F, E);
      break;
    case LockClaim::Held:
    case LockClaim::NotHeld:
    case LockClaim::NoneHeld:
      E.Do = EffectKind::Require;
      E.Not = C.R != LockClaim::Held;
      judgeDemand(F, E);
      break;
    }
    F.Claimed.reset();
  }
}
