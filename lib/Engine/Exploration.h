//===- Exploration.h - What one exploration knows and yields ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Data shared between the tracker (which runs inside the analyzer), the
/// explorer (which drives it function by function) and the report writer.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_EXPLORATION_H
#define IRQLINT_ENGINE_EXPLORATION_H

#include "Engine/Analyze.h"
#include "Engine/Check.h"
#include "Engine/DataCollector.h"
#include "Engine/EntryContext.h"
#include "Engine/Identity.h"
#include "Engine/LinkCollector.h"
#include "Engine/Merge.h"
#include "Engine/SalConditions.h"
#include "Engine/SalLocks.h"
#include "Engine/Slice.h"
#include "Engine/StateTrait.h"
#include "Engine/UnitIndex.h"
#include "Model/Transition.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugReporter.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugType.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/FunctionSummary.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include <set>

namespace irqlint {

class WdfConfig;

/// What a caller needs to know of a function instead of looking inside.
/// How deep calls are followed, those of very small functions not counted.
constexpr unsigned MaxInlineDepth = 12;

struct FunctionSummary {
  /// Explored (or nothing to explore) and understood.
  bool Known = false;
  /// Every path leaves locks and level as it found them.
  bool Neutral = false;
  /// Neutral, but for calls of which nothing is known that may change the
  /// level: afterwards one is less certain of it.
  bool Blurs = false;
  /// If not neutral: of what the caller has, only the level may change.
  bool LevelOnly = false;
  /// Not known, for it is not asked about (a system header's), and it leads to
  /// something that changes locks or the level.
  bool Through = false;
  LevelNeed Need;
  ApcNeed Apc;
  /// Calls of which nothing is known may have entered or left a region.
  bool BlursApcs = false;
  bool Completes = false;
  /// It (or what it calls) waits for callbacks.
  bool Awaits = false;
  /// What it (or what it calls) does to locks of a class.
  enum Touch : unsigned { Uses = 1, Exclusively = 2, Destroys = 4 };
  std::map<ClassId, unsigned> Touched;
  /// The same by the keys that units agree on, where another exploration tells.
  std::map<std::string, unsigned> TouchedKeys;
  void touch(ClassId C, unsigned How) { Touched[C] |= How; }
  void touchAll(const FunctionSummary &O) {
    for (auto [C, How] : O.Touched)
      touch(C, How);
    for (const auto &[K, How] : O.TouchedKeys)
      TouchedKeys[K] |= How;
    TouchesUnknown |= O.TouchesUnknown;
    Takes.insert(O.Takes.begin(), O.Takes.end());
  }
  /// Whether a neutral function's use of a lock that is held can be wrong.
  /// \p Key: of the lock's class.
  bool clashesWith(const HeldLock &L, const std::string &Key) const;
  /// A lock whose class is not known is among them.
  bool TouchesUnknown = false;
  /// Those that it waits for, and where.
  std::map<std::string, LockTake> Takes;
};

/// A repair of a release, in the words of the file.
struct LocatedRepair {
  std::string Says;
  std::vector<LocatedEdit> Edits;
  /// It is right where the release always meets this acquisition.
  SiteId Release = nullptr, Acquisition = nullptr;
  bool operator==(const LocatedRepair &O) const {
    return Release == O.Release && Acquisition == O.Acquisition &&
           Says == O.Says;
  }
  bool operator!=(const LocatedRepair &O) const { return !(*this == O); }
};

/// One finding on its way through the analyzer's report machinery.
struct PendingReport {
  std::string Check;
  Certainty Sure = Certainty::Definite;
  std::string Message, Hint;
  clang::SourceLocation Loc;
  std::string Function;
  /// First step, when the level at entry matters.
  std::string EntryStep;
  const clang::FunctionDecl *Root = nullptr;
  unsigned Paths = 1;
  /// It is possible only, and the same is certain on another path.
  bool Superseded = false;
  std::optional<LocatedRepair> Repair;
};

/// A call on a path demanded something of the level that was not known before.
struct LevelDemand {
  clang::ento::SymbolRef Level = nullptr;
  IrqlRange Before, After;
};

/// A report that knows which events belong to its story.
class SyncReport : public clang::ento::PathSensitiveBugReport {
public:
  SyncReport(const clang::ento::BugType &BT, std::string Id,
             const clang::ento::ExplodedNode *N,
             clang::ento::PathDiagnosticLocation Unique, const clang::Decl *D)
      : PathSensitiveBugReport(BT, Id, Id, N, Unique, D) {}
  llvm::DenseSet<SiteId> Sites;
  /// What calls demanded of the level, where the finding would not hold
  /// without: its maximum, its minimum.
  llvm::DenseMap<const LevelDemand *, std::pair<bool, bool>> RestsOn;
};

/// How a path left the function.
struct ExitRecord {
  const clang::ento::ExplodedNode *Node = nullptr;
  const SyncState *State = nullptr;
  const clang::ReturnStmt *Return = nullptr;
  clang::SourceLocation Loc;
  /// Possible sign of the returned value.
  enum Result : uint8_t { None, Success, Failure, Either } Outcome = None;
  /// The result is a number without a sign that tells success from failure,
  /// or the one number that says success and nothing else.
  bool Plain = false;
  /// What the returned variable got from a call.
  clang::ento::SymbolRef Told = nullptr;
  int64_t Number = -1; ///< the returned number, or negative
  /// It returns what a function in UnitRun::TellsBySort returns.
  bool HandsOn = false;
  IrqlRange EntryRange;
  /// The returned status says that the operation goes on elsewhere.
  bool Pending = false;
  /// Flag-like parameters with one known truth value.
  /// What the annotations of the function call the old level
  /// (SalContract::SavesTo), where paths go on with it.
  llvm::SmallVector<LevelValue, 1> Saved;
  /// Whether the result is zero, where that is known.
  std::optional<bool> Zero;
  llvm::SmallVector<std::pair<const clang::ParmVarDecl *, bool>, 2> Flags;
  /// Out-parameters that hold a known truth value.
  llvm::SmallVector<std::pair<const clang::ParmVarDecl *, bool>, 2> Outs;
  /// Of each promise of the function, whether its condition holds here.
  llvm::SmallVector<Applies, 2> Promised;
};

/// State of the exploration of one root.
struct RootRun {
  const clang::FunctionDecl *FD = nullptr;
  EntryContext Entry;
  clang::ento::SymbolRef EntrySym = nullptr;
  Identity Ids;
  StatePool Pool;
  /// \p N is demanded of the entry level where paths have it in \p Here. What
  /// the function asked for itself before it came here is not demanded of
  /// callers: `if (KeGetCurrentIrql() < DISPATCH_LEVEL)
  /// KeRaiseIrqlToDpcLevel()` can be called at any level.
  void demand(LevelNeed N, IrqlRange Here) {
    if (Here.Hi < Entry.Range.Hi && Here.Hi <= N.MinHi)
      N.MinHi = HighestIrql;
    if (Here.Lo > Entry.Range.Lo && Here.Lo >= N.MaxLo)
      N.MaxLo = LowestIrql;
    Sum.Need.meet(N);
  }
  /// Members in which this thread was stored, as the owner of something.
  llvm::SetVector<const clang::ento::TypedValueRegion *> OwnerMembers;
  Merger Merge{Pool};
  std::vector<ExitRecord> Exits;
  /// Locks that some path took and gave up again.
  llvm::DenseSet<ObjectId> GivenUp;
  /// References that were given up although this call had succeeded
  /// (HeldLock::KeptBy).
  llvm::DenseSet<std::pair<ObjectId, SiteId>> GivenUpAfter;
  /// The lock that \p S holds of which \p E says that it must be; null if none.
  const HeldLock *demanded(const SyncState &S, const EffectEvent &E) const {
    const HeldLock *L = matchDemand(S, E.Object, E.Class, E.Kind);
    return L && L->Object != E.Object && Ids.movedOn(L->Object, E.Object)
               ? nullptr
               : L;
  }
  const clang::StackFrameContext *Frame = nullptr;
  /// Symbols that name levels of which nothing is known but that they were
  /// there before a lock was taken.
  llvm::DenseSet<clang::ento::SymbolRef> NamedLevels;
  /// Some path asked for the level.
  bool AsksLevel = false;
  /// Levels in memory that conditions were about.
  llvm::SetVector<clang::ento::SymbolRef> KeptLevels;
  /// Some path changed the level and restored it.
  bool RestoresLevel = false;
  /// Some path left a critical (guarded) region that it had entered.
  bool LeavesRegion[2] = {false, false};
  FunctionSummary Sum;
  /// What the function's annotations say becomes of locks.
  struct Promise {
    ObjectId Object;
    const LockKindInfo *Kind;
    SalLockClaim::Role Role;
    /// Under a condition, which is null where it is not understood.
    std::string When;
    std::optional<SalCondition> Condition;
    /// The caller holds the lock whether or not the condition holds.
    bool FromCaller = false;
  };
  std::vector<Promise> Promises;
  /// How many reasons each lock was acquired for.
  llvm::DenseMap<ObjectId, llvm::DenseSet<const char *>> Reasons;
  /// What was said so far: check, and place or place that explains it.
  std::set<std::pair<std::string, const void *>> Told;
  /// What was called at a place, as the user wrote it.
  llvm::DenseMap<SiteId, std::string> Routines;
  /// By the tags of the nodes.
  std::map<const clang::ProgramPointTag *, LevelDemand> Demands;
  /// Results of accessors by callee and arguments: calling twice gives the
  /// same object.
  std::map<std::vector<const void *>, clang::ento::SymbolRef> Accessors;
};

/// Everything that lives as long as the unit.
struct UnitRun {
  UnitRun(clang::ASTContext &Ctx, clang::Preprocessor &PP,
          const AnalyzeOptions &Opts, const UnitIndex &Index)
      : Ctx(Ctx), PP(PP), Opts(Opts), Index(Index), Link(Ctx, Index),
        Data(Ctx, Index, Link),
        Relevant(
            [this](const clang::FunctionDecl *FD) { return matters(FD); },
            [this](const clang::FunctionDecl *FD) { return smallBody(FD); }) {}

  clang::ASTContext &Ctx;
  clang::Preprocessor &PP;
  const AnalyzeOptions &Opts;
  const UnitIndex &Index;
  LinkCollector Link;
  DataCollector Data;
  /// Framework objects of the unit; never null while functions are explored.
  const WdfConfig *Config = nullptr;
  std::vector<std::unique_ptr<Check>> Checks;
  std::set<std::string> Enabled;
  clang::ento::FunctionSummariesTy InlineMarks;
  llvm::DenseMap<const clang::FunctionDecl *, FunctionSummary> Summaries;
  llvm::StringMap<std::unique_ptr<clang::ento::BugType>> BugTypes;
  /// Functions whose bodies cannot be walked (parse errors, a crash).
  llvm::DenseSet<const clang::FunctionDecl *> Unwalkable;
  /// Functions of other units, and whether they change something for callers.
  llvm::DenseMap<const clang::FunctionDecl *, bool> ChangesElsewhere;
  std::vector<PendingReport> Pending;
  /// (check, place) already reported in this unit, with its index in Pending.
  std::map<std::pair<std::string, unsigned>, size_t> Said;
  llvm::StringMap<std::unique_ptr<clang::SimpleProgramPointTag>> Tags;
  /// Acquisition sites whose leak has been reported, and in which root.
  std::map<SiteId, llvm::SmallVector<const clang::FunctionDecl *, 2>>
      LeakedSites;
  /// Acquisition sites whose lock is given up again in the same exploration,
  /// and the first root (the innermost, for callees come first) in which it is.
  llvm::DenseMap<SiteId, const clang::FunctionDecl *> ReleasedIn;
  /// The acquisitions that each release has met; null for one of the caller's
  /// or none at all.
  llvm::DenseMap<SiteId, llvm::SmallDenseSet<SiteId, 2>> ReleasedBy;
  /// Annotated to raise the level, and told that some paths do not.
  llvm::DenseMap<const clang::FunctionDecl *, Irql> NotRaising;
  /// Functions whose successes of two sorts tell what they keep.
  llvm::DenseSet<const clang::FunctionDecl *> TellsBySort;
  clang::VarDecl *EntryLevel = nullptr;
  const clang::ento::CheckerFrontend *Frontend = nullptr;
  RootRun *Root = nullptr;
  Slice Relevant;

  /// A call of \p FD can say or change something.
  bool matters(const clang::FunctionDecl *FD) const;
  /// Body of a function that is looked into wherever it is called, or null.
  const clang::Stmt *smallBody(const clang::FunctionDecl *FD) const;
  bool enabled(llvm::StringRef Check, Certainty Sure) const {
    return Enabled.count(Check.str()) &&
           (Sure == Certainty::Definite || Opts.Possible);
  }
  const clang::ento::BugType &bugType(llvm::StringRef Check);
};

/// Separates the parts of a step's text: message, level, held locks.
constexpr char StepSeparator = '\x1f';
constexpr char HeldSeparator = '\x1e';
/// The locks held, for a step.
std::string heldText(const SyncState &S, const Identity &Ids);

} // namespace irqlint

#endif // IRQLINT_ENGINE_EXPLORATION_H
