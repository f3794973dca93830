//===- Requests.cpp - Requests and queues ---------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include <cstring>

using namespace irqlint;
using namespace irqlint::rt;

/// It leaves the queue that it was presented from.
void Framework::finish(WdfThing &R) {
  if (R.Queue) {
    llvm::erase(R.Queue->Presented, &R);
    llvm::erase(R.Queue->Waiting, &R);
    W.machine().released(R.Queue->completions());
    nextLater(*R.Queue);
    changed();
  }
}

/// A request that has come through a queue.
WdfThing *Framework::inQueue(Frame &F) {
  const WdfThing *R = argument(F, 0);
  return R && R->Queue ? begin(F, "request") : nullptr;
}

std::optional<uint64_t> Framework::requestComplete(Frame &F) {
  WdfThing *R = begin(F, "request");
  if (!R)
    return std::nullopt;
  if (R->Completed && W.isScenario())
    W.report("unsynchronized-access",
             "'" + F.Name + "' completes a request that was completed before",
             F.Where, /*GoesOn=*/true);
  R->Completed = true;
  R->Status = F.Args.size() > 1 ? F.Args[1] : 0;
  R->CancelRoutine = 0;
  finish(*R);
  changed();
  return done(F, 0);
}

std::optional<uint64_t> Framework::requestForward(Frame &F) {
  WdfThing *R = argument(F, 0), *Q = argument(F, 1);
  if (!R || R->Kind != "request" || !Q || Q->Kind != "queue")
    return std::nullopt;
  W.before(F);
  if (R->Completed || R->CancelRoutine)
    return done(F, status("STATUS_WDF_REQUEST_INVALID_STATE"));
  if (R->Queue == Q && R->How)
    return done(F, status("STATUS_INVALID_DEVICE_REQUEST"));
  if (!Q->Accepts)
    return done(F, status("STATUS_WDF_BUSY"));
  if (fails())
    return done(F, status("STATUS_WDF_BUSY"));
  finish(*R);
  R->Queue = Q;
  Q->Waiting.push_back(R);
  if (R->Canceled && W.isScenario())
    cancel(*R);
  nextLater(*Q);
  return done(F, 0);
}

std::optional<uint64_t> Framework::requestRequeue(Frame &F) {
  WdfThing *R = inQueue(F);
  if (!R)
    return std::nullopt;
  if (R->Completed || R->CancelRoutine)
    return done(F, status("STATUS_WDF_REQUEST_INVALID_STATE"));
  finish(*R);
  R->Queue->Waiting.push_front(R);
  if (R->Canceled && W.isScenario())
    cancel(*R);
  nextLater(*R->Queue);
  return done(F, 0);
}

std::optional<uint64_t> Framework::requestMark(Frame &F) {
  WdfThing *R = begin(F, "request");
  if (!R)
    return std::nullopt;
  if (R->Canceled)
    return done(F, status("STATUS_CANCELLED"));
  R->CancelRoutine = F.Args[1];
  W.machine().released(R->end());
  return done(F, 0);
}

std::optional<uint64_t> Framework::requestUnmark(Frame &F) {
  WdfThing *R = begin(F, "request");
  if (!R)
    return std::nullopt;
  if (R->Canceled)
    return done(F, status("STATUS_CANCELLED"));
  if (!R->CancelRoutine)
    return done(F, status("STATUS_INVALID_PARAMETER"));
  R->CancelRoutine = 0;
  return done(F, 0);
}

std::optional<uint64_t> Framework::requestCanceled(Frame &F) {
  WdfThing *R = begin(F, "request");
  if (!R)
    return std::nullopt;
  return done(F, R->Canceled);
}

/// What a client sent is unknown; there may be too little of it.
std::optional<uint64_t> Framework::requestBuffer(Frame &F) {
  if (F.Args.size() < 4)
    return std::nullopt;
  W.before(F);
  uint64_t Buffer = fails() ? 0 : unknown();
  if (W.isScenario())
    Buffer = reinterpret_cast<uint64_t>(
        W.allocate(std::max<uint64_t>(F.Args[1], 64), /*Zeroed=*/true));
  if (!Buffer) {
    store(F.Args[2], 0);
    return done(F, status("STATUS_BUFFER_TOO_SMALL"));
  }
  store(F.Args[2], Buffer);
  store(F.Args[3], std::max<uint64_t>(F.Args[1], 1));
  return done(F, 0);
}

std::optional<uint64_t> Framework::requestQueue(Frame &F) {
  WdfThing *R = inQueue(F);
  if (!R)
    return std::nullopt;
  return done(F, R->Queue->handle());
}

//===----------------------------------------------------------------------===//
// Queues
//===----------------------------------------------------------------------===//

std::optional<uint64_t> Framework::queueRetrieve(Frame &F) {
  WdfThing *Q = begin(F, "queue");
  if (!Q)
    return std::nullopt;
  uint64_t Out = F.Args.back();
  if (!Q->Dispatches)
    return done(F, status("STATUS_WDF_PAUSED"));
  if (Q->Waiting.empty()) {
    store(Out, 0);
    return done(F, status("STATUS_NO_MORE_ENTRIES"));
  }
  WdfThing *R = Q->Waiting.front();
  Q->Waiting.pop_front();
  Q->Presented.push_back(R);
  store(Out, R->handle());
  return done(F, 0);
}

std::optional<uint64_t> Framework::queueStart(Frame &F) {
  WdfThing *Q = begin(F, "queue");
  if (!Q)
    return std::nullopt;
  Q->Accepts = Q->Dispatches = true;
  nextLater(*Q);
  return done(F, 0);
}

/// Stop, purge and drain, with and without a wait.
std::optional<uint64_t> Framework::queueStop(Frame &F) {
  WdfThing *Q = begin(F, "queue");
  if (!Q)
    return std::nullopt;
  llvm::StringRef Name = F.Name;
  bool Purges = Name.contains("Purge"), Drains = Name.contains("Drain"),
       Stops = Name.contains("Stop"), Waits = Name.contains("Synchronously");
  Q->Dispatches = !Stops;
  Q->Accepts = !(Purges || Drains);
  if (Purges) {
    while (!Q->Waiting.empty())
      cancel(*Q->Waiting.front());
    for (WdfThing *R : std::vector<WdfThing *>(Q->Presented))
      cancel(*R);
  }
  uint64_t Notify = Waits || F.Args.size() < 3 ? 0 : F.Args[1];
  if (Notify) {
    // When the driver has given back all that it was given.
    WdfEntry E;
    CallbackContract Like;
    Like.Under = CallbackContract::Scope;
    E = entryOf(*Q, Like);
    E.Function = Notify;
    E.Role = Rules.role("EVT_WDF_IO_QUEUE_STATE");
    uint64_t Context = F.Args[2];
    W.machine().createThread("queue state", [this, Q, E, Context] {
      waitUntil([Q] { return Q->Presented.empty() || Q->Deleted; });
      if (E.Known && !Q->Deleted)
        call(*Q, E, {Q->handle(), Context});
    });
  }
  const Activation &A = W.activation();
  bool Mine = false;
  for (const WdfThing *R : Q->Presented)
    Mine |= A.First == Q->handle() && R != nullptr;
  if (Waits && W.machine().irql() == PassiveLevel && !Mine) {
    waitUntil([Q] { return Q->Presented.empty(); });
    W.machine().acquired(Q->completions());
  }
  return done(F, 0);
}
