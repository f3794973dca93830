//===- PagedCode.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// paged-code-at-dispatch: pageable code runs, or is called, at DISPATCH_LEVEL
/// or above, where a page fault cannot be served; or it raises the level itself
/// and goes on running. Code in a section with a name of its own may be locked
/// in memory at that time: then it is a possible finding.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

static Certainty sureOf(bool Lockable) {
  return Lockable ? Certainty::Possible : Certainty::Definite;
}

namespace {
class PagedCodeCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"paged-code-at-dispatch"};
  }

  void onCall(const CallEvent &Call, const SyncState &S,
              Judgement &J) const override {
    IrqlRange Now = J.rangeOf(S.Level);
    if (Call.CalleePageable && Now.Lo > Irql::Apc) {
      J.report("paged-code-at-dispatch", sureOf(Call.CalleeLockable),
               "pageable function '" + Call.Name + "' is called at " +
                   Now.str(),
               levelSites(S));
      return;
    }
    for (const Effect &E : Call.Fn->Effects)
      if (E.Do == EffectKind::AssertLevel && Now.Lo > E.Window.Hi)
        J.report("paged-code-at-dispatch", Certainty::Definite,
                 "'" + J.frameName() + "' states that it runs at or below " +
                     irqlName(E.Window.Hi) + " but runs at " + Now.str(),
                 levelSites(S));
  }

  void onReturn(llvm::StringRef Callee, const SyncState &S,
                Judgement &J) const override {
    IrqlRange Now = J.rangeOf(S.Level);
    PageableFrame Frame = J.pageableFrame();
    if (!Frame.Name.empty() && Now.Lo > Irql::Apc)
      J.report("paged-code-at-dispatch", sureOf(Frame.Lockable),
               "pageable function '" + Frame.Name + "' goes on at " +
                   Now.str() + " after '" + Callee.str() + "' raised IRQL",
               levelSites(S));
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &After, Judgement &J) const override {
    PageableFrame Frame = J.pageableFrame();
    if (Frame.Name.empty() || !E.Succeeded)
      return;
    if (J.rangeOf(Before.Level).Lo > Irql::Apc ||
        J.rangeOf(After.Level).Lo <= Irql::Apc)
      return;
    J.report("paged-code-at-dispatch", sureOf(Frame.Lockable),
             "pageable function '" + Frame.Name + "' raises IRQL to " +
                 J.rangeOf(After.Level).str() + " with '" + E.Call->Name +
                 "' and goes on running there",
             levelSites(After));
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makePagedCode() {
  return std::make_unique<PagedCodeCheck>();
}
