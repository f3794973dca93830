//===- TrackerEffects.cpp
//----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/CallPlace.h"
#include "Engine/EntryLocks.h"
#include "Engine/Memory.h"
#include "Engine/PathJudgement.h"
#include "Engine/SavedLevels.h"
#include "Engine/Tracker.h"
#include "Engine/UsePlace.h"
#include "Engine/Values.h"
#include "Engine/WdfConfig.h"
#include "Engine/WdfRules.h"
#include "clang/AST/ASTContext.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

/// The expression goes through an element of an array.
static bool takesElement(const Stmt *S) {
  return S && (isa<ArraySubscriptExpr>(S) ||
               llvm::any_of(S->children(), takesElement));
}

/// The routine forbids to be called with a lock that is held: what comes of it
/// is no order that anybody else has to keep.
static bool isBanned(const SyncState &S, const FunctionContract &Fn) {
  return llvm::any_of(Fn.Effects, [&](const Effect &E) {
    return E.Do == EffectKind::Require && E.Not &&
           llvm::any_of(S.Held, [&](const HeldLock &L) {
             return L.Kind && L.Kind->Name == E.LockKind;
           });
  });
}

std::string irqlint::heldText(const SyncState &S, const Identity &Ids) {
  std::string T;
  for (const HeldLock &L : S.Held) {
    if (!T.empty())
      T += HeldSeparator;
    T += Ids.nameOf(L.Object);
  }
  return T;
}

void Tracker::perform(const Effect &E, const irqlint::CallEvent &Info,
                      const Event &Call, SVal Ret, World W, bool Succeeded,
                      CheckerContext &C, std::vector<World> &Out,
                      const Element *Of) const {
  RootRun &R = *Unit.Root;
  LevelMap Map = levels();
  ProgramStateRef S = W.state();
  const SyncState &Before = *syncOf(S);
  const Expr *Site = Call.getOriginExpr();
  SValBuilder &SVB = C.getSValBuilder();

  EffectEvent Ev;
  Ev.Call = &Info;
  Ev.What = &E;
  Ev.Succeeded = Succeeded;
  Ev.Site = Site;
  if (!E.LockKind.empty())
    Ev.Kind = Unit.Index.rules().lockKind(E.LockKind);
  if (!E.GlobalLock.empty()) {
    Ev.Object = R.Ids.global(E.GlobalLock);
    Ev.Class = Unit.Link.globalClass(E.GlobalLock);
    Ev.ObjectText = Ev.Kind ? Ev.Kind->Title : E.GlobalLock;
    R.Ids.setName(Ev.Object, Ev.ObjectText);
  } else if (!E.Lock.isNone()) {
    SVal V = Of ? Of->Object : valueOf(E.Lock, Call, S, Ret);
    Ev.Object = R.Ids.object(V);
    Ev.Class = R.Ids.classOf(V);
    if (E.Lock.K == ValueRef::This) {
      if (const auto *M =
              dyn_cast_or_null<CXXMemberCallExpr>(Call.getOriginExpr()))
        Ev.ObjectText =
            textOf(M->getImplicitObjectArgument(), C.getLocationContext());
    } else if (E.Lock.K != ValueRef::Ret && E.Lock.Index < Call.getNumArgs()) {
      Ev.ObjectText =
          textOf(Call.getArgExpr(E.Lock.Index), C.getLocationContext());
      if (Of)
        Ev.ObjectText += "[" + std::to_string(Of->Number) + "]";
    }
    if (!Ev.Object) {
      // Nothing is known of the value (damaged code, an unknown routine): the
      // text has to do.
      Ev.Weak = true;
      Ev.Object = R.Ids.global("text:" + Ev.ObjectText);
    }
    // A null pointer here is a path that the program does not take.
    Ev.Weak |= V.isZeroConstant();
    R.Ids.setName(Ev.Object, Ev.ObjectText);
    // In a guard of a library the object has a name that the driver never saw.
    UsePlace Used = usePlace(Site ? Site->getBeginLoc() : SourceLocation(),
                             C.getLocationContext(), Unit.Index);
    if (Site && Used.Loc != Site->getBeginLoc()) {
      Ev.ObjectText = R.Ids.nameOf(Ev.Object);
      if (E.Do == EffectKind::Acquire || E.Do == EffectKind::TryAcquire)
        R.Ids.setPlace(Ev.Object, Used.Loc);
    }
  }
  // Which of the locks of a set it is depends on how often the loop ran.
  Ev.Weak |= E.Do == EffectKind::Release && Unit.Index.isCollective(Site);
  Ev.Shared = E.Shared;
  if (!E.ModeFrom.isNone()) {
    Condition Exclusive;
    Exclusive.Value = E.ModeFrom;
    Ev.Shared = holds({Exclusive}, Call, S, Ret) == Applies::No;
  }
  auto Level = [&](const LevelRef &L) {
    if (L.K == LevelRef::Fixed)
      return LevelValue::fixed(L.Level);
    if (L.K == LevelRef::Value)
      return Map.fromValue(valueOf(L.From, Call, S, Ret));
    return LevelValue::unknown();
  };
  Ev.To = Level(E.To);
  Ev.Restores = Level(E.Restores);
  Ev.RestoresByValue = E.Restores.K == LevelRef::Value;
  if (Ev.ObjectText.empty() && !E.Handle.isNone() &&
      E.Handle.Index < Call.getNumArgs())
    Ev.ObjectText = textOf(Call.getArgExpr(E.Handle.Index), Unit.Ctx);
  bool LevelStays = configure(E, Call, Before, Ev);
  if (Ev.InVain == EffectEvent::NoLock || Ev.InVain == EffectEvent::TakenOver) {
    // Nothing happens; the release repeats the mistake.
    if (E.Do == EffectKind::Release) {
      Out.push_back(W);
      return;
    }
    PathJudgement J(Unit, Map, W.N, &C, C.getBugReporter(),
                    Call.getSourceRange().getBegin());
    for (const auto &Chk : Unit.Checks)
      Chk->onEffect(Ev, Before, Before, J);
    if (J.node())
      Out.push_back({J.node()});
    return;
  }
  ObjectId Handle = E.Handle.isNone()
                        ? nullptr
                        : R.Ids.object(valueOf(E.Handle, Call, S, Ret));

  Ev.Handle = Handle;
  if (Handle)
    Ev.HandleIsGlobal = isGlobal(valueOf(E.Handle, Call, S, Ret));
  if (E.Saves.K == ValueRef::Deref && E.Saves.Index < Call.getNumArgs()) {
    Ev.SavesToGlobal = isGlobal(Call.getArgSVal(E.Saves.Index));
    Ev.SavesText = textOf(Call.getArgExpr(E.Saves.Index), Unit.Ctx);
  }
  if (!E.Handle.isNone() && E.Handle.Index < Call.getNumArgs())
    Ev.HandleText = textOf(Call.getArgExpr(E.Handle.Index), Unit.Ctx);
  const void *TagType = nullptr;
  if (E.Handle.K == ValueRef::Arg && E.Handle.Index < Call.getNumArgs())
    TagType = Call.getArgExpr(E.Handle.Index)
                  ->IgnoreParenCasts()
                  ->getType()
                  .getCanonicalType()
                  .getUnqualifiedType()
                  .getAsOpaquePtr();
  // A tag may go with any number of references.
  const bool Tagged = Ev.Kind && Ev.Kind->Reference;
  SVal Target = Of                ? Of->Object
                : E.Lock.isNone() ? SVal(UnknownVal())
                                  : valueOf(E.Lock, Call, S, Ret);

  Ev.Paged = memoryKindOf(Target, S) == MemoryKind::Paged;
  // Of memory and prohibitions only what is certain counts.
  if ((E.Do == EffectKind::Allocate || E.Do == EffectKind::Free ||
       E.Do == EffectKind::Require) &&
      Info.EffectApplies[&E - Info.Fn->Effects.data()] != Applies::Yes) {
    Out.push_back(W);
    return;
  }
  if (E.OfType && !Of &&
      !(Ev.Kind && argumentIsOf(Ev.Kind->Types, E.Lock.Index, Call))) {
    Out.push_back(W);
    return;
  }
  // (That it could not be acquired is known.)
  const FreeLock *Refused = Before.findFree(Ev.Object);
  if (E.IfHeld && !Before.find(Ev.Object) && !(Refused && Refused->Certain)) {
    // Who calls a wrapper of this may hold it.
    if (E.GlobalLock.empty() && !Before.GaveUpCallers) {
      SyncState After = Before;
      After.GaveUpCallers = true;
      W.N = C.addTransition(withSync(S, R.Pool.get(std::move(After))), W.N);
    }
    if (W.N)
      Out.push_back(W);
    return;
  }
  if (LevelStays)
    Ev.To = LevelValue();
  else if (E.ToMaybe && !Ev.TypeKnown && Ev.To.known()) {
    IrqlRange R0 = Map.rangeOf(Before.Level, S);
    Ev.To = LevelValue::fixed(R0.hull(Map.rangeOf(Ev.To, S)));
  }

  if (E.Do == EffectKind::Query && E.Region == "lock-owned" && Ev.Object &&
      !Ev.Weak) {
    ownershipQuery(E, Ev, Ret, W, C, Out);
    return;
  }

  if (Unit.Data.isOn() &&
      (E.Do == EffectKind::Signal || E.Do == EffectKind::Wait))
    noteUse(E, Info, Ev, Target, Before);

  if (Ev.Object && isOutersWay(E, Before, Ev.Object, C.getLocationContext())) {
    C.generateSink(S, W.N);
    return;
  }
  SyncState After = Before;
  std::string Note;
  bool TakesLock =
      E.Do == EffectKind::Acquire || E.Do == EffectKind::TryAcquire;
  switch (E.Do) {
  case EffectKind::Acquire:
  case EffectKind::TryAcquire: {
    if (!Ev.Object)
      break; // a lock that nothing is known of
    if (const HeldLock *L = Before.find(Ev.Object);
        L &&
        isLastHolder(*L, Call.getOriginExpr(), C.getLocationContext(), W.N)) {
      C.generateSink(S, W.N);
      return;
    }
    AcquireOp Op;
    Op.Object = Ev.Object;
    Op.Class = Ev.Class;
    Op.Kind = Ev.Kind;
    if (!Succeeded) {
      Op.Site = Site;
      Op.Certain = !E.Refused.empty();
      // (Whether it only tries may depend on an argument that is not known.)
      if (Info.EffectApplies[&E - Info.Fn->Effects.data()] != Applies::Yes)
        After.ClosedWorld = false;
      else if (!Ev.Weak)
        After = refuse(Before, Op);
      Note = (Ev.Kind ? Ev.Kind->Title : std::string("lock")) + " '" +
             Ev.ObjectText + "' is not acquired" +
             (E.Chosen.isNone() ? ": " + Info.Name + " fails here"
                                : " by " + Info.Name + " here");
      break;
    }
    Op.Form = R.Ids.intern(E.Form);
    Op.Shared = Ev.Shared;
    Op.Handle = Handle;
    Op.HandleType = TagType;
    Op.Site = Site;
    Op.Doubtful = Map.rangeOf(Before.Level, S).Lo > needOf(*Info.Fn).MinHi ||
                  Unit.Index.isCollective(Site);
    Op.ApcsOff =
        Before.normalApcsOff() || Map.rangeOf(Before.Level, S).Lo >= Irql::Apc;
    // A lock taken above its level (which is wrong) does not lower it.
    Op.To = Map.rangeOf(Ev.To, S).Hi < Map.rangeOf(Before.Level, S).Lo
                ? Before.Level
                : Ev.To;
    if (!Unit.Index.isCollective(Site))
      Op.Reason = reasonAt(S, Op.Object, Site, C.getLocationContext());
    After = acquire(Before, Op);
    // What the framework held is the framework's again.
    if (HeldLock *L = After.find(Op.Object); L && !Before.find(Op.Object))
      for (const EntryLock &Mine : R.Entry.Held)
        if (frameworkLock(Mine.Interrupt, Mine.Owner, Unit) == Op.Object) {
          L->FromEntry = true;
          After.GaveUpCallers = false;
        }
    std::string Title = Ev.Kind ? Ev.Kind->Title : "lock";
    Note = Title + " '" + Ev.ObjectText + "' is acquired by " + Info.Name +
           " here";
    if (Ev.To.known() && Map.rangeOf(Before.Level, S) != Map.rangeOf(Ev.To, S))
      Note = "IRQL is raised to " + Map.rangeOf(Ev.To, S).str() + " by " +
             Info.Name + " here; " + Title + " '" + Ev.ObjectText +
             "' is acquired";
    break;
  }
  case EffectKind::Release: {
    ReleaseOp Op;
    Op.Object = Ev.Object;
    Op.Class = Ev.Class;
    Op.Kind = Ev.Kind;
    Op.Handle = Tagged ? nullptr : Handle;
    // The tag tells which of several references is meant. Another tag's was
    // taken elsewhere, if this is no mistake, which shows when ours is kept.
    if (const HeldLock *L = Before.find(Op.Object);
        Tagged && L && L->Depth == 1 && L->Handle && Handle &&
        L->Handle != Handle) {
      HeldLock *Kept = After.find(Op.Object);
      Kept->OtherTag = Site;
      Kept->OtherTagSure = L->HandleType != TagType;
      R.GivenUp.insert(Kept->Object);
      break;
    }
    Op.Site = Site;
    Op.Mode = E.Restores.K == LevelRef::None    ? ReleaseOp::None
              : E.Restores.K == LevelRef::Saved ? ReleaseOp::FromLock
                                                : ReleaseOp::Value;
    Op.Restores = Ev.Restores;
    if ((!Op.Object || (Ev.Weak && !Before.find(Op.Object))) && !Op.Handle) {
      // Nothing is known of the lock: assume it is the latest of its kind; one
      // of a set is none of those that were taken one by one.
      bool OfSet = Unit.Index.isCollective(Site);
      for (auto I = Before.Held.rbegin(); I != Before.Held.rend(); ++I)
        if (I->Kind == Op.Kind &&
            (!OfSet ||
             Unit.Index.isCollective(static_cast<const Expr *>(I->Site)))) {
          Op.Object = I->Object;
          break;
        }
    }
    if (!Op.Object)
      if (const FreeLock *F = Before.freeWithHandle(Handle);
          F && !matchRelease(Before, Op)) {
        Ev.Object = F->Object;
        Op.Object = F->Object;
        Ev.ObjectText = R.Ids.nameOf(F->Object);
      }
    Ev.Matched = matchRelease(Before, Op);
    // A handle of its own with which nothing was acquired.
    if (!Ev.Matched && !Op.Object && Op.Handle &&
        isUnborn(valueOf(E.Handle, Call, S, Ret), S))
      Ev.Object = Handle;
    if (Ev.Matched && !Ev.Matched->FromEntry) {
      R.GivenUp.insert(Ev.Matched->Object);
      R.GivenUpAfter.insert({Ev.Matched->Object, Ev.Matched->KeptBy});
      Unit.ReleasedIn.try_emplace(Ev.Matched->Site, R.FD);
    }
    Unit.ReleasedBy[Site].insert(
        Ev.Matched && !Ev.Matched->FromEntry ? Ev.Matched->Site : nullptr);
    Ev.Moved = Ev.Matched && Ev.Matched->Object != Ev.Object &&
               R.Ids.movedOn(Ev.Matched->Object, Ev.Object);
    After = release(Before, Op);
    // Locks that can be handed over are often reached in two ways; this may
    // have been any of those that are held.
    if (!Ev.Matched && Ev.Kind && !Ev.Kind->MustReleaseBeforeReturn)
      for (HeldLock &L : After.Held)
        L.Doubtful |= L.Kind == Ev.Kind && !L.FromEntry;
    Note = (Ev.Kind ? Ev.Kind->Title : std::string("lock")) + " '" +
           Ev.ObjectText + "' is released by " + Info.Name + " here";
    break;
  }
  case EffectKind::Convert:
    if (Succeeded && Ev.Object)
      After = convert(Before, Ev.Object, E.Shared, Site);
    break;
  case EffectKind::Raise:
    // (Who raises to less than what it has lowers.)
    if (Before.Level.K == LevelValue::Entry)
      R.demand({Map.rangeOf(Ev.To, S).Hi, LowestIrql},
               Map.rangeOf(Before.Level, S));
    if (Map.rangeOf(Ev.To, S).Hi >= Map.rangeOf(Before.Level, S).Lo)
      After = setLevel(Before, Ev.To, Site);
    Note = "IRQL is raised to " + Map.rangeOf(Ev.To, S).str() + " by " +
           Info.Name + " here";
    break;
  case EffectKind::Lower:
    After = setLevel(Before, Ev.Restores, Site);
    Note = "IRQL is lowered by " + Info.Name + " here";
    if (Ev.Restores.K == LevelValue::Fixed)
      Note = "IRQL is set to " + Ev.Restores.Range.str() + " by " + Info.Name +
             " here";
    break;
  case EffectKind::EnterRegion:
    if (!Succeeded)
      break;
    After = enterRegion(Before, E.Region == "guarded", Site);
    Note = E.Region + " region is entered by " + Info.Name + " here";
    break;
  case EffectKind::LeaveRegion: {
    bool Guarded = E.Region == "guarded";
    R.LeavesRegion[Guarded] |= (Guarded ? Before.Guarded : Before.Critical) > 0;
    After = leaveRegion(Before, Guarded);
    break;
  }
  case EffectKind::Init:
  case EffectKind::Delete:
    Ev.Matched = Before.find(Ev.Object);
    if (Ev.Object)
      After = forget(Before, Ev.Object);
    break;
  case EffectKind::Drain:
    Ev.Matched = Before.find(Ev.Object);
    break;
  case EffectKind::Require:
    Ev.Matched = E.Not ? Before.find(Ev.Object) : R.demanded(Before, Ev);
    break;
  case EffectKind::Queue:
  case EffectKind::HandOver:
    After = handOver(Before, [](const HeldLock &) { return true; });
    break;
  case EffectKind::Allocate:
    Ev.Paged = E.Memory == "paged";
    break;
  case EffectKind::Free:
    if (Ev.Object && !Ev.Weak)
      for (const HeldLock &L : Before.Held)
        if (Identity::isWithin(L.Object, Ev.Object))
          Ev.Inside.push_back(&L);
    // Who holds a lock of an object holds a reference to it: a callee that
    // frees it where a count has come to nothing does not do so here.
    if (!Ev.Inside.empty() &&
        dropsReference(Call.getOriginExpr(), C.getLocationContext())) {
      C.generateSink(S, W.N);
      return;
    }
    // It is told once; nobody can give the lock back any more.
    for (const HeldLock *L : Ev.Inside) {
      ReleaseOp Op;
      Op.Object = L->Object;
      Op.Kind = L->Kind;
      Op.Mode = L->Raised ? ReleaseOp::FromLock : ReleaseOp::None;
      After = forget(release(std::move(After), Op), L->Object);
    }
    break;
  case EffectKind::CallBack:
    if (runsAtOnce(Call, C.getLocationContext()))
      After = insideCallBack(Before, Ev, S);
    break;
  default:
    break;
  }

  // Values that the routine hands out.
  ProgramStateRef T = S;
  const LocationContext *LC = C.getLocationContext();
  if (E.Do == EffectKind::Allocate)
    T = noteAllocation(T, Target,
                       Ev.Paged ? MemoryKind::Paged : MemoryKind::NonPaged,
                       E.Zeroed, Call, C.blockCount());
  bool Uses = TakesLock || E.Do == EffectKind::Atomic ||
              E.Do == EffectKind::Wait || E.Do == EffectKind::Signal ||
              E.Do == EffectKind::Queue;
  if (E.Lock.K == ValueRef::Arg && (Uses || E.Do == EffectKind::Init)) {
    Ev.Unborn = Uses && isUnborn(Target, S) &&
                !takesElement(Call.getArgExpr(E.Lock.Index));
    if (Ev.Unborn || isUnborn(Target, S))
      T = giveBirth(T, Target, Call, C.blockCount());
  }
  if (TakesLock && !E.Handle.isNone() && !Tagged) {
    // The routine fills the handle. (Within a larger object this would make
    // the analyzer forget the whole object.)
    SVal H = valueOf(E.Handle, Call, S, Ret);
    const MemRegion *HR = H.getAsRegion();
    if (HR && isa<VarRegion>(HR->StripCasts()))
      T = T->invalidateRegions(ArrayRef<SVal>(H), C.getCFGElementRef(),
                               C.blockCount(), LC,
                               /*CausesPointerEscape=*/false);
  }
  // What raised the level cannot have been called above it (or is told so).
  SymbolRef Was = Before.Level.K == LevelValue::Entry ? R.EntrySym
                  : Before.Level.K == LevelValue::Symbol
                      ? static_cast<SymbolRef>(Before.Level.Id)
                      : nullptr;
  if (Was && Succeeded && Ev.To.K == LevelValue::Fixed &&
      (TakesLock || E.Do == EffectKind::Raise)) {
    auto Int = [&](unsigned N) {
      return *SVB.makeIntVal(N, Was->getType())
                  .castAs<nonloc::ConcreteInt>()
                  .getValue();
    };
    if (ProgramStateRef A = T->assumeInclusiveRange(
            nonloc::SymbolVal(Was), Int(0),
            Int(Map.numbersOf(Ev.To.Range).second), true))
      T = A;
  }
  // A lock routine reaches into the object that holds the lock.
  if (E.Lock.K != ValueRef::None && E.Lock.K != ValueRef::Ret &&
      E.Do != EffectKind::Free)
    if (const MemRegion *LR = Target.getAsRegion())
      if (const SymbolicRegion *Base = LR->getSymbolicBase())
        if (ProgramStateRef Some = T->assume(loc::MemRegionVal(Base), true))
          T = Some;
  bool Saves = Succeeded && !E.Saves.isNone();
  const bool Asks = asksLevel(E);
  if (Saves || Asks) {
    ValueRef Where = E.Saves;
    if (Asks && Where.isNone())
      Where.K = ValueRef::Ret;
    QualType KT = R.EntrySym ? R.EntrySym->getType() : Unit.Ctx.UnsignedCharTy;
    if (Where.K == ValueRef::Ret && !Call.getResultType()->isVoidType())
      KT = Call.getResultType();
    SVal V = UnknownVal();
    LevelValue Old = Before.Level;
    R.AsksLevel |= Asks;
    if (auto Known = Map.toValue(Old, SVB, KT))
      V = *Known;
    else
      V = SVB.conjureSymbolVal(Call, KT, C.blockCount(), &E);
    // A level of which only the interval is known, or nothing at all, gets a
    // symbol to recognise it by when it comes back.
    if (Old.K == LevelValue::Fixed)
      if (SymbolRef Sym = V.getAsSymbol())
        T = Map.narrow(T, LevelValue::symbol(Sym), Old.Range);
    if (!Map.toValue(Old, SVB, KT))
      if (SymbolRef Sym = V.getAsSymbol()) {
        LevelValue Named = LevelValue::symbol(Sym);
        R.NamedLevels.insert(Sym);
        if (Asks)
          After.Level = Named;
        else if (HeldLock *L = After.find(Ev.Object); L && TakesLock)
          L->Base = Named;
      }
    if (Where.K == ValueRef::Ret) {
      T = T->BindExpr(Call.getOriginExpr(), LC, V);
    } else if (Where.K == ValueRef::Deref && Where.Index < Call.getNumArgs()) {
      if (auto L = Call.getArgSVal(Where.Index).getAs<Loc>())
        T = T->bindLoc(*L, V, LC);
    }
  }
  if (E.Do == EffectKind::AssertLevel)
    T = Map.narrow(T, Before.Level, E.Window);
  if (TakesLock || E.Do == EffectKind::Release || E.Do == EffectKind::Atomic ||
      E.Do == EffectKind::Convert) {
    if (Ev.Class)
      R.Sum.touch(
          Ev.Class,
          FunctionSummary::Uses |
              (TakesLock && !Ev.Shared ? FunctionSummary::Exclusively : 0));
    else
      R.Sum.TouchesUnknown = true;
  }
  if ((E.Do == EffectKind::Init || E.Do == EffectKind::Delete) && Ev.Class)
    R.Sum.touch(Ev.Class, FunctionSummary::Destroys);
  // (A try does not wait, nor what may be one.)
  if (E.Do == EffectKind::Acquire && Succeeded && Ev.Class &&
      Info.EffectApplies[&E - Info.Fn->Effects.data()] == Applies::Yes &&
      !isBanned(Before, *Info.Fn))
    if (const HeldLock *L = After.find(Ev.Object); L && L->Site == Site) {
      Unit.Link.noteOrder(Before, *L, R.Ids, R.FD);
      if (LockTake T = Unit.Link.describe(*L, R.Ids); !T.Key.empty())
        R.Sum.Takes.try_emplace(T.Key, std::move(T));
    }

  R.RestoresLevel |=
      Before.Level.K != LevelValue::Entry && After.Level.K == LevelValue::Entry;
  const SyncState *New = R.Pool.get(std::move(After));
  T = withSync(T, New);
  const NoteTag *Tag = nullptr;
  if (!Note.empty()) {
    std::string Level = Map.rangeOf(New->Level, T).isUnknown()
                            ? ""
                            : Map.rangeOf(New->Level, T).str();
    std::string Text =
        Note + StepSeparator + Level + StepSeparator + heldText(*New, R.Ids);
    Tag = C.getNoteTag([Text, Site](BugReporterContext &,
                                    PathSensitiveBugReport &BR) -> std::string {
      auto &Rep = static_cast<SyncReport &>(BR);
      return Rep.Sites.contains(Site) ? Text : "";
    });
  }
  ExplodedNode *N = W.N;
  if (T != S || Tag)
    N = C.addTransition(T, W.N, Tag);
  if (!N)
    return;
  if (Ev.RestoresByValue && Ev.Matched && Ev.Restores.K == LevelValue::Fixed &&
      E.Restores.From.Index < Call.getNumArgs())
    Ev.RestoresSaved =
        wasStoredByCall(Call.getArgExpr(E.Restores.From.Index), W.N);
  PathJudgement J(Unit, Map, N, &C, C.getBugReporter(),
                  Call.getSourceRange().getBegin());
  for (const auto &Chk : Unit.Checks)
    J.ask([&](Judgement &Ask) { Chk->onEffect(Ev, Before, *New, Ask); });
  if (J.node() && J.ended())
    C.generateSink(J.node()->getState(), J.node());
  else if (J.node())
    Out.push_back({J.node()});
}
