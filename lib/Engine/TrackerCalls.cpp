//===- TrackerCalls.cpp ---------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/AtOnce.h"
#include "Engine/CallPlace.h"
#include "Engine/EntryLocks.h"
#include "Engine/OpaqueCalls.h"
#include "Engine/PathJudgement.h"
#include "Engine/Tracker.h"
#include "Engine/Values.h"
#include "Engine/WdfConfig.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Lex/Lexer.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

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
                                     const FunctionDecl *FD, const Event &Call,
                                     ProgramStateRef S) const {
  irqlint::CallEvent Info;
  Info.Fn = &Fn;
  Info.Name = spelling(Call, Fn.Name);
  for (const IrqlWindow &W : Fn.Windows)
    Info.WindowApplies.push_back(holds(W.When, Call, S, UnknownVal()));
  for (const Effect &E : Fn.Effects)
    Info.EffectApplies.push_back(holds(E.When, Call, S, UnknownVal()));
  for (size_t I = 0; I < Fn.Effects.size(); ++I)
    if (Fn.Effects[I].Do == EffectKind::Await)
      awaits(Fn.Effects[I], Info.EffectApplies[I], Call, S, Info);
  for (const Prohibition &P : Fn.Forbids)
    Info.ForbidApplies.push_back(holds(P.When, Call, S, UnknownVal()));
  Paging Place = FD ? pagingOf(FD) : Paging::Resident;
  Info.CalleePageable = Place != Paging::Resident;
  Info.CalleeLockable = Place == Paging::Lockable;
  if (llvm::any_of(Fn.Effects, [](const Effect &E) { return E.Recheck; })) {
    CallPlace Place = placeOf(Call);
    Info.InLoop = Place.InLoop;
    Info.Guarded = Place.Guarded;
  }
  return Info;
}

/// Whether a wait for callbacks can end: not if it is the callback itself that
/// waits, nor if a callback needs a lock that is held here.
void Tracker::awaits(const Effect &E, Applies Holds, const Event &Call,
                     ProgramStateRef S, irqlint::CallEvent &Info) const {
  RootRun &R = *Unit.Root;
  unsigned At = E.Lock.Index;
  if (Holds == Applies::No || At >= Call.getNumArgs() ||
      (!E.OnlyTypes.empty() && !argumentIsOf(E.OnlyTypes, At, Call)))
    return;
  IrqlRange Now = levels().rangeOf(syncOf(S)->Level, S);
  if (!Now.meet(E.Window))
    return;
  Info.AwaitSure =
      Holds == Applies::Yes && Now.Lo >= E.Window.Lo && Now.Hi <= E.Window.Hi;
  std::string Text = textOf(Call.getArgExpr(At), Unit.Ctx);
  const WdfFacts &F = Unit.Config->facts();
  int O = At == 0 ? Unit.Config->objectAt(Call.getOriginExpr()) : NoObject;
  if (R.Entry.IsEntryPoint) {
    if (R.Entry.Role)
      for (const std::string &Name : E.InRoles)
        if (Name == R.Entry.Role->Name)
          Info.Await = irqlint::CallEvent::Forbidden;
    bool Self = false;
    if (O != NoObject && !F.Objects[O].Many)
      for (int Mine : R.Entry.Objects)
        Self |= F.Objects[Mine].Site == F.Objects[O].Site;
    if (R.FD->getNumParams() && R.Frame) {
      const ParmVarDecl *P = R.FD->getParamDecl(0);
      ObjectId Given = R.Ids.object(Call.getArgSVal(At));
      Self |= P->getType()->isPointerType() && Given &&
              Given == R.Ids.object(S->getSVal(S->getRegion(P, R.Frame)));
    }
    if (Self)
      Info.Await = irqlint::CallEvent::Self;
  }
  if (Info.Await != irqlint::CallEvent::Ends)
    Info.AwaitText = Text;
  if (Info.Await == irqlint::CallEvent::Self || O == NoObject)
    return;
  for (const WdfCallback &C : F.Objects[O].Callbacks) {
    if (C.LockOwner == NoObject || F.Objects[C.LockOwner].Many)
      continue;
    ObjectId Lock = frameworkLock(C.InterruptLock, C.LockOwner, Unit);
    if (!syncOf(S)->find(Lock))
      continue;
    Info.Await = irqlint::CallEvent::Blocked;
    Info.AwaitText = Text;
    Info.AwaitCallback = C.Function;
    Info.AwaitLock = Lock;
    return;
  }
}

void Tracker::noteDemand(const irqlint::CallEvent &Info,
                         ProgramStateRef State) const {
  FunctionSummary &Sum = Unit.Root->Sum;
  const SyncState &S = *syncOf(State);
  if (S.Level.K == LevelValue::Entry)
    Unit.Root->demand(needOf(*Info.Fn), levels().rangeOf(S.Level, State));
  ApcNeed Apc = needOf(Info.Fn->Apc);
  Apc.Off &= !S.normalApcsOff() && S.Level.K == LevelValue::Entry;
  Sum.Apc.meet(Apc);
  for (const Effect &E : Info.Fn->Effects) {
    Sum.Completes |= E.Do == EffectKind::Complete;
    Sum.Awaits |= E.Do == EffectKind::Await;
  }
}

/// Where a routine returns, what it demands of the level was true: whatever is
/// wrong behind the call on a level that it forbids, the call was already (and
/// has been judged so). Of routines that do nothing to locks or levels the
/// documentation is often stricter than they are, and callers know that: from
/// these nothing follows for others.
ProgramStateRef Tracker::asDemanded(const irqlint::CallEvent &Info,
                                    bool ByRules, ProgramStateRef S) const {
  const FunctionContract &Fn = *Info.Fn;
  IrqlRange R;
  for (size_t I = 0; I < Fn.Windows.size(); ++I)
    if (Info.WindowApplies[I] == Applies::Yes) {
      R.Hi = std::min(R.Hi, Fn.Windows[I].Range.Hi);
      if (Fn.Windows[I].MinFirm)
        R.Lo = std::max(R.Lo, Fn.Windows[I].Range.Lo);
    }
  for (size_t I = 0; I < Fn.Effects.size(); ++I)
    if (Fn.Effects[I].Do == EffectKind::Wait &&
        Info.EffectApplies[I] == Applies::Yes)
      R.Hi = std::min(R.Hi, Irql::Apc);
  if (R.Lo > R.Hi || Fn.Conditional)
    return S;
  SyncState New = *syncOf(S);
  bool Soft = ByRules && Fn.Effects.empty();
  if (Soft && R.Hi >= New.asked())
    return S;
  // (An interval without a symbol is what is left where calls were not looked
  // into: no ground to accuse others on.)
  if (!Soft)
    return levels().narrow(S, New.Level, R);
  New.ask(R.Hi);
  return withSync(S, Unit.Root->Pool.get(std::move(New)));
}

/// The tag of the state behind a call that told something new of the level:
/// findings that rest on it say so.
const NoteTag *Tracker::noteNarrowing(const irqlint::CallEvent &Info,
                                      ProgramStateRef S,
                                      CheckerContext &C) const {
  LevelMap Map = levels();
  LevelDemand D;
  const LevelValue &Level = syncOf(S)->Level;
  D.Level = Map.symbolOf(Level);
  if (!D.Level || S == C.getState())
    return nullptr;
  D.Before = Map.rangeOf(Level, C.getState());
  D.After = Map.rangeOf(Level, S);
  if (D.Before == D.After)
    return nullptr;
  auto Key = std::make_shared<const LevelDemand *>(nullptr);
  std::string State = StepSeparator + D.After.str() + StepSeparator +
                      heldText(*syncOf(S), Unit.Root->Ids);
  const NoteTag *Tag = C.getNoteTag(
      [Key, Name = Info.Name, R = D.After,
       State](BugReporterContext &, PathSensitiveBugReport &BR) -> std::string {
        const auto &RestsOn = static_cast<SyncReport &>(BR).RestsOn;
        auto I = RestsOn.find(*Key);
        if (I == RestsOn.end())
          return "";
        std::string Bound, Most;
        if (I->second.first) {
          Bound = irqlName(R.Hi) + std::string(" or below");
          Most = "at most " + std::string(irqlName(R.Hi));
        }
        if (I->second.second) {
          Bound += (Bound.empty() ? "" : " and ") +
                   std::string(irqlName(R.Lo)) + " or above";
          Most += (Most.empty() ? "" : " and ") + std::string("at least ") +
                  irqlName(R.Lo);
        }
        return Name + " requires " + Bound + " here, so the level is " + Most +
               State;
      });
  *Key = &(Unit.Root->Demands[Tag] = D);
  return Tag;
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

void Tracker::checkPreCall(const Event &Call, CheckerContext &C) const {
  ProgramStateRef S = C.getState();
  if (!syncOf(S))
    return;
  const auto *FD = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
  if (!FD) {
    C.addTransition(handLevelTo(Call, handOverTo(nullptr, Call, S)));
    return;
  }
  if (isUsedByCallers(Call.getOriginExpr(), C.getLocationContext())) {
    C.addSink();
    return;
  }
  const FunctionContract *Fn = Unit.Index.contractOf(FD);
  if (FD->isNoReturn() || FD->hasAttr<AnalyzerNoReturnAttr>() ||
      (Fn && Fn->NoReturn)) {
    if (Fn && Fn->EndsThread)
      endThread(Call, C);
    else
      C.addSink();
    return;
  }
  bool Defined = Unit.Index.find(FD) != nullptr;
  bool ByRules = Unit.Index.ruleOf(FD) != nullptr;
  const NoteTag *Tag = nullptr;
  // (What the system's routine calls is judged as what the system enters.)
  if ((Fn || pagingOf(FD) != Paging::Resident) &&
      !isMadeUp(C.getLocationContext())) {
    static const FunctionContract None;
    irqlint::CallEvent Info = describe(Fn ? *Fn : None, FD, Call, S);
    if (!Fn)
      Info.Name = FD->getNameAsString();
    if (Fn)
      noteDemand(Info, S);
    PathJudgement J(Unit, levels(), C.getPredecessor(), &C, C.getBugReporter(),
                    Call.getSourceRange().getBegin());
    SyncState Judged = beforeJudging(Info, *syncOf(S));
    for (const auto &Chk : Unit.Checks)
      J.ask([&](Judgement &Ask) { Chk->onCall(Info, Judged, Ask); });
    S = asDemanded(Info, ByRules, S);
    Tag = noteNarrowing(Info, S, C);
  }
  if (ByRules && runsAtOnce(Call, C.getLocationContext()))
    return enterCallBack(FD, *Fn, Call, C);
  if (!ByRules && Unit.Data.isOn() && FD->getIdentifier())
    Unit.Data.noteCall(Unit.Root->FD, FD, *syncOf(S), Unit.Root->Ids);
  size_t Held = syncOf(S)->Held.size();
  if (!ByRules && !Unit.Index.salOf(FD).Locks.empty())
    S = annotatedCall(FD, Call, S, !Defined, C);
  // What gives up the locks that it names is not searched for others.
  bool AsTold = syncOf(S)->Held.size() < Held;
  if (Defined && !ByRules) {
    bool Looks = decideInlining(FD, S, C.getLocationContext(),
                                Call.getSourceRange().getBegin());
    S = handOverTo(FD, Call, S, Looks);
    const FunctionSummary &Sum = Unit.Summaries[FD->getCanonicalDecl()];
    if (!Looks && Sum.Known && Sum.Neutral && (Sum.Blurs || Sum.BlursApcs)) {
      SyncState New = *syncOf(S);
      IrqlRange L = levels().rangeOf(New.Level, S);
      if (Sum.Blurs) {
        New.Level = LevelValue::fixed({L.Lo, std::max(L.Hi, Irql::Dispatch)});
        New.LevelSite = nullptr;
        New.ClosedWorld = false;
      }
      New.Apcs.Vague = true;
      C.addTransition(withSync(S, Unit.Root->Pool.get(std::move(New))), Tag);
      return;
    }
    if (!Looks && !(Sum.Known && Sum.Neutral)) {
      // It may lock, unlock or change the level, and cannot be looked into.
      if (FD->getIdentifier())
        S = opaqueCall(FD, Call, S);
      SyncState New = *syncOf(handLevelTo(Call, S));
      New.Free.clear();
      New.Level = LevelValue::unknown();
      New.LevelSite = nullptr;
      New.ClosedWorld = false;
      New.Apcs.Vague = true;
      S = withSync(S, Unit.Root->Pool.get(std::move(New)));
    }
    if (S != C.getState())
      C.addTransition(S, Tag);
    return;
  }
  if (!ByRules && !Defined) {
    Unit.Link.noteCall(FD, levels().rangeOf(syncOf(S)->Level, S), *syncOf(S),
                       Unit.Root->Ids, Unit.Root->FD,
                       Call.getSourceRange().getBegin());
    S = handOverTo(FD, Call, S);
    if (FD->getIdentifier() && !AsTold)
      S = opaqueCall(FD, Call, S);
    if (!AsTold)
      S = handLevelTo(Call, S);
    if (!AsTold && changesElsewhere(FD)) {
      SyncState New = *syncOf(S);
      New.ClosedWorld = false;
      New.Apcs.Vague = true;
      S = withSync(S, Unit.Root->Pool.get(std::move(New)));
    }
  }
  if (S != C.getState())
    C.addTransition(S, Tag);
}

/// Another unit's function that is not brought in changes locks or the level
/// for its callers.
bool Tracker::changesElsewhere(const FunctionDecl *FD) const {
  const auto &Known = Unit.Opts.KnownFunctions;
  if (Known.empty())
    return false;
  auto [I, New] = Unit.ChangesElsewhere.try_emplace(FD->getCanonicalDecl());
  if (New)
    if (auto K = Known.find(usrOf(FD)); K != Known.end())
      I->second = K->second.Changes;
  return I->second;
}

/// \p Wrapper did not get a lock for which it waits or only tries, as it is
/// told. Who does not look at its result knows that it waits.
bool Tracker::triedInVain(const SyncState &S,
                          const FunctionDecl *Wrapper) const {
  const FunctionDecl *Def = Wrapper->getDefinition();
  const SourceManager &SM = Unit.Ctx.getSourceManager();
  if (!Def || Def->getReturnType()->isVoidType())
    return false;
  return llvm::any_of(S.Free, [&](const FreeLock &L) {
    const auto *Site = static_cast<const CallExpr *>(nullptr);
    if (L.Failed && L.Site)
      Site = dyn_cast<CallExpr>(static_cast<const Expr *>(L.Site));
    if (!Site || !Site->getDirectCallee() ||
        !SM.isPointWithin(SM.getExpansionLoc(Site->getBeginLoc()),
                          SM.getExpansionLoc(Def->getBeginLoc()),
                          SM.getExpansionLoc(Def->getEndLoc())))
      return false;
    const FunctionContract *Fn = Unit.Index.contractOf(Site->getDirectCallee());
    return Fn && llvm::any_of(Fn->Effects, [](const Effect &E) {
             return E.Do == EffectKind::Acquire;
           });
  });
}

/// Everything that the routine does besides, and the lock that it holds while
/// it calls.
void Tracker::enterCallBack(const FunctionDecl *FD, const FunctionContract &Fn,
                            const Event &Call, CheckerContext &C) const {
  irqlint::CallEvent Info = describe(Fn, FD, Call, C.getState());
  Unit.Root->Routines[Call.getOriginExpr()] = Info.Name;
  std::vector<World> Worlds{{C.getPredecessor()}}, Next;
  for (size_t I = 0; I < Fn.Effects.size(); ++I) {
    Next.clear();
    for (World &W : Worlds)
      applyEffect(Fn.Effects[I], I, Info, Call, UnknownVal(), W, C, Next);
    Worlds.swap(Next);
  }
}

/// The first argument without which \p FD stops the system, or complains.
static bool assertsFirst(const FunctionDecl *FD, const UnitIndex &Index) {
  if (FD->getNumParams() == 0 ||
      !FD->getParamDecl(0)->getType()->isIntegralOrEnumerationType())
    return false;
  const FunctionDecl *Def = nullptr;
  if (!FD->hasBody(Def))
    return FD->getIdentifier() && !Index.ruleOf(FD) &&
           looksLikeAssertion(FD->getName());
  // if (!Holds) stop();
  const auto *Body = dyn_cast<CompoundStmt>(Def->getBody());
  const auto *If = Body && !Body->body_empty()
                       ? dyn_cast<IfStmt>(Body->body_front())
                       : nullptr;
  const auto *Not =
      If ? dyn_cast<UnaryOperator>(If->getCond()->IgnoreParenImpCasts())
         : nullptr;
  if (!Not || Not->getOpcode() != UO_LNot || If->getElse())
    return false;
  const auto *P =
      dyn_cast<DeclRefExpr>(Not->getSubExpr()->IgnoreParenImpCasts());
  if (!P || P->getDecl() != Def->getParamDecl(0))
    return false;
  const Stmt *Last = If->getThen();
  if (const auto *Block = dyn_cast<CompoundStmt>(Last))
    Last = Block->body_empty() ? nullptr : Block->body_back();
  const auto *Stop = dyn_cast_or_null<CallExpr>(Last);
  return Stop && Stop->getDirectCallee() &&
         Stop->getDirectCallee()->isNoReturn();
}

/// What the analyzer does not go through: `reset(Handle H = none())`. A
/// function that does nothing but return a constant is that constant.
void Tracker::checkPostStmt(const CXXDefaultArgExpr *E,
                            CheckerContext &C) const {
  ProgramStateRef S = C.getState();
  if (!C.getSVal(E).isUnknown())
    return;
  const auto *Call = dyn_cast<CallExpr>(E->getExpr()->IgnoreParenImpCasts());
  const FunctionDecl *FD = Call ? Call->getDirectCallee() : nullptr;
  const Stmt *Body = FD ? FD->getBody() : nullptr;
  const auto *B = dyn_cast_or_null<CompoundStmt>(Body);
  const auto *Ret =
      B && B->size() == 1 ? dyn_cast<ReturnStmt>(B->body_back()) : nullptr;
  if (!Ret || !Ret->getRetValue() || Ret->getRetValue()->isValueDependent())
    return;
  SValBuilder &SVB = C.getSValBuilder();
  const Expr *Value = Ret->getRetValue()->IgnoreParenCasts();
  while (const auto *T = dyn_cast<SubstNonTypeTemplateParmExpr>(Value))
    Value = T->getReplacement()->IgnoreParenCasts();
  std::optional<SVal> V = SVB.getConstantVal(Ret->getRetValue());
  if (!V && E->getType()->isAnyPointerType() &&
      isa<CXXNullPtrLiteralExpr, GNUNullExpr>(Value))
    V = SVB.makeNullWithType(E->getType());
  if (V)
    C.addTransition(S->BindExpr(E, C.getLocationContext(), *V));
}

void Tracker::checkPostCall(const Event &Call, CheckerContext &C) const {
  ProgramStateRef S = C.getState();
  const auto *FD = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
  if (FD && syncOf(S) && Call.getNumArgs() > 0 &&
      assertsFirst(FD, Unit.Index)) {
    if (auto Holds = Call.getArgSVal(0).getAs<DefinedOrUnknownSVal>()) {
      if (ProgramStateRef T = S->assume(*Holds, true))
        C.addTransition(T);
      else
        C.addSink();
    }
    return;
  }
  if (FD && syncOf(S) && callBackAtOnce(FD, Unit.Index))
    return leaveCallBack(Call, C);
  if (FD && syncOf(S) && !C.wasInlined && !Unit.Index.ruleOf(FD) &&
      !Unit.Index.salOf(FD).Conditional.empty()) {
    auto Sum = Unit.Summaries.find(FD->getCanonicalDecl());
    bool Neutral = Unit.Index.find(FD) && Sum != Unit.Summaries.end() &&
                   Sum->second.Known && Sum->second.Neutral;
    if (!Neutral && conditionalCall(FD, Call, C))
      return;
  }
  if (!FD || !syncOf(S) || !Unit.Index.find(FD))
    return;
  if (ProgramStateRef Kept = noteKeeper(Call, S); Kept != S) {
    C.addTransition(Kept);
    return;
  }
  if (isResultUnused(Call) && triedInVain(*syncOf(S), FD)) {
    C.addSink();
    return;
  }
  // That its annotation does not hold on this path has been told: what follows
  // relies on it.
  if (auto I = Unit.NotRaising.find(FD->getCanonicalDecl());
      I != Unit.NotRaising.end() && C.wasInlined &&
      levels().rangeOf(syncOf(S)->Level, S).Hi < I->second) {
    C.addSink();
    return;
  }
  // Only the call that raised the level is worth speaking of, not those that
  // follow a raise of the caller's own.
  const auto *Site = static_cast<const Expr *>(syncOf(S)->LevelSite);
  const Decl *Caller = C.getLocationContext()->getDecl();
  const SourceManager &SM = C.getSourceManager();
  if (!Site || SM.isPointWithin(SM.getExpansionLoc(Site->getBeginLoc()),
                                SM.getExpansionLoc(Caller->getBeginLoc()),
                                SM.getExpansionLoc(Caller->getEndLoc())))
    return;
  PathJudgement J(Unit, levels(), C.getPredecessor(), &C, C.getBugReporter(),
                  Call.getSourceRange().getBegin());
  for (const auto &Chk : Unit.Checks)
    Chk->onReturn(FD->getNameAsString(), *syncOf(S), J);
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
  ProgramStateRef S =
      C.getState()->BindExpr(E, C.getLocationContext(), SVB.makeLoc(Sym));
  // "The current something" always exists.
  if (Call.getNumArgs() == 0)
    if (ProgramStateRef T =
            S->assume(SVB.makeLoc(Sym).castAs<DefinedOrUnknownSVal>(), true))
      S = T;
  C.addTransition(S);
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
  if (Fn && Fn->Atomically != AtomicStep::None &&
      (!Defined || Unit.Index.ruleOf(FD)))
    return evalAtomic(*Fn, Call, C);
  if (!Fn || (!Fn->hasEffects() && Fn->Ensures.empty()) ||
      (Defined && !Unit.Index.ruleOf(FD)))
    return evalAccessor(FD, Call, C);

  if (runsAtOnce(Call, C.getLocationContext()))
    return false;
  ProgramStateRef S = C.getState();
  irqlint::CallEvent Info = describe(*Fn, FD, Call, S);
  Unit.Root->Routines[Origin] = Info.Name;

  // Routines that run other code or write through their arguments change
  // memory; the pure synchronization routines do not.
  bool ChangesMemory = !Unit.Index.ruleOf(FD) || !Fn->hasEffects();
  for (const Effect &E : Fn->Effects)
    ChangesMemory |= E.Do == EffectKind::Atomic ||
                     E.Do == EffectKind::Complete ||
                     E.Do == EffectKind::Queue || E.Do == EffectKind::CallBack;
  if (ChangesMemory)
    S = Call.invalidateRegions(C.blockCount(), S);

  SVal Ret = UnknownVal();
  if (!Call.getResultType()->isVoidType()) {
    Ret = C.getSValBuilder().conjureSymbolVal(Call, C.blockCount());
    S = S->BindExpr(Origin, C.getLocationContext(), Ret);
    for (const Guarantee &G : Fn->Ensures)
      if (holds(G.When, Call, S, Ret) == Applies::Yes)
        if (ProgramStateRef T = splitOn(G.That, Call, S, Ret).first)
          S = T;
  }
  for (const ValueRef &W : Fn->Writes)
    S = fill(W, Call, S, C.blockCount());
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
