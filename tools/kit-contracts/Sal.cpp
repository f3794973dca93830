//===- Sal.cpp - Rules as source annotations ---------------------------*- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Contracts.h"

using namespace irqlint;
using namespace llvm;

static std::string levelName(Irql L) {
  // Of the device levels each system has its own; the annotation has none.
  return L == Irql::Dirql ? "" : irqlName(L);
}

static std::string when(const std::string &Condition, std::string Annotation) {
  return Condition.empty() ? Annotation
                           : "_When_(" + Condition + ", " + Annotation + ")";
}

/// Written out, since a driver's own annotations of levels are attributes, too.
static std::string level(const std::string &Condition,
                         const std::string &Annotation) {
  return Condition.empty() ? "IRQLINT_SAL(\"" + Annotation + "\")"
                           : when(Condition, Annotation);
}

static std::string lockName(const Effect &E, const Prototype &P) {
  if (E.GlobalLock == "cancel-spin-lock")
    return "_Global_cancel_spin_lock_";
  if (E.Lock.isNone())
    return "";
  std::optional<std::string> V = P.spell(E.Lock);
  return V ? (E.Lock.K == ValueRef::Arg ? "*" + *V : *V) : "";
}

static std::string condition(const Effect &E, const Prototype &P, bool &Said) {
  std::optional<std::string> C = P.spell(E.When, /*MembersToo=*/true);
  Said = C.has_value();
  std::string S = C.value_or("");
  for (const Condition &R : E.Success) {
    if (R.Value.K != ValueRef::Ret || !R.isUnary() ||
        R.Is >= Condition::OnStack)
      Said = false;
    S += (S.empty() ? "return " : " && return ") +
         std::string(R.Is == Condition::Zero ? "== 0" : "!= 0");
  }
  return S;
}

static void addLock(const Effect &E, const Prototype &P, const RuleSet &R,
                    SalText &Out) {
  const LockKindInfo *Kind = R.lockKind(E.LockKind);
  std::string Lock = lockName(E, P);
  bool Said;
  std::string C = condition(E, P, Said);
  if (!Said || E.OfType || (Kind && Kind->Reference))
    return;
  bool Takes = E.Do != EffectKind::Release;
  std::string Mode = !E.ModeStated ? "" : E.Shared ? "shared_" : "exclusive_";
  if (!Lock.empty() && E.ModeFrom.isNone())
    Out.Routine.push_back(when(C, (Takes ? "_Acquires_" : "_Releases_") + Mode +
                                      "lock_(" + Lock + ")"));
  if (Takes && E.To.K == LevelRef::Fixed && !E.ToMaybe &&
      !levelName(E.To.Level).empty())
    Out.Routine.push_back(
        when(C, "_IRQL_raises_(" + levelName(E.To.Level) + ")"));
}

/// Where the level before is kept, or comes back from.
static void addSaved(const ValueRef &V, bool Saves, const Prototype &P,
                     SalText &Out) {
  std::string A = Saves ? "_IRQL_saves_" : "_IRQL_restores_";
  if (V.K == ValueRef::Ret)
    Out.Routine.push_back(A);
  else if (V.K == ValueRef::Arg && P.spell(V))
    Out.Parameters[V.Index] = A;
  else if (V.K == ValueRef::Deref && P.spell(V))
    Out.Parameters[V.Index] = "_At_(" + *P.spell(V) + ", " + A + ")";
}

SalText irqlint::salOf(const FunctionContract &F, const Prototype &P,
                       const RuleSet &R) {
  SalText Out;
  Out.Parameters.resize(P.Parameters.size());
  for (const IrqlWindow &W : F.Windows) {
    std::optional<std::string> C = P.spell(W.When, /*MembersToo=*/true);
    if (!C || P.StatesLevels)
      continue;
    std::string Min = levelName(W.Range.Lo), Max = levelName(W.Range.Hi);
    if (W.Range.Hi < HighestIrql && !Max.empty())
      Out.Routine.push_back(level(*C, "_IRQL_requires_max_(" + Max + ")"));
    if (W.Range.Lo > LowestIrql && W.MinFirm && !F.Conditional && !Min.empty())
      Out.Routine.push_back(level(*C, "_IRQL_requires_min_(" + Min + ")"));
  }
  for (const Effect &E : F.Effects) {
    switch (E.Do) {
    case EffectKind::Acquire:
    case EffectKind::TryAcquire:
    case EffectKind::Release:
      if (E.IfHeld)
        break;
      addLock(E, P, R, Out);
      if (E.When.empty()) {
        addSaved(E.Saves, true, P, Out);
        if (E.Restores.K == LevelRef::Value)
          addSaved(E.Restores.From, false, P, Out);
      }
      break;
    case EffectKind::Raise:
      if (E.To.K == LevelRef::Fixed && !levelName(E.To.Level).empty())
        Out.Routine.push_back("_IRQL_raises_(" + levelName(E.To.Level) + ")");
      else if (E.To.K == LevelRef::Value && P.spell(E.To.From))
        Out.Routine.push_back("_IRQL_raises_(" + *P.spell(E.To.From) + ")");
      addSaved(E.Saves, true, P, Out);
      break;
    case EffectKind::Lower:
      if (E.Restores.K == LevelRef::Value)
        addSaved(E.Restores.From, false, P, Out);
      break;
    case EffectKind::EnterRegion:
    case EffectKind::LeaveRegion:
      if (E.Region == "critical" && E.When.empty() && E.Success.empty())
        Out.Routine.push_back(
            E.Do == EffectKind::EnterRegion
                ? "_Acquires_lock_(_Global_critical_region_)"
                : "_Releases_lock_(_Global_critical_region_)");
      break;
    default:
      break;
    }
  }
  return Out;
}
