//===- Words.cpp - What the rules ask of an object ------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// The words of the rules over objects that exist, where the analysis has them
/// over what it could follow. Only what comes from outside of the execution is
/// not known.
//===----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"

using namespace irqlint;
using namespace irqlint::rt;
using llvm::StringRef;

namespace {
enum : int64_t { Inherit = 1, Passive = 2, ScopeDevice = 2, ScopeQueue = 3 };
/// Of the framework that this is: 1.33.
constexpr int64_t Version = 133;
} // namespace

std::optional<int64_t> Framework::member(const WdfThing &T, StringRef W) const {
  auto I = T.Config.find(W.str());
  return I == T.Config.end() ? std::nullopt : std::optional<int64_t>(I->second);
}

/// The nearest object above that has a callback lock.
WdfThing *Framework::lockOwner(const WdfThing &T) const {
  for (WdfThing *P = T.Parent; P; P = P->Parent)
    if (P->How && P->How->OwnsLock)
      return P;
  return nullptr;
}

std::optional<int64_t>
Framework::firstRow(const WdfThing &T,
                    const std::vector<ConfigRow> &Rows) const {
  for (const ConfigRow &R : Rows) {
    std::optional<bool> Applies = holds(T, R.When);
    if (!Applies)
      return std::nullopt;
    if (*Applies)
      return R.Is;
  }
  return std::nullopt;
}

std::optional<int64_t> Framework::word(const WdfThing &T, StringRef W) const {
  const ObjectContract *C = T.How;
  auto Attribute = [&](const char *Name,
                       int64_t Without) -> std::optional<int64_t> {
    if (!T.Given)
      return std::nullopt;
    if (!*T.Given)
      return Without;
    auto I = T.Attributes.find(Name);
    return I == T.Attributes.end() ? std::nullopt
                                   : std::optional<int64_t>(I->second);
  };
  if (W.contains('|')) {
    bool Sure = true;
    while (!W.empty()) {
      auto [One, Rest] = W.split('|');
      std::optional<int64_t> V = word(T, One);
      if (V && *V)
        return 1;
      Sure &= V.has_value();
      W = Rest;
    }
    return Sure ? std::optional<int64_t>(0) : std::nullopt;
  }
  if (W == "level")
    return Attribute("ExecutionLevel", Inherit);
  if (W == "scope")
    return Attribute("SynchronizationScope", Inherit);
  if (W == "attributes-given")
    return T.Given;
  if (W == "parent-given") {
    std::optional<int64_t> P = Attribute("ParentObject", 0);
    return P ? std::optional<int64_t>(*P != 0) : std::nullopt;
  }
  if (W == "parent-required")
    return C && C->ParentDuty == ObjectContract::Required;
  if (W == "parent-forbidden") {
    if (!C || C->ParentDuty != ObjectContract::Forbidden)
      return 0;
    if (C->ParentAllowedWhen.empty())
      return 1;
    std::optional<bool> Allowed = holds(T, C->ParentAllowedWhen);
    return Allowed ? std::optional<int64_t>(!*Allowed) : std::nullopt;
  }
  if (W == "may-set-level")
    return !C || C->MaySetLevel;
  if (W == "may-set-scope")
    return !C || C->MaySetScope;
  if (W == "effective-level")
    return T.Level;
  if (W == "effective-scope")
    return T.Scope;
  if (W == "device-level")
    return T.Device ? T.Device->Level : std::nullopt;
  if (W == "device-scope")
    return T.Device ? T.Device->Scope : std::nullopt;
  if (W == "serialized") {
    if (!C || C->Serialization.empty())
      return 0;
    std::optional<int64_t> V = member(T, C->Serialization);
    return V ? std::optional<int64_t>(*V != 0) : std::nullopt;
  }
  if (W == "wants-passive")
    return C ? firstRow(T, C->WantsPassive) : std::nullopt;
  if (W == "parent-passive") {
    // The mark that the framework compares. One that inherits has none.
    const WdfThing *P = T.Parent;
    if (!P || !P->How)
      return std::nullopt;
    std::optional<int64_t> L =
        P->How->FlaggedByEffectiveLevel ? P->Level : word(*P, "level");
    return L ? std::optional<int64_t>(*L == Passive) : std::nullopt;
  }
  if (W == "lock-passive" || W == "lock-synchronizes") {
    const WdfThing *L = lockOwner(T);
    if (!L)
      return std::nullopt;
    if (W == "lock-passive")
      return L->Level ? std::optional<int64_t>(*L->Level == Passive)
                      : std::nullopt;
    return L->Scope ? std::optional<int64_t>(*L->Scope == ScopeDevice ||
                                             *L->Scope == ScopeQueue)
                    : std::nullopt;
  }
  if (W == "version")
    return Version;
  if (W == "user-mode")
    return 0;
  if (W.consume_front("created-in:"))
    return T.CreatedIn.empty() ? std::nullopt
                               : std::optional<int64_t>(T.CreatedIn == W);
  return member(T, W);
}

std::optional<bool> Framework::holds(const WdfThing &T,
                                     const ConfigConditions &Cs) const {
  bool Sure = true;
  for (const ConfigCondition &C : Cs) {
    std::optional<int64_t> A = word(T, C.Value), B = C.OfValue.empty()
                                                         ? std::optional(C.Of)
                                                         : word(T, C.OfValue);
    if (!A || !B) {
      Sure = false;
      continue;
    }
    bool Is = false;
    switch (C.Is) {
    case Condition::Zero:
      Is = *A == 0;
      break;
    case Condition::NonZero:
      Is = *A != 0;
      break;
    case Condition::Eq:
      Is = *A == *B;
      break;
    case Condition::Ne:
      Is = *A != *B;
      break;
    case Condition::Lt:
      Is = *A < *B;
      break;
    case Condition::Le:
      Is = *A <= *B;
      break;
    case Condition::Gt:
      Is = *A > *B;
      break;
    case Condition::Ge:
      Is = *A >= *B;
      break;
    case Condition::AnyBits:
      Is = (*A & *B) != 0;
      break;
    case Condition::NoBits:
      Is = (*A & *B) == 0;
      break;
    default:
      break;
    }
    if (!Is)
      return false;
  }
  return Sure ? std::optional<bool>(true) : std::nullopt;
}

/// At which level a callback runs and under which lock.
WdfEntry Framework::entryOf(const WdfThing &T,
                            const CallbackContract &C) const {
  WdfEntry E;
  E.Member = C.Member;
  E.Struct = structOf(T.How->Name);
  E.Function = T.config(C.Member.c_str());
  if (C.Level) {
    E.At = *C.Level == Irql::Passive    ? PassiveLevel
           : *C.Level == Irql::Dispatch ? DispatchLevel
                                        : DeviceLevel;
    if (!C.PassiveWhen.empty()) {
      std::optional<bool> P = holds(T, C.PassiveWhen);
      E.Known = P.has_value();
      if (P && *P)
        E.At = PassiveLevel;
    }
  }
  switch (C.Under) {
  case CallbackContract::Nothing:
    break;
  case CallbackContract::Scope: {
    E.Known = T.Level && T.Scope;
    bool IsPassive = E.Known && *T.Level == Passive;
    if (E.Known && *T.Scope == ScopeDevice)
      E.Lock = T.Device;
    else if (E.Known && *T.Scope == ScopeQueue)
      E.Lock = const_cast<WdfThing *>(&T);
    E.Spins = E.Lock && !IsPassive;
    E.At = E.Spins ? DispatchLevel : PassiveLevel;
    E.UpTo = E.Known && !E.Lock && !IsPassive;
    break;
  }
  case CallbackContract::Serialization: {
    std::optional<int64_t> On = word(T, "serialized"),
                           Locks = word(T, "lock-synchronizes"),
                           Mutex = word(T, "lock-passive");
    if (On && !*On)
      break;
    if (Locks && !*Locks)
      break;
    E.Known &= On && Locks && Mutex;
    if (!E.Known)
      break;
    // Where the framework lets a mutex be taken at DISPATCH_LEVEL, it was told
    // when the object was created; nobody could go on here.
    if (*Mutex && E.At > PassiveLevel)
      break;
    E.Lock = lockOwner(T);
    if (*E.Lock->Scope == ScopeDevice && E.Lock->Device)
      E.Lock = E.Lock->Device;
    E.Spins = !*Mutex;
    if (E.Spins)
      E.At = DispatchLevel;
    break;
  }
  case CallbackContract::Interrupt:
    E.Lock = const_cast<WdfThing *>(&T);
    E.OfInterrupt = true;
    E.Spins = E.At > PassiveLevel;
    break;
  }
  return E;
}
