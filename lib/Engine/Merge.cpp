//===- Merge.cpp ----------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Merge.h"
#include "Engine/BodyRewriter.h"
#include "Engine/Extent.h"
#include "Engine/Levels.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ParentMap.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/RangedConstraintManager.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// Rounds of intersecting at one place before ranges that differ are dropped
/// instead of united, and before nothing is kept but what is known of the
/// variables. The numbers in variables stay as long as all paths agree on them.
static constexpr unsigned WidenAfter = 2, VariablesOnlyAfter = 3;
static constexpr unsigned WidenSettingsAfter = 12; // (they have few values)
/// Sizes of the exploded graph, in nodes, below which variants are kept apart.
static constexpr size_t SmallGraph = 4000, MiddleGraph = 16000,
                        LargeGraph = 60000;
/// Variants kept apart in any case that know different things of the settings
/// which choose a lock.
static constexpr size_t MostChoices = 8;

namespace {
/// Values of the variables. (Of an aggregate the handler is only told the
/// base, so members are looked up one by one where they matter.)
struct Bindings : StoreManager::BindingsHandler {
  llvm::DenseMap<const MemRegion *, SVal> Map;
  bool HandleBinding(StoreManager &, Store, const MemRegion *R,
                     SVal V) override {
    const auto *VR = dyn_cast<VarRegion>(R);
    if (VR && VR->getValueType()->isScalarType())
      Map.try_emplace(R, V);
    return true;
  }
};
} // namespace

/// An operator whose value the analyzer reads off the path that led here, so
/// that paths cannot be joined before it was evaluated.
static const Expr *readsPath(const CFGElement &E) {
  auto S = E.getAs<CFGStmt>();
  if (!S)
    return nullptr;
  const auto *BO = dyn_cast<BinaryOperator>(S->getStmt());
  if ((BO && BO->isLogicalOp()) ||
      isa<AbstractConditionalOperator, ChooseExpr>(S->getStmt()))
    return cast<Expr>(S->getStmt());
  return nullptr;
}

static unsigned incoming(const CFGBlock *B) {
  return llvm::count_if(B->preds(), [](const CFGBlock *P) { return P; });
}

/// Paths meet in \p B, which needs to know them apart, but whose full
/// expressions are all evaluated at its end: they can be joined behind it.
static bool joinsBehind(const CFGBlock *B, const ParentMap &Parents) {
  if (incoming(B) < 2)
    return false;
  llvm::SmallPtrSet<const Stmt *, 8> Open;
  for (const CFGElement &E : *B) {
    if (const Expr *X = readsPath(E)) {
      const Stmt *Root = X;
      for (const Stmt *P = Root; P && (isa<Expr>(P) || P == X);
           P = Parents.getParent(P))
        Root = P;
      Open.insert(Root);
    }
    if (auto S = E.getAs<CFGStmt>())
      Open.erase(S->getStmt());
  }
  if (!Open.empty())
    return false;
  const Stmt *T = B->getTerminatorStmt();
  const auto *BO = dyn_cast_or_null<BinaryOperator>(T);
  // Behind a logical operator lies its other operand, or its value.
  return !BO || !BO->isLogicalOp();
}

bool Merger::isJoin(const CFGBlock *B, const ParentMap &Parents) {
  auto [I, New] = JoinCache.try_emplace(B, false);
  if (!New)
    return I->second;
  bool Ok = incoming(B) > 1;
  for (const CFGElement &E : *B)
    Ok &= !readsPath(E);
  if (const auto *BO = dyn_cast_or_null<BinaryOperator>(B->getTerminatorStmt()))
    Ok &= !BO->isLogicalOp() || B->size() > 0;
  if (!Ok && incoming(B) == 1)
    for (const CFGBlock *P : B->preds())
      Ok |= P && joinsBehind(P, Parents);
  return JoinCache[B] = Ok;
}

static const void *gdmOf(ProgramStateRef S, void *Key) {
  void *const *D = S->FindGDM(Key);
  return D ? *D : nullptr;
}

/// The keys under which the constraint manager keeps its facts are private to
/// it; they are the ones that an assumption changes.
void Merger::findConstraintKeys(ProgramStateRef S, const LocationContext *LC,
                                ConstCFGElementRef Anchor, ExprEngine &Eng) {
  KeysKnown = true;
  SValBuilder &SVB = Eng.getSValBuilder();
  ASTContext &Ctx = Eng.getContext();
  auto Fresh = [&](const void *Tag) {
    return SVB.conjureSymbolVal(Tag, Anchor, LC, Ctx.IntTy, 0);
  };
  static int A, B;
  auto VA = Fresh(&A).getAs<DefinedSVal>(), VB = Fresh(&B).getAs<DefinedSVal>();
  if (!VA || !VB)
    return;
  std::map<void *, const void *> Before;
  for (const auto &KV : S->getGDM())
    Before[KV.first] = KV.second;
  auto Diff = [&](ProgramStateRef T) {
    if (!T)
      return;
    for (const auto &KV : T->getGDM()) {
      auto I = Before.find(KV.first);
      if (I == Before.end() || I->second != KV.second)
        ConstraintKeys.push_back(KV.first);
    }
  };
  Diff(S->assume(*VA, true));
  for (bool Equal : {true, false}) {
    SVal Cmp = SVB.evalBinOp(S, BO_EQ, *VA, *VB, Ctx.IntTy);
    if (auto D = Cmp.getAs<DefinedSVal>())
      Diff(S->assume(*D, Equal));
  }
  llvm::sort(ConstraintKeys);
  ConstraintKeys.erase(llvm::unique(ConstraintKeys), ConstraintKeys.end());
  // Under one of them lie the ranges; the others relate symbols.
  ProgramStateRef T = S->assume(*VA, true);
  const void *Ranges = T ? getConstraintMap(T).getRootWithoutRetain() : nullptr;
  for (void *K : ConstraintKeys)
    if (!T || gdmOf(T, K) != Ranges)
      RelationKeys.push_back(K);
}

static bool rangesWithin(const RangeSet &Inner, const RangeSet &Outer) {
  for (const Range &I : Inner) {
    bool Found = false;
    for (const Range &O : Outer)
      if (O.From() <= I.From() && I.To() <= O.To()) {
        Found = true;
        break;
      }
    if (!Found)
      return false;
  }
  return true;
}

Merger::Facts Merger::factsOf(ProgramStateRef S, ExprEngine &Eng) const {
  Facts F;
  F.State = S;
  for (const auto &[Sym, Ranges] : getConstraintMap(S))
    F.Constraints.try_emplace(Sym, Ranges);
  Bindings B;
  Eng.getStateManager().iterBindings(S, B);
  F.Variables = std::move(B.Map);
  for (const TypedValueRegion *R : Watched)
    F.Members.push_back(S->getSVal(R));
  return F;
}

bool Merger::covers(const Facts &G, const Facts &S, ExprEngine &Eng) const {
  if (G.State == S.State)
    return true;
  if (!irqlint::covers(*syncOf(G.State), *syncOf(S.State)))
    return false;
  // What a symbol that stands for any value means in the special state; two
  // places that hold the same one must agree there, too.
  llvm::DenseMap<SymbolRef, SVal> Meaning;
  auto Fits = [&](SVal V, SVal W, QualType T) {
    if (V == W)
      return true;
    SymbolRef Sym = V.getAsSymbol();
    if (!Sym || !AnySymbols.contains(Sym))
      return false;
    if (auto [I, New] = Meaning.try_emplace(Sym, W); !New)
      return I->second == W;
    if (!G.Constraints.count(Sym))
      return true;
    std::optional<Extent> General = extentOf(V, T, G.Constraints, Eng),
                          Special = extentOf(W, T, S.Constraints, Eng);
    return General && Special && within(*Special, *General);
  };
  for (const auto &[R, V] : G.Variables) {
    auto I = S.Variables.find(R);
    if (I == S.Variables.end()) {
      if (SymbolRef Sym = V.getAsSymbol();
          !Sym || !AnySymbols.contains(Sym) || G.Constraints.count(Sym))
        return false;
    } else if (!Fits(V, I->second, cast<TypedValueRegion>(R)->getValueType())) {
      return false;
    }
  }
  if (G.ReturnExpr && !Fits(G.Returned, S.Returned, G.ReturnExpr->getType()))
    return false;
  for (size_t I = 0; I < G.Members.size(); ++I) {
    SVal V = G.Members[I];
    SymbolRef Sym = V.getAsSymbol();
    // An unconstrained symbol in memory is any value.
    if (V.isUnknown() || (Sym && !G.Constraints.count(Sym)))
      continue;
    if (!Fits(V, S.Members[I], Watched[I]->getValueType()))
      return false;
  }
  for (const auto &[Sym, Ranges] : G.Constraints) {
    if (Meaning.count(Sym))
      continue;
    if (auto Covers = coversBits(Sym, Ranges, Meaning, S)) {
      if (!*Covers)
        return false;
      continue;
    }
    auto I = S.Constraints.find(Sym);
    if (I == S.Constraints.end() || !rangesWithin(I->second, Ranges))
      return false;
  }
  return true;
}

/// How much two states disagree: the cheapest pair to join forgets least.
unsigned Merger::difference(const Facts &A, const Facts &B) const {
  unsigned D = 0;
  auto Count = [&](SVal V, SVal W) {
    if (V == W)
      return;
    // A number or null on one side was probably stored to be tested.
    D += V.isConstant() || W.isConstant() ? 4 : 1;
  };
  for (const auto &[R, V] : A.Variables) {
    auto I = B.Variables.find(R);
    if (I != B.Variables.end())
      Count(V, I->second);
  }
  for (size_t I = 0; I < A.Members.size() && I < B.Members.size(); ++I)
    Count(A.Members[I], B.Members[I]);
  if (A.ReturnExpr && B.ReturnExpr)
    Count(A.Returned, B.Returned);
  for (const auto &[Sym, Ranges] : A.Constraints) {
    auto I = B.Constraints.find(Sym);
    D += I == B.Constraints.end() ? 1 : I->second == Ranges ? 0 : 2;
  }
  return D;
}

static bool isNumberOrAddress(QualType T) {
  return T->isIntegralOrEnumerationType() || T->isAnyPointerType();
}

ProgramStateRef Merger::weaken(const Facts &New, const Facts &Old,
                               unsigned Round, const CFGBlock *Block,
                               SymbolRef Entry, ExprEngine &Eng,
                               const LocationContext *LC,
                               ConstCFGElementRef Anchor) {
  SValBuilder &SVB = Eng.getSValBuilder();
  ProgramStateManager &SM = Eng.getStateManager();
  ProgramStateRef S = New.State;
  ProgramStateRef W =
      withSync(S, Pool.get(common(*syncOf(S), *syncOf(Old.State))));

  // Places whose value the two do not agree on.
  struct Place {
    const TypedValueRegion *R; ///< null: the value returned
    QualType T;
    SVal V, Was, Any;
  };
  SmallVector<Place, 16> Places;
  llvm::DenseSet<SymbolRef> Fresh;
  auto AddPlace = [&](const TypedValueRegion *R, QualType T, SVal V, SVal Was) {
    // One symbol per (block, place): arriving again binds the same one.
    const void *Tag =
        reinterpret_cast<const char *>(R) + reinterpret_cast<uintptr_t>(Block);
    SVal Any = SVB.conjureSymbolVal(Tag, Anchor, LC, T, /*count=*/0);
    if (SymbolRef Sym = Any.getAsSymbol()) {
      AnySymbols.insert(Sym);
      Fresh.insert(Sym);
    }
    Places.push_back({R, T, V, Was, Any});
  };
  auto Generalize = [&](const TypedValueRegion *R, SVal V, SVal Was) {
    QualType T = R->getValueType();
    if (V == Was || !isNumberOrAddress(T))
      return;
    if (const auto *VR = dyn_cast<VarRegion>(R))
      if (BodyRewriter::isControlVariable(VR->getDecl()))
        return;
    AddPlace(R, T, V, Was);
  };
  for (const auto &[R, V] : New.Variables) {
    auto I = Old.Variables.find(R);
    Generalize(cast<TypedValueRegion>(R), V,
               I != Old.Variables.end() ? I->second : SVal(UndefinedVal()));
  }
  for (size_t I = 0; I < New.Members.size(); ++I)
    Generalize(Watched[I], New.Members[I],
               I < Old.Members.size() ? Old.Members[I]
                                      : Old.State->getSVal(Watched[I]));
  if (New.ReturnExpr && isNumberOrAddress(New.ReturnExpr->getType()) &&
      !(New.Returned == Old.Returned))
    AddPlace(nullptr, New.ReturnExpr->getType(), New.Returned, Old.Returned);

  // The constraint manager can add facts but not take them back, and adding is
  // dear: start from nothing only where something must go.
  bool Same = Round <= WidenAfter;
  for (auto I = New.Constraints.begin(); Same && I != New.Constraints.end();
       ++I) {
    auto P = Old.Constraints.find(I->first);
    Same = P != Old.Constraints.end() && P->second == I->second &&
           !Fresh.contains(I->first);
  }
  if (Same)
    for (void *K : RelationKeys)
      Same &= gdmOf(S, K) == gdmOf(Old.State, K);
  if (!Same)
    for (void *K : ConstraintKeys)
      W = SM.addGDM(W, K, nullptr);

  for (const Place &P : Places) {
    W = P.R ? W->bindLoc(loc::MemRegionVal(P.R), P.Any, LC,
                         /*notifyChanges=*/false)
            : W->BindExpr(New.ReturnExpr, LC, P.Any);
    SymbolRef Sym = P.Any.getAsSymbol();
    if (!Sym)
      continue;
    QualType T = P.T;
    if (P.R && !Same && T->isIntegralOrEnumerationType())
      W = keepBits(W, P.Any, P.V, P.Was, New, Old, Eng);
    auto A = extentOf(P.V, T, New.Constraints, Eng),
         B = extentOf(P.Was, T, Old.Constraints, Eng);
    if (!A || !B)
      continue;
    if (Round >
            (P.R && Guards.contains(P.R) ? WidenSettingsAfter : WidenAfter) &&
        !cannotGrow(T, *A, *B))
      *A = *B = signsOf(*A, *B);
    W = assumeUnion(W, Sym, *A, *B, SVB);
  }
  if (Same)
    return W;
  llvm::DenseSet<SymbolRef> Settings;
  for (const TypedValueRegion *R : Guards)
    Settings.insert(S->getSVal(R).getAsSymbol());

  llvm::DenseSet<SymbolRef> OfVariables;
  if (Round > VariablesOnlyAfter)
    for (const auto &[R, V] : New.Variables)
      if (SymbolRef Sym = V.getAsSymbol(/*IncludeBaseRegions=*/true))
        OfVariables.insert(Sym);
  if (Round > VariablesOnlyAfter)
    for (const TypedValueRegion *R : Guards)
      if (SymbolRef Sym = S->getSVal(R).getAsSymbol(true))
        OfVariables.insert(Sym);
  auto IsOfVariables = [&](SymbolRef Sym) {
    // (A bit that was tested is an expression over the symbol.)
    for (SymbolRef Part : Sym->symbols())
      if (OfVariables.contains(Part))
        return true;
    return false;
  };
  auto Agreed = [&](SymbolRef Sym, const RangeSet &Ranges) {
    auto P = Old.Constraints.find(Sym);
    return P != Old.Constraints.end() && P->second == Ranges;
  };
  // Levels: the present one, and those that locks will restore.
  llvm::SmallDenseSet<SymbolRef, 4> Levels{Entry};
  auto AddLevel = [&](const LevelValue &L) {
    if (L.K == LevelValue::Symbol)
      Levels.insert(static_cast<SymbolRef>(L.Id));
  };
  AddLevel(syncOf(W)->Level);
  for (const HeldLock &L : syncOf(W)->Held)
    AddLevel(L.Base);
  for (const auto &[Sym, Ranges] : New.Constraints) {
    // (A parameter that was never written has no entry of its own.)
    const auto *Initial = dyn_cast<SymbolRegionValue>(Sym);
    if (Round > VariablesOnlyAfter && !Levels.contains(Sym) &&
        !IsOfVariables(Sym) &&
        !(Initial && isa<VarRegion>(Initial->getRegion())) &&
        !(Relevant && isRelevant(Sym, {}) && Agreed(Sym, Ranges)))
      continue;
    // What was known of the old value of a generalized place.
    if (Fresh.contains(Sym))
      continue;
    auto P = Old.Constraints.find(Sym);
    if (P == Old.Constraints.end())
      continue;
    auto Parts = [](const RangeSet &RS) {
      Extent E;
      for (const Range &R : RS)
        E.push_back({R.From(), R.To()});
      return E;
    };
    Extent A = Parts(Ranges), B = Parts(P->second);
    if (Round > (Settings.contains(Sym) ? WidenSettingsAfter : WidenAfter) &&
        !Levels.contains(Sym) && !(Ranges == P->second) &&
        !cannotGrow(Sym->getType(), A, B))
      A = B = signsOf(A, B);
    W = assumeUnion(W, Sym, A, B, SVB);
  }
  return W;
}

/// What is known to be one number is stored as that number, so that it stays
/// known when the condition that told it does not hold on all paths.
ProgramStateRef
Merger::concretize(ProgramStateRef S,
                   const llvm::DenseMap<const MemRegion *, SVal> &Variables,
                   ExprEngine &Eng, const LocationContext *LC) const {
  SValBuilder &SVB = Eng.getSValBuilder();
  const ConstraintMap Map = getConstraintMap(S);
  auto Fix = [&](const MemRegion *R, QualType T, SVal V) {
    SymbolRef Sym = V.getAsSymbol();
    // (A saved level is told by its symbol.)
    if (!Sym || !T->isIntegralOrEnumerationType() || isLevelType(T))
      return;
    const RangeSet *Known = Map.lookup(Sym);
    const llvm::APSInt *N = Known ? Known->getConcreteValue() : nullptr;
    if (!N && isComparison(Sym)) {
      // What was tested lies with its parts, or with the expression.
      auto [One, Zero] = S->assume(nonloc::SymbolVal(Sym));
      if (Known && One && Zero)
        One = holds(*Known, 1) ? One : nullptr;
      if (!One != !Zero) {
        S = S->bindLoc(loc::MemRegionVal(R),
                       SVB.makeIntVal(static_cast<uint64_t>(One != nullptr), T),
                       LC, /*notifyChanges=*/false);
        return;
      }
    } else if (!N && !isa<SymbolData>(Sym)) {
      N = S->getConstraintManager().getSymVal(S, Sym);
    }
    if (N)
      S = S->bindLoc(loc::MemRegionVal(R), SVB.makeIntVal(*N), LC,
                     /*notifyChanges=*/false);
  };
  for (const auto &[R, V] : Variables)
    Fix(R, cast<TypedValueRegion>(R)->getValueType(), V);
  for (const TypedValueRegion *R : Watched)
    Fix(R, R->getValueType(), S->getSVal(R));
  return S;
}

/// The expression whose value a path that comes from \p Previous returns.
static const Expr *returnedBy(const CFGBlock *Block, const CFGBlock *Previous,
                              const StackFrameContext *Frame) {
  if (Block != &Frame->getCFG()->getExit() || !Previous || Previous->empty())
    return nullptr;
  auto Last = Previous->back().getAs<CFGStmt>();
  const auto *Ret = Last ? dyn_cast<ReturnStmt>(Last->getStmt()) : nullptr;
  return Ret ? Ret->getRetValue() : nullptr;
}

Merger::Verdict Merger::enter(const CFGBlock *Block, const CFGBlock *Previous,
                              const StackFrameContext *Frame,
                              ProgramStateRef &S, SymbolRef Entry,
                              ExprEngine &Eng,
                              ArrayRef<const VarDecl *> Flags) {
  if (!isJoin(Block, Frame->getAnalysisDeclContext()->getParentMap()))
    return Verdict::Continue;
  // A symbol wants an element of the graph as its origin; joins may be empty.
  const CFGBlock *Origin = Block;
  for (auto I = Frame->getCFG()->begin(), E = Frame->getCFG()->end();
       Origin->empty() && I != E; ++I)
    Origin = *I;
  if (Origin->empty())
    return Verdict::Continue;
  ConstCFGElementRef Anchor(Origin, 0);
  if (Relevant) {
    for (const StackFrameContext *F = Frame; F;
         F = F->getParent() ? F->getParent()->getStackFrame() : nullptr)
      Relevant->require(*F->getAnalysisDeclContext());
    Live = &Relevant->liveAt(Frame, Block);
  }
  if (!KeysKnown)
    findConstraintKeys(S, Frame, Anchor, Eng);

  Bindings B;
  Eng.getStateManager().iterBindings(S, B);
  S = concretize(S, B.Map, Eng, Frame);
  Facts New = factsOf(S, Eng);

  std::string Control;
  llvm::raw_string_ostream OS(Control);
  for (const auto &[R, V] : New.Variables)
    if (const auto *VR = dyn_cast<VarRegion>(R))
      if (BodyRewriter::isControlVariable(VR->getDecl()) &&
          V.getAs<nonloc::ConcreteInt>()) {
        OS << VR->getDecl()->getName() << '=';
        V.dumpToStream(OS);
      }

  // Paths that remember different things about a lock stay apart, too: what
  // they agree on by chance would be taken for what the flag means.
  if (Eng.getGraph().size() < MiddleGraph)
    for (const VarDecl *V : Flags) {
      auto I = New.Variables.find(S->getRegion(V, Frame));
      if (I == New.Variables.end())
        continue;
      auto N = I->second.getAs<nonloc::ConcreteInt>();
      if (N && (*N->getValue()).ult(2))
        OS << static_cast<const void *>(V) << '=' << *N->getValue().get()
           << ' ';
    }

  // Success and failure stay apart.
  if (const Expr *Ret = returnedBy(Block, Previous, Frame)) {
    New.ReturnExpr = Ret;
    New.Returned = S->getSVal(Ret, Frame);
    OS << "returns ";
    QualType T = Ret->getType();
    if (!isNumberOrAddress(T))
      New.Returned.dumpToStream(OS);
    else if (auto E = extentOf(New.Returned, T, New.Constraints, Eng))
      for (const Part &P : signsOf(*E, {}))
        OS << P.From << ' ';
  }

  Key K{Block, Frame, Pool.classOf(syncOf(S)), std::move(Control)};
  Seen &Known = Table[K];
  for (Facts &F : Known.Kept) {
    // Places first written since then.
    while (F.Members.size() < Watched.size())
      F.Members.push_back(F.State->getSVal(Watched[F.Members.size()]));
    if (covers(F, New, Eng))
      return Verdict::Drop;
  }
  // A few variants are kept apart, so that flags that were computed from one
  // another keep agreeing; fewer where a loop comes round again.
  size_t Size = Eng.getGraph().size();
  auto HasGone = [&](const Facts &F) {
    return Gone.contains({{Block, Frame}, F.State.get()});
  };
  bool Again = llvm::any_of(Known.Kept, HasGone);
  size_t Variants = Size < SmallGraph    ? 8
                    : Size < MiddleGraph ? 4
                    : Size < LargeGraph  ? 2
                                         : 1;
  if (Again)
    Variants = std::min<size_t>(Variants, 4);
  Facts *Nearest = nullptr;
  unsigned Least = 0;
  if (Relevant)
    for (Facts &F : Known.Kept)
      if (agreeInSlice(New, F, Frame, Eng)) {
        Nearest = &F;
        break;
      }
  if (!Nearest && !JointGuards.empty()) {
    New.Choice = choiceOf(New, Eng);
    llvm::StringSet<> Choices;
    for (const Facts &F : Known.Kept)
      Choices.insert(F.Choice);
    if (Choices.size() < MostChoices && !Choices.contains(New.Choice))
      Variants = Known.Kept.size() + 1;
  }
  if (!Nearest && Known.Kept.size() < Variants) {
    Known.Kept.push_back(std::move(New));
    return Verdict::Continue;
  }
  for (Facts &F : Known.Kept)
    if (Nearest && !Least)
      break;
    else if (unsigned D =
                 difference(New, F) + (F.Choice == New.Choice ? 0 : 1000);
             !Nearest || D < Least) {
      Nearest = &F;
      Least = D;
    }
  bool OfWaiting = !HasGone(*Nearest);
  Known.Rounds += !OfWaiting;
  S = weaken(New, *Nearest, Known.Rounds, Block, Entry, Eng, Frame, Anchor);
  S = bornInEither(S, New, *Nearest, Frame, Anchor, Eng.getSValBuilder());
  if (OfWaiting && Nearest->State != S)
    Replaced.insert({{Block, Frame}, Nearest->State.get()});
  Facts Joined = factsOf(S, Eng);
  if ((Joined.ReturnExpr = New.ReturnExpr))
    Joined.Returned = S->getSVal(New.ReturnExpr, Frame);
  Joined.Choice =
      New.Choice == Nearest->Choice ? New.Choice : choiceOf(Joined, Eng);
  *Nearest = std::move(Joined);
  return Verdict::Continue;
}
