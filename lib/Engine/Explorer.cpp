//===- Explorer.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Explorer.h"
#include "Engine/AtOnce.h"
#include "Engine/ExitComparison.h"
#include "Engine/FlowOrder.h"
#include "Engine/PathSteps.h"
#include "Engine/Tracker.h"
#include "clang/CrossTU/CrossTranslationUnit.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/AnalysisManager.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"
#include "clang/StaticAnalyzer/Frontend/CheckerRegistry.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include <ctime>

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// A safety net far above what any function of real drivers should need:
/// seconds of processor time.
static constexpr double TimePerFunction = 20;

namespace {
/// The analyzer wants a compiler instance for its cross-unit machinery, which
/// we do not use; it only ever asks it for the context.
struct BorrowedInstance {
  CompilerInstance CI;
  explicit BorrowedInstance(ASTContext &Ctx) : CI(invocation(Ctx)) {
    CI.setDiagnostics(
        llvm::IntrusiveRefCntPtr<DiagnosticsEngine>(&Ctx.getDiagnostics()));
    CI.setASTContext(llvm::IntrusiveRefCntPtr<ASTContext>(&Ctx));
  }

  static std::shared_ptr<CompilerInvocation> invocation(ASTContext &Ctx) {
    auto Inv = std::make_shared<CompilerInvocation>();
    DiagnosticOptions DO;
    DiagnosticsEngine Quiet(llvm::makeIntrusiveRefCnt<DiagnosticIDs>(), DO,
                            new IgnoringDiagConsumer());
    // Defaults of the analyzer options are set while arguments are parsed.
    const char *Args[] = {"-analyze",
                          "-analyzer-config",
                          "mode=deep",
                          "-analyzer-config",
                          "ipa=inlining",
                          "-analyzer-config",
                          "exploration_strategy=bfs_block_dfs_contents",
                          "-analyzer-config",
                          "max-inlinable-size=100000",
                          "-analyzer-config",
                          "max-times-inline-large=100000",
                          "-analyzer-config",
                          "eagerly-assume=false",
                          "-analyzer-config",
                          "suppress-null-return-paths=false",
                          "-analyzer-config",
                          "suppress-inlined-defensive-checks=false",
                          "-analyzer-config",
                          "inline-functions-with-ambiguous-loops=true",
                          "-analyzer-config",
                          "c++-inlining=destructors",
                          "-analyzer-config",
                          "cfg-temporary-dtors=true",
                          "-analyzer-config",
                          "faux-bodies=true",
                          "-analyzer-config",
                          "graph-trim-interval=1000",
                          "-analyzer-max-loop",
                          "8",
                          "unit.c"};
    CompilerInvocation::CreateFromArgs(*Inv, Args, Quiet);
    Inv->getAnalyzerOpts().InlineMaxStackDepth = MaxInlineDepth;
    Inv->getAnalyzerOpts().NoRetryExhausted = true;
    return Inv;
  }
};
} // namespace

struct Explorer::Impl {
  UnitRun &Unit;
  BorrowedInstance Host;
  cross_tu::CrossTranslationUnitContext CTU;
  AnalyzerOptions &Options;
  CheckerManager Checkers;
  StepCollector *Steps = nullptr;
  std::unique_ptr<AnalysisManager> Manager;
  /// Set once an exploration crashed: what it left behind is not to be freed.
  bool Poisoned = false;

  explicit Impl(UnitRun &Unit)
      : Unit(Unit), Host(Unit.Ctx), CTU(Host.CI),
        Options(Host.CI.getAnalyzerOpts()),
        Checkers(Unit.Ctx, Options, Unit.PP) {
    Unit.Frontend = Checkers.registerChecker<Tracker>(Unit);
    PathDiagnosticConsumers Consumers;
    auto Collector = std::make_unique<StepCollector>(Unit);
    Steps = Collector.get();
    Consumers.push_back(std::move(Collector));
    Manager = std::make_unique<AnalysisManager>(
        Unit.Ctx, Unit.PP, std::move(Consumers), CreateRegionStoreManager,
        CreateRangeConstraintManager, &Checkers, Options,
        std::make_unique<AtOnceBodies>(Unit.Ctx, Unit.Index));
  }

  void run(const FunctionDecl *FD, RootRun &Root, unsigned Budget,
           Outcome &Result);
};

Explorer::Explorer(UnitRun &Unit) : I(std::make_unique<Impl>(Unit)) {}

Explorer::~Explorer() {
  if (I->Poisoned)
    (void)I.release();
}

/// A fresh symbol for the level at entry: the value that a variable of ours
/// holds which nothing ever writes.
static SymbolRef makeEntrySymbol(UnitRun &Unit, ExprEngine &Eng) {
  if (!Unit.EntryLevel) {
    auto *V = VarDecl::Create(Unit.Ctx, Unit.Ctx.getTranslationUnitDecl(),
                              SourceLocation(), SourceLocation(),
                              &Unit.Ctx.Idents.get("irqlint$entry_level"),
                              Unit.Ctx.UnsignedCharTy, nullptr, SC_Static);
    V->setImplicit();
    Unit.EntryLevel = V;
  }
  const VarRegion *R = Eng.getStoreManager().getRegionManager().getVarRegion(
      Unit.EntryLevel, nullptr);
  return Eng.getSValBuilder().getRegionValueSymbolVal(R).getAsSymbol();
}

void Explorer::Impl::run(const FunctionDecl *FD, RootRun &Root, unsigned Budget,
                         Outcome &Result) {
  AnalysisDeclContextManager &ADCs = Manager->getAnalysisDeclContextManager();
  AnalysisDeclContext *ADC = ADCs.getContext(FD);
  if (!ADC->getCFG()) {
    Result.Why = "no control-flow graph could be built";
    return;
  }
  ExprEngine Eng(CTU, *Manager, nullptr, &Unit.InlineMarks,
                 ExprEngine::Inline_Regular);
  Root.Merge.useSlice(Unit.Relevant);
  useWorkList(Eng, makeFlowOrderList(Root.Merge));
  Root.EntrySym = makeEntrySymbol(Unit, Eng);
  // In slices, so that a function that is slow rather than large ends, too.
  constexpr unsigned Slice = 2000;
  std::clock_t Start = std::clock();
  bool More = true;
  for (unsigned Done = 0; More && Done < Budget; Done += Slice) {
    More = Eng.ExecuteWorkList(ADCs.getStackFrame(FD), Slice);
    if (double(std::clock() - Start) / CLOCKS_PER_SEC > TimePerFunction)
      break;
  }
  Result.Nodes = Eng.getGraph().size();
  Result.Finished = !More;
  if (More)
    Result.Why =
        "too many states (" + std::to_string(Result.Nodes) + " explored)";
  compareExits(Unit, Root, Eng, Result.Finished);
  Eng.getBugReporter().FlushReports();
  Root.Merge.clear();
}

Explorer::Outcome Explorer::explore(const FunctionDecl *FD,
                                    const EntryContext &Entry,
                                    unsigned Budget) {
  Outcome Result;
  auto Root = std::make_unique<RootRun>();
  Root->FD = FD;
  Root->Entry = Entry;
  I->Unit.Root = Root.get();

  // A crash of the analyzer on one function must not cost the others, nor the
  // editor that this may run in.
  static bool Enabled = (llvm::CrashRecoveryContext::Enable(), true);
  (void)Enabled;
  llvm::CrashRecoveryContext CRC;
  bool Survived = CRC.RunSafely([&] { I->run(FD, *Root, Budget, Result); });
  I->Unit.Root = nullptr;
  if (!Survived) {
    I->Poisoned = true;
    Result.Finished = false;
    Result.Why = "the analyzer crashed";
    (void)Root.release();
  }
  return Result;
}

std::vector<LocatedFinding> Explorer::newFindings() { return I->Steps->news(); }

std::vector<LocatedFinding> Explorer::takeFindings() {
  I->Manager->FlushDiagnostics();
  return I->Steps->take();
}
