//===- TrackerApcs.cpp ----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Tracker.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// Both answers are possible unless this function has turned APCs off itself;
/// each is remembered on its way.
void Tracker::askApcs(const Effect &E, SVal Ret, World W, CheckerContext &C,
                      std::vector<World> &Out) const {
  const SyncState &Now = *syncOf(W.state());
  auto Answer = Ret.getAs<DefinedSVal>();
  if (!Answer) {
    Out.push_back(W);
    return;
  }
  bool All = E.Region == "all-apcs-disabled";
  IrqlRange L = levels().rangeOf(Now.Level, W.state());
  bool Off = All ? Now.allApcsOff() || L.Lo >= Irql::Apc : Now.normalApcsOff();
  auto [Yes, No] = W.state()->assume(*Answer);
  auto GoOn = [&](ProgramStateRef S, bool Disabled) {
    if (!S)
      return;
    SyncState New = Now;
    // A region of the caller's that was left here says nothing of the rest.
    bool Untouched = Now.Critical == 0 && Now.Guarded == 0;
    if (!Disabled) {
      New.Apcs.AllOff = ApcsBefore::No;
      if (!All)
        New.Apcs.NormalOff = ApcsBefore::No;
      New.Apcs.Vague = false;
    } else if (!Off && Untouched && (!All || L.Hi < Irql::Apc)) {
      New.Apcs.NormalOff = ApcsBefore::Yes;
      New.Apcs.AllOff = All ? ApcsBefore::Yes : ApcsBefore::Unknown;
    }
    static const SimpleProgramPointTag Tags[] = {
        {"irqlint", "APCs are enabled"}, {"irqlint", "APCs are disabled"}};
    if (ExplodedNode *N =
            C.addTransition(withSync(S, Unit.Root->Pool.get(std::move(New))),
                            W.N, &Tags[Disabled]))
      Out.push_back({N});
  };
  GoOn(Yes, true);
  if (!Off)
    GoOn(No, false);
}
