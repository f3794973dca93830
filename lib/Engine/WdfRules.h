//===- WdfRules.h - What follows from configurations ------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Conclusions over plain facts, without Clang: they hold for the objects of
/// one unit as well as for those of several units put together.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_WDFRULES_H
#define IRQLINT_ENGINE_WDFRULES_H

#include "Model/WdfObject.h"
#include "Rules/RuleSet.h"

namespace irqlint {

/// Concludes levels, scopes and the entry of callbacks.
void concludeConfiguration(WdfFacts &Facts, const RuleSet &Rules);

/// \p Units' objects, one after the other, as another unit sees them.
WdfFacts foreignObjects(llvm::ArrayRef<const WdfFacts *> Units);
/// Adds \p Others, which are those of all other units of the driver.
void joinObjects(WdfFacts &Facts, const WdfFacts &Others);

/// The value of a word of the rules (docs/rules-format.md) for an object;
/// unknown if it is not known.
ConfigValue configWord(const WdfFacts &Facts, int Object, llvm::StringRef Word,
                       const RuleSet &Rules);

/// Whether conditions hold: yes, no, or not known.
std::optional<bool> configHolds(const ConfigConditions &When,
                                const WdfFacts &Facts, int Object,
                                const RuleSet &Rules);

/// The parent that counts: that of the attributes, else the fixed one.
int configParent(const WdfFacts &Facts, int Object);
/// The object whose callback lock the serialized callbacks of \p Object take.
int configLockOwner(const WdfFacts &Facts, int Object, const RuleSet &Rules);

/// The object whose lock is the callback lock of \p Object (itself or its
/// device), or NoObject when that is not known.
int configCallbackLock(const WdfFacts &Facts, int Object, const RuleSet &Rules);
bool configIsPassive(const Constraint &Level);
/// Callbacks are called under a lock.
bool configSynchronizes(const Constraint &Scope);

/// "device 'Device'", for messages.
std::string configTitle(const WdfFacts &Facts, int Object);
/// "passive", "dispatch", "unknown"; "device", "queue", "none", "unknown".
const char *levelWord(const Constraint &C);
const char *scopeWord(const Constraint &C);
/// "written here", "by default", "inherited".
const char *originWord(Constraint::Origin O);

} // namespace irqlint

#endif // IRQLINT_ENGINE_WDFRULES_H
