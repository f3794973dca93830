//===- Explorer.cpp - All interleavings of a small program ----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Explorer/Explorer.h"
#include <cassert>

using namespace irqlint::runtime;

namespace {

constexpr uint32_t bit(unsigned Thread) { return 1u << Thread; }
unsigned lowest(uint32_t Mask) { return unsigned(__builtin_ctz(Mask)); }

/// Depth first over the choices at each step.
class Search final : public Strategy {
  struct Frame {
    uint32_t Enabled = 0;
    uint32_t Backtrack = 0; ///< to be tried here
    uint32_t Done = 0;      ///< tried before Chosen
    uint32_t Sleep = 0;     ///< whatever they begin has been seen elsewhere
    uint8_t Chosen = 0;
    uint8_t Preemptions = 0; ///< up to and including this step
  };
  struct ThreadPast {
    Clock Now; ///< what its last event depends on, itself included
  };
  struct LocationPast {
    Clock Write; ///< of the last write
    Clock Reads; ///< of all reads after it
  };

  const SearchOptions &Opts;
  std::vector<Frame> Frames;
  std::vector<Clock> Deps; ///< of each scheduled event
  std::vector<int> Events; ///< where it is in the trace
  std::vector<ThreadPast> ThreadsPast;
  std::vector<LocationPast> LocationsPast;
  unsigned Depth = 0;
  unsigned FreshFrom = 0; ///< frames before this one only repeat
  uint32_t NextSleep = 0;
  const Operation *Running = nullptr;

  bool independent(const Execution &E, unsigned A, unsigned B) const;
  uint32_t candidates(const Execution &E, const Frame &F, unsigned Last) const;
  /// An operation and all that it depends on.
  struct Step {
    const Event &Ev;
    const Operation &Op;
    Clock Before; ///< what the operations of its thread before it depend on
    Clock After;  ///< and itself
  };
  Step stepOf(const Event &Ev, const Operation &Op);
  void findRaces(const Execution &E, const Step &S);
  void reverse(const Execution &E, unsigned At, const Step &S);
  uint32_t initials(const Execution &E, unsigned At, const Step &S) const;
  bool fault(ExplorerFault F) const { return Opts.Fault == F; }

public:
  explicit Search(const SearchOptions &O) : Opts(O) {}
  void restart() {
    Depth = 0;
    NextSleep = 0;
    Deps.clear();
    Events.clear();
    ThreadsPast.assign(MaxThreads, ThreadPast());
    LocationsPast.clear();
  }
  int pick(Execution &E, uint32_t Enabled) override;
  void executed(Execution &E, const Event &Ev) override;
  void blocked(Execution &E, uint32_t Threads) override;
  /// Sets up the next order; false when there is none.
  bool advance();
};

/// Whether the next operations of two threads commute in the present state.
bool Search::independent(const Execution &E, unsigned A, unsigned B) const {
  unsigned Location = E.pendingLocation(A);
  if (Location == Event::NoLocation || Location != E.pendingLocation(B))
    return true;
  if (fault(ExplorerFault::FailedNeverWrites) &&
      E.pending(A).K == Operation::Kind::Update &&
      E.pending(B).K == Operation::Kind::Update)
    return true;
  bool AWrites = E.pendingWrites(A), BWrites = E.pendingWrites(B);
  if (fault(ExplorerFault::ReadsCommute))
    return !AWrites || !BWrites;
  return !AWrites && !BWrites;
}

/// The threads to begin with in a new frame.
uint32_t Search::candidates(const Execution &E, const Frame &F,
                            unsigned Last) const {
  uint32_t Awake = F.Enabled & ~F.Sleep;
  if (Opts.Kind == SearchKind::Bounded && (F.Enabled & bit(Last)) &&
      F.Preemptions >= Opts.Preemptions)
    return bit(Last);
  return Awake;
}

int Search::pick(Execution &E, uint32_t Enabled) {
  if (Depth == Frames.size()) {
    Frame F;
    F.Enabled = Enabled;
    F.Sleep = NextSleep;
    unsigned Last = Depth ? Frames[Depth - 1].Chosen : 0;
    F.Preemptions = Depth ? Frames[Depth - 1].Preemptions : 0;
    uint32_t Possible = candidates(E, F, Last);
    if (!Possible)
      return Abandon;
    // Staying with one thread gives traces that people can read.
    F.Chosen = uint8_t(Possible & bit(Last) ? Last : lowest(Possible));
    F.Backtrack = Opts.Kind == SearchKind::Reduced ? bit(F.Chosen) : Possible;
    Frames.push_back(F);
  }
  Frame &F = Frames[Depth];
  unsigned Last = Depth ? Frames[Depth - 1].Chosen : 0;
  F.Preemptions = Depth ? Frames[Depth - 1].Preemptions : 0;
  if (Depth && F.Chosen != Last && (F.Enabled & bit(Last)))
    ++F.Preemptions;
  if (Opts.Kind == SearchKind::Reduced && Depth >= FreshFrom) {
    NextSleep = 0;
    for (uint32_t Rest = (F.Sleep | F.Done) & ~bit(F.Chosen); Rest;
         Rest &= Rest - 1) {
      unsigned Q = lowest(Rest);
      if (fault(ExplorerFault::SleepForever) || independent(E, Q, F.Chosen))
        NextSleep |= bit(Q);
    }
  }
  Running = &E.pending(F.Chosen);
  return F.Chosen;
}

Search::Step Search::stepOf(const Event &Ev, const Operation &Op) {
  Step S{Ev, Op, ThreadsPast[Ev.Thread].Now, ThreadsPast[Ev.Thread].Now};
  if (Ev.Location != Event::NoLocation) {
    if (LocationsPast.size() <= Ev.Location)
      LocationsPast.resize(Ev.Location + 1);
    S.After.join(LocationsPast[Ev.Location].Write);
    if (Ev.Wrote)
      S.After.join(LocationsPast[Ev.Location].Reads);
  }
  S.After.At[Ev.Thread] = Ev.Index;
  return S;
}

void Search::executed(Execution &E, const Event &Ev) {
  if (Opts.Kind == SearchKind::Reduced) {
    Step S = stepOf(Ev, *Running);
    if (Ev.Location != Event::NoLocation) {
      if (Depth >= FreshFrom)
        findRaces(E, S);
      LocationPast &L = LocationsPast[Ev.Location];
      if (Ev.Wrote) {
        L.Write = S.After;
        L.Reads.clear();
      } else {
        L.Reads.join(S.After);
      }
    }
    ThreadsPast[Ev.Thread].Now = S.After;
    Deps.push_back(S.After);
    Events.push_back(int(E.trace().size()) - 1);
  }
  ++Depth;
}

/// Nobody can run: each of these waits could have ended earlier.
void Search::blocked(Execution &E, uint32_t Threads) {
  if (Opts.Kind != SearchKind::Reduced)
    return;
  for (; Threads; Threads &= Threads - 1) {
    Event Ev = E.pendingEvent(lowest(Threads));
    if (Ev.Location != Event::NoLocation)
      findRaces(E, stepOf(Ev, E.pending(Ev.Thread)));
  }
}

void Search::findRaces(const Execution &E, const Step &S) {
  const std::vector<Event> &Trace = E.trace();
  bool Waits = bool(S.Op.Ready) && S.Op.Deadline == Never;
  if (Waits && fault(ExplorerFault::NoAwaitRaces))
    return;
  Clock Covered = S.Before;
  int First = Event::None;
  // Before the scheduled events come those of the setup.
  int Offset = Events.empty() ? int(Trace.size()) : Events.front();
  for (int I = S.Ev.Previous; I >= Offset; I = Trace[I].Previous) {
    const Event &Other = Trace[I];
    if (!S.Ev.Wrote && !Other.Wrote)
      continue;
    if (fault(ExplorerFault::ReadsCommute) && (!S.Ev.Wrote || !Other.Wrote))
      continue;
    if (Other.Index <= Covered.At[Other.Thread])
      continue;
    if (Waits && !fault(ExplorerFault::AwaitsAsLoads)) {
      // Reversed, all that came after Other at this location is gone, too.
      if (!S.Op.Ready(Other.Before))
        continue;
    } else {
      Covered.join(Deps[I - Offset]);
    }
    First = I - Offset;
    if (!fault(ExplorerFault::EarliestRaceOnly))
      reverse(E, unsigned(I - Offset), S);
  }
  if (First != Event::None && fault(ExplorerFault::EarliestRaceOnly))
    reverse(E, unsigned(First), S);
}

/// The threads that can begin what followed event At without depending on it,
/// ended by S.
uint32_t Search::initials(const Execution &E, unsigned At,
                          const Step &S) const {
  const Event &First = E.trace()[Events[At]];
  uint32_t FirstIndex[MaxThreads];
  uint32_t Present = 0, Result = 0;
  auto Consider = [&](const Event &Next, const Clock &Past) {
    if (Present & bit(Next.Thread))
      return;
    bool Initial = true;
    for (uint32_t Rest = Present; Rest; Rest &= Rest - 1) {
      unsigned T = lowest(Rest);
      Initial &= Past.At[T] < FirstIndex[T];
    }
    Present |= bit(Next.Thread);
    FirstIndex[Next.Thread] = Next.Index;
    if (Initial)
      Result |= bit(Next.Thread);
  };
  for (unsigned I = At + 1; I < Deps.size(); ++I)
    if (Deps[I].At[First.Thread] < First.Index)
      Consider(E.trace()[Events[I]], Deps[I]);
  Consider(S.Ev, S.After);
  return Result;
}

void Search::reverse(const Execution &E, unsigned At, const Step &S) {
  Frame &F = Frames[At];
  if (fault(ExplorerFault::AddsTheSame)) {
    F.Backtrack |= bit(F.Chosen);
    return;
  }
  uint32_t Begin = initials(E, At, S);
  if (Begin & (F.Backtrack | F.Sleep))
    return;
  assert((Opts.Fault != ExplorerFault::None || (Begin & F.Enabled) == Begin) &&
         "an initial is enabled");
  Begin &= F.Enabled;
  if (Begin)
    F.Backtrack |= Begin & bit(S.Ev.Thread) ? bit(S.Ev.Thread) : Begin & -Begin;
}

bool Search::advance() {
  // Frames beyond the last execution cannot be: each run goes as deep as they
  // are.
  while (!Frames.empty()) {
    Frame &F = Frames.back();
    F.Done |= bit(F.Chosen);
    uint32_t Rest = F.Backtrack & ~F.Done & ~F.Sleep;
    if (Rest) {
      F.Chosen = uint8_t(lowest(Rest));
      FreshFrom = unsigned(Frames.size()) - 1;
      return true;
    }
    Frames.pop_back();
  }
  return false;
}

/// xorshift64*: reproducible everywhere.
class RandomWalk final : public Strategy {
  uint64_t State;

public:
  explicit RandomWalk(uint64_t Seed)
      : State(Seed * 0x9e3779b97f4a7c15ull | 1) {}
  int pick(Execution &, uint32_t Enabled) override {
    State ^= State >> 12;
    State ^= State << 25;
    State ^= State >> 27;
    uint64_t Draw = State * 0x2545f4914f6cdd1dull >> 32;
    unsigned N = unsigned(Draw % unsigned(__builtin_popcount(Enabled)));
    for (; N; --N)
      Enabled &= Enabled - 1;
    return int(lowest(Enabled));
  }
};

} // namespace

SearchResult irqlint::runtime::explore(const Program &P,
                                       const SearchOptions &O) {
  SearchResult R;
  Execution E(O.Run);
  E.mutate(O.Mutant);
  E.recordSites(O.Sites);
  Search Systematic(O);
  RandomWalk Walk(O.Seed);
  bool Random = O.Kind == SearchKind::Random;
  do {
    if (R.Executions + R.Abandoned >= O.MaxExecutions)
      return R;
    Systematic.restart();
    Execution::Result Ended =
        E.run(P, Random ? static_cast<Strategy &>(Walk)
                        : static_cast<Strategy &>(Systematic));
    ++(Ended == Execution::Result::Abandoned ? R.Abandoned : R.Executions);
    R.MaxSteps = std::max(R.MaxSteps, unsigned(E.trace().size()));
    if (Ended == Execution::Result::Failed) {
      if (!R.Found) {
        R.Found = E.failure();
        R.History = E.history();
      }
      if (O.StopAtFailure)
        return R;
      R.Outcomes.insert(failureName(E.failure().K));
    }
    if (Ended == Execution::Result::Finished) {
      if (!E.outcome().empty())
        R.Outcomes.insert(E.outcome());
      if (O.Observe)
        O.Observe(E);
    }
  } while (Random || Systematic.advance());
  R.Complete = true;
  return R;
}

std::string SearchResult::text() const {
  std::string Text = std::to_string(Executions) + " executions, " +
                     std::to_string(Abandoned) + " abandoned, at most " +
                     std::to_string(MaxSteps) + " operations";
  if (Found)
    return Text + "; " + failureName(Found.K) + ": " + Found.Text + "\n" +
           History;
  return Text + (Complete ? "" : "; not complete");
}
