//===- RuleFile.h - Reading one rule file -----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A rule file is a YAML mapping of sections, each a block sequence of records.
/// It is cut into one slice of text per record, and each slice is read by
/// LLVM's YAML I/O on its own: an error costs one record, the rest of the file
/// is still checked; and the compiled-in rules can be decoded one by one.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_RULEFILE_H
#define IRQLINT_RULES_RULEFILE_H

#include "Rules/CostContract.h"
#include "Rules/ObjectContract.h"
#include "llvm/ADT/StringRef.h"
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace irqlint {

/// One error in a rule file. Lines and columns count from 1.
struct RuleProblem {
  std::string File;
  unsigned Line = 0, Col = 0;
  std::string Message;
  /// "file:line:col: error: message"
  std::string str() const;
};

enum class RuleSection : uint8_t {
  Constants,
  Locks,
  Roles,
  Functions,
  Checks,
  Objects,
  Setup,
  ConfigRules,
  Costs,
};

/// The text of one record: whole lines, from its dash on.
struct RuleSlice {
  RuleSection Section = RuleSection::Functions;
  llvm::StringRef Text;
  unsigned Line = 1; ///< of the first line of Text in its file
};

/// What a file says once for all of its records.
struct RuleFileHeader {
  std::string Family, Title, Header;
  /// The records are what the documentation tables say; a record of the same
  /// name in another file refines them key by key.
  bool Base = false;
};

struct RuleText {
  std::string Path;
  RuleFileHeader Header;
  std::vector<RuleSlice> Slices;

  /// Cuts \p Text (which must outlive the slices) and reads the header keys.
  static RuleText cut(llvm::StringRef Path, llvm::StringRef Text,
                      std::vector<RuleProblem> &Problems);
};

/// A named number for `of:` (NDIS_RWL_AT_DISPATCH_LEVEL).
struct RuleConstant {
  std::string Name;
  int64_t Value = 0;
};

/// Keys that every record has.
struct RecordKeys {
  std::string Name;
  bool Disable = false, Replace = false;
  unsigned Line = 0, Col = 0; ///< place of the record
};

/// Absent keys stay empty, so that a record can refine its base.
struct RoutineRecord : RecordKeys {
  std::vector<std::string> Aliases;
  std::optional<std::vector<IrqlWindow>> Windows;
  std::optional<std::vector<Effect>> Effects;
  std::optional<std::vector<ValueRef>> Writes;
  std::optional<std::vector<Prohibition>> Forbids;
  std::optional<std::vector<Guarantee>> Ensures;
  std::optional<std::vector<std::string>> Pairs;
  std::optional<bool> Conditional, NoReturn, EndsThread;
  std::optional<AtomicStep> Atomically;
  std::optional<ApcDuty> Apc;
  std::optional<std::string> Source, Header;
};

struct RoleRecord : RecordKeys {
  std::vector<std::string> Aliases;
  std::optional<std::string> Implementer;
  std::optional<IrqlRange> Entry;
  std::optional<Irql> Usual, Assume;
  std::optional<bool> Conditional, Acquires, Releases, SameIrql, HandsOver,
      SystemThread;
  std::optional<ApcEntry> Apcs;
  std::optional<std::vector<std::string>> LocksOnEntry, Tags, RegisteredBy,
      RegisteredVia, EntryNames;
  std::optional<std::string> Source, Phase;
};

struct LockRecord : RecordKeys {
  LockKindInfo Info;
};

struct CheckRecord : RecordKeys {
  CheckInfo Info;
};

struct ConstantRecord : RecordKeys {
  int64_t Value = 0;
};

struct ObjectRecord : RecordKeys {
  ObjectContract Object;
};

struct SetupRecord : RecordKeys {
  SetupContract Setup;
};

struct ConfigRuleRecord : RecordKeys {
  ConfigRule Rule;
};

struct CostRecord : RecordKeys {
  CostContract Cost;
};

/// What names mean while a record is read. Unset look-ups accept everything:
/// the compiled-in rules were validated when they were built.
struct RuleNames {
  std::function<std::optional<int64_t>(llvm::StringRef)> Constant;
  std::function<bool(llvm::StringRef)> IsLockKind;
  std::function<bool(llvm::StringRef)> IsGlobal;
  std::function<bool(llvm::StringRef)> IsRole;
  std::function<bool(llvm::StringRef)> IsObjectKind;
  std::function<bool(llvm::StringRef)> IsCheck;
};

/// Reads one slice. Empty after an error, which is appended to \p Problems.
std::optional<RoutineRecord> readFunction(const RuleText &, const RuleSlice &,
                                          const RuleNames &,
                                          std::vector<RuleProblem> &);
std::optional<RoleRecord> readRole(const RuleText &, const RuleSlice &,
                                   const RuleNames &,
                                   std::vector<RuleProblem> &);
std::optional<LockRecord> readLock(const RuleText &, const RuleSlice &,
                                   const RuleNames &,
                                   std::vector<RuleProblem> &);
std::optional<CheckRecord> readCheck(const RuleText &, const RuleSlice &,
                                     const RuleNames &,
                                     std::vector<RuleProblem> &);
std::optional<ConstantRecord> readConstant(const RuleText &, const RuleSlice &,
                                           const RuleNames &,
                                           std::vector<RuleProblem> &);

std::optional<ObjectRecord> readObject(const RuleText &, const RuleSlice &,
                                       const RuleNames &,
                                       std::vector<RuleProblem> &);
std::optional<SetupRecord> readSetup(const RuleText &, const RuleSlice &,
                                     const RuleNames &,
                                     std::vector<RuleProblem> &);
std::optional<ConfigRuleRecord> readConfigRule(const RuleText &,
                                               const RuleSlice &,
                                               const RuleNames &,
                                               std::vector<RuleProblem> &);

std::optional<CostRecord> readCost(const RuleText &, const RuleSlice &,
                                   const RuleNames &,
                                   std::vector<RuleProblem> &);

/// Lays the keys of a record over a contract (built from its base, or fresh).
void apply(const RoutineRecord &R, const RuleFileHeader &H,
           FunctionContract &C);
void apply(const RoleRecord &R, RoleContract &C);

} // namespace irqlint

#endif // IRQLINT_RULES_RULEFILE_H
