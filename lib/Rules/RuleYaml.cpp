//===- RuleYaml.cpp - YAML I/O traits of the rule records -----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules/RuleYaml.h"
#include "llvm/ADT/StringExtras.h"

using namespace irqlint;
using llvm::StringRef;
using llvm::Twine;
using llvm::yaml::IO;

namespace {

// Strong types for scalars that are looked up or that fill several members.
struct LockKindName {
  std::string Text;
};
struct GlobalName {
  std::string Text;
};
struct LockOnEntry {
  std::string Text;
};
struct RoleName {
  std::string Text;
};
struct RoutineName {
  std::string Text;
};
struct ConstantRef {
  int64_t Value = 0;
};
struct ModeText {
  bool Given = false, Shared = false;
  ValueRef From;
};
struct SavesText {
  ValueRef To;
  bool InLock = false;
};

} // namespace

namespace irqlint {

bool parseValueRef(StringRef Text, ValueRef &Out) {
  Out = ValueRef();
  if (Text == "ret") {
    Out.K = ValueRef::Ret;
    return true;
  }
  bool Deref = Text.consume_front("*");
  if (!Text.consume_front("arg") || Text.consumeInteger(10, Out.Index))
    return false;
  Out.K = Deref ? ValueRef::Deref : ValueRef::Arg;
  if (Text.empty())
    return true;
  if (Deref || !Text.consume_front(".") || Text.empty())
    return false;
  for (StringRef Part : llvm::split(Text, '.'))
    if (Part.empty() || llvm::isDigit(Part.front()) ||
        !llvm::all_of(Part, [](char C) { return llvm::isAlnum(C) || C == '_'; }))
      return false;
  Out.K = ValueRef::Member;
  Out.Field = Text.str();
  return true;
}

std::string checkEffect(const Effect &E, bool HasMode, bool HasWindow) {
  using K = EffectKind;
  auto OneOf = [&](std::initializer_list<K> L) {
    return llvm::is_contained(L, E.Do);
  };
  bool OnLock = OneOf({K::Acquire, K::TryAcquire, K::Release, K::Convert,
                       K::Atomic, K::Init, K::Delete});
  bool HasLock = !E.Lock.isNone() || !E.GlobalLock.empty();
  if (OnLock && E.LockKind.empty())
    return "this effect needs 'kind', the kind of lock";
  if (OnLock && !HasLock && !(E.Do == K::Release && !E.Handle.isNone()))
    return E.Do == K::Release ? "release needs 'lock', 'global' or 'handle'"
                              : "this effect needs 'lock' or 'global'";
  if (!E.Lock.isNone() && !E.GlobalLock.empty())
    return "'lock' and 'global' exclude each other";
  if (E.Do == K::TryAcquire && E.Success.empty())
    return "try-acquire needs 'success', the condition under which the lock is "
           "owned";
  if (E.Do == K::Convert && !HasMode)
    return "convert needs 'mode', the mode after it";
  if (E.Do == K::Raise && E.To.isNone())
    return "raise needs 'to', the level after it";
  if (E.Do == K::Lower && E.Restores.isNone())
    return "lower needs 'restores', the level after it";
  if (OneOf({K::EnterRegion, K::LeaveRegion}) && E.Region != "critical" &&
      E.Region != "guarded")
    return "this effect needs 'region': critical or guarded";
  if (E.Do == K::Query && E.Region != "irql" && E.Region != "apcs-disabled" &&
      E.Region != "all-apcs-disabled" && E.Region != "lock-owned")
    return "query needs 'tells': irql, apcs-disabled, all-apcs-disabled or "
           "lock-owned";
  if (E.Do == K::Query && E.Region == "lock-owned" &&
      (E.LockKind.empty() || !HasLock))
    return "a query of lock-owned needs 'kind' and 'lock'";
  if (E.Do == K::AssertLevel && !HasWindow)
    return "assert-level needs 'window', the stated levels";
  if (OneOf({K::CallBack, K::Queue}) && E.Callback.isNone())
    return "this effect needs 'callback', the argument with the routine";
  if (!E.To.isNone() && !OneOf({K::Acquire, K::TryAcquire, K::Raise,
                                K::CallBack, K::Atomic}))
    return "'to' has no meaning for this effect";
  if (!E.Restores.isNone() && !OneOf({K::Release, K::Lower}))
    return "'restores' has no meaning for this effect";
  if ((!E.Saves.isNone() || E.SavesInLock) &&
      !OneOf({K::Acquire, K::TryAcquire, K::Raise}))
    return "'saves' has no meaning for this effect";
  if (E.ToMaybe && E.To.isNone())
    return "'to-maybe' needs 'to'";
  if (E.To.K == LevelRef::Saved)
    return "'to' cannot be 'saved'; that is for 'restores'";
  if (E.IfHeld && E.Do != K::Release)
    return "'if-held' has no meaning for this effect";
  if (E.OfType && (E.Lock.isNone() || E.LockKind.empty()))
    return "'of-type' needs 'lock' and 'kind'";
  if (!E.Success.empty() && !OneOf({K::Acquire, K::TryAcquire, K::Convert,
                                    K::Wait, K::EnterRegion}))
    return "'success' has no meaning for this effect";
  return {};
}

} // namespace irqlint

LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::Effect)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::IrqlWindow)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::Condition)
LLVM_YAML_IS_SEQUENCE_VECTOR(LockOnEntry)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::RoutineRecord)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::RoleRecord)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::LockRecord)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::CheckRecord)
LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::ConstantRecord)

namespace llvm::yaml {

/// Rules are only ever read.
template <typename T> struct ReadOnlyScalar {
  static void output(const T &, void *, raw_ostream &) {}
  static QuotingType mustQuote(StringRef) { return QuotingType::None; }
};

template <> struct ScalarTraits<Irql> : ReadOnlyScalar<Irql> {
  static StringRef input(StringRef S, void *, Irql &V) {
    auto L = parseIrql(std::string_view(S.data(), S.size()));
    if (!L)
      return "unknown level; one of PASSIVE, APC, DISPATCH, DIRQL, HIGH";
    V = *L;
    return {};
  }
};

static constexpr const char *NotAValue =
    "not a value; write argN, *argN, argN.Member or ret";

template <> struct ScalarTraits<ValueRef> : ReadOnlyScalar<ValueRef> {
  static StringRef input(StringRef S, void *, ValueRef &V) {
    return parseValueRef(S, V) ? StringRef() : NotAValue;
  }
};

template <> struct ScalarTraits<LevelRef> : ReadOnlyScalar<LevelRef> {
  static StringRef input(StringRef S, void *, LevelRef &V) {
    if (S == "saved") {
      V.K = LevelRef::Saved;
      return {};
    }
    if (auto L = parseIrql(std::string_view(S.data(), S.size()))) {
      V.K = LevelRef::Fixed;
      V.Level = *L;
      return {};
    }
    V.K = LevelRef::Value;
    return parseValueRef(S, V.From)
               ? StringRef()
               : "unknown level; a step (PASSIVE, APC, DISPATCH, DIRQL, HIGH), "
                 "a value (argN, *argN, argN.Member, ret) or saved";
  }
};

template <> struct ScalarTraits<LockKindName> : ReadOnlyScalar<LockKindName> {
  static StringRef input(StringRef S, void *C, LockKindName &V) {
    RuleReader &R = RuleReader::of(C);
    V.Text = S.str();
    if (R.Names.IsLockKind && !R.Names.IsLockKind(S))
      return R.say("unknown lock kind '" + S + "'; 'locks:' defines kinds");
    return {};
  }
};

template <> struct ScalarTraits<GlobalName> : ReadOnlyScalar<GlobalName> {
  static StringRef input(StringRef S, void *C, GlobalName &V) {
    RuleReader &R = RuleReader::of(C);
    V.Text = S.str();
    if (R.Names.IsGlobal && !R.Names.IsGlobal(S))
      return R.say("unknown global lock '" + S +
                   "'; 'globals' of a lock kind names them");
    return {};
  }
};

template <> struct ScalarTraits<LockOnEntry> : ReadOnlyScalar<LockOnEntry> {
  static StringRef input(StringRef S, void *C, LockOnEntry &V) {
    RuleReader &R = RuleReader::of(C);
    V.Text = S.str();
    if (R.Names.IsLockKind && !R.Names.IsLockKind(S) &&
        !(R.Names.IsGlobal && R.Names.IsGlobal(S)))
      return R.say("'" + S + "' is neither a lock kind nor a global lock");
    return {};
  }
};

template <> struct ScalarTraits<RoleName> : ReadOnlyScalar<RoleName> {
  static StringRef input(StringRef S, void *C, RoleName &V) {
    RuleReader &R = RuleReader::of(C);
    V.Text = S.str();
    if (R.Names.IsRole && !R.Names.IsRole(S))
      return R.say("unknown role '" + S + "'; 'roles:' defines roles");
    return {};
  }
};

template <> struct ScalarTraits<ConstantRef> : ReadOnlyScalar<ConstantRef> {
  static StringRef input(StringRef S, void *C, ConstantRef &V) {
    if (!S.getAsInteger(0, V.Value))
      return {};
    RuleReader &R = RuleReader::of(C);
    if (R.Names.Constant)
      if (auto N = R.Names.Constant(S)) {
        V.Value = *N;
        return {};
      }
    return R.say("'" + S + "' is neither a number nor a name from 'constants:'");
  }
};

template <> struct ScalarTraits<ModeText> : ReadOnlyScalar<ModeText> {
  static StringRef input(StringRef S, void *, ModeText &V) {
    V.Given = true;
    V.Shared = S == "shared";
    if (V.Shared || S == "exclusive" || parseValueRef(S, V.From))
      return {};
    return "unknown mode; exclusive, shared, or a value that is nonzero for "
           "exclusive";
  }
};

template <> struct ScalarTraits<SavesText> : ReadOnlyScalar<SavesText> {
  static StringRef input(StringRef S, void *, SavesText &V) {
    V.InLock = S == "in-lock";
    if (V.InLock || parseValueRef(S, V.To))
      return {};
    return "not a place for a level; a value (*argN, argN.Member, ret) or "
           "in-lock (the lock or its handle)";
  }
};

template <> struct ScalarTraits<RoutineName> : ReadOnlyScalar<RoutineName> {
  static StringRef input(StringRef S, void *, RoutineName &V) {
    V.Text = S.str();
    return S.empty() || isDigit(S.front()) ||
                   !all_of(S, [](char C) {
                     return isAlnum(C) || C == '_' || C == ':' || C == '$';
                   })
               ? "not a name of a routine or type"
               : "";
  }
};

template <> struct ScalarEnumerationTraits<Condition::Op> {
  static void enumeration(IO &Y, Condition::Op &V) {
    Y.enumCase(V, "zero", Condition::Zero);
    Y.enumCase(V, "nonzero", Condition::NonZero);
    Y.enumCase(V, "eq", Condition::Eq);
    Y.enumCase(V, "ne", Condition::Ne);
    Y.enumCase(V, "lt", Condition::Lt);
    Y.enumCase(V, "le", Condition::Le);
    Y.enumCase(V, "gt", Condition::Gt);
    Y.enumCase(V, "ge", Condition::Ge);
    Y.enumCase(V, "any-bits", Condition::AnyBits);
    Y.enumCase(V, "no-bits", Condition::NoBits);
  }
};

template <> struct ScalarEnumerationTraits<EffectKind> {
  static void enumeration(IO &Y, EffectKind &V) {
    Y.enumCase(V, "acquire", EffectKind::Acquire);
    Y.enumCase(V, "try-acquire", EffectKind::TryAcquire);
    Y.enumCase(V, "release", EffectKind::Release);
    Y.enumCase(V, "convert", EffectKind::Convert);
    Y.enumCase(V, "raise", EffectKind::Raise);
    Y.enumCase(V, "lower", EffectKind::Lower);
    Y.enumCase(V, "wait", EffectKind::Wait);
    Y.enumCase(V, "signal", EffectKind::Signal);
    Y.enumCase(V, "atomic", EffectKind::Atomic);
    Y.enumCase(V, "enter-region", EffectKind::EnterRegion);
    Y.enumCase(V, "leave-region", EffectKind::LeaveRegion);
    Y.enumCase(V, "query", EffectKind::Query);
    Y.enumCase(V, "assert-level", EffectKind::AssertLevel);
    Y.enumCase(V, "init", EffectKind::Init);
    Y.enumCase(V, "delete", EffectKind::Delete);
    Y.enumCase(V, "call-back", EffectKind::CallBack);
    Y.enumCase(V, "queue", EffectKind::Queue);
    Y.enumCase(V, "complete", EffectKind::Complete);
  }
};

template <> struct ScalarEnumerationTraits<ApcDuty> {
  static void enumeration(IO &Y, ApcDuty &V) {
    Y.enumCase(V, "none", ApcDuty::None);
    Y.enumCase(V, "special-kernel-enabled", ApcDuty::SpecialEnabled);
    Y.enumCase(V, "all-enabled", ApcDuty::AllEnabled);
    Y.enumCase(V, "normal-kernel-disabled", ApcDuty::NormalDisabled);
    Y.enumCase(V, "normal-kernel-disabled-unless-system-thread",
               ApcDuty::NormalDisabledUnlessSystemThread);
  }
};

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
    bool Unary = V.Is == Condition::Zero || V.Is == Condition::NonZero;
    if (!RuleReader::of(Y.getContext()).Errors && Unary == Of.has_value())
      Y.setError(Unary ? "'of' has no meaning for zero and nonzero"
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
    bool OnObject = V.Do == EffectKind::Wait || V.Do == EffectKind::Signal;
    Y.mapOptional(OnObject ? "object" : "lock", V.Lock);
    GlobalName Global;
    Y.mapOptional("global", Global);
    V.GlobalLock = Global.Text;
    ModeText Mode;
    Y.mapOptional("mode", Mode);
    V.Shared = Mode.Shared;
    V.ModeFrom = Mode.From;
    Y.mapOptional("form", V.Form);
    Y.mapOptional("handle", V.Handle);
    SavesText Saves;
    Y.mapOptional("saves", Saves);
    V.Saves = Saves.To;
    V.SavesInLock = Saves.InLock;
    Y.mapOptional("to", V.To);
    Y.mapOptional("to-maybe", V.ToMaybe);
    Y.mapOptional("restores", V.Restores);
    Y.mapOptional("success", V.Success);
    Y.mapOptional(V.Do == EffectKind::Query ? "tells" : "region", V.Region);
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
    if (!RuleReader::of(Y.getContext()).Errors) {
      std::string Misfit = checkEffect(V, Mode.Given, Window.has_value());
      if (!Misfit.empty())
        Y.setError(Misfit);
    }
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
    Y.mapOptional("apc", V.Apc);
    Y.mapOptional("pairs", V.Pairs);
    Y.mapOptional("no-return", V.NoReturn);
    Y.mapOptional("header", V.Header);
    Y.mapOptional("source", V.Source);
  }
};

template <> struct MappingTraits<RoleRecord> {
  static void mapping(IO &Y, RoleRecord &V) {
    mapKeys(Y, V);
    Y.mapOptional("aliases", V.Aliases);
    Y.mapOptional("implementer", V.Implementer);
    Y.mapOptional("entry", V.Entry);
    Y.mapOptional("usual", V.Usual);
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
    Y.mapOptional("conditions", V.Tags);
    Y.mapOptional("registered-by", V.RegisteredBy);
    Y.mapOptional("registered-via", V.RegisteredVia);
    Y.mapOptional("entry-names", V.EntryNames);
    Y.mapOptional("source", V.Source);
  }
  static std::string validate(IO &Y, RoleRecord &V) {
    if (V.Implementer && *V.Implementer != "driver" &&
        *V.Implementer != "system" && *V.Implementer != "either")
      return unlessFailed(Y, "'implementer' is driver, system or either");
    for (StringRef R : V.RegisteredBy.value_or(std::vector<std::string>())) {
      unsigned Arg;
      if (R.rsplit(':').second.getAsInteger(10, Arg))
        return unlessFailed(Y, ("'registered-by' entry '" + R +
                                "' is not \"Routine:argument\"")
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
    Y.mapOptional("spins", V.Info.Spins);
    Y.mapOptional("recursive-exclusive", V.Info.RecursiveExclusive);
    Y.mapOptional("recursive-shared", V.Info.RecursiveShared);
    Y.mapOptional("must-release-before-return",
                  V.Info.MustReleaseBeforeReturn);
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

namespace {

struct DiagSink {
  const std::string &Path;
  unsigned FirstLine;
  RuleReader &Reader;
  std::vector<RuleProblem> &Problems;

  static void handle(const llvm::SMDiagnostic &D, void *Self) {
    auto &S = *static_cast<DiagSink *>(Self);
    if (D.getKind() != llvm::SourceMgr::DK_Error)
      return;
    // After the first error of a record, others are mostly its echo.
    if (S.Reader.Errors++)
      return;
    S.Problems.push_back({S.Path, S.FirstLine + std::max(D.getLineNo(), 1) - 1,
                          unsigned(std::max(D.getColumnNo(), 0)) + 1,
                          D.getMessage().str()});
  }
};

template <typename Record>
std::optional<Record> readRecord(const RuleText &F, const RuleSlice &S,
                                 const RuleNames &Names,
                                 std::vector<RuleProblem> &Problems) {
  RuleReader Reader(Names);
  DiagSink Sink{F.Path, S.Line, Reader, Problems};
  llvm::yaml::Input In(S.Text, &Reader, DiagSink::handle, &Sink);
  std::vector<Record> Items;
  In >> Items;
  if (In.error() || Reader.Errors) {
    if (!Reader.Errors)
      Problems.push_back({F.Path, S.Line, 1, "this record cannot be read"});
    return std::nullopt;
  }
  if (Items.size() != 1) {
    Problems.push_back({F.Path, S.Line, 1, "one record expected here"});
    return std::nullopt;
  }
  Record R = std::move(Items.front());
  R.Line = S.Line;
  R.Col = unsigned(S.Text.find('-')) + 3;
  return R;
}

} // namespace

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
