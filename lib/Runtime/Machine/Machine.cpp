//===- Machine.cpp - Processors, threads, time: one deterministic machine -===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Machine/Machine.h"
#include <algorithm>

using namespace irqlint::rt;

Machine::Machine(Oracle &C, const MachineOptions &O) : Choices(C), Opts(O) {
  for (unsigned I = 0; I < std::max(1u, O.Cpus); ++I) {
    auto P = std::make_unique<Cpu>();
    P->Index = I;
    P->IdleThread = std::make_unique<Thread>();
    Thread &T = *P->IdleThread;
    T.Name = "idle";
    T.Idle = true;
    T.State = ThreadState::Running;
    T.On = P.get();
    T.Stack = std::make_unique<Fiber>([this] {
      for (;;) {
        deliver();
        schedule();
      }
    });
    P->Current = &T;
    Cpus.push_back(std::move(P));
  }
}

Machine::~Machine() = default;

Thread &Machine::createThread(std::string Name, std::function<void()> Body) {
  auto T = std::make_unique<Thread>();
  T->Id = Threads.size() + 1;
  T->Name = std::move(Name);
  Thread &R = *T;
  if (Order)
    R.Flow =
        beginFlow(Running ? Order->publish(Running->Flow) : Races::Clock());
  T->Stack = std::make_unique<Fiber>([this, Body = std::move(Body)] {
    deliver();
    Body();
    exitThread();
  });
  Threads.push_back(std::move(T));
  Ready.push_back(&R);
  return R;
}

End Machine::run() {
  How = End::Done;
  Inside = true;
  Running = Cpus[0]->Current;
  Fiber::switchTo(Outside, *Running->Stack);
  Inside = false;
  return How;
}

void Machine::stop(End H) {
  How = H;
  Fiber::switchTo(*Running->Stack, Outside);
  std::abort(); // nobody comes back
}

void Machine::exitThread() {
  touchedAll();
  Running->State = ThreadState::Done;
  schedule();
  std::abort();
}

//===----------------------------------------------------------------------===//
// Levels and what they hold back
//===----------------------------------------------------------------------===//

bool Machine::canDeliver(const Cpu &C) const {
  if (C.Irql < DispatchLevel && !C.Dpcs.empty())
    return true;
  return std::any_of(C.Interrupts.begin(), C.Interrupts.end(),
                     [&](const Deferred &D) { return D.At > C.Irql; });
}

/// Runs what waited for the level to fall, highest first, on this stack.
void Machine::deliver() {
  for (;;) {
    Cpu &C = cpu();
    auto I = std::max_element(
        C.Interrupts.begin(), C.Interrupts.end(),
        [](const Deferred &A, const Deferred &B) { return A.At < B.At; });
    Deferred D;
    bool Dpc = false;
    if (I != C.Interrupts.end() && I->At > C.Irql) {
      D = std::move(*I);
      C.Interrupts.erase(I);
    } else if (C.Irql < DispatchLevel && !C.Dpcs.empty()) {
      D = std::move(C.Dpcs.front());
      C.Dpcs.pop_front();
      ++DpcsRunning;
      Dpc = true;
    } else {
      return;
    }
    touchedAll(C.Index + 1);
    Level Before = C.Irql;
    C.Irql = D.At;
    // What it interrupts may be spinning; this does not.
    const std::function<bool()> *Awaits = Running->Awaits;
    Running->Awaits = nullptr;
    ++C.Delivering;
    InterruptsRunning += !Dpc;
    D.Run();
    --C.Delivering;
    Running->Awaits = Awaits;
    DpcsRunning -= Dpc;
    InterruptsRunning -= !Dpc;
    // What runs at a raised level cannot have been moved elsewhere.
    C.Irql = Before;
  }
}

void Machine::raise(Level To) {
  Cpu &C = cpu();
  C.Irql = std::max(C.Irql, To);
}

void Machine::setLevel(Level To) {
  Cpu &C = cpu();
  bool Falls = To < C.Irql;
  C.Irql = To;
  if (Falls) {
    deliver();
    if (To < DispatchLevel)
      point();
  }
}

bool Machine::queueDpc(unsigned Index, Deferred D) {
  touchedAll();
  for (auto &C : Cpus)
    for (const Deferred &Q : C->Dpcs)
      if (Q.Key == D.Key)
        return false;
  Cpus[Index % Cpus.size()]->Dpcs.push_back(std::move(D));
  return true;
}

bool Machine::removeDpc(uint64_t Key) {
  touchedAll();
  for (auto &C : Cpus)
    for (auto I = C->Dpcs.begin(); I != C->Dpcs.end(); ++I)
      if (I->Key == Key) {
        C->Dpcs.erase(I);
        return true;
      }
  return false;
}

bool Machine::dpcsPending() const {
  return DpcsRunning ||
         std::any_of(Cpus.begin(), Cpus.end(),
                     [](const auto &C) { return !C->Dpcs.empty(); });
}

bool Machine::interruptsPending() const {
  return InterruptsRunning ||
         std::any_of(Cpus.begin(), Cpus.end(),
                     [](const auto &C) { return !C->Interrupts.empty(); });
}

bool Machine::isDpcIn(uint64_t Address, uint64_t Size) const {
  for (auto &C : Cpus)
    for (const Deferred &Q : C->Dpcs)
      if (Q.Key - Address < Size)
        return true;
  return false;
}

bool Machine::isOnAnyStack(uint64_t Address) const {
  auto Has = [&](const Thread &T) {
    return T.Stack->contains(reinterpret_cast<const void *>(Address));
  };
  return std::any_of(Threads.begin(), Threads.end(),
                     [&](const auto &T) { return Has(*T); }) ||
         std::any_of(Cpus.begin(), Cpus.end(),
                     [&](const auto &C) { return Has(*C->IdleThread); });
}

void Machine::requestInterrupt(unsigned Index, Deferred D) {
  touchedAll();
  Cpus[Index % Cpus.size()]->Interrupts.push_back(std::move(D));
}

//===----------------------------------------------------------------------===//
// Time
//===----------------------------------------------------------------------===//

uint64_t Machine::addTimer(uint64_t Due, std::function<void()> Fire) {
  touchedAll(Due);
  Timers.emplace(Due,
                 Timer{NextTimer, std::move(Fire),
                       Order ? Order->publish(Running->Flow) : Races::Clock()});
  return NextTimer++;
}

bool Machine::cancelTimer(uint64_t Id) {
  touchedAll();
  for (auto I = Timers.begin(); I != Timers.end(); ++I)
    if (I->second.Id == Id) {
      Timers.erase(I);
      return true;
    }
  return false;
}

/// Lets time pass until the next timer and fires it.
bool Machine::fireTimer() {
  if (Timers.empty())
    return false;
  auto First = Timers.begin();
  Now = std::max(Now, First->first);
  std::function<void()> Fire = std::move(First->second.Fire);
  Races::Flow Interrupted = Running->Flow;
  if (Order)
    Running->Flow = beginFlow(First->second.Set);
  Timers.erase(First);
  Fire();
  touchedAll();
  Running->Flow = Interrupted;
  return true;
}

//===----------------------------------------------------------------------===//
// Who goes on
//===----------------------------------------------------------------------===//

void Machine::wake(Thread &T) {
  if (T.State != ThreadState::Waiting)
    return;
  T.State = ThreadState::Ready;
  Ready.push_back(&T);
}

void Machine::point() {
  stepped(1);
  schedule();
}

void Machine::block() {
  stepped(2);
  schedule();
}

void Machine::spinUntil(const std::function<bool()> &IsReady) {
  while (!IsReady()) {
    Running->Awaits = &IsReady;
    schedule();
    Running->Awaits = nullptr;
  }
}

/// Everything that could happen next; what costs no preemption comes first.
void Machine::collect(std::vector<Action> &Out, bool &CurrentGoesOn) {
  CurrentGoesOn = false;
  Cpu *Here = Running->On;
  auto CanRun = [&](Cpu &C) {
    Thread &T = *C.Current;
    if (canDeliver(C))
      return true;
    return (!T.Idle || C.Delivering) && T.State == ThreadState::Running &&
           (!T.Awaits || (*T.Awaits)());
  };
  if (Here && CanRun(*Here)) {
    CurrentGoesOn = true;
    Out.push_back({Here, nullptr});
  }
  bool IdleOffered = false;
  for (auto &C : Cpus) {
    if (C.get() != Here && CanRun(*C))
      Out.push_back({C.get(), nullptr});
    Thread &T = *C->Current;
    bool Free = (T.Idle && !C->Delivering) || T.State == ThreadState::Waiting ||
                T.State == ThreadState::Done;
    // Which of several idle processors takes a thread makes no difference.
    if (Free ? IdleOffered : C->Irql >= DispatchLevel || T.Awaits)
      continue;
    if (Free && C->Irql >= DispatchLevel && !T.Idle)
      continue;
    IdleOffered |= Free;
    for (Thread *R : Ready)
      Out.push_back({C.get(), R});
  }
}

void Machine::switchThread(Cpu &C, Thread *To) {
  Thread *Old = C.Current;
  if (!Old->Idle) {
    Old->Saved = C.Irql;
    Old->On = nullptr;
    if (Old->State == ThreadState::Running) {
      Old->State = ThreadState::Ready;
      Ready.push_back(Old);
    }
  }
  if (!To)
    To = C.IdleThread.get();
  else
    Ready.erase(std::find(Ready.begin(), Ready.end(), To));
  To->State = ThreadState::Running;
  To->On = &C;
  C.Current = To;
  C.Irql = To->Idle ? PassiveLevel : To->Saved;
}

/// An execution that was here before has gone on, or will go on, in all the
/// ways that are open to this one.
bool Machine::isSeen() {
  if (!Seen || !Choices.isNew())
    return false;
  uint64_t State = Happened::mix(History->state(), Now);
  auto Add = [&](uint64_t What) { State = Happened::mix(State, What); };
  Add(Running->On ? Running->On->Index : Cpus.size());
  for (const auto &C : Cpus) {
    Add(C->Current->Idle ? 0 : C->Current->Id);
    Add(C->Irql * 64u + C->Delivering * 4u + unsigned(C->Current->State));
  }
  uint64_t Waiting = 0;
  for (const Thread *T : Ready)
    Waiting += Happened::mix(T->Id, T->Saved);
  Add(Waiting);
  auto [It, New] = Seen->try_emplace(State, Preemptions);
  if (!New && It->second <= Preemptions)
    return true;
  It->second = Preemptions;
  return false;
}

void Machine::schedule() {
  Thread *Me = Running;
  for (;;) {
    if (++Steps > Opts.MaxSteps)
      stop(End::Budget);
    // A thread that cannot go on leaves its processor.
    Cpu *Here = Me->On;
    if (Here && Here->Current == Me && !Me->Idle &&
        (Me->State == ThreadState::Waiting || Me->State == ThreadState::Done))
      switchThread(*Here, nullptr), Running = Here->Current, Running->On = Here;

    std::vector<Action> Actions;
    bool CurrentGoesOn;
    collect(Actions, CurrentGoesOn);
    bool MainDone = !Main || Main->State == ThreadState::Done;
    bool TimeMayPass =
        !Timers.empty() && !Actions.empty() && Preemptions < Opts.Preemptions;
    if (Actions.empty()) {
      if (fireTimer())
        continue;
      if (!MainDone && OnIdle && OnIdle())
        continue;
      if (!MainDone && OnDeadlock)
        OnDeadlock();
      How = MainDone ? End::Done : End::Deadlock;
      Fiber::switchTo(*Me->Stack, Outside);
      std::abort();
    }
    unsigned Pick = 0;
    unsigned N = Actions.size() + TimeMayPass;
    if (N > 1 && (!CurrentGoesOn || Preemptions < Opts.Preemptions)) {
      if (isSeen()) {
        Pruned = true;
        stop(End::Infeasible);
      }
      Pick = Choices.choose(N);
    }
    if (CurrentGoesOn && Pick != 0)
      ++Preemptions;
    if (Pick == Actions.size()) {
      fireTimer();
      continue;
    }
    Action &A = Actions[Pick];
    if (A.To)
      switchThread(*A.Where, A.To);
    Thread *Next = A.Where->Current;
    Running = Next;
    if (Next != Me) {
      Fiber::switchTo(*Me->Stack, *Next->Stack);
      // Back again; who came here has set Running.
    }
    if (Me->State == ThreadState::Running)
      deliver();
    return;
  }
}
