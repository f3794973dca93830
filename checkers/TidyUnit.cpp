//===- TidyUnit.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TidyUnit.h"
#include "PreamblePragmas.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include <mutex>

using namespace clang;
using namespace irqlint;

namespace irqlint {

/// Passes diagnostics on and remembers where the errors are.
///
/// Ordinarily the compiler falls silent after a fatal error (a header is not
/// found) or too many errors, and nobody learns which functions after that are
/// damaged. So it is told to go on, and what it would not have said is kept
/// from the next consumer.
///
/// Owned by the engine, which outlives the parse; \c Next may die earlier
/// (clangd's does, after it has put another client in our place), so nothing
/// is passed on from the destructor.
class ErrorWatcher : public DiagnosticConsumer {
public:
  ErrorWatcher(std::shared_ptr<TidyUnit> Unit, DiagnosticsEngine &Engine)
      : Unit(std::move(Unit)), Engine(Engine), Next(Engine.getClient()) {
    if (Engine.ownsClient())
      Owned = Engine.takeClient();
    if (Engine.getFatalsAsError())
      return;
    Emulate = true;
    Limit = Engine.getDiagnosticOptions().ErrorLimit;
    Engine.setFatalsAsError(true);
    Engine.setErrorLimit(0);
  }

  void BeginSourceFile(const LangOptions &LO, const Preprocessor *PP) override {
    Next->BeginSourceFile(LO, PP);
  }
  void EndSourceFile() override { Next->EndSourceFile(); }
  void finish() override { Next->finish(); }
  void clear() override {
    DiagnosticConsumer::clear();
    Next->clear();
  }
  bool IncludeInDiagnosticCounts() const override {
    return Next->IncludeInDiagnosticCounts();
  }

  void HandleDiagnostic(DiagnosticsEngine::Level L,
                        const Diagnostic &D) override {
    if (!Unit->Parsing)
      return pass(L, D);
    if (L >= DiagnosticsEngine::Error)
      remember(D);
    if (Fatal) {
      // Its notes still belong to it.
      Mute |= L != DiagnosticsEngine::Note;
      if (!Mute)
        pass(L, D);
      return;
    }
    if (!Emulate || L < DiagnosticsEngine::Error)
      return pass(L, D);
    if (Limit && ++Passed > Limit && D.getID() != diag::fatal_too_many_errors) {
      Engine.Report(diag::fatal_too_many_errors); // comes back here
      return;
    }
    Engine.setFatalsAsError(false);
    Fatal = Engine.getDiagnosticLevel(D.getID(), D.getLocation()) ==
            DiagnosticsEngine::Fatal;
    Engine.setFatalsAsError(true);
    pass(Fatal ? DiagnosticsEngine::Fatal : L, D);
  }

private:
  void pass(DiagnosticsEngine::Level L, const Diagnostic &D) {
    DiagnosticConsumer::HandleDiagnostic(L, D);
    Next->HandleDiagnostic(L, D);
  }

  void remember(const Diagnostic &D) {
    // Warnings that count as errors (-Werror, conversions of pointers, calls
    // of what is not declared) leave a whole tree.
    if (!Engine.getDiagnosticIDs()->isWarningOrExtension(D.getID()) &&
        D.getLocation().isValid())
      Unit->Errors.push_back(D.getLocation());
  }

  std::shared_ptr<TidyUnit> Unit;
  DiagnosticsEngine &Engine;
  DiagnosticConsumer *Next;
  std::unique_ptr<DiagnosticConsumer> Owned;
  unsigned Limit = 0, Passed = 0;
  bool Emulate = false, Fatal = false, Mute = false;
};

} // namespace irqlint

namespace {

struct Directory {
  std::mutex Lock;
  std::map<const Preprocessor *, std::shared_ptr<TidyUnit>> Units;

  /// Never destroyed: units may outlive static destruction.
  static Directory &get() {
    static auto *D = new Directory;
    return *D;
  }
};

/// Lives exactly as long as the preprocessor.
class Tenancy : public PPCallbacks {
public:
  explicit Tenancy(const Preprocessor &PP) : PP(&PP) {}
  ~Tenancy() override {
    Directory &D = Directory::get();
    std::lock_guard<std::mutex> Guard(D.Lock);
    D.Units.erase(PP);
  }

private:
  const Preprocessor *PP;
};

} // namespace

std::shared_ptr<TidyUnit> TidyUnit::of(Preprocessor &PP) {
  Directory &D = Directory::get();
  std::shared_ptr<TidyUnit> Unit;
  {
    std::lock_guard<std::mutex> Guard(D.Lock);
    std::shared_ptr<TidyUnit> &Entry = D.Units[&PP];
    if (Entry)
      return Entry;
    Unit = Entry = std::make_shared<TidyUnit>();
  }
  PP.addPPCallbacks(std::make_unique<Tenancy>(PP));
  DiagnosticsEngine &Engine = PP.getDiagnostics();
  Engine.setClient(new ErrorWatcher(Unit, Engine), /*ShouldOwnClient=*/true);
  return Unit;
}

const std::vector<ShownFinding> &
TidyUnit::findings(ASTContext &Ctx, Preprocessor &PP, llvm::StringRef RuleFiles,
                   llvm::function_ref<void(llvm::StringRef)> Report) {
  Parsing = false;
  auto It = ByRules.find(RuleFiles);
  if (It != ByRules.end())
    return It->second;
  std::vector<ShownFinding> &Result = ByRules[RuleFiles.str()];
  auto Rules = loadRuleFiles(RuleFiles, mainFileName(Ctx));
  if (Rules) {
    restoreSections(Ctx, PP);
    Result = findInUnit(Ctx, PP, *Rules, Errors);
  } else {
    Report(llvm::toString(Rules.takeError()));
  }
  return Result;
}
