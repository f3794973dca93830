//===- RuleEffect.cpp - Which keys of an effect go together ---------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules/RuleYaml.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

namespace irqlint {

bool parseValueRef(StringRef Text, ValueRef &Out) {
  Out = ValueRef();
  if (Text == "ret") {
    Out.K = ValueRef::Ret;
    return true;
  }
  if (Text == "this") {
    Out.K = ValueRef::This;
    return true;
  }
  bool Deref = Text.consume_front("*");
  if (!Text.consume_front("arg") || Text.consumeInteger(10, Out.Index))
    return false;
  Out.K = Deref ? ValueRef::Deref : ValueRef::Arg;
  if (Text.empty())
    return true;
  if (Deref || !Text.consume_front(".") || Text.empty())
    return false;
  for (StringRef Part : llvm::split(Text, '.'))
    if (Part.empty() || llvm::isDigit(Part.front()) ||
        !llvm::all_of(Part,
                      [](char C) { return llvm::isAlnum(C) || C == '_'; }))
      return false;
  Out.K = ValueRef::Member;
  Out.Field = Text.str();
  return true;
}

std::string checkEffect(const Effect &E, bool HasMode, bool HasWindow) {
  using K = EffectKind;
  auto OneOf = [&](std::initializer_list<K> L) {
    return llvm::is_contained(L, E.Do);
  };
  bool OnLock = OneOf({K::Acquire, K::TryAcquire, K::Release, K::Convert,
                       K::Atomic, K::Init, K::Delete, K::Drain, K::Require});
  bool HasLock = !E.Lock.isNone() || !E.GlobalLock.empty();
  if (OnLock && E.LockKind.empty())
    return "this effect needs 'kind', the kind of lock";
  if (OnLock && !HasLock && !(E.Do == K::Release && !E.Handle.isNone()) &&
      !(E.Do == K::Require && E.Not))
    return E.Do == K::Release ? "release needs 'lock', 'global' or 'handle'"
                              : "this effect needs 'lock' or 'global'";
  if (!E.Lock.isNone() && !E.GlobalLock.empty())
    return "'lock' and 'global' exclude each other";
  if (!E.Each.isNone() &&
      (!OneOf({K::Acquire, K::TryAcquire}) || E.Lock.K != ValueRef::Arg))
    return "'each' is for acquire and try-acquire of a 'lock' that is an "
           "argument";
  if (!E.Chosen.isNone() && (E.Each.isNone() || !E.Success.empty()))
    return "'chosen' goes with 'each', and without 'success'";
  if (E.Do == K::TryAcquire && E.Success.empty() && E.Chosen.isNone())
    return "try-acquire needs 'success', the condition under which the lock is "
           "owned";
  if (E.Do == K::Convert && !HasMode)
    return "convert needs 'mode', the mode after it";
  if (E.Do == K::Raise && E.To.isNone())
    return "raise needs 'to', the level after it";
  if (E.Do == K::Lower && E.Restores.isNone())
    return "lower needs 'restores', the level after it";
  if (OneOf({K::EnterRegion, K::LeaveRegion}) && E.Region != "critical" &&
      E.Region != "guarded")
    return "this effect needs 'region': critical or guarded";
  if (E.Do == K::Wait && !E.Region.empty() && E.Region != "another-driver")
    return "'for' is another-driver";
  if (E.Do == K::Query && E.Region != "irql" && E.Region != "apcs-disabled" &&
      E.Region != "all-apcs-disabled" && E.Region != "lock-owned")
    return "query needs 'tells': irql, apcs-disabled, all-apcs-disabled or "
           "lock-owned";
  if (E.Do == K::Query && E.Region == "lock-owned" &&
      (E.LockKind.empty() || !HasLock))
    return "a query of lock-owned needs 'kind' and 'lock'";
  if (E.Do == K::AssertLevel && !HasWindow)
    return "assert-level needs 'window', the stated levels";
  if (OneOf({K::CallBack, K::Queue}) && E.Callback.isNone())
    return "this effect needs 'callback', the argument with the routine";
  if (!E.To.isNone() &&
      !OneOf({K::Acquire, K::TryAcquire, K::Raise, K::CallBack, K::Atomic}))
    return "'to' has no meaning for this effect";
  if (!E.Restores.isNone() && !OneOf({K::Release, K::Lower}))
    return "'restores' has no meaning for this effect";
  if ((!E.Saves.isNone() || E.SavesInLock) &&
      !OneOf({K::Acquire, K::TryAcquire, K::Raise}))
    return "'saves' has no meaning for this effect";
  if (E.ReturnsSaved &&
      (E.Saves.K != ValueRef::Deref || !OneOf({K::Acquire, K::Raise})))
    return "'returns-saved' needs an acquisition or a raise that saves the "
           "level through a pointer";
  if (E.ToMaybe && E.To.isNone())
    return "'to-maybe' needs 'to'";
  if (E.To.K == LevelRef::Saved)
    return "'to' cannot be 'saved'; that is for 'restores'";
  if (E.Do == K::Await && E.Lock.isNone())
    return "await-callbacks needs 'object', whose callbacks it waits for";
  if (E.Do != K::Await && (!E.OnlyTypes.empty() || !E.InRoles.empty()))
    return "'only-types' and 'in-roles' are for await-callbacks";
  if (E.PassesKnown && E.Do != K::CallBack)
    return "'passes' is for call-back";
  for (const ValueRef &R : E.Passes)
    if (R.K != ValueRef::Arg)
      return "'passes' names arguments of the routine";
  if (E.Configured && (E.LockKind.empty() || E.Lock.isNone()))
    return "'configured' needs 'lock' and 'kind'";
  if (E.IfHeld && E.Do != K::Release)
    return "'if-held' has no meaning for this effect";
  if (E.Not && E.Do != K::Require)
    return "'not' has no meaning for this effect";
  if (E.Recheck && E.Do != K::Wait)
    return "'recheck' has no meaning for this effect";
  if (OneOf({K::Allocate, K::Free}) && E.Lock.isNone())
    return "this effect needs 'object', the value that points to the memory";
  if (E.Do == K::Allocate && E.Memory != "paged" && E.Memory != "nonpaged")
    return "allocate needs 'memory': paged or nonpaged";
  if (E.Do != K::Allocate && (!E.Memory.empty() || E.Zeroed))
    return "'memory' and 'zeroed' have no meaning for this effect";
  if (E.OfType && (E.Lock.isNone() || E.LockKind.empty()))
    return "'of-type' needs 'lock' and 'kind'";
  if (!E.Success.empty() &&
      !OneOf({K::Acquire, K::TryAcquire, K::Convert, K::Wait, K::EnterRegion}))
    return "'success' has no meaning for this effect";
  return {};
}

} // namespace irqlint
