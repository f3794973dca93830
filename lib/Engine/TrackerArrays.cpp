//===- TrackerArrays.cpp - Effects on the objects in an array -------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/CallPlace.h"
#include "Engine/Tracker.h"
#include "Engine/Values.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

/// More objects are in no array that a routine takes.
static constexpr unsigned MaxElements = 64;

/// The type of what a pointer leads to: that of the object itself, or what the
/// program says of the pointer.
static QualType typeOfObject(const MemRegion *R) {
  R = R->StripCasts();
  if (const auto *T = dyn_cast<TypedValueRegion>(R))
    return T->getValueType();
  if (const auto *S = dyn_cast<SymbolicRegion>(R))
    return S->getSymbol()->getType();
  return QualType();
}

static std::optional<unsigned> countOf(const Effect &E, const Event &Call,
                                       ProgramStateRef S) {
  SVal N = valueOf(E.Each, Call, S, UnknownVal());
  const llvm::APSInt *Known =
      S->getStateManager().getSValBuilder().getKnownValue(S, N);
  if (!Known || Known->isNegative() || Known->ugt(MaxElements))
    return std::nullopt;
  return Known->getZExtValue();
}

auto Tracker::elementsOf(const Effect &E, const Event &Call,
                         ProgramStateRef S) const
    -> std::optional<std::vector<Element>> {
  const LockKindInfo *Kind = Unit.Index.rules().lockKind(E.LockKind);
  std::optional<unsigned> Count = countOf(E, Call, S);
  if (!Count || !Kind || E.Lock.Index >= Call.getNumArgs())
    return std::nullopt;
  SVal Array = Call.getArgSVal(E.Lock.Index);
  QualType T = Call.getArgExpr(E.Lock.Index)->getType();
  if (!Array.getAsRegion() || !T->isPointerType())
    return std::nullopt;
  T = T->getPointeeType();
  SValBuilder &SVB = S->getStateManager().getSValBuilder();
  std::vector<Element> Mine;
  for (unsigned I = 0; I < *Count; ++I) {
    auto At = S->getLValue(T, SVB.makeArrayIndex(I), Array).getAs<Loc>();
    SVal V = At ? S->getSVal(*At, T) : SVal(UnknownVal());
    const MemRegion *R = V.getAsRegion();
    QualType Object = R ? typeOfObject(R) : QualType();
    if (Object.isNull() || Object->isVoidPointerType())
      return std::nullopt;
    if (!E.OfType || typeIsOf(Kind->Types, Object))
      Mine.push_back({V, I});
  }
  return Mine;
}

void Tracker::applyToEach(const Effect &E, const irqlint::CallEvent &Info,
                          const Event &Call, SVal Ret, World W,
                          CheckerContext &C, std::vector<World> &Out) const {
  auto Move = [&](ProgramStateRef S, const char *What) {
    return goOn(W, S, What, C);
  };
  std::optional<std::vector<Element>> Mine = elementsOf(E, Call, W.state());
  if (!Mine) {
    // Something in it may be acquired.
    SyncState New = *syncOf(W.state());
    New.ClosedWorld = false;
    if (ExplodedNode *N =
            Move(withSync(W.state(), Unit.Root->Pool.get(std::move(New))),
                 "array not known"))
      Out.push_back({N});
    return;
  }
  if (!E.Chosen.isNone())
    return applyToOne(E, *Mine, Info, Call, Ret, W, C, Out);

  auto All = [&](World From, bool Succeeded) {
    std::vector<World> Worlds{From}, Next;
    for (const Element &One : *Mine) {
      Next.clear();
      for (World &X : Worlds)
        perform(E, Info, Call, Ret, X, Succeeded, C, Next, &One);
      Worlds.swap(Next);
    }
    Out.insert(Out.end(), Worlds.begin(), Worlds.end());
  };
  // What insists returns what another effect of the routine calls success.
  const Conditions *Success = &E.Success;
  for (const Effect &Try : Info.Fn->Effects)
    if (E.Success.empty() && Try.Do == EffectKind::TryAcquire &&
        Try.Chosen.isNone() && !Try.Each.isNone())
      Success = &Try.Success;
  auto [Ok, Failed] = splitOn(*Success, Call, W.state(), Ret);
  if (Failed && E.Do == EffectKind::TryAcquire)
    if (ExplodedNode *N = Move(Failed, "did not succeed"))
      All({N}, false);
  if (Ok)
    if (ExplodedNode *N = Move(Ok, "succeeded"))
      All({N}, true);
}

/// The result says which object it was: a path for each that can be acquired,
/// and one for all others.
void Tracker::applyToOne(const Effect &E, const std::vector<Element> &Mine,
                         const irqlint::CallEvent &Info, const Event &Call,
                         SVal Ret, World W, CheckerContext &C,
                         std::vector<World> &Out) const {
  SVal Which = valueOf(E.Chosen, Call, W.state(), Ret);
  SValBuilder &SVB = C.getSValBuilder();
  QualType T = Which.getType(SVB.getContext());
  auto &Tag = Unit.Tags["one of an array"];
  if (!Tag)
    Tag = std::make_unique<SimpleProgramPointTag>("irqlint", "one of an array");
  // Those that are not meant: whoever gives them up has not got them.
  auto Others = [&](World From, const Element *Meant) {
    std::vector<World> Worlds{From}, Next;
    for (const Element &One : Mine) {
      if (&One == Meant)
        continue;
      Next.clear();
      for (World &X : Worlds)
        perform(E, Info, Call, Ret, X, false, C, Next, &One);
      Worlds.swap(Next);
    }
    return Worlds;
  };
  ProgramStateRef Rest = W.state();
  auto Value = Which.getAs<DefinedSVal>();
  auto Number = [&](unsigned N) { return SVB.makeIntVal(uint64_t(N), T); };
  if (Value && !T.isNull() && T->isIntegralOrEnumerationType())
    for (const Element &One : Mine) {
      if (!Rest)
        break;
      auto Equal = SVB.evalBinOp(Rest, BO_EQ, *Value, Number(One.Number),
                                 SVB.getConditionType())
                       .getAs<DefinedSVal>();
      if (!Equal)
        break;
      auto [Is, Not] = Rest->assume(*Equal);
      Rest = Not;
      if (ExplodedNode *N = Is ? C.addTransition(Is, W.N, Tag.get()) : nullptr)
        for (World &X : Others({N}, &One))
          perform(E, Info, Call, Ret, X, true, C, Out, &One);
    }
  // Something is chosen if the routine insists.
  std::optional<unsigned> Count = countOf(E, Call, W.state());
  if (Rest && Value && Count && *Count && E.Do == EffectKind::Acquire)
    Rest = Rest->assumeInclusiveRange(
        *Value, *Number(0).castAs<nonloc::ConcreteInt>().getValue(),
        *Number(*Count - 1).castAs<nonloc::ConcreteInt>().getValue(), true);
  if (Rest)
    if (ExplodedNode *N = C.addTransition(Rest, W.N, Tag.get()))
      for (World &X : Others({N}, nullptr))
        Out.push_back(X);
}
