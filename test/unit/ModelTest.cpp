//===- ModelTest.cpp - States and their transitions
//-------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model/SyncState.h"
#include "Model/Transition.h"
#include "Rules/Contract.h"
#include "gtest/gtest.h"

using namespace irqlint;

namespace {

/// Any addresses do as identities.
const char Ids[8] = {};
const ObjectId A = &Ids[0], B = &Ids[1], C = &Ids[2];
const ObjectId HandleA = &Ids[3], HandleB = &Ids[4];
const SiteId Here = &Ids[5], There = &Ids[6];
const void *const SomeSymbol = &Ids[7];

LockKindInfo kind(const char *Name, bool Spins) {
  LockKindInfo K;
  K.Name = K.Title = Name;
  K.Spins = Spins;
  return K;
}

const LockKindInfo Spin = kind("spin-lock", true);
const LockKindInfo Queued = kind("queued-spin-lock", true);
const LockKindInfo Interrupt = kind("interrupt-spin-lock", true);
const LockKindInfo Mutex = kind("fast-mutex", false);
const LockKindInfo Resource = [] {
  LockKindInfo K = kind("resource", false);
  K.RecursiveExclusive = K.RecursiveShared = true;
  return K;
}();

const LevelValue Passive = LevelValue::fixed(Irql::Passive);
const LevelValue Apc = LevelValue::fixed(Irql::Apc);
const LevelValue Dispatch = LevelValue::fixed(Irql::Dispatch);
const LevelValue Dirql = LevelValue::fixed(Irql::Dirql);

SyncState entered(LevelValue L = LevelValue::entry()) {
  SyncState S;
  S.Level = L;
  return S;
}

AcquireOp take(ObjectId O, LevelValue To = LevelValue::unknown(),
               const LockKindInfo &K = Spin) {
  AcquireOp Op;
  Op.Object = Op.Class = O;
  Op.Kind = &K;
  Op.Form = To.known() ? "plain" : "dpc";
  Op.Site = Here;
  Op.To = To;
  return Op;
}

ReleaseOp give(ObjectId O, LevelValue Restores, const LockKindInfo &K = Spin) {
  ReleaseOp Op;
  Op.Object = Op.Class = O;
  Op.Kind = &K;
  Op.Site = There;
  Op.Mode = ReleaseOp::Value;
  Op.Restores = Restores;
  return Op;
}

ReleaseOp giveAtDpc(ObjectId O) {
  ReleaseOp Op = give(O, LevelValue::unknown());
  Op.Mode = ReleaseOp::None;
  return Op;
}

} // namespace

//===--- levels -----------------------------------------------------------===//

TEST(LevelValue, KnownAndEqual) {
  EXPECT_FALSE(LevelValue::unknown().known());
  EXPECT_FALSE(LevelValue::uninitialized().known());
  EXPECT_TRUE(LevelValue::entry().known());
  EXPECT_TRUE(Dispatch.known());
  EXPECT_EQ(Dispatch, LevelValue::fixed(Irql::Dispatch));
  EXPECT_NE(Dispatch, Passive);
  EXPECT_NE(Dispatch, LevelValue::entry());
  EXPECT_EQ(LevelValue::symbol(SomeSymbol), LevelValue::symbol(SomeSymbol));
  EXPECT_NE(LevelValue::symbol(SomeSymbol), LevelValue::symbol(A));
  // An interval is another value than its bound.
  EXPECT_NE(LevelValue::fixed({Irql::Passive, Irql::Dispatch}), Dispatch);
}

//===--- acquire and release
//------------------------------------------------===//

TEST(Transition, AcquireRaisesAndReleaseRestores) {
  SyncState S = acquire(entered(), take(A, Dispatch));
  EXPECT_EQ(S.Level, Dispatch);
  EXPECT_EQ(S.LevelSite, Here);
  const HeldLock *L = S.find(A);
  ASSERT_NE(L, nullptr);
  EXPECT_TRUE(L->Raised);
  EXPECT_EQ(L->Base, LevelValue::entry());
  EXPECT_EQ(S.anySpinning(), L);
  EXPECT_EQ(S.lastRaising(), L);

  S = release(S, give(A, LevelValue::entry()));
  EXPECT_TRUE(S.Held.empty());
  EXPECT_EQ(S.Level, LevelValue::entry());
  EXPECT_EQ(S.LevelSite, There);
  ASSERT_NE(S.findFree(A), nullptr);
  EXPECT_TRUE(S.findFree(A)->TakenHere);
  EXPECT_EQ(S.findFree(A)->Site, There);
  EXPECT_FALSE(S.GaveUpCallers);
}

TEST(Transition, DpcFormsLeaveTheLevelAlone) {
  SyncState S = acquire(entered(Dispatch), take(A));
  EXPECT_EQ(S.Level, Dispatch);
  EXPECT_EQ(S.LevelSite, nullptr);
  EXPECT_FALSE(S.find(A)->Raised);
  EXPECT_EQ(S.lastRaising(), nullptr);
  EXPECT_NE(S.anySpinning(), nullptr);
  S = release(S, giveAtDpc(A));
  EXPECT_EQ(S.Level, Dispatch);
  EXPECT_EQ(S.LevelSite, nullptr);
}

TEST(Transition, AMutexIsHeldButDoesNotSpin) {
  SyncState S = acquire(entered(Passive), take(A, Apc, Mutex));
  EXPECT_EQ(S.Level, Apc);
  EXPECT_EQ(S.anySpinning(), nullptr);
  EXPECT_EQ(S.lastRaising(), S.find(A));
}

TEST(Transition, NestedInOrder) {
  SyncState S = acquire(entered(Passive), take(A, Dispatch));
  S = acquire(S, take(B, Dispatch));
  EXPECT_EQ(S.find(B)->Base, Dispatch);
  EXPECT_EQ(S.lastRaising(), S.find(B));
  S = release(S, give(B, Dispatch));
  EXPECT_EQ(S.Level, Dispatch);
  S = release(S, give(A, Passive));
  EXPECT_EQ(S.Level, Passive);
}

TEST(Transition, NestedOutOfOrderTheLastOneRestores) {
  SyncState S = acquire(entered(Passive), take(A, Dispatch));
  S = acquire(S, take(B, Dispatch));
  S = release(S, give(A, Dispatch));
  EXPECT_EQ(S.Level, Dispatch);
  // B goes back to where A would have gone.
  EXPECT_EQ(S.find(B)->Base, Passive);
  S = release(S, give(B, Passive));
  EXPECT_EQ(S.Level, Passive);
}

TEST(Transition, ThreeLocksTheMiddleOneFirst) {
  SyncState S = acquire(entered(Passive), take(A, Dispatch));
  S = acquire(S, take(B, Dispatch));
  S = acquire(S, take(C, Dispatch));
  S = release(S, give(B, Dispatch));
  EXPECT_EQ(S.Level, Dispatch);
  EXPECT_EQ(S.find(A)->Base, Passive);
  S = release(S, give(A, Dispatch));
  EXPECT_EQ(S.Level, Dispatch);
  S = release(S, give(C, Passive));
  EXPECT_EQ(S.Level, Passive);
}

TEST(Transition, AnInnerLockThatRaisedFurtherComesBackToTheOuterLevel) {
  SyncState S = acquire(entered(Passive), take(A, Dispatch));
  S = acquire(S, take(B, Dirql, Interrupt));
  EXPECT_EQ(S.Level, Dirql);
  S = release(S, give(B, Dispatch, Interrupt));
  EXPECT_EQ(S.Level, Dispatch);
  S = release(S, give(A, Passive));
  EXPECT_EQ(S.Level, Passive);

  S = acquire(entered(Passive), take(A, Apc, Mutex));
  S = acquire(S, take(B, Dispatch));
  S = release(S, give(B, Apc));
  EXPECT_EQ(S.Level, Apc);
}

TEST(Transition, HandOverHandTheLevelGoesAlong) {
  SyncState S = acquire(entered(Passive), take(A, Dispatch));
  S = acquire(S, take(B)); // at DPC level
  S = release(S, giveAtDpc(A));
  EXPECT_EQ(S.Level, Dispatch);
  S = release(S, give(B, Passive));
  EXPECT_EQ(S.Level, Passive);
  EXPECT_TRUE(S.Held.empty());
}

TEST(Transition, AWrongSavedLevelIsNotFollowed) {
  // Judges speak of it; the state goes on as if the right one had been given.
  SyncState S = acquire(entered(Passive), take(A, Dispatch));
  S = release(S, give(A, Dispatch));
  EXPECT_EQ(S.Level, Passive);
}

TEST(Transition, SavedByTheLock) {
  SyncState S = acquire(entered(), take(A, Dispatch));
  ReleaseOp Op = give(A, LevelValue::unknown());
  Op.Mode = ReleaseOp::FromLock;
  S = release(S, Op);
  EXPECT_EQ(S.Level, LevelValue::entry());
}

TEST(Transition, AcquiringAgainForgetsThatItWasFree) {
  SyncState S = acquire(entered(), take(A, Dispatch));
  S = release(S, give(A, LevelValue::entry()));
  S = acquire(S, take(A, Dispatch));
  EXPECT_EQ(S.findFree(A), nullptr);
  EXPECT_NE(S.find(A), nullptr);
}

//===--- recursion
//------------------------------------------------------------===//

TEST(Transition, RecursiveKindsCount) {
  SyncState S = acquire(entered(), take(A, LevelValue::unknown(), Resource));
  S = acquire(S, take(A, LevelValue::unknown(), Resource));
  EXPECT_EQ(S.Held.size(), 1u);
  EXPECT_EQ(S.find(A)->Depth, 2u);
  EXPECT_FALSE(S.find(A)->Doubtful);
  ReleaseOp Op = giveAtDpc(A);
  Op.Kind = &Resource;
  S = release(S, Op);
  ASSERT_NE(S.find(A), nullptr);
  EXPECT_EQ(S.findFree(A), nullptr);
  S = release(S, Op);
  EXPECT_EQ(S.find(A), nullptr);
  EXPECT_NE(S.findFree(A), nullptr);
}

TEST(Transition, TakingASpinLockTwiceMakesItDoubtful) {
  SyncState S = acquire(entered(), take(A, Dispatch));
  EXPECT_FALSE(S.find(A)->Doubtful);
  S = acquire(S, take(A, Dispatch));
  EXPECT_TRUE(S.find(A)->Doubtful);
  // The level to go back to is that of the first acquisition.
  EXPECT_EQ(S.find(A)->Base, LevelValue::entry());
}

//===--- releases of what is not held
//------------------------------------------===//

TEST(Transition, ReleasingACallersLock) {
  SyncState S = release(entered(Dispatch), give(A, Passive));
  EXPECT_TRUE(S.GaveUpCallers);
  ASSERT_NE(S.findFree(A), nullptr);
  EXPECT_FALSE(S.findFree(A)->TakenHere);
  EXPECT_EQ(S.Level, Passive);
}

TEST(Transition, ReleasingACallersLockWithALevelNobodyKnows) {
  SyncState S = release(entered(Dispatch), give(A, LevelValue::unknown()));
  EXPECT_EQ(S.Level, LevelValue::unknown());
  EXPECT_EQ(S.LevelSite, There);
  // The form that leaves the level alone.
  S = release(entered(Dispatch), giveAtDpc(A));
  EXPECT_EQ(S.Level, Dispatch);
}

TEST(Transition, ALockHeldAtEntryIsTheCallers) {
  SyncState S = entered(Dispatch);
  HeldLock L;
  L.Object = L.Class = A;
  L.Kind = &Spin;
  L.FromEntry = true;
  S.Held.push_back(L);
  S = release(S, give(A, Passive));
  EXPECT_TRUE(S.Held.empty());
  EXPECT_TRUE(S.GaveUpCallers);
  EXPECT_FALSE(S.findFree(A)->TakenHere);
  EXPECT_EQ(S.Level, Passive);
}

//===--- which lock a release means
//---------------------------------------------===//

TEST(MatchRelease, TheObjectFirst) {
  SyncState S = acquire(entered(), take(A, Dispatch));
  S = acquire(S, take(B));
  const HeldLock *L = matchRelease(S, give(A, Passive));
  ASSERT_NE(L, nullptr);
  EXPECT_EQ(L->Object, A);
}

TEST(MatchRelease, ThenTheHandleOfTheLatest) {
  AcquireOp Op = take(A, Dispatch, Queued);
  Op.Handle = HandleA;
  SyncState S = acquire(entered(), Op);
  Op = take(B, Dispatch, Queued);
  Op.Handle = HandleB;
  S = acquire(S, Op);
  ReleaseOp R;
  R.Kind = &Queued;
  R.Handle = HandleA;
  R.Mode = ReleaseOp::FromLock;
  const HeldLock *L = matchRelease(S, R);
  ASSERT_NE(L, nullptr);
  EXPECT_EQ(L->Object, A);
  R.Handle = HandleB;
  EXPECT_EQ(matchRelease(S, R)->Object, B);
}

TEST(MatchRelease, AtLastTheClassButOnlyOfTheSameKind) {
  AcquireOp Op = take(A, Dispatch);
  Op.Class = C;
  SyncState S = acquire(entered(), Op);
  ReleaseOp R = give(B, Passive); // another spelling of the same member
  R.Class = C;
  ASSERT_NE(matchRelease(S, R), nullptr);
  EXPECT_EQ(matchRelease(S, R)->Object, A);
  R.Kind = &Queued;
  EXPECT_EQ(matchRelease(S, R), nullptr);
  R.Kind = &Spin;
  R.Class = B;
  EXPECT_EQ(matchRelease(S, R), nullptr);
}

TEST(MatchRelease, NothingIsHeld) {
  EXPECT_EQ(matchRelease(entered(), give(A, Passive)), nullptr);
}

//===--- the rest
//-------------------------------------------------------------===//

TEST(Transition, SetLevel) {
  SyncState S = setLevel(entered(), Dispatch, Here);
  EXPECT_EQ(S.Level, Dispatch);
  EXPECT_EQ(S.LevelSite, Here);
  EXPECT_TRUE(S.Held.empty());
}

TEST(Transition, ConvertChangesTheModeOfAHeldLock) {
  AcquireOp Op = take(A, Dispatch);
  Op.Shared = true;
  SyncState S = acquire(entered(), Op);
  EXPECT_TRUE(S.find(A)->Shared);
  S = convert(S, A, /*ToShared=*/false, There);
  EXPECT_FALSE(S.find(A)->Shared);
  // Of a lock that is not held there is nothing to change.
  EXPECT_EQ(convert(S, B, true, There), S);
}

TEST(Transition, ForgetAnInitializedLock) {
  SyncState S = acquire(entered(), take(A));
  EXPECT_EQ(forget(S, A).find(A), nullptr);
  S = release(S, giveAtDpc(A));
  ASSERT_NE(S.findFree(A), nullptr);
  EXPECT_EQ(forget(S, A).findFree(A), nullptr);
  EXPECT_NE(forget(S, B).findFree(A), nullptr);
}

TEST(Transition, RegionsCount) {
  SyncState S = enterRegion(entered(), /*Guarded=*/false, nullptr);
  S = enterRegion(S, false, nullptr);
  S = enterRegion(S, true, nullptr);
  EXPECT_EQ(S.Critical, 2);
  EXPECT_EQ(S.Guarded, 1);
  S = leaveRegion(S, false);
  EXPECT_EQ(S.Critical, 1);
}

TEST(Transition, RegionsRememberWhereTheyWereEntered) {
  SyncState S = enterRegion(entered(), /*Guarded=*/false, Here);
  S = enterRegion(S, /*Guarded=*/true, There);
  ASSERT_EQ(S.Regions.size(), 2u);
  // Not in the order of a stack, either.
  S = leaveRegion(S, /*Guarded=*/false);
  ASSERT_EQ(S.Regions.size(), 1u);
  EXPECT_EQ(S.Regions[0].Site, There);
  EXPECT_TRUE(S.Regions[0].Guarded);
}

TEST(Transition, LeavingTheOtherSortOfRegionLeavesTheOneThatIsOpen) {
  SyncState S = leaveRegion(enterRegion(entered(), false, Here), true);
  EXPECT_EQ(S.Critical, 0);
  EXPECT_EQ(S.Guarded, 0);
  EXPECT_TRUE(S.Regions.empty());
}

TEST(Transition, ARegionOfTheCallerIsCountedButNotOneThatCannotBe) {
  EXPECT_EQ(leaveRegion(entered(), false).Critical, -1);
  SyncState Closed = entered();
  Closed.ClosedWorld = true;
  Closed.Apcs.NormalOff = ApcsBefore::No;
  EXPECT_EQ(leaveRegion(Closed, false).Critical, 0);
}

TEST(Transition, EnteringInALoopEndsInNotKnowing) {
  SyncState S = entered();
  for (int I = 0; I < 100; ++I)
    S = enterRegion(S, false, Here);
  EXPECT_LT(S.Critical, 100);
  EXPECT_TRUE(S.Apcs.Vague);
}

TEST(Apcs, WhatKeepsThemOff) {
  SyncState S = entered();
  EXPECT_FALSE(S.normalApcsOff()); // not known
  EXPECT_FALSE(S.normalApcsOn());
  SyncState Critical = enterRegion(S, false, Here);
  EXPECT_TRUE(Critical.normalApcsOff());
  EXPECT_FALSE(Critical.allApcsOff());
  SyncState Guarded = enterRegion(S, true, Here);
  EXPECT_TRUE(Guarded.normalApcsOff());
  EXPECT_TRUE(Guarded.allApcsOff());
  LockKindInfo Mutex;
  Mutex.DisablesApcs = true;
  AcquireOp Op = take(A);
  Op.Kind = &Mutex;
  EXPECT_TRUE(acquire(S, Op).normalApcsOff());
  EXPECT_FALSE(acquire(S, Op).allApcsOff());
  EXPECT_FALSE(acquire(S, take(A)).normalApcsOff());
}

TEST(Apcs, WhatIsKnownOfTheCaller) {
  SyncState On = entered();
  On.Apcs.NormalOff = On.Apcs.AllOff = ApcsBefore::No;
  EXPECT_TRUE(On.normalApcsOn());
  EXPECT_FALSE(enterRegion(On, false, Here).normalApcsOn());
  SyncState Vague = On;
  Vague.Apcs.Vague = true;
  EXPECT_FALSE(Vague.normalApcsOn());
  SyncState Off = entered();
  Off.Apcs.NormalOff = ApcsBefore::Yes;
  EXPECT_TRUE(Off.normalApcsOff());
  // Who left a region of the caller's knows no more whether there is another.
  EXPECT_FALSE(leaveRegion(Off, false).normalApcsOff());
  EXPECT_FALSE(leaveRegion(Off, false).normalApcsOn());
  EXPECT_FALSE(On.equivalent(Off));
  EXPECT_FALSE(On.equivalent(Vague));
}

TEST(Forms, Mechanisms) {
  EXPECT_EQ(mechanismOfForm("plain"), "plain");
  EXPECT_EQ(mechanismOfForm("dpc"), "plain");
  EXPECT_EQ(mechanismOfForm("in-stack"), "in-stack");
  EXPECT_EQ(mechanismOfForm("in-stack-dpc"), "in-stack");
  EXPECT_EQ(mechanismOfForm(""), "");
  EXPECT_TRUE(isDpcForm("dpc"));
  EXPECT_TRUE(isDpcForm("in-stack-dpc"));
  EXPECT_FALSE(isDpcForm("plain"));
  EXPECT_FALSE(isDpcForm("interrupt"));
  EXPECT_FALSE(isDpcForm(""));
}

TEST(Forms, ThreadedDpcsHaveTheirOwnMechanism) {
  // They raise (or lock in another way), so they are not "at DPC level".
  EXPECT_FALSE(isDpcForm("for-dpc"));
  EXPECT_NE(mechanismOfForm("for-dpc"), "plain");
  EXPECT_NE(mechanismOfForm("in-stack-for-dpc"), "in-stack");
}

//===--- comparing states
//-------------------------------------------------------===//

TEST(SyncState, EquivalentIgnoresPlacesEqualDoesNot) {
  AcquireOp First = take(A, Dispatch), Second = take(A, Dispatch);
  Second.Site = There;
  SyncState S = acquire(entered(), First), T = acquire(entered(), Second);
  EXPECT_TRUE(S.equivalent(T));
  EXPECT_FALSE(S == T);
  EXPECT_EQ(S.hash(), T.hash());
  EXPECT_TRUE(S == acquire(entered(), First));
}

TEST(SyncState, WhatDecidesTheFutureTellsStatesApart) {
  SyncState S = acquire(entered(), take(A, Dispatch));
  EXPECT_FALSE(S.equivalent(entered()));
  EXPECT_FALSE(S.equivalent(acquire(entered(), take(B, Dispatch))));
  EXPECT_FALSE(S.equivalent(acquire(entered(), take(A, Dispatch, Queued))));
  EXPECT_FALSE(S.equivalent(acquire(entered(Passive), take(A, Dispatch))));
  AcquireOp Shared = take(A, Dispatch);
  Shared.Shared = true;
  EXPECT_FALSE(S.equivalent(acquire(entered(), Shared)));
  AcquireOp Form = take(A, Dispatch);
  Form.Form = "for-dpc";
  EXPECT_FALSE(S.equivalent(acquire(entered(), Form)));
  AcquireOp Handle = take(A, Dispatch);
  Handle.Handle = HandleA;
  EXPECT_FALSE(S.equivalent(acquire(entered(), Handle)));
  EXPECT_FALSE(entered().equivalent(enterRegion(entered(), false, nullptr)));
  EXPECT_FALSE(entered().equivalent(enterRegion(entered(), true, nullptr)));
  SyncState Closed = entered();
  Closed.ClosedWorld = true;
  EXPECT_FALSE(entered().equivalent(Closed));
  // Held twice by mistake is not held twice by right.
  SyncState Twice = acquire(S, take(A, Dispatch));
  EXPECT_FALSE(S.equivalent(Twice));
}

TEST(SyncState, ADoubtfulHoldIsNotACertainOne) {
  SyncState S = acquire(entered(), take(A, Dispatch));
  SyncState Doubt = acquire(S, take(A, Dispatch));
  Doubt = release(Doubt, give(A, Dispatch));
  ASSERT_EQ(Doubt.find(A)->Depth, S.find(A)->Depth);
  EXPECT_FALSE(S == Doubt);
}

TEST(SyncState, ReleasedHereIsNotReleasedForTheCaller) {
  SyncState S = release(acquire(entered(), take(A)), giveAtDpc(A));
  SyncState T = release(entered(), giveAtDpc(A));
  EXPECT_FALSE(S.equivalent(T));
}

TEST(SyncState, TheFormComparesByText) {
  // Interned per unit; two spellings of the same text are one form.
  static const char First[] = "plain", Second[] = "plain";
  AcquireOp X = take(A, Dispatch), Y = take(A, Dispatch);
  X.Form = First;
  Y.Form = Second;
  EXPECT_TRUE(acquire(entered(), X).equivalent(acquire(entered(), Y)));
}
