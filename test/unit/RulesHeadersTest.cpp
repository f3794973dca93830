//===- RulesHeadersTest.cpp - The kit's annotations say what the rules say ===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The rules decide, whatever the headers say; but a reader of the headers, and
/// tools that know nothing of our rules, must not be told something else.
//===----------------------------------------------------------------------===//

#include "Rules/RuleSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

using namespace irqlint;

namespace {

/// One declaration of a function or of a function's type, in one line.
struct Declared {
  std::string Name, Line;
  bool Typedef = false;
  /// Annotation -> level, for those that name one.
  std::map<std::string, Irql> Levels;
  bool Acquires = false, Releases = false;
};

std::optional<Irql> levelNamed(const std::string &Name) {
  if (Name == "PASSIVE_LEVEL")
    return Irql::Passive;
  if (Name == "APC_LEVEL")
    return Irql::Apc;
  if (Name == "DISPATCH_LEVEL")
    return Irql::Dispatch;
  if (Name == "DISPATCH_LEVEL + 1")
    return Irql::Dirql;
  return std::nullopt;
}

std::vector<Declared> declarations(bool &SawMacros) {
  std::vector<Declared> Out;
  static const std::regex Level(
      R"(_IRQL_(requires|requires_max|requires_min|raises)_\(([^()]*)\))");
  static const std::regex Typedef(R"(^typedef .*?\b(\w+)\()");
  static const std::regex Function(R"(\bNTAPI (\w+)\()");
  std::filesystem::path Kit =
      IRQLINT_BINARY_DIR "/share/irqlint/kit/include/irqlint_kit";
  for (const char *File : {"core.h", "ndis.h", "wdf.h", "wdfusb.h"}) {
    std::ifstream In(Kit / File);
    EXPECT_TRUE(In.is_open()) << Kit / File;
    for (std::string Line; std::getline(In, Line);) {
      if (Line.find("#define _IRQL_requires_max_") == 0)
        SawMacros = true;
      if (Line.empty() || Line[0] == '#')
        continue;
      Declared D;
      D.Line = File + (": " + Line);
      // What holds under a condition only is for the rules alone.
      std::string Text = std::regex_replace(
          Line, std::regex(R"(_When_\([^()]*(\([^()]*\)[^()]*)*\))"), "");
      std::smatch M;
      D.Typedef = Text.rfind("typedef ", 0) == 0;
      std::string Bare =
          std::regex_replace(Text, std::regex(R"(\b_\w+_\([^()]*\) ?)"), "");
      if (!std::regex_search(Bare, M, D.Typedef ? Typedef : Function))
        continue;
      D.Name = M[1];
      for (std::sregex_iterator I(Text.begin(), Text.end(), Level), End;
           I != End; ++I)
        if (auto L = levelNamed((*I)[2]))
          D.Levels[(*I)[1]] = *L;
      D.Acquires = Text.find("_Acquires_lock_") != std::string::npos;
      D.Releases = Text.find("_Releases_lock_") != std::string::npos;
      Out.push_back(std::move(D));
    }
  }
  return Out;
}

/// The levels that an annotation leaves.
IrqlRange rangeOf(const Declared &D) {
  IrqlRange R{LowestIrql, HighestIrql};
  for (auto &[What, L] : D.Levels) {
    if (What == "requires")
      R = {L, L};
    if (What == "requires_max")
      R.Hi = L;
    if (What == "requires_min")
      R.Lo = L;
  }
  return R;
}

/// Where the documentation, which the rules follow, and the framework's
/// headers, which the kit follows, say different things.
const std::set<std::string> Judged = {
    // Documented for DISPATCH_LEVEL, too; the header stays below.
    "WdfControlDeviceInitSetShutdownNotification",
    "WdfDeviceInitSetIoTypeEx",
    "WdfRequestIsFrom32BitProcess",
    "WdfWmiInstanceDeregister",
    "WdfWmiInstanceRegister",
    // Documented for any level; the header has one.
    "WdfMemoryAssignBuffer",
    "WdfMemoryGetBuffer",
    "WdfObjectContextGetObject",
    "WdfWdmDriverGetWdfDriverHandle",
    // The header has none.
    "WdfDriverMiniportUnload",
    "WdfInterruptGetDevice",
    "WdfInterruptQueueDpcForIsr",
    "WdfInterruptQueueWorkItemForIsr",
    "WdfInterruptWdmGetInterrupt",
};

bool has(const FunctionContract &F, EffectKind A, EffectKind B) {
  for (const Effect &E : F.Effects)
    if (E.Do == A || E.Do == B)
      return true;
  return false;
}

} // namespace

TEST(RulesHeadersTest, LevelsOfFunctionsAreThoseOfTheRules) {
  const RuleSet &R = *RuleSet::builtin();
  bool SawMacros = false;
  unsigned Compared = 0;
  std::set<std::string> Differ;
  for (const Declared &D : declarations(SawMacros)) {
    const FunctionContract *F = D.Typedef ? nullptr : R.function(D.Name);
    if (!F || F->Windows.empty())
      continue;
    bool Says = D.Levels.count("requires") || D.Levels.count("requires_max") ||
                D.Levels.count("requires_min");
    IrqlRange Header = rangeOf(D);
    // With conditions a header can only say what holds under each of them.
    IrqlRange Rule = F->Windows[0].Range;
    bool Conditional = F->Conditional;
    for (const IrqlWindow &W : F->Windows) {
      Rule.Lo = std::min(Rule.Lo, W.Range.Lo);
      Rule.Hi = std::max(Rule.Hi, W.Range.Hi);
      Conditional |= !W.When.empty() || !W.MinFirm;
    }
    if (!Says) {
      // Headers that annotate annotate all of what the rules limit.
      if (D.Line.rfind("wdf", 0) == 0 && !Conditional &&
          Rule.Hi != HighestIrql &&
          D.Line.find("_When_(") == std::string::npos) {
        Differ.insert(D.Name);
        EXPECT_TRUE(Judged.count(D.Name)) << "not annotated: " << D.Line;
      }
      continue;
    }
    ++Compared;
    if (Conditional) {
      EXPECT_TRUE(Header.overlaps(Rule)) << Rule.str() << ": " << D.Line;
      continue;
    }
    if (Header == Rule)
      continue;
    Differ.insert(D.Name);
    EXPECT_TRUE(Judged.count(D.Name)) << Rule.str() << ": " << D.Line;
  }
  EXPECT_TRUE(SawMacros);
  EXPECT_EQ(Differ, Judged); // none that agrees by now
  EXPECT_GE(Compared, 300u);
}

TEST(RulesHeadersTest, WhatRaisesAndLocksIsWhatTheRulesSay) {
  const RuleSet &R = *RuleSet::builtin();
  bool SawMacros = false;
  unsigned Compared = 0;
  for (const Declared &D : declarations(SawMacros)) {
    if (D.Typedef)
      continue;
    const FunctionContract *F = R.function(D.Name);
    if (D.Acquires || D.Releases || D.Levels.count("raises"))
      EXPECT_TRUE(F) << "no rule: " << D.Line;
    if (!F)
      continue;
    if (auto Raises = D.Levels.find("raises"); Raises != D.Levels.end()) {
      bool Same = false;
      for (const Effect &E : F->Effects)
        Same |= !E.To.isNone() && E.To.K != LevelRef::Value &&
                E.To.Level == Raises->second;
      EXPECT_TRUE(Same) << D.Line;
      ++Compared;
    }
    if (D.Acquires)
      EXPECT_TRUE(has(*F, EffectKind::Acquire, EffectKind::TryAcquire))
          << D.Line;
    if (D.Releases)
      EXPECT_TRUE(has(*F, EffectKind::Release, EffectKind::Release)) << D.Line;
    Compared += D.Acquires + D.Releases;
    // The other way: a lock of the framework or of NDIS is annotated, or its
    // level is.
    if (D.Line.rfind("wdf", 0) == 0 &&
        has(*F, EffectKind::Acquire, EffectKind::Release))
      EXPECT_TRUE(D.Acquires || D.Releases || !D.Levels.empty() ||
                  D.Line.find("_When_(") != std::string::npos)
          << D.Line;
  }
  EXPECT_GE(Compared, 5u);
}

TEST(RulesHeadersTest, LevelsOfCallbacksAreThoseOfTheRules) {
  const RuleSet &R = *RuleSet::builtin();
  bool SawMacros = false;
  unsigned Compared = 0;
  for (const Declared &D : declarations(SawMacros)) {
    const RoleContract *Role = D.Typedef ? R.role(D.Name) : nullptr;
    if (!Role || D.Levels.empty())
      continue;
    ++Compared;
    IrqlRange Header = rangeOf(D);
    if (Role->Conditional || Role->Entry.isUnknown()) {
      EXPECT_TRUE(Role->Entry.isUnknown() || Header.overlaps(Role->Entry))
          << Role->Entry.str() << ": " << D.Line;
      continue;
    }
    EXPECT_EQ(Header.Hi, Role->Entry.Hi) << Role->Entry.str() << ": " << D.Line;
  }
  EXPECT_GE(Compared, 50u);
}
