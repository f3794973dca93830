//===- TrackerAtomics.cpp - Atomic steps ----------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Memory.h"
#include "Engine/Tracker.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using Event = clang::ento::CallEvent;

/// One number or pointer changes, and what was or is there is returned.
bool Tracker::evalAtomic(const FunctionContract &Fn, const Event &Call,
                         CheckerContext &C) const {
  const bool Swaps = Fn.Atomically == AtomicStep::Swap;
  if (Call.getNumArgs() < (Swaps ? 2u : 1u))
    return false;
  const LocationContext *LC = C.getLocationContext();
  SValBuilder &SVB = C.getSValBuilder();
  QualType T = Call.getResultType();
  const MemRegion *To = Call.getArgSVal(0).getAsRegion();
  // (A handle is swapped as the pointer that it is.)
  const auto *Place =
      dyn_cast_or_null<TypedValueRegion>(To ? To->StripCasts() : nullptr);
  if (Place &&
      (T->isAnyPointerType() != Place->getValueType()->isAnyPointerType() ||
       C.getASTContext().getTypeSize(T) !=
           C.getASTContext().getTypeSize(Place->getValueType())))
    Place = nullptr;
  static const char Mark = 0;
  SVal Ret = SVB.conjureSymbolVal(Call, C.blockCount());
  ProgramStateRef S = C.getState();
  // What others can reach may be another thing at once: that is what such steps
  // are for.
  const bool Own = Place && (isOnStack(loc::MemRegionVal(Place)) ||
                             isa<CXXTempObjectRegion>(Place->getBaseRegion()));
  SVal New = Own && !Swaps
                 ? Ret
                 : SVB.conjureSymbolVal(Call, T, C.blockCount(), &Mark);
  if (Own && Swaps) {
    New = Call.getArgSVal(1);
    Ret = SVB.evalCast(S->getSVal(Place), T, Place->getValueType());
    if (Ret.isUndef())
      return false;
  }
  if (Place)
    S = S->bindLoc(loc::MemRegionVal(Place),
                   SVB.evalCast(New, Place->getValueType(), T), LC);
  else if (auto L = Call.getArgSVal(0).getAs<Loc>())
    S = S->bindLoc(*L, New, LC);
  C.addTransition(S->BindExpr(Call.getOriginExpr(), LC, Ret));
  return true;
}
