//===- Effects.cpp - What the rules say a routine does, done --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include "Runtime/Verifier/World.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

using namespace irqlint;
using namespace irqlint::rt;

//===----------------------------------------------------------------------===//
// Effects
//===----------------------------------------------------------------------===//

void World::setLevel(Level To, const Frame &F, std::optional<Level> Before) {
  bool Rises = To > Before.value_or(M.irql());
  Activation &A = activation();
  A.Restored |= To < M.irql() && To <= A.Entry;
  M.setLevel(To);
  if (A.LeftRaised && To <= A.Entry)
    A.LeftRaised.reset();
  if (Rises && To > ApcLevel && !A.Stack.empty() &&
      A.Stack.back().first->Pageable)
    report("paged-code-at-dispatch",
           "pageable function '" + A.Stack.back().first->Name +
               "' raises IRQL to " + levelName(To) + " with '" + F.Name +
               "' and goes on running there",
           F.Where);
}

/// The old level is kept in a variable that ends with the function.
bool World::levelDies(const Frame &F, const Effect &E) const {
  if (F.Where >= P.Sites.size())
    return false;
  uint32_t Dies = P.Sites[F.Where].Dies;
  if (E.Saves.K == ValueRef::Ret)
    return Dies >> 31;
  const ValueRef &V = E.Saves.K == ValueRef::Deref ? E.Saves : E.Handle;
  return !V.isNone() && V.Index < 31 && (Dies >> V.Index & 1);
}

void World::acquire(Frame &F, const Effect &E, bool HasBody) {
  if (!E.Each.isNone() && !F.Claimed)
    return acquireEach(F, E, HasBody);
  Named N = resolve(F, E);
  const LockKindInfo *K = N.Kind;
  uint64_t Object = N.Object;
  const std::string &Text = N.Text;
  if (!N.Lacks.empty()) {
    // A try that fails is no mistake where a wait is one.
    if (E.Do != EffectKind::TryAcquire || !K->OfInterrupt)
      report(N.LacksCheck, "'" + F.Name + "' " + N.Lacks, F.Where,
             /*GoesOn=*/true);
    if (!E.Success.empty())
      succeed(F, E, false);
    return;
  }
  bool Shared = E.Shared;
  if (!E.ModeFrom.isNone())
    Shared = valueOf(F, E.ModeFrom).value_or(1) == 0;
  // The type decides whether there is a lock at all (waits on a mutex).
  if (E.OfType) {
    Dispatcher::Object *Obj = D.find(Object);
    const std::vector<std::string> &Types = P.Sites[F.Where].Types;
    bool Declared = E.Lock.Index < Types.size() &&
                    P.Rules->lockKindOfType(Types[E.Lock.Index]) == K;
    if (Obj ? Obj->Kind != ObjectKind::Mutex : !Declared)
      return;
  }
  bool Try = E.Do == EffectKind::TryAcquire;
  if (!Try && !judgeAcquire(F, E, Object, K, Shared)) {
    ++findHold(Object)->Depth; // given up once more than it is
    return;
  }
  if (E.Configured && N.Spins)
    if (const Hold *H = framework().heldOutOfOrder(Object, *N.Spins))
      report("lock-order-inversion",
             "'" + F.Name + "' acquires the callback lock of '" + Text +
                 "' while " + describe(*H) +
                 " is held: the framework acquires that of a device before "
                 "those of its queues",
             F.Where, /*GoesOn=*/true);
  uint64_t Handle = valueOf(F, E.Handle).value_or(0);
  bool ApcsOff = normalApcsOff();
  LockTraits T;
  T.Spins = N.Spins.value_or(K && K->Spins);
  T.RecursiveExclusive = K && K->RecursiveExclusive;
  T.RecursiveShared = K && K->RecursiveShared;

  if (Try && !HasBody) {
    bool Got = true;
    // One that spins is never tried: it may not be waited for, or it is free.
    if (E.Configured && N.Spins && *N.Spins)
      Got = false;
    // Somebody outside this execution may own it.
    else if (P.OpenWorld && !L.isHeld(Object) && O.choose(2))
      Got = false;
    Got = Got && L.tryAcquire(Object, T, Shared);
    succeed(F, E, Got);
    if (!Got) {
      note(F.Where, "'" + F.Name + "' does not get '" + Text + "'");
      Activation &A = activation();
      llvm::erase_if(A.Failed, [&](auto &T) { return T.Object == Object; });
      A.Failed.push_back({Object, F.Where, F.Name, !E.Refused.empty()});
      return;
    }
  }
  judgeHandle(F, E, Object, Text, Shared);
  Level Before = M.irql(), To = Before;
  bool Maybe =
      E.ToMaybe && !N.Spins && !E.To.isNone() && levelOf(F, E.To) > Before;
  // What the framework may have lent is taken again as it was.
  bool Stays = E.ToMaybe && (N.Spins ? !*N.Spins
                                     : activation().MaybeLent.count(Object) ||
                                           O.choose(2) != 0);
  if (!E.To.isNone() && !Stays)
    To = std::max(Before, levelOf(F, E.To));
  // The level first: from then on this processor is not taken away.
  if (!Try && !HasBody) {
    M.raise(To);
    L.acquire(Object, T, Shared);
  }
  if (!E.Saves.isNone())
    store(F, E.Saves, Before);
  if (E.ReturnsSaved) {
    F.Ret = Before;
    F.RetKnown = true;
  }

  Activation &A = activation();
  llvm::erase_if(A.Released, [&](auto &R) { return R.Object == Object; });
  llvm::erase_if(A.Failed, [&](auto &T) { return T.Object == Object; });
  bool Tagged = K && K->Reference && !E.Handle.isNone();
  if (Hold *H = Tagged ? findTag(Object, Handle) : findHold(Object)) {
    ++H->Depth;
  } else {
    Hold New;
    New.Object = Object;
    New.Kind = K;
    New.Form = E.Form;
    New.Shared = Shared;
    New.Raised = !E.To.isNone() && !(N.Spins && Stays);
    New.Base = Before;
    New.Handle = Handle;
    New.MaybeRaised = Maybe;
    New.LevelDies = New.Raised && levelDies(F, E);
    New.ApcsWereOff = ApcsOff;
    New.Where = F.Where;
    New.Text = Text;
    New.By = F.Fn;
    New.Routine = F.Name;
    New.InRegion = E.Configured && N.Spins && !*N.Spins;
    M.thread().Critical += New.InRegion;
    New.NotedOnly = HasBody;
    New.Doubtful = F.TooHigh;
    A.Held.push_back(std::move(New));
  }
  setLevel(To, F, Before);
  note(F.Where, "'" + F.Name + "' acquires " +
                    (K ? K->Title : std::string("lock")) + " '" + Text + "'");
}

/// The held lock that a release means, or null.
Hold *World::released(const Frame &F, const Effect &E) {
  Hold *H = nullptr;
  const LockKindInfo *K = kindOf(F, E);
  if (K && K->Reference && !E.Handle.isNone())
    return findTag(lockOf(F, E).first, valueOf(F, E.Handle).value_or(0));
  if (!E.Lock.isNone() || !E.GlobalLock.empty())
    H = findHold(lockOf(F, E).first);
  if (uint64_t Handle = valueOf(F, E.Handle).value_or(0); !H && Handle)
    for (Hold &C : activation().Held)
      if (C.Handle == Handle)
        H = &C;
  return H;
}

void World::release(Frame &F, const Effect &E) {
  Named N = resolve(F, E);
  const uint64_t Object = N.Object;
  const std::string Text = N.Text;
  if (!N.Lacks.empty()) {
    // Else that was told where it should have been acquired.
    if (findHold(Object))
      report(N.LacksCheck, "'" + F.Name + "' " + N.Lacks, F.Where,
             /*GoesOn=*/true);
    return;
  }
  Activation &A = activation();
  Hold *H = released(F, E);
  Level Now = M.irql();
  bool ByValue = E.Restores.K == LevelRef::Value;

  if (!H) {
    if (E.IfHeld)
      return;
    F.ReleasedNothing = true;
    // The caller had it.
    L.release(Object);
    if (auto G = A.Gone.find(Object);
        G != A.Gone.end() && E.Restores.K == LevelRef::Saved)
      setLevel(std::min(G->second, Now), F);
    if (ByValue) {
      Level To = levelOf(F, E.Restores);
      if (To > HighLevel)
        report("saved-irql-mismatch",
               "'" + F.Name + "' of '" + Text +
                   "' restores a level that was never saved",
               F.Where);
      setLevel(std::min(To, Now), F);
    }
    note(F.Where, "'" + F.Name + "' gives up '" + Text +
                      "', which the caller "
                      "must have acquired");
    return;
  }

  judgeRelease(F, E, *H);
  if (!H->NotedOnly)
    L.release(H->Object);
  if (H->Depth > 1) {
    --H->Depth;
    A.GivenUpOnce.insert(H->Where);
    return;
  }
  Hold Old = *H;
  M.thread().Critical -= Old.InRegion;
  for (Activation *Outer : M.thread().Inside)
    llvm::erase_if(Outer->Held, [&](const Hold &C) {
      return C.Object == Old.Object && C.Where == Old.Where &&
             C.Handle == Old.Handle;
    });
  HistoryEvent Released;
  Released.Where = F.Where;
  Released.Text = "'" + F.Name + "' gives up " + describe(Old);
  A.Released.push_back({Old.Object, Old.Handle, Released, Old.Where, F.Name});

  // A lock that was taken later keeps the level up, and inherits the level
  // that comes after it.
  for (Hold &C : A.Held)
    if (Old.Raised && C.Raised && C.Base > Old.Base) {
      C.Base = Old.Base;
      break;
    }
  if (E.Restores.K != LevelRef::None) {
    Level To = ByValue ? levelOf(F, E.Restores) : Old.Base;
    if (E.Restores.K == LevelRef::Fixed)
      To = levelOf(F, E.Restores);
    judgeRestore(F, E, Old, To, ByValue);
    if (E.Restores.K == LevelRef::Saved)
      if (const Hold *Spin = A.anySpinning(); Spin && To < DispatchLevel)
        To = Now;
    setLevel(std::min(To, Now), F);
  } else if (Old.Raised && Now > Old.Base && !A.anySpinning()) {
    HistoryEvent Left;
    Left.Where = F.Where;
    Left.Text = describe(Old) + " was acquired by '" + Old.Routine +
                "' but is released by '" + F.Name +
                "', which leaves the level raised";
    A.LeftRaised = Left;
  }
  note(F.Where, Released.Text);
}

/// Locks that lie there are no more.
void World::forget(uint64_t Address, uint64_t Size) {
  if (!Address)
    return;
  L.reset(Address);
  for (const Hold &H : activation().Held)
    if (H.Object - Address < Size && H.Raised)
      activation().Gone[H.Object] = H.Base;
  llvm::erase_if(activation().Held, [&](const Hold &H) {
    return H.Object - Address < Size && !(H.Kind && H.Kind->Reference);
  });
}

void World::apply(Frame &F, const Effect &E, bool HasBody) {
  switch (E.Do) {
  case EffectKind::Acquire:
  case EffectKind::TryAcquire:
    acquire(F, E, HasBody);
    break;
  case EffectKind::Release:
    release(F, E);
    break;
  case EffectKind::Convert: {
    auto [Object, Text] = lockOf(F, E);
    bool Done =
        HasBody || (!(P.OpenWorld && !E.Success.empty() && O.choose(2)) &&
                    L.convert(Object, E.Shared));
    if (!E.Success.empty() && !HasBody)
      succeed(F, E, Done);
    if (Hold *H = findHold(Object); H && Done)
      H->Shared = E.Shared, H->By = F.Fn;
    break;
  }
  case EffectKind::Raise: {
    Level Before = M.irql(), To = levelOf(F, E.To);
    if (To > HighLevel)
      report("saved-irql-mismatch",
             "'" + F.Name + "' is given a level that was never set", F.Where);
    if (To < Before)
      reportAt("irql-lowered-by-raise",
               "'" + F.Name + "' is asked for " + levelName(To) +
                   " but the level is " + levelName(Before) + " already",
               F);
    else
      pass("irql-lowered-by-raise", F.Where);
    judgeHandle(F, E, 0, "", false);
    if (To > Before)
      activation().RaiseDies = levelDies(F, E);
    setLevel(std::max(To, Before), F);
    store(F, E.Saves, Before);
    if (E.ReturnsSaved) {
      F.Ret = Before;
      F.RetKnown = true;
    }
    note(F.Where, "'" + F.Name + "' raises the level to " + levelName(To));
    break;
  }
  case EffectKind::Lower: {
    Level To = levelOf(F, E.Restores);
    if (To > HighLevel)
      reportAt("saved-irql-mismatch",
               "'" + F.Name +
                   "' restores a level that was never saved on this path",
               F);
    if (To > M.irql())
      reportAt("irql-raised-by-lower",
               "'" + F.Name + "' is asked for " + levelName(To) +
                   " but the level is only " + levelName(M.irql()),
               F);
    else
      pass("irql-raised-by-lower", F.Where);
    setLevel(To, F);
    note(F.Where, "'" + F.Name + "' lowers the level to " + levelName(To));
    break;
  }
  case EffectKind::Wait:
    if (!HasBody)
      M.point();
    break;
  case EffectKind::Signal:
    if (!HasBody)
      D.signal(valueOf(F, E.Lock).value_or(0));
    break;
  case EffectKind::Atomic:
    judgeAcquire(F, E, lockOf(F, E).first, kindOf(F, E), false);
    break;
  case EffectKind::EnterRegion:
    if (!E.Success.empty() && !holds(F, E.Success))
      break;
    ++(E.Region == "guarded" ? M.thread().Guarded : M.thread().Critical);
    activation().Regions.push_back({E.Region == "guarded", F.Where, F.Name});
    note(F.Where, "'" + F.Name + "' enters a " + E.Region + " region");
    break;
  case EffectKind::LeaveRegion: {
    judgeLeave(F, E.Region == "guarded");
    --(E.Region == "guarded" ? M.thread().Guarded : M.thread().Critical);
    break;
  }
  case EffectKind::Query:
    if (HasBody)
      break;
    F.RetKnown = true;
    if (E.Region == "irql")
      F.Ret = M.irql();
    else if (E.Region == "apcs-disabled")
      F.Ret = normalApcsOff() || askCaller(0);
    else if (E.Region == "all-apcs-disabled")
      F.Ret = M.irql() >= ApcLevel || allApcsOff() || askCaller(1);
    else if (E.Region == "lock-owned") {
      const Hold *H = findHold(lockOf(F, E).first);
      F.Ret = H && (E.Shared || !H->Shared) ? 1 : 0;
    } else
      F.RetKnown = false;
    break;
  case EffectKind::AssertLevel:
    if (stepOf(M.irql()) > E.Window.Hi)
      report("paged-code-at-dispatch",
             "'" +
                 (activation().Stack.empty()
                      ? activation().Name
                      : activation().Stack.back().first->Name) +
                 "' states that it runs at or below " + irqlName(E.Window.Hi) +
                 " but runs at " + levelName(M.irql()),
             F.Where);
    else
      pass("paged-code-at-dispatch", F.Where);
    break;
  case EffectKind::Init:
  case EffectKind::Delete:
    forget(lockOf(F, E).first, 1);
    break;
  case EffectKind::CallBack:
    if (!HasBody)
      unsupported(F.Name);
    break;
  case EffectKind::HandOver:
    handOver();
    break;
  case EffectKind::Drain: {
    uint64_t Object = lockOf(F, E).first;
    const LockKindInfo *Kind = kindOf(F, E);
    if (const Hold *H = findHold(Object); H && !H->FromEntry && Kind)
      report(Kind->Check,
             "'" + F.Name + "' waits until nobody holds " + describe(*H) +
                 ", which this path itself holds",
             F.Where);
    if (isScenario() && !HasBody)
      L.drain(Object);
    break;
  }
  case EffectKind::Queue:
    handOver();
    break;
  case EffectKind::Await:
    if (K->find(valueOf(F, E.Lock).value_or(0)))
      break;
    [[fallthrough]];
  case EffectKind::Free:
    forget(valueOf(F, E.Lock).value_or(0), Unknowns::ObjectSize);
    break;
  case EffectKind::Require:
  case EffectKind::Allocate:
    break;
  case EffectKind::Complete:
    if (const Hold *H = activation().anySpinning())
      reportAt("complete-under-spin-lock",
               "'" + F.Name + "' completes a request while " + describe(*H) +
                   " is held",
               F);
    break;
  }
}
