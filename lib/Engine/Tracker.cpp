//===- Tracker.cpp --------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Tracker.h"
#include "Engine/BodyRewriter.h"
#include "Engine/OpaqueCalls.h"
#include "Engine/PathJudgement.h"
#include "Engine/Values.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/TargetInfo.h"
#include "clang/Lex/Lexer.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

/// One way on from a call: the node reached so far.
struct Tracker::World {
  ExplodedNode *N;
  ProgramStateRef state() const { return N->getState(); }
};

LevelMap Tracker::levels() const {
  return {Unit.Root->EntrySym,
          Unit.Ctx.getTargetInfo().getPointerWidth(LangAS::Default) == 64};
}

//===----------------------------------------------------------------------===//
// Begin and end of functions, joins
//===----------------------------------------------------------------------===//

void Tracker::checkBeginFunction(CheckerContext &C) const {
  if (!C.inTopFrame())
    return;
  RootRun &R = *Unit.Root;
  SyncState S;
  S.Level = LevelValue::entry();
  S.ClosedWorld = R.Entry.IsEntryPoint;
  if (const RoleContract *Role = R.Entry.Role) {
    for (const std::string &Name : Role->LocksOnEntry) {
      const LockKindInfo *K = Unit.Index.rules().lockKindOfGlobal(Name);
      if (!K) {
        // Some lock of the system's or the framework's whose object the
        // routine does not see.
        S.ClosedWorld = false;
        continue;
      }
      HeldLock L;
      L.Object = R.Ids.global(Name);
      R.Ids.setName(L.Object, K->Title);
      L.Kind = K;
      L.FromEntry = true;
      S.Held.push_back(L);
    }
    if (Role->ReleasesForCaller && Role->LocksOnEntry.empty())
      S.ClosedWorld = false;
  }
  if (Unit.Index.salOf(R.FD).RequiresLock)
    S.ClosedWorld = false;
  ProgramStateRef State = withSync(C.getState(), R.Pool.get(std::move(S)));
  if (R.EntrySym) {
    auto [Lo, Hi] = levels().numbersOf(R.Entry.Range);
    SValBuilder &SVB = C.getSValBuilder();
    auto Value = [&](unsigned N) {
      return *SVB.makeIntVal(N, R.EntrySym->getType())
                  .castAs<nonloc::ConcreteInt>()
                  .getValue();
    };
    if (ProgramStateRef T = State->assumeInclusiveRange(
            nonloc::SymbolVal(R.EntrySym), Value(Lo), Value(Hi), true))
      State = T;
  }
  C.addTransition(State);
}

/// What a returned value says about success, by the type's convention.
static ExitRecord::Result outcomeOf(SVal V, QualType T, ProgramStateRef S) {
  if (T.isNull() || T->isVoidType())
    return ExitRecord::None;
  auto D = V.getAs<DefinedSVal>();
  if (!D)
    return ExitRecord::Either;
  ProgramStateRef Yes, No;
  if (T->isAnyPointerType() || T->isBooleanType() ||
      T->isSpecificBuiltinType(BuiltinType::UChar)) {
    std::tie(Yes, No) = S->assume(*D);
  } else if (T->isSignedIntegerType()) {
    SValBuilder &SVB = S->getStateManager().getSValBuilder();
    SVal Ge = SVB.evalBinOp(S, BO_GE, *D, SVB.makeIntVal(0, T),
                            SVB.getConditionType());
    if (auto G = Ge.getAs<DefinedSVal>())
      std::tie(Yes, No) = S->assume(*G);
    else
      return ExitRecord::Either;
  } else {
    return ExitRecord::Either;
  }
  if (Yes && No)
    return ExitRecord::Either;
  return Yes ? ExitRecord::Success : ExitRecord::Failure;
}

static bool isFlagType(QualType T) {
  return T->isBooleanType() || T->isEnumeralType() ||
         T->isSpecificBuiltinType(BuiltinType::UChar) ||
         T->isSpecificBuiltinType(BuiltinType::Int);
}

void Tracker::checkEndFunction(const ReturnStmt *RS, CheckerContext &C) const {
  if (!C.inTopFrame())
    return;
  RootRun &R = *Unit.Root;
  ProgramStateRef State = C.getState();
  const SyncState *S = syncOf(State);
  ExitRecord X;
  X.State = S;
  X.Return = RS;
  X.Loc = RS ? RS->getBeginLoc() : R.FD->getBody()->getEndLoc();
  X.EntryRange = levels().rangeOf(LevelValue::entry(), State);
  if (RS && RS->getRetValue())
    X.Outcome = outcomeOf(State->getSVal(RS->getRetValue(),
                                         C.getLocationContext()),
                          RS->getRetValue()->getType().getCanonicalType(),
                          State);
  bool Keeps = !S->Held.empty() || S->Level.K != LevelValue::Entry ||
               !S->Free.empty();
  if (Keeps || !R.Exits.empty()) {
    for (const ParmVarDecl *P : R.FD->parameters()) {
      const VarRegion *VR =
          State->getRegion(P, C.getLocationContext()->getStackFrame());
      QualType T = P->getType();
      if (isFlagType(T)) {
        SVal V = C.getSValBuilder().getRegionValueSymbolVal(VR);
        if (auto D = V.getAs<DefinedSVal>()) {
          auto [Yes, No] = State->assume(*D);
          if (!Yes != !No)
            X.Flags.push_back({P, static_cast<bool>(Yes)});
        }
      } else if (T->isPointerType() && isFlagType(T->getPointeeType())) {
        if (const MemRegion *Target = State->getSVal(VR).getAsRegion())
          if (auto D = State->getSVal(Target, T->getPointeeType())
                           .getAs<DefinedSVal>()) {
            auto [Yes, No] = State->assume(*D);
            if (!Yes != !No)
              X.Outs.push_back({P, static_cast<bool>(Yes)});
          }
      }
    }
  }
  static const SimpleProgramPointTag Tag("irqlint", "exit");
  ExplodedNode *N = C.addTransition(State, &Tag);
  if (!N)
    return;
  X.Node = N;
  R.Exits.push_back(std::move(X));
}

void Tracker::checkBlockEntrance(const BlockEntrance &BE,
                                 CheckerContext &C) const {
  ProgramStateRef S = C.getState();
  if (!syncOf(S))
    return;
  ProgramStateRef W = S;
  auto V = Unit.Root->Merge.enter(
      BE.getBlock(), C.getLocationContext()->getStackFrame(), W,
      Unit.Root->EntrySym, *static_cast<ExprEngine *>(
                               &C.getStateManager().getOwningEngine()));
  if (V == Merger::Verdict::Drop)
    C.addSink();
  else if (W != S)
    C.addTransition(W);
}

void Tracker::checkLiveSymbols(ProgramStateRef S, SymbolReaper &SR) const {
  const SyncState *Sync = syncOf(S);
  if (Unit.Root->EntrySym)
    SR.markLive(Unit.Root->EntrySym);
  if (!Sync)
    return;
  auto Mark = [&](const LevelValue &L) {
    if (L.K == LevelValue::Symbol)
      SR.markLive(static_cast<SymbolRef>(L.Id));
  };
  Mark(Sync->Level);
  for (const HeldLock &L : Sync->Held)
    Mark(L.Base);
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

std::string Tracker::spelling(const Event &Call, StringRef Default) const {
  const Expr *E = Call.getOriginExpr();
  if (!E)
    return Default.str();
  // Routines that the kit's headers declare are macros over others in real
  // ones; the reader knows the macro.
  SourceLocation L = E->getBeginLoc();
  const SourceManager &SM = Unit.Ctx.getSourceManager();
  while (L.isMacroID()) {
    StringRef M = Lexer::getImmediateMacroName(L, SM, Unit.Ctx.getLangOpts());
    if (Unit.Index.rules().function(M))
      return M.str();
    L = SM.getImmediateMacroCallerLoc(L);
  }
  return Default.str();
}

irqlint::CallEvent Tracker::describe(const FunctionContract &Fn,
                                     const FunctionDecl *FD,
                                     const Event &Call,
                                     ProgramStateRef S) const {
  irqlint::CallEvent Info;
  Info.Fn = &Fn;
  Info.Name = spelling(Call, Fn.Name);
  for (const IrqlWindow &W : Fn.Windows)
    Info.WindowApplies.push_back(holds(W.When, Call, S, UnknownVal()));
  for (const Effect &E : Fn.Effects)
    Info.EffectApplies.push_back(holds(E.When, Call, S, UnknownVal()));
  Info.CalleePageable = FD && isPageable(FD);
  return Info;
}

void Tracker::noteDemand(const irqlint::CallEvent &Info,
                         const SyncState &S) const {
  FunctionSummary &Sum = Unit.Root->Sum;
  if (S.Level.K == LevelValue::Entry)
    Sum.Need.meet(needOf(*Info.Fn));
  for (const Effect &E : Info.Fn->Effects)
    Sum.Completes |= E.Do == EffectKind::Complete;
}

/// What a routine gives back before anything else, such as the dispatcher lock
/// that a signal with Wait = TRUE left held, is gone when its window counts.
SyncState Tracker::beforeJudging(const irqlint::CallEvent &Info,
                                 const SyncState &S) const {
  SyncState Now = S;
  for (const Effect &E : Info.Fn->Effects) {
    if (E.Do != EffectKind::Release || !E.IfHeld || E.GlobalLock.empty())
      break;
    ReleaseOp Op;
    Op.Object = Unit.Root->Ids.global(E.GlobalLock);
    Op.Mode = ReleaseOp::FromLock;
    if (Now.find(Op.Object))
      Now = release(std::move(Now), Op);
  }
  return Now;
}

void Tracker::decideInlining(const FunctionDecl *FD, ProgramStateRef S) const {
  const FunctionFacts *F = Unit.Index.find(FD);
  if (!F)
    return;
  const FunctionDecl *Def = F->FD;
  const FunctionSummary &Sum = Unit.Summaries[FD->getCanonicalDecl()];
  const SyncState &State = *syncOf(S);
  RootRun &R = *Unit.Root;

  bool Look = true;
  if (Sum.Known && Sum.Neutral) {
    Look = false;
    IrqlRange L = levels().rangeOf(State.Level, S);
    if (L.Lo > Sum.Need.MinHi || L.Hi < Sum.Need.MaxLo)
      Look = true;
    if (Unit.Opts.Possible &&
        (State.Level.K == LevelValue::Fixed || R.Entry.Known) &&
        (L.Hi > Sum.Need.MinHi || L.Lo < Sum.Need.MaxLo))
      Look = true;
    if (Sum.Completes && State.anySpinning())
      Look = true;
    if (!State.Held.empty() && Sum.TouchesUnknown)
      Look = true;
    for (const HeldLock &H : State.Held)
      Look |= Sum.Touched.count(H.Class) != 0;
    // Accessors and flag tests cost nothing and carry conditions.
    if (!Look && !F->ChangesState && F->Statements <= 3 && !F->HasSeh)
      Look = true;
    if (!Look) {
      if (State.Level.K == LevelValue::Entry)
        R.Sum.Need.meet(Sum.Need);
    }
  }
  R.Sum.Completes |= Sum.Completes;
  R.Sum.TouchesUnknown |= Sum.TouchesUnknown;
  R.Sum.Touched.insert(Sum.Touched.begin(), Sum.Touched.end());
  if (Look && !Def->isVariadic())
    Unit.InlineMarks.markMayInline(Def);
  else
    Unit.InlineMarks.markShouldNotInline(Def);
}

ProgramStateRef Tracker::opaqueCall(const FunctionDecl *FD, const Event &Call,
                                    ProgramStateRef S) const {
  const SyncState &Now = *syncOf(S);
  OpaqueEffect E = guessOpaque(FD->getName());
  const SalContract &Sal = Unit.Index.salOf(FD);
  if (Sal.AcquiresLock)
    E = OpaqueEffect::MayAcquire;
  else if (Sal.ReleasesLock)
    E = OpaqueEffect::MayRelease;
  if (E == OpaqueEffect::None)
    return S;
  SyncState New = Now;
  New.ClosedWorld = false;
  if (E == OpaqueEffect::MayRelease && !New.Held.empty()) {
    // Another unit's wrapper gives up a lock of an object that it is handed,
    // or of none that we can see.
    auto Related = [&](const HeldLock &L) {
      if (Call.getNumArgs() == 0)
        return true;
      StringRef Key(static_cast<const char *>(L.Object));
      for (unsigned I = 0; I < Call.getNumArgs(); ++I)
        if (ObjectId A = Unit.Root->Ids.object(Call.getArgSVal(I)))
          if (Key.starts_with(static_cast<const char *>(A)) ||
              A == L.Handle)
            return true;
      return false;
    };
    for (auto I = New.Held.rbegin(); I != New.Held.rend(); ++I)
      if (!I->FromEntry && Related(*I)) {
        ReleaseOp Op;
        Op.Object = I->Object;
        Op.Kind = I->Kind;
        Op.Mode = ReleaseOp::FromLock;
        New = release(New, Op);
        New = forget(New, Op.Object);
        break;
      }
  }
  return withSync(S, Unit.Root->Pool.get(std::move(New)));
}

void Tracker::checkPreCall(const Event &Call, CheckerContext &C) const {
  ProgramStateRef S = C.getState();
  if (!syncOf(S))
    return;
  const auto *FD = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
  if (!FD)
    return;
  const FunctionContract *Fn = Unit.Index.contractOf(FD);
  bool Defined = Unit.Index.find(FD) != nullptr;
  bool ByRules = Unit.Index.ruleOf(FD) != nullptr;
  if (Fn || isPageable(FD)) {
    static const FunctionContract None;
    irqlint::CallEvent Info = describe(Fn ? *Fn : None, FD, Call, S);
    if (!Fn)
      Info.Name = FD->getNameAsString();
    if (Fn)
      noteDemand(Info, *syncOf(S));
    PathJudgement J(Unit, levels(), C.getPredecessor(), &C,
                    C.getBugReporter(), Call.getSourceRange().getBegin());
    SyncState Judged = beforeJudging(Info, *syncOf(S));
    for (const auto &Chk : Unit.Checks)
      Chk->onCall(Info, Judged, J);
  }
  if (Defined && !ByRules) {
    decideInlining(FD, S);
    return;
  }
  if (!Fn && FD->getIdentifier() && !Defined) {
    ProgramStateRef T = opaqueCall(FD, Call, S);
    if (T != S)
      C.addTransition(T);
  }
}

bool Tracker::evalAccessor(const FunctionDecl *FD, const Event &Call,
                           CheckerContext &C) const {
  QualType T = Call.getResultType();
  if (!T->isAnyPointerType() || !FD->getIdentifier() ||
      !looksLikeAccessor(FD->getName()) || Unit.Index.find(FD))
    return false;
  std::vector<const void *> Key{FD->getCanonicalDecl()};
  for (unsigned I = 0; I < Call.getNumArgs(); ++I) {
    SVal A = Call.getArgSVal(I);
    ObjectId O = Unit.Root->Ids.object(A);
    if (!O && A.getAs<nonloc::ConcreteInt>())
      O = A.castAs<nonloc::ConcreteInt>().getValue().get();
    if (!O)
      return false;
    Key.push_back(O);
  }
  SValBuilder &SVB = C.getSValBuilder();
  SymbolRef &Sym = Unit.Root->Accessors[Key];
  if (!Sym)
    Sym = SVB.conjureSymbolVal(Call, C.blockCount()).getAsSymbol();
  if (!Sym || Sym->getType().getCanonicalType() != T.getCanonicalType())
    return false;
  const Expr *E = Call.getOriginExpr();
  if (!E)
    return false;
  C.addTransition(C.getState()->BindExpr(E, C.getLocationContext(),
                                         SVB.makeLoc(Sym)));
  return true;
}

bool Tracker::evalCall(const Event &Call, CheckerContext &C) const {
  if (!syncOf(C.getState()))
    return false;
  const auto *FD = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
  const Expr *Origin = Call.getOriginExpr();
  if (!FD || !Origin)
    return false;
  const FunctionContract *Fn = Unit.Index.contractOf(FD);
  bool Defined = Unit.Index.find(FD) != nullptr;
  if (!Fn || !Fn->hasEffects() || (Defined && !Unit.Index.ruleOf(FD)))
    return evalAccessor(FD, Call, C);

  ProgramStateRef S = C.getState();
  irqlint::CallEvent Info = describe(*Fn, FD, Call, S);
  Unit.Root->Routines[Origin] = Info.Name;

  // Routines that run other code or write through their arguments change
  // memory; the pure synchronization routines do not.
  bool ChangesMemory = false;
  for (const Effect &E : Fn->Effects)
    ChangesMemory |= E.Do == EffectKind::Atomic ||
                     E.Do == EffectKind::Complete ||
                     E.Do == EffectKind::Queue ||
                     E.Do == EffectKind::CallBack;
  if (ChangesMemory)
    S = Call.invalidateRegions(C.blockCount(), S);

  SVal Ret = UnknownVal();
  if (!Call.getResultType()->isVoidType()) {
    Ret = C.getSValBuilder().conjureSymbolVal(Call, C.blockCount());
    S = S->BindExpr(Origin, C.getLocationContext(), Ret);
  }
  static const SimpleProgramPointTag Tag("irqlint", "call");
  ExplodedNode *N = C.addTransition(S, C.getPredecessor(), &Tag);
  std::vector<World> Worlds, Next;
  if (N)
    Worlds.push_back({N});
  for (size_t I = 0; I < Fn->Effects.size(); ++I) {
    Next.clear();
    for (World &W : Worlds)
      applyEffect(Fn->Effects[I], I, Info, Call, Ret, W, C, Next);
    Worlds.swap(Next);
  }
  return true;
}

void Tracker::applyEffect(const Effect &E, size_t Index,
                          const irqlint::CallEvent &Info, const Event &Call,
                          SVal Ret, World W, CheckerContext &C,
                          std::vector<World> &Out) const {
  auto Move = [&](ProgramStateRef S, const char *What) -> ExplodedNode * {
    if (S == W.state())
      return W.N;
    auto &Tag = Unit.Tags[What];
    if (!Tag)
      Tag = std::make_unique<SimpleProgramPointTag>("irqlint", What);
    return C.addTransition(S, W.N, Tag.get());
  };

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

  bool CanFail = E.Do == EffectKind::TryAcquire || E.Do == EffectKind::Convert;
  CanFail |= E.Do == EffectKind::Acquire && !E.Success.empty();
  if (!CanFail || E.Success.empty())
    return perform(E, Info, Call, Ret, W, true, C, Out);
  auto [Ok, Failed] = splitOn(E.Success, Call, W.state(), Ret);
  if (Failed)
    if (ExplodedNode *N = Move(Failed, "did not succeed"))
      perform(E, Info, Call, Ret, {N}, false, C, Out);
  if (Ok)
    if (ExplodedNode *N = Move(Ok, "succeeded"))
      perform(E, Info, Call, Ret, {N}, true, C, Out);
}

/// The object handed in is of one of the types of the lock kind.
static bool argumentIsOfKind(const Effect &E, const LockKindInfo *K,
                             const Event &Call) {
  if (!K || E.Lock.Index >= Call.getNumArgs())
    return false;
  QualType T = Call.getArgExpr(E.Lock.Index)->IgnoreParenCasts()->getType();
  if (T->isPointerType())
    T = T->getPointeeType();
  for (unsigned I = 0; I < 4 && !T.isNull(); ++I) {
    StringRef Name;
    const auto *TT = T->getAs<TypedefType>();
    if (TT)
      Name = TT->getDecl()->getName();
    else if (const auto *RT = T->getAs<RecordType>())
      Name = RT->getDecl()->getName();
    for (const std::string &Known : K->Types)
      if (Name == Known || Name.drop_front(Name.starts_with("P")) == Known)
        return true;
    if (!TT)
      break;
    T = TT->desugar();
    if (T->isPointerType())
      T = T->getPointeeType();
  }
  return false;
}

static std::string heldText(const SyncState &S, const Identity &Ids) {
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
                      CheckerContext &C, std::vector<World> &Out) const {
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
  if (!E.LockKind.empty())
    Ev.Kind = Unit.Index.rules().lockKind(E.LockKind);
  if (!E.GlobalLock.empty()) {
    Ev.Object = R.Ids.global(E.GlobalLock);
    Ev.Class = Ev.Object;
    Ev.ObjectText = Ev.Kind ? Ev.Kind->Title : E.GlobalLock;
    R.Ids.setName(Ev.Object, Ev.ObjectText);
  } else if (!E.Lock.isNone()) {
    SVal V = valueOf(E.Lock, Call, S, Ret);
    Ev.Object = R.Ids.object(V);
    Ev.Class = R.Ids.classOf(V);
    if (E.Lock.Index < Call.getNumArgs())
      Ev.ObjectText = textOf(Call.getArgExpr(E.Lock.Index), Unit.Ctx);
    R.Ids.setName(Ev.Object, Ev.ObjectText);
  }
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
  ObjectId Handle =
      E.Handle.isNone() ? nullptr
                        : R.Ids.object(valueOf(E.Handle, Call, S, Ret));

  if (E.OfType && !argumentIsOfKind(E, Ev.Kind, Call)) {
    Out.push_back(W);
    return;
  }
  if (E.IfHeld && !Before.find(Ev.Object)) {
    Out.push_back(W);
    return;
  }
  if (E.ToMaybe && Ev.To.known()) {
    IrqlRange R0 = Map.rangeOf(Before.Level, S);
    Ev.To = LevelValue::fixed(R0.hull(Map.rangeOf(Ev.To, S)));
  }

  SyncState After = Before;
  std::string Note;
  bool TakesLock = E.Do == EffectKind::Acquire || E.Do == EffectKind::TryAcquire;
  switch (E.Do) {
  case EffectKind::Acquire:
  case EffectKind::TryAcquire: {
    if (!Ev.Object)
      break; // a lock that nothing is known of
    if (!Succeeded)
      break;
    AcquireOp Op;
    Op.Object = Ev.Object;
    Op.Class = Ev.Class;
    Op.Kind = Ev.Kind;
    Op.Form = R.Ids.intern(E.Form);
    Op.Shared = Ev.Shared;
    Op.Handle = Handle;
    Op.Site = Site;
    Op.To = Ev.To;
    After = acquire(Before, Op);
    std::string Title = Ev.Kind ? Ev.Kind->Title : "lock";
    Note = Title + " '" + Ev.ObjectText + "' is acquired by " + Info.Name +
           " here";
    if (Ev.To.known() && Map.rangeOf(Before.Level, S) !=
                             Map.rangeOf(Ev.To, S))
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
    Op.Handle = Handle;
    Op.Site = Site;
    Op.Mode = E.Restores.K == LevelRef::None    ? ReleaseOp::None
              : E.Restores.K == LevelRef::Saved ? ReleaseOp::FromLock
                                                : ReleaseOp::Value;
    Op.Restores = Ev.Restores;
    if (!Op.Object && !Op.Handle) {
      // Nothing is known of the lock: assume it is the latest of its kind.
      for (auto I = Before.Held.rbegin(); I != Before.Held.rend(); ++I)
        if (I->Kind == Op.Kind) {
          Op.Object = I->Object;
          break;
        }
    }
    Ev.Matched = matchRelease(Before, Op);
    After = release(Before, Op);
    Note = (Ev.Kind ? Ev.Kind->Title : std::string("lock")) + " '" +
           Ev.ObjectText + "' is released by " + Info.Name + " here";
    break;
  }
  case EffectKind::Convert:
    if (Succeeded && Ev.Object)
      After = convert(Before, Ev.Object, E.Shared, Site);
    break;
  case EffectKind::Raise:
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
  case EffectKind::LeaveRegion:
    After = region(Before, E.Region == "guarded",
                   E.Do == EffectKind::EnterRegion ? 1 : -1);
    break;
  case EffectKind::Init:
  case EffectKind::Delete:
    if (Ev.Object)
      After = forget(Before, Ev.Object);
    break;
  default:
    break;
  }

  // Values that the routine hands out.
  ProgramStateRef T = S;
  const LocationContext *LC = C.getLocationContext();
  bool Saves = Succeeded && !E.Saves.isNone();
  bool Asks = E.Do == EffectKind::Query && E.Region == "irql";
  if (Saves || Asks) {
    ValueRef Where = E.Saves;
    if (Asks && Where.isNone())
      Where.K = ValueRef::Ret;
    QualType KT = R.EntrySym ? R.EntrySym->getType() : Unit.Ctx.UnsignedCharTy;
    if (Where.K == ValueRef::Ret && !Call.getResultType()->isVoidType())
      KT = Call.getResultType();
    SVal V = UnknownVal();
    LevelValue Old = Before.Level;
    if (auto Known = Map.toValue(Old, SVB, KT))
      V = *Known;
    else
      V = SVB.conjureSymbolVal(Call, KT, C.blockCount(), &E);
    // A level of which only the interval is known, or nothing at all, gets a
    // symbol to recognise it by when it comes back.
    if (Old.K == LevelValue::Fixed)
      if (SymbolRef Sym = V.getAsSymbol()) {
        auto [Lo, Hi] = Map.numbersOf(Old.Range);
        auto Int = [&](unsigned N) {
          return *SVB.makeIntVal(N, Sym->getType())
                      .castAs<nonloc::ConcreteInt>()
                      .getValue();
        };
        if (ProgramStateRef A = T->assumeInclusiveRange(
                nonloc::SymbolVal(Sym), Int(Lo), Int(Hi), true))
          T = A;
      }
    if (!Map.toValue(Old, SVB, KT))
      if (SymbolRef Sym = V.getAsSymbol()) {
        LevelValue Named = LevelValue::symbol(Sym);
        if (Asks)
          After.Level = Named;
        else if (HeldLock *L = After.find(Ev.Object); L && TakesLock)
          L->Base = Named;
      }
    if (Where.K == ValueRef::Ret) {
      T = T->BindExpr(Call.getOriginExpr(), LC, V);
    } else if (Where.K == ValueRef::Deref &&
               Where.Index < Call.getNumArgs()) {
      if (auto L = Call.getArgSVal(Where.Index).getAs<Loc>())
        T = T->bindLoc(*L, V, LC);
    }
  }
  if (E.Do == EffectKind::AssertLevel) {
    auto [Lo, Hi] = Map.numbersOf(E.Window);
    SymbolRef Sym = Before.Level.K == LevelValue::Entry ? R.EntrySym
                    : Before.Level.K == LevelValue::Symbol
                        ? static_cast<SymbolRef>(Before.Level.Id)
                        : nullptr;
    if (Sym) {
      auto Int = [&](unsigned N) {
        return *SVB.makeIntVal(N, Sym->getType())
                    .castAs<nonloc::ConcreteInt>()
                    .getValue();
      };
      if (ProgramStateRef A = T->assumeInclusiveRange(
              nonloc::SymbolVal(Sym), Int(Lo), Int(Hi), true))
        T = A;
    }
  }
  if (TakesLock || E.Do == EffectKind::Release ||
      E.Do == EffectKind::Atomic || E.Do == EffectKind::Convert) {
    if (Ev.Class)
      R.Sum.Touched.insert(Ev.Class);
    else
      R.Sum.TouchesUnknown = true;
  }

  const SyncState *New = R.Pool.get(std::move(After));
  T = withSync(T, New);
  const NoteTag *Tag = nullptr;
  if (!Note.empty() && Succeeded) {
    std::string Level = Map.rangeOf(New->Level, T).isUnknown()
                            ? ""
                            : Map.rangeOf(New->Level, T).str();
    std::string Text = Note + StepSeparator + Level + StepSeparator +
                       heldText(*New, R.Ids);
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
  PathJudgement J(Unit, Map, N, &C, C.getBugReporter(),
                  Call.getSourceRange().getBegin());
  for (const auto &Chk : Unit.Checks)
    Chk->onEffect(Ev, Before, *New, J);
  if (J.node())
    Out.push_back({J.node()});
}
