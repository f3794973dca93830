//===- Check.h - The interface of a judge -----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A check is a judge: it looks at an event and at the state before and after
/// and says what is wrong. It never changes the state and knows no routine by
/// name; what a routine does stands in rules/.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_CHECK_H
#define IRQLINT_ENGINE_CHECK_H

#include "Model/Finding.h"
#include "Model/SyncState.h"
#include "Model/Transition.h"
#include "Model/WdfObject.h"
#include "Rules/Contract.h"
#include "Rules/RuleSet.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <memory>
#include <string>
#include <vector>

namespace irqlint {

/// Whether a condition or window of a contract applies at this call.
enum class Applies : uint8_t { No, Maybe, Yes };

/// A call of a routine that has a contract (from rules or from annotations).
struct CallEvent {
  const FunctionContract *Fn = nullptr;
  /// As the user wrote it (the macro, if the call came from one).
  std::string Name;
  /// Parallel to Fn->Windows.
  std::vector<Applies> WindowApplies;
  /// Parallel to Fn->Effects.
  std::vector<Applies> EffectApplies;
  /// Parallel to Fn->Forbids.
  std::vector<Applies> ForbidApplies;
  /// The callee is placed in a pageable section.
  bool CalleePageable = false;
  /// ... in a section that a driver can lock in memory.
  bool CalleeLockable = false;
  /// Waits for callbacks: whether that can end.
  enum AwaitResult : uint8_t {
    Ends,      ///< for all that is known
    Self,      ///< the callback that runs is one of them
    Blocked,   ///< AwaitCallback needs AwaitLock, which is held
    Forbidden, ///< no callback of this role may wait so
  } Await = Ends;
  bool AwaitSure = false;
  std::string AwaitText; ///< the object whose callbacks are waited for
  std::string AwaitCallback;
  ObjectId AwaitLock = nullptr;
  /// The call comes round again: it is in a loop of its function, or that one
  /// is called in a loop of the path.
  bool InLoop = false;
  /// An `if` over shared data decides whether the call is made.
  bool Guarded = false;
};

/// One effect taking place on this path.
struct EffectEvent {
  const CallEvent *Call = nullptr;
  const Effect *What = nullptr;
  /// The call.
  SiteId Site = nullptr;
  /// The lock concerned: identity and the text the user wrote.
  ObjectId Object = nullptr;
  ClassId Class = nullptr;
  const LockKindInfo *Kind = nullptr;
  std::string ObjectText;
  bool Shared = false;
  /// The identity is only that of the expression's text: two such need not be
  /// the same lock.
  bool Weak = false;
  /// The call does not do what it is meant to.
  enum Vain : uint8_t {
    No,
    NoLock,    ///< such an object has no lock
    TakenOver, ///< the lock became that of the object Owner
    Unused     ///< no callback runs under this lock
  } InVain = No;
  std::string Owner;
  /// Whether it spins or waits is known from how the object is configured.
  bool TypeKnown = false;
  /// Acquire, Raise, Lower, CallBack: the level asked for.
  LevelValue To;
  /// Release, Lower: the level given by the caller.
  LevelValue Restores;
  bool RestoresByValue = false;
  /// And that is what a routine stored in the variable, not a number of the
  /// program's own.
  bool RestoresSaved = false;
  /// Release: the held lock that it means, in the state before; or null.
  const HeldLock *Matched = nullptr;
  /// Release: the pointer through which the lock is named has moved on to
  /// another object since the matched lock was acquired.
  bool Moved = false;
  /// TryAcquire, Convert: this is the path on which it succeeded.
  bool Succeeded = true;
  /// The handle, tag or count that goes with it.
  ObjectId Handle = nullptr;
  std::string HandleText;
  /// The object began on this path and nobody has filled it.
  bool Unborn = false;
  bool HandleIsGlobal = false;
  /// Require: a shared hold is not enough.
  bool Exclusive = false;
  /// The old level goes to a variable that all threads share.
  bool SavesToGlobal = false;
  std::string SavesText;
  /// The object lies in pageable memory. Allocate: so will the new one. Free:
  /// locks held (in the state before) that lie in it.
  bool Paged = false;
  std::vector<const HeldLock *> Inside;
};

/// The program reads or writes memory.
struct AccessEvent {
  std::string Text;
  bool Write = false;
  /// The path has allocated it pageable.
  bool Paged = false;
  /// The lock that guards it by annotation, and which is not held: since this
  /// path gave it up (Sure), or since no lock of it is.
  const LockKindInfo *Guard = nullptr;
  std::string GuardText;
  SiteId GivenUpAt = nullptr;
  bool Sure = false;
};

/// A path that leaves the function in which it began.
struct ExitEvent {
  /// Role of the function, null when it is not known to be an entry point.
  const RoleContract *Role = nullptr;
  std::string Function;
  IrqlRange EntryRange;
  /// The declared contract of the function allows to keep or give up locks or
  /// to change the level (annotations), so nothing is to be judged.
  bool MayKeepLocks = false;
  bool MayChangeLevel = false;
  /// The function is known to be called from outside with nothing held.
  bool IsEntryPoint = false;
  /// Objects whose locks the framework holds around the function, and which
  /// are not held at its end.
  std::vector<std::string> GivenUp;
  /// For a helper: locks (and the level) that this exit keeps although the
  /// other exits of the function show that it is not meant to.
  std::vector<ObjectId> OddLocks;
  /// Locks that are the business of a function that was called: it takes them
  /// and gives them up again, and has been judged.
  std::vector<ObjectId> OthersLocks;
  bool OddLevel = false;
  /// Annotations of locks that this exit does not keep, but others do.
  struct BrokenPromise {
    const LockKindInfo *Kind;
    std::string Lock;
    bool Acquires, Releases;
    /// The condition of the annotation, if any, and whether it holds here.
    std::string When;
    bool Holds;
    /// The result does not say that the function failed.
    bool Sure;
  };
  std::vector<BrokenPromise> Broken;
  /// The same of the level: to what it was to be raised, and the parameter from
  /// which it was to be restored.
  std::optional<Irql> NotRaisedTo;
  std::string NotRestoredFrom;
  /// Where the old level should lie ("'Irql'", "the result"), and does not.
  std::string NotSavedTo;
  /// As in SyncState.
  bool NoCase = false;
  /// The same of critical and guarded regions.
  bool OddCritical = false, OddGuarded = false;
  /// What it keeps may be owned by whatever goes on with the operation.
  bool HandsOver = false;
  /// The function is annotated to return at the level it was entered at.
  bool SameLevel = false;
};

/// A repair that a judge is certain of. The engine finds the words for it, or
/// none where the program's text does not allow it.
struct Remedy {
  enum Kind : uint8_t {
    None,
    PairedRelease, ///< the routine that undoes the acquisition of At->Matched
    SavedLevel,    ///< the level that this acquisition saved
  } K = None;
  /// The release that is wrong.
  const EffectEvent *At = nullptr;
  /// It is only right if the level before was at least this, and not merely
  /// because calls on the path (such as the acquisition) demand it.
  LevelValue Level = LevelValue::fixed(LowestIrql);
  Irql AtLeast = LowestIrql;
};

struct PageableFrame {
  std::string Name;
  bool Lockable = false; ///< a driver can lock its section in memory
};

/// What a judge may ask and say while one event is judged.
class Judgement {
public:
  virtual ~Judgement() = default;

  /// Levels that \p V can have on this path.
  virtual IrqlRange rangeOf(const LevelValue &V) const = 0;
  /// The range of the current level comes from a contract of the entry point
  /// (or from what happened on the path) and not from mere absence of facts.
  virtual bool levelIsKnown(const LevelValue &V) const = 0;
  /// The text the user wrote for a lock.
  virtual std::string nameOf(ObjectId O) const = 0;
  /// The text of the routine called at a place.
  virtual std::string routineAt(SiteId S) const = 0;
  /// The function that is executing lowers the level by hand somewhere, or is
  /// annotated to leave it raised.
  virtual bool frameLowersLevel() const = 0;
  /// The pageable function in which the code that is executing lies (what is
  /// always inlined lies where its caller lies); empty if it is not pageable.
  virtual PageableFrame pageableFrame() const = 0;
  virtual std::string frameName() const = 0;
  /// The path began in a callback that runs in a thread of the system.
  virtual bool inSystemThread() const = 0;
  /// False when the leak of this acquisition was reported for another
  /// function already.
  virtual bool firstLeakOf(SiteId S) = 0;
  /// A finding of \p Check in this function stands at \p S or names it as
  /// where its story begins.
  virtual bool wasTold(llvm::StringRef Check, SiteId S) const = 0;

  /// Reports at the current event. \p Hint: for possible findings, what
  /// annotation would settle the matter.
  virtual void report(llvm::StringRef Check, Certainty Sure,
                      std::string Message, llvm::ArrayRef<SiteId> Interesting,
                      std::string Hint = "", const Remedy &Cure = {}) = 0;
  /// The thread does not come back from the current event: nothing that would
  /// follow on this path happens.
  virtual void endPath() = 0;
};

/// What a judge of configurations may ask and say.
class ObjectJudgement {
public:
  virtual ~ObjectJudgement() = default;
  virtual const WdfFacts &facts() const = 0;
  virtual const RuleSet &rules() const = 0;
  /// Reports at the call that creates \p Object. \p Steps: places that explain.
  virtual void report(llvm::StringRef Check, Certainty Sure, int Object,
                      std::string Message, llvm::ArrayRef<PathStep> Steps,
                      std::string Hint) = 0;
};

/// The time that a critical section takes at worst.
struct SectionCost {
  /// "spin lock 'Lock' is held", or "'Isr' runs as a KSERVICE_ROUTINE".
  std::string Under;
  std::string Function;
  /// Microseconds: estimated, and the part that the program's own constants
  /// promise.
  double Worst = 0, Exact = 0;
  double Limit = 0;
  /// Something on the path has no bound; Endless says what.
  std::string Endless;
  bool EndlessForSure = false;
  struct Item {
    SourcePos Pos;
    std::string Text, Function;
    double Microseconds = 0;
    bool Endless = false;
  };
  /// What takes time, in order of the path.
  std::vector<Item> Items;
};

/// What a judge of critical sections may say.
class SectionJudgement {
public:
  virtual ~SectionJudgement() = default;
  /// Reports where the section begins.
  virtual void report(llvm::StringRef Check, Certainty Sure,
                      std::string Message, llvm::ArrayRef<PathStep> Steps,
                      std::string Hint) = 0;
};

class Check {
public:
  virtual ~Check() = default;
  /// Names in the catalog that this judge reports under.
  virtual std::vector<llvm::StringRef> names() const = 0;

  /// Before a routine with a contract runs.
  virtual void onCall(const CallEvent &, const SyncState &, Judgement &) const {
  }
  /// After one effect was applied.
  virtual void onEffect(const EffectEvent &, const SyncState & /*Before*/,
                        const SyncState & /*After*/, Judgement &) const {}
  /// Before memory that something is known of is read or written.
  virtual void onAccess(const AccessEvent &, const SyncState &,
                        Judgement &) const {}
  /// After a function of the unit returned to its caller.
  virtual void onReturn(llvm::StringRef /*Callee*/, const SyncState &,
                        Judgement &) const {}
  /// When a path leaves the function it began in.
  virtual void onExit(const ExitEvent &, const SyncState &, Judgement &) const {
  }
  /// Once per unit, when the framework objects that it creates are known.
  virtual void onObjects(ObjectJudgement &) const {}
  /// Once for each section of code that keeps others from running.
  virtual void onSection(const SectionCost &, SectionJudgement &) const {}
};

/// All judges. Defined by checkers/.
std::vector<std::unique_ptr<Check>> makeChecks();

} // namespace irqlint

#endif // IRQLINT_ENGINE_CHECK_H
