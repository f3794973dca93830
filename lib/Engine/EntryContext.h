//===- EntryContext.h - How a function may be entered -----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Collects what is known of a function's entry state, strongest source first:
/// annotations on the function, its role type, where it is registered, its
/// name, the section it is placed in. Without any, the level is unknown.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_ENTRYCONTEXT_H
#define IRQLINT_ENGINE_ENTRYCONTEXT_H

#include "Engine/UnitIndex.h"

namespace irqlint {

/// A lock of the framework's that is held around a callback.
struct EntryLock {
  int Owner = -1;         ///< framework object, index in the unit's WdfFacts
  bool Interrupt = false; ///< an interrupt lock, not a callback lock
  bool Mutex = false;
  bool TypeKnown = true; ///< Mutex says what it is
  std::string Title;     ///< of the owner
};

struct EntryContext {
  IrqlRange Range;
  /// Range comes from a contract; an unknown range has no source.
  bool Known = false;
  /// The upper bound depends on configuration or caller: levels above the
  /// lower bound are not certain to occur.
  bool Conditional = false;
  /// The level of Range that the role is to be written for.
  std::optional<Irql> Assume;
  const RoleContract *Role = nullptr;
  /// The system calls it: nothing of the driver's is held but what the role
  /// says.
  bool IsEntryPoint = false;
  bool MayKeepLocks = false;
  bool MayChangeLevel = false;
  /// By its annotation it works with a lock of its caller held.
  bool UnderCallersLock = false;
  bool Pageable = false;
  ApcEntry Apcs = ApcEntry::Unknown;
  bool SystemThread = false;
  /// It may return owning a lock that another callback goes on with.
  bool HandsOver = false;
  /// It is annotated to return at the level it is entered at.
  bool SameLevel = false;
  /// "as a KDEFERRED_ROUTINE", "by its annotation": for messages.
  std::string Why;
  /// Framework objects that it is a callback of, and what they lock around it.
  std::vector<int> Objects;
  std::vector<EntryLock> Held;
  /// Held is all of it.
  bool LocksKnown = false;
};

EntryContext entryContextOf(const clang::FunctionDecl *FD,
                            const UnitIndex &Index);

/// Where the code of a function lies.
enum class Paging : uint8_t {
  Resident,
  /// In a section with a name of its own ("PAGESER"): that is what a driver can
  /// lock in memory while it needs it.
  Lockable,
  Pageable, ///< in PAGE itself
};
Paging pagingOf(const clang::FunctionDecl *FD);

} // namespace irqlint

#endif // IRQLINT_ENGINE_ENTRYCONTEXT_H
