//===- AnalyzerPlugin.cpp ----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Front end: `clang --analyze -Xclang -load`. One analyzer checker per catalog
/// entry; our own drive of the engine runs at the end of the unit and its findings
/// are handed to the analyzer's consumers, so text, plist and HTML output work.
//===----------------------------------------------------------------------===//

#include "Engine/Analyze.h"
#include "clang/Basic/SourceManager.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugReporter.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugType.h"
#include "clang/StaticAnalyzer/Core/Checker.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/AnalysisManager.h"
#include "clang/StaticAnalyzer/Frontend/CheckerRegistry.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
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
  mutable llvm::StringMap<std::unique_ptr<BugType>> Types;
  std::string Rules;
  bool Possible = false;

  void checkEndOfTranslationUnit(const TranslationUnitDecl *TU,
                                 AnalysisManager &Mgr,
                                 BugReporter &BR) const {
    AnalyzeOptions O;
    O.Rules = RuleSet::builtin();
    if (!Rules.empty()) {
      if (auto Set = RuleSet::withOverlays({Rules})) {
        O.Rules = *Set;
      } else {
        DiagnosticsEngine &D = Mgr.getASTContext().getDiagnostics();
        D.Report(D.getCustomDiagID(DiagnosticsEngine::Error, "irqlint: %0"))
            << llvm::toString(Set.takeError());
        return;
      }
    }
    for (const auto &W : Wanted)
      O.Checks.insert(W.first);
    O.Possible = Possible;
    AnalyzeResult R =
        analyzeUnit(Mgr.getASTContext(), Mgr.getPreprocessor(), O, {});
    for (const LocatedFinding &L : R.Findings)
      hand(L, Mgr, BR);
  }

private:
  void hand(const LocatedFinding &L, AnalysisManager &Mgr,
            BugReporter &BR) const {
    const SourceManager &SM = Mgr.getSourceManager();
    std::unique_ptr<BugType> &BT = Types[L.F.Check];
    if (!BT)
      BT = std::make_unique<BugType>(&Wanted.find(L.F.Check)->second,
                                     L.F.Check, "Driver synchronization");
    PathDiagnosticLocation At(SM.getExpansionLoc(L.Loc), SM);
    auto Rep = std::make_unique<BasicBugReport>(*BT, L.F.Message, At);
    for (size_t I = 0; I < L.F.Path.size(); ++I)
      if (L.StepLocs[I].isValid())
        Rep->addNote(L.F.Path[I].Message,
                     PathDiagnosticLocation(
                         SM.getExpansionLoc(L.StepLocs[I]), SM));
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
  auto Option = [&](StringRef Key) -> StringRef {
    auto It = O.Config.find(("irqlint:" + Key).str());
    return It == O.Config.end() ? "" : StringRef(It->second);
  };
  C->Rules = Option("Rules").str();
  C->Possible = Option("Possible") == "true";
}

bool always(const CheckerManager &) { return true; }

} // namespace

extern "C" const char clang_analyzerAPIVersionString[] =
    CLANG_ANALYZER_API_VERSION_STRING;

extern "C" void clang_registerCheckers(CheckerRegistry &Registry) {
  // The registry keeps references to the names.
  static std::deque<std::string> Names;
  for (const CheckInfo &C : RuleSet::builtin()->checks()) {
    Names.push_back(C.analyzerName());
    Registry.addChecker(enableOne, always, Names.back(), C.Summary, "");
  }
}
