//===- State.h - What one callback holds, and how it came to that *- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_VERIFIER_STATE_H
#define IRQLINT_RUNTIME_VERIFIER_STATE_H

#include "Rules/Contract.h"
#include "Runtime/Machine/Machine.h"
#include "Runtime/Machine/Unknowns.h"
#include <optional>
#include <set>

namespace irqlint::rt {

/// A place in the driver: a call, a return, a read. 0 means "not known".
using SiteIndex = uint32_t;

struct Site {
  std::string File;
  unsigned Line = 0, Col = 0;
  std::string Function;
  /// What the value read or returned here may be.
  Domain Values;
  /// The arguments of a call as the programmer wrote them.
  std::vector<std::string> Arguments;
  /// The names of the types that they are or point to.
  std::vector<std::string> Types;
  /// In a function of the kit's headers.
  bool System = false;
  /// Nobody looks at the result of the call.
  bool ResultUnused = false;
  /// Arguments, by bit, that are numbers from elsewhere which this function
  /// compares with nothing: their value stands for any other.
  uint32_t AnyValue = 0;
  /// What the call puts into these arguments, by bit (31: what it returns),
  /// nobody can see after the function has returned.
  uint32_t Dies = 0;
};

/// A driver function, for the path to a place.
struct FunctionInfo {
  std::string Name;
  bool Pageable = false;
};

/// Something worth telling on the way to a violation.
struct HistoryEvent {
  SiteIndex Where = 0;
  std::string Text;
  unsigned Depth = 0;
  Level After = PassiveLevel;
  std::vector<std::string> Held;
};

/// A lock that the callback owns.
struct Hold {
  uint64_t Object = 0;
  const LockKindInfo *Kind = nullptr;
  std::string Form;
  bool Shared = false;
  unsigned Depth = 1;
  /// The acquisition raised the level from Base.
  bool Raised = false;
  Level Base = PassiveLevel;
  uint64_t Handle = 0;
  SiteIndex Where = 0;
  std::string Text; ///< the expression
  const FunctionContract *By = nullptr;
  std::string Routine;
  bool FromEntry = false;
  /// Only noted: somebody else keeps the lock itself (a dispatcher object).
  bool NotedOnly = false;
  /// Its acquisition was wrong.
  bool Doubtful = false;
  /// Nobody can restore the level after the function has returned.
  bool LevelDies = false;
  /// Whether it raised the level depends on how an object is configured.
  bool MaybeRaised = false;
  /// No normal kernel APCs when it was acquired.
  bool ApcsWereOff = false;
  /// A mutex of the framework: it is held in a critical region.
  bool InRegion = false;
  /// (Of a count of users) It may be given up by somebody else now.
  bool HandedOver = false;
  /// Where another tag of the same count was given up instead.
  SiteIndex OtherTag = 0;
};

/// What an annotation of a function says about a lock.
struct LockClaim {
  enum Role : uint8_t { Acquires, Releases, Held, NotHeld, NoneHeld } R = Held;
  bool Exclusive = false, Shared = false;
  const LockKindInfo *Kind = nullptr;
  std::string Text;
  /// From where: an argument, or a variable of the program.
  unsigned Argument = 0;
  std::string Variable;
  /// To the lock: offset, and whether a pointer is followed there.
  std::vector<std::pair<unsigned, bool>> Steps;
  /// Something that is given up under a condition is demanded, not kept.
  bool Judged = true;
};

/// A region without APCs that was entered.
struct EnteredRegion {
  bool Guarded = false;
  SiteIndex Where = 0;
  std::string Routine;
};

/// An acquisition that did not succeed.
struct FailedTry {
  uint64_t Object = 0;
  SiteIndex Where = 0;
  std::string Routine;
  /// The result cannot have meant anything else.
  bool Certain = false;
};

/// One invocation of a routine of the driver by the system: a thread, a
/// deferred procedure, a service routine, any other callback.
struct Activation {
  std::string Name;
  const RoleContract *Role = nullptr;
  Level Entry = PassiveLevel;
  int Critical = 0, Guarded = 0; ///< of the thread, at entry
  /// Nothing but what the role says is held at entry.
  bool Closed = false;
  bool MayKeepLocks = false, MayChangeLevel = false;
  SiteIndex From = 0; ///< who registered or called it
  SiteIndex At = 0;   ///< the routine that was called last
  std::vector<Hold> Held;
  struct Release {
    uint64_t Object, Handle;
    HistoryEvent How;
    SiteIndex AcquiredAt; ///< 0 if the caller did
    std::string Routine;  ///< that gave it up
  };
  std::vector<Release> Released;
  /// Locks that were acquired more often than given up, by where.
  std::set<SiteIndex> GivenUpOnce;
  /// Locks that went away while they were held, and the level before each.
  std::map<uint64_t, Level> Gone;
  std::vector<FailedTry> Failed;
  std::vector<EnteredRegion> Regions;
  /// A critical, a guarded region was left.
  bool LeftRegion[2] = {false, false};
  /// What the caller's regions and locks do to APCs, once it was asked.
  std::optional<bool> CallerApcs[2];
  /// A routine was called of which nothing is known: it may have changed the
  /// state of APCs.
  bool Vague = false;
  std::vector<HistoryEvent> History;
  /// Functions that are being executed, with the place they were called from.
  std::vector<std::pair<const FunctionInfo *, SiteIndex>> Stack;
  /// Parallel: it has looked at something that decides where it goes.
  std::vector<bool> HasTested;
  /// The level was raised and lowered again to that at entry.
  bool Restored = false;
  /// Of the last raise: nobody can restore the level after the function has
  /// returned.
  bool RaiseDies = false;
  /// A release left the level raised; wrong unless it is lowered by hand.
  std::optional<HistoryEvent> LeftRaised;
  const void *OwnerBefore = nullptr;
  /// Its first argument: mostly the object that it belongs to.
  uint64_t First = 0;
  /// How it was entered follows from what the driver has configured.
  bool Sure = false;
  /// Which call of which function it is.
  std::pair<uint64_t, unsigned> Turn;
  /// The level at entry is one of two that the caller may bring.
  bool UpTo = false;
  /// Locks of objects that the framework holds around it; those that it may
  /// hold and that were given up.
  std::vector<Hold> Lent;
  std::set<uint64_t> MaybeLent;

  const Hold *anySpinning() const {
    for (auto I = Held.rbegin(); I != Held.rend(); ++I)
      if (I->Kind && I->Kind->Spins)
        return &*I;
    return nullptr;
  }
};

/// What stopped an execution.
struct Violation {
  std::string Check, Message;
  SiteIndex Where = 0;
  std::string Function; ///< whose body holds the place
  std::string Callback; ///< the activation it happened in
  std::string Thread;
  unsigned Cpu = 0;
  Level At = PassiveLevel;
  /// The level is that at which the callback was entered.
  bool LevelFromEntry = false;
  /// The level is one of several that a lock may have raised it to.
  bool LevelMaybe = false;
  /// In a callback whose level and locks are known.
  bool Sure = false;
  std::vector<std::string> Held;
  std::vector<HistoryEvent> History;
};

/// "spin lock 'Ext->Lock'".
std::string describe(const Hold &H);
/// "DISPATCH_LEVEL"; device levels with their number.
std::string levelName(Level L);
inline Irql stepOf(Level L) { return irqlFromNumber(L); }

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_VERIFIER_STATE_H
