//===- Setup.cpp - What all units of a scan have in common ----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Setup.h"
#include "Commands.h"
#include "Kit/Kit.h"
#include "Report/Json.h"

using namespace llvm;
using namespace irqlint;

json::Value irqlint::toJSON(const SetupValues &S) {
  return json::Object{{"rules", jsonStrings(S.RuleFiles)},
                      {"checks", jsonStrings(S.Checks)},
                      {"kit", jsonString(S.KitDir)},
                      {"headers", jsonStrings(S.HeaderDirs)},
                      {"seconds", int64_t(S.Seconds)},
                      {"memoryMb", int64_t(S.MemoryMb)}};
}

bool irqlint::fromJSON(const json::Value &V, SetupValues &S, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("rules", S.RuleFiles) && M.map("checks", S.Checks) &&
         M.map("kit", S.KitDir) && M.map("headers", S.HeaderDirs) &&
         M.map("seconds", S.Seconds) && M.map("memoryMb", S.MemoryMb);
}

Expected<std::shared_ptr<const RuleSet>>
irqlint::loadRules(const std::vector<std::string> &Files) {
  if (Files.empty())
    return RuleSet::builtin();
  return RuleSet::withOverlays(Files);
}

/// What a name that no header declares most likely is, by the rules (which the
/// user may extend) and by the kit's list.
static NameKind kindOf(const RuleSet &Rules, StringRef Name) {
  if (Rules.function(Name))
    return NameKind::Function;
  if (Rules.role(Name))
    return NameKind::FunctionType;
  if (Rules.lockKindOfType(Name))
    return NameKind::Type;
  switch (lookupKind(Name)) {
  case KitName::Type:
    return NameKind::Type;
  case KitName::Callback:
    return NameKind::FunctionType;
  case KitName::Function:
    return NameKind::Function;
  case KitName::Constant:
  case KitName::Macro:
    return NameKind::Constant;
  case KitName::Unknown:
    break;
  }
  return NameKind::Unknown;
}

Expected<Setup> irqlint::makeSetup(const SetupValues &Values) {
  Setup S;
  Expected<std::shared_ptr<const RuleSet>> R = loadRules(Values.RuleFiles);
  if (!R)
    return R.takeError();
  S.Rules = *R;
  S.Analyze.Rules = *R;
  S.Analyze.Checks.insert(Values.Checks.begin(), Values.Checks.end());
  // They are always computed: the summary and --stats count them.
  S.Analyze.Possible = true;
  S.Parse.HeaderDirs = Values.HeaderDirs;
  S.Parse.KitDir = Values.KitDir;
  S.Parse.LookupKind = [Rules = S.Rules](StringRef Name) {
    return kindOf(*Rules, Name);
  };
  return S;
}
