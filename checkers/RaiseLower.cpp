//===- RaiseLower.cpp
//--------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// irql-lowered-by-raise, irql-raised-by-lower: the raising routine must not be
/// given a level below the current one, the lowering routine none above it.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class RaiseLowerCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"irql-lowered-by-raise", "irql-raised-by-lower"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    IrqlRange Now = J.rangeOf(Before.Level);
    if (E.What->Do == EffectKind::Raise && E.To.K == LevelValue::Fixed) {
      IrqlRange To = J.rangeOf(E.To);
      if (To.Hi < Now.Lo)
        J.report("irql-lowered-by-raise", Certainty::Definite,
                 "'" + E.Call->Name + "' is asked for " + To.str() +
                     " but the level is " + Now.str() + " already",
                 levelSites(Before));
      return;
    }
    if (E.What->Do != EffectKind::Lower)
      return;
    IrqlRange To = J.rangeOf(E.Restores);
    if (E.Restores.K == LevelValue::Fixed && To.Lo > Now.Hi) {
      J.report("irql-raised-by-lower", Certainty::Definite,
               "'" + E.Call->Name + "' is asked for " + To.str() +
                   " but the level is only " + Now.str(),
               levelSites(Before));
      return;
    }
    if (E.Restores.K == LevelValue::Uninitialized)
      J.report("saved-irql-mismatch", Certainty::Definite,
               "'" + E.Call->Name +
                   "' restores a level that was never saved on this path",
               levelSites(Before));
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeRaiseLower() {
  return std::make_unique<RaiseLowerCheck>();
}
