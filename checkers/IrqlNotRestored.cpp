//===- IrqlNotRestored.cpp
//---------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// irql-not-restored: a function returns at another level than it was entered
/// at. Entry points must restore it by contract; a helper is accused only when
/// its other exits restore it.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class IrqlNotRestoredCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"irql-not-restored"};
  }

  void onExit(const ExitEvent &Exit, const SyncState &S,
              Judgement &J) const override {
    if (Exit.MayChangeLevel || S.Level.K != LevelValue::Fixed)
      return;
    // The lock that keeps the level is the better thing to speak of, and so is
    // the release that should have restored it.
    if (S.lastRaising() || J.wasTold(WrongFormCheck, S.LevelSite))
      return;
    IrqlRange Now = J.rangeOf(S.Level);
    if (!Now.isExact())
      return; // some routine of another unit may have changed it
    // (An annotation that says so counts where the levels are certain.)
    bool Annotated = Exit.SameLevel && !Now.overlaps(Exit.EntryRange);
    if (!Exit.IsEntryPoint && !Exit.OddLevel && !Annotated)
      return;
    if (Now.within(Exit.EntryRange) && Exit.EntryRange.isExact())
      return;
    // (Or that nobody is known to have set.)
    if (!S.LevelSite)
      return;
    bool Outside = !Now.overlaps(Exit.EntryRange);
    std::string How = J.routineAt(S.LevelSite);
    J.report(
        "irql-not-restored",
        Outside || Exit.OddLevel ||
                (Exit.IsEntryPoint && Now.Lo > Exit.EntryRange.Lo)
            ? Certainty::Definite
            : Certainty::Possible,
        "'" + Exit.Function + "' returns at " + Now.str() +
            (Exit.EntryRange.isUnknown()
                 ? std::string(", not at the level it was entered at")
                 : ", but was entered at " + Exit.EntryRange.str()) +
            (How.empty() ? "" : "; the level was changed by '" + How + "'"),
        levelSites(S));
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeIrqlNotRestored() {
  return std::make_unique<IrqlNotRestoredCheck>();
}
