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
    if (Exit.MayKeepLocks)
      return;
    for (const HeldLock &L : S.Held) {
      if (L.FromEntry || L.Doubtful || hasOwnCheck(L.Kind))
        continue;
      bool Odd = llvm::is_contained(Exit.OddLocks, L.Object);
      bool Forbidden =
          Exit.IsEntryPoint && (!L.Kind || L.Kind->MustReleaseBeforeReturn);
      if (!Odd && !Forbidden)
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

std::unique_ptr<Check> irqlint::makeLockLeaked() {
  return std::make_unique<LockLeakedCheck>();
}
