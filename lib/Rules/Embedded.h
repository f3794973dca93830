//===- Embedded.h - Tables of the compiled-in rules -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The layout that irqlint-rulegen writes and RuleSet reads: plain integers
/// into one block of text, so that start-up needs neither constructors nor
/// relocations. Every index is sorted by name (bytewise).
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_EMBEDDED_H
#define IRQLINT_RULES_EMBEDDED_H

#include <cstdint>

namespace irqlint {

/// A piece of EmbeddedRules::Text.
struct EmbeddedText {
  uint32_t Offset, Length;
};

struct EmbeddedFile {
  EmbeddedText Path, Family, Header;
};

/// One record as it stands in rules/.
struct EmbeddedRecord {
  EmbeddedText Text;
  uint32_t Line;
  uint16_t File;
};

constexpr uint32_t NoEmbedded = ~0u;

/// A name (or alias) and its record; Base is refined by Record, or NoEmbedded.
struct EmbeddedName {
  EmbeddedText Name;
  uint32_t Record, Base;
};

/// A string that leads to an entry of another index: registration to role,
/// entry name to role, type to lock kind, rival's rule to check.
struct EmbeddedLink {
  EmbeddedText Key;
  uint32_t Target;
};

struct EmbeddedConstant {
  EmbeddedText Name;
  int64_t Value;
};

template <typename T> struct EmbeddedSpan {
  const T *Data;
  uint32_t Size;
  const T *begin() const { return Data; }
  const T *end() const { return Data + Size; }
  const T &operator[](uint32_t I) const { return Data[I]; }
};

struct EmbeddedRules {
  const char *Text;
  EmbeddedSpan<EmbeddedFile> Files;
  EmbeddedSpan<EmbeddedRecord> Records;
  EmbeddedSpan<EmbeddedName> Functions, Roles, Locks, Checks;
  EmbeddedSpan<EmbeddedName> Objects, Setup, ConfigRules, Costs;
  /// "Routine:argument" and "STRUCT.member" to Roles.
  EmbeddedSpan<EmbeddedLink> Registrations, Members, EntryNames;
  /// C types, and "!" + global locks, to Locks.
  EmbeddedSpan<EmbeddedLink> LockTypes;
  EmbeddedSpan<EmbeddedConstant> Constants;
  /// Kinds that some routine releases.
  EmbeddedSpan<EmbeddedText> Released;
};

/// Defined by the generated source.
extern const EmbeddedRules BuiltinRules;

} // namespace irqlint

#endif // IRQLINT_RULES_EMBEDDED_H
