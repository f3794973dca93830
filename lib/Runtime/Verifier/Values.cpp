//===- Values.cpp - What the arguments of a call say ----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include "Runtime/Verifier/World.h"
#include <cstring>

using namespace irqlint;
using namespace irqlint::rt;

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
  if (!Success)
    for (const Condition &C : E.Refused)
      Candidates.insert(Candidates.begin(), C.Of);
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

World::Named World::resolve(const Frame &F, const Effect &E) {
  Named N;
  N.Kind = P.Rules->lockKind(E.LockKind);
  if (F.Claimed) {
    std::tie(N.Object, N.Text) = *F.Claimed;
    return N;
  }
  if (!E.GlobalLock.empty()) {
    N.Object = globalLock(E.GlobalLock);
    N.Text = E.GlobalLock;
    return N;
  }
  ValueRef V = E.Lock.isNone() ? E.Handle : E.Lock;
  N.Text = textOf(F, V.Index);
  if (!N.Text.empty() && N.Text[0] == '&')
    N.Text.erase(0, N.Text.find_first_not_of("& "));
  N.Object = valueOf(F, V).value_or(0);
  if (!E.Configured)
    return N;
  M.touched(0, /*Writes=*/false); // how objects are configured
  const std::vector<std::string> &Types = P.Sites[F.Where].Types;
  Framework::Lock Lock =
      K->lock(N.Object, N.Kind, V.Index < Types.size() ? Types[V.Index] : "");
  N.Object = Lock.Object;
  N.Kind = Lock.Kind;
  N.Lacks = std::move(Lock.Lacks);
  N.LacksCheck = std::move(Lock.Check);
  if (Lock.Known)
    N.Spins = Lock.Spins;
  // Of which sort it is, the level says at which its owner was called.
  else if (const Hold *H =
               N.Kind && N.Kind->OfInterrupt ? findHold(N.Object) : nullptr;
           H && H->FromEntry && H->Kind && H->Kind->OfInterrupt) {
    N.Kind = H->Kind;
    N.Spins = H->Kind->Spins;
  }
  return N;
}

/// The objects in an array, or the one of them that the result names.
void World::acquireEach(Frame &F, const Effect &E, bool HasBody) {
  uint64_t Count = valueOf(F, E.Each).value_or(0),
           Array = valueOf(F, E.Lock).value_or(0);
  std::optional<uint64_t> Chosen = valueOf(F, E.Chosen);
  if (!Array || (!E.Chosen.isNone() && !Chosen))
    return;
  for (uint64_t I = 0; I < Count; ++I) {
    if (Chosen && *Chosen != I)
      continue;
    Domain D;
    memory().beforeLoad(Array + 8 * I, 8, D);
    F.Claimed = {read(Array + 8 * I, 8),
                 textOf(F, E.Lock.Index) + "[" + std::to_string(I) + "]"};
    acquire(F, E, HasBody);
    F.Claimed.reset();
  }
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
