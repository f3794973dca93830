//===- Describe.cpp - Rules in words --------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Describe.h"
#include "Report/Links.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace irqlint;

static std::string valueText(const ValueRef &V) {
  std::string Arg = "argument " + utostr(V.Index + 1);
  switch (V.K) {
  case ValueRef::None:
    return "";
  case ValueRef::Arg:
    return Arg;
  case ValueRef::Deref:
    return "what " + Arg + " points to";
  case ValueRef::Member:
    return V.Field + " of " + Arg;
  case ValueRef::Ret:
    return "the result";
  case ValueRef::This:
    return "the object itself";
  }
  llvm_unreachable("all kinds are handled");
}

static std::string conditionText(const Conditions &List) {
  std::string Text;
  for (const Condition &C : List) {
    Text += Text.empty() ? "" : " and ";
    Text += valueText(C.Value);
    std::string Of = itostr(C.Of);
    switch (C.Is) {
    case Condition::Zero:
      Text += " is zero";
      break;
    case Condition::NonZero:
      Text += " is not zero";
      break;
    case Condition::Eq:
      Text += " is " + Of;
      break;
    case Condition::Ne:
      Text += " is not " + Of;
      break;
    case Condition::Lt:
      Text += " < " + Of;
      break;
    case Condition::Le:
      Text += " <= " + Of;
      break;
    case Condition::Gt:
      Text += " > " + Of;
      break;
    case Condition::Ge:
      Text += " >= " + Of;
      break;
    case Condition::AnyBits:
      Text += " has any bit of 0x" + utohexstr(C.Of);
      break;
    case Condition::NoBits:
      Text += " has no bit of 0x" + utohexstr(C.Of);
      break;
    case Condition::OnStack:
      Text += " points to the stack";
      break;
    case Condition::Global:
      Text += " points to a global variable";
      break;
    case Condition::Paged:
      Text += " points to pageable memory";
      break;
    case Condition::Unused:
      Text += " is not looked at";
      break;
    }
  }
  return Text;
}

static std::string levelText(const LevelRef &L) {
  switch (L.K) {
  case LevelRef::None:
    return "";
  case LevelRef::Fixed:
    return irqlName(L.Level);
  case LevelRef::Value:
    return valueText(L.From);
  case LevelRef::Saved:
    return "the level saved at acquisition";
  }
  llvm_unreachable("all kinds are handled");
}

static const char *verb(EffectKind K) {
  switch (K) {
  case EffectKind::Acquire:
    return "acquires";
  case EffectKind::TryAcquire:
    return "tries to acquire";
  case EffectKind::Release:
    return "releases";
  case EffectKind::Convert:
    return "converts";
  case EffectKind::Raise:
    return "raises the IRQL";
  case EffectKind::Lower:
    return "sets the IRQL";
  case EffectKind::Wait:
    return "may wait";
  case EffectKind::Signal:
    return "signals";
  case EffectKind::Atomic:
    return "acquires and releases";
  case EffectKind::EnterRegion:
    return "enters";
  case EffectKind::LeaveRegion:
    return "leaves";
  case EffectKind::Query:
    return "tells";
  case EffectKind::AssertLevel:
    return "states that the IRQL is";
  case EffectKind::Init:
    return "initializes";
  case EffectKind::Delete:
    return "ends the life of";
  case EffectKind::CallBack:
    return "calls";
  case EffectKind::Queue:
    return "queues for later";
  case EffectKind::Complete:
    return "completes a request";
  case EffectKind::Await:
    return "waits for the running callbacks of";
  case EffectKind::Drain:
    return "waits until nobody holds";
  case EffectKind::HandOver:
    return "hands over";
  case EffectKind::Require:
    return "demands";
  case EffectKind::Allocate:
    return "allocates";
  case EffectKind::Free:
    return "frees";
  }
  llvm_unreachable("all kinds are handled");
}

static std::string effectText(const Effect &E, const RuleSet &Rules) {
  std::string Text = verb(E.Do);
  const LockKindInfo *Kind = Rules.lockKind(E.LockKind);
  std::string What = Kind ? Kind->Title : E.LockKind;
  if (!What.empty())
    Text += " the " + What;
  if (!E.Lock.isNone())
    Text += (E.Do == EffectKind::Await ? " what is in " : " in ") +
            valueText(E.Lock);
  if (!E.GlobalLock.empty())
    Text += " (" + E.GlobalLock + ")";
  if (!E.ModeFrom.isNone())
    Text += ", exclusive if " + valueText(E.ModeFrom) + " is not zero";
  else if (E.Shared)
    Text += ", shared";
  if (!E.Form.empty())
    Text += ", form '" + E.Form + "'";
  if (!E.Region.empty())
    Text += " " + E.Region + (E.Do == EffectKind::Query ? "" : " region");
  if (E.Do == EffectKind::AssertLevel)
    Text += " " + E.Window.str();
  if (!E.Callback.isNone())
    Text += " the function in " + valueText(E.Callback);
  if (!E.Role.empty())
    Text += " (a " + E.Role + ")";
  if (!E.To.isNone())
    Text += ", then " + levelText(E.To);
  if (!E.Restores.isNone())
    Text += ", back to " + levelText(E.Restores);
  if (!E.Saves.isNone())
    Text += ", saves the old IRQL in " + valueText(E.Saves) +
            (E.ReturnsSaved ? " and returns it" : "");
  else if (E.SavesInLock)
    Text += ", keeps the old IRQL in the lock";
  if (E.Configured)
    Text += "; as the object is configured";
  for (size_t I = 0; I < E.OnlyTypes.size(); ++I)
    Text += (I ? " or a " : "; if it is a ") + E.OnlyTypes[I];
  if (E.Do == EffectKind::Await && !E.Window.isUnknown())
    Text += "; at " + E.Window.str();
  if (!E.InRoles.empty())
    Text += "; never right in " + join(E.InRoles, ", ");
  if (!E.Each.isNone())
    Text += ", an array of " + valueText(E.Each) +
            (E.Chosen.isNone()
                 ? ": each of them"
                 : ": the one that " + valueText(E.Chosen) + " counts to");
  if (E.OfType)
    Text += "; if the object is one";
  if (E.IfHeld)
    Text += "; if it is held";
  if (!E.Success.empty())
    Text += "; done if " + conditionText(E.Success);
  if (!E.When.empty())
    Text += "; when " + conditionText(E.When);
  return Text;
}

static const char *apcText(ApcDuty D) {
  switch (D) {
  case ApcDuty::None:
    return nullptr;
  case ApcDuty::SpecialEnabled:
    return "special kernel APCs must be enabled";
  case ApcDuty::AllEnabled:
    return "all APCs must be enabled";
  case ApcDuty::NormalDisabled:
    return "normal kernel APCs must be disabled";
  case ApcDuty::NormalDisabledUnlessSystemThread:
    return "normal kernel APCs must be disabled, except in a system thread";
  case ApcDuty::AllDisabled:
    return "all APCs must be disabled";
  }
  llvm_unreachable("all duties are handled");
}

static void source(StringRef Source, raw_ostream &OS) {
  if (Source.empty())
    return;
  std::string Url = sourceUrl(Source);
  OS << "  source: " << (Url.empty() ? Source.str() : Url) << '\n';
}

/// \p Text with each line indented and a final newline.
static void block(StringRef Text, raw_ostream &OS) {
  for (StringRef Line : split(Text.rtrim(), '\n'))
    OS << (Line.empty() ? "" : "      ") << Line << '\n';
}

void irqlint::describe(const CheckInfo &C, raw_ostream &OS) {
  OS << C.Name << " (" << C.Group << ", " << C.Severity
     << (C.Default ? "" : ", off by default") << "): " << C.Summary << "\n\n";
  if (!C.Rule.empty())
    OS << "  " << StringRef(C.Rule).trim() << "\n\n";
  if (!C.Repair.empty())
    OS << "  repair: " << StringRef(C.Repair).trim() << "\n\n";
  if (!C.Bad.empty()) {
    OS << "  bad:\n";
    block(C.Bad, OS);
  }
  if (!C.Good.empty()) {
    OS << "  good:\n";
    block(C.Good, OS);
  }
  OS << "  names: irqlint-" << C.Name << " (clang-tidy, clangd), "
     << C.analyzerName() << " (clang --analyze)\n";
  if (!C.Rivals.empty())
    OS << "  other tools: " << join(C.Rivals, ", ") << '\n';
  source(C.Source, OS);
  OS << "  documentation: " << checkUrl(C.Name) << '\n';
}

void irqlint::describe(const FunctionContract &F, const RuleSet &Rules,
                       raw_ostream &OS) {
  OS << F.Name;
  if (!F.Header.empty())
    OS << " (" << F.Header << ')';
  OS << '\n';
  if (F.Windows.empty())
    OS << "  IRQL: not documented\n";
  for (const IrqlWindow &W : F.Windows) {
    OS << "  IRQL: "
       << (W.Range.isUnknown() ? std::string("any level") : W.Range.str());
    if (!W.When.empty())
      OS << " when " << conditionText(W.When);
    if (!W.MinFirm && W.Range.Lo != LowestIrql)
      OS << " (the lower bound is not documented firmly)";
    OS << '\n';
  }
  if (F.Conditional)
    OS << "  IRQL: the bound depends on more than is written here\n";
  if (const char *Apc = apcText(F.Apc))
    OS << "  APCs: " << Apc << '\n';
  for (const Effect &E : F.Effects)
    OS << "  effect: " << effectText(E, Rules) << '\n';
  if (F.NoReturn)
    OS << (F.EndsThread ? "  ends the thread\n" : "  does not return\n");
  if (F.Atomically == AtomicStep::Swap)
    OS << "  stores its second argument, and returns what was there\n";
  else if (F.Atomically != AtomicStep::None)
    OS << "  counts, and returns the new count\n";
  if (!F.Pairs.empty())
    OS << "  pairs with: " << join(F.Pairs, ", ") << '\n';
  source(F.Source, OS);
}

void irqlint::describe(const RoleContract &R, raw_ostream &OS) {
  OS << R.Name << " (callback type"
     << (R.ImplementedBySystem && !R.ImplementedByDriver
             ? ", implemented by the system"
             : "")
     << ")\n  IRQL on entry: "
     << (R.Entry.isUnknown() ? std::string("not documented") : R.Entry.str())
     << (R.Conditional ? ", depends on the configuration" : "") << '\n';
  if (!R.LocksOnEntry.empty())
    OS << "  locks held on entry: " << join(R.LocksOnEntry, ", ") << '\n';
  else if (R.LocksStated)
    OS << "  locks held on entry: none\n";
  if (R.AcquiresForCaller)
    OS << "  returns with a lock held for its caller\n";
  if (R.Apcs == ApcEntry::Enabled)
    OS << "  APCs on entry: enabled\n";
  else if (R.Apcs == ApcEntry::NormalDisabled)
    OS << "  APCs on entry: normal kernel APCs are disabled\n";
  else if (R.Apcs == ApcEntry::AllDisabled)
    OS << "  APCs on entry: all are disabled\n";
  if (R.SystemThread)
    OS << "  runs in a system thread\n";
  if (R.ReleasesForCaller)
    OS << "  releases a lock that its caller holds\n";
  if (R.Usual)
    OS << "  usual IRQL: " << irqlName(*R.Usual) << '\n';
  if (R.Assume)
    OS << "  is to be written for: " << irqlName(*R.Assume) << '\n';
  for (StringRef By : R.RegisteredBy) {
    auto [Routine, Arg] = By.split(':');
    unsigned Index;
    OS << "  registered by: " << Routine;
    if (!Arg.getAsInteger(10, Index))
      OS << ", argument " << Index + 1;
    OS << '\n';
  }
  for (const std::string &Member : R.RegisteredVia)
    OS << "  registered by: " << Member << '\n';
  source(R.Source, OS);
}

//===----------------------------------------------------------------------===//
// Framework objects, time
//===----------------------------------------------------------------------===//

static std::string conditionText(const ConfigConditions &All) {
  static const char *const Words[] = {
      "is zero", "is set",         "==",           "!=", "<", "<=", ">",
      ">=",      "has any bit of", "has no bit of"};
  std::string Text;
  for (const ConfigCondition &C : All) {
    Text += (Text.empty() ? "" : " and ") + C.Value + " " + Words[C.Is];
    if (C.Is > Condition::NonZero)
      Text += " " + (C.OfValue.empty() ? std::to_string(C.Of) : C.OfValue);
  }
  return Text;
}

void irqlint::describe(const ObjectContract &O, raw_ostream &OS) {
  static const char *const Duties[] = {
      "may name a parent", "must name a parent", "must not name a parent"};
  OS << "  creates: " << O.Kind << "\n  attributes: " << Duties[O.ParentDuty]
     << (O.MaySetLevel ? ", may set" : ", must not set")
     << " an execution level"
     << (O.MaySetScope ? ", may set" : ", must not set")
     << " a synchronization scope\n";
  if (!O.ParentAllowedWhen.empty())
    OS << "  a parent is allowed when " << conditionText(O.ParentAllowedWhen)
       << '\n';
  if (O.Inherits != ObjectContract::Nobody)
    OS << "  inherits from: the "
       << (O.Inherits == ObjectContract::FromDriver ? "driver" : "device")
       << '\n';
  for (const CallbackContract &C : O.Callbacks) {
    OS << "  callback " << C.Member << ": ";
    if (C.Level)
      OS << irqlName(*C.Level);
    else
      OS << "by execution level and synchronization scope";
    if (!C.PassiveWhen.empty())
      OS << "; " << irqlName(Irql::Passive) << " when "
         << conditionText(C.PassiveWhen);
    if (C.Under == CallbackContract::Scope)
      OS << "; under the callback lock of its scope";
    else if (C.Under == CallbackContract::Serialization)
      OS << "; under the callback lock of its parent when " << O.Serialization
         << " is set";
    else if (C.Under == CallbackContract::Interrupt)
      OS << "; under the interrupt lock";
    OS << '\n';
  }
}

void irqlint::describe(const ConfigRule &R, raw_ostream &OS) {
  OS << "  " << R.Name << " ["
     << (R.Kinds.empty() ? "every object" : join(R.Kinds, ", ")) << "]\n    if "
     << conditionText(R.When) << "\n    then "
     << (R.Status.empty() ? "accepted, and wrong" : R.Status) << ": "
     << R.Message << '\n';
  if (!R.Fix.empty())
    OS << "    remedy: " << R.Fix << '\n';
}

void irqlint::describe(const CostContract &C, raw_ostream &OS) {
  OS << "  time: ";
  if (C.Unbounded) {
    OS << "without bound";
  } else {
    OS << C.Microseconds << " microseconds";
    if (!C.Times.isNone())
      OS << " for each unit of " << valueText(C.Times);
  }
  if (!C.What.empty())
    OS << " (" << C.What << ")";
  OS << (C.Exact || C.Unbounded ? "" : ", an estimate") << '\n';
}
