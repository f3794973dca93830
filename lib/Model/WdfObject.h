//===- WdfObject.h - Framework objects of a driver --------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What a unit says about the framework objects that it creates: how each is
/// configured, whose it is, and how its callbacks are therefore entered. Plain
/// data without Clang, with a JSON form (Report/WdfJson.h), so that the facts
/// of the units of a driver can be put together.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_MODEL_WDFOBJECT_H
#define IRQLINT_MODEL_WDFOBJECT_H

#include "Model/Irql.h"
#include "Model/SourcePos.h"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace irqlint {

/// Index of an object in its WdfFacts.
constexpr int NoObject = -1;

/// A value that the program put into a configuration structure.
struct ConfigValue {
  enum Kind : uint8_t {
    Unknown,
    Number,   ///< also null and enumerators
    Function, ///< Text names it
    Object,   ///< handle of one of the objects
    NonNull,  ///< a handle or address of which no more is known but its type
  } K = Unknown;
  int64_t Num = 0;
  /// Function: its name. NonNull: the C type of the handle, if it has a name.
  std::string Text;
  int Obj = NoObject;
  /// Where it was put there; empty file if nowhere in particular.
  SourcePos Pos;

  static ConfigValue number(int64_t N) {
    ConfigValue V;
    V.K = Number;
    V.Num = N;
    return V;
  }
  bool known() const { return K == Number; }
};

/// Execution level or synchronization scope that holds for an object.
struct Constraint {
  enum Origin : uint8_t {
    Unknown,
    Explicit,
    Default,
    Inherited
  } From = Unknown;
  int64_t Value = 0;
  bool known() const { return From != Unknown; }
};

/// A callback as the framework will call it.
struct WdfCallback {
  std::string Member, Function;
  /// Levels at which it is entered; all levels when nothing is known.
  IrqlRange Entry;
  /// The upper levels occur only if a caller brings them along.
  bool UpTo = false;
  /// Object whose callback (or interrupt) lock is held around it, or NoObject.
  int LockOwner = NoObject;
  /// The lock is a mutex.
  bool Mutex = false;
  bool LockUnknown = false;
  bool InterruptLock = false;

  bool operator==(const WdfCallback &O) const {
    return Member == O.Member && Function == O.Function && Entry == O.Entry &&
           UpTo == O.UpTo && LockOwner == O.LockOwner && Mutex == O.Mutex &&
           LockUnknown == O.LockUnknown && InterruptLock == O.InterruptLock;
  }
};

struct WdfObject {
  std::string Kind;     ///< "timer"
  std::string Creator;  ///< the routine
  std::string Function; ///< where it is called
  SourcePos Pos;
  std::string Handle; ///< as the program names it
  /// Members of the configuration structure and, with their names, of the
  /// attributes.
  std::map<std::string, ConfigValue> Config, Attributes;
  bool HasConfig = false;
  /// Attributes: given, NULL, or not known.
  ConfigValue AttributesGiven;
  ConfigValue Parent, Device;
  /// Several objects with one number are one creation, seen with different
  /// configurations.
  unsigned Site = 0;
  /// Created in a loop: one creation, several objects.
  bool Many = false;
  /// Another unit of the driver creates it.
  bool Foreign = false;
  /// Role of the callback on whose way it is created, if known.
  std::string CreatedIn;

  // Conclusions
  Constraint Level, Scope;
  std::vector<WdfCallback> Callbacks;
};

/// The objects of one unit.
struct WdfFacts {
  std::vector<WdfObject> Objects;
  /// Framework version, major * 100 + minor; absent when not known.
  std::optional<int64_t> Version;
  bool UserMode = false;
  /// Those of all units of the driver are among the objects.
  bool Whole = false;
};

} // namespace irqlint

#endif // IRQLINT_MODEL_WDFOBJECT_H
