//===- TrackerLocks.cpp ---------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Why a lock is held, and what asking for its owner tells.
//===----------------------------------------------------------------------===//

#include "Engine/OpaqueCalls.h"
#include "Engine/Tracker.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ParentMap.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/RangedConstraintManager.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// Kinds of circumstances in which one lock is acquired, beyond which they are
/// no longer told apart.
static constexpr unsigned MaxReasons = 12;

/// What a condition mentions.
static void mentionedIn(const Stmt *S,
                        llvm::SmallPtrSetImpl<const ValueDecl *> &Out) {
  if (!S)
    return;
  if (const auto *M = dyn_cast<MemberExpr>(S))
    Out.insert(M->getMemberDecl());
  else if (const auto *R = dyn_cast<DeclRefExpr>(S))
    Out.insert(cast<ValueDecl>(R->getDecl()->getCanonicalDecl()));
  for (const Stmt *C : S->children())
    mentionedIn(C, Out);
}

/// What decides in the text of a function whether \p S is reached.
static void decidersOf(const Stmt *S, const ParentMap &Parents,
                       llvm::SmallPtrSetImpl<const ValueDecl *> &Out) {
  for (const Stmt *P = Parents.getParent(S); P;
       S = P, P = Parents.getParent(P)) {
    const Expr *Cond = nullptr;
    if (const auto *If = dyn_cast<IfStmt>(P))
      Cond = If->getCond();
    else if (const auto *Q = dyn_cast<ConditionalOperator>(P))
      Cond = Q->getCond();
    if (Cond && Cond != S)
      mentionedIn(Cond, Out);
  }
}

/// \p S in words that are the same each time that the program comes here:
/// symbols are named by what they decide as.
static bool spell(SymbolRef S,
                  const llvm::DenseMap<SymbolRef, const ValueDecl *> &Names,
                  llvm::raw_ostream &OS) {
  if (const ValueDecl *D = Names.lookup(S)) {
    OS << static_cast<const void *>(D) << ' ';
    return true;
  }
  if (const auto *C = dyn_cast<SymbolCast>(S))
    return spell(C->getOperand(), Names, OS);
  if (const auto *U = dyn_cast<UnarySymExpr>(S)) {
    OS << UnaryOperator::getOpcodeStr(U->getOpcode());
    return spell(U->getOperand(), Names, OS);
  }
  bool Known = false;
  if (const auto *B = dyn_cast<SymIntExpr>(S)) {
    Known = spell(B->getLHS(), Names, OS);
    OS << BinaryOperator::getOpcodeStr(B->getOpcode()) << *B->getRHS().get();
  } else if (const auto *B = dyn_cast<IntSymExpr>(S)) {
    OS << *B->getLHS().get() << BinaryOperator::getOpcodeStr(B->getOpcode());
    Known = spell(B->getRHS(), Names, OS);
  } else if (const auto *B = dyn_cast<SymSymExpr>(S)) {
    Known = spell(B->getLHS(), Names, OS);
    OS << BinaryOperator::getOpcodeStr(B->getOpcode());
    Known &= spell(B->getRHS(), Names, OS);
  }
  return Known;
}

const char *Tracker::reasonAt(ProgramStateRef S, ObjectId Object,
                              const Expr *Site,
                              const LocationContext *LC) const {
  RootRun &R = *Unit.Root;
  llvm::DenseMap<SymbolRef, const ValueDecl *> Decide;
  std::vector<std::string> Parts;
  auto Add = [&](const ValueDecl *Place, SVal V) {
    if (SymbolRef Sym = V.getAsSymbol(/*IncludeBaseRegions=*/true)) {
      for (SymbolRef Part : Sym->symbols())
        if (isa<SymbolData>(Part))
          Decide.try_emplace(Part, Place);
    } else if (auto I = V.getAs<nonloc::ConcreteInt>();
               I && (*I->getValue()).ult(2)) {
      std::string T;
      llvm::raw_string_ostream(T)
          << static_cast<const void *>(Place) << '=' << *I->getValue().get();
      Parts.push_back(T);
    }
  };
  llvm::SmallPtrSet<const ValueDecl *, 8> Deciders;
  const Stmt *At = Site;
  for (; LC; LC = LC->getParent()) {
    const auto *FD = dyn_cast<FunctionDecl>(LC->getDecl());
    if (!FD || LC->getKind() != LocationContext::StackFrame)
      continue;
    if (At)
      decidersOf(At, LC->getParentMap(), Deciders);
    for (const VarDecl *V : Unit.Index.guardVariablesOf(FD))
      if (Deciders.contains(V)) {
        const MemRegion *Place = S->getRegion(V, LC->getStackFrame());
        Add(V, S->getSVal(Place));
      }
    At = LC->getStackFrame()->getCallSite();
    // A parameter is what the caller handed in; its own copy may be dead.
    if (const auto *Call = dyn_cast_or_null<CallExpr>(At))
      for (const ParmVarDecl *P : FD->parameters())
        if (Deciders.contains(P) &&
            P->getFunctionScopeIndex() < Call->getNumArgs())
          mentionedIn(Call->getArg(P->getFunctionScopeIndex()), Deciders);
  }
  // Of several objects with such a member the one last looked at decides.
  llvm::MapVector<const ValueDecl *, const TypedValueRegion *> Last;
  for (const TypedValueRegion *G : R.Merge.guards()) {
    const ValueDecl *D = nullptr;
    if (const auto *F = dyn_cast<FieldRegion>(G))
      D = F->getDecl();
    else if (const auto *V = dyn_cast<VarRegion>(G))
      D = V->getDecl();
    if (Deciders.contains(D))
      Last[D] = G;
  }
  for (auto [D, G] : Last)
    Add(D, S->getSVal(G));
  if (Decide.empty() && Parts.empty())
    return "";
  for (const auto &[Sym, Range] : getConstraintMap(S)) {
    if (Sym == R.EntrySym)
      continue;
    std::string T;
    llvm::raw_string_ostream OS(T);
    if (!spell(Sym, Decide, OS))
      continue;
    Range.dump(OS);
    Parts.push_back(T);
  }
  llvm::sort(Parts);
  Parts.erase(llvm::unique(Parts), Parts.end());
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
  H.Doubtful = E.Shared; // or exclusively
  H.FromEntry = true;
  H.Order = Now.Held.empty() ? 0 : Now.Held.back().Order + 1;
  Yes.Held.push_back(H);
  Go(true, std::move(Yes));
  No.Free.push_back({Ev.Object, Ev.Kind, nullptr, false, nullptr});
  Go(false, std::move(No));
}

/// \p Sym is what the program was told that this thread is.
static bool isThisThread(SymbolRef Sym, const RootRun &Root) {
  while (const auto *C = dyn_cast_or_null<SymbolCast>(Sym))
    Sym = C->getOperand();
  for (const auto &[Key, Known] : Root.Accessors)
    if (Sym && Known == Sym && Key.size() == 1 &&
        looksLikeThisThread(
            static_cast<const FunctionDecl *>(Key.front())->getName()))
      return true;
  return false;
}

void Tracker::noteOwner(const TypedValueRegion *R, SVal V) const {
  if (isThisThread(V.getAsLocSymbol(), *Unit.Root))
    Unit.Root->OwnerMembers.insert(R);
}

bool Tracker::namesThisThread(const TypedValueRegion *R,
                              ProgramStateRef S) const {
  return isThisThread(S->getSVal(R).getAsLocSymbol(), *Unit.Root);
}

/// \p Sym is a level that lies in memory, and is no parameter.
static bool isKeptLevel(SymbolRef Sym) {
  // (Where paths meet that saved different ones.)
  if (isa<SymbolConjured>(Sym))
    return isLevelType(Sym->getType());
  const auto *R = dyn_cast_or_null<TypedValueRegion>(Sym->getOriginRegion());
  const auto *V = dyn_cast_or_null<VarRegion>(R);
  if (!R || (V && isa<ParmVarDecl>(V->getDecl())))
    return false;
  // (What a pointer points at has no other name than the pointer's type.)
  const auto *Behind = isa<ElementRegion>(R)
                           ? dyn_cast<SymbolicRegion>(R->getBaseRegion())
                           : nullptr;
  return isLevelType(Behind ? Behind->getPointeeStaticType()
                            : R->getValueType());
}

/// A level that is kept in memory is mostly the one at entry. Where it is taken
/// to be another, for it is on the other side of DISPATCH_LEVEL, nothing is
/// known of the level any more.
ProgramStateRef Tracker::compareKeptLevel(ProgramStateRef S, SVal Cond) const {
  SymbolRef Whole = Cond.getAsSymbol();
  RootRun &R = *Unit.Root;
  if (!Whole || !R.AsksLevel)
    return S;
  bool OfLevel = false;
  SymbolRef About = nullptr;
  for (SymbolRef Part : Whole->symbols())
    if (Part == R.EntrySym) {
      OfLevel = true;
    } else if (isKeptLevel(Part) && !R.NamedLevels.contains(Part)) {
      About = Part;
      R.KeptLevels.insert(Part);
    }
  if (!OfLevel && !About)
    return S;
  IrqlRange Entry = levels().rangeOf(LevelValue::entry(), S);
  for (SymbolRef Sym : R.KeptLevels) {
    if (!OfLevel && Sym != About)
      continue;
    IrqlRange Kept = levels().rangeOf(LevelValue::symbol(Sym), S);
    bool Above = Kept.Lo >= Irql::Dispatch && Entry.Hi < Irql::Dispatch;
    bool Below = Kept.Hi < Irql::Dispatch && Entry.Lo >= Irql::Dispatch;
    if (!Above && !Below)
      continue;
    SyncState New = *syncOf(S);
    New.Level = LevelValue::unknown();
    New.LevelSite = nullptr;
    return withSync(S, R.Pool.get(std::move(New)));
  }
  return S;
}

/// A member that names this thread as the owner of a lock: whoever set it, the
/// lock is held by more than what this path has seen.
ProgramStateRef Tracker::evalAssume(ProgramStateRef S, SVal Cond,
                                    bool Holds) const {
  const SyncState *Now = syncOf(S);
  if (Now) {
    S = compareKeptLevel(noteKeepers(S, Cond), Cond);
    Now = syncOf(S);
  }
  const auto *E = dyn_cast_or_null<SymSymExpr>(Cond.getAsSymbol());
  if (!Now || !Now->ClosedWorld || !E ||
      !(E->getOpcode() == BO_EQ ? Holds : E->getOpcode() == BO_NE && !Holds))
    return S;
  if (!isThisThread(E->getLHS(), *Unit.Root) &&
      !isThisThread(E->getRHS(), *Unit.Root))
    return S;
  SyncState New = *Now;
  New.ClosedWorld = false;
  return withSync(S, Unit.Root->Pool.get(std::move(New)));
}
