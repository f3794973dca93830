//===- OpaqueCalls.cpp ----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/OpaqueCalls.h"
#include "llvm/ADT/ArrayRef.h"

using namespace irqlint;
using llvm::StringRef;

static bool anyOf(StringRef Name, llvm::ArrayRef<StringRef> Words) {
  for (StringRef W : Words)
    if (Name.contains_insensitive(W))
      return true;
  return false;
}

OpaqueEffect irqlint::guessOpaque(StringRef Name) {
  if (anyOf(Name, {"unlock", "release", "leave", "putlock", "droplock",
                   "endaccess", "exitcrit"}))
    return OpaqueEffect::MayRelease;
  if (anyOf(Name, {"lock", "acquire", "enter"}) &&
      !anyOf(Name, {"block", "clock"}))
    return OpaqueEffect::MayAcquire;
  return OpaqueEffect::None;
}

bool irqlint::looksLikeAccessor(StringRef Name) {
  if (anyOf(Name, {"alloc", "create", "next", "open", "new", "remove", "pop",
                   "dequeue", "first", "retrieve", "duplicate", "build"}))
    return false;
  return anyOf(Name, {"get", "context", "extension", "from", "lookup"});
}

bool irqlint::looksLikeAssertion(StringRef Name) {
  return Name.contains_insensitive("assert");
}

bool irqlint::looksLikeThisThread(StringRef Name) {
  return Name.ends_with_insensitive("currentthread");
}

std::optional<IrqlRange> irqlint::levelUnder(const LockKindInfo &K,
                                             const RuleSet &Rules,
                                             IrqlRange Before) {
  bool All = true;
  std::optional<Irql> To;
  for (const std::string &Name : Rules.functionNames())
    for (const Effect &E : Rules.function(Name)->Effects) {
      if (E.LockKind != K.Name ||
          (E.Do != EffectKind::Acquire && E.Do != EffectKind::TryAcquire))
        continue;
      if (E.To.K == LevelRef::Fixed)
        To = std::max(To.value_or(E.To.Level), E.To.Level);
      else
        All = false;
    }
  if (!To || Before.Lo >= *To)
    return std::nullopt;
  return IrqlRange{All ? *To : Before.Lo, std::max(Before.Hi, *To)};
}
