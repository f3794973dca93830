//===- CriticalSection.cpp ------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// critical-section-too-long: others are kept waiting for longer than the
/// longest stall that is allowed.
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace irqlint;

/// "1500", "0.6"
static std::string microseconds(double Us) {
  std::string Text;
  llvm::raw_string_ostream OS(Text);
  if (Us < 10)
    OS << llvm::format("%.1f", Us);
  else
    OS << int64_t(Us + 0.5);
  return Text;
}

namespace {
class CriticalSectionCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"critical-section-too-long"};
  }

  void onSection(const SectionCost &S, SectionJudgement &J) const override {
    bool Endless = !S.Endless.empty();
    if (!Endless && S.Worst <= S.Limit)
      return;
    std::string M = S.Under;
    if (Endless)
      M += " for a time without bound: " + S.Endless;
    else
      M += " for up to " + microseconds(S.Worst) +
           " microseconds on the worst path, which is more than " +
           microseconds(S.Limit);
    bool Sure = Endless ? S.EndlessForSure : S.Exact > S.Limit;
    J.report("critical-section-too-long",
             Sure ? Certainty::Definite : Certainty::Possible, M, steps(S),
             Sure ? ""
                  : "the times are estimates; a cost record of your own "
                    "rules can correct them");
  }

private:
  static constexpr size_t MaxSteps = 8;

  /// The most expensive items, in the order of the path, and what the rest
  /// comes to.
  static std::vector<PathStep> steps(const SectionCost &S) {
    std::vector<const SectionCost::Item *> Shown;
    for (const SectionCost::Item &I : S.Items)
      Shown.push_back(&I);
    auto Weight = [](const SectionCost::Item *I) {
      return std::make_pair(I->Endless, I->Microseconds);
    };
    if (Shown.size() > MaxSteps) {
      std::vector<const SectionCost::Item *> Order = Shown;
      llvm::sort(Order, [&](auto *A, auto *B) {
        return std::make_tuple(Weight(B), A) < std::make_tuple(Weight(A), B);
      });
      Order.resize(MaxSteps);
      llvm::erase_if(Shown,
                     [&](auto *I) { return !llvm::is_contained(Order, I); });
    }
    double Sum = 0;
    std::vector<PathStep> Steps;
    for (const SectionCost::Item *I : Shown) {
      Sum += I->Microseconds;
      PathStep P;
      P.Pos = I->Pos;
      P.Function = I->Function;
      P.Message = I->Text;
      P.Message += I->Endless
                       ? ": no bound"
                       : ": " + microseconds(I->Microseconds) + " microseconds";
      Steps.push_back(std::move(P));
    }
    if (!Steps.empty() && S.Endless.empty() && S.Worst - Sum >= 0.05)
      Steps.back().Message +=
          "; all else: " + microseconds(S.Worst - Sum) + " microseconds";
    return Steps;
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeCriticalSection() {
  return std::make_unique<CriticalSectionCheck>();
}
