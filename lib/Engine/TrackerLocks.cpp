//===- TrackerLocks.cpp ---------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Why a lock is held, and what asking for its owner tells.
//===----------------------------------------------------------------------===//

#include "Engine/Tracker.h"
#include "clang/AST/ASTContext.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/RangedConstraintManager.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// Kinds of circumstances in which one lock is acquired, beyond which they are
/// no longer told apart.
static constexpr unsigned MaxReasons = 12;

const char *Tracker::reasonAt(ProgramStateRef S, ObjectId Object,
                              const LocationContext *LC) const {
  RootRun &R = *Unit.Root;
  llvm::DenseSet<SymbolRef> Decide;
  std::vector<std::string> Parts;
  auto Add = [&](const MemRegion *Place, SVal V) {
    if (SymbolRef Sym = V.getAsSymbol(/*IncludeBaseRegions=*/true)) {
      for (SymbolRef Part : Sym->symbols())
        Decide.insert(Part);
    } else if (auto I = V.getAs<nonloc::ConcreteInt>();
               I && (*I->getValue()).ult(2)) {
      std::string T;
      llvm::raw_string_ostream(T)
          << static_cast<const void *>(Place) << '=' << *I->getValue().get();
      Parts.push_back(T);
    }
  };
  for (const TypedValueRegion *G : R.Merge.guards())
    Add(G, S->getSVal(G));
  for (; LC; LC = LC->getParent())
    if (const auto *FD = dyn_cast<FunctionDecl>(LC->getDecl());
        FD && LC->getKind() == LocationContext::StackFrame)
      for (const VarDecl *V : Unit.Index.guardVariablesOf(FD)) {
        const MemRegion *Place = S->getRegion(V, LC->getStackFrame());
        Add(Place, S->getSVal(Place));
      }
  if (Decide.empty() && Parts.empty())
    return "";
  for (const auto &[Sym, Range] : getConstraintMap(S)) {
    bool Decides = false;
    for (SymbolRef Part : Sym->symbols())
      Decides |= Decide.contains(Part);
    if (!Decides || Sym == R.EntrySym)
      continue;
    std::string T;
    llvm::raw_string_ostream OS(T);
    OS << static_cast<const void *>(Sym) << ' ';
    Range.dump(OS);
    Parts.push_back(T);
  }
  llvm::sort(Parts);
  auto &Known = R.Reasons[Object];
  const char *Reason = R.Ids.intern(llvm::join(Parts, ";"));
  if (Known.size() >= MaxReasons && !Known.contains(Reason))
    return "";
  Known.insert(Reason);
  return Reason;
}

/// The answer is known of a lock that this path has taken or given up. Of
/// another, either is possible, and each tells what the caller holds.
void Tracker::ownershipQuery(const Effect &E, const EffectEvent &Ev, SVal Ret,
                             World W, CheckerContext &C,
                             std::vector<World> &Out) const {
  RootRun &R = *Unit.Root;
  ProgramStateRef S = W.state();
  const SyncState &Now = *syncOf(S);
  auto D = Ret.getAs<DefinedOrUnknownSVal>();
  const HeldLock *L = Now.find(Ev.Object);
  bool Owned = L && (E.Shared || !L->Shared);
  bool Sure = L || Now.findFree(Ev.Object);
  if (!Sure && Now.ClosedWorld)
    // (Another spelling of a lock that is held may be meant.)
    Sure = llvm::none_of(Now.Held, [&](const HeldLock &H) {
      return H.Kind == Ev.Kind && (!H.Class || H.Class == Ev.Class);
    });
  static const SimpleProgramPointTag Tag("irqlint", "ownership query");
  auto Go = [&](bool Answer, SyncState New) {
    ProgramStateRef T = D ? S->assume(*D, Answer) : S;
    if (T && !(New == Now))
      T = withSync(T, R.Pool.get(std::move(New)));
    if (!T)
      return;
    if (T == S)
      Out.push_back(W);
    else if (ExplodedNode *N = C.addTransition(T, W.N, &Tag))
      Out.push_back({N});
  };
  if (Sure || !D || Now.ClosedWorld) {
    if (Sure)
      Go(Owned, Now);
    else
      Out.push_back(W);
    return;
  }
  SyncState Yes = Now, No = Now;
  HeldLock H;
  H.Object = Ev.Object;
  H.Class = Ev.Class;
  H.Kind = Ev.Kind;
  H.Shared = E.Shared;
  H.FromEntry = true;
  H.Order = Now.Held.empty() ? 0 : Now.Held.back().Order + 1;
  Yes.Held.push_back(H);
  Go(true, std::move(Yes));
  No.Free.push_back({Ev.Object, Ev.Kind, nullptr, false, nullptr});
  Go(false, std::move(No));
}
