//===- OpaqueCalls.h - Guesses about functions without a body ---*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A function of another unit may lock or unlock for its caller, and its name
/// usually says so. The guesses here only ever make the engine quieter: they
/// end its certainty about what is held.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_OPAQUECALLS_H
#define IRQLINT_ENGINE_OPAQUECALLS_H

#include "Rules/RuleSet.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace irqlint {

enum class OpaqueEffect { None, MayAcquire, MayRelease };

OpaqueEffect guessOpaque(llvm::StringRef Name);

/// Called twice with the same arguments it gives the same object ("get
/// context of device").
bool looksLikeAccessor(llvm::StringRef Name);

/// An assertion of the driver's own: it does not return, or complains, unless
/// its first argument holds.
bool looksLikeAssertion(llvm::StringRef Name);

/// Its result stands for the thread that runs.
bool looksLikeThisThread(llvm::StringRef Name);

/// The level under a lock that an unknown routine took, by what the kind's own
/// routines do. Nothing if none of them raises the level that far.
std::optional<IrqlRange> levelUnder(const LockKindInfo &K, const RuleSet &Rules,
                                    IrqlRange Before);

} // namespace irqlint

#endif // IRQLINT_ENGINE_OPAQUECALLS_H
