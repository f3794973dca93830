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

/// Rounds of intersecting at one place before facts that differ at all, then
/// all facts, then all numbers are dropped.
static constexpr unsigned WidenAfter = 3, DropFactsAfter = 8,
                          DropNumbersAfter = 16;

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

bool Merger::covers(ProgramStateRef General, ProgramStateRef Special,
                    ExprEngine &Eng) const {
  if (General == Special)
    return true;
  ConstraintMap G = getConstraintMap(General), S = getConstraintMap(Special);
  for (const auto &[Sym, Ranges] : G) {
    const RangeSet *Other = S.lookup(Sym);
    if (!Other || !within(*Other, Ranges))
      return false;
  }
  Bindings GB, SB;
  auto &SM = Eng.getStateManager();
  SM.iterBindings(General, GB);
  SM.iterBindings(Special, SB);
  for (const auto &[R, V] : GB.Map) {
    if (SymbolRef Sym = V.getAsSymbol(); Sym && AnySymbols.contains(Sym))
      continue;
    auto I = SB.Map.find(R);
    if (I == SB.Map.end() || !(I->second == V))
      return false;
  }
  for (const TypedValueRegion *R : Written) {
    SVal V = General->getSVal(R);
    SymbolRef Sym = V.getAsSymbol();
    // An unconstrained symbol in memory is any value.
    if (V.isUnknown() || (Sym && !G.lookup(Sym)))
      continue;
    if (!(Special->getSVal(R) == V))
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

ProgramStateRef Merger::weaken(ProgramStateRef S, ProgramStateRef Old,
                               unsigned Round, const CFGBlock *Block,
                               SymbolRef Entry, ExprEngine &Eng,
                               const LocationContext *LC,
                               ConstCFGElementRef Anchor) {
  SValBuilder &SVB = Eng.getSValBuilder();
  ProgramStateManager &SM = Eng.getStateManager();
  ConstraintMap New = getConstraintMap(S), Prev = getConstraintMap(Old);

  ProgramStateRef W = S;
  for (void *K : ConstraintKeys)
    W = SM.addGDM(W, K, nullptr);

  Bindings NB, OB;
  SM.iterBindings(S, NB);
  SM.iterBindings(Old, OB);
  for (const TypedValueRegion *R : Written)
    if (R->getValueType()->isScalarType()) {
      NB.Map.try_emplace(R, S->getSVal(R));
      OB.Map.try_emplace(R, Old->getSVal(R));
    }
  for (const auto &[R, V] : NB.Map) {
    auto I = OB.Map.find(R);
    bool Same = I != OB.Map.end() && I->second == V;
    const auto *TR = dyn_cast<TypedValueRegion>(R);
    if (Same && !(Round > DropNumbersAfter && TR &&
                  TR->getValueType()->isIntegerType()))
      continue;
    if (!TR)
      continue;
    QualType T = TR->getValueType();
    if (const auto *VR = dyn_cast<VarRegion>(R))
      if (BodyRewriter::isControlVariable(VR->getDecl()))
        continue;
    if (!T->isIntegralOrEnumerationType() && !T->isAnyPointerType())
      continue;
    // One symbol per (block, place): arriving again binds the same one.
    const void *Tag = reinterpret_cast<const char *>(R) +
                      reinterpret_cast<uintptr_t>(Block);
    DefinedOrUnknownSVal Any =
        SVB.conjureSymbolVal(Tag, Anchor, LC, T, /*count=*/0);
    if (SymbolRef Sym = Any.getAsSymbol())
      AnySymbols.insert(Sym);
    W = W->bindLoc(loc::MemRegionVal(R), Any, LC, /*notifyChanges=*/false);
  }

  for (const auto &[Sym, Ranges] : New) {
    if (AnySymbols.contains(Sym))
      continue;
    const RangeSet *P = Prev.lookup(Sym);
    if (!P || (Round > DropFactsAfter && Sym != Entry))
      continue;
    if (Round > WidenAfter && Sym != Entry && !(Ranges == *P))
      continue;
    if (ProgramStateRef T = assumeUnion(W, Sym, Ranges, *P, SVB))
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

  std::string Control;
  llvm::raw_string_ostream OS(Control);
  ConstraintMap CM = getConstraintMap(S);
  if (Entry)
    if (const RangeSet *R = CM.lookup(Entry))
      R->dump(OS);
  Bindings B;
  Eng.getStateManager().iterBindings(S, B);
  for (const auto &[R, V] : B.Map)
    if (const auto *VR = dyn_cast<VarRegion>(R))
      if (BodyRewriter::isControlVariable(VR->getDecl()) &&
          V.getAs<nonloc::ConcreteInt>()) {
        OS << VR->getDecl()->getName() << '=';
        V.dumpToStream(OS);
      }

  S = concretize(S, B.Map, Eng, Frame);
  Key K{Block, Frame, Pool.classOf(syncOf(S)), std::move(Control)};
  Seen &Known = Table[K];
  if (!Known.State) {
    Known.State = S;
    return Verdict::Continue;
  }
  if (covers(Known.State, S, Eng))
    return Verdict::Drop;
  ++Known.Rounds;
  ProgramStateRef W = weaken(S, Known.State, Known.Rounds, Block, Entry, Eng,
                             Frame, Anchor);
  Known.State = W;
  S = W;
  return Verdict::Continue;
}
