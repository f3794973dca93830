//===- Execution.h - One deterministic execution ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Runs a program's threads on fibers, one operation at a time in the order
/// that a strategy picks, and judges what happens: data races, use outside of
/// lifetimes, nobody able to run, no end, failed expectations.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_EXPLORER_EXECUTION_H
#define IRQLINT_RUNTIME_EXPLORER_EXECUTION_H

#include "Runtime/Explorer/Crash.h"
#include "Runtime/Explorer/Fiber.h"
#include "Runtime/Explorer/Locations.h"
#include "Runtime/Explorer/Mutation.h"
#include "Runtime/Platform/Host.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace irqlint::runtime {

class Execution;

/// An operation that has happened.
struct Event {
  static constexpr unsigned NoLocation = ~0u;
  static constexpr int None = -1;
  unsigned Thread = 0;
  unsigned Index = 0; ///< 1 for the first of its thread
  unsigned Location = NoLocation;
  int Previous = None; ///< the event before at the same location
  Operation::Kind K = Operation::Kind::Fence;
  Order O = Order::Relaxed; ///< that took effect
  bool Wrote = false;
  bool TimedOut = false;
  uint8_t Size = 0;
  Site Where;
  alignas(16) unsigned char Before[16];
  alignas(16) unsigned char After[16];
};

struct Failure {
  enum class Kind : uint8_t {
    None,
    Race,
    Lifetime,
    Deadlock,
    Endless,
    Misuse,
    Crash,
    Expectation
  };
  Kind K = Kind::None;
  std::string Text;
  explicit operator bool() const { return K != Kind::None; }
};
/// "data race", "deadlock", ...
const char *failureName(Failure::Kind K);

/// Decides who runs.
class Strategy {
public:
  virtual ~Strategy();
  static constexpr int Abandon = -1;
  /// One of the threads in Enabled (bit per thread, never empty), or Abandon.
  virtual int pick(Execution &E, uint32_t Enabled) = 0;
  virtual void executed(Execution &E, const Event &Ev) {}
  /// Nobody can run, and these threads have not ended.
  virtual void blocked(Execution &E, uint32_t Threads) {}
};

/// The way a program under test sees its execution. Objects that threads share
/// come from make(); they are destroyed after the end.
class Scenario {
  Execution &E;

public:
  explicit Scenario(Execution &E) : E(E) {}
  template <typename T, typename... Args> T *make(Args &&...A);
  ModelThread &thread(const char *Name, std::function<void()> Body);
  /// Runs after all threads have ended, with all they did visible.
  void atEnd(std::function<void()> Body);
  void expect(bool Condition, const char *What);
  /// Text that tells end states apart, to compare explorations.
  void outcome(const std::string &Text);
};

using Program = std::function<void(Scenario &)>;

struct ExecutionOptions {
  size_t StackSize = 128 << 10;
  unsigned MaxSteps = 4000; ///< more operations than this: Failure::Endless
  unsigned CpuCount = 2;
  /// Deadlines pass only when the clock gets there, and it moves only when
  /// nobody can run otherwise. Without it they may pass at any time.
  bool VirtualClock = false;
  /// Judge no data races (for mutants of the explorer itself).
  bool IgnoreRaces = false;
};

class Execution final : public Host {
public:
  using Options = ExecutionOptions;
  enum class Result : uint8_t { Finished, Failed, Abandoned };

  explicit Execution(Options O = {});
  ~Execution() override;

  /// One execution from the start.
  Result run(const Program &P, Strategy &S);

  /// Mutates one place in all further runs; none: nullptr.
  void mutate(const Mutation *M) { Mutant = M; }
  /// Every place that operations came from, with what they did there.
  void recordSites(SiteMap *Map) { Sites = Map; }

  const Failure &failure() const { return Wrong; }
  const std::string &outcome() const { return Outcome; }
  const std::vector<Event> &trace() const { return Trace; }
  /// The trace in words, one line per operation.
  std::string history() const;

  /// What a thread is about to do. Location is Event::NoLocation for fences.
  unsigned pendingLocation(unsigned Thread) const {
    return Threads[Thread]->Where;
  }
  const Operation &pending(unsigned Thread) const {
    return *Threads[Thread]->Pending;
  }
  /// Whether it would write if it ran now.
  bool pendingWrites(unsigned Thread) const;
  /// The event that it would be.
  Event pendingEvent(unsigned Thread) const;
  unsigned threadCount() const { return Count; }
  ModelThread &thread(unsigned I) { return Threads[I]->Model; }
  ModelThread &spawn(const char *Name, std::function<void()> Body);
  /// What the machine on top forbids at the moment; bit per thread.
  uint32_t Suspended = 0;

  void perform(const Operation &Op) override;
  void read(const void *Address, size_t Size, Site Where) override;
  bool write(void *Address, size_t Size, Site Where) override;
  void begin(void *Address, size_t Size, Site Where) override;
  void end(void *Address, size_t Size, Site Where) override;
  ModelThread &self() override { return Current->Model; }
  unsigned cpuCount() override { return Opts.CpuCount; }
  Time now() override;
  void *allocate(size_t Size, size_t Alignment) override;
  void deallocate(void *Memory, size_t Size, size_t Alignment) override;
  void misuse(Misuse M, const void *Object, const char *Primitive) override;
  void fail(const char *What) override {
    fail(Failure::Kind::Expectation, What);
  }
  void fail(Failure::Kind K, std::string Text);

private:
  friend class Scenario;
  struct ThreadState {
    ModelThread Model;
    Fiber Stack;
    std::function<void()> Body;
    Execution *Owner = nullptr;
    const Operation *Pending = nullptr; ///< null when finished
    unsigned Where = Event::NoLocation;
    unsigned Steps = 0;
    bool Live = false;
    ThreadClocks Clocks;
  };
  /// Setting up and checking the end happen as thread 0, unscheduled.
  enum class Phase : uint8_t { Idle, Direct, Scheduled, Teardown };

  Options Opts;
  CrashCatcher Catcher;
  std::vector<std::unique_ptr<ThreadState>> Threads; ///< 0 sets up and checks
  unsigned Count = 0;
  ThreadState *Current = nullptr;
  Fiber Main;
  Fiber *Starter = nullptr; ///< who waits for a new thread's first operation
  Phase Now = Phase::Idle;
  Strategy *Picker = nullptr;
  const Mutation *Mutant = nullptr;
  SiteMap *Sites = nullptr;
  Locations Shadow;
  std::vector<int> LastEvent; ///< per location
  std::vector<Event> Trace;
  Failure Wrong;
  Result Ended = Result::Finished;
  std::string Outcome;
  Time Clock = 0;
  unsigned PlainAccesses = 0;
  std::vector<std::function<void()>> AtEnd;
  std::vector<std::function<void()>> Destructors;
  std::vector<std::unique_ptr<char[]>>
      Arena; ///< the same addresses in each run
  size_t ArenaUsed = 0;

  static constexpr size_t ArenaChunk = 64 << 10;

  static void threadMain(void *State);
  void start(ThreadState &T);
  void runDirect(std::function<void()> Body);
  uint32_t enabled() const;
  bool isEnabled(const ThreadState &T) const;
  /// Its next operation is on an object whose life has ended.
  bool isDead(const ThreadState &T) const {
    return T.Where != Event::NoLocation && Shadow[T.Where].Dead;
  }
  void schedule();
  void schedule(const Operation &Op);
  void apply(ThreadState &T);
  void leave(Result R);
  void enter(ThreadState *T);
  static void crashed(void *State);
  void reset();
  void access(const void *Address, size_t Size, bool IsWrite, Site Where);
  void checkLifetime(Location &L, Site Where);
  std::string describe(const Event &E) const;
  bool isMutated(const Operation &Op) const {
    return Mutant && Mutant->at(Op.Where);
  }
};

template <typename T, typename... Args> T *Scenario::make(Args &&...A) {
  T *Object =
      new (E.allocate(sizeof(T), alignof(T))) T(std::forward<Args>(A)...);
  E.Destructors.push_back([Object] { Object->~T(); });
  return Object;
}

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_EXPLORER_EXECUTION_H
