//===- Catalog.cpp - irqlint checks, explain and rules --------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "Describe.h"
#include "Options.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace irqlint;

int irqlint::checksCommand() {
  Expected<std::shared_ptr<const RuleSet>> Rules = loadRules(opt::Rules);
  if (!Rules)
    return fail(Rules.takeError());
  size_t Width = 0;
  for (const CheckInfo &C : (*Rules)->checks())
    Width = std::max(Width, C.Name.size());
  for (const CheckInfo &C : (*Rules)->checks())
    outs() << left_justify(C.Name, Width) << "  " << left_justify(C.Group, 9)
           << "  " << left_justify(C.Severity, 7) << "  " << C.Summary
           << (C.Default ? "" : " (off by default)") << '\n';
  return ExitClean;
}

/// The known names that are nearest to \p Name.
static std::string suggestion(StringRef Name, const RuleSet &Rules) {
  std::string Best;
  unsigned Least = Name.size() / 3 + 1;
  auto Try = [&](const std::string &Candidate) {
    unsigned D = Name.edit_distance_insensitive(Candidate, true, Least);
    if (D < Least) {
      Least = D;
      Best = Candidate;
    }
  };
  for (const CheckInfo &C : Rules.checks())
    Try(C.Name);
  llvm::for_each(Rules.functionNames(), Try);
  llvm::for_each(Rules.roleNames(), Try);
  return Best.empty() ? "" : "; did you mean '" + Best + "'?";
}

int irqlint::explainCommand() {
  Expected<std::shared_ptr<const RuleSet>> Loaded = loadRules(opt::Rules);
  if (!Loaded)
    return fail(Loaded.takeError());
  const RuleSet &Rules = **Loaded;
  StringRef Name = opt::ExplainName.getValue();

  // Every spelling of a check's name that the front ends print.
  StringRef Slug = Name;
  Slug.consume_front("irqlint-");
  const CheckInfo *Check = Rules.checkInfo(Slug);
  for (const CheckInfo &C : Rules.checks()) {
    std::string Long = C.analyzerName();
    if (Name == Long || Name == StringRef(Long).rsplit('.').second)
      Check = &C;
  }
  if (Check) {
    describe(*Check, outs());
    bool Title = false;
    for (const ConfigRule &R : Rules.configRules())
      if (R.Check == Check->Name) {
        if (!std::exchange(Title, true))
          outs()
              << "\nRows of the table that decides (the first that applies):\n";
        describe(R, outs());
      }
    return ExitClean;
  }
  if (const FunctionContract *F = Rules.function(Name)) {
    describe(*F, Rules, outs());
    if (const ObjectContract *O = Rules.object(Name))
      describe(*O, outs());
    if (const CostContract *C = Rules.cost(Name))
      describe(*C, outs());
    return ExitClean;
  }
  for (const ConfigRule &R : Rules.configRules())
    if (Name == R.Name) {
      outs() << R.Name << " decides about " << R.Check << '\n';
      describe(R, outs());
      return ExitClean;
    }
  if (const RoleContract *R = Rules.role(Name)) {
    describe(*R, outs());
    return ExitClean;
  }
  std::vector<const CheckInfo *> Found = Rules.checksForRival(Name);
  if (StringRef Number = Name;
      Found.empty() && Number.consume_front_insensitive("C"))
    Found = Rules.checksForRival(Number); // C28167, as the compiler prints it
  if (Found.empty())
    return fail("'" + Name +
                "' is no check, routine, callback type or known rule of "
                "another tool" +
                suggestion(Name, Rules));
  for (const CheckInfo *C : Found) {
    outs() << Name << " is covered by " << C->Name << "\n\n";
    describe(*C, outs());
    if (C != Found.back())
      outs() << '\n';
  }
  return ExitClean;
}

int irqlint::rulesCommand() {
  if (opt::RuleArgs.empty() || opt::RuleArgs[0] != "check")
    return fail("usage: irqlint rules check FILE...");
  if (opt::RuleArgs.size() < 2)
    return fail("irqlint rules check: no file given");
  int Status = ExitClean;
  for (const std::string &File : drop_begin(opt::RuleArgs))
    if (Error E = RuleSet::check(File))
      Status = fail(std::move(E));
    else
      outs() << File << ": ok\n";
  return Status;
}
