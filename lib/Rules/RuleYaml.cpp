//===- RuleYaml.cpp - YAML I/O traits of the rule records -----------------===//
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

LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::Effect)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::IrqlWindow)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::Condition)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::Prohibition)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::Guarantee)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::ValueRef)
LLVM_YAML_IS_SEQUENCE_VECTOR(LockOnEntry)
LLVM_YAML_IS_SEQUENCE_VECTOR(RoleName)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::RoutineRecord)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::RoleRecord)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::LockRecord)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::CheckRecord)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::ConstantRecord)

namespace llvm::yaml {

/// A message counts only if nothing went wrong before it: members that were
/// not read would look like misfits.
static std::string unlessFailed(IO &Y, StringRef Message) {
  return RuleReader::of(Y.getContext()).Errors ? "" : Message.str();
}

static StringRef emptyRange(IrqlRange R) {
  return R.Lo > R.Hi ? "no level is left: 'min' is above 'max'" : "";
}

template <> struct MappingTraits<IrqlRange> {
  static void mapping(IO &Y, IrqlRange &V) {
    Y.mapOptional("min", V.Lo);
    Y.mapOptional("max", V.Hi);
  }
  static std::string validate(IO &Y, IrqlRange &V) {
    return unlessFailed(Y, emptyRange(V));
  }
};

template <> struct MappingTraits<Condition> {
  static void mapping(IO &Y, Condition &V) {
    Y.mapRequired("value", V.Value);
    Y.mapRequired("is", V.Is);
    std::optional<ConstantRef> Of;
    Y.mapOptional("of", Of);
    bool Unary = V.isUnary();
    if (!RuleReader::of(Y.getContext()).Errors && Unary == Of.has_value())
      Y.setError(Unary ? "'of' has no meaning for this test"
                       : "this comparison needs 'of'");
    if (Of)
      V.Of = Of->Value;
  }
};

template <> struct MappingTraits<IrqlWindow> {
  static void mapping(IO &Y, IrqlWindow &V) {
    Y.mapOptional("min", V.Range.Lo);
    Y.mapOptional("max", V.Range.Hi);
    Y.mapOptional("firm-min", V.MinFirm);
    Y.mapOptional("when", V.When);
  }
  static std::string validate(IO &Y, IrqlWindow &V) {
    return unlessFailed(Y, emptyRange(V.Range));
  }
};

template <> struct MappingTraits<Effect> {
  static void mapping(IO &Y, Effect &V) {
    Y.mapRequired("do", V.Do);
    Y.mapOptional("when", V.When);
    LockKindName Kind;
    Y.mapOptional("kind", Kind);
    V.LockKind = Kind.Text;
    bool OnObject = V.Do == EffectKind::Wait || V.Do == EffectKind::Signal ||
                    V.Do == EffectKind::Await || V.Do == EffectKind::HandOver ||
                    V.Do == EffectKind::Queue || V.Do == EffectKind::Allocate ||
                    V.Do == EffectKind::Free;
    Y.mapOptional(OnObject ? "object" : "lock", V.Lock);
    GlobalName Global;
    Y.mapOptional("global", Global);
    V.GlobalLock = Global.Text;
    ModeText Mode;
    Y.mapOptional("mode", Mode);
    V.Shared = Mode.Shared;
    V.ModeFrom = Mode.From;
    V.ModeStated = Mode.Given;
    Y.mapOptional("form", V.Form);
    Y.mapOptional("handle", V.Handle);
    SavesText Saves;
    Y.mapOptional("saves", Saves);
    V.Saves = Saves.To;
    V.SavesInLock = Saves.InLock;
    Y.mapOptional("returns-saved", V.ReturnsSaved);
    Y.mapOptional("to", V.To);
    Y.mapOptional("to-maybe", V.ToMaybe);
    Y.mapOptional("restores", V.Restores);
    Y.mapOptional("success", V.Success);
    Y.mapOptional("refused", V.Refused);
    Y.mapOptional(V.Do == EffectKind::Query  ? "tells"
                  : V.Do == EffectKind::Wait ? "for"
                                             : "region",
                  V.Region);
    Y.mapOptional("callback", V.Callback);
    RoleName Role;
    Y.mapOptional("role", Role);
    V.Role = Role.Text;
    std::optional<IrqlRange> Window;
    Y.mapOptional("window", Window);
    if (Window)
      V.Window = *Window;
    Y.mapOptional("if-held", V.IfHeld);
    Y.mapOptional("of-type", V.OfType);
    Y.mapOptional("each", V.Each);
    Y.mapOptional("chosen", V.Chosen);
    Y.mapOptional("configured", V.Configured);
    Y.mapOptional("only-types", V.OnlyTypes);
    std::vector<RoleName> Roles;
    Y.mapOptional("in-roles", Roles);
    for (RoleName &R : Roles)
      V.InRoles.push_back(R.Text);
    std::optional<std::vector<ValueRef>> Passes;
    Y.mapOptional("passes", Passes);
    V.PassesKnown = Passes.has_value();
    if (Passes)
      V.Passes = std::move(*Passes);
    Y.mapOptional("not", V.Not);
    Y.mapOptional("recheck", V.Recheck);
    Y.mapOptional("memory", V.Memory);
    Y.mapOptional("zeroed", V.Zeroed);
    if (!RuleReader::of(Y.getContext()).Errors) {
      std::string Misfit = checkEffect(V, Mode.Given, Window.has_value());
      if (!Misfit.empty())
        Y.setError(Misfit);
    }
  }
};

template <> struct MappingTraits<Prohibition> {
  static void mapping(IO &Y, Prohibition &V) {
    Y.mapRequired("check", V.Check);
    Y.mapRequired("when", V.When);
    Y.mapRequired("says", V.Says);
    Y.mapOptional("possible", V.Possible);
  }
};

template <> struct MappingTraits<Guarantee> {
  static void mapping(IO &Y, Guarantee &V) {
    Y.mapOptional("when", V.When);
    Y.mapRequired("that", V.That);
    if (!RuleReader::of(Y.getContext()).Errors &&
        llvm::any_of(V.That, [](const Condition &C) {
          return C.Value.K != ValueRef::Ret || C.Is == Condition::Unused;
        }))
      Y.setError("'that' is about the result: its values are 'ret'");
  }
};

static void mapKeys(IO &Y, RecordKeys &V) {
  RoutineName Name;
  Y.mapRequired("name", Name);
  V.Name = Name.Text;
  Y.mapOptional("disable", V.Disable);
  Y.mapOptional("replace", V.Replace);
}

template <> struct MappingTraits<RoutineRecord> {
  static void mapping(IO &Y, RoutineRecord &V) {
    mapKeys(Y, V);
    Y.mapOptional("aliases", V.Aliases);
    Y.mapOptional("irql", V.Windows);
    Y.mapOptional("conditional", V.Conditional);
    Y.mapOptional("effects", V.Effects);
    Y.mapOptional("writes", V.Writes);
    Y.mapOptional("forbids", V.Forbids);
    Y.mapOptional("ensures", V.Ensures);
    Y.mapOptional("apc", V.Apc);
    Y.mapOptional("pairs", V.Pairs);
    Y.mapOptional("no-return", V.NoReturn);
    Y.mapOptional("ends-thread", V.EndsThread);
    Y.mapOptional("atomically", V.Atomically);
    Y.mapOptional("header", V.Header);
    Y.mapOptional("source", V.Source);
  }
  static std::string validate(IO &Y, RoutineRecord &V) {
    if (V.EndsThread.value_or(false) && !V.NoReturn.value_or(false))
      return unlessFailed(Y, "'ends-thread' needs 'no-return'");
    return {};
  }
};

template <> struct MappingTraits<RoleRecord> {
  static void mapping(IO &Y, RoleRecord &V) {
    mapKeys(Y, V);
    Y.mapOptional("aliases", V.Aliases);
    Y.mapOptional("implementer", V.Implementer);
    Y.mapOptional("entry", V.Entry);
    Y.mapOptional("usual", V.Usual);
    Y.mapOptional("assume", V.Assume);
    Y.mapOptional("conditional", V.Conditional);
    std::optional<std::vector<LockOnEntry>> Locks;
    Y.mapOptional("locks-on-entry", Locks);
    if (Locks) {
      V.LocksOnEntry.emplace();
      for (LockOnEntry &L : *Locks)
        V.LocksOnEntry->push_back(L.Text);
    }
    Y.mapOptional("acquires-for-caller", V.Acquires);
    Y.mapOptional("releases-for-caller", V.Releases);
    Y.mapOptional("same-irql-on-return", V.SameIrql);
    Y.mapOptional("hands-over", V.HandsOver);
    Y.mapOptional("apcs", V.Apcs);
    Y.mapOptional("system-thread", V.SystemThread);
    Y.mapOptional("phase", V.Phase);
    Y.mapOptional("conditions", V.Tags);
    Y.mapOptional("registered-by", V.RegisteredBy);
    Y.mapOptional("registered-via", V.RegisteredVia);
    Y.mapOptional("entry-names", V.EntryNames);
    Y.mapOptional("source", V.Source);
  }
  static std::string validate(IO &Y, RoleRecord &V) {
    if (V.Phase && *V.Phase != "setup" && *V.Phase != "open" &&
        *V.Phase != "running")
      return unlessFailed(Y, "'phase' is setup, open or running");
    if (V.Implementer && *V.Implementer != "driver" &&
        *V.Implementer != "system" && *V.Implementer != "either")
      return unlessFailed(Y, "'implementer' is driver, system or either");
    for (StringRef R : V.RegisteredBy.value_or(std::vector<std::string>())) {
      unsigned Arg;
      if (R.rsplit(':').second.getAsInteger(10, Arg))
        return unlessFailed(
            Y, ("'registered-by' entry '" + R + "' is not \"Routine:argument\"")
                   .str());
    }
    return {};
  }
};

template <> struct MappingTraits<LockRecord> {
  static void mapping(IO &Y, LockRecord &V) {
    // Kinds are named with hyphens, unlike routines.
    Y.mapRequired("name", V.Name);
    V.Info.Name = V.Name;
    Y.mapOptional("disable", V.Disable);
    Y.mapOptional("replace", V.Replace);
    Y.mapOptional("title", V.Info.Title);
    Y.mapOptional("types", V.Info.Types);
    Y.mapOptional("globals", V.Info.Globals);
    Y.mapOptional("types-without", V.Info.NotTypes);
    Y.mapOptional("spins", V.Info.Spins);
    Y.mapOptional("of-interrupt", V.Info.OfInterrupt);
    Y.mapOptional("recursive-exclusive", V.Info.RecursiveExclusive);
    Y.mapOptional("recursive-shared", V.Info.RecursiveShared);
    Y.mapOptional("must-release-before-return", V.Info.MustReleaseBeforeReturn);
    Y.mapOptional("reference", V.Info.Reference);
    Y.mapOptional("check", V.Info.Check);
    Y.mapOptional("resident", V.Info.Resident);
    Y.mapOptional("disables-apcs", V.Info.DisablesApcs);
    if (V.Info.Title.empty())
      V.Info.Title = V.Name;
  }
};

template <> struct MappingTraits<CheckRecord> {
  static void mapping(IO &Y, CheckRecord &V) {
    Y.mapRequired("name", V.Name);
    V.Info.Name = V.Name;
    Y.mapOptional("disable", V.Disable);
    Y.mapOptional("replace", V.Replace);
    Y.mapOptional("group", V.Info.Group);
    Y.mapOptional("summary", V.Info.Summary);
    Y.mapOptional("rule", V.Info.Rule);
    Y.mapOptional("severity", V.Info.Severity);
    Y.mapOptional("default", V.Info.Default);
    Y.mapOptional("rivals", V.Info.Rivals);
    Y.mapOptional("bad", V.Info.Bad);
    Y.mapOptional("good", V.Info.Good);
    Y.mapOptional("repair", V.Info.Repair);
    Y.mapOptional("source", V.Info.Source);
  }
  static std::string validate(IO &Y, CheckRecord &V) {
    if (V.Disable)
      return {};
    StringRef S = V.Info.Severity;
    if (S != "error" && S != "warning" && S != "note")
      return unlessFailed(Y, "'severity' is error, warning or note");
    if (V.Info.Group.empty() || V.Info.Summary.empty() || V.Info.Rule.empty())
      return unlessFailed(Y, "a check needs 'group', 'summary' and 'rule'");
    return {};
  }
};

template <> struct MappingTraits<ConstantRecord> {
  static void mapping(IO &Y, ConstantRecord &V) {
    mapKeys(Y, V);
    Y.mapRequired("value", V.Value);
  }
};

template <> struct MappingTraits<RuleFileHeader> {
  static void mapping(IO &Y, RuleFileHeader &V) {
    Y.mapOptional("family", V.Family);
    Y.mapOptional("title", V.Title);
    Y.mapOptional("header", V.Header);
    Y.mapOptional("base", V.Base);
  }
};

} // namespace llvm::yaml

namespace irqlint {

std::optional<RoutineRecord> readFunction(const RuleText &F, const RuleSlice &S,
                                          const RuleNames &N,
                                          std::vector<RuleProblem> &P) {
  return readRecord<RoutineRecord>(F, S, N, P);
}
std::optional<RoleRecord> readRole(const RuleText &F, const RuleSlice &S,
                                   const RuleNames &N,
                                   std::vector<RuleProblem> &P) {
  return readRecord<RoleRecord>(F, S, N, P);
}
std::optional<LockRecord> readLock(const RuleText &F, const RuleSlice &S,
                                   const RuleNames &N,
                                   std::vector<RuleProblem> &P) {
  return readRecord<LockRecord>(F, S, N, P);
}
std::optional<CheckRecord> readCheck(const RuleText &F, const RuleSlice &S,
                                     const RuleNames &N,
                                     std::vector<RuleProblem> &P) {
  return readRecord<CheckRecord>(F, S, N, P);
}
std::optional<ConstantRecord> readConstant(const RuleText &F,
                                           const RuleSlice &S,
                                           const RuleNames &N,
                                           std::vector<RuleProblem> &P) {
  return readRecord<ConstantRecord>(F, S, N, P);
}

void readHeader(const std::string &Path, StringRef Text, RuleFileHeader &H,
                std::vector<RuleProblem> &Problems) {
  RuleNames None;
  RuleReader Reader(None);
  DiagSink Sink{Path, 1, Reader, Problems};
  llvm::yaml::Input In(Text, &Reader, DiagSink::handle, &Sink);
  // An empty document is fine: every header key is optional.
  if (In.setCurrentDocument()) {
    llvm::yaml::EmptyContext Ctx;
    llvm::yaml::yamlize(In, H, true, Ctx);
  }
}

} // namespace irqlint
