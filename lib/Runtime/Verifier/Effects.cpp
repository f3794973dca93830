//===- Effects.cpp - What the rules say a routine does, done --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Verifier/World.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

using namespace irqlint;
using namespace irqlint::rt;

//===----------------------------------------------------------------------===//
// Values of a call
//===----------------------------------------------------------------------===//

namespace {
/// Members that conditions of the rules look into: offset and size on x64.
struct Member {
  const char *Name;
  unsigned Offset, Size;
};
constexpr Member Members[] = {
    {"QuadPart", 0, 8}, // LARGE_INTEGER
    {"Flags", 4, 4},    // WDF_REQUEST_SEND_OPTIONS
};
} // namespace

static uint64_t read(uint64_t Address, unsigned Size) {
  uint64_t V = 0;
  std::memcpy(&V, reinterpret_cast<const void *>(Address), Size);
  return V;
}

std::optional<uint64_t> World::valueOf(const Frame &F, const ValueRef &V) {
  if (V.K == ValueRef::Ret)
    return F.RetKnown ? std::optional<uint64_t>(F.Ret) : std::nullopt;
  if (V.K == ValueRef::None || V.Index >= F.Args.size())
    return std::nullopt;
  uint64_t A = F.Args[V.Index];
  if (V.K == ValueRef::Arg)
    return A;
  unsigned Offset = 0, Size = 8;
  if (V.K == ValueRef::Member) {
    const Member *Found = nullptr;
    for (const Member &M : Members)
      if (V.Field == M.Name)
        Found = &M;
    if (!Found)
      unsupported("member '" + V.Field + "' in the rules of " + F.Name);
    Offset = Found->Offset;
    Size = Found->Size;
  }
  if (!A)
    return std::nullopt;
  // What nobody has set is taken to be harmless: zero.
  Domain D;
  memory().beforeLoad(A + Offset, Size, D);
  return read(A + Offset, Size);
}

static bool compare(Condition::Op Op, int64_t A, int64_t B) {
  switch (Op) {
  case Condition::Zero:
    return A == 0;
  case Condition::NonZero:
    return A != 0;
  case Condition::Eq:
    return A == B;
  case Condition::Ne:
    return A != B;
  case Condition::Lt:
    return A < B;
  case Condition::Le:
    return A <= B;
  case Condition::Gt:
    return A > B;
  case Condition::Ge:
    return A >= B;
  case Condition::AnyBits:
    return (A & B) != 0;
  case Condition::NoBits:
    return (A & B) == 0;
  case Condition::OnStack:
  case Condition::Global:
  case Condition::Paged:
  case Condition::Unused:
    return false; // of addresses, not of values
  }
  return false;
}

bool World::holds(const Frame &F, const Conditions &Cs, bool Any) {
  for (const Condition &C : Cs) {
    if (C.Is == Condition::Unused) {
      if (F.Where >= P.Sites.size() || !P.Sites[F.Where].ResultUnused)
        return false;
      continue;
    }
    if (!Any && C.Value.K == ValueRef::Arg && C.Value.Index < 32 &&
        F.Where < P.Sites.size() &&
        (P.Sites[F.Where].AnyValue >> C.Value.Index & 1))
      return false;
    if (C.Is == Condition::OnStack || C.Is == Condition::Global ||
        C.Is == Condition::Paged) {
      uint64_t A = valueOf(F, C.Value).value_or(0);
      if (!(C.Is == Condition::OnStack  ? isOnStack(A)
            : C.Is == Condition::Global ? isGlobal(A)
                                        : isPaged(A)))
        return false;
      continue;
    }
    std::optional<uint64_t> V = valueOf(F, C.Value);
    if (!V || !compare(C.Is, static_cast<int64_t>(*V), C.Of))
      return false;
  }
  return true;
}

/// Where the saved level goes: a KIRQL, or the result.
void World::store(Frame &F, const ValueRef &V, uint64_t Value) {
  if (V.K == ValueRef::Ret) {
    F.Ret = Value;
    F.RetKnown = true;
    return;
  }
  if (V.K != ValueRef::Deref || V.Index >= F.Args.size())
    return;
  uint64_t A = F.Args[V.Index];
  memory().beforeStore(A, 1);
  *reinterpret_cast<uint8_t *>(A) = static_cast<uint8_t>(Value);
}

/// Makes the result say whether it was done.
void World::succeed(Frame &F, const Effect &E, bool Success) {
  if (F.RetKnown && holds(F, E.Success) == Success)
    return;
  F.RetKnown = true;
  std::vector<uint64_t> Candidates = {
      uint64_t(Success), uint64_t(!Success), 0x102 /* STATUS_TIMEOUT */,
      uint64_t(int64_t(int32_t(0xC0000056))) /* STATUS_DELETE_PENDING */};
  for (const Condition &C : E.Success)
    Candidates.push_back(C.Of);
  for (uint64_t Candidate : Candidates) {
    F.Ret = Candidate;
    if (holds(F, E.Success) == Success)
      return;
  }
  unsupported("a result of " + F.Name + " that says what happened");
}

/// A number that is no address of anything.
uint64_t World::globalLock(const std::string &Name) {
  uint64_t &Id = Globals[Name];
  if (!Id)
    Id = Globals.size();
  return Id;
}

std::pair<uint64_t, std::string> World::lockOf(const Frame &F,
                                               const Effect &E) {
  if (F.Claimed)
    return *F.Claimed;
  if (!E.GlobalLock.empty())
    return {globalLock(E.GlobalLock), E.GlobalLock};
  ValueRef V = E.Lock.isNone() ? E.Handle : E.Lock;
  std::string Text = textOf(F, V.Index);
  if (!Text.empty() && Text[0] == '&')
    Text.erase(0, Text.find_first_not_of("& "));
  return {valueOf(F, V).value_or(0), Text};
}

Level World::levelOf(const Frame &F, const LevelRef &R) {
  if (R.K == LevelRef::Value)
    return static_cast<Level>(valueOf(F, R.From).value_or(0));
  switch (R.Level) {
  case Irql::Passive:
    return PassiveLevel;
  case Irql::Apc:
    return ApcLevel;
  case Irql::Dispatch:
    return DispatchLevel;
  case Irql::Dirql:
    return DeviceLevel;
  case Irql::High:
    return HighLevel;
  }
  return PassiveLevel;
}

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
  const LockKindInfo *K = P.Rules->lockKind(E.LockKind);
  uint64_t Object;
  std::string Text;
  std::tie(Object, Text) = lockOf(F, E);
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
  if (!Try)
    judgeAcquire(F, E, Object, K, Shared);
  uint64_t Handle = valueOf(F, E.Handle).value_or(0);
  bool ApcsOff = normalApcsOff();
  LockTraits T;
  T.Spins = K && K->Spins;
  T.RecursiveExclusive = K && K->RecursiveExclusive;
  T.RecursiveShared = K && K->RecursiveShared;

  if (Try && !HasBody) {
    bool Got = true;
    // Somebody outside this execution may own it.
    if (P.OpenWorld && !L.isHeld(Object) && O.choose(2))
      Got = false;
    Got = Got && L.tryAcquire(Object, T, Shared);
    succeed(F, E, Got);
    if (!Got) {
      note(F.Where, "'" + F.Name + "' does not get '" + Text + "'");
      Activation &A = activation();
      llvm::erase_if(A.Failed, [&](auto &T) { return T.Object == Object; });
      A.Failed.push_back({Object, F.Where, F.Name});
      return;
    }
  }
  judgeHandle(F, E, Object, Text, Shared);
  Level Before = M.irql(), To = Before;
  bool Maybe = E.ToMaybe && !E.To.isNone() && levelOf(F, E.To) > Before;
  if (!E.To.isNone() && !(E.ToMaybe && O.choose(2)))
    To = std::max(Before, levelOf(F, E.To));
  // The level first: from then on this processor is not taken away.
  if (!Try && !HasBody) {
    M.raise(To);
    L.acquire(Object, T, Shared);
  }
  if (!E.Saves.isNone())
    store(F, E.Saves, Before);

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
    New.Raised = !E.To.isNone();
    New.Base = Before;
    New.Handle = Handle;
    New.MaybeRaised = Maybe;
    New.LevelDies = New.Raised && levelDies(F, E);
    New.ApcsWereOff = ApcsOff;
    New.Where = F.Where;
    New.Text = Text;
    New.By = F.Fn;
    New.Routine = F.Name;
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
  const LockKindInfo *K = P.Rules->lockKind(E.LockKind);
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
  auto [Object, Text] = lockOf(F, E);
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
    judgeAcquire(F, E, lockOf(F, E).first, P.Rules->lockKind(E.LockKind),
                 false);
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
    const LockKindInfo *K = P.Rules->lockKind(E.LockKind);
    if (const Hold *H = findHold(Object); H && !H->FromEntry && K)
      report(K->Check,
             "'" + F.Name + "' waits until nobody holds " + describe(*H) +
                 ", which this path itself holds",
             F.Where);
    break;
  }
  case EffectKind::Queue:
    handOver();
    break;
  case EffectKind::Await:
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
