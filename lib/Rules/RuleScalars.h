//===- RuleScalars.h - YAML I/O traits of single values ---------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The scalars that rule records are made of: levels, values, names, effects.
/// Included by RuleYaml.cpp only.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_RULESCALARS_H
#define IRQLINT_RULES_RULESCALARS_H

#include "Rules/RuleYaml.h"
#include "llvm/ADT/StringExtras.h"

namespace irqlint {

// Strong types for scalars that are looked up or that fill several members.
struct LockKindName {
  std::string Text;
};
struct GlobalName {
  std::string Text;
};
struct LockOnEntry {
  std::string Text;
};
struct RoleName {
  std::string Text;
};
struct RoutineName {
  std::string Text;
};
struct ConstantRef {
  int64_t Value = 0;
};
struct ModeText {
  bool Given = false, Shared = false;
  ValueRef From;
};
struct SavesText {
  ValueRef To;
  bool InLock = false;
};

} // namespace irqlint

namespace llvm::yaml {

using namespace irqlint;

/// Rules are only ever read.
template <typename T> struct ReadOnlyScalar {
  static void output(const T &, void *, raw_ostream &) {}
  static QuotingType mustQuote(StringRef) { return QuotingType::None; }
};

template <> struct ScalarTraits<Irql> : ReadOnlyScalar<Irql> {
  static StringRef input(StringRef S, void *, Irql &V) {
    auto L = parseIrql(std::string_view(S.data(), S.size()));
    if (!L)
      return "unknown level; one of PASSIVE, APC, DISPATCH, DIRQL, HIGH";
    V = *L;
    return {};
  }
};

inline constexpr const char *NotAValue =
    "not a value; write argN, *argN, argN.Member, ret or this";

template <> struct ScalarTraits<ValueRef> : ReadOnlyScalar<ValueRef> {
  static StringRef input(StringRef S, void *, ValueRef &V) {
    return parseValueRef(S, V) ? StringRef() : NotAValue;
  }
};

template <> struct ScalarTraits<LevelRef> : ReadOnlyScalar<LevelRef> {
  static StringRef input(StringRef S, void *, LevelRef &V) {
    if (S == "saved") {
      V.K = LevelRef::Saved;
      return {};
    }
    if (auto L = parseIrql(std::string_view(S.data(), S.size()))) {
      V.K = LevelRef::Fixed;
      V.Level = *L;
      return {};
    }
    V.K = LevelRef::Value;
    return parseValueRef(S, V.From)
               ? StringRef()
               : "unknown level; a step (PASSIVE, APC, DISPATCH, DIRQL, HIGH), "
                 "a value (argN, *argN, argN.Member, ret) or saved";
  }
};

template <> struct ScalarTraits<LockKindName> : ReadOnlyScalar<LockKindName> {
  static StringRef input(StringRef S, void *C, LockKindName &V) {
    RuleReader &R = RuleReader::of(C);
    V.Text = S.str();
    if (R.Names.IsLockKind && !R.Names.IsLockKind(S))
      return R.say("unknown lock kind '" + S + "'; 'locks:' defines kinds");
    return {};
  }
};

template <> struct ScalarTraits<GlobalName> : ReadOnlyScalar<GlobalName> {
  static StringRef input(StringRef S, void *C, GlobalName &V) {
    RuleReader &R = RuleReader::of(C);
    V.Text = S.str();
    if (R.Names.IsGlobal && !R.Names.IsGlobal(S))
      return R.say("unknown global lock '" + S +
                   "'; 'globals' of a lock kind names them");
    return {};
  }
};

template <> struct ScalarTraits<LockOnEntry> : ReadOnlyScalar<LockOnEntry> {
  static StringRef input(StringRef S, void *C, LockOnEntry &V) {
    RuleReader &R = RuleReader::of(C);
    V.Text = S.str();
    if (R.Names.IsLockKind && !R.Names.IsLockKind(S) &&
        !(R.Names.IsGlobal && R.Names.IsGlobal(S)))
      return R.say("'" + S + "' is neither a lock kind nor a global lock");
    return {};
  }
};

template <> struct ScalarTraits<RoleName> : ReadOnlyScalar<RoleName> {
  static StringRef input(StringRef S, void *C, RoleName &V) {
    RuleReader &R = RuleReader::of(C);
    V.Text = S.str();
    if (R.Names.IsRole && !R.Names.IsRole(S))
      return R.say("unknown role '" + S + "'; 'roles:' defines roles");
    return {};
  }
};

template <> struct ScalarTraits<ConstantRef> : ReadOnlyScalar<ConstantRef> {
  static StringRef input(StringRef S, void *C, ConstantRef &V) {
    if (!S.getAsInteger(0, V.Value))
      return {};
    RuleReader &R = RuleReader::of(C);
    if (R.Names.Constant)
      if (auto N = R.Names.Constant(S)) {
        V.Value = *N;
        return {};
      }
    return R.say("'" + S +
                 "' is neither a number nor a name from 'constants:'");
  }
};

template <> struct ScalarTraits<ModeText> : ReadOnlyScalar<ModeText> {
  static StringRef input(StringRef S, void *, ModeText &V) {
    V.Given = true;
    V.Shared = S == "shared";
    if (V.Shared || S == "exclusive" || parseValueRef(S, V.From))
      return {};
    return "unknown mode; exclusive, shared, or a value that is nonzero for "
           "exclusive";
  }
};

template <> struct ScalarTraits<SavesText> : ReadOnlyScalar<SavesText> {
  static StringRef input(StringRef S, void *, SavesText &V) {
    V.InLock = S == "in-lock";
    if (V.InLock || parseValueRef(S, V.To))
      return {};
    return "not a place for a level; a value (*argN, argN.Member, ret) or "
           "in-lock (the lock or its handle)";
  }
};

template <> struct ScalarTraits<RoutineName> : ReadOnlyScalar<RoutineName> {
  static StringRef input(StringRef S, void *, RoutineName &V) {
    V.Text = S.str();
    return S.empty() || isDigit(S.front()) ||
                   !all_of(S,
                           [](char C) {
                             return isAlnum(C) || C == '_' || C == ':' ||
                                    C == '$';
                           })
               ? "not a name of a routine or type"
               : "";
  }
};

template <> struct ScalarEnumerationTraits<Condition::Op> {
  static void enumeration(IO &Y, Condition::Op &V) {
    Y.enumCase(V, "zero", Condition::Zero);
    Y.enumCase(V, "nonzero", Condition::NonZero);
    Y.enumCase(V, "eq", Condition::Eq);
    Y.enumCase(V, "ne", Condition::Ne);
    Y.enumCase(V, "lt", Condition::Lt);
    Y.enumCase(V, "le", Condition::Le);
    Y.enumCase(V, "gt", Condition::Gt);
    Y.enumCase(V, "ge", Condition::Ge);
    Y.enumCase(V, "any-bits", Condition::AnyBits);
    Y.enumCase(V, "no-bits", Condition::NoBits);
    Y.enumCase(V, "on-stack", Condition::OnStack);
    Y.enumCase(V, "global", Condition::Global);
    Y.enumCase(V, "paged", Condition::Paged);
    Y.enumCase(V, "unused", Condition::Unused);
  }
};

template <> struct ScalarEnumerationTraits<EffectKind> {
  static void enumeration(IO &Y, EffectKind &V) {
    Y.enumCase(V, "acquire", EffectKind::Acquire);
    Y.enumCase(V, "try-acquire", EffectKind::TryAcquire);
    Y.enumCase(V, "release", EffectKind::Release);
    Y.enumCase(V, "convert", EffectKind::Convert);
    Y.enumCase(V, "raise", EffectKind::Raise);
    Y.enumCase(V, "lower", EffectKind::Lower);
    Y.enumCase(V, "wait", EffectKind::Wait);
    Y.enumCase(V, "signal", EffectKind::Signal);
    Y.enumCase(V, "atomic", EffectKind::Atomic);
    Y.enumCase(V, "enter-region", EffectKind::EnterRegion);
    Y.enumCase(V, "leave-region", EffectKind::LeaveRegion);
    Y.enumCase(V, "query", EffectKind::Query);
    Y.enumCase(V, "assert-level", EffectKind::AssertLevel);
    Y.enumCase(V, "init", EffectKind::Init);
    Y.enumCase(V, "delete", EffectKind::Delete);
    Y.enumCase(V, "call-back", EffectKind::CallBack);
    Y.enumCase(V, "queue", EffectKind::Queue);
    Y.enumCase(V, "complete", EffectKind::Complete);
    Y.enumCase(V, "await-callbacks", EffectKind::Await);
    Y.enumCase(V, "drain", EffectKind::Drain);
    Y.enumCase(V, "hand-over", EffectKind::HandOver);
    Y.enumCase(V, "require", EffectKind::Require);
    Y.enumCase(V, "allocate", EffectKind::Allocate);
    Y.enumCase(V, "free", EffectKind::Free);
  }
};

template <> struct ScalarEnumerationTraits<AtomicStep> {
  static void enumeration(IO &Y, AtomicStep &V) {
    Y.enumCase(V, "swap", AtomicStep::Swap);
    Y.enumCase(V, "count-up", AtomicStep::CountUp);
    Y.enumCase(V, "count-down", AtomicStep::CountDown);
  }
};
template <> struct ScalarEnumerationTraits<ApcDuty> {
  static void enumeration(IO &Y, ApcDuty &V) {
    Y.enumCase(V, "none", ApcDuty::None);
    Y.enumCase(V, "special-kernel-enabled", ApcDuty::SpecialEnabled);
    Y.enumCase(V, "all-enabled", ApcDuty::AllEnabled);
    Y.enumCase(V, "normal-kernel-disabled", ApcDuty::NormalDisabled);
    Y.enumCase(V, "normal-kernel-disabled-unless-system-thread",
               ApcDuty::NormalDisabledUnlessSystemThread);
    Y.enumCase(V, "all-disabled", ApcDuty::AllDisabled);
  }
};

template <> struct ScalarEnumerationTraits<ApcEntry> {
  static void enumeration(IO &Y, ApcEntry &V) {
    Y.enumCase(V, "unknown", ApcEntry::Unknown);
    Y.enumCase(V, "enabled", ApcEntry::Enabled);
    Y.enumCase(V, "normal-disabled", ApcEntry::NormalDisabled);
    Y.enumCase(V, "all-disabled", ApcEntry::AllDisabled);
  }
};

} // namespace llvm::yaml

#endif // IRQLINT_RULES_RULESCALARS_H
