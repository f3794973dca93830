//===- LockLeaked.cpp
//--------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// lock-leaked: an entry point returns to the system with a lock that it took,
/// or a helper keeps on one exit a lock that its other exits give up.
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "llvm/ADT/STLExtras.h"

using namespace irqlint;

namespace {
class LockLeakedCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"lock-leaked"};
  }

  void onExit(const ExitEvent &Exit, const SyncState &S,
              Judgement &J) const override {
    for (const HeldLock &L : S.Held) {
      if (!isLeak(L, Exit))
        continue;
      if (!J.firstLeakOf(L.Site))
        continue;
      std::string How = J.routineAt(L.Site);
      J.report("lock-leaked", Certainty::Definite,
               lockText(L, J) + " is still held when '" + Exit.Function +
                   "' returns" +
                   (How.empty() ? "" : "; acquired by '" + How + "'"),
               {L.Site});
    }
  }
};
} // namespace

bool irqlint::isLeak(const HeldLock &L, const ExitEvent &Exit) {
  if (Exit.MayKeepLocks || L.FromEntry || L.Doubtful || hasOwnCheck(L.Kind))
    return false;
  bool MustRelease = !L.Kind || L.Kind->MustReleaseBeforeReturn;
  if (Exit.IsEntryPoint)
    return MustRelease ||
           (!Exit.HandsOver && !llvm::is_contained(Exit.OthersLocks, L.Object));
  return llvm::is_contained(Exit.OddLocks, L.Object);
}

std::unique_ptr<Check> irqlint::makeLockLeaked() {
  return std::make_unique<LockLeakedCheck>();
}
