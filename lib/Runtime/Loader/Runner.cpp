//===- Runner.cpp - Runs functions of a driver many times -----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Loader/Runner.h"
#include "Runtime/Kmdf/Framework.h"
#include "Runtime/Loader/Exits.h"
#include "Runtime/Nt/Api.h"
#include <csetjmp>
#include <csignal>
#include <cstdlib>

using namespace irqlint;
using namespace irqlint::rt;

//===----------------------------------------------------------------------===//
// Crashes of the driver's code
//===----------------------------------------------------------------------===//

namespace {

sigjmp_buf Rescue;
volatile sig_atomic_t Armed = 0;

void onCrash(int Signal) {
  if (Armed) {
    Armed = 0;
    siglongjmp(Rescue, 1);
  }
  signal(Signal, SIG_DFL);
  raise(Signal);
}

/// Ends the execution instead of the program.
void catchCrashes() {
  static bool Done = false;
  if (Done)
    return;
  Done = true;
  stack_t Stack{};
  Stack.ss_size = 64 * 1024;
  Stack.ss_sp = std::malloc(Stack.ss_size);
  sigaltstack(&Stack, nullptr);
  struct sigaction Action{};
  Action.sa_handler = onCrash;
  Action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (int S : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP})
    sigaction(S, &Action, nullptr);
}

} // namespace

End rt::runGuarded(Machine &M) {
  catchCrashes();
  if (sigsetjmp(Rescue, 1))
    return End::Fault;
  Armed = 1;
  End E = M.run();
  Armed = 0;
  return E;
}

namespace {

//===----------------------------------------------------------------------===//
// One function
//===----------------------------------------------------------------------===//

using Key =
    std::tuple<std::string, std::string, unsigned, unsigned, std::string>;

class RootRunner {
public:
  RootRunner(const Program &P, LoadedCode &Code, const Root &R,
             const RunOptions &Opts)
      : P(P), Code(Code), R(R), Opts(Opts), Function(Code.address(R.Symbol)) {}

  RootResult run();

private:
  void explore(Level At);
  End once(Oracle &O, Level At);
  void start(World &W, Level At);
  void compareExits();
  bool isCertain(const Key &K, const Violation &V) const;
  /// It does not depend on the level at which the function was entered.
  bool isSettled(const Violation &V) const {
    return V.Sure || !V.LevelFromEntry || R.Range.isExact();
  }
  /// In one of the callbacks that follow: by its name.
  Key keyOf(const std::string &Check, SiteIndex Where,
            const std::string &Callback = "") const {
    const Site &S = P.Sites[Where];
    return {Check, S.File, S.Line, S.Col, Callback};
  }
  Key keyOf(const Violation &V) const {
    return keyOf(V.Check, V.Where, V.Sure ? V.Callback : "");
  }
  std::vector<Hold> heldAtEntry(World &W, const std::vector<uint64_t> &Args,
                                Level At);

  const Program &P;
  LoadedCode &Code;
  const Root &R;
  const RunOptions &Opts;
  uint64_t Function;
  RootResult Result;
  unsigned Faults = 0, Lacking = 0;
  std::string What;
  std::map<Key, Violation> Found;
  /// Levels at which a check spoke at a place, and at which it did not.
  std::map<Key, std::set<Level>> Spoke, Silent;
  Level Lowest = HighLevel;
  std::vector<Exit> Exits;
  /// Waits that may end early, and those that were reached again.
  std::map<SiteIndex, std::pair<std::string, bool>> MayEndEarly;
  std::set<SiteIndex> LookedAgain;
  bool Repeat = false;
  /// How often a call of a callback was the end, and those that are left out.
  std::map<std::pair<uint64_t, unsigned>, unsigned> EndedIn;
  std::set<std::pair<uint64_t, unsigned>> LeftOut;
};

} // namespace

std::vector<Hold>
RootRunner::heldAtEntry(World &W, const std::vector<uint64_t> &Args, Level At) {
  std::vector<Hold> Out;
  auto Take = [&](Hold H) {
    if (!H.Kind || !H.Object)
      return;
    H.FromEntry = true;
    LockTraits T;
    T.Spins = H.Kind->Spins;
    W.locks().acquire(H.Object, T, H.Shared);
    Out.push_back(std::move(H));
  };
  for (const LockClaim &C : R.Claims) {
    if (C.R == LockClaim::Acquires)
      continue;
    Hold H;
    H.Object = W.addressOf(C, Args);
    H.Kind = C.Kind;
    H.Shared = C.Shared;
    H.Text = C.Text;
    H.Routine = "the caller";
    Take(std::move(H));
  }
  if (!R.Role)
    return Out;
  for (const std::string &Name : R.Role->LocksOnEntry) {
    Hold H;
    if (const LockKindInfo *K = P.Rules->lockKindOfGlobal(Name)) {
      H.Kind = K;
      H.Object = W.globalLock(Name);
      H.Text = Name;
    } else {
      H.Kind = P.Rules->lockKind(Name);
      // An interrupt that is handled at PASSIVE_LEVEL has another lock.
      if (At == PassiveLevel &&
          H.Kind == P.Rules->lockKindOfGlobal("framework-interrupt-lock"))
        H.Kind = P.Rules->lockKindOfGlobal("framework-interrupt-wait-lock");
      H.Object = Args.empty() ? 0 : Args[0];
      H.Text = "held at entry";
    }
    H.Routine = "the system";
    Take(std::move(H));
  }
  return Out;
}

/// On the thread that runs the function.
void RootRunner::start(World &W, Level At) {
  std::vector<uint64_t> Args;
  auto Domains = P.Arguments.find(R.Symbol);
  if (Domains != P.Arguments.end())
    for (const Domain &D : Domains->second)
      Args.push_back(W.memory().value(D));
  Args.resize(12);
  Entering E;
  E.Name = R.Name;
  E.Role = R.Role;
  E.At = At;
  E.Closed = R.IsEntryPoint;
  E.MayKeepLocks = R.MayKeepLocks;
  E.MayChangeLevel = R.MayChangeLevel;
  E.Held = heldAtEntry(W, Args, At);
  E.First = Args[0];
  W.enter(E);
  using Fn = uint64_t(IRQLINT_RT *)(uint64_t, uint64_t, uint64_t, uint64_t,
                                    uint64_t, uint64_t, uint64_t, uint64_t,
                                    uint64_t, uint64_t, uint64_t, uint64_t);
  uint64_t Returned = reinterpret_cast<Fn>(Function)(
      Args[0], Args[1], Args[2], Args[3], Args[4], Args[5], Args[6], Args[7],
      Args[8], Args[9], Args[10], Args[11]);
  Exits.push_back(exitOf(R, W, Returned, Args));
  W.leave();
  // The rest of the system goes on below.
  W.machine().setLevel(PassiveLevel);
  // What it has created lives.
  if (At == PassiveLevel)
    W.framework().live(R.Result != Root::Status ||
                       static_cast<int32_t>(Returned) >= 0);
}

End RootRunner::once(Oracle &O, Level At) {
  P.Memory->begin(O);
  Code.resetVariables();
  irqlint_rt_site = 0;
  World W(P, O, MachineOptions());
  // At a level that the function may not be meant for nothing is to be learned
  // from what comes after.
  W.Told = [&](const Violation &V) {
    return Found.count(keyOf(V)) && isSettled(V);
  };
  W.LeftOut = &LeftOut;
  Machine &M = W.machine();
  M.Main = &M.createThread("thread", [&] { start(W, At); });
  End E = runGuarded(M);
  ++Result.Executions;
  Result.Completed += E == End::Done;
  Faults += E == End::Fault;
  if (E == End::Unsupported) {
    ++Lacking;
    What = W.Lacking;
  }
  if (W.Story.size() > Result.Story.size())
    Result.Story = W.Story;
  if (const WdfThing *Driver = W.framework().driver()) {
    Result.DriverLevel = Driver->Level;
    Result.DriverScope = Driver->Scope;
  }
  Result.Assumed.insert(W.Assumed.begin(), W.Assumed.end());
  for (const auto &[Where, How] : W.MayEndEarly) {
    auto [It, New] = MayEndEarly.try_emplace(Where, How);
    It->second.second |= How.second;
  }
  LookedAgain.insert(W.LookedAgain.begin(), W.LookedAgain.end());
  // What comes after a callback that is always the end is of interest, too.
  if (E != End::Done)
    if (auto Turn = W.turn(); Turn.first && ++EndedIn[Turn] == 3) {
      LeftOut.insert(Turn);
      Repeat = true;
    }
  for (const auto &[Check, Where] : W.Passed)
    Silent[keyOf(Check, Where)].insert(At);
  if ((E == End::Reported || E == End::Deadlock) && W.Found &&
      P.Rules->checkInfo(W.Found->Check)) {
    Violation &V = *W.Found;
    Key K = keyOf(V);
    Spoke[K].insert(At);
    auto [It, New] = Found.try_emplace(K, V);
    // The shortest story; and one in which the entry level plays no part.
    if (!New &&
        std::pair(V.LevelFromEntry, V.History.size()) <
            std::pair(It->second.LevelFromEntry, It->second.History.size()))
      It->second = V;
    // What comes after it is told by the same execution once more.
    if (New && isSettled(V))
      Repeat = true;
  }
  return E;
}

void RootRunner::explore(Level At) {
  Oracle Enumerate;
  unsigned N = 0;
  bool More = true;
  while (More && N++ < Opts.Executions) {
    Repeat = false;
    once(Enumerate, At);
    if (Repeat)
      Enumerate.repeat();
    else
      More = Enumerate.next();
  }
  if (!More)
    return;
  Result.Exhausted = false;
  Oracle Draw;
  for (unsigned I = 0; I < Opts.Executions / 4; ++I) {
    Draw.random(Opts.Seed * 1000003 + I);
    once(Draw, At);
  }
}

/// Wrong however the function is entered: not because of the level at entry
/// alone, or at every level at which the place is reached.
bool RootRunner::isCertain(const Key &K, const Violation &V) const {
  if (V.Sure)
    return true;
  static const std::set<std::string> OfLevels = {
      "irql-too-high",          "irql-too-low",          "wait-at-dispatch",
      "paged-code-at-dispatch", "irql-lowered-by-raise", "irql-raised-by-lower",
      "call-needs-apcs",        "paged-pool-at-dispatch"};
  // Of the level at entry nothing is known: it must be wrong at the lowest.
  static const std::set<std::string> OfEntry = {
      "irql-lowered-by-raise", "irql-raised-by-lower", "release-wrong-form",
      "irql-not-restored"};
  if (OfEntry.count(V.Check) && !R.Range.isExact())
    if (auto S = Spoke.find(K); S != Spoke.end() && !S->second.count(Lowest))
      return false;
  if (V.LevelMaybe && OfLevels.count(V.Check) && Silent.count(K))
    return false;
  if (!V.LevelFromEntry || !OfLevels.count(V.Check) || R.Range.isExact())
    return true;
  auto Good = Silent.find(K);
  if (Good == Silent.end())
    return true;
  const std::set<Level> &Bad = Spoke.at(K);
  for (Level L : Good->second)
    if (!Bad.count(L))
      return false;
  return true;
}

void RootRunner::compareExits() {
  for (Violation &V : oddExits(R, Exits))
    Found.try_emplace(keyOf(V), std::move(V));
  for (auto &[Where, How] : MayEndEarly) {
    if (LookedAgain.count(Where) || !How.second)
      continue;
    Violation V;
    V.Check = "condition-wait-without-loop";
    V.Message = "'" + How.first +
                "' may return before what it waits for has happened, and "
                "nothing looks again";
    V.Where = Where;
    V.Function = P.Sites[Where].Function;
    Found.try_emplace(keyOf(V), std::move(V));
  }
}

RootResult RootRunner::run() {
  if (!Function || !R.Obstacle.empty()) {
    Result.Obstacle = !Function ? "no code" : R.Obstacle;
    Result.Exhausted = false;
    return std::move(Result);
  }
  constexpr std::pair<Irql, Level> Levels[] = {{Irql::Passive, PassiveLevel},
                                               {Irql::Apc, ApcLevel},
                                               {Irql::Dispatch, DispatchLevel},
                                               {Irql::Dirql, DeviceLevel},
                                               {Irql::High, HighLevel}};
  for (auto [Step, Number] : Levels)
    if (R.Range.contains(Step)) {
      Lowest = std::min(Lowest, Number);
      explore(Number);
    }
  compareExits();
  for (auto &[K, V] : Found)
    if (isCertain(K, V))
      Result.Found.push_back(V);
  if (Lacking)
    Result.Obstacle = "needs " + What;
  else if (!Result.Completed && Result.Found.empty() && Faults)
    Result.Obstacle = "crashes";
  else if (!Result.Completed && Result.Found.empty())
    Result.Obstacle = "no execution ends";
  return std::move(Result);
}

RootResult rt::runRoot(const Program &P, LoadedCode &Code, const Root &R,
                       const RunOptions &Opts) {
  return RootRunner(P, Code, R, Opts).run();
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

static SourcePos posOf(const Site &S) {
  SourcePos P;
  P.File = S.File;
  P.Line = S.Line;
  P.Col = S.Col;
  return P;
}

Finding rt::toFinding(const Program &P, const Violation &V, const Root &R) {
  Finding F;
  F.Check = V.Check;
  F.Message = V.Message;
  F.Pos = V.Where ? posOf(P.Sites[V.Where]) : R.Pos;
  F.Function = V.Function.empty() ? R.Name : V.Function;
  F.Entry = V.Callback.empty() ? R.Name : V.Callback;
  for (const HistoryEvent &E : V.History) {
    PathStep S;
    S.Pos = posOf(P.Sites[E.Where]);
    S.Message = E.Text;
    S.Function = P.Sites[E.Where].Function;
    S.Depth = E.Depth;
    S.Level = levelName(E.After);
    S.Held = E.Held;
    F.Path.push_back(std::move(S));
  }
  return F;
}
