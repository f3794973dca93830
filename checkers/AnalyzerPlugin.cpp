//===- AnalyzerPlugin.cpp -------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Front end: `clang --analyze -Xclang -load`. One analyzer checker per catalog
/// entry; our own drive of the engine runs at the end of the unit and its
/// findings are handed to the analyzer's consumers, so text, plist and HTML
/// output work.
//===----------------------------------------------------------------------===//

#include "FrontEnd.h"
#include "clang/Basic/SourceManager.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugReporter.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugType.h"
#include "clang/StaticAnalyzer/Core/Checker.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/AnalysisManager.h"
#include "clang/StaticAnalyzer/Frontend/CheckerRegistry.h"
#include "llvm/ADT/StringMap.h"
#include <deque>

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

namespace {

class AllChecks : public CheckerFamily<check::EndOfTranslationUnit> {
public:
  StringRef getDebugTag() const override { return "irqlint"; }

  /// What was enabled, by catalog name.
  std::map<std::string, CheckerFrontend> Wanted;
  std::string RuleFiles;
  bool Possible = false;

  void checkEndOfTranslationUnit(const TranslationUnitDecl *TU,
                                 AnalysisManager &Mgr, BugReporter &BR) const {
    ASTContext &Ctx = Mgr.getASTContext();
    auto Rules = loadRuleFiles(RuleFiles, mainFileName(Ctx));
    if (!Rules) {
      DiagnosticsEngine &D = Ctx.getDiagnostics();
      D.Report(D.getCustomDiagID(
          DiagnosticsEngine::Error,
          "irqlint: rule file not usable, nothing is checked: %0"))
          << llvm::toString(Rules.takeError());
      return;
    }
    // The analyzer does not run on units with errors.
    for (const ShownFinding &F :
         findInUnit(Ctx, Mgr.getPreprocessor(), *Rules, /*Errors=*/{}))
      if (Possible || F.Sure == Certainty::Definite)
        hand(F, Mgr, BR);
  }

private:
  mutable llvm::StringMap<std::unique_ptr<BugType>> Types;

  void hand(const ShownFinding &F, AnalysisManager &Mgr,
            BugReporter &BR) const {
    auto Check = Wanted.find(F.Check);
    if (Check == Wanted.end())
      return;
    const SourceManager &SM = Mgr.getSourceManager();
    std::unique_ptr<BugType> &BT = Types[F.Check];
    if (!BT)
      BT = std::make_unique<BugType>(&Check->second, F.Check,
                                     "Driver synchronization");
    auto Rep = std::make_unique<BasicBugReport>(
        *BT, F.Message, PathDiagnosticLocation(F.Loc, SM));
    for (const ShownNote &N : F.Notes)
      Rep->addNote(N.Text, PathDiagnosticLocation(N.Loc, SM));
    for (const FixItHint &Fix : F.Fixes)
      Rep->addFixItHint(Fix);
    BR.emitReport(std::move(Rep));
  }
};

/// The name being registered is only known to the manager.
void enableOne(CheckerManager &Mgr) {
  std::string Full = StringRef(Mgr.getCurrentCheckerName()).str();
  AllChecks *C = Mgr.getChecker<AllChecks>();
  for (const CheckInfo &I : RuleSet::builtin()->checks())
    if (I.analyzerName() == Full)
      C->Wanted[I.Name].enable(Mgr);
  const AnalyzerOptions &O = Mgr.getAnalyzerOptions();
  C->RuleFiles = O.getCheckerStringOption("irqlint", "Rules").str();
  C->Possible = O.getCheckerBooleanOption("irqlint", "Possible");
}

bool always(const CheckerManager &) { return true; }

} // namespace

extern "C" const char clang_analyzerAPIVersionString[] =
    CLANG_ANALYZER_API_VERSION_STRING;

extern "C" void clang_registerCheckers(CheckerRegistry &Registry) {
  Registry.addPackage("irqlint");
  Registry.addPackageOption(
      "bool", "irqlint", "Possible", "false",
      "Also report what is wrong on some of the levels that a function may be "
      "entered at.",
      "released");
  Registry.addPackageOption("string", "irqlint", "Rules", "",
                            "Rule files to lay over the built-in rules, "
                            "separated by ';'.",
                            "released");
  // The registry keeps references to the names.
  static std::deque<std::string> Names;
  for (const CheckInfo &C : RuleSet::builtin()->checks()) {
    Names.push_back(C.analyzerName());
    Registry.addChecker(enableOne, always, Names.back(), C.Summary, "");
  }
}
