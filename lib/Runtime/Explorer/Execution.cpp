//===- Execution.cpp - One deterministic execution ------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Explorer/Execution.h"
#include <cassert>
#include <cstring>

using namespace irqlint::runtime;

Strategy::~Strategy() = default;

ModelThread &Scenario::thread(const char *Name, std::function<void()> Body) {
  return E.spawn(Name, std::move(Body));
}

void Scenario::atEnd(std::function<void()> Body) {
  E.AtEnd.push_back(std::move(Body));
}

void Scenario::expect(bool Condition, const char *What) {
  if (!Condition)
    E.fail(Failure::Kind::Expectation, What);
}

void Scenario::outcome(const std::string &Text) { E.Outcome += Text; }

Execution::Execution(Options O) : Opts(O) {}

Execution::~Execution() = default;

void Execution::reset() {
  Count = 0;
  Shadow.clear();
  LastEvent.clear();
  Trace.clear();
  Wrong = Failure();
  Ended = Result::Finished;
  Outcome.clear();
  Clock = 0;
  PlainAccesses = 0;
  Suspended = 0;
  AtEnd.clear();
  Destructors.clear();
  ArenaUsed = 0;
}

namespace {
/// Installs a host for a while.
struct HostScope {
  Host *Old;
  explicit HostScope(Host *H) : Old(Host::setCurrent(H)) {}
  ~HostScope() { Host::setCurrent(Old); }
};
} // namespace

/// Runs Body unscheduled, as thread 0.
void Execution::runDirect(std::function<void()> Body) {
  ThreadState &T = *Threads[0];
  T.Body = std::move(Body);
  enter(&T);
  Now = Phase::Direct;
  T.Stack.prepare(threadMain, &T);
  Main.switchTo(T.Stack);
  enter(nullptr);
}

Execution::Result Execution::run(const Program &P, Strategy &S) {
  reset();
  HostScope Scope(this);
  Picker = &S;
  enter(nullptr);
  spawn("setup", nullptr);
  Scenario View(*this);
  runDirect([&] { P(View); });

  Now = Phase::Scheduled;
  for (unsigned I = 1, SetUp = Count; I < SetUp && !Wrong; ++I)
    start(*Threads[I]); // those may start more
  if (!Wrong)
    schedule();
  if (Ended == Result::Finished && !Wrong) {
    for (unsigned I = 1; I < Count; ++I)
      Threads[0]->Clocks.Now.join(Threads[I]->Clocks.Now);
    runDirect([&] {
      for (std::function<void()> &Body : AtEnd)
        Body();
    });
  }
  enter(nullptr);
  Current = Threads[0].get();
  Now = Phase::Teardown;
  for (size_t I = Destructors.size(); I-- > 0;)
    Destructors[I]();
  Now = Phase::Idle;
  Current = nullptr;
  return Ended;
}

ModelThread &Execution::spawn(const char *Name, std::function<void()> Body) {
  assert(Count < MaxThreads && "too many threads in one execution");
  if (Count == Threads.size()) {
    Threads.push_back(std::make_unique<ThreadState>());
    Threads.back()->Stack = Fiber(Opts.StackSize);
  }
  ThreadState &T = *Threads[Count];
  T.Model = ModelThread();
  T.Model.Id = Count;
  T.Model.Name = Name;
  T.Owner = this;
  T.Body = std::move(Body);
  T.Pending = nullptr;
  T.Where = Event::NoLocation;
  T.Steps = 0;
  T.Live = false;
  // All that the parent did happens before all that the child does.
  T.Clocks = ThreadClocks();
  if (Count) {
    T.Clocks.Now = Current->Clocks.Now;
    ++Current->Clocks.Now.At[Current->Model.Id];
  }
  T.Clocks.Now.At[Count] = 1;
  ++Count;
  if (Now == Phase::Scheduled)
    start(T);
  return T.Model;
}

void Execution::threadMain(void *State) {
  auto &T = *static_cast<ThreadState *>(State);
  T.Body();
  T.Live = false;
  T.Pending = nullptr;
  Execution &E = *T.Owner;
  if (E.Now == Phase::Direct)
    T.Stack.switchTo(E.Main);
  else if (Fiber *Back = std::exchange(E.Starter, nullptr))
    T.Stack.switchTo(*Back); // it had no operation at all
  else
    E.schedule();
}

/// Runs a new thread up to its first operation, which is nobody else's
/// business.
void Execution::start(ThreadState &T) {
  ThreadState *Parent = Current;
  Fiber &Here = Parent ? Parent->Stack : Main;
  Starter = &Here;
  T.Live = true;
  enter(&T);
  T.Stack.prepare(threadMain, &T);
  Here.switchTo(T.Stack);
  enter(Parent);
}

bool Execution::isEnabled(const ThreadState &T) const {
  if (!T.Live || !T.Pending || (Suspended >> T.Model.Id & 1))
    return false;
  const Operation &Op = *T.Pending;
  if (isDead(T) || !Op.Ready || Op.Ready(Op.Address))
    return true; // on what is gone: to be told
  return Op.Deadline != Never && (!Opts.VirtualClock || Op.Deadline <= Clock);
}

uint32_t Execution::enabled() const {
  uint32_t Mask = 0;
  for (unsigned I = 1; I < Count; ++I)
    if (isEnabled(*Threads[I]))
      Mask |= 1u << I;
  return Mask;
}

bool Execution::pendingWrites(unsigned Thread) const {
  const Operation &Op = *Threads[Thread]->Pending;
  if (Op.K == Operation::Kind::Load || Op.K == Operation::Kind::Fence)
    return false;
  if (isMutated(Op) && Mutant->K == Mutation::Kind::Drop)
    return false;
  if (Op.K == Operation::Kind::Store || isDead(*Threads[Thread]))
    return true;
  alignas(16) unsigned char Buffer[16];
  std::memcpy(Buffer, Op.Address, Op.Size);
  return Op.Apply(Buffer);
}

Event Execution::pendingEvent(unsigned Thread) const {
  const ThreadState &T = *Threads[Thread];
  Event E;
  E.Thread = Thread;
  E.Index = T.Steps + 1;
  E.Location = T.Where;
  E.Previous = T.Where == Event::NoLocation ? Event::None : LastEvent[T.Where];
  E.K = T.Pending->K;
  E.Wrote = E.K == Operation::Kind::Update;
  return E;
}

void Execution::perform(const Operation &Op) {
  if (Now == Phase::Teardown || Now == Phase::Idle) {
    if (Op.Address)
      Op.Apply(Op.Address);
    return;
  }
  if (isMutated(Op) && Mutant->K == Mutation::Kind::Tear &&
      Op.K == Operation::Kind::Update) {
    alignas(16) unsigned char Buffer[16];
    bool Wrote = false;
    auto Take = [&](void *Value) {
      std::memcpy(Buffer, Value, Op.Size);
      Wrote = Op.Apply(Buffer);
      return false;
    };
    Operation First = Op;
    First.K = Operation::Kind::Load;
    First.Failed = Op.O;
    First.Apply = Take;
    schedule(First);
    auto Put = [&](void *Value) {
      std::memcpy(Value, Buffer, Op.Size);
      return true;
    };
    Operation Second = Op;
    Second.K = Operation::Kind::Store;
    Second.Apply = Put;
    Second.Ready = nullptr;
    if (Wrote)
      schedule(Second);
    return;
  }
  if (isMutated(Op) && Mutant->K == Mutation::Kind::Weaken) {
    Operation Weaker = Op;
    Weaker.O = Mutant->To;
    Weaker.Failed = onFailure(Mutant->To);
    schedule(Weaker);
    return;
  }
  schedule(Op);
}

void Execution::schedule(const Operation &Op) {
  ThreadState &T = *Current;
  T.Pending = &Op;
  T.Where = Event::NoLocation;
  if (Op.K != Operation::Kind::Fence) {
    T.Where = Shadow.find(Op.Address, Op.Size);
    if (LastEvent.size() < Shadow.size())
      LastEvent.resize(Shadow.size(), Event::None);
  }
  if (Now == Phase::Direct) {
    if (Op.Ready && !isDead(T) && !Op.Ready(Op.Address) &&
        Op.Deadline == Never) {
      fail(Failure::Kind::Deadlock,
           "waits for ever, with no other thread there, at " +
               siteText(Op.Where));
      return;
    }
    apply(T);
    T.Pending = nullptr;
    if (Wrong)
      leave(Result::Failed);
    return;
  }
  if (Fiber *Back = std::exchange(Starter, nullptr))
    T.Stack.switchTo(*Back); // returns when this operation has been applied
  else
    schedule();
}

/// Picks a thread, applies its operation, and goes there. Returns when the
/// caller is picked.
void Execution::schedule() {
  ThreadState *Self = Current;
  Fiber &Here = Self ? Self->Stack : Main;
  uint32_t Enabled = enabled();
  while (!Enabled) {
    uint32_t Waiting = 0;
    Time Next = Never;
    std::string Who;
    for (unsigned I = 1; I < Count; ++I) {
      ThreadState &T = *Threads[I];
      if (!T.Live)
        continue;
      Waiting |= 1u << I;
      Next = std::min(Next, T.Pending->Deadline);
      Who += std::string(Who.empty() ? "" : ", ") + T.Model.Name + " at " +
             siteText(T.Pending->Where);
    }
    if (!Waiting) {
      leave(Result::Finished);
      return;
    }
    if (Next == Never) {
      Picker->blocked(*this, Waiting);
      fail(Failure::Kind::Deadlock, "nobody can run: " + Who);
      return;
    }
    Clock = std::max(Clock, Next);
    Enabled = enabled();
    if (!Enabled) {
      fail(Failure::Kind::Deadlock, "all that could run is suspended: " + Who);
      return;
    }
  }
  int Next = Picker->pick(*this, Enabled);
  if (Next == Strategy::Abandon) {
    leave(Result::Abandoned);
    return;
  }
  assert(Enabled >> Next & 1);
  enter(Threads[Next].get());
  apply(*Current);
  if (Wrong) {
    leave(Result::Failed);
    return;
  }
  if (Current != Self)
    Here.switchTo(Current->Stack);
}

/// Makes T the running thread; none: the caller of run().
void Execution::enter(ThreadState *T) {
  Current = T;
  CrashCatcher::set(T ? crashed : nullptr, this, T ? T->Stack.top() : nullptr);
}

void Execution::crashed(void *Self) {
  static_cast<Execution *>(Self)->fail(Failure::Kind::Crash,
                                       "an invalid memory access");
}

void Execution::leave(Result R) {
  Ended = R;
  Starter = nullptr;
  if (Current)
    Current->Stack.switchTo(Main); // for good
}

void Execution::apply(ThreadState &T) {
  const Operation &Op = *T.Pending;
  Trace.emplace_back();
  Event &E = Trace.back();
  E.Thread = T.Model.Id;
  E.Index = ++T.Steps;
  E.K = Op.K;
  E.O = Op.O;
  E.Where = Op.Where;
  if (Op.K == Operation::Kind::Fence) {
    Locations::fence(T.Clocks, Op.O);
  } else {
    E.Location = T.Where;
    E.Size = uint8_t(Op.Size);
    E.Previous = std::exchange(LastEvent[T.Where], int(Trace.size()) - 1);
    Location &L = Shadow[T.Where];
    L.Atomic = true;
    checkLifetime(L, Op.Where);
    std::memset(E.Before, 0, sizeof(E.Before));
    std::memset(E.After, 0, sizeof(E.After));
    if (!L.Dead) { // else the memory is somebody else's, or gone
      std::memcpy(E.Before, Op.Address, Op.Size);
      std::memcpy(E.After, Op.Address, Op.Size);
      E.TimedOut = Op.Ready && !Op.Ready(E.Before);
      E.Wrote = Op.Apply(E.After);
    }
    if (isMutated(Op) && Mutant->K == Mutation::Kind::Drop) {
      std::memcpy(E.After, E.Before, Op.Size);
      E.Wrote = false;
    }
    if (E.Wrote)
      std::memcpy(Op.Address, E.After, Op.Size);
    else if (Op.K == Operation::Kind::Update)
      E.O = Op.Failed;
    if (E.TimedOut)
      T.Model.Clock = std::max(T.Model.Clock, Op.Deadline);
    Locations::synchronize(L, T.Clocks, E.O, Op.K != Operation::Kind::Store,
                           E.Wrote);
    L.Accesses.At[E.Thread] = T.Clocks.Now.At[E.Thread];
    L.AccessSite = Op.Where;
  }
  ++T.Clocks.Now.At[E.Thread];
  if (Sites && Op.Where.Line) {
    SiteUse &Use = (*Sites)[{Op.Where.File, Op.Where.Line, Op.Where.Column}];
    Use.Where = Op.Where;
    Use.K = std::max(Use.K, Op.K);
    Use.O = Op.O;
    Use.Wrote |= E.Wrote;
  }
  if (Now == Phase::Scheduled)
    Picker->executed(*this, E);
  if (Trace.size() > Opts.MaxSteps && !Wrong) {
    Wrong.K = Failure::Kind::Endless;
    Wrong.Text =
        "no end after " + std::to_string(Opts.MaxSteps) + " operations";
  }
}

Time Execution::now() {
  return Opts.VirtualClock ? Clock : Current->Model.Clock;
}

void *Execution::allocate(size_t Size, size_t Alignment) {
  size_t At = (ArenaUsed + Alignment - 1) / Alignment * Alignment;
  if (At / ArenaChunk !=
      (At + Size - 1) / ArenaChunk) // does not fit into the rest
    At = (At / ArenaChunk + 1) * ArenaChunk;
  if (Size > ArenaChunk)
    return nullptr;
  while (At / ArenaChunk >= Arena.size())
    Arena.emplace_back(new char[ArenaChunk]);
  ArenaUsed = At + Size;
  return Arena[At / ArenaChunk].get() + At % ArenaChunk;
}

void Execution::misuse(Misuse M, const void *Object, const char *Primitive) {
  fail(Failure::Kind::Misuse, std::string(Primitive) + " " + misuseText(M));
}

void Execution::fail(Failure::Kind K, std::string Text) {
  if (Now == Phase::Teardown || Now == Phase::Idle)
    return;
  if (!Wrong) {
    Wrong.K = K;
    Wrong.Text =
        (Current && Current->Model.Id ? std::string(Current->Model.Name) + ": "
                                      : "") +
        std::move(Text);
  }
  leave(Result::Failed);
}
