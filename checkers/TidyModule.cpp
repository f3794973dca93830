//===- TidyModule.cpp --------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Front end: clang-tidy (and clangd). One ClangTidyCheck per catalog entry; the
/// unit is analyzed once and each check reports its own findings.
//===----------------------------------------------------------------------===//

#include "UnitCache.h"
#include "clang-tidy/ClangTidyCheck.h"
#include "clang-tidy/ClangTidyModule.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Lex/PPCallbacks.h"

using namespace clang;
using namespace clang::ast_matchers;
using namespace irqlint;

namespace {

class CatalogCheck : public tidy::ClangTidyCheck {
public:
  CatalogCheck(StringRef Name, tidy::ClangTidyContext *Context,
               std::string Slug)
      : ClangTidyCheck(Name, Context), Slug(std::move(Slug)),
        Rules(Options.get("Rules", "")),
        Possible(Options.get("Possible", false)) {}

  void storeOptions(tidy::ClangTidyOptions::OptionMap &Opts) override {
    Options.store(Opts, "Rules", Rules);
    Options.store(Opts, "Possible", Possible);
  }

  void registerPPCallbacks(const SourceManager &, Preprocessor *PP,
                           Preprocessor *) override {
    this->PP = PP;
    UnitCache::watch(*PP);
  }

  void registerMatchers(MatchFinder *Finder) override {
    // clangd limits the traversal to declarations of the main file, so the
    // unit itself is never matched there; any function leads to it.
    Finder->addMatcher(functionDecl(isDefinition()).bind("fn"), this);
  }

  void check(const MatchFinder::MatchResult &Result) override {
    if (Done || !PP)
      return;
    Done = true;
    UnitCache::Request R;
    R.Rules = Rules;
    R.Possible = Possible;
    for (const LocatedFinding &L : UnitCache::get(*Result.Context, *PP, R)) {
      if (L.F.Check != Slug)
        continue;
      {
        auto D = diag(L.Loc, "%0");
        D << L.F.Message;
      }
      for (size_t I = 0; I < L.F.Path.size(); ++I)
        if (L.StepLocs[I].isValid())
          diag(L.StepLocs[I], "%0", DiagnosticIDs::Note)
              << L.F.Path[I].Message;
    }
  }

  void onStartOfTranslationUnit() override { Done = false; }

private:
  std::string Slug, Rules;
  bool Possible;
  Preprocessor *PP = nullptr;
  bool Done = false;
};

class IrqlintModule : public tidy::ClangTidyModule {
public:
  void addCheckFactories(tidy::ClangTidyCheckFactories &F) override {
    for (const CheckInfo &C : RuleSet::builtin()->checks())
      F.registerCheckFactory(
          "irqlint-" + C.Name,
          [Slug = C.Name](StringRef Name, tidy::ClangTidyContext *Context) {
            return std::make_unique<CatalogCheck>(Name, Context, Slug);
          });
  }
};

tidy::ClangTidyModuleRegistry::Add<IrqlintModule>
    X("irqlint-module", "Synchronization rules of Windows drivers.");

} // namespace

// Keeps the registration when the module is linked in.
volatile int IrqlintModuleAnchor = 0; // NOLINT
