//===- Exits.cpp - Ways out of a function that do not agree ---------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Loader/Exits.h"

using namespace irqlint;
using namespace irqlint::rt;

/// Regions count, so it does not matter where one was entered.
static constexpr SiteIndex RegionSites[] = {~0u - 1, ~0u};
static constexpr uint64_t Pending = 0x103; // STATUS_PENDING

Exit rt::exitOf(const Root &R, World &W, uint64_t Returned,
                const std::vector<uint64_t> &Args) {
  Activation &A = W.activation();
  Exit X;
  X.Result = R.Result == Root::Nothing   ? 0
             : R.Result == Root::Status  ? uint32_t(Returned)
             : R.Result == Root::Boolean ? (Returned & 0xff) != 0
                                         : Returned;
  for (uint64_t V : Args)
    X.Numbers.push_back(
        W.memory().contains(V) ? W.memory().written(V).value_or(1) : V);
  X.Failed = R.Result == Root::Status    ? static_cast<int32_t>(Returned) < 0
             : R.Result == Root::Boolean ? X.Result == 0
                                         : false;
  X.Place.Where = W.Here;
  X.Place.History = A.History;
  X.Place.Function = R.Name;
  for (const Hold &H : A.Held) {
    bool Own = H.Kind && !H.Kind->Check.empty();
    if (H.FromEntry)
      continue;
    Exit::Kept K;
    K.Check = Own ? H.Kind->Check : "lock-leaked";
    K.Says = describe(H) + (Own ? " is kept" : " is still held") + " when '" +
             R.Name + "' returns; acquired by '" + H.Routine + "'";
    K.Reference = H.Kind && H.Kind->Reference;
    K.Loose = H.Kind && !H.Kind->MustReleaseBeforeReturn &&
              !(R.Role && R.Role->HandsOver);
    K.HandedOver = H.HandedOver;
    K.Dies = H.LevelDies;
    K.OtherTag = H.OtherTag != 0;
    if (K.OtherTag)
      K.Says += ", and another tag is released";
    X.Held[H.Where] = std::move(K);
  }
  for (const Activation::Release &G : A.Released)
    if (G.AcquiredAt)
      X.GivenUp.insert(G.AcquiredAt);
  X.GivenUp.insert(A.GivenUpOnce.begin(), A.GivenUpOnce.end());
  // (Locks whose routines enter a region, too, speak for it.)
  if (!A.Vague)
    for (const EnteredRegion &E : A.Regions)
      if (!X.Held.count(E.Where))
        X.Held[RegionSites[E.Guarded]] = {
            "region-unbalanced", "'" + R.Name + "' returns in a " +
                                     (E.Guarded ? "guarded" : "critical") +
                                     " region, entered by '" + E.Routine + "'"};
  for (const LockClaim &C : R.Claims) {
    uint64_t Object = W.addressOf(C, Args);
    bool Has = false;
    for (const Hold &H : A.Held)
      Has |= H.Object == Object;
    X.Claimed.push_back(Has);
  }
  if (A.Restored)
    X.GivenUp.insert(0);
  for (bool Guarded : {false, true})
    if (A.LeftRegion[Guarded])
      X.GivenUp.insert(RegionSites[Guarded]);
  if (A.Held.empty() && W.machine().irql() > A.Entry && !A.LeftRaised)
    X.Held[0] = {"irql-not-restored", "'" + R.Name + "' returns at " +
                                          levelName(W.machine().irql()) +
                                          ", but was entered at " +
                                          levelName(A.Entry)};
  if (auto Level = X.Held.find(0); Level != X.Held.end())
    Level->second.Dies = A.RaiseDies;
  return X;
}

/// An argument tells those that keep it from those that do not.
static bool toldApart(const std::vector<const Exit *> &Keeping,
                      const std::vector<const Exit *> &Others) {
  for (size_t I = 0; I < Keeping.front()->Numbers.size(); ++I) {
    bool V = Keeping.front()->Numbers[I] != 0, All = true;
    for (const Exit *X : Keeping)
      All &= (X->Numbers[I] != 0) == V;
    for (const Exit *X : Others)
      All &= (X->Numbers[I] != 0) != V;
    if (All)
      return true;
  }
  return false;
}

static bool isPending(const Root &R, const Exit &X) {
  return R.Result == Root::Status && X.Result == Pending;
}

static bool isOdd(const Root &R, const Exit &X, SiteIndex Site,
                  const std::vector<Exit> &Exits) {
  const Exit::Kept &K = X.Held.at(Site);
  if (K.HandedOver || (K.Loose && isPending(R, X)))
    return false;
  std::vector<const Exit *> Keeping, Others;
  bool GivenUp = false, Odd = false;
  for (const Exit &Y : Exits)
    GivenUp |= Y.GivenUp.count(Site) != 0;
  for (const Exit &Y : Exits) {
    bool Keeps = Y.Held.count(Site);
    (Keeps ? Keeping : Others).push_back(&Y);
    if (Keeps)
      continue;
    // The result may tell: success keeps, failure gives up. The reverse, or no
    // difference, does not tell a caller to release.
    Odd |= R.Result == Root::Nothing ||
           (R.Result == Root::Other ? (X.Result == 0) == (Y.Result == 0)
                                    : X.Result == Y.Result) ||
           (X.Failed && (!Y.Failed || R.Result == Root::Status));
  }
  if ((K.OtherTag && !GivenUp) || K.Dies)
    return true;
  return GivenUp && Odd && !toldApart(Keeping, Others);
}

std::vector<Violation> rt::oddExits(const Root &R,
                                    const std::vector<Exit> &Exits) {
  std::vector<Violation> Out;
  // Others do what the annotation says, so it is meant.
  for (size_t I = 0; I < R.Claims.size(); ++I) {
    const LockClaim &C = R.Claims[I];
    if (!C.Judged)
      continue;
    bool Must = C.R != LockClaim::Releases, Kept = false;
    for (const Exit &X : Exits)
      Kept |= X.Claimed[I] == Must;
    for (const Exit &X : Exits) {
      if (!Kept || X.Claimed[I] == Must || X.Failed || !C.Kind)
        continue;
      Violation V = X.Place;
      V.Check = "annotation-not-kept";
      V.Message = "'" + R.Name + "' is annotated to " +
                  (C.R == LockClaim::Acquires   ? "acquire "
                   : C.R == LockClaim::Releases ? "release "
                                                : "keep ") +
                  C.Kind->Title + " '" + C.Text + "', but returns " +
                  (Must ? "without" : "with") + " it here";
      Out.push_back(std::move(V));
      break;
    }
  }
  for (const Exit &X : Exits)
    for (const auto &[Site, K] : X.Held) {
      // What a callback keeps of others has been told when it returned.
      if (R.MayKeepLocks || (R.IsEntryPoint && !K.Loose) ||
          (!Site && R.MayChangeLevel))
        continue;
      bool Forbidden = R.IsEntryPoint && !K.Reference && !isPending(R, X);
      if (!Forbidden && !isOdd(R, X, Site, Exits))
        continue;
      Violation V = X.Place;
      V.Check = K.Check;
      V.Message = K.Says;
      Out.push_back(std::move(V));
      break;
    }
  return Out;
}
