//===- TrackerOutcomes.cpp - Whether an effect applies, and succeeds ------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/CallPlace.h"
#include "Engine/Tracker.h"
#include "Engine/Values.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

ExplodedNode *Tracker::goOn(World W, ProgramStateRef S, const char *What,
                            CheckerContext &C) const {
  if (S == W.state())
    return W.N;
  auto &Tag = Unit.Tags[What];
  if (!Tag)
    Tag = std::make_unique<SimpleProgramPointTag>("irqlint", What);
  return C.addTransition(S, W.N, Tag.get());
}

void Tracker::applyEffect(const Effect &E, size_t Index,
                          const irqlint::CallEvent &Info, const Event &Call,
                          SVal Ret, World W, CheckerContext &C,
                          std::vector<World> &Out) const {
  auto Move = [&](ProgramStateRef S, const char *What) {
    return goOn(W, S, What, C);
  };

  // An array in which there is nothing of the kind is no reason to tell paths
  // apart.
  if (!E.Each.isNone())
    if (auto Mine = elementsOf(E, Call, W.state()); Mine && Mine->empty()) {
      Out.push_back(W);
      return;
    }

  // Nor is an object of another type.
  if (E.OfType && E.Each.isNone())
    if (const LockKindInfo *K = Unit.Index.rules().lockKind(E.LockKind);
        K && !argumentIsOf(K->Types, E.Lock.Index, Call)) {
      Out.push_back(W);
      return;
    }

  auto [Holds, Not] = splitOn(E.When, Call, W.state(), Ret);
  if (Not && Holds && changesState(E)) {
    if (ExplodedNode *N = Move(Not, "condition does not hold"))
      Out.push_back({N});
    W.N = Move(Holds, "condition holds");
    if (!W.N)
      return;
  } else if (!Holds) {
    Out.push_back(W);
    return;
  }

  if (tellsOfApcs(E))
    return askApcs(E, Ret, W, C, Out);
  if (!E.Each.isNone())
    return applyToEach(E, Info, Call, Ret, W, C, Out);

  bool CanFail = E.Do == EffectKind::TryAcquire || E.Do == EffectKind::Convert;
  CanFail |= E.Do == EffectKind::Acquire || E.Do == EffectKind::EnterRegion;
  if (!CanFail || E.Success.empty()) {
    // A routine that tries under one condition and insists under another
    // returns success when it insists.
    if (E.Do == EffectKind::Acquire)
      for (const Effect &Try : Info.Fn->Effects)
        if (Try.Do == EffectKind::TryAcquire && !Try.Success.empty() &&
            Try.Lock.Index == E.Lock.Index) {
          auto Ok = splitOn(Try.Success, Call, W.state(), Ret).first;
          if (Ok)
            W.N = Move(Ok, "succeeded");
          if (!W.N)
            return;
          break;
        }
    return perform(E, Info, Call, Ret, W, true, C, Out);
  }
  auto [Ok, Failed] = splitOn(E.Success, Call, W.state(), Ret);
  if (Ok && Failed && isResultUnused(Call)) {
    // That nobody looks at the result is told once, at the call.
    const LockKindInfo *K = Unit.Index.rules().lockKind(E.LockKind);
    bool Ignore = K && K->Reference;
    // Of a routine that waits or only tries, as it is told, the result is not
    // looked at by who knows that it waits here.
    for (size_t I = 0; I < Info.Fn->Effects.size(); ++I)
      Ignore |= Info.Fn->Effects[I].Do == EffectKind::Acquire &&
                Info.EffectApplies[I] != Applies::No &&
                Info.Fn->Effects[I].Lock.Index == E.Lock.Index;
    if (Ignore)
      Failed = nullptr;
  }
  if (Failed && !E.Refused.empty())
    Failed = splitOn(E.Refused, Call, Failed, Ret).first;
  if (Failed)
    if (ExplodedNode *N = Move(Failed, "did not succeed"))
      perform(E, Info, Call, Ret, {N}, false, C, Out);
  if (Ok)
    if (ExplodedNode *N = Move(Ok, "succeeded"))
      perform(E, Info, Call, Ret, {N}, true, C, Out);
}

/// What a thread's routine must not return with, it must not end with.
void Tracker::endThread(const Event &Call, CheckerContext &C) const {
  RootRun &R = *Unit.Root;
  ProgramStateRef S = C.getState();
  static const SimpleProgramPointTag Tag("irqlint", "thread ends");
  ExplodedNode *N = C.addTransition(S, &Tag);
  if (N && R.Entry.IsEntryPoint && R.Promises.empty()) {
    ExitRecord X;
    X.State = syncOf(S);
    X.Loc = Call.getSourceRange().getBegin();
    X.EntryRange = levels().rangeOf(LevelValue::entry(), S);
    X.Node = N;
    R.Exits.push_back(std::move(X));
  }
  if (N)
    C.generateSink(S, N);
}
