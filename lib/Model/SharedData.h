//===- SharedData.h - Data at the hand of several callbacks -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Which function reads and writes what, with which locks held, and how the
/// system enters it; put together over the units of a driver. Where callbacks
/// that nothing keeps apart use the same member, and the program itself shows
/// elsewhere that it is to be guarded, that is a finding (lock sets after
/// Savage et al.: Eraser, TOCS 1997; what a program does most of the time is
/// what it means to do after Engler et al.: Bugs as Deviant Behavior, SOSP
/// 2001).
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_MODEL_SHAREDDATA_H
#define IRQLINT_MODEL_SHAREDDATA_H

#include "Model/Finding.h"
#include "Model/Irql.h"
#include <set>
#include <string>
#include <vector>

namespace irqlint {

/// A lock as it is held somewhere.
struct DataLock {
  /// Of its class, equal in all units of a driver; UnknownLock for one of which
  /// nothing is known, and which may therefore be any.
  std::string Key;
  std::string Text; ///< kind and name as the user wrote it
  bool operator<(const DataLock &O) const { return Key < O.Key; }
  bool operator==(const DataLock &O) const { return Key == O.Key; }
};
inline constexpr const char *UnknownLock = "?";

struct DataAccess {
  /// Type whose member it is, empty for a variable; and the member or variable.
  std::string Record, Name;
  std::string Text; ///< as the user wrote it
  SourcePos Pos;
  /// What is done with it: as an object to wait for, or as plain data.
  enum Use : uint8_t { Data, Signal, EndlessWait } Is = Data;
  bool Write = false;
  /// Writes what it makes of the old value.
  bool Modify = false;
  std::vector<DataLock> Held; ///< sorted by key
  /// Signal, EndlessWait: the routine.
  std::string Routine;
};

/// A call of another function of the driver.
struct DataCall {
  std::string Usr;
  std::vector<DataLock> Held;
};

struct DataFunction {
  std::string Usr, Name;
  std::vector<DataAccess> Accesses;
  std::vector<DataCall> Calls;
  /// How the system enters it; no role for what only the driver calls.
  std::string Role;
  Irql Lo = LowestIrql, Hi = HighestIrql;
  /// Only while the object is set up or taken down.
  bool Setup = false;
  /// When a file is opened or closed, for which there are no requests yet, or
  /// any more: it may prepare what these will use.
  bool Opening = false;
  std::vector<DataLock> Held;
  /// Callbacks of one such object are called one at a time; empty if nothing
  /// is known of that.
  std::string OneAtATime;
};

struct SharedData {
  std::vector<DataFunction> Functions;
  /// Types of which one instance is at the hand of several callbacks, and types
  /// of which each callback may have its own.
  std::set<std::string> SharedTypes, PrivateTypes;
  /// Functions that the system calls for a device that is started, stopped or
  /// removed, for files that are opened or closed, and (perhaps the same ones)
  /// for what there is in between; by USR.
  std::set<std::string> SetupFunctions, OpenFunctions, OtherFunctions;
  /// Objects whose address goes where they may be signaled unseen.
  std::set<std::string> Escaped;
  bool empty() const {
    return Functions.empty() && SharedTypes.empty() && PrivateTypes.empty() &&
           SetupFunctions.empty() && OpenFunctions.empty() &&
           OtherFunctions.empty() && Escaped.empty();
  }
  /// Adds what \p O knows of functions that this has nothing of.
  void merge(const SharedData &O);
};

/// unsynchronized-access: one possible finding per member at most. self-wait:
/// waits for what is only ever signaled under a lock that the wait holds.
std::vector<Finding>
sharedDataFindings(const std::vector<const SharedData *> &Units);

} // namespace irqlint

#endif // IRQLINT_MODEL_SHAREDDATA_H
