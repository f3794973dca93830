//===- Dispatcher.cpp - Objects that threads wait for ---------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Machine/Dispatcher.h"
#include <algorithm>

using namespace irqlint::rt;

Dispatcher::Object &Dispatcher::init(uint64_t Address, ObjectKind K,
                                     int32_t Signal, int32_t Limit) {
  M.touched(Address);
  Object &O = Table[Address];
  O = Object();
  O.Kind = K;
  O.Signal = Signal;
  O.Limit = Limit;
  return O;
}

Dispatcher::Object *Dispatcher::find(uint64_t Address) {
  M.touched(Address);
  auto It = Table.find(Address);
  return It == Table.end() ? nullptr : &It->second;
}

bool Dispatcher::ready(const Object &O) const {
  if (O.Kind == ObjectKind::Mutex)
    return O.Signal > 0 || O.Owner == &M.thread();
  return O.Kind == ObjectKind::Environment || O.Signal > 0;
}

void Dispatcher::consume(Object &O) {
  switch (O.Kind) {
  case ObjectKind::Synchronization:
    O.Signal = 0;
    break;
  case ObjectKind::Semaphore:
    --O.Signal;
    break;
  case ObjectKind::Mutex:
    --O.Signal;
    O.Owner = &M.thread();
    break;
  case ObjectKind::Notification:
  case ObjectKind::Environment:
    break;
  }
}

bool Dispatcher::satisfy(const std::vector<uint64_t> &Objects, bool All,
                         unsigned &Index) {
  if (All) {
    for (uint64_t A : Objects)
      if (Object *O = find(A); O && !ready(*O))
        return false;
    for (uint64_t A : Objects)
      if (Object *O = find(A)) {
        consume(*O);
        M.acquired(A);
      }
    Index = 0;
    return true;
  }
  for (Index = 0; Index < Objects.size(); ++Index) {
    Object *O = find(Objects[Index]);
    if (O && !ready(*O))
      continue;
    if (O) {
      consume(*O);
      M.acquired(Objects[Index]);
    }
    return true;
  }
  return false;
}

/// They look again, longest waiting first.
void Dispatcher::wakeWaiters(Object &O) {
  std::vector<Thread *> Waiters;
  Waiters.swap(O.Waiters);
  for (Thread *T : Waiters)
    M.wake(*T);
}

int32_t Dispatcher::signal(uint64_t Address, int32_t Count) {
  Object *O = find(Address);
  if (!O)
    return 0;
  M.released(Address);
  int32_t Before = O->Signal;
  if (O->Kind == ObjectKind::Semaphore)
    O->Signal += Count;
  else
    O->Signal = 1;
  wakeWaiters(*O);
  return Before;
}

int32_t Dispatcher::reset(uint64_t Address) {
  Object *O = find(Address);
  if (!O)
    return 0;
  int32_t Before = O->Signal;
  O->Signal = 0;
  return Before;
}

int32_t Dispatcher::pulse(uint64_t Address) {
  int32_t Before = signal(Address);
  // Those that were waiting take the signal before it is gone.
  M.point();
  reset(Address);
  return Before;
}

int32_t Dispatcher::releaseMutex(uint64_t Address) {
  Object *O = find(Address);
  if (!O)
    return 0;
  M.released(Address);
  int32_t Before = O->Signal;
  if (++O->Signal > 0) {
    O->Owner = nullptr;
    wakeWaiters(*O);
  }
  return Before;
}

WaitResult Dispatcher::wait(const std::vector<uint64_t> &Objects, bool All,
                            std::optional<uint64_t> Timeout, unsigned &Index) {
  Thread *Me = &M.thread();
  bool Foreign = std::any_of(Objects.begin(), Objects.end(), [&](uint64_t A) {
    Object *O = find(A);
    return !O || O->Kind == ObjectKind::Environment;
  });
  // Somebody else's object may or may not be signalled in time.
  if (Foreign && Timeout && M.choices().choose(2))
    return WaitResult::TimedOut;
  if (satisfy(Objects, All, Index))
    return WaitResult::Satisfied;
  if (Timeout && *Timeout == 0)
    return WaitResult::TimedOut;

  Waiting[Me] = Objects;
  bool Expired = false;
  uint64_t Timer = 0;
  if (Timeout)
    Timer = M.addTimer(M.now() + *Timeout, [&, Me] {
      Expired = true;
      M.wake(*Me);
    });
  WaitResult R = WaitResult::Satisfied;
  for (;;) {
    for (uint64_t A : Objects)
      if (Object *O = find(A))
        O->Waiters.push_back(Me);
    Me->State = ThreadState::Waiting;
    M.block();
    for (uint64_t A : Objects)
      if (Object *O = find(A))
        O->Waiters.erase(std::remove(O->Waiters.begin(), O->Waiters.end(), Me),
                         O->Waiters.end());
    if (satisfy(Objects, All, Index))
      break;
    if (Expired) {
      R = WaitResult::TimedOut;
      break;
    }
  }
  if (Timeout)
    M.cancelTimer(Timer);
  Waiting.erase(Me);
  return R;
}
