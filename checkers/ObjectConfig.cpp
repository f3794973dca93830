//===- ObjectConfig.cpp - How framework objects are configured ------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Lays the configuration rules (rules/kmdf-rules.yaml) over the objects that a
/// unit creates.
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Engine/WdfRules.h"
#include "llvm/ADT/STLExtras.h"
#include <set>

using namespace irqlint;

namespace {

/// Places that the reader wants to see for the words of a rule.
class Story {
public:
  Story(const WdfFacts &Facts, const RuleSet &Rules, int Object)
      : F(Facts), Rules(Rules), Object(Object) {}

  std::vector<PathStep> tell(const ConfigRule &R) {
    for (const ConfigCondition &C : R.When) {
      word(C.Value);
      if (!C.OfValue.empty())
        word(C.OfValue);
    }
    // Told in the order in which it is written, where that can be said.
    if (llvm::all_of(Steps, [&](const PathStep &S) {
          return S.Function == Steps.front().Function;
        }))
      llvm::sort(Steps, [](const PathStep &A, const PathStep &B) {
        return A.Pos.Line < B.Pos.Line;
      });
    return std::move(Steps);
  }

private:
  const WdfFacts &F;
  const RuleSet &Rules;
  int Object;
  std::vector<PathStep> Steps;

  void word(llvm::StringRef W) {
    const WdfObject &O = F.Objects[Object];
    if (W == "level" || W == "effective-level" || W == "wants-passive")
      member(O, O.Attributes, "ExecutionLevel", Object);
    else if (W == "scope" || W == "effective-scope")
      member(O, O.Attributes, "SynchronizationScope", Object);
    if ((W == "effective-level" && O.Level.From == Constraint::Inherited) ||
        (W == "effective-scope" && O.Scope.From == Constraint::Inherited))
      created(deviceOf(O), "device");
    if (W == "level" || W == "effective-level" || W == "wants-passive" ||
        W == "scope" || W == "effective-scope")
      return;
    if (W == "parent-given")
      member(O, O.Attributes, "ParentObject", Object);
    else if (W == "serialized")
      member(O, O.Config, Rules.object(O.Creator)->Serialization, Object);
    else if (W == "parent-passive")
      created(configParent(F, Object), "parent");
    else if (W.starts_with("lock-"))
      created(configLockOwner(F, Object, Rules), "owner of the lock");
    else if (W.starts_with("device-"))
      created(deviceOf(O), "device");
    else
      member(O, O.Config, W, Object);
  }

  static int deviceOf(const WdfObject &O) {
    return O.Device.K == ConfigValue::Object ? O.Device.Obj : NoObject;
  }

  void member(const WdfObject &O,
              const std::map<std::string, ConfigValue> &Members,
              llvm::StringRef Name, int Of) {
    auto I = Members.find(Name.str());
    if (I == Members.end() || I->second.Pos.File.empty())
      return;
    add(I->second.Pos,
        Name.str() + " of the " + configTitle(F, Of) + " is set here",
        O.Function);
  }

  void created(int I, const char *As) {
    if (I == NoObject)
      return;
    const WdfObject &O = F.Objects[I];
    member(O, O.Attributes, "ExecutionLevel", I);
    member(O, O.Attributes, "SynchronizationScope", I);
    add(O.Pos,
        std::string(As) + ": the " + configTitle(F, I) +
            " is created here; execution level " + levelWord(O.Level) + " (" +
            originWord(O.Level.From) + "), synchronization scope " +
            scopeWord(O.Scope) + " (" + originWord(O.Scope.From) + ")",
        O.Function);
  }

  void add(const SourcePos &Pos, std::string Text, std::string Function) {
    for (const PathStep &S : Steps)
      if (S.Pos == Pos)
        return;
    PathStep S;
    S.Pos = Pos;
    S.Message = std::move(Text);
    S.Function = std::move(Function);
    Steps.push_back(std::move(S));
  }
};

class ObjectConfigCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"serialization-incompatible", "execution-level-not-allowed",
            "synchronization-scope-not-allowed", "passive-interrupt-mismatch",
            "object-config-refused"};
  }

  void onObjects(ObjectJudgement &J) const override {
    const WdfFacts &F = J.facts();
    for (size_t I = 0; I < F.Objects.size(); ++I) {
      std::set<std::string> Said;
      for (const ConfigRule &R : J.rules().configRules())
        if (!Said.count(R.Check) && judge(int(I), R, J))
          Said.insert(R.Check);
    }
  }

private:
  static bool concerns(const ConfigRule &R, const WdfObject &O) {
    return R.Kinds.empty() || llvm::is_contained(R.Kinds, O.Kind);
  }

  static bool judge(int I, const ConfigRule &R, ObjectJudgement &J) {
    const WdfFacts &F = J.facts();
    const WdfObject &O = F.Objects[I];
    if (!concerns(R, O))
      return false;
    std::optional<bool> Holds = configHolds(R.When, F, I, J.rules());
    if (!Holds || !*Holds)
      return false;
    // Another configuration of the same creation may be right, and this one
    // impossible for reasons that were not followed.
    bool Always = !R.Possible;
    for (size_t K = 0; K < F.Objects.size(); ++K)
      if (F.Objects[K].Pos == O.Pos && F.Objects[K].Creator == O.Creator) {
        std::optional<bool> H = configHolds(R.When, F, int(K), J.rules());
        Always &= H && *H;
      }
    std::string M = "'" + O.Creator + "' ";
    if (R.Status.empty())
      M += "accepts this " + O.Kind + ", but it cannot work: ";
    else if (R.DeviceFails)
      M += "sets up a device that cannot be created (" + R.Status + "): ";
    else if (J.rules().object(O.Creator)->Handle.isNone())
      M += "drops this " + O.Kind + " without a word (" + R.Status + "): ";
    else
      M += "fails for this " + O.Kind + " (" + R.Status + "): ";
    M += R.Message;
    if (!R.Fix.empty())
      M += "; " + R.Fix;
    J.report(R.Check, Always ? Certainty::Definite : Certainty::Possible, I, M,
             Story(F, J.rules(), I).tell(R),
             Always ? "" : "another configuration may reach this call, too");
    return true;
  }
};

} // namespace

std::unique_ptr<Check> irqlint::makeObjectConfig() {
  return std::make_unique<ObjectConfigCheck>();
}
