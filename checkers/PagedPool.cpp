//===- PagedPool.cpp
//---------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// paged-pool-at-dispatch: pageable memory is allocated, freed or touched at
/// DISPATCH_LEVEL or above, where a page fault cannot be served.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class PagedPoolCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"paged-pool-at-dispatch"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    bool Frees = E.What->Do == EffectKind::Free;
    if (!E.Paged || (!Frees && E.What->Do != EffectKind::Allocate))
      return;
    IrqlRange Now = J.rangeOf(Before.Level);
    bool Maybe = Now.Hi > Irql::Apc && J.levelIsKnown(Before.Level);
    if (Now.Lo <= Irql::Apc && !Maybe)
      return;
    Maybe = Now.Lo <= Irql::Apc;
    J.report("paged-pool-at-dispatch",
             Maybe ? Certainty::Possible : Certainty::Definite,
             "'" + E.Call->Name + "' " + (Maybe ? "may " : "") +
                 (Frees ? "free" : "allocate") + (Maybe ? "" : "s") +
                 " pageable memory at " + Now.str() + held(Before, J),
             levelSites(Before),
             Maybe ? "state the level at which '" + J.frameName() +
                         "' runs with _IRQL_requires_max_"
                   : "");
  }

  void onAccess(const AccessEvent &E, const SyncState &S,
                Judgement &J) const override {
    IrqlRange Now = J.rangeOf(S.Level);
    if (E.Paged && Now.Lo > Irql::Apc)
      J.report("paged-pool-at-dispatch", Certainty::Definite,
               "'" + E.Text + "' lies in pageable memory and is " +
                   (E.Write ? "written" : "read") + " at " + Now.str() +
                   held(S, J),
               levelSites(S));
  }

private:
  static std::string held(const SyncState &S, Judgement &J) {
    const HeldLock *L = S.anySpinning();
    return L ? "; " + lockText(*L, J) + " is held" : "";
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makePagedPool() {
  return std::make_unique<PagedPoolCheck>();
}
