//===- ObjectYaml.cpp - YAML I/O traits of framework objects --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules/RuleRead.h"
#include "Rules/RuleScalars.h"

using namespace irqlint;
using llvm::StringRef;
using llvm::Twine;
using llvm::yaml::IO;

namespace irqlint {
/// Right side of a comparison: a number, a constant, or another name.
struct ConfigOperand {
  int64_t Number = 0;
  std::string Name;
};
struct KindName {
  std::string Text;
};
struct CheckName {
  std::string Text;
};
} // namespace irqlint

LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::ConfigCondition)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::ConfigRow)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::CallbackContract)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::KindName)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::ObjectRecord)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::SetupRecord)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::ConfigRuleRecord)

namespace llvm::yaml {

template <> struct ScalarTraits<ConfigOperand> : ReadOnlyScalar<ConfigOperand> {
  static StringRef input(StringRef S, void *C, ConfigOperand &V) {
    if (!S.getAsInteger(0, V.Number))
      return {};
    RuleReader &R = RuleReader::of(C);
    if (R.Names.Constant)
      if (auto N = R.Names.Constant(S)) {
        V.Number = *N;
        return {};
      }
    V.Name = S.str();
    return {};
  }
};

template <> struct ScalarTraits<KindName> : ReadOnlyScalar<KindName> {
  static StringRef input(StringRef S, void *C, KindName &V) {
    RuleReader &R = RuleReader::of(C);
    V.Text = S.str();
    if (R.Names.IsObjectKind && !R.Names.IsObjectKind(S))
      return R.say("no object is of kind '" + S + "'");
    return {};
  }
};

template <> struct ScalarTraits<CheckName> : ReadOnlyScalar<CheckName> {
  static StringRef input(StringRef S, void *C, CheckName &V) {
    RuleReader &R = RuleReader::of(C);
    V.Text = S.str();
    if (R.Names.IsCheck && !R.Names.IsCheck(S))
      return R.say("unknown check '" + S + "'; 'checks:' defines checks");
    return {};
  }
};

template <> struct ScalarEnumerationTraits<ObjectContract::Duty> {
  static void enumeration(IO &Y, ObjectContract::Duty &V) {
    Y.enumCase(V, "optional", ObjectContract::Optional);
    Y.enumCase(V, "required", ObjectContract::Required);
    Y.enumCase(V, "forbidden", ObjectContract::Forbidden);
  }
};

template <> struct ScalarEnumerationTraits<ObjectContract::Ancestor> {
  static void enumeration(IO &Y, ObjectContract::Ancestor &V) {
    Y.enumCase(V, "nobody", ObjectContract::Nobody);
    Y.enumCase(V, "driver", ObjectContract::FromDriver);
    Y.enumCase(V, "device", ObjectContract::FromDevice);
  }
};

template <> struct ScalarEnumerationTraits<CallbackContract::LockSource> {
  static void enumeration(IO &Y, CallbackContract::LockSource &V) {
    Y.enumCase(V, "nothing", CallbackContract::Nothing);
    Y.enumCase(V, "scope", CallbackContract::Scope);
    Y.enumCase(V, "serialization", CallbackContract::Serialization);
    Y.enumCase(V, "interrupt", CallbackContract::Interrupt);
  }
};

template <> struct ScalarEnumerationTraits<CallbackContract::FirstParameter> {
  static void enumeration(IO &Y, CallbackContract::FirstParameter &V) {
    Y.enumCase(V, "self", CallbackContract::Self);
    Y.enumCase(V, "device", CallbackContract::Device);
    Y.enumCase(V, "other", CallbackContract::Other);
  }
};

template <> struct ScalarEnumerationTraits<SetupContract::Relation> {
  static void enumeration(IO &Y, SetupContract::Relation &V) {
    Y.enumCase(V, "device", SetupContract::DeviceOf);
    Y.enumCase(V, "parent", SetupContract::ParentOf);
  }
};

template <> struct MappingTraits<ConfigCondition> {
  static void mapping(IO &Y, ConfigCondition &V) {
    Y.mapRequired("value", V.Value);
    Y.mapRequired("is", V.Is);
    std::optional<ConfigOperand> Of;
    Y.mapOptional("of", Of);
    bool Unary = V.Is == Condition::Zero || V.Is == Condition::NonZero;
    if (!RuleReader::of(Y.getContext()).Errors && Unary == Of.has_value())
      Y.setError(Unary ? "'of' has no meaning for zero and nonzero"
                       : "this comparison needs 'of'");
    if (Of) {
      V.Of = Of->Number;
      V.OfValue = Of->Name;
    }
  }
};

template <> struct MappingTraits<ConfigRow> {
  static void mapping(IO &Y, ConfigRow &V) {
    Y.mapOptional("when", V.When);
    ConstantRef Is;
    Y.mapRequired("is", Is);
    V.Is = Is.Value;
  }
};

template <> struct MappingTraits<CallbackContract> {
  static void mapping(IO &Y, CallbackContract &V) {
    Y.mapRequired("member", V.Member);
    Y.mapOptional("level", V.Level);
    Y.mapOptional("passive-when", V.PassiveWhen);
    Y.mapOptional("under", V.Under);
    Y.mapOptional("first", V.First);
  }
};

template <>
struct CustomMappingTraits<std::map<std::string, SetupContract::Setting>> {
  static void inputOne(IO &Y, StringRef Key,
                       std::map<std::string, SetupContract::Setting> &V) {
    std::string Text;
    Y.mapRequired(Key.str().c_str(), Text);
    SetupContract::Setting &S = V[Key.str()];
    if (parseValueRef(Text, S.From))
      return;
    S.From = ValueRef();
    if (!StringRef(Text).getAsInteger(0, S.Number))
      return;
    RuleReader &R = RuleReader::of(Y.getContext());
    if (R.Names.Constant)
      if (auto N = R.Names.Constant(Text)) {
        S.Number = *N;
        return;
      }
    Y.setError("'" + Twine(Text) +
               "' is neither an argument, a number nor a constant");
  }
  static void output(IO &, std::map<std::string, SetupContract::Setting> &) {}
};

static void recordKeys(IO &Y, RecordKeys &V) {
  Y.mapRequired("name", V.Name);
  Y.mapOptional("disable", V.Disable);
  Y.mapOptional("replace", V.Replace);
}

template <> struct MappingTraits<ObjectRecord> {
  static void mapping(IO &Y, ObjectRecord &V) {
    recordKeys(Y, V);
    ObjectContract &O = V.Object;
    O.Name = V.Name;
    Y.mapOptional("kind", O.Kind);
    Y.mapOptional("config", O.Config);
    Y.mapOptional("attributes", O.Attributes);
    Y.mapOptional("handle", O.Handle);
    Y.mapOptional("device", O.Device);
    Y.mapOptional("parent", O.Parent);
    Y.mapOptional("device-setup", O.Setup);
    Y.mapOptional("parent-attribute", O.ParentDuty);
    Y.mapOptional("parent-allowed-when", O.ParentAllowedWhen);
    Y.mapOptional("handle-type", O.HandleType);
    Y.mapOptional("shared-context", O.SharedContext);
    Y.mapOptional("may-set-level", O.MaySetLevel);
    Y.mapOptional("may-set-scope", O.MaySetScope);
    Y.mapOptional("inherits-from", O.Inherits);
    std::optional<ConstantRef> Level, Scope;
    Y.mapOptional("default-level", Level);
    Y.mapOptional("default-scope", Scope);
    if (Level)
      O.DefaultLevel = Level->Value;
    if (Scope)
      O.DefaultScope = Scope->Value;
    Y.mapOptional("level-rows", O.LevelRows);
    Y.mapOptional("scope-rows", O.ScopeRows);
    Y.mapOptional("owns-callback-lock", O.OwnsLock);
    Y.mapOptional("flagged-by-effective-level", O.FlaggedByEffectiveLevel);
    Y.mapOptional("takes-lock", O.TakesLock);
    Y.mapOptional("serialization", O.Serialization);
    Y.mapOptional("wants-passive", O.WantsPassive);
    Y.mapOptional("callbacks", O.Callbacks);
    Y.mapOptional("one-at-a-time", O.OneAtATime);
    Y.mapOptional("source", O.Source);
  }
  static std::string validate(IO &Y, ObjectRecord &V) {
    if (V.Disable || RuleReader::of(Y.getContext()).Errors)
      return {};
    if (V.Object.Kind.empty())
      return "an object needs 'kind'";
    if (V.Object.Serialization.empty() != V.Object.WantsPassive.empty())
      return "'serialization' and 'wants-passive' go together";
    return {};
  }
};

template <> struct MappingTraits<SetupRecord> {
  static void mapping(IO &Y, SetupRecord &V) {
    recordKeys(Y, V);
    SetupContract &C = V.Setup;
    C.Name = V.Name;
    Y.mapOptional("target", C.Target);
    Y.mapOptional("zeroes", C.Zeroes);
    Y.mapOptional("fill", C.Fill);
    Y.mapOptional("sets", C.Sets);
    Y.mapOptional("copies", C.Copies);
    Y.mapOptional("gives", C.Gives);
    Y.mapOptional("source", C.Source);
  }
  static std::string validate(IO &Y, SetupRecord &V) {
    if (V.Disable || RuleReader::of(Y.getContext()).Errors)
      return {};
    return V.Setup.Target.isNone() ? "a setup routine needs 'target'" : "";
  }
};

template <> struct MappingTraits<ConfigRuleRecord> {
  static void mapping(IO &Y, ConfigRuleRecord &V) {
    recordKeys(Y, V);
    ConfigRule &R = V.Rule;
    R.Name = V.Name;
    std::vector<KindName> Kinds;
    Y.mapOptional("kinds", Kinds);
    for (KindName &K : Kinds)
      R.Kinds.push_back(K.Text);
    Y.mapOptional("when", R.When);
    CheckName Check;
    Y.mapOptional("check", Check);
    R.Check = Check.Text;
    Y.mapOptional("message", R.Message);
    Y.mapOptional("fix", R.Fix);
    Y.mapOptional("status", R.Status);
    Y.mapOptional("device-fails", R.DeviceFails);
    Y.mapOptional("possible", R.Possible);
    Y.mapOptional("source", R.Source);
  }
  static std::string validate(IO &Y, ConfigRuleRecord &V) {
    if (V.Disable || RuleReader::of(Y.getContext()).Errors)
      return {};
    if (V.Rule.Check.empty() || V.Rule.Message.empty() || V.Rule.When.empty())
      return "a configuration rule needs 'when', 'check' and 'message'";
    return {};
  }
};

} // namespace llvm::yaml

namespace irqlint {

std::optional<ObjectRecord> readObject(const RuleText &F, const RuleSlice &S,
                                       const RuleNames &N,
                                       std::vector<RuleProblem> &P) {
  return readRecord<ObjectRecord>(F, S, N, P);
}
std::optional<SetupRecord> readSetup(const RuleText &F, const RuleSlice &S,
                                     const RuleNames &N,
                                     std::vector<RuleProblem> &P) {
  return readRecord<SetupRecord>(F, S, N, P);
}
std::optional<ConfigRuleRecord> readConfigRule(const RuleText &F,
                                               const RuleSlice &S,
                                               const RuleNames &N,
                                               std::vector<RuleProblem> &P) {
  return readRecord<ConfigRuleRecord>(F, S, N, P);
}

} // namespace irqlint
