//===- UnitCache.cpp ---------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// See UnitCache.h. The cache is per thread: clangd parses several files at
/// once, each on a thread of its own.
//===----------------------------------------------------------------------===//

#include "UnitCache.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;
using namespace irqlint;

namespace {

/// Passes every diagnostic on and remembers where the errors are.
class ErrorWatcher : public DiagnosticConsumer {
public:
  ErrorWatcher(DiagnosticConsumer *Next, std::unique_ptr<DiagnosticConsumer> O)
      : Next(Next), Owned(std::move(O)) {}

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
    DiagnosticConsumer::HandleDiagnostic(L, D);
    if (L >= DiagnosticsEngine::Error && D.getLocation().isValid())
      Errors.push_back(D.getLocation());
    Next->HandleDiagnostic(L, D);
  }

  ErrorLocations Errors;
  DiagnosticConsumer *Next;
  std::unique_ptr<DiagnosticConsumer> Owned;
};

struct Slot {
  Preprocessor *PP = nullptr;
  ErrorWatcher *Watcher = nullptr;
  bool Analyzed = false;
  std::vector<LocatedFinding> Findings;
};

} // namespace

static Slot &slot() {
  static thread_local Slot S;
  return S;
}

void UnitCache::watch(Preprocessor &PP) {
  Slot &S = slot();
  if (S.PP == &PP && S.Watcher)
    return;
  S = Slot();
  S.PP = &PP;
  DiagnosticsEngine &D = PP.getDiagnostics();
  bool Owns = D.ownsClient();
  DiagnosticConsumer *Old = D.getClient();
  std::unique_ptr<DiagnosticConsumer> Keep;
  if (Owns)
    Keep = D.takeClient();
  auto *W = new ErrorWatcher(Old, std::move(Keep));
  D.setClient(W, /*ShouldOwnClient=*/true);
  S.Watcher = W;
}

const std::vector<LocatedFinding> &
UnitCache::get(ASTContext &Ctx, Preprocessor &PP, const Request &R) {
  Slot &S = slot();
  if (S.PP != &PP)
    S = Slot();
  S.PP = &PP;
  if (S.Analyzed)
    return S.Findings;
  S.Analyzed = true;

  AnalyzeOptions O;
  O.Rules = RuleSet::builtin();
  if (!R.Rules.empty()) {
    llvm::SmallVector<llvm::StringRef, 4> Parts;
    llvm::StringRef(R.Rules).split(Parts, ';', -1, false);
    std::vector<std::string> Files;
    for (llvm::StringRef P : Parts)
      Files.push_back(P.trim().str());
    if (auto Set = RuleSet::withOverlays(Files)) {
      O.Rules = *Set;
    } else {
      unsigned Id = PP.getDiagnostics().getCustomDiagID(
          DiagnosticsEngine::Error, "irqlint: %0");
      PP.getDiagnostics().Report(Id) << llvm::toString(Set.takeError());
    }
  }
  O.Possible = R.Possible;
  for (const CheckInfo &C : O.Rules->checks())
    O.Checks.insert(C.Name);
  ErrorLocations Errors;
  if (S.Watcher)
    Errors = S.Watcher->Errors;
  S.Findings = analyzeUnit(Ctx, PP, O, Errors).Findings;
  return S.Findings;
}
