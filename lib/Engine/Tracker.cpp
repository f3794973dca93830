//===- Tracker.cpp --------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Tracker.h"
#include "Engine/EntryLocks.h"
#include "Engine/Memory.h"
#include "Engine/PathJudgement.h"
#include "Engine/Values.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/ParentMap.h"
#include "clang/Basic/TargetInfo.h"
#include "clang/Lex/Lexer.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/RangedConstraintManager.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

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
  R.Frame = C.getStackFrame();
  SyncState S;
  S.Level = LevelValue::entry();
  S.ClosedWorld = R.Entry.IsEntryPoint;
  if (R.Entry.Apcs == ApcEntry::Enabled)
    S.Apcs.NormalOff = S.Apcs.AllOff = ApcsBefore::No;
  else if (R.Entry.Apcs != ApcEntry::Unknown)
    S.Apcs.NormalOff = ApcsBefore::Yes;
  if (R.Entry.Apcs == ApcEntry::AllDisabled)
    S.Apcs.AllOff = ApcsBefore::Yes;
  addEntryLocks(S, Unit, C);
  if (Unit.Index.salOf(R.FD).RequiresLock)
    S.ClosedWorld = false;
  addPromisedLocks(S, C);
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
  for (const ProgramStateRef &Way : splitPromises(State, C))
    C.addTransition(Way);
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
  } else if (T->isSignedIntegerType() && !T->isEnumeralType()) {
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

/// Success and nothing more: a status of zero, or a result that is no status.
static bool isPlain(SVal V, QualType T) {
  if (T.isNull() || !T->isSignedIntegerType() || T->isBooleanType())
    return true;
  return V.isZeroConstant();
}

/// The status that says that an operation goes on after the return.
static bool isPending(SVal V) {
  constexpr uint64_t StatusPending = 0x103;
  auto I = V.getAs<nonloc::ConcreteInt>();
  return I && *I->getValue().get() == StatusPending;
}

static bool isFlagType(QualType T) {
  return T->isBooleanType() || T->isEnumeralType() ||
         T->isSpecificBuiltinType(BuiltinType::UChar) ||
         T->isSpecificBuiltinType(BuiltinType::Int);
}

/// The result of a call that the returned variable held before \p N; the value
/// itself may be a number by now, and the variable gone.
static SymbolRef toldBy(const Expr *Ret, const ExplodedNode *N) {
  const auto *R = dyn_cast<DeclRefExpr>(Ret->IgnoreParenImpCasts());
  const auto *V = R ? dyn_cast<VarDecl>(R->getDecl()) : nullptr;
  if (!V || !V->hasLocalStorage() ||
      !V->getType()->isIntegralOrEnumerationType())
    return nullptr;
  // (The statement is a few steps.)
  for (unsigned I = 0; N && I < 16; ++I, N = N->getFirstPred()) {
    ProgramStateRef S = N->getState();
    SVal Raw = S->getRawSVal(S->getLValue(V, N->getLocationContext()));
    if (SymbolRef Sym = Raw.getAsSymbol())
      return Sym;
    if (N->getLocationAs<BlockEntrance>())
      break;
  }
  return nullptr;
}

void Tracker::checkEndFunction(const ReturnStmt *RS, CheckerContext &C) const {
  RootRun &R = *Unit.Root;
  ProgramStateRef State = C.getState();
  if (!C.inTopFrame()) {
    const auto *FD = dyn_cast<FunctionDecl>(C.getLocationContext()->getDecl());
    if (FD && syncOf(State) && isOutersWay(FD, *syncOf(State)))
      C.addSink();
    else if (FD && syncOf(State))
      C.addTransition(keepPromisedLevel(
          leaveToCallee(forgetRefusals(State, FD), FD), FD, C));
    return;
  }
  const SyncState *S = syncOf(State);
  ExitRecord X;
  X.State = S;
  X.Return = RS;
  X.Loc = RS ? RS->getBeginLoc() : R.FD->getBody()->getEndLoc();
  X.EntryRange = levels().rangeOf(LevelValue::entry(), State);
  if (RS && RS->getRetValue()) {
    SVal V = State->getSVal(RS->getRetValue(), C.getLocationContext());
    if (auto I = V.getAs<nonloc::ConcreteInt>())
      X.Number = I->getValue()->getExtValue();
    X.Told = toldBy(RS->getRetValue(), C.getPredecessor());
    X.Outcome =
        outcomeOf(V, RS->getRetValue()->getType().getCanonicalType(), State);
    if (auto D = V.getAs<DefinedSVal>();
        D && RS->getRetValue()->getType()->isScalarType()) {
      auto [Yes, No] = State->assume(*D);
      if (!Yes != !No)
        X.Zero = !Yes;
    }
    X.Plain = isPlain(V, RS->getRetValue()->getType().getCanonicalType());
    X.Pending = isPending(V);
    if (SymbolRef Sym = V.getAsSymbol())
      if (const llvm::APSInt *I =
              State->getConstraintManager().getSymVal(State, Sym))
        X.Pending = isPending(C.getSValBuilder().makeIntVal(*I));
  }
  bool Keeps = !S->Held.empty() || S->Level.K != LevelValue::Entry ||
               S->gaveUp() || S->Critical || S->Guarded || R.LeavesRegion[0] ||
               R.LeavesRegion[1];
  if (Keeps || !R.Exits.empty()) {
    for (const ParmVarDecl *P : R.FD->parameters()) {
      const VarRegion *VR =
          State->getRegion(P, C.getLocationContext()->getStackFrame());
      QualType T = P->getType();
      if (isFlagType(T) || T->isPointerType()) {
        SVal V = C.getSValBuilder().getRegionValueSymbolVal(VR);
        if (auto D = V.getAs<DefinedSVal>()) {
          auto [Yes, No] = State->assume(*D);
          if (!Yes != !No)
            X.Flags.push_back({P, static_cast<bool>(Yes)});
        }
      }
      if (T->isPointerType() && isFlagType(T->getPointeeType())) {
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
  noteSaved(RS, X, C);
  notePromises(RS, X, C);
  static const SimpleProgramPointTag Tag("irqlint", "exit");
  ExplodedNode *N = C.addTransition(State, &Tag);
  if (!N)
    return;
  X.Node = N;
  R.Exits.push_back(std::move(X));
}

/// The way from \p From to \p To leaves a switch over an enumeration without
/// doing anything there.
static bool isNoCase(const CFGBlock *From, const CFGBlock *To) {
  const auto *Switch =
      dyn_cast_or_null<SwitchStmt>(From ? From->getTerminatorStmt() : nullptr);
  if (!Switch ||
      !Switch->getCond()->IgnoreParenImpCasts()->getType()->isEnumeralType())
    return false;
  const Stmt *Label = To->getLabel();
  if (const auto *D = dyn_cast_or_null<DefaultStmt>(Label))
    return isa<BreakStmt, NullStmt>(D->getSubStmt());
  return !isa_and_nonnull<CaseStmt>(Label);
}

void Tracker::checkBlockEntrance(const BlockEntrance &BE,
                                 CheckerContext &C) const {
  ProgramStateRef S = C.getState();
  if (!syncOf(S))
    return;
  ProgramStateRef W = S;
  const StackFrameContext *Frame = C.getLocationContext()->getStackFrame();
  const auto *FD = dyn_cast<FunctionDecl>(Frame->getDecl());
  if (Frame == Unit.Root->Frame && !syncOf(S)->NoCase &&
      Unit.Index.salOf(FD).promises() &&
      isNoCase(BE.getPreviousBlock(), BE.getBlock())) {
    SyncState New = *syncOf(S);
    New.NoCase = true;
    W = withSync(W, Unit.Root->Pool.get(std::move(New)));
  }
  // What was saved is compared at the exits.
  if (Frame == Unit.Root->Frame && !Unit.Index.salOf(FD).SavesTo.empty() &&
      BE.getBlock() == &BE.getBlock()->getParent()->getExit()) {
    if (W != S)
      C.addTransition(W);
    return;
  }
  auto V = Unit.Root->Merge.enter(
      BE.getBlock(), BE.getPreviousBlock(), Frame, W, Unit.Root->EntrySym,
      *static_cast<ExprEngine *>(&C.getStateManager().getOwningEngine()),
      FD ? Unit.Index.guardVariablesOf(FD) : ArrayRef<const VarDecl *>());
  if (V == Merger::Verdict::Drop)
    C.addSink();
  else if (W != S)
    C.addTransition(W);
}

void Tracker::checkLiveSymbols(ProgramStateRef S, SymbolReaper &SR) const {
  const SyncState *Sync = syncOf(S);
  if (Unit.Root->EntrySym)
    SR.markLive(Unit.Root->EntrySym);
  // What callers are told by, or tell, is compared when the function returns.
  if (Unit.Root->Frame)
    for (const ParmVarDecl *P : Unit.Root->FD->parameters()) {
      QualType T = P->getType();
      if (isFlagType(T) ||
          (T->isPointerType() && isFlagType(T->getPointeeType())))
        SR.markLive(S->getRegion(P, Unit.Root->Frame));
    }
  if (Unit.Root->Frame)
    for (const RootRun::Promise &P : Unit.Root->Promises)
      if (P.Condition)
        for (unsigned I : P.Condition->parameters())
          SR.markLive(
              S->getRegion(Unit.Root->FD->getParamDecl(I), Unit.Root->Frame));
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

/// A lock that the program can no longer name cannot be released twice; without
/// this, loops over objects would pile up locks that were given back.
void Tracker::checkDeadSymbols(SymbolReaper &SR, CheckerContext &C) const {
  const SyncState *S = syncOf(C.getState());
  if (!S || S->Free.empty())
    return;
  SyncState New = *S;
  llvm::erase_if(New.Free, [&](const FreeLock &L) {
    SymbolRef Root = Unit.Root->Ids.rootOf(L.Object);
    return Root && SR.isDead(Root);
  });
  if (New.Free.size() != S->Free.size())
    C.addTransition(
        withSync(C.getState(), Unit.Root->Pool.get(std::move(New))));
}

/// The program compares the loaded link with null: in this list it may be.
static bool isTested(const Stmt *Load, const ParentMap &Parents) {
  for (const Stmt *P = Load; P; P = Parents.getParent(P)) {
    const auto *E = dyn_cast<Expr>(P);
    if (!E)
      return isa<IfStmt, WhileStmt, ForStmt, DoStmt>(P);
    if (const auto *B = dyn_cast<BinaryOperator>(E)) {
      auto IsNull = [](const Expr *X) {
        X = X->IgnoreParenCasts();
        const auto *I = dyn_cast<IntegerLiteral>(X);
        return isa<CXXNullPtrLiteralExpr, GNUNullExpr>(X) ||
               (I && I->getValue() == 0);
      };
      return B->isLogicalOp() || (B->isEqualityOp() &&
                                  (IsNull(B->getLHS()) || IsNull(B->getRHS())));
    }
    if (const auto *U = dyn_cast<UnaryOperator>(E);
        U && U->getOpcode() == UO_LNot)
      return true;
    if (!isa<CastExpr, ParenExpr>(E) && P != Load)
      return false;
  }
  return false;
}

static bool isOfSomeElement(const MemRegion *R) {
  for (; const auto *Sub = dyn_cast<SubRegion>(R); R = Sub->getSuperRegion())
    if (const auto *E = dyn_cast<ElementRegion>(R);
        E && !E->getIndex().isConstant())
      return true;
  return false;
}

/// Whoever reaches into an object has found its address not to be null.
void Tracker::checkLocation(SVal L, bool IsLoad, const Stmt *At,
                            CheckerContext &C) const {
  const MemRegion *R = L.getAsRegion();
  if (!R)
    return;
  ProgramStateRef S = C.getState();
  const ValueDecl *D = nullptr;
  if (const auto *F = dyn_cast<FieldRegion>(R))
    D = F->getDecl();
  else if (const auto *V = dyn_cast<VarRegion>(R))
    D = V->getDecl();
  if (D && Unit.Index.isGuard(D)) {
    Unit.Root->Merge.noteGuard(cast<TypedValueRegion>(R),
                               Unit.Index.isJointGuard(D));
    if (IsLoad)
      S = noteRead(S, R);
  }
  // A store into a member of a union, or of an element whose index is not
  // known, makes the analyzer forget what it knew of the places next to it, and
  // read each of them as another value every time.
  if (const auto *T = dyn_cast<FieldRegion>(R);
      IsLoad && T && T->getValueType()->isScalarType() &&
      S->getSVal(T).isUnknown()) {
    SValBuilder &SVB = C.getSValBuilder();
    QualType VT = T->getValueType();
    // (The object that an element points to is still the one it pointed to.)
    SVal V = VT->isAnyPointerType() && isOfSomeElement(T)
                 ? SVal(SVB.getRegionValueSymbolVal(T))
                 : SVal(SVB.conjureSymbolVal(T, C.getCFGElementRef(),
                                             C.getLocationContext(), VT,
                                             C.blockCount()));
    S = S->bindLoc(loc::MemRegionVal(T), V, C.getLocationContext(),
                   /*notifyChanges=*/false);
  }
  if (Unit.Data.isOn() && syncOf(S))
    Unit.Data.noteAccess(Unit.Root->FD, R, IsLoad, dyn_cast_or_null<Expr>(At),
                         *syncOf(S), Unit.Root->Ids);
  auto Exists = [&S](DefinedOrUnknownSVal V) {
    auto [Some, Null] = S->assume(V);
    if (Some && Null)
      S = Some;
  };
  if (const SymbolicRegion *Base = R->getSymbolicBase())
    Exists(loc::MemRegionVal(Base));
  if (const auto *F = dyn_cast_or_null<FieldDecl>(D);
      IsLoad && F && isListLink(F) &&
      !isTested(At, C.getLocationContext()->getParentMap()))
    if (auto Link = S->getSVal(R).getAs<DefinedSVal>())
      Exists(*Link);
  ExplodedNode *Before = C.getPredecessor();
  if (memoryKindOf(L, S) == MemoryKind::Paged && syncOf(S) &&
      levels().rangeOf(syncOf(S)->Level, S).Lo > Irql::Apc) {
    AccessEvent Ev;
    Ev.Paged = true;
    Ev.Write = !IsLoad;
    const auto *E = dyn_cast_or_null<Expr>(At);
    if (const auto *B = dyn_cast_or_null<BinaryOperator>(E);
        B && B->isAssignmentOp())
      E = B->getLHS();
    Ev.Text = textOf(E, Unit.Ctx);
    PathJudgement J(Unit, levels(), C.getPredecessor(), &C, C.getBugReporter(),
                    E ? E->getBeginLoc() : SourceLocation());
    for (const auto &Chk : Unit.Checks)
      Chk->onAccess(Ev, *syncOf(S), J);
    Before = J.node();
  }
  if (D && isa<FieldDecl>(D) && D->hasAttr<AnnotateAttr>() && Before)
    Before = judgeGuarded(cast<FieldRegion>(R), IsLoad, At, Before, C);
  if (S != C.getState() && Before)
    C.addTransition(S, Before);
}

/// The member is annotated with the lock that guards it.
ExplodedNode *Tracker::judgeGuarded(const FieldRegion *F, bool IsLoad,
                                    const Stmt *At, ExplodedNode *Node,
                                    CheckerContext &C) const {
  const auto *E = dyn_cast_or_null<Expr>(At);
  ProgramStateRef S = C.getState();
  if (!E || !syncOf(S) || isOnStack(loc::MemRegionVal(F)))
    return Node;
  for (const auto *A : F->getDecl()->specific_attrs<AnnotateAttr>()) {
    StringRef T = A->getAnnotation();
    bool Writes = T.consume_front("sal:_Write_guarded_by_(");
    if ((!Writes && !T.consume_front("sal:_Guarded_by_(")) ||
        (Writes && IsLoad))
      continue;
    T.consume_back(")");
    auto P = resolveSalPath(T, F->getDecl());
    const LockKindInfo *K = P ? kindOfSalPath(*P, Unit.Index.rules()) : nullptr;
    if (!K)
      continue;
    SVal Around = loc::MemRegionVal(F->getSuperRegion());
    SVal Lock = P->From == SalPath::This
                    ? valueOfSalPath(*P, Around, S)
                    : lockAtEntry(*P, Unit.Root->FD, Unit.Root->Frame, S);
    ObjectId O = Unit.Root->Ids.object(Lock);
    const SyncState &Now = *syncOf(S);
    if (!O || Now.find(O))
      continue;
    const FreeLock *Free = Now.findFree(O);
    AccessEvent Ev;
    Ev.Guard = K;
    Ev.GuardText = T.str();
    Ev.Write = !IsLoad;
    Ev.Sure = Free && Free->TakenHere;
    if (Ev.Sure)
      Ev.GivenUpAt = Free->Site;
    else if (!Now.ClosedWorld)
      continue;
    if (const auto *B = dyn_cast<BinaryOperator>(E); B && B->isAssignmentOp())
      E = B->getLHS();
    Ev.Text = textOf(E, Unit.Ctx);
    PathJudgement J(Unit, levels(), Node, &C, C.getBugReporter(),
                    E->getBeginLoc());
    for (const auto &Chk : Unit.Checks)
      Chk->onAccess(Ev, Now, J);
    return J.node();
  }
  return Node;
}

void Tracker::checkBind(SVal Location, SVal V, const Stmt *, bool,
                        CheckerContext &C) const {
  const MemRegion *R = Location.getAsRegion();
  if (!R || isa<VarRegion>(R))
    return;
  if (const auto *T = dyn_cast<TypedValueRegion>(R);
      T && T->getValueType()->isScalarType()) {
    Unit.Root->Merge.noteStore(T);
    noteOwner(T, V);
  }
  // A lock that can be handed over, whose address is left for somebody else to
  // find, may be his to give up.
  const SyncState *Now = syncOf(C.getState());
  if (!Now || Now->Held.empty() || !V.getAs<Loc>() ||
      R->hasMemorySpace<StackSpaceRegion>(C.getState()))
    return;
  const HeldLock *L = Now->find(Unit.Root->Ids.object(V));
  if (!L || L->Doubtful || !L->Kind || L->Kind->MustReleaseBeforeReturn)
    return;
  SyncState New = *Now;
  New.find(L->Object)->Doubtful = true;
  C.addTransition(withSync(C.getState(), Unit.Root->Pool.get(std::move(New))));
}

ProgramStateRef Tracker::checkRegionChanges(ProgramStateRef S,
                                            const InvalidatedSymbols *,
                                            ArrayRef<const MemRegion *>,
                                            ArrayRef<const MemRegion *>,
                                            const LocationContext *LC,
                                            const Event *Call) const {
  const auto &Owners = Unit.Root->OwnerMembers;
  if (!Call || !(Unit.Index.hasGuards() || !Owners.empty()) || !syncOf(S))
    return S;
  ProgramStateRef Old = stateBefore(*Call);
  ProgramStateRef New = S;
  const SyncState &Sync = *syncOf(S);
  auto Keep = [&](const TypedValueRegion *R, SVal V) {
    // A structure of its own that the function hands out is there to be filled,
    // at least while nothing has been decided with it.
    if (const auto *Base = dyn_cast<VarRegion>(R->getBaseRegion());
        Base && Base->getDecl()->hasLocalStorage() && Sync.Held.empty())
      return;
    if (!V.isUnknownOrUndef() && !(New->getSVal(R) == V))
      New = New->bindLoc(loc::MemRegionVal(R), V, LC, /*notifyChanges=*/false);
  };
  // Nobody else says that this thread owns a lock, or that it does no more.
  for (const TypedValueRegion *R : Owners)
    if (namesThisThread(R, Old))
      Keep(R, Old->getSVal(R));
  // What it tested, until it gives the last lock up; what it stored; and the
  // pointers that lead to such members, for objects stay where they belong.
  if (!Sync.Held.empty() || !Sync.gaveUp())
    for (const TypedValueRegion *R : Unit.Root->Merge.guards())
      Keep(R, Old->getSVal(R));
  else
    for (const TypedValueRegion *R : Unit.Root->Merge.guards())
      if (Unit.Root->Merge.hasStored(R) || R->getValueType()->isPointerType() ||
          wasRead(S, R))
        Keep(R, Old->getSVal(R));
  return New;
}
