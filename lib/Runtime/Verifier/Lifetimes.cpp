//===- Lifetimes.cpp - Objects and the memory they lie in -----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Memory begins with a pattern that nobody writes: what still has it at a use
/// was never set.
//===----------------------------------------------------------------------===//

#include "Runtime/Verifier/World.h"
#include <cstring>

using namespace irqlint;
using namespace irqlint::rt;

const World::Block *World::blockOf(uint64_t Address) const {
  auto I = Blocks.upper_bound(Address);
  if (I == Blocks.begin())
    return nullptr;
  --I;
  return Address - I->first < I->second.Size ? &I->second : nullptr;
}

bool World::isOnStack(uint64_t Address) const { return M.isOnStack(Address); }

bool World::isGlobal(uint64_t Address) const {
  return P.Memory->isStatic(Address);
}

bool World::isPaged(uint64_t Address) const {
  const Block *B = PagedBlocks ? blockOf(Address) : nullptr;
  return B && B->Paged;
}

/// It begins on this path, and nobody has set it up.
bool World::isUnborn(uint64_t Address) {
  const Block *B = blockOf(Address);
  bool Stack = isOnStack(Address);
  if ((!B && !Stack) || Born.count(Address))
    return false;
  for (uint64_t E : Escaped)
    if (B ? blockOf(E) == B : E <= Address && Address - E < 4096)
      return false;
  uint32_t Word = 0;
  std::memcpy(&Word, reinterpret_cast<const void *>(Address), sizeof(Word));
  return Word == (B ? 0xCDCDCDCDu : 0xAAAAAAAAu);
}

/// A lock or an event is used, begins or ends.
void World::judgeObject(Frame &F, const Effect &E) {
  bool Takes = E.Do == EffectKind::Acquire || E.Do == EffectKind::TryAcquire;
  bool Uses = Takes || E.Do == EffectKind::Atomic || E.Do == EffectKind::Wait ||
              E.Do == EffectKind::Signal || E.Do == EffectKind::Queue;
  bool Begins = E.Do == EffectKind::Init;
  if (E.Lock.K != ValueRef::Arg ||
      (!Uses && !Begins && E.Do != EffectKind::Delete))
    return;
  auto [Object, Text] = lockOf(F, E);
  if (!Object)
    return;
  const LockKindInfo *K = P.Rules->lockKind(E.LockKind);
  std::string What = (K ? K->Title + " '" : std::string("'")) + Text + "'";
  if (Uses && isUnborn(Object)) {
    Born.insert(Object); // once
    report("lock-not-initialized",
           What + " is used by '" + F.Name + "' before it is initialized",
           F.Where, /*GoesOn=*/true);
  }
  if ((Begins || Takes) && K && K->Resident && isPaged(Object))
    report("lock-in-wrong-memory",
           What + " lies in pageable memory but is used at levels at which "
                  "such memory cannot be brought in",
           F.Where, /*GoesOn=*/true);
  if (Uses)
    return;
  if (const Hold *H = findHold(Object); H && H->Kind == K && !H->Doubtful)
    report("lock-destroyed-while-held",
           describe(*H) + " is " + (Begins ? "initialized anew" : "deleted") +
               " by '" + F.Name + "' while it is held",
           F.Where, /*GoesOn=*/true);
  Born.insert(Object);
}

/// The handle, and the place where the level is kept.
void World::judgeHandle(Frame &F, const Effect &E, uint64_t Object,
                        const std::string &Text, bool Shared) {
  const LockKindInfo *K = P.Rules->lockKind(E.LockKind);
  if (uint64_t Handle = valueOf(F, E.Handle).value_or(0);
      Handle && K && K->Spins) {
    std::string Name = "'" + textOf(F, E.Handle.Index) + "' is ";
    for (const Hold &H : activation().Held)
      if (H.Handle == Handle && H.Object != Object && !H.Doubtful)
        report("in-stack-handle-misuse",
               Name + "the handle of " + describe(H) +
                   ", which is held, and is used by '" + F.Name + "' for '" +
                   Text + "'",
               F.Where);
    if (isGlobal(Handle))
      report("in-stack-handle-misuse",
             Name + "shared by all who acquire '" + Text +
                 "', but each needs a handle of its own",
             F.Where, /*GoesOn=*/true);
  }
  if (E.Saves.K != ValueRef::Deref || E.Saves.Index >= F.Args.size() ||
      !isGlobal(F.Args[E.Saves.Index]))
    return;
  bool Raises = E.Do == EffectKind::Raise;
  // Under a lock that everybody takes, one place is enough.
  if (Raises ? activation().anySpinning() != nullptr : !Shared)
    return;
  report("saved-irql-shared",
         "'" + F.Name + "' saves the level in '" + textOf(F, E.Saves.Index) +
             "', which others overwrite who do the same at the same time",
         F.Where, /*GoesOn=*/true);
}

void World::judgeMemory(Frame &F, const Effect &E) {
  std::string Under;
  if (const Hold *H = activation().anySpinning())
    Under = "; " + describe(*H) + " is held";
  if (E.Do == EffectKind::Allocate && E.Memory == "paged") {
    if (M.irql() > ApcLevel)
      report("paged-pool-at-dispatch",
             "'" + F.Name + "' allocates pageable memory at " +
                 levelName(M.irql()) + Under,
             F.Where, /*GoesOn=*/true);
    else
      pass("paged-pool-at-dispatch", F.Where);
  }
  if (E.Do != EffectKind::Free)
    return;
  uint64_t Object = valueOf(F, E.Lock).value_or(0);
  if (!Object)
    return;
  if (isPaged(Object) && M.irql() > ApcLevel)
    report("paged-pool-at-dispatch",
           "'" + F.Name + "' frees pageable memory at " + levelName(M.irql()) +
               Under,
           F.Where, /*GoesOn=*/true);
  auto B = Blocks.find(Object);
  uint64_t Size = B != Blocks.end()            ? B->second.Size
                  : P.Memory->contains(Object) ? Unknowns::ObjectSize
                                               : 0;
  for (const Hold &H : activation().Held)
    if (H.Object - Object < Size && !(H.Kind && H.Kind->Reference) &&
        !H.FromEntry && !H.Doubtful) {
      report("lock-destroyed-while-held",
             "'" + F.Name + "' frees memory in which " + describe(H) +
                 " lies, which is still held",
             F.Where, /*GoesOn=*/true);
      return;
    }
}

void World::touch(uint64_t Address, bool Write, SiteIndex Where) {
  if (M.irql() <= ApcLevel || !isPaged(Address))
    return;
  const Hold *H = activation().anySpinning();
  report("paged-pool-at-dispatch",
         std::string("pageable memory is ") + (Write ? "written" : "read") +
             " at " + levelName(M.irql()) +
             (H ? "; " + describe(*H) + " is held" : ""),
         Where, /*GoesOn=*/true);
}
