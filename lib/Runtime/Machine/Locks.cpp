//===- Locks.cpp - Locks as the rules describe them -----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Machine/Locks.h"

using namespace irqlint::rt;

bool Locks::grant(uint64_t Object, State &S, const LockTraits &T, bool Shared) {
  bool Got = take(S, T, Shared);
  if (Got)
    M.acquired(Object);
  return Got;
}

/// Takes the lock for the calling thread if that is possible now.
bool Locks::take(State &S, const LockTraits &T, bool Shared) {
  const void *Me = M.thread().Owner;
  if (S.Owner) {
    if (S.Owner != Me || !(Shared ? T.RecursiveShared : T.RecursiveExclusive))
      return false;
    ++S.Depth; // shared after exclusive counts as exclusive
    return true;
  }
  if (!Shared) {
    if (!S.Sharers.empty())
      return false;
    S.Owner = Me;
    S.Depth = 1;
    return true;
  }
  auto Mine = S.Sharers.find(Me);
  if (Mine != S.Sharers.end() && T.RecursiveShared) {
    ++Mine->second;
    return true;
  }
  // Writers that wait hold new readers back; also the one that shares already,
  // which is why a second acquisition is not allowed.
  if (S.WritersWaiting || Mine != S.Sharers.end())
    return false;
  S.Sharers[Me] = 1;
  return true;
}

void Locks::acquire(uint64_t Object, const LockTraits &T, bool Shared) {
  M.touched(Object);
  State &S = Table[Object]; // references stay valid
  if (grant(Object, S, T, Shared))
    return;
  Thread *Me = &M.thread();
  Waiting[Me] = Object;
  S.WritersWaiting += !Shared;
  if (T.Spins) {
    bool Mine = false;
    std::function<bool()> Free = [&] {
      // Asked by the scheduler on behalf of this thread, too.
      if (Mine)
        return true;
      return !S.Owner &&
             (Shared ? !S.Sharers.count(Me->Owner) && S.WritersWaiting == 0u
                     : S.Sharers.empty());
    };
    for (;;) {
      M.spinUntil(Free);
      M.touched(Object);
      S.WritersWaiting -= !Shared;
      Mine = grant(Object, S, T, Shared);
      if (Mine)
        break;
      S.WritersWaiting += !Shared;
    }
  } else {
    for (;;) {
      S.Waiters.push_back(Me);
      Me->State = ThreadState::Waiting;
      M.block();
      S.WritersWaiting -= !Shared;
      M.touched(Object);
      if (grant(Object, S, T, Shared))
        break;
      S.WritersWaiting += !Shared;
    }
  }
  Waiting.erase(Me);
}

bool Locks::tryAcquire(uint64_t Object, const LockTraits &T, bool Shared) {
  M.touched(Object);
  State &S = Table[Object];
  return !S.Closed && grant(Object, S, T, Shared);
}

bool Locks::release(uint64_t Object) {
  auto It = Table.find(Object);
  if (It == Table.end())
    return false;
  State &S = It->second;
  M.released(Object);
  if (S.Owner) {
    if (--S.Depth)
      return true;
    S.Owner = nullptr;
  } else if (!S.Sharers.empty()) {
    auto Mine = S.Sharers.find(M.thread().Owner);
    if (Mine == S.Sharers.end())
      Mine = S.Sharers.begin();
    if (--Mine->second)
      return true;
    S.Sharers.erase(Mine);
  } else {
    return false;
  }
  // They compete again; who waited longest is asked first.
  std::vector<Thread *> Waiters;
  Waiters.swap(S.Waiters);
  for (Thread *T : Waiters)
    M.wake(*T);
  return true;
}

bool Locks::convert(uint64_t Object, bool ToShared) {
  State &S = Table[Object];
  const void *Me = M.thread().Owner;
  M.released(Object);
  M.acquired(Object);
  if (ToShared) {
    if (S.Owner != Me)
      return false;
    S.Sharers[Me] = S.Depth;
    S.Owner = nullptr;
    std::vector<Thread *> Waiters;
    Waiters.swap(S.Waiters);
    for (Thread *T : Waiters)
      M.wake(*T);
    return true;
  }
  if (S.Sharers.size() != 1 || !S.Sharers.count(Me))
    return false;
  S.Sharers.clear();
  S.Owner = Me;
  S.Depth = 1;
  return true;
}

void Locks::drain(uint64_t Object) {
  M.touched(Object);
  State &S = Table[Object];
  S.Closed = true;
  Thread *Me = &M.thread();
  while (!S.Sharers.empty()) {
    Waiting[Me] = Object;
    S.Waiters.push_back(Me);
    Me->State = ThreadState::Waiting;
    M.block();
  }
  Waiting.erase(Me);
  M.acquired(Object);
}

bool Locks::isHeld(uint64_t Object) const {
  auto It = Table.find(Object);
  return It != Table.end() && (It->second.Owner || !It->second.Sharers.empty());
}

bool Locks::isHeldBy(uint64_t Object, const void *Owner) const {
  auto It = Table.find(Object);
  return It != Table.end() &&
         (It->second.Owner == Owner || It->second.Sharers.count(Owner));
}
