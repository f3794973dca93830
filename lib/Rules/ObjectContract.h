//===- ObjectContract.h - What rules say about framework objects *- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// How objects of a driver framework are configured: which routine creates an
/// object from which structures, what initializers leave in these, what an
/// object inherits, how its callbacks are entered, and which configurations the
/// framework refuses. docs/rules-format.md describes the YAML spelling.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_OBJECTCONTRACT_H
#define IRQLINT_RULES_OBJECTCONTRACT_H

#include "Rules/Contract.h"
#include <map>

namespace irqlint {

/// One comparison over the configuration of an object. A name is a member of
/// the configuration structure or one of the words that docs/rules-format.md
/// lists; `A|B` is nonzero if one is.
struct ConfigCondition {
  std::string Value;
  Condition::Op Is = Condition::NonZero;
  int64_t Of = 0;
  /// Compare with this name instead of a number, if not empty.
  std::string OfValue;
};
using ConfigConditions = std::vector<ConfigCondition>;

/// A callback that sits in a member of a configuration structure.
struct CallbackContract {
  std::string Member;
  /// Fixed level; none = by execution level and synchronization scope.
  std::optional<Irql> Level;
  /// PASSIVE_LEVEL instead where all of these hold.
  ConfigConditions PassiveWhen;
  /// Lock of the framework's that is held around it.
  enum LockSource : uint8_t {
    Nothing,
    Scope,
    Serialization,
    Interrupt
  } Under = Nothing;
  /// What its first parameter is: the object itself, its device, or neither.
  enum FirstParameter : uint8_t { Self, Device, Other } First = Self;
};

/// A value that holds under a condition; the first row that applies decides.
struct ConfigRow {
  ConfigConditions When;
  int64_t Is = 0;
};

/// A routine that creates an object (or sets up one for later).
struct ObjectContract {
  std::string Name; ///< of the routine
  std::string Kind; ///< "timer"
  /// C type of its handles, "WDFTIMER"; empty if no such type is known.
  std::string HandleType;
  /// Its context space is at the hand of several callbacks.
  bool SharedContext = false;
  std::string Family;
  ValueRef Config, Attributes, Handle;
  /// Device that the object belongs to, where an argument says it.
  ValueRef Device;
  /// Parent if the attributes name none: an argument, or none.
  ValueRef Parent;
  /// Set-up of a device that is created later: objects that share it belong to
  /// that device.
  ValueRef Setup;
  enum Duty : uint8_t { Optional, Required, Forbidden } ParentDuty = Optional;
  /// The parent may be given after all where these hold.
  ConfigConditions ParentAllowedWhen;
  /// Attributes may say more than "inherit".
  bool MaySetLevel = false, MaySetScope = false;
  /// Whose level and scope "inherit" means.
  enum Ancestor : uint8_t { Nobody, FromDriver, FromDevice } Inherits = Nobody;
  /// Used where nothing is inherited.
  std::optional<int64_t> DefaultLevel, DefaultScope;
  /// The first row that applies decides before what the attributes say.
  std::vector<ConfigRow> LevelRows, ScopeRows;
  /// It has a callback lock of its own (device, queue, file object).
  bool OwnsLock = false;
  /// Children compare with its effective level; otherwise with what its own
  /// attributes say.
  bool FlaggedByEffectiveLevel = false;
  /// Member with a lock that becomes the object's own and is of no other use.
  std::string TakesLock;
  /// Member that asks for automatic serialization.
  std::string Serialization;
  /// Nonzero: its serialized callbacks want PASSIVE_LEVEL.
  std::vector<ConfigRow> WantsPassive;
  std::vector<CallbackContract> Callbacks;
  /// Its callbacks are called one at a time where these hold (and there are
  /// some), whatever is locked.
  ConfigConditions OneAtATime;
  std::string Source;
};

/// A routine that fills a structure or leads from handle to handle.
struct SetupContract {
  std::string Name;
  /// Structure written: all zero first, then members.
  ValueRef Target;
  bool Zeroes = false;
  /// Zeroes: only if this value is zero; otherwise the contents are unknown.
  ValueRef Fill;
  struct Setting {
    int64_t Number = 0;
    ValueRef From;
  };
  std::map<std::string, Setting> Sets;
  /// Copies what this points at.
  ValueRef Copies;
  /// Result: the device or parent of the object in Target.
  enum Relation : uint8_t { None, DeviceOf, ParentOf } Gives = None;
  std::string Source;
};

/// A configuration that the framework refuses, or accepts and should not.
struct ConfigRule {
  std::string Name;
  std::vector<std::string> Kinds; ///< of objects
  ConfigConditions When;
  std::string Check;
  std::string Message, Fix;
  /// What the framework answers; empty if it does not notice.
  std::string Status;
  /// The routine passes; creating the device that it sets up fails.
  bool DeviceFails = false;
  /// Only ever a possible finding.
  bool Possible = false;
  std::string Source;
};

} // namespace irqlint

#endif // IRQLINT_RULES_OBJECTCONTRACT_H
