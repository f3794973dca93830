//===- TidyModule.cpp -----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Front end: clang-tidy (and clangd). One ClangTidyCheck per catalog entry;
/// the unit is analyzed once and each check reports its own findings.
///
/// Options of each check, and of all of them under the name "irqlint-*":
///   Possible  also report what is wrong on some entry levels only
///   Rules     rule files, separated by ';'
//===----------------------------------------------------------------------===//

#include "TidyUnit.h"
#include "clang-tidy/ClangTidyCheck.h"
#include "clang-tidy/ClangTidyModule.h"
#include "clang/AST/ASTContext.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"
#include "clang/Lex/Preprocessor.h"

using namespace clang;
using namespace clang::ast_matchers;
using namespace irqlint;

namespace {

class CatalogCheck : public tidy::ClangTidyCheck {
public:
  CatalogCheck(StringRef Name, tidy::ClangTidyContext *Context,
               std::string Slug)
      : ClangTidyCheck(Name, Context), Slug(std::move(Slug)),
        Shared("irqlint-*", Context->getOptions().CheckOptions, Context),
        SharedRules(Shared.get("Rules", "")),
        SharedPossible(Shared.get("Possible", false)),
        Rules(Options.get("Rules", SharedRules)),
        Possible(Options.get("Possible", SharedPossible)) {}

  void storeOptions(tidy::ClangTidyOptions::OptionMap &Opts) override {
    Shared.store(Opts, "Rules", SharedRules);
    Shared.store(Opts, "Possible", SharedPossible);
    Options.store(Opts, "Rules", Rules);
    Options.store(Opts, "Possible", Possible);
  }

  void registerPPCallbacks(const SourceManager &, Preprocessor *PP,
                           Preprocessor *) override {
    this->PP = PP;
    Unit = TidyUnit::of(*PP);
  }

  void registerMatchers(MatchFinder *Finder) override {
    // clangd limits the traversal to declarations of the main file, so the
    // unit itself is never matched there; any function leads to it.
    Finder->addMatcher(functionDecl(isDefinition()).bind("fn"), this);
  }

  void check(const MatchFinder::MatchResult &Result) override {
    if (Done || !Unit)
      return;
    Done = true;
    auto Complain = [&](StringRef Why) {
      // clangd shows only what has a place.
      const SourceManager &SM = *Result.SourceManager;
      diag(SM.getLocForStartOfFile(SM.getMainFileID()),
           "rule file not usable, nothing is checked: %0", DiagnosticIDs::Error)
          << Why;
    };
    for (const ShownFinding &F :
         Unit->findings(*Result.Context, *PP, Rules, Complain)) {
      if (F.Check != Slug || (F.Sure == Certainty::Possible && !Possible))
        continue;
      diag(F.Loc, "%0") << F.Message << F.Fixes;
      for (const ShownNote &N : F.Notes)
        diag(N.Loc, "%0", DiagnosticIDs::Note) << N.Text;
    }
  }

  void onStartOfTranslationUnit() override { Done = false; }

private:
  std::string Slug;
  OptionsView Shared;
  std::string SharedRules;
  bool SharedPossible;
  std::string Rules;
  bool Possible;
  std::shared_ptr<TidyUnit> Unit;
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
