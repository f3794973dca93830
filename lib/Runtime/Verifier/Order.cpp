//===- Order.cpp - Several callbacks at once ------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// What only shows when callbacks run at the same time: accesses that nothing
/// orders, memory that goes away under its users, circles of waiting.
//===----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include "Runtime/Verifier/World.h"

using namespace irqlint;
using namespace irqlint::rt;

void World::interrupt(const Races::Clock &Known,
                      const std::function<void()> &Body) {
  if (!isScenario()) {
    Body();
    return;
  }
  Thread &T = M.thread();
  Races::Flow Interrupted = T.Flow;
  // What was being done goes on where it was.
  SiteIndex Place = Here;
  T.Flow = M.beginFlow(Known);
  Body();
  M.touchedAll();
  M.released(EndOfCallbacks);
  T.Flow = Interrupted;
  Here = Place;
}

Answer World::answer() {
  std::vector<Answer> May;
  for (unsigned Bit = 1; Bit <= unsigned(Answer::CancelLater); Bit *= 2)
    if (Answers & Bit)
      May.push_back(static_cast<Answer>(Bit));
  if (May.empty())
    return Answer::Succeed;
  unsigned Which = M.choices().choose(May.size());
  M.stepped(Which);
  return May[Which];
}

void World::ended() {
  M.released(reinterpret_cast<uint64_t>(&Spawned));
  for (const auto &T : M.threads())
    if (T.get() == M.Main)
      M.wake(*T);
}

void World::join() {
  Thread &Me = M.thread();
  // Whoever has called ended() does nothing more.
  auto Over = [&] {
    for (Thread *T : Spawned)
      if (T->State != ThreadState::Done)
        return false;
    return true;
  };
  while (!Over()) {
    Me.State = ThreadState::Waiting;
    M.block();
  }
  M.acquired(reinterpret_cast<uint64_t>(&Spawned));
  M.spinUntil([this] { return !M.interruptsPending() && !M.dpcsPending(); });
  M.acquired(EndOfCallbacks);
}

std::string World::flowName(Races::Flow F) const {
  auto It = FlowNames.find(F);
  return It == FlowNames.end() ? "the system" : "'" + It->second + "'";
}

void World::access(uint64_t Address, uint64_t Size, Races::Access How,
                   SiteIndex Where) {
  if (Where < P.Sites.size() && P.Sites[Where].System)
    Where = Here;
  LastAccess = Where;
  if (!inDriver())
    return;
  if (M.isOnAnyStack(Address)) {
    // Its own is nobody else's, unless that was seen; then all is ordered.
    SharedStacks |= !M.isOnStack(Address);
    if (SharedStacks)
      M.touchedAll();
    return;
  }
  M.touchedMemory(Address, Size, How != Races::Access::Read);
  const char *Does = How == Races::Access::Read ? "reads" : "writes";
  auto F = FreedBlocks.upper_bound(Address);
  if (F != FreedBlocks.begin() &&
      Address - std::prev(F)->first < std::prev(F)->second.Size) {
    const Freed &B = std::prev(F)->second;
    if (!Conflicts.insert({B.Where, Where}).second)
      return;
    note(Where, std::string(Does) + " the memory");
    report("unsynchronized-access",
           "'" + activation().Name + "' " + Does + " memory that " + B.By +
               " has freed",
           Where, /*GoesOn=*/true);
    return;
  }
  Thread &T = M.thread();
  if (How == Races::Access::Atomic)
    M.acquired(Address);
  auto C = M.order()->access(T.Flow, Address, Size, How, Where);
  if (How == Races::Access::Atomic)
    M.released(Address);
  if (!C || !Conflicts.insert(std::minmax(C->Where, Where)).second)
    return;
  const Site &Other = P.Sites[C->Where];
  Timeline.push_back(
      {C->Where,
       flowName(C->With) + (C->How == Races::Access::Read ? " reads it here"
                                                          : " writes it here"),
       0,
       M.irql(),
       {}});
  report("unsynchronized-access",
         "'" + activation().Name + "' " + Does + " what " + flowName(C->With) +
             (C->How == Races::Access::Read ? " reads" : " writes") +
             " in line " + std::to_string(Other.Line) +
             ", and nothing keeps the two apart",
         Where, /*GoesOn=*/true);
}

void World::endOfMemory(uint64_t Address, uint64_t Size, std::string By,
                        SiteIndex Where) {
  M.touchedAll();
  if (By.empty())
    By = inDriver() ? "'" + activation().Name + "'" : "the system";
  if (!Where)
    Where = Here;
  const char *Queued = M.isDpcIn(Address, Size)
                           ? "a deferred procedure is still queued"
                           : nullptr;
  if (auto T = Armed.lower_bound(Address);
      T != Armed.end() && T->first - Address < Size)
    Queued = "a timer is still set";
  auto C = M.order()->access(M.thread().Flow, Address, Size,
                             Races::Access::Free, Where);
  FreedBlocks[Address] = {Size, By, Where};
  note(Where, "frees memory");
  if (Queued)
    report("unsynchronized-access", By + " frees memory in which " + Queued,
           Where, /*GoesOn=*/true);
  if (!C || !Conflicts.insert(std::minmax(C->Where, Where)).second)
    return;
  Timeline.push_back(
      {C->Where, flowName(C->With) + " uses it here", 0, M.irql(), {}});
  report("unsynchronized-access",
         By + " frees memory that " + flowName(C->With) +
             " uses, and nothing keeps the two apart",
         Where, /*GoesOn=*/true);
}

void World::expect(Pending P) {
  P.Where = LeftAt;
  P.Callback = LeftName;
  Expected.push_back(std::move(P));
}

/// \p T is inside of the driver; nothing for the scenario itself between two
/// calls of the driver.
std::optional<World::Inside> World::insideOf(Thread &T) const {
  if (T.State == ThreadState::Done || T.Inside.empty())
    return std::nullopt;
  Inside In{&T == M.Main, L.waiting().count(&T) != 0};
  for (Thread *S : Spawned)
    In.OfScenario |= S == &T;
  if (&T == M.Main && T.Inside.size() == 1 && !In.ForLock)
    return std::nullopt;
  return In;
}

bool World::isStuck() const {
  for (const auto &T : M.threads()) {
    std::optional<Inside> In = insideOf(*T);
    if (In && (In->OfScenario || In->ForLock))
      return true;
  }
  return false;
}

bool World::giveUp() {
  bool Any = false;
  for (const Pending &E : Expected)
    Any |= !E.Over();
  if (GaveUp || !Any || isStuck())
    return false;
  GaveUp = true;
  M.createThread("client", [this] {
    for (size_t I = 0; I < Expected.size(); ++I)
      if (!Expected[I].Over())
        Expected[I].GiveUp();
  });
  return true;
}

/// Nobody can go on. That is how a driver rests, unless somebody whom the
/// scenario waits for is inside of it.
void World::deadlockTogether() {
  struct Stuck {
    Activation *A;
    Thread *T;
  };
  std::vector<Stuck> All;
  unsigned First = 0;
  bool Awaited = false, Locked = true;
  for (const auto &T : M.threads()) {
    std::optional<Inside> In = insideOf(*T);
    if (!In)
      continue;
    auto [OfScenario, ForLock] = *In;
    Awaited |= OfScenario || ForLock;
    Locked &= ForLock;
    // Whom the scenario waits for comes first.
    All.insert(OfScenario ? All.begin() + First++ : All.end(),
               {T->Inside.back(), T.get()});
  }
  // (Fibers that do nothing run callbacks, too.)
  for (unsigned I = 0; I < M.cpuCount(); ++I) {
    Thread *T = M.cpu(I).IdleThread.get();
    if (T->Inside.empty())
      continue;
    Awaited = true;
    Locked &= L.waiting().count(T) != 0;
    All.push_back({T->Inside.back(), T});
  }
  if (!Awaited)
    for (const Pending &E : Expected)
      if (!E.Over()) {
        Violation V;
        V.Check = "self-wait";
        V.Where = E.Where;
        V.Callback = E.Callback;
        V.Message = "a request that '" + E.Callback +
                    "' was given is never completed, not even when it is "
                    "canceled: its client waits for ever";
        V.History = Timeline;
        if (V.Where < P.Sites.size())
          V.Function = P.Sites[V.Where].Function;
        Found = std::move(V);
        return;
      }
  // The framework waits for callbacks to end.
  Awaited |= K->waits() && !All.empty();
  if (!Awaited)
    return;
  Violation V;
  V.Check = Locked ? "lock-order-inversion" : "self-wait";
  std::string Who;
  for (const Stuck &S : All) {
    std::string What = "an object that nobody signals";
    auto Lock = L.waiting().find(S.T);
    if (Lock != L.waiting().end()) {
      What = "a lock";
      for (const Stuck &O : All)
        for (Activation *In : O.T->Inside)
          for (const Hold &H : In->Held)
            if (H.Object == Lock->second)
              What = describe(H) + ", which '" + In->Name + "' holds" +
                     (O.T == S.T && In != S.A ? " that it interrupted" : "");
    } else if (D.waiting().find(S.T) == D.waiting().end()) {
      What = K->waits(S.T) ? "callbacks or requests that do not end"
                           : "what does not happen";
    }
    Who += (Who.empty() ? "" : ", ") + std::string("'") + S.A->Name +
           "' waits for " + What;
    SiteIndex Where = S.A->Stack.empty() || !S.A->At ? Here : S.A->At;
    if (!V.Where) {
      V.Where = Where;
      V.Callback = S.A->Name;
      V.Thread = S.T->Name;
    }
    Timeline.push_back(
        {Where, "'" + S.A->Name + "' waits here", 0, M.irql(), {}});
  }
  V.History = Timeline;
  V.Message = "nobody can go on: " + Who;
  if (V.Where < P.Sites.size())
    V.Function = P.Sites[V.Where].Function;
  Found = std::move(V);
}
