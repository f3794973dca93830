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
  W.machine().touchedAll();
  ++T.Running;
  uint64_t R = W.call(std::move(C));
  --T.Running;
  W.machine().touchedAll();
  W.machine().released(T.end());
  changed();
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
  D.Run = [this, &T, Member = Member.str(), Args, Known = W.known()] {
    T.Queued = false;
    W.interrupt(Known, [&] { call(T, Member, Args, /*Interrupts=*/true); });
    changed();
  };
  W.machine().queueDpc(W.machine().cpu().Index, std::move(D));
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
                             changed();
                           });
}

/// Due times are relative here; a passive timer calls back from a thread.
void Framework::startTimer(WdfThing &T, uint64_t Delay) {
  Machine &M = W.machine();
  if (T.Alarm)
    M.cancelTimer(T.Alarm);
  T.Alarm = 0;
  // One that starts itself again would never come to an end.
  if (T.Fired >= (W.isScenario() ? 2 : 3))
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
  // Its lock comes with what was known when it was connected.
  D.Run = [this, &T, E] {
    if (T.Connected)
      W.interrupt(Races::Clock(),
                  [&] { call(T, E, {T.handle(), 0}, /*Interrupts=*/true); });
  };
  Machine &M = W.machine();
  unsigned On = W.isScenario() ? M.choices().choose(M.cpuCount()) : 0;
  M.requestInterrupt(On, std::move(D));
}

void Framework::sleep(uint64_t Units) {
  Machine &M = W.machine();
  Thread *Me = &M.thread();
  M.addTimer(M.now() + Units, [&M, Me] { M.wake(*Me); });
  Me->State = ThreadState::Waiting;
  M.block();
}

/// Who waits for what is now so, goes on.
void Framework::changed() {
  W.machine().touchedAll();
  llvm::erase_if(Sleepers, [this](const Sleeper &S) {
    if (!(*S.Until)())
      return false;
    W.machine().wake(*S.Who);
    return true;
  });
}

bool Framework::waits(const Thread *Which) const {
  return llvm::any_of(Sleepers, [&](const Sleeper &S) {
    return !S.Client && (!Which || S.Who == Which);
  });
}

/// Until the callbacks of \p T that run or are to run have ended.
void Framework::waitFor(WdfThing &T) {
  waitUntil([&T] { return !T.Queued && !T.Running; });
  W.machine().acquired(T.end());
}

/// What others would have to do (other drivers, clients) they do in time.
void Framework::waitUntil(const std::function<bool()> &Ready, bool Client) {
  if (W.isScenario()) {
    while (!Ready()) {
      Thread &Me = W.machine().thread();
      Sleepers.push_back({&Me, &Ready, Client});
      Me.State = ThreadState::Waiting;
      W.machine().block();
    }
    return;
  }
  for (unsigned N = 0; N < 50 && !Ready(); ++N)
    sleep(10000);
}
