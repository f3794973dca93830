//===- Merge.cpp ----------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Merge.h"
#include "Engine/BodyRewriter.h"
#include "clang/AST/Expr.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/RangedConstraintManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// Rounds of intersecting at one place before ranges that differ are dropped
/// instead of united, and before nothing is kept but what is known of the
/// variables. The numbers in variables stay as long as all paths agree on them.
static constexpr unsigned WidenAfter = 2, VariablesOnlyAfter = 3;
/// Sizes of the exploded graph, in nodes, below which variants are kept apart.
static constexpr size_t SmallGraph = 1000, LargeGraph = 3000;

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

bool Merger::isJoin(const CFGBlock *B) {
  auto [I, New] = JoinCache.try_emplace(B, false);
  if (!New)
    return I->second;
  unsigned Preds = 0;
  for (const CFGBlock *P : B->preds())
    if (P)
      ++Preds;
  bool Ok = Preds > 1;
  // The value of a logical or conditional operator is read off the path that
  // led here, so these blocks cannot be joined.
  for (const CFGElement &E : *B)
    if (auto S = E.getAs<CFGStmt>()) {
      const Stmt *St = S->getStmt();
      const auto *BO = dyn_cast<BinaryOperator>(St);
      if ((BO && BO->isLogicalOp()) ||
          isa<AbstractConditionalOperator, ChooseExpr>(St))
        Ok = false;
    }
  if (const auto *BO = dyn_cast_or_null<BinaryOperator>(B->getTerminatorStmt()))
    Ok &= !BO->isLogicalOp() || B->size() > 0;
  return I->second = Ok;
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
}

static bool within(const RangeSet &Inner, const RangeSet &Outer) {
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
  for (const TypedValueRegion *R : Written)
    F.Members.push_back(S->getSVal(R));
  return F;
}

bool Merger::covers(const Facts &G, const Facts &S) const {
  if (G.State == S.State)
    return true;
  if (!irqlint::covers(*syncOf(G.State), *syncOf(S.State)))
    return false;
  for (const auto &[Sym, Ranges] : G.Constraints) {
    auto I = S.Constraints.find(Sym);
    if (I == S.Constraints.end() || !within(I->second, Ranges))
      return false;
  }
  auto Anything = [&](SVal V) {
    SymbolRef Sym = V.getAsSymbol();
    return Sym && AnySymbols.contains(Sym) && !G.Constraints.count(Sym);
  };
  for (const auto &[R, V] : G.Variables) {
    if (Anything(V))
      continue;
    auto I = S.Variables.find(R);
    if (I == S.Variables.end() || !(I->second == V))
      return false;
  }
  for (size_t I = 0; I < G.Members.size(); ++I) {
    SVal V = G.Members[I];
    SymbolRef Sym = V.getAsSymbol();
    // An unconstrained symbol in memory is any value.
    if (V.isUnknown() || (Sym && !G.Constraints.count(Sym)))
      continue;
    if (!(S.Members[I] == V))
      return false;
  }
  return true;
}

/// Assumes that \p Sym lies in the hull-free union of \p A and \p B.
static ProgramStateRef assumeUnion(ProgramStateRef S, SymbolRef Sym,
                                   const RangeSet &A, const RangeSet &B,
                                   SValBuilder &SVB) {
  struct Part {
    llvm::APSInt From, To;
  };
  SmallVector<Part, 6> Parts;
  for (const RangeSet *RS : {&A, &B})
    for (const Range &R : *RS)
      Parts.push_back({R.From(), R.To()});
  if (Parts.empty())
    return S;
  llvm::sort(Parts,
             [](const Part &X, const Part &Y) { return X.From < Y.From; });
  SmallVector<Part, 6> U;
  for (const Part &P : Parts) {
    if (!U.empty() && (P.From <= U.back().To ||
                       (U.back().To + 1 == P.From && U.back().To < P.From))) {
      if (U.back().To < P.To)
        U.back().To = P.To;
    } else {
      U.push_back(P);
    }
  }
  // The two together say nothing.
  const llvm::APSInt &Lo = U.front().From, &Hi = U.back().To;
  if (U.size() == 1 &&
      Lo == llvm::APSInt::getMinValue(Lo.getBitWidth(), Lo.isUnsigned()) &&
      Hi == llvm::APSInt::getMaxValue(Hi.getBitWidth(), Hi.isUnsigned()))
    return S;
  bool Pointer = Loc::isLocType(Sym->getType());
  if (Pointer) {
    // Only "null" and "not null" can be stated of an address.
    bool MayNull = U.front().From == 0;
    bool OnlyNull = MayNull && U.size() == 1 && U.front().To == 0;
    DefinedOrUnknownSVal V = SVB.makeLoc(Sym).castAs<DefinedOrUnknownSVal>();
    if (!MayNull)
      return S->assume(V, true);
    if (OnlyNull)
      return S->assume(V, false);
    return S;
  }
  nonloc::SymbolVal V(Sym);
  ProgramStateRef T =
      S->assumeInclusiveRange(V, U.front().From, U.back().To, true);
  for (size_t I = 1; T && I < U.size(); ++I) {
    llvm::APSInt From = U[I - 1].To, To = U[I].From;
    ++From;
    --To;
    if (From <= To)
      if (ProgramStateRef N = T->assumeInclusiveRange(V, From, To, false))
        T = N;
  }
  return T ? T : S;
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
  for (void *K : ConstraintKeys)
    W = SM.addGDM(W, K, nullptr);

  llvm::DenseSet<SymbolRef> Fresh;
  auto Generalize = [&](const TypedValueRegion *R, SVal V, bool Same) {
    QualType T = R->getValueType();
    if (Same)
      return;
    if (const auto *VR = dyn_cast<VarRegion>(R))
      if (BodyRewriter::isControlVariable(VR->getDecl()))
        return;
    if (!T->isIntegralOrEnumerationType() && !T->isAnyPointerType())
      return;
    // One symbol per (block, place): arriving again binds the same one.
    const void *Tag =
        reinterpret_cast<const char *>(R) + reinterpret_cast<uintptr_t>(Block);
    DefinedOrUnknownSVal Any =
        SVB.conjureSymbolVal(Tag, Anchor, LC, T, /*count=*/0);
    if (SymbolRef Sym = Any.getAsSymbol()) {
      AnySymbols.insert(Sym);
      Fresh.insert(Sym);
    }
    W = W->bindLoc(loc::MemRegionVal(R), Any, LC, /*notifyChanges=*/false);
  };
  for (const auto &[R, V] : New.Variables) {
    auto I = Old.Variables.find(R);
    Generalize(cast<TypedValueRegion>(R), V,
               I != Old.Variables.end() && I->second == V);
  }
  for (size_t I = 0; I < New.Members.size(); ++I)
    Generalize(Written[I], New.Members[I],
               I < Old.Members.size()
                   ? Old.Members[I] == New.Members[I]
                   : Old.State->getSVal(Written[I]) == New.Members[I]);

  llvm::DenseSet<SymbolRef> OfVariables;
  if (Round > VariablesOnlyAfter)
    for (const auto &[R, V] : New.Variables)
      if (SymbolRef Sym = V.getAsSymbol(/*IncludeBaseRegions=*/true))
        OfVariables.insert(Sym);
  for (const auto &[Sym, Ranges] : New.Constraints) {
    // (A parameter that was never written has no entry of its own.)
    const auto *Initial = dyn_cast<SymbolRegionValue>(Sym);
    if (Round > VariablesOnlyAfter && Sym != Entry &&
        !OfVariables.contains(Sym) &&
        !(Initial && isa<VarRegion>(Initial->getRegion())))
      continue;
    // What was known of the old value of a generalized place.
    if (Fresh.contains(Sym))
      continue;
    auto P = Old.Constraints.find(Sym);
    if (P == Old.Constraints.end())
      continue;
    if (Round > WidenAfter && Sym != Entry && !(Ranges == P->second))
      continue;
    if (ProgramStateRef T = assumeUnion(W, Sym, Ranges, P->second, SVB))
      W = T;
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
  auto Fix = [&](const MemRegion *R, QualType T, SVal V) {
    if (!T->isIntegralOrEnumerationType() || !V.getAsSymbol(true))
      return;
    if (const llvm::APSInt *N = SVB.getKnownValue(S, V))
      S = S->bindLoc(loc::MemRegionVal(R), SVB.makeIntVal(*N), LC,
                     /*notifyChanges=*/false);
  };
  for (const auto &[R, V] : Variables)
    Fix(R, cast<TypedValueRegion>(R)->getValueType(), V);
  for (const TypedValueRegion *R : Written)
    Fix(R, R->getValueType(), S->getSVal(R));
  return S;
}

Merger::Verdict Merger::enter(const CFGBlock *Block,
                              const StackFrameContext *Frame,
                              ProgramStateRef &S, SymbolRef Entry,
                              ExprEngine &Eng) {
  if (!isJoin(Block))
    return Verdict::Continue;
  // A symbol wants an element of the graph as its origin; joins may be empty.
  const CFGBlock *Origin = Block;
  for (auto I = Frame->getCFG()->begin(), E = Frame->getCFG()->end();
       Origin->empty() && I != E; ++I)
    Origin = *I;
  if (Origin->empty())
    return Verdict::Continue;
  ConstCFGElementRef Anchor(Origin, 0);
  if (!KeysKnown)
    findConstraintKeys(S, Frame, Anchor, Eng);

  Bindings B;
  Eng.getStateManager().iterBindings(S, B);
  S = concretize(S, B.Map, Eng, Frame);
  Facts New = factsOf(S, Eng);

  std::string Control;
  llvm::raw_string_ostream OS(Control);
  if (auto I = New.Constraints.find(Entry); Entry && I != New.Constraints.end())
    I->second.dump(OS);
  for (const auto &[R, V] : New.Variables)
    if (const auto *VR = dyn_cast<VarRegion>(R))
      if (BodyRewriter::isControlVariable(VR->getDecl()) &&
          V.getAs<nonloc::ConcreteInt>()) {
        OS << VR->getDecl()->getName() << '=';
        V.dumpToStream(OS);
      }

  Key K{Block, Frame, Pool.classOf(syncOf(S)), std::move(Control)};
  Seen &Known = Table[K];
  for (Facts &F : Known.Kept) {
    // Places first written since then.
    while (F.Members.size() < Written.size())
      F.Members.push_back(F.State->getSVal(Written[F.Members.size()]));
    if (covers(F, New))
      return Verdict::Drop;
  }
  // While the graph is small a few variants are kept apart, so that flags that
  // were computed from one another keep agreeing.
  size_t Size = Eng.getGraph().size();
  size_t Variants = Size < SmallGraph ? 4 : Size < LargeGraph ? 2 : 1;
  if (Known.Kept.size() < Variants) {
    Known.Kept.push_back(std::move(New));
    return Verdict::Continue;
  }
  ++Known.Rounds;
  S = weaken(New, Known.Kept.back(), Known.Rounds, Block, Entry, Eng, Frame,
             Anchor);
  Known.Kept.back() = factsOf(S, Eng);
  return Verdict::Continue;
}
