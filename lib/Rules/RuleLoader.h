//===- RuleLoader.h - Reading and cross-checking rule files -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Reads a set of rule files completely and checks what one record cannot see:
/// duplicates, names from other records, kinds that nothing releases.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_RULELOADER_H
#define IRQLINT_RULES_RULELOADER_H

#include "Rules/RuleFile.h"
#include "Rules/RuleSet.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

namespace irqlint {

template <typename Record> struct LoadedRecord {
  Record R;
  const RuleText *File = nullptr;
  const RuleSlice *Slice = nullptr;
};

class RuleLoader {
public:
  /// \p Under are the rules that the files are laid over; null when the files
  /// are the rules themselves (then `base` files may be refined, and replace
  /// and disable are errors).
  explicit RuleLoader(const RuleSet *Under) : Under(Under) {}

  /// Queues a file. An unreadable file is a problem like any other.
  void addFile(llvm::StringRef Path);
  /// Queues text (tests; \p Path only names it).
  void addText(llvm::StringRef Path, llvm::StringRef Text);
  /// Reads everything. Problems are complete afterwards, in order of files.
  void load();

  std::vector<LoadedRecord<ConstantRecord>> Constants;
  std::vector<LoadedRecord<LockRecord>> Locks;
  std::vector<LoadedRecord<RoleRecord>> Roles;
  std::vector<LoadedRecord<RoutineRecord>> Functions;
  std::vector<LoadedRecord<CheckRecord>> Checks;
  std::vector<LoadedRecord<ObjectRecord>> Objects;
  std::vector<LoadedRecord<SetupRecord>> Setup;
  std::vector<LoadedRecord<ConfigRuleRecord>> ConfigRules;
  std::vector<LoadedRecord<CostRecord>> Costs;
  std::vector<RuleProblem> Problems;
  /// Kinds of lock that some record of these files releases.
  llvm::StringSet<> ReleasedKinds;

private:
  struct Source {
    std::unique_ptr<llvm::MemoryBuffer> Buffer;
    RuleText Text;
  };
  template <typename Record>
  void checkDuplicates(const std::vector<LoadedRecord<Record>> &Records,
                       llvm::StringRef What,
                       llvm::function_ref<bool(llvm::StringRef)> Known);
  template <typename Record>
  void problem(const LoadedRecord<Record> &At, const llvm::Twine &Message);
  void checkReleases();
  void sortProblems();

  const RuleSet *Under;
  std::vector<std::unique_ptr<Source>> Sources;
};

/// Value of a constant of the compiled-in rules.
std::optional<int64_t> builtinConstant(llvm::StringRef Name);
/// Whether a routine of the compiled-in rules releases locks of this kind.
bool builtinReleases(llvm::StringRef Kind);

} // namespace irqlint

#endif // IRQLINT_RULES_RULELOADER_H
