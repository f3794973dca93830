//===- Machine.h - Processors, threads, time: one deterministic machine *- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// A multiprocessor in one system thread. Threads are fibers; at every
/// scheduling point the machine decides, by the oracle, who goes on. Levels are
/// kept per processor; at DISPATCH_LEVEL and above a processor does not switch
/// threads. Deferred procedures and interrupts run on the stack of whatever the
/// processor was doing, as on hardware. Time is virtual: it passes when nobody
/// can run, or as far as a waiting timer when the oracle says so.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_MACHINE_MACHINE_H
#define IRQLINT_RUNTIME_MACHINE_MACHINE_H

#include "Runtime/Machine/Fiber.h"
#include "Runtime/Machine/Happened.h"
#include "Runtime/Machine/Oracle.h"
#include "Runtime/Machine/Races.h"
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace irqlint::rt {

/// An interrupt request level as the target numbers it (x64: 0..15).
using Level = uint8_t;
constexpr Level PassiveLevel = 0, ApcLevel = 1, DispatchLevel = 2,
                DeviceLevel = 5, SynchLevel = 12, HighLevel = 15;

struct Activation; // Verifier/State.h
struct Cpu;

enum class ThreadState : uint8_t { Ready, Running, Waiting, Done };

struct Thread {
  unsigned Id = 0;
  std::string Name;
  ThreadState State = ThreadState::Ready;
  Cpu *On = nullptr;
  /// Level to go on at when the thread is switched in again.
  Level Saved = PassiveLevel;
  bool Idle = false;
  /// Who owns what is acquired now: the thread, or what interrupted it.
  const void *Owner = this;
  /// For the order of accesses: this thread, or what interrupts it now.
  Races::Flow Flow = 0;
  /// While spinning: what has to become true.
  const std::function<bool()> *Awaits = nullptr;
  /// Depth of critical and guarded regions.
  int Critical = 0, Guarded = 0;
  /// What the thread is inside of, innermost last. Owned by the verifier.
  std::vector<Activation *> Inside;
  std::unique_ptr<Fiber> Stack;
};

/// Something to be run at a raised level, later.
struct Deferred {
  uint64_t Key = 0; ///< identity, to find it in a queue
  Level At = DispatchLevel;
  std::function<void()> Run;
};

struct Cpu {
  unsigned Index = 0;
  Level Irql = PassiveLevel;
  Thread *Current = nullptr;
  std::unique_ptr<Thread> IdleThread;
  std::deque<Deferred> Dpcs;
  std::vector<Deferred> Interrupts; ///< requested, not yet taken
  /// Deferred procedures and interrupts in progress, one in the other.
  unsigned Delivering = 0;
};

/// How an execution ended.
enum class End : uint8_t {
  Done,        ///< all that was started has ended
  Reported,    ///< a violation stopped it
  Deadlock,    ///< nobody can go on
  Fault,       ///< the driver's code crashed
  Budget,      ///< too many steps
  Infeasible,  ///< rests on an assumption that does not hold
  Unsupported, ///< needs something that the runtime lacks
};

struct MachineOptions {
  unsigned Cpus = 1;
  /// How often a processor may turn to something else although what it does
  /// could go on; per execution.
  unsigned Preemptions = 0;
  unsigned MaxSteps = 20000;
};

class Machine {
public:
  Machine(Oracle &Choices, const MachineOptions &Opts);
  ~Machine();

  /// \p Body runs as a thread; returning ends it.
  Thread &createThread(std::string Name, std::function<void()> Body);
  /// Runs until nothing is left to do or somebody calls stop().
  End run();
  /// Ends the execution from inside it.
  [[noreturn]] void stop(End How);
  bool stackIsLow(const void *StackPointer) const {
    return Running->Stack->isLow(StackPointer);
  }
  bool isOnStack(uint64_t Address) const {
    return Running->Stack->contains(reinterpret_cast<const void *>(Address));
  }
  /// For signal handlers: ends it from outside the driver's flow.
  bool isRunning() const { return Inside; }

  Oracle &choices() { return Choices; }
  Cpu &cpu() { return *Running->On; }
  Thread &thread() { return *Running; }
  Level irql() { return cpu().Irql; }
  unsigned cpuCount() const { return Cpus.size(); }
  Cpu &cpu(unsigned I) { return *Cpus[I]; }
  const std::vector<std::unique_ptr<Thread>> &threads() const {
    return Threads;
  }

  /// Raises this processor's level. Never lowers.
  void raise(Level To);
  /// Sets the level, up or down; what waits below the old level is delivered.
  void setLevel(Level To);
  /// A point at which others may go first.
  void point();
  /// Spins until \p Ready: this processor does nothing else, but takes
  /// interrupts.
  void spinUntil(const std::function<bool()> &Ready);
  /// The calling thread is Waiting already: gives its processor away until
  /// somebody makes it Ready.
  void block();
  /// A Waiting thread may go on.
  void wake(Thread &T);
  /// Ends the calling thread.
  [[noreturn]] void exitThread();

  /// False if one with the same key is queued on some processor already.
  bool queueDpc(unsigned Cpu, Deferred D);
  bool removeDpc(uint64_t Key);
  bool dpcsPending() const;
  /// Requested and not yet taken, or being served.
  bool interruptsPending() const;
  void requestInterrupt(unsigned Cpu, Deferred D);

  /// In units of 100 ns.
  uint64_t now() const { return Now; }
  void passTime(uint64_t Units) { Now += Units; }
  uint64_t addTimer(uint64_t Due, std::function<void()> Fire);
  bool cancelTimer(uint64_t Id);

  /// Keeps the order of accesses; null: nobody asks.
  void orderAccesses() {
    Order = std::make_unique<Races>();
    Order->begin(); // of idle threads, which do nothing
  }
  Races *order() { return Order.get(); }
  /// A flow that the running one starts, or that interrupts it.
  Races::Flow beginFlow(const Races::Clock &Known) {
    Races::Flow F = Order->begin(Known);
    if (History && Running)
      History->begin(F, Running->Flow);
    return F;
  }
  /// The running flow has passed something on, or learns of it.
  void released(uint64_t Object) {
    touched(Object);
    if (Order)
      Order->release(Running->Flow, Object);
  }
  void acquired(uint64_t Object) {
    touched(Object);
    if (Order)
      Order->acquire(Running->Flow, Object);
  }
  /// Executions that come to a state from which an earlier one has gone on,
  /// with no fewer preemptions left, end there. \p Seen: those states, by the
  /// fewest preemptions until then.
  void reduce(std::unordered_map<uint64_t, unsigned> &S) {
    Seen = &S;
    History = std::make_unique<Happened>();
  }
  /// The running flow reads or changes an object, something that it knows
  /// alone, or anything.
  void touched(uint64_t Object, bool Writes = true) {
    if (History && Running)
      History->touch(Running->Flow, NameOf ? NameOf(Object) : Object, Writes);
  }
  void touchedMemory(uint64_t Address, uint64_t Size, bool Writes) {
    if (History && Running)
      for (uint64_t Word = Address >> 3; Word <= (Address + Size - 1) >> 3;
           ++Word)
        History->touch(Running->Flow, Word, Writes);
  }
  void touchedAll(uint64_t What = 0) {
    if (History && Running)
      History->touchAll(Running->Flow, What);
  }
  void stepped(uint64_t What) {
    if (History && Running)
      History->step(Running->Flow, What);
  }
  /// The same name in all executions.
  std::function<uint64_t(uint64_t)> NameOf;
  /// Ended early.
  bool wasSeen() const { return Pruned; }
  bool isOnAnyStack(uint64_t Address) const;
  /// A deferred procedure is queued whose object lies there.
  bool isDpcIn(uint64_t Address, uint64_t Size) const;

  /// Called when nobody can go on, before the execution ends with Deadlock.
  std::function<void()> OnDeadlock;
  /// The same, before OnDeadlock: true if that has given somebody something to
  /// do.
  std::function<bool()> OnIdle;
  /// An execution ends when these threads have ended and the rest waits.
  Thread *Main = nullptr;

private:
  struct Action {
    Cpu *Where;
    Thread *To; ///< null: go on with the current one
  };
  void schedule();
  void deliver();
  bool canDeliver(const Cpu &C) const;
  void collect(std::vector<Action> &Out, bool &CurrentGoesOn);
  bool fireTimer();
  void switchThread(Cpu &C, Thread *To);
  void enter(Thread &T);

  bool isSeen();

  Oracle &Choices;
  std::unique_ptr<Races> Order;
  std::unique_ptr<Happened> History;
  std::unordered_map<uint64_t, unsigned> *Seen = nullptr;
  bool Pruned = false;
  MachineOptions Opts;
  std::vector<std::unique_ptr<Cpu>> Cpus;
  std::vector<std::unique_ptr<Thread>> Threads;
  std::deque<Thread *> Ready;
  struct Timer {
    uint64_t Id;
    std::function<void()> Fire;
    Races::Clock Set; ///< what was known when it was set
  };
  std::multimap<uint64_t, Timer> Timers;
  uint64_t NextTimer = 1;
  uint64_t Now = 10'000'000;
  Fiber Outside;
  Thread *Running = nullptr;
  bool Inside = false;
  End How = End::Done;
  unsigned Steps = 0, Preemptions = 0, DpcsRunning = 0, InterruptsRunning = 0;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_MACHINE_MACHINE_H
