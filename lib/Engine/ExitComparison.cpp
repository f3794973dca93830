//===- ExitComparison.cpp -------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/ExitComparison.h"
#include "Engine/EntryLocks.h"
#include "Engine/PathJudgement.h"
#include "Engine/SavedLevels.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/TargetInfo.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <functional>

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

using KeepsFn = std::function<bool(const ExitRecord &)>;

static LevelMap levelsOf(const UnitRun &Unit, const RootRun &Root) {
  return {Root.EntrySym,
          Unit.Ctx.getTargetInfo().getPointerWidth(LangAS::Default) == 64};
}

/// A parameter (or out-parameter) that has one value where \p X keeps something
/// and the other wherever it is given up: the caller asked for it or is told of
/// it. (Who gives a place for the old level asks; who gives none does not.)
static bool toldApart(const ExitRecord &X,
                      const std::vector<const ExitRecord *> &GivingUp) {
  auto ValueIn = [](const ExitRecord &X, const ParmVarDecl *P,
                    bool Out) -> std::optional<bool> {
    for (auto &[Q, V] : Out ? X.Outs : X.Flags)
      if (Q == P)
        return V;
    return std::nullopt;
  };
  for (bool Out : {false, true}) {
    for (auto &[P, V] : Out ? X.Outs : X.Flags) {
      bool All = Out || V || !P->getType()->isPointerType();
      for (const ExitRecord *E : GivingUp)
        All &= ValueIn(*E, P, Out) == !V;
      if (All)
        return true;
    }
  }
  return false;
}

/// The exit returns what a call told it, which is a success and not \p One.
static bool isOtherSuccess(const ExitRecord &X, int64_t One) {
  if (!X.Told)
    return false;
  ProgramStateRef S = X.Node->getState();
  SValBuilder &SVB = S->getStateManager().getSValBuilder();
  auto CanBe = [&](BinaryOperatorKind Op, int64_t N) {
    SVal Test = SVB.evalBinOp(S, Op, SVB.makeSymbolVal(X.Told),
                              SVB.makeIntVal(N, X.Told->getType()),
                              SVB.getConditionType());
    auto D = Test.getAs<DefinedSVal>();
    return !D || S->assume(*D, true);
  };
  return !CanBe(BO_LT, 0) && !CanBe(BO_EQ, One);
}

/// \p Other returns one special success (STATUS_TIMEOUT) and \p X another of
/// the same call, for which nothing else is left: the caller of either knows.
static bool isSingledOut(const ExitRecord &Other, const ExitRecord &X,
                         const std::vector<ExitRecord> &Exits) {
  if (Other.Number <= 1 || Other.Return != X.Return)
    return false;
  if (isOtherSuccess(X, Other.Number))
    return true;
  // (Where only one success can be, the variable holds its number.)
  return X.Number == 0 && llvm::any_of(Exits, [&](const ExitRecord &E) {
           return E.Return == X.Return && isOtherSuccess(E, Other.Number);
         });
}

/// Whether exit \p X, which keeps something, is the odd one among the exits of
/// a helper. \p Touched are exits on paths that acquired it, too.
static bool isOdd(const ExitRecord &X, const std::vector<ExitRecord> &Exits,
                  const KeepsFn &Keeps, const KeepsFn &GaveUp) {
  std::vector<const ExitRecord *> Keeping, Others;
  bool ReleasedSomewhere = false;
  for (const ExitRecord &E : Exits) {
    if (Keeps(E)) {
      Keeping.push_back(&E);
      continue;
    }
    Others.push_back(&E);
    ReleasedSomewhere |= GaveUp(E);
  }
  // Nobody gives it up here: this is what the function is for.
  if (!ReleasedSomewhere || Keeping.empty() || X.HandsOn)
    return false;
  // (What never took it tells nothing of who asked for it.)
  llvm::erase_if(Others, [&](const ExitRecord *E) { return !GaveUp(*E); });
  if (toldApart(X, Others))
    return false;

  // Of a number without a sign zero is mostly success: an error code, or an
  // enumeration of such.
  auto IsZero = [](bool Zero) {
    return [=](const ExitRecord *E) {
      return E->Outcome == ExitRecord::Either && E->Zero == Zero;
    };
  };
  if (llvm::all_of(Keeping, IsZero(true)) &&
      llvm::all_of(Others, IsZero(false)))
    return false;

  // So are successes of other numbers (STATUS_TIMEOUT).
  if (llvm::all_of(Keeping,
                   [](const ExitRecord *E) {
                     return E->Number == 0 && E->Outcome == ExitRecord::Success;
                   }) &&
      llvm::all_of(Others, [](const ExitRecord *E) { return E->Number > 0; }))
    return false;

  // The result may tell: success keeps, failure gives up. The reverse, or no
  // difference, does not tell a caller to release.
  bool KeepingFails = X.Outcome == ExitRecord::Failure;
  bool SuccessGivesUp = false, SameAsGivingUp = false;
  for (const ExitRecord *E : Others) {
    if (!GaveUp(*E) || isSingledOut(*E, X, Exits))
      continue;
    // (A result of which nothing is known can be success.)
    SuccessGivesUp |=
        E->Outcome == ExitRecord::Success || E->Outcome == ExitRecord::Either;
    SameAsGivingUp |=
        E->Outcome == X.Outcome || E->Outcome == ExitRecord::Either;
  }
  if (X.Outcome == ExitRecord::None)
    return true;
  if (KeepingFails)
    return SuccessGivesUp || SameAsGivingUp;
  return SuccessGivesUp;
}

/// The same for a reference (a count of users), which may go on with a request
/// whose end is not known yet: only an exit that fails, or that says success
/// and nothing more as others do that gave it up, is accused.
static bool isOddReference(const ExitRecord &X,
                           const std::vector<ExitRecord> &Exits,
                           const KeepsFn &Keeps, const KeepsFn &GaveUp) {
  if (X.Outcome == ExitRecord::Either)
    return false;
  if (!isOdd(X, Exits, Keeps, GaveUp))
    return false;
  if (X.Outcome != ExitRecord::Success)
    return true;
  return X.Plain && llvm::any_of(Exits, [&](const ExitRecord &E) {
           return GaveUp(E) && E.Outcome == ExitRecord::Success && E.Plain;
         });
}

/// Whether others give the reference up later: it is counted, taken several
/// times on one way; or nobody here gives it up once a call has succeeded that
/// got a part of its object.
static bool isKept(const HeldLock &L, const ExitRecord &X,
                   const RootRun &Root) {
  if (X.Outcome == ExitRecord::Failure)
    return false;
  return L.KeptBy ? !Root.GivenUpAfter.contains({L.Object, L.KeptBy})
                  : llvm::any_of(Root.Exits, [&](const ExitRecord &E) {
                      const HeldLock *O = E.State->find(L.Object);
                      return O && O->Depth > 1 && O->Site == L.Site;
                    });
}

/// Nodes beyond which joins have forgotten too much to accuse a function that
/// drops and takes again what its caller holds.
static constexpr size_t LargeGraph = 16000;

/// A function that works under its caller's locks drops them, takes them again,
/// and takes those that count their owner once more: of these nothing is said.
static bool mayBeCallers(const HeldLock &L, const RootRun &Root,
                         ExprEngine &Eng) {
  return Root.Entry.UnderCallersLock &&
         (!L.Kind || L.Kind->RecursiveExclusive || L.Kind->RecursiveShared ||
          Eng.getGraph().size() > LargeGraph);
}

/// The exit does not do with a lock what the annotation says, although others
/// do: so the annotation is meant, and the exit forgot.
static bool isBroken(size_t Index, const ExitRecord &X, const RootRun &Root) {
  const RootRun::Promise &P = Root.Promises[Index];
  if (!P.When.empty()) {
    // What becomes of the lock at an exit where that is certain.
    auto MustHold = [&](const ExitRecord &E) -> std::optional<bool> {
      bool Others = false;
      for (size_t I = 0; I < Root.Promises.size(); ++I)
        Others |= I != Index && Root.Promises[I].Object == P.Object &&
                  E.Promised[I] != Applies::No;
      if (E.Promised[Index] == Applies::Maybe || Others)
        return std::nullopt;
      if (E.Promised[Index] == Applies::Yes)
        return P.Role == SalLockClaim::Acquires;
      if (P.Role == SalLockClaim::Acquires)
        return false;
      return P.FromCaller ? std::optional(true) : std::nullopt;
    };
    auto Holds = [&](const ExitRecord &E) {
      return E.State->find(P.Object) != nullptr;
    };
    std::optional<bool> Must = MustHold(X);
    return Must && *Must != Holds(X) &&
           llvm::any_of(Root.Exits, [&](const ExitRecord &E) {
             std::optional<bool> M = MustHold(E);
             return M && *M == Holds(E);
           });
  }
  bool MustHold = P.Role != SalLockClaim::Releases;
  auto Keeps = [&](const ExitRecord &E) {
    return (E.State->find(P.Object) != nullptr) == MustHold;
  };
  return !Keeps(X) && llvm::any_of(Root.Exits, Keeps);
}

/// The level at this exit is what calls of unknown routines left of it: no
/// routine that is known set it.
static bool isVague(const ExitRecord &X, const RootRun &Root) {
  const LevelValue &L = X.State->Level;
  return !X.State->LevelSite ||
         (L.K == LevelValue::Symbol &&
          Root.NamedLevels.contains(static_cast<SymbolRef>(L.Id)));
}

/// Where the annotations say that the old level lies, and this exit, which
/// raised it, left none there although others do.
static std::string notSaved(const ExitRecord &X, const RootRun &Root,
                            const UnitIndex &Index) {
  const std::vector<int> &To = Index.salOf(Root.FD).SavesTo;
  if (X.State->Level.K == LevelValue::Entry || !X.State->LevelSite)
    return "";
  for (size_t I = 0; I < X.Saved.size(); ++I) {
    auto Saves = [&](const ExitRecord &O) {
      return O.Saved[I].K == LevelValue::Entry ||
             (O.Saved[I].K == LevelValue::Symbol &&
              O.State->Level.K == LevelValue::Fixed);
    };
    bool Lost = X.Saved[I].K == LevelValue::Uninitialized ||
                (X.Saved[I].K == LevelValue::Fixed &&
                 !X.Saved[I].Range.overlaps(X.EntryRange));
    if (Lost && llvm::any_of(Root.Exits, Saves))
      return To[I] < 0
                 ? "the result"
                 : "'" + Root.FD->getParamDecl(To[I])->getNameAsString() + "'";
  }
  return "";
}

/// What annotations of the function say of the level, where this exit does not
/// do it and others do.
static void brokenLevels(const ExitRecord &X, const RootRun &Root,
                         const UnitIndex &Index, const LevelMap &Map,
                         ExitEvent &Ev) {
  if (X.State->Level.K != LevelValue::Entry)
    return;
  ProgramStateRef S = X.Node->getState();
  for (const Effect &E : Index.salOf(Root.FD).Fn.Effects) {
    if (E.Do == EffectKind::Raise && E.To.K == LevelRef::Fixed) {
      auto Raises = [&](const ExitRecord &O) {
        const LevelValue &L = O.State->Level;
        return L.K == LevelValue::Fixed && O.State->LevelSite &&
               L.Range == IrqlRange::exactly(E.To.Level);
      };
      if (Map.rangeOf(X.State->Level, S).Lo < E.To.Level &&
          llvm::any_of(Root.Exits, Raises))
        Ev.NotRaisedTo = E.To.Level;
    }
    if (E.Do == EffectKind::Lower && E.Restores.K == LevelRef::Value &&
        E.Restores.From.K == ValueRef::Arg &&
        E.Restores.From.Index < Root.FD->getNumParams()) {
      const ParmVarDecl *P = Root.FD->getParamDecl(E.Restores.From.Index);
      SVal V = S->getStateManager().getSValBuilder().getRegionValueSymbolVal(
          S->getRegion(P, Root.Frame));
      LevelValue Kept = Map.fromValue(V);
      auto Restores = [&](const ExitRecord &O) {
        return O.State->Level == Kept;
      };
      // (Whoever looks at it knows why it need not be restored.)
      if (Kept.K == LevelValue::Symbol && Map.rangeOf(Kept, S).isUnknown() &&
          llvm::any_of(Root.Exits, Restores))
        Ev.NotRestoredFrom = P->getName().str();
    }
  }
}

static void summarize(RootRun &Root, bool Finished) {
  FunctionSummary &S = Root.Sum;
  // What was never seen to return is not known to do nothing.
  S.Known = Finished && !Root.Exits.empty();
  S.Neutral = S.LevelOnly = S.Known;
  // Entered at levels at which it never returns (it asserts others), it would
  // have complained: what it asserts is demanded of callers, too.
  IrqlRange Returns = {HighestIrql, LowestIrql};
  for (const ExitRecord &X : Root.Exits) {
    Returns.Lo = std::min(Returns.Lo, X.EntryRange.Lo);
    Returns.Hi = std::max(Returns.Hi, X.EntryRange.Hi);
    bool Keeps = false;
    for (const HeldLock &L : X.State->Held)
      Keeps |= !L.FromEntry;
    bool Level = X.State->Level.K != LevelValue::Entry;
    if (Level && !X.State->ClosedWorld && isVague(X, Root)) {
      S.Blurs = true;
      Level = false;
    }
    // A lock that was taken and given up again is as free as it was; one that
    // was only given up belonged to the caller.
    if (Keeps || X.State->Critical || X.State->Guarded ||
        X.State->GaveUpCallers)
      S.Neutral = S.LevelOnly = false;
    else if (Level)
      S.Neutral = false;
    S.BlursApcs |= X.State->Apcs.Vague;
  }
  if (!S.Known)
    return;
  if (Returns.Hi < Root.Entry.Range.Hi)
    S.Need.MinHi = std::min(S.Need.MinHi, Returns.Hi);
  if (Returns.Lo > Root.Entry.Range.Lo)
    S.Need.MaxLo = std::max(S.Need.MaxLo, Returns.Lo);
}

/// Whether the result of the function tells by a success of its own sort what
/// it keeps, or is handed on from one that does.
static bool tellsBySort(UnitRun &Unit, RootRun &Root) {
  bool Tells = false;
  for (ExitRecord &X : Root.Exits) {
    const Expr *V = X.Return ? X.Return->getRetValue() : nullptr;
    const auto *C =
        dyn_cast_or_null<CallExpr>(V ? V->IgnoreParenImpCasts() : nullptr);
    const FunctionDecl *FD = C ? C->getDirectCallee() : nullptr;
    X.HandsOn = FD && Unit.TellsBySort.contains(FD->getCanonicalDecl());
    Tells |= X.HandsOn;
    for (const ExitRecord &Other : Root.Exits)
      Tells = Tells || isSingledOut(Other, X, Root.Exits);
  }
  return Tells;
}

void irqlint::compareExits(UnitRun &Unit, RootRun &Root, ExprEngine &Eng,
                           bool Finished) {
  if (tellsBySort(Unit, Root))
    Unit.TellsBySort.insert(Root.FD->getCanonicalDecl());
  LevelMap Map = levelsOf(Unit, Root);
  // Nobody can undo what it did to the level, as the old one is not kept.
  const FunctionFacts *Facts = Unit.Index.find(Root.FD);
  auto IsLost = [&](bool Raised, SiteId Site) {
    return Raised && Facts && !Facts->HasErrors && !Facts->Damaged &&
           savedLevelDies(static_cast<const Expr *>(Site), Root.FD, Unit.Index);
  };
  // The handle was used for another lock meanwhile, which is told.
  auto HandleGone = [](const HeldLock &L, const SyncState &S) {
    return L.Handle && (S.freeWithHandle(L.Handle) ||
                        llvm::any_of(S.Held, [&](const HeldLock &O) {
                          return &O != &L && O.Handle == L.Handle;
                        }));
  };
  // By its annotation the level is the same again, and the lock keeps it up.
  auto BreaksPromise = [&](const HeldLock &L, const ExitRecord &X) {
    return Root.Entry.SameLevel && L.Raised &&
           !Map.rangeOf(X.State->Level, X.Node->getState())
                .overlaps(X.EntryRange);
  };
  // What is certain is told first: of two findings at one place the first
  // stays.
  std::stable_partition(Root.Exits.begin(), Root.Exits.end(),
                        [](const ExitRecord &X) { return !X.State->NoCase; });
  for (const ExitRecord &X : Root.Exits) {
    ExitEvent Ev;
    Ev.Role = Root.Entry.Role;
    Ev.Function = Root.FD->getNameAsString();
    Ev.EntryRange = X.EntryRange;
    Ev.MayKeepLocks = Root.Entry.MayKeepLocks;
    Ev.MayChangeLevel = Root.Entry.MayChangeLevel;
    Ev.IsEntryPoint = Root.Entry.IsEntryPoint;
    Ev.SameLevel = Root.Entry.SameLevel;
    for (const EntryLock &L : Root.Entry.Held)
      if (!X.State->find(frameworkLock(L.Interrupt, L.Owner, Unit)))
        Ev.GivenUp.push_back(L.Title);
    Ev.HandsOver = Root.Entry.HandsOver || X.Pending;

    for (const HeldLock &L : X.State->Held) {
      auto By = Unit.ReleasedIn.find(L.Site);
      if (By != Unit.ReleasedIn.end() && By->second != Root.FD)
        Ev.OthersLocks.push_back(L.Object);
      // An entry point may hand some kinds over, but then all its exits do.
      bool MustRelease = !L.Kind || L.Kind->MustReleaseBeforeReturn;
      if (L.FromEntry || Ev.MayKeepLocks || (Ev.IsEntryPoint && MustRelease) ||
          mayBeCallers(L, Root, Eng))
        continue;
      auto Keeps = [&](const ExitRecord &E) {
        // (In another round of a loop it is the lock of another object.)
        return llvm::any_of(E.State->Held, [&](const HeldLock &H) {
          return !H.FromEntry &&
                 (H.Object == L.Object ||
                  (H.Kind == L.Kind &&
                   (H.Site == L.Site || (H.Class && H.Class == L.Class))));
        });
      };
      // (A path that never took it gave up nothing.)
      auto Returned = [&](const ExitRecord &E) {
        return llvm::is_contained(E.State->Returned, L.Object);
      };
      bool Known = llvm::any_of(Root.Exits, [&](const ExitRecord &E) {
        return !Keeps(E) && Returned(E);
      });
      auto GaveUp = [&](const ExitRecord &E) {
        return !Keeps(E) && Root.GivenUp.contains(L.Object) &&
               (!Known || Returned(E));
      };
      if (isReference(L)) {
        if (!L.HandedOver && !isKept(L, X, Root) &&
            isOddReference(X, Root.Exits, Keeps, GaveUp))
          Ev.OddLocks.push_back(L.Object);
        continue;
      }
      // (What goes on after the return may own it.)
      if ((isOdd(X, Root.Exits, Keeps, GaveUp) &&
           !(X.Pending && !MustRelease)) ||
          BreaksPromise(L, X) ||
          (!HandleGone(L, *X.State) && IsLost(L.Raised, L.Site)))
        Ev.OddLocks.push_back(L.Object);
    }
    if (X.State->Level.K != LevelValue::Entry && !Ev.IsEntryPoint &&
        !Ev.MayChangeLevel) {
      // (One at a level that was kept in memory was lowered to it.)
      auto IsKept = [&](const ExitRecord &E) {
        const LevelValue &L = E.State->Level;
        if (L.K != LevelValue::Symbol || X.State->Level.K != LevelValue::Fixed)
          return false;
        const MemRegion *R = static_cast<SymbolRef>(L.Id)->getOriginRegion();
        return R && !isa<VarRegion>(R->getBaseRegion());
      };
      auto Keeps = [&](const ExitRecord &E) {
        return E.State->Level.K != LevelValue::Entry && !IsKept(E);
      };
      // Exits that were at the raised level from the beginning, or at a level
      // that nobody knows, say nothing.
      IrqlRange Left = Map.rangeOf(X.State->Level, X.Node->getState());
      std::vector<ExitRecord> Telling;
      llvm::copy_if(
          Root.Exits, std::back_inserter(Telling), [&](const ExitRecord &E) {
            return E.State->Level.K != LevelValue::Unknown &&
                   (E.EntryRange.Lo < Left.Lo || X.EntryRange.Lo >= Left.Lo);
          });
      auto GaveUp = [&](const ExitRecord &E) {
        return !Keeps(E) && (Root.RestoresLevel || IsKept(E));
      };
      Ev.OddLevel = (!isVague(X, Root) && isOdd(X, Telling, Keeps, GaveUp)) ||
                    IsLost(X.State->LevelSite, X.State->LevelSite);
    }
    for (size_t I = 0; I < Root.Promises.size(); ++I) {
      const RootRun::Promise &P = Root.Promises[I];
      if (!isBroken(I, X, Root) ||
          (!P.When.empty() && Root.Entry.UnderCallersLock &&
           Eng.getGraph().size() > LargeGraph))
        continue;
      Ev.Broken.push_back(
          {P.Kind, Root.Ids.nameOf(P.Object), P.Role == SalLockClaim::Acquires,
           P.Role == SalLockClaim::Releases, P.When,
           X.Promised[I] == Applies::Yes,
           !P.When.empty() || X.Outcome != ExitRecord::Failure});
    }
    brokenLevels(X, Root, Unit.Index, Map, Ev);
    Ev.NotSavedTo = notSaved(X, Root, Unit.Index);
    Ev.NoCase = X.State->NoCase;
    if (Ev.NotRaisedTo)
      Unit.NotRaising[Root.FD->getCanonicalDecl()] = *Ev.NotRaisedTo;
    for (bool Guarded : {false, true}) {
      auto Keeps = [&](const ExitRecord &E) {
        return (Guarded ? E.State->Guarded : E.State->Critical) > 0;
      };
      // (A path that never entered one left none.)
      auto Left = [&](const ExitRecord &E) {
        return Guarded ? E.State->GuardedLeft : E.State->CriticalLeft;
      };
      const bool Known = llvm::any_of(Root.Exits, [&](const ExitRecord &E) {
        return !Keeps(E) && Left(E);
      });
      auto GaveUp = [&](const ExitRecord &E) {
        return !Keeps(E) && Root.LeavesRegion[Guarded] && (!Known || Left(E));
      };
      if (Keeps(X) && !Ev.IsEntryPoint && !Ev.MayKeepLocks)
        (Guarded ? Ev.OddGuarded : Ev.OddCritical) =
            isOdd(X, Root.Exits, Keeps, GaveUp);
    }
    PathJudgement J(Unit, Map, const_cast<ExplodedNode *>(X.Node), nullptr,
                    Eng.getBugReporter(), X.Loc);
    for (const auto &C : Unit.Checks)
      C->onExit(Ev, *X.State, J);
  }
  summarize(Root, Finished);
  Unit.Summaries[Root.FD->getCanonicalDecl()] = Root.Sum;
}
