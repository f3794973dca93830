//===- World.h - One execution: the machine, its judge and its unknowns *- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// A World is everything that one execution of a driver needs. Routines reach
/// it through current(); there is one at a time.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_VERIFIER_WORLD_H
#define IRQLINT_RUNTIME_VERIFIER_WORLD_H

#include "Rules/RuleSet.h"
#include "Runtime/Machine/Dispatcher.h"
#include "Runtime/Machine/Locks.h"
#include "Runtime/Verifier/State.h"
#include <set>
#include <unordered_map>

struct RtCallback; // Nt/Api.h

namespace irqlint::rt {

/// What all executions of one program share.
struct Program {
  std::shared_ptr<const RuleSet> Rules;
  std::vector<Site> Sites;
  std::vector<std::unique_ptr<FunctionInfo>> Functions;
  /// Names of functions by their address, and their symbols.
  std::map<uint64_t, std::string> Names, Symbols;
  /// Contracts that only the annotations of the driver's own headers give.
  std::map<std::string, FunctionContract> Annotated;
  /// What annotations say of functions (by name) about locks.
  std::map<std::string, std::vector<LockClaim>> Claims;
  /// Addresses of variables.
  std::map<std::string, uint64_t> Variables;
  /// What the arguments of a function (by symbol) may be.
  std::map<std::string, std::vector<Domain>> Arguments;
  /// What the driver object says of itself, where another function than the
  /// one that runs has created it.
  std::optional<int64_t> DriverLevel, DriverScope;
  Unknowns *Memory = nullptr;
  /// Kinds of dispatcher objects and other things may be used without having
  /// been initialized in this execution: other parts of the driver did it.
  bool OpenWorld = true;
};

/// A call of a routine that has a contract.
struct Frame {
  std::string Name;
  const FunctionContract *Fn = nullptr;
  std::vector<uint64_t> Args;
  uint64_t Ret = 0;
  bool RetKnown = false;
  SiteIndex Where = 0;
  std::vector<bool> EffectApplies; ///< parallel to Fn->Effects
  /// It was told that the level is too high for it.
  bool TooHigh = false;
  /// The lock that an annotation means.
  std::optional<std::pair<uint64_t, std::string>> Claimed;
  /// It was told that it waits for the callback that calls it.
  bool SelfWaits = false;
  /// It gave up something that was not held.
  bool ReleasedNothing = false;
};

/// How a callback is entered.
struct Entering {
  std::string Name;
  const RoleContract *Role = nullptr;
  Level At = PassiveLevel;
  bool Closed = true;
  bool MayKeepLocks = false, MayChangeLevel = false;
  /// It interrupts what runs on this processor; else the caller goes on in it,
  /// with what it owns.
  bool Interrupts = false;
  std::vector<Hold> Held; ///< at entry, by its role
  uint64_t First = 0;
  bool Sure = false, UpTo = false;
  std::pair<uint64_t, unsigned> Turn;
};

/// A callback as somebody calls it.
struct Calling {
  Entering How;
  uint64_t Function = 0;
  std::vector<uint64_t> Args;
  /// Held around it; 0 for none.
  uint64_t Lock = 0;
  const LockKindInfo *Kind = nullptr;
  bool Spins = false;
  std::string LockText;
  /// The driver may give it up and must take it again.
  bool Lends = false;
};

/// What other drivers do with what they are sent; by bit, what they may do.
enum class Answer : uint8_t {
  Succeed = 1,
  Fail = 2,
  SucceedLater = 4,
  FailLater = 8,
  CancelLater = 16,
};

class Framework; // Kmdf/Framework.h

class World {
public:
  /// \p Schedule: decides who goes on, and that accesses must be ordered; null:
  /// \p O does, and one callback runs at a time.
  World(const Program &P, Oracle &O, const MachineOptions &M,
        Oracle *Schedule = nullptr);
  /// What has a body here works on more than its arguments say, but for these.
  static bool isOfOneObject(const std::string &Routine);
  ~World();
  static World &current() { return *Current; }

  const Program &program() const { return P; }
  Machine &machine() { return M; }
  Locks &locks() { return L; }
  Dispatcher &dispatcher() { return D; }
  Framework &framework() { return *K; }
  Unknowns &memory() { return *P.Memory; }
  Oracle &choices() { return O; }

  // What the driver's code tells.
  SiteIndex Here = 0; ///< written by the code before each call and return
  void enterFunction(const FunctionInfo *F);
  void leaveFunction();
  /// Counts what could go on for ever.
  void tick() {
    if (++Ticks > 200000)
      M.stop(End::Budget);
  }

  // Callbacks.
  Activation &activation() { return *M.thread().Inside.back(); }
  bool inDriver() { return !M.thread().Inside.empty(); }
  void enter(const Entering &E);
  /// Judges what is held and the level.
  void leave();
  /// Enters, calls, leaves; the result.
  uint64_t call(const RtCallback &C);
  uint64_t call(Calling C);
  /// The role and the name of a function of the driver.
  void nameCallback(Entering &E, uint64_t Function, const RoleContract *Role);

  // Routines.
  Frame *begin(const char *Name, const uint64_t *Args, unsigned N);
  /// All that the contract says happens: for routines without a body.
  void perform(Frame &F);
  /// For routines with a body: what comes before it, what follows from \p Ret.
  void before(Frame &F);
  void after(Frame &F, uint64_t Ret);
  void end(Frame *F);
  /// The result of a routine of which only the declaration is known. Pointers
  /// are the same for the same arguments.
  uint64_t chooseResult(const char *Name, const uint64_t *Args, unsigned N,
                        SiteIndex Where, bool Pointer);

  void *allocate(uint64_t Size, bool Zeroed);
  /// \p By, \p Where: who does that, if it is not the code that runs.
  void free(void *Block, std::string By = "", SiteIndex Where = 0);
  /// Several callbacks run at a time.
  bool isScenario() { return M.order() != nullptr; }
  /// The driver reads or writes there; Order.cpp.
  void access(uint64_t Address, uint64_t Size, Races::Access How,
              SiteIndex Where);
  /// Runs what interrupts this thread, as a flow of its own that knows only
  /// what whoever asked for it knew.
  void interrupt(const Races::Clock &Known, const std::function<void()> &Body);
  /// What somebody who asks for something now knows.
  Races::Clock known() {
    return isScenario() ? M.order()->publish(M.thread().Flow) : Races::Clock();
  }
  /// What deferred procedures and interrupts knew at their ends.
  static constexpr uint64_t EndOfCallbacks = 1;
  /// One of those that are possible in this execution.
  Answer answer();
  unsigned Answers = 1 | 4;
  /// Kept by routines for the execution.
  std::map<unsigned, void *> Slots;
  /// What is signalled when a thread ends; timers that are set.
  std::map<Thread *, void *> Ends;
  std::map<uint64_t, uint64_t> Armed;
  /// Threads of the scenario.
  std::vector<Thread *> Spawned;
  void join();
  /// A request that somebody in the scenario has sent and waits for.
  struct Pending {
    std::function<bool()> Over;
    std::function<void()> GiveUp;
    SiteIndex Where = 0;
    std::string Callback;
  };
  /// The callback that ended last has not completed it.
  void expect(Pending P);
  /// Nobody can go on: clients give up, as when their process ends. False if
  /// there is nothing left to do.
  bool giveUp();
  /// The calling thread of the scenario is about to end.
  void ended();
  SiteIndex LastAccess = 0;
  /// What happened, in the order in which it did.
  const std::vector<HistoryEvent> &timeline() const { return Timeline; }
  /// The driver reads or writes there.
  void touch(uint64_t Address, bool Write, SiteIndex Where);
  /// The function that runs has looked at something unknown.
  void hasTested() {
    if (inDriver() && !activation().HasTested.empty())
      activation().HasTested.back() = true;
  }
  /// At a wait that may end early: where it stands, and whether it was come to
  /// by a test.
  std::map<SiteIndex, std::pair<std::string, bool>> MayEndEarly;
  /// Such waits that were reached a second time.
  std::set<SiteIndex> LookedAgain;

  /// Ends the execution, unless it was told before and does not keep the
  /// driver from going on.
  /// \p GoesOn: this one does not, whatever the check.
  void report(const std::string &Check, std::string Message, SiteIndex Where,
              bool GoesOn = false);
  /// An earlier execution has told this.
  std::function<bool(const Violation &)> Told;
  /// The routine or what it is asked for is beyond this runtime.
  [[noreturn]] void unsupported(std::string What);
  void deadlock();

  /// Levels at which a check spoke although the caller may bring another.
  std::map<std::pair<std::string, SiteIndex>, std::set<Level>> SpokeUpTo;
  /// Calls of callbacks that end the execution again and again: left out.
  const std::set<std::pair<uint64_t, unsigned>> *LeftOut = nullptr;
  /// The callback whose turn it is; {0, 0} if it is none of the framework's.
  std::pair<uint64_t, unsigned> turn();
  /// How the framework called callbacks.
  std::vector<std::string> Story;
  std::optional<Violation> Found;
  std::string Lacking;           ///< with End::Unsupported
  std::set<std::string> Assumed; ///< routines whose result was chosen

  /// The identity of a system-wide lock.
  uint64_t globalLock(const std::string &Name);

  std::optional<uint64_t> valueOf(const Frame &F, const ValueRef &V);
  /// \p Any: what the machine has made up counts as a value.
  bool holds(const Frame &F, const Conditions &Cs, bool Any = true);
  /// The expression of argument \p I at the call.
  std::string textOf(const Frame &F, unsigned I) const;
  /// \p Check found nothing to say there at this level.
  void pass(const char *Check, SiteIndex Where) {
    Passed.insert({Check, Where});
  }
  std::set<std::pair<std::string, SiteIndex>> Passed;
  void note(SiteIndex Where, std::string Text);
  Hold *findHold(uint64_t Object);
  /// Of a count of users each tag is held by itself.
  Hold *findTag(uint64_t Object, uint64_t Handle);
  std::vector<std::string> heldNames();

private:
  // Judging: Judge.cpp.
  void judgeWindow(Frame &F);
  /// False: it is a lock that the framework has lent; it is left at that.
  bool judgeAcquire(Frame &F, const Effect &E, uint64_t Object,
                    const LockKindInfo *K, bool Shared);
  void judgeReleases(Frame &F, size_t From);
  void judgeUnheld(Frame &F, const Effect &E);
  void judgeRelease(Frame &F, const Effect &E, const Hold &H);
  void judgeRestore(Frame &F, const Effect &E, const Hold &H, Level To,
                    bool Given);
  void judgeExit(const Activation &A);
  // Duties.cpp.
  void judgeDuties(Frame &F);
  void judgeApcs(Frame &F);
  bool normalApcsOff();
  bool allApcsOff();
  void judgeLeave(Frame &F, bool Guarded);
  void judgeReference(Frame &F, const Effect &E);
  void judgeDemand(Frame &F, const Effect &E);
  // Lifetimes.cpp.
  void judgeObject(Frame &F, const Effect &E);
  void judgeHandle(Frame &F, const Effect &E, uint64_t Object,
                   const std::string &Text, bool Shared);
  void judgeMemory(Frame &F, const Effect &E);
  void applyClaims(Frame &F);
  bool levelDies(const Frame &F, const Effect &E) const;
  bool isUnborn(uint64_t Address);
  bool isOnStack(uint64_t Address) const;
  bool isGlobal(uint64_t Address) const;
  bool isPaged(uint64_t Address) const;
  /// \p Routine: of the system, whose effects on locks and regions are known
  /// (there are none).
  void noteUnknownCall(Frame &F, bool Routine);
  void handOver();
  void forget(uint64_t Address, uint64_t Size);
  /// Whether APCs (0: normal ones, 1: all) were off before the function was
  /// entered: one answer for all questions.
  bool askCaller(unsigned Which);
  void reportAt(const std::string &Check, std::string Message, Frame &F);

  // Effects: Effects.cpp.
  void apply(Frame &F, const Effect &E, bool HasBody);
  void acquire(Frame &F, const Effect &E, bool HasBody);
  void acquireEach(Frame &F, const Effect &E, bool HasBody);
  void release(Frame &F, const Effect &E);
  Hold *released(const Frame &F, const Effect &E);

public:
  uint64_t addressOf(const LockClaim &C, const std::vector<uint64_t> &Args);

private:
  void store(Frame &F, const ValueRef &V, uint64_t Value);
  void succeed(Frame &F, const Effect &E, bool Success);
  /// The lock that an effect means, and its kind: those of a framework are
  /// what the object's configuration makes them.
  struct Named {
    uint64_t Object = 0;
    std::string Text;
    const LockKindInfo *Kind = nullptr;
    /// It is known whether it spins.
    std::optional<bool> Spins;
    /// There is no such lock: why, and the check that tells it.
    std::string Lacks, LacksCheck;
  };
  Named resolve(const Frame &F, const Effect &E);
  std::pair<uint64_t, std::string> lockOf(const Frame &F, const Effect &E) {
    Named N = resolve(F, E);
    return {N.Object, N.Text};
  }
  const LockKindInfo *kindOf(const Frame &F, const Effect &E) {
    return E.Configured ? resolve(F, E).Kind : P.Rules->lockKind(E.LockKind);
  }
  void judgeAwaits(Frame &F);
  void judgeAwait(Frame &F, const Effect &E);
  Level levelOf(const Frame &F, const LevelRef &R);
  void setLevel(Level To, const Frame &F,
                std::optional<Level> Before = std::nullopt);

  const Program &P;
  Oracle &O;
  Machine M;
  Locks L;
  Dispatcher D;
  std::unique_ptr<Framework> K;
  std::vector<std::unique_ptr<Activation>> Activations;
  std::unordered_map<std::string, uint64_t> Globals;
  std::map<std::pair<std::string, std::vector<uint64_t>>, uint64_t> Results;
  struct Block {
    uint64_t Size = 0;
    bool Paged = false, Zeroed = false;
  };
  const Block *blockOf(uint64_t Address) const;
  void deadlockTogether();
  void endOfMemory(uint64_t Address, uint64_t Size, std::string By,
                   SiteIndex Where);
  struct Inside {
    bool OfScenario; ///< somebody whom the scenario waits for
    bool ForLock;    ///< it waits for a lock
  };
  std::optional<Inside> insideOf(Thread &T) const;
  /// Whom the scenario waits for is inside of the driver.
  bool isStuck() const;
  std::vector<Pending> Expected;
  bool GaveUp = false;
  /// A thread has looked into the stack of another one.
  bool SharedStacks = false;
  SiteIndex LeftAt = 0;
  std::string LeftName;
  std::string flowName(Races::Flow F) const;
  std::vector<HistoryEvent> Timeline;
  std::map<Races::Flow, std::string> FlowNames;
  struct Freed {
    uint64_t Size;
    std::string By;
    SiteIndex Where;
  };
  std::map<uint64_t, Freed> FreedBlocks;
  std::set<std::tuple<SiteIndex, SiteIndex>> Conflicts;
  std::map<uint64_t, Block> Blocks;
  unsigned PagedBlocks = 0;
  /// Memory that routines of which nothing is known have seen; objects that
  /// were initialized.
  std::set<uint64_t> Escaped, Born;
  std::map<uint64_t, unsigned> Turns;
  unsigned Ticks = 0;
  char *Memory = nullptr; ///< of scenarios: where the next block begins
  static World *Current;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_VERIFIER_WORLD_H
