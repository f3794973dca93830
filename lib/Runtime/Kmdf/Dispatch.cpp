//===- Dispatch.cpp - Callbacks are called --------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include "llvm/ADT/STLExtras.h"

using namespace irqlint;
using namespace irqlint::rt;
using llvm::StringRef;

const CallbackContract *Framework::callback(const WdfThing &T,
                                            StringRef Member) const {
  if (T.How)
    for (const CallbackContract &C : T.How->Callbacks)
      if (Member == C.Member)
        return &C;
  return nullptr;
}

/// Enters it as its object is configured. At or above the level that the
/// processor has.
uint64_t Framework::call(WdfThing &T, const WdfEntry &E,
                         std::vector<uint64_t> Args, bool Interrupts) {
  Calling C;
  W.nameCallback(C.How, E.Function,
                 E.Role ? E.Role : Rules.memberRole(E.Struct, E.Member));
  C.How.At = std::max(E.At, E.UpTo ? W.machine().irql() : E.At);
  C.How.Interrupts = Interrupts;
  C.How.First = Args.empty() ? 0 : Args[0];
  C.How.Sure = true;
  C.How.UpTo = E.UpTo;
  C.Function = E.Function;
  C.Args = std::move(Args);
  C.Lends = true;
  if (E.Lock) {
    Lock L =
        lock(E.Lock->handle(), E.OfInterrupt ? InterruptLock : ObjectLock, "");
    C.Lock = L.Object;
    C.Kind = L.Kind;
    C.Spins = E.Spins;
    C.LockText = title(E.Lock->handle());
    if (!E.Lock->Name.empty())
      C.LockText = E.Lock->Name;
  }
  T.Reached.insert(E.Member);
  ++T.Running;
  uint64_t R = W.call(std::move(C));
  --T.Running;
  return R;
}

std::optional<uint64_t> Framework::call(WdfThing &T, StringRef Member,
                                        std::vector<uint64_t> Args,
                                        bool Interrupts) {
  const CallbackContract *C = callback(T, Member);
  if (!C || T.Deleted)
    return std::nullopt;
  WdfEntry E = entryOf(T, *C);
  if (!E.Function || !E.Known)
    return std::nullopt;
  return call(T, E, std::move(Args), Interrupts);
}

void Framework::queueDpc(WdfThing &T, StringRef Member,
                         std::vector<uint64_t> Args) {
  Deferred D;
  D.Key = T.handle();
  D.At = DispatchLevel;
  T.Queued = true;
  D.Run = [this, &T, Member = Member.str(), Args] {
    T.Queued = false;
    call(T, Member, Args, /*Interrupts=*/true);
  };
  W.machine().queueDpc(0, std::move(D));
}

void Framework::queueWork(WdfThing &T, StringRef Member,
                          std::vector<uint64_t> Args) {
  T.Queued = true;
  W.machine().createThread("work item",
                           [this, &T, Member = Member.str(), Args] {
                             if (T.Queued) {
                               T.Queued = false;
                               call(T, Member, Args);
                             }
                           });
}

/// Due times are relative here; a passive timer calls back from a thread.
void Framework::startTimer(WdfThing &T, uint64_t Delay) {
  Machine &M = W.machine();
  if (T.Alarm)
    M.cancelTimer(T.Alarm);
  T.Alarm = 0;
  // One that starts itself again would never come to an end.
  if (T.Fired >= 3)
    return;
  T.Alarm = M.addTimer(M.now() + Delay, [this, &T] {
    T.Alarm = 0;
    ++T.Fired;
    if (uint64_t Period = T.config("Period"))
      startTimer(T, Period * 10000);
    const CallbackContract *C = callback(T, "EvtTimerFunc");
    if (!C || T.Queued)
      return;
    if (entryOf(T, *C).At == PassiveLevel)
      queueWork(T, C->Member, {T.handle()});
    else
      queueDpc(T, C->Member, {T.handle()});
  });
}

/// The device asks for attention: at once, on this processor.
void Framework::interrupt(WdfThing &T) {
  const CallbackContract *C = callback(T, "EvtInterruptIsr");
  if (!C || T.Deleted || !T.Connected)
    return;
  WdfEntry E = entryOf(T, *C);
  if (!E.Function || !E.Known)
    return;
  if (E.At == PassiveLevel) { // from a thread of the system
    queueWork(T, E.Member, {T.handle(), 0});
    return;
  }
  Deferred D;
  D.Key = T.handle();
  D.At = E.At;
  D.Run = [this, &T, E] { call(T, E, {T.handle(), 0}, /*Interrupts=*/true); };
  W.machine().requestInterrupt(0, std::move(D));
}

void Framework::sleep(uint64_t Units) {
  Machine &M = W.machine();
  Thread *Me = &M.thread();
  M.addTimer(M.now() + Units, [&M, Me] { M.wake(*Me); });
  Me->State = ThreadState::Waiting;
  M.block();
}

/// What others would have to do (other drivers, clients) they do in time.
void Framework::waitUntil(const std::function<bool()> &Ready) {
  for (unsigned N = 0; N < 50 && !Ready(); ++N)
    sleep(10000);
}
