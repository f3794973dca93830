//===- Contract.h - What rules say about routines and roles -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The typed form of the records in rules/. docs/rules-format.md describes the
/// YAML spelling of each member. Nothing here knows a routine by name.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_CONTRACT_H
#define IRQLINT_RULES_CONTRACT_H

#include "Model/Irql.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace irqlint {

/// A value that a call can be asked for.
/// YAML: `arg1`, `*arg1`, `arg1.Member` (of the pointee or value), `ret`,
/// `this`.
struct ValueRef {
  enum Kind : uint8_t { None, Arg, Deref, Member, Ret, This } K = None;
  unsigned Index = 0;
  std::string Field;
  bool isNone() const { return K == None; }
};

/// One comparison; a list of conditions is a conjunction.
/// YAML: `{value: arg2, is: zero}`, `{value: arg0, is: any-bits, of: 1}`.
struct Condition {
  enum Op : uint8_t {
    Zero,
    NonZero,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    AnyBits,
    NoBits,
    // Where a pointer points, as far as the path shows it.
    OnStack, ///< into a local variable
    Global,  ///< into a variable that all threads share
    Paged,   ///< into memory that was allocated pageable
    Unused,  ///< (of the result) the program does not look at it
  };
  ValueRef Value;
  Op Is = NonZero; // null / non-null are spelled zero / nonzero
  int64_t Of = 0;
  bool isUnary() const { return Is == Zero || Is == NonZero || Is >= OnStack; }
};
using Conditions = std::vector<Condition>;

/// A level that an effect produces or a window bounds: a fixed step, the value
/// of an argument, or what a lock or handle saved.
/// YAML: `DISPATCH`, `arg0`, `saved` (by the lock or handle at acquisition).
struct LevelRef {
  enum Kind : uint8_t { None, Fixed, Value, Saved } K = None;
  Irql Level = Irql::Passive;
  ValueRef From;
  bool isNone() const { return K == None; }
};

/// What a routine does to the number or pointer behind its first argument, as
/// one step.
enum class AtomicStep : uint8_t {
  None,
  Swap,      ///< stores the second argument, returns what was there
  CountUp,   ///< returns the new count
  CountDown, ///< returns the new count
};

/// Allowed levels under a condition; all windows whose condition holds apply.
struct IrqlWindow {
  Conditions When;
  IrqlRange Range;
  /// The minimum is documented firmly enough to accuse a caller of being too
  /// low (facts: min_basis other than "bare").
  bool MinFirm = true;
};

enum class EffectKind : uint8_t {
  Acquire,     ///< takes Lock, spins or blocks until it is owned
  TryAcquire,  ///< takes Lock when Success holds
  Release,     ///< gives Lock up
  Convert,     ///< changes the mode of a held Lock to Mode when Success holds
  Raise,       ///< raises the level to To, stores the old one in Saves
  Lower,       ///< sets the level to Restores
  Wait,        ///< may put the thread in a wait
  Signal,      ///< signals an object
  Atomic,      ///< takes Lock and gives it up before it returns
  EnterRegion, ///< disables APC delivery (Region)
  LeaveRegion,
  Query,       ///< Ret tells the current level / lock state (Region names what)
  AssertLevel, ///< states that the level is within Window (PAGED_CODE)
  Init,        ///< Lock becomes a valid, free lock
  Delete,      ///< Lock stops being a valid lock
  CallBack,    ///< calls the function in Callback before it returns, holding
               ///< Lock and at level To if given
  Queue,       ///< hands the function in Callback to the system for later
  Complete,    ///< completes a request: runs code of other drivers
  Await,       ///< waits until no callback of the object in Lock runs
  Drain,       ///< waits until nobody owns Lock any more
  HandOver,    ///< gives a request or object to code that runs later
  Require,     ///< demands that Lock is held (Not: is not held)
  Allocate,    ///< Lock is the value that points to new memory
  Free,        ///< Lock is the value that points to memory given back
};

/// One thing a routine does. Several effects happen in order.
struct Effect {
  EffectKind Do = EffectKind::Wait;
  Conditions When;

  /// Lock: which object. Global locks have no ValueRef and a GlobalLock name.
  ValueRef Lock;
  std::string GlobalLock;
  /// Kind of lock, a name from `locks:` ("spin-lock", "wdf-wait-lock").
  std::string LockKind;
  /// Lock points to an array of Each pointers to objects, and the effect is on
  /// each of them; with Chosen on the one only whose index that value is.
  ValueRef Each, Chosen;
  /// The effect exists only when the static type of the Lock expression is one
  /// of LockKind's types: a wait acquires when the object is a mutex.
  bool OfType = false;
  /// Require: it must not be held.
  bool Not = false;
  /// Wait: it may end without its reason, so the caller looks again.
  bool Recheck = false;
  /// Allocate: "paged" or "nonpaged".
  std::string Memory;
  /// Allocate: the memory is filled with zeros.
  bool Zeroed = false;
  /// Release only: done when the lock is held, nothing (and no finding)
  /// otherwise. As the first effects of a record such releases also come before
  /// the window is judged: the wait that follows a signal with Wait = TRUE.
  bool IfHeld = false;
  /// exclusive, shared; `arg:N` is ModeFrom: nonzero means exclusive.
  bool Shared = false;
  ValueRef ModeFrom;
  /// The record names the mode: such a release goes with that mode only.
  bool ModeStated = false;
  /// Release form that must match the acquire form: "plain", "dpc",
  /// "in-stack", "interrupt"... empty = any.
  std::string Form;
  /// Handle that ties acquire and release together (lock handle, lock state).
  ValueRef Handle;

  /// Where the old level goes (Acquire, Raise): `*arg1`, `ret`; or
  /// "saved in the lock/handle" (SavesInLock).
  ValueRef Saves;
  bool SavesInLock = false;
  /// The routine also returns what it saves.
  bool ReturnsSaved = false;
  /// Level on return (Acquire, TryAcquire, Raise); of CallBack and Atomic the
  /// level inside, which is left again before the routine returns.
  LevelRef To;
  /// Only some configurations change the level (a lock of a passive-level
  /// interrupt does not): afterwards it is anything from the level before the
  /// call up to To.
  bool ToMaybe = false;
  /// Level that is restored (Release, Lower).
  LevelRef Restores;

  /// TryAcquire/Convert/Wait: condition under which it was done. Empty for
  /// TryAcquire is an error; empty for Acquire means always.
  Conditions Success;
  /// What is known to hold where Success does not; empty: nothing.
  Conditions Refused;

  /// EnterRegion/LeaveRegion: "critical", "guarded". Query: what ret tells:
  /// "irql", "apcs-disabled", "all-apcs-disabled", "lock-owned" (nonzero if
  /// Lock is held in at least the given mode). Wait: "another-driver" for an
  /// operation that others do.
  std::string Region;
  /// CallBack/Queue: the argument with the function, the role it runs in.
  ValueRef Callback;
  std::string Role;
  /// CallBack: what the routine gets, argument by argument, where that is
  /// known: it can then be looked into as called here.
  std::vector<ValueRef> Passes;
  bool PassesKnown = false;
  /// AssertLevel: the stated range. Await: the levels at which it waits itself.
  IrqlRange Window;
  /// The lock belongs to an object of a framework: whether there is one, of
  /// what sort it is and whose it really is depends on how that is configured.
  bool Configured = false;
  /// Await: only for objects whose handles are of these types (none = all).
  std::vector<std::string> OnlyTypes;
  /// Await: callbacks that must never wait so, whatever object they belong to.
  std::vector<std::string> InRoles;
};

/// What the documentation demands of the APC state at a call.
enum class ApcDuty : uint8_t {
  None,
  SpecialEnabled,
  AllEnabled,
  NormalDisabled,
  NormalDisabledUnlessSystemThread,
  AllDisabled,
};

/// How the system enters a callback: with which APCs kept out by regions (what
/// the level keeps out is another matter).
enum class ApcEntry : uint8_t {
  Unknown,
  Enabled, ///< at least in its usual case
  NormalDisabled,
  AllDisabled,
};

/// A combination of values that the documentation forbids at a call.
struct Prohibition {
  std::string Check; ///< the check that tells it
  Conditions When;
  std::string Says; ///< after the name of the routine: "waits for no object"
  bool Possible = false; ///< wrong only in some programs
};

/// What is true when a routine returns: the results that it can have.
struct Guarantee {
  Conditions When; ///< of the arguments; empty: always
  Conditions That; ///< of the result
};

/// One routine.
struct FunctionContract {
  std::string Name;
  std::string Family; ///< the rule file's family, empty for plain windows
  std::string Header;
  std::vector<IrqlWindow> Windows; ///< none = no level documented
  /// The bound depends on something the record does not spell out: only
  /// "entirely outside" is an alarm (facts: conditional = yes).
  bool Conditional = false;
  std::vector<Effect> Effects;
  /// What the routine stores through its arguments, known by conditions only.
  std::vector<ValueRef> Writes;
  std::vector<Prohibition> Forbids;
  std::vector<Guarantee> Ensures;
  ApcDuty Apc = ApcDuty::None;
  std::vector<std::string> Pairs; ///< release routines for this acquire
  bool NoReturn = false;
  /// It does not return because the thread ends: as if its routine returned.
  bool EndsThread = false;
  AtomicStep Atomically = AtomicStep::None;
  std::string Source; ///< documentation page, "wdm/nf-wdm-keacquirespinlock"
  bool hasEffects() const { return !Effects.empty(); }
};

/// One kind of lock.
struct LockKindInfo {
  std::string Name;               ///< "spin-lock"
  std::string Title;              ///< "spin lock", for messages
  std::vector<std::string> Types; ///< C type names of the object
  /// Names of the system-wide locks of this kind ("cancel-spin-lock").
  std::vector<std::string> Globals;
  /// Handles of these types have no such lock, although the routines take them.
  std::vector<std::string> NotTypes;
  bool Spins = false; ///< owner runs at a raised level
  /// It keeps an interrupt's service routine out.
  bool OfInterrupt = false;
  bool RecursiveExclusive = false;
  bool RecursiveShared = false;
  /// The owner must be the releaser and must release before a callback
  /// returns; false for resources that may be handed over.
  bool MustReleaseBeforeReturn = true;
  /// A count of users rather than a lock: it may be handed over with a request
  /// and given up by whoever finishes that.
  bool Reference = false;
  /// May not lie in pageable memory.
  bool Resident = false;
  /// The check that tells misuse of this kind, where it has one of its own.
  std::string Check;
  /// Its owner gets no normal kernel APCs.
  bool DisablesApcs = false;
};

/// A callback type: how the system enters a driver routine.
struct RoleContract {
  std::string Name; ///< the documented typedef, "KDEFERRED_ROUTINE"
  bool ImplementedByDriver = true;
  bool ImplementedBySystem = false; ///< both true = either
  IrqlRange Entry;                  ///< unknown() when not documented
  bool Conditional = false;         ///< upper bound depends on configuration
  /// Level that the documentation calls usual where Conditional.
  std::optional<Irql> Usual;
  /// Level that the routine has to be written for: others choose at which of
  /// Entry they call it, and this one is common.
  std::optional<Irql> Assume;
  std::vector<std::string> LocksOnEntry; ///< lock kinds or global locks
  bool LocksStated = false;              ///< docs state the locks (also "none")
  /// The contract is to return with a lock held / having released one.
  bool AcquiresForCaller = false;
  bool ReleasesForCaller = false;
  bool SameIrqlOnReturn = true;
  /// May return owning a lock of a kind that can be handed over: another
  /// callback goes on with the operation.
  bool HandsOver = false;
  ApcEntry Apcs = ApcEntry::Unknown;
  /// It runs in a thread of the system.
  bool SystemThread = false;
  /// "setup": nothing else of the driver's works with the object yet, or any
  /// more, or it is kept apart from what does. "open": no request for the file
  /// is there yet, or any more.
  std::string Phase;
  std::vector<std::string> Conditions; ///< tags, facts/README
  /// "Api:argument" that take the routine.
  std::vector<std::string> RegisteredBy;
  /// "STRUCT.member" that hold such a routine.
  std::vector<std::string> RegisteredVia;
  /// Functions that are this role by their name alone (DriverEntry).
  std::vector<std::string> EntryNames;
  std::string Source;
};

/// Catalog entry of one check.
struct CheckInfo {
  std::string Name;  ///< "irql-too-high"
  std::string Group; ///< irql, locks, apc, kmdf, interrupt, other
  std::string Summary;
  std::string Rule;                ///< why, in two to five sentences
  std::string Severity;            ///< "error", "warning", "note"
  std::vector<std::string> Rivals; ///< ids of other tools' rules
  std::string Bad, Good;           ///< short example code
  std::string Repair;              ///< which repairs it offers, and when
  std::string Source;
  bool Default = true;
  /// "irqlint.irql.IrqlTooHigh"
  std::string analyzerName() const;
};

} // namespace irqlint

#endif // IRQLINT_RULES_CONTRACT_H
