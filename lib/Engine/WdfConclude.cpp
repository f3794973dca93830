//===- WdfConclude.cpp - From configurations to entry levels --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/WdfRules.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace irqlint;
using llvm::StringRef;

namespace {

// The framework's enumerations, as rules/kmdf.yaml names them.
enum : int64_t { LevelInherit = 1, LevelPassive = 2, LevelDispatch = 3 };
enum : int64_t {
  ScopeInherit = 1,
  ScopeDevice = 2,
  ScopeQueue = 3,
  ScopeNone = 4
};
constexpr unsigned MaxAncestors = 16;

class Words {
public:
  Words(const WdfFacts &Facts, int Object, const RuleSet &Rules)
      : F(Facts), O(Facts.Objects[Object]), Rules(Rules),
        C(Rules.object(O.Creator)) {}

  ConfigValue value(StringRef Word) const {
    if (Word.contains('|'))
      return oneOf(Word);
    if (Word == "level")
      return attribute("ExecutionLevel", LevelInherit);
    if (Word == "scope")
      return attribute("SynchronizationScope", ScopeInherit);
    if (Word == "attributes-given")
      return O.AttributesGiven;
    if (Word == "parent-given")
      return truth(attribute("ParentObject", 0));
    if (Word == "parent-required")
      return flag(C && C->ParentDuty == ObjectContract::Required);
    if (Word == "parent-forbidden")
      return parentForbidden();
    if (Word == "may-set-level")
      return flag(!C || C->MaySetLevel);
    if (Word == "may-set-scope")
      return flag(!C || C->MaySetScope);
    if (Word == "effective-level")
      return of(O.Level);
    if (Word == "effective-scope")
      return of(O.Scope);
    if (Word == "device-level" || Word == "device-scope") {
      const WdfObject *D = device();
      return D ? of(Word == "device-level" ? D->Level : D->Scope)
               : ConfigValue();
    }
    if (Word == "serialized")
      return C && !C->Serialization.empty() ? truth(member(C->Serialization))
                                            : ConfigValue::number(0);
    if (Word == "wants-passive")
      return C ? firstRow(C->WantsPassive) : ConfigValue();
    if (Word == "parent-passive")
      return parentPassive();
    if (Word == "lock-synchronizes" || Word == "lock-passive")
      return lockWord(Word);
    if (Word == "version")
      return F.Version ? ConfigValue::number(*F.Version) : ConfigValue();
    if (Word == "user-mode")
      return flag(F.UserMode);
    if (Word.consume_front("created-in:"))
      return O.CreatedIn.empty() ? ConfigValue() : flag(O.CreatedIn == Word);
    return member(Word);
  }

  std::optional<bool> holds(const ConfigConditions &When) const {
    bool Sure = true;
    for (const ConfigCondition &One : When) {
      std::optional<bool> H = holds(One);
      if (H && !*H)
        return false;
      Sure &= H.has_value();
    }
    return Sure ? std::optional<bool>(true) : std::nullopt;
  }

  ConfigValue firstRow(const std::vector<ConfigRow> &Rows) const {
    // Rows that may apply must agree with the first that does.
    std::optional<int64_t> Found;
    for (const ConfigRow &R : Rows) {
      std::optional<bool> H = holds(R.When);
      if (H && !*H)
        continue;
      if (Found && *Found != R.Is)
        return {};
      Found = R.Is;
      if (H)
        return ConfigValue::number(R.Is);
    }
    return {};
  }
  /// Some row may apply.
  bool mayApply(const std::vector<ConfigRow> &Rows) const {
    return llvm::any_of(Rows, [&](const ConfigRow &R) {
      std::optional<bool> H = holds(R.When);
      return !H || *H;
    });
  }

  const WdfObject *device() const { return at(deviceIndex()); }

  int deviceIndex() const {
    if (O.Kind == "device")
      return int(&O - F.Objects.data());
    if (O.Device.K == ConfigValue::Object)
      return O.Device.Obj;
    int I = int(&O - F.Objects.data());
    for (unsigned N = 0; I != NoObject && N < MaxAncestors; ++N) {
      const WdfObject &X = F.Objects[I];
      if (X.Kind == "device")
        return I;
      if (X.Device.K == ConfigValue::Object)
        return X.Device.Obj;
      I = parentIndex(X);
    }
    return anyOf([](const WdfObject &X) { return X.Kind == "device"; });
  }

  /// The handle in the attributes, else the fixed parent.
  static ConfigValue parentValue(const WdfObject &X) {
    auto I = X.Attributes.find("ParentObject");
    bool None = X.AttributesGiven.known() && X.AttributesGiven.Num == 0;
    if (None ||
        (I != X.Attributes.end() && I->second.known() && I->second.Num == 0))
      return X.Parent;
    return I == X.Attributes.end() ? ConfigValue() : I->second;
  }
  static int parentOf(const WdfObject &X) {
    ConfigValue V = parentValue(X);
    return V.K == ConfigValue::Object ? V.Obj : NoObject;
  }

  /// The parent, also where only its type is known.
  int parentIndex(const WdfObject &X) const {
    ConfigValue V = parentValue(X);
    if (V.K == ConfigValue::Object)
      return V.Obj;
    if (V.K != ConfigValue::NonNull || V.Text.empty())
      return NoObject;
    return anyOf([&](const WdfObject &Y) {
      const ObjectContract *YC = Rules.object(Y.Creator);
      return YC && YC->HandleType == V.Text;
    });
  }

  /// The last answer was one object of several that are configured alike.
  bool guessed() const { return Guessed; }

  /// The nearest object above (or the parent itself) that owns a callback lock.
  int lockOwner() const {
    int I = parentIndex(O);
    for (unsigned N = 0; I != NoObject && N < MaxAncestors; ++N) {
      const ObjectContract *X = Rules.object(F.Objects[I].Creator);
      if (X && X->OwnsLock)
        return I;
      I = parentIndex(F.Objects[I]);
    }
    return NoObject;
  }

private:
  const WdfFacts &F;
  const WdfObject &O;
  const RuleSet &Rules;
  const ObjectContract *C;
  mutable bool Guessed = false;

  /// When all objects of the driver are known, those of a sort that are
  /// configured alike are as good as one: the first of them. Else NoObject.
  template <class Is> int anyOf(Is Fits) const {
    if (!F.Whole)
      return NoObject;
    int First = NoObject;
    auto Own = [&](int I) {
      auto A = F.Objects[I].Attributes.find("ExecutionLevel");
      return A != F.Objects[I].Attributes.end() && A->second.known()
                 ? A->second.Num
                 : 0;
    };
    for (size_t I = 0; I < F.Objects.size(); ++I) {
      const WdfObject &X = F.Objects[I];
      if (!Fits(X))
        continue;
      if (!X.Level.known() || !X.Scope.known())
        return NoObject;
      if (First == NoObject) {
        First = int(I);
        Guessed |= X.Many;
        continue;
      }
      const WdfObject &Y = F.Objects[First];
      if (X.Level.Value != Y.Level.Value || X.Scope.Value != Y.Scope.Value ||
          X.Creator != Y.Creator || Own(int(I)) != Own(First))
        return NoObject;
      Guessed |= X.Site != Y.Site;
    }
    return First;
  }

  const WdfObject *at(int I) const {
    return I == NoObject ? nullptr : &F.Objects[I];
  }
  static ConfigValue flag(bool B) { return ConfigValue::number(B); }
  static ConfigValue of(const Constraint &X) {
    return X.known() ? ConfigValue::number(X.Value) : ConfigValue();
  }
  static ConfigValue truth(const ConfigValue &V) {
    switch (V.K) {
    case ConfigValue::Unknown:
      return {};
    case ConfigValue::Number:
      return flag(V.Num != 0);
    default:
      return flag(true);
    }
  }

  ConfigValue member(StringRef Name) const {
    auto I = O.Config.find(Name.str());
    return I == O.Config.end() ? ConfigValue() : I->second;
  }
  ConfigValue attribute(StringRef Name, int64_t WithoutAttributes) const {
    if (!O.AttributesGiven.known())
      return {};
    if (O.AttributesGiven.Num == 0)
      return ConfigValue::number(WithoutAttributes);
    auto I = O.Attributes.find(Name.str());
    return I == O.Attributes.end() ? ConfigValue() : I->second;
  }

  ConfigValue oneOf(StringRef Word) const {
    bool Sure = true;
    for (StringRef Rest = Word; !Rest.empty();) {
      auto [One, Tail] = Rest.split('|');
      Rest = Tail;
      ConfigValue V = truth(value(One));
      if (V.known() && V.Num)
        return V;
      Sure &= V.known();
    }
    return Sure ? flag(false) : ConfigValue();
  }

  ConfigValue parentForbidden() const {
    if (!C || C->ParentDuty != ObjectContract::Forbidden)
      return flag(false);
    if (C->ParentAllowedWhen.empty())
      return flag(true);
    std::optional<bool> Allowed = holds(C->ParentAllowedWhen);
    return Allowed ? flag(!*Allowed) : ConfigValue();
  }

  /// Whether the parent itself is marked as passive, which is what the
  /// framework compares; a device that inherits its level is not.
  ConfigValue parentPassive() const {
    int P = parentIndex(O);
    if (P == NoObject)
      return {};
    const WdfObject &X = F.Objects[P];
    const ObjectContract *XC = Rules.object(X.Creator);
    if (XC && XC->FlaggedByEffectiveLevel)
      return X.Level.known() ? flag(X.Level.Value == LevelPassive)
                             : ConfigValue();
    ConfigValue Own = Words(F, P, Rules).value("level");
    return Own.known() ? flag(Own.Num == LevelPassive) : ConfigValue();
  }

  ConfigValue lockWord(StringRef Word) const {
    int L = lockOwner();
    if (L == NoObject)
      return {};
    const WdfObject &X = F.Objects[L];
    if (Word == "lock-passive")
      return X.Level.known() ? flag(X.Level.Value == LevelPassive)
                             : ConfigValue();
    return X.Scope.known() ? flag(X.Scope.Value == ScopeDevice ||
                                  X.Scope.Value == ScopeQueue)
                           : ConfigValue();
  }

  std::optional<bool> holds(const ConfigCondition &One) const {
    ConfigValue V = value(One.Value);
    if (One.Is == Condition::Zero || One.Is == Condition::NonZero) {
      ConfigValue T = truth(V);
      if (!T.known())
        return std::nullopt;
      return (T.Num != 0) == (One.Is == Condition::NonZero);
    }
    ConfigValue W =
        One.OfValue.empty() ? ConfigValue::number(One.Of) : value(One.OfValue);
    if (!V.known() || !W.known())
      return std::nullopt;
    switch (One.Is) {
    case Condition::Eq:
      return V.Num == W.Num;
    case Condition::Ne:
      return V.Num != W.Num;
    case Condition::Lt:
      return V.Num < W.Num;
    case Condition::Le:
      return V.Num <= W.Num;
    case Condition::Gt:
      return V.Num > W.Num;
    case Condition::Ge:
      return V.Num >= W.Num;
    case Condition::AnyBits:
      return (V.Num & W.Num) != 0;
    default:
      return (V.Num & W.Num) == 0;
    }
  }
};

/// Concludes the constraints of one object, of the ones it inherits from first.
class Concluder {
public:
  Concluder(WdfFacts &F, const RuleSet &Rules)
      : F(F), Rules(Rules), Done(F.Objects.size(), false) {}

  void run() {
    // Of unknown parents it is asked what all that it may be have in common.
    for (const char *Kind : {"driver", "device", "queue"})
      for (size_t I = 0; I < F.Objects.size(); ++I)
        if (F.Objects[I].Kind == Kind)
          constraints(int(I));
    for (size_t I = 0; I < F.Objects.size(); ++I)
      constraints(int(I));
    for (size_t I = 0; I < F.Objects.size(); ++I)
      callbacks(int(I));
  }

private:
  WdfFacts &F;
  const RuleSet &Rules;
  std::vector<bool> Done;

  /// The driver object, if all that are created say the same.
  int driver() {
    int Found = NoObject;
    for (size_t I = 0; I < F.Objects.size(); ++I) {
      const WdfObject &X = F.Objects[I];
      if (X.Kind != "driver")
        continue;
      constraints(int(I));
      if (Found == NoObject)
        Found = int(I);
      else if (!X.Level.known() || !X.Scope.known() ||
               X.Level.Value != F.Objects[Found].Level.Value ||
               X.Scope.Value != F.Objects[Found].Scope.Value)
        return NoObject;
    }
    return Found;
  }

  void constraints(int I) {
    if (Done[I])
      return;
    Done[I] = true;
    WdfObject &O = F.Objects[I];
    const ObjectContract *C = Rules.object(O.Creator);
    if (!C)
      return;
    Words W(F, I, Rules);
    int From = NoObject;
    if (C->Inherits == ObjectContract::FromDriver)
      From = driver();
    else if (C->Inherits == ObjectContract::FromDevice)
      From = W.deviceIndex();
    if (From == I)
      From = NoObject;
    if (From != NoObject)
      constraints(From);
    const WdfObject *Above = From == NoObject ? nullptr : &F.Objects[From];
    O.Level = conclude(W, W.value("level"), C->LevelRows, C->DefaultLevel,
                       LevelInherit, C->Inherits, Above, &WdfObject::Level);
    O.Scope = conclude(W, W.value("scope"), C->ScopeRows, C->DefaultScope,
                       ScopeInherit, C->Inherits, Above, &WdfObject::Scope);
  }

  static Constraint conclude(const Words &W, const ConfigValue &Written,
                             const std::vector<ConfigRow> &Rows,
                             std::optional<int64_t> Default, int64_t Inherit,
                             ObjectContract::Ancestor Whose,
                             const WdfObject *Above,
                             Constraint WdfObject::*Which) {
    if (W.mayApply(Rows)) {
      ConfigValue V = W.firstRow(Rows);
      if (V.known())
        return {Constraint::Default, V.Num};
      return {};
    }
    if (!Written.known())
      return {};
    if (Written.Num > Inherit)
      return {Constraint::Explicit, Written.Num};
    if (Written.Num != Inherit)
      return {}; // refused
    if (Whose == ObjectContract::Nobody)
      return Default ? Constraint{Constraint::Default, *Default} : Constraint();
    if (!Above || !(Above->*Which).known())
      return {};
    return {Constraint::Inherited, (Above->*Which).Value};
  }

  void callbacks(int I) {
    WdfObject &O = F.Objects[I];
    const ObjectContract *C = Rules.object(O.Creator);
    if (!C)
      return;
    Words W(F, I, Rules);
    for (const CallbackContract &K : C->Callbacks) {
      auto M = O.Config.find(K.Member);
      if (M == O.Config.end() || M->second.K != ConfigValue::Function)
        continue;
      WdfCallback B;
      B.Member = K.Member;
      B.Function = M->second.Text;
      if (K.Level)
        fixedLevel(K, W, B);
      else
        byConstraints(I, B);
      if (K.Under == CallbackContract::Serialization)
        serialized(Words(F, I, Rules), B);
      if (K.Under == CallbackContract::Interrupt) {
        B.LockOwner = I;
        B.InterruptLock = true;
        B.Mutex = B.Entry.Hi == Irql::Passive;
      }
      O.Callbacks.push_back(std::move(B));
    }
  }

  static void fixedLevel(const CallbackContract &K, const Words &W,
                         WdfCallback &B) {
    B.Entry = {*K.Level, *K.Level};
    if (K.PassiveWhen.empty())
      return;
    std::optional<bool> Passive = W.holds(K.PassiveWhen);
    if (!Passive)
      B.Entry = IrqlRange::unknown();
    else if (*Passive)
      B.Entry = {Irql::Passive, Irql::Passive};
  }

  void byConstraints(int I, WdfCallback &B) const {
    const WdfObject &O = F.Objects[I];
    B.LockUnknown = !O.Scope.known();
    bool Locked = O.Scope.known() &&
                  (O.Scope.Value == ScopeDevice || O.Scope.Value == ScopeQueue);
    if (Locked) {
      Words Fresh(F, I, Rules);
      B.LockOwner = O.Scope.Value == ScopeQueue ? I : Fresh.deviceIndex();
      if (Fresh.guessed())
        B.LockOwner = NoObject;
      B.Mutex = O.Level.known() && O.Level.Value == LevelPassive;
      B.LockUnknown = !O.Level.known() || B.LockOwner == NoObject;
    }
    B.Entry = IrqlRange::unknown();
    if (!O.Level.known())
      return;
    if (O.Level.Value == LevelPassive) {
      B.Entry = {Irql::Passive, Irql::Passive};
    } else if (Locked) {
      B.Entry = {Irql::Dispatch, Irql::Dispatch};
    } else {
      B.Entry = {Irql::Passive, Irql::Dispatch};
      B.UpTo = true;
    }
  }

  void serialized(const Words &W, WdfCallback &B) const {
    ConfigValue S = W.value("serialized");
    ConfigValue Syncs = W.value("lock-synchronizes");
    if ((S.known() && !S.Num) || (Syncs.known() && !Syncs.Num))
      return;
    B.LockUnknown = !S.known() || !Syncs.known();
    if (B.LockUnknown)
      return;
    B.LockOwner = W.lockOwner();
    ConfigValue P = W.value("lock-passive");
    B.Mutex = P.known() && P.Num;
    B.LockUnknown = !P.known();
    if (W.guessed()) {
      B.LockOwner = NoObject;
      B.LockUnknown = true;
    }
    // Where the framework accepts a spin lock around a passive callback, it
    // runs at DISPATCH_LEVEL, whatever it wanted.
    ConfigValue Flag = W.value("parent-passive");
    if (P.known() && !P.Num && Flag.known() && Flag.Num &&
        B.Entry.Hi == Irql::Passive)
      B.Entry = {Irql::Dispatch, Irql::Dispatch};
  }
};

} // namespace

void irqlint::concludeConfiguration(WdfFacts &Facts, const RuleSet &Rules) {
  for (WdfObject &O : Facts.Objects)
    O.Callbacks.clear();
  Concluder(Facts, Rules).run();
}

ConfigValue irqlint::configWord(const WdfFacts &Facts, int Object,
                                StringRef Word, const RuleSet &Rules) {
  return Words(Facts, Object, Rules).value(Word);
}

std::optional<bool> irqlint::configHolds(const ConfigConditions &When,
                                         const WdfFacts &Facts, int Object,
                                         const RuleSet &Rules) {
  return Words(Facts, Object, Rules).holds(When);
}

int irqlint::configParent(const WdfFacts &Facts, int Object) {
  return Words::parentOf(Facts.Objects[Object]);
}

int irqlint::configLockOwner(const WdfFacts &Facts, int Object,
                             const RuleSet &Rules) {
  Words W(Facts, Object, Rules);
  int L = W.lockOwner();
  return W.guessed() ? NoObject : L;
}

int irqlint::configCallbackLock(const WdfFacts &Facts, int Object,
                                const RuleSet &Rules) {
  const WdfObject &O = Facts.Objects[Object];
  if (!O.Scope.known())
    return NoObject;
  if (O.Scope.Value != ScopeDevice)
    return Object;
  Words W(Facts, Object, Rules);
  int D = W.deviceIndex();
  return W.guessed() ? NoObject : D;
}

bool irqlint::configIsPassive(const Constraint &Level) {
  return Level.known() && Level.Value == LevelPassive;
}

bool irqlint::configSynchronizes(const Constraint &Scope) {
  return Scope.known() &&
         (Scope.Value == ScopeDevice || Scope.Value == ScopeQueue);
}

std::string irqlint::configTitle(const WdfFacts &Facts, int Object) {
  const WdfObject &O = Facts.Objects[Object];
  return O.Handle.empty() ? O.Kind : O.Kind + " '" + O.Handle + "'";
}

const char *irqlint::levelWord(const Constraint &C) {
  return !C.known()                 ? "unknown"
         : C.Value == LevelPassive  ? "passive"
         : C.Value == LevelDispatch ? "dispatch"
                                    : "invalid";
}

const char *irqlint::scopeWord(const Constraint &C) {
  return !C.known()               ? "unknown"
         : C.Value == ScopeDevice ? "device"
         : C.Value == ScopeQueue  ? "queue"
         : C.Value == ScopeNone   ? "none"
                                  : "invalid";
}

const char *irqlint::originWord(Constraint::Origin O) {
  switch (O) {
  case Constraint::Unknown:
    return "unknown";
  case Constraint::Explicit:
    return "explicit";
  case Constraint::Default:
    return "default";
  case Constraint::Inherited:
    return "inherited";
  }
  return "";
}
