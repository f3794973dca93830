//===- EntryLocks.h - Locks that are held when a function begins *- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_ENTRYLOCKS_H
#define IRQLINT_ENGINE_ENTRYLOCKS_H

#include "Engine/Exploration.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"

namespace irqlint {

/// Adds what the root is entered with: locks of its role (the cancel lock, the
/// lock of the interrupt that its first parameter names) and locks that the
/// framework takes around it because of how its objects are configured.
void addEntryLocks(SyncState &S, UnitRun &Unit, clang::ento::CheckerContext &C);

/// Identity of the callback (or interrupt) lock of a framework object.
ObjectId frameworkLock(bool Interrupt, int Owner, const UnitRun &Unit);
/// The object whose callback lock it is, or NoObject.
int ownerOfFrameworkLock(llvm::StringRef Id, const WdfFacts &Facts);

const LockKindInfo *frameworkLockKind(bool Interrupt, bool Mutex,
                                      const UnitRun &Unit);

} // namespace irqlint

#endif // IRQLINT_ENGINE_ENTRYLOCKS_H
