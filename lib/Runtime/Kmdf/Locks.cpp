//===- Locks.cpp - The locks of objects -----------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include "llvm/ADT/STLExtras.h"

using namespace irqlint;
using namespace irqlint::rt;

namespace {
enum : int64_t { Passive = 2, ScopeDevice = 2 };
}

Framework::Lock Framework::lock(uint64_t Handle, const LockKindInfo *Kind,
                                const std::string &DeclaredType) const {
  Lock L;
  L.Object = Handle;
  L.Kind = Kind;
  const WdfThing *T = find(Handle);
  if (!Kind)
    return L;
  if (Kind == SpinLock) {
    if (T && T->TakenBy)
      L.Lacks = "returns without the lock: it was given to the " +
                title(T->TakenBy->handle()) +
                " and is acquired as the lock of that only";
    return L;
  }
  if (Kind == InterruptLock) {
    if (!T)
      return L;
    L.Known = true;
    L.Spins = T->config("PassiveHandling") == 0;
    if (!L.Spins)
      L.Kind = InterruptWaitLock;
    uint64_t Given = T->config(L.Spins ? "SpinLock" : "WaitLock");
    if (Given)
      L.Object = Given;
    L.Lacks = lacksInterruptLock(*T, L.Spins);
    if (!L.Spins)
      L.Check = "irql-too-high";
    return L;
  }
  if (Kind != ObjectLock)
    return L;
  if (T ? !T->How || !T->How->OwnsLock
        : llvm::is_contained(Kind->NotTypes, DeclaredType)) {
    L.Lacks = "finds no lock to acquire: only a device, a queue or a file "
              "object has a " +
              Kind->Title;
    return L;
  }
  if (!T)
    return L;
  const WdfThing *Owner = T;
  if (T->Scope && *T->Scope == ScopeDevice && T->Device)
    Owner = T->Device;
  L.Object = Owner->handle();
  L.Known = Owner->Level.has_value();
  L.Spins = L.Known && *Owner->Level != Passive;
  return L;
}

const Hold *Framework::heldOutOfOrder(uint64_t Wanted, bool Spins) const {
  const WdfThing *T = find(Wanted);
  if (!T || T->Kind != "device")
    return nullptr;
  // Mutexes and spin locks are ordered each for themselves.
  for (const auto &Q : Things)
    if (Q->Kind == "queue" && Q->Level && (*Q->Level != Passive) == Spins)
      if (const Hold *H = W.findHold(Q->handle()))
        return H;
  return nullptr;
}

std::optional<std::pair<std::string, WdfThing *>>
Framework::blocked(const WdfThing &Awaited) const {
  if (!Awaited.How)
    return std::nullopt;
  for (const CallbackContract &C : Awaited.How->Callbacks) {
    WdfEntry E = entryOf(Awaited, C);
    if (!E.Function || !E.Known || !E.Lock)
      continue;
    Lock L =
        lock(E.Lock->handle(), E.OfInterrupt ? InterruptLock : ObjectLock, "");
    if (!W.findHold(L.Object))
      continue;
    Entering Named;
    W.nameCallback(Named, E.Function, nullptr);
    return std::pair(Named.Name, E.Lock);
  }
  return std::nullopt;
}

/// A wait for callbacks that cannot end before the one that waits.
void World::judgeAwait(Frame &F, const Effect &E) {
  auto [Object, Text] = lockOf(F, E);
  const WdfThing *T = K->find(Object);
  if (!E.OnlyTypes.empty()) {
    const std::vector<std::string> &Types = P.Sites[F.Where].Types;
    std::string Type = T && T->How                   ? T->How->HandleType
                       : E.Lock.Index < Types.size() ? Types[E.Lock.Index]
                                                     : "";
    if (!llvm::is_contained(E.OnlyTypes, Type))
      return;
  }
  if (!Object || stepOf(M.irql()) > E.Window.Hi ||
      stepOf(M.irql()) < E.Window.Lo)
    return;
  std::string What = "'" + F.Name + "' waits for callbacks of '" + Text + "'";
  const Thread &Me = M.thread();
  for (auto I = Me.Inside.rbegin(); I != Me.Inside.rend(); ++I) {
    const Activation &A = **I;
    if (A.Closed && A.First == Object) {
      F.SelfWaits = true;
      report("self-wait", What + ", and the callback that waits is one of them",
             F.Where,
             /*GoesOn=*/true);
      return;
    }
    if (A.Role && llvm::is_contained(E.InRoles, A.Role->Name)) {
      F.SelfWaits = true;
      report("self-wait",
             What + " in a callback that handles a request; it may be the one "
                    "that is waited for",
             F.Where, /*GoesOn=*/true);
      return;
    }
    if (&A == Me.Owner)
      break;
  }
  if (!T)
    return;
  if (auto Blocked = K->blocked(*T)) {
    F.SelfWaits = true;
    report("self-wait",
           What + ": '" + Blocked->first + "' needs the lock of the " +
               K->title(Blocked->second->handle()) + ", which is held here",
           F.Where, /*GoesOn=*/true);
  }
}
