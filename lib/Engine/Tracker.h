//===- Tracker.h - From calls to events and states --------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The one checker that runs inside the analyzer. It carries the SyncState
/// along paths, turns calls into events, asks the judges, decides which calls
/// are worth looking into, and joins paths.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_TRACKER_H
#define IRQLINT_ENGINE_TRACKER_H

#include "Engine/Exploration.h"
#include "Engine/Levels.h"
#include "clang/StaticAnalyzer/Core/Checker.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"

namespace irqlint {

/// See CountedLocks.cpp.
enum class CountedHalf : uint8_t { None, Takes, GivesUp };

class Tracker
    : public clang::ento::Checker<
          clang::ento::check::BeginFunction, clang::ento::check::EndFunction,
          clang::ento::check::PreCall, clang::ento::eval::Call,
          clang::ento::check::BlockEntrance, clang::ento::check::LiveSymbols,
          clang::ento::check::RegionChanges, clang::ento::check::Bind,
          clang::ento::check::DeadSymbols, clang::ento::check::Location,
          clang::ento::check::PostCall, clang::ento::eval::Assume,
          clang::ento::check::PostStmt<clang::CXXDefaultArgExpr>> {
public:
  explicit Tracker(UnitRun &Unit) : Unit(Unit) {}

  void checkBeginFunction(clang::ento::CheckerContext &C) const;
  void checkEndFunction(const clang::ReturnStmt *RS,
                        clang::ento::CheckerContext &C) const;
  void checkPreCall(const clang::ento::CallEvent &Call,
                    clang::ento::CheckerContext &C) const;
  bool evalCall(const clang::ento::CallEvent &Call,
                clang::ento::CheckerContext &C) const;
  void endThread(const clang::ento::CallEvent &Call,
                 clang::ento::CheckerContext &C) const;
  bool evalAtomic(const FunctionContract &Fn,
                  const clang::ento::CallEvent &Call,
                  clang::ento::CheckerContext &C) const;
  void checkBlockEntrance(const clang::BlockEntrance &BE,
                          clang::ento::CheckerContext &C) const;
  void checkLiveSymbols(clang::ento::ProgramStateRef S,
                        clang::ento::SymbolReaper &SR) const;

  void checkLocation(clang::ento::SVal L, bool IsLoad, const clang::Stmt *S,
                     clang::ento::CheckerContext &C) const;
  void checkPostCall(const clang::ento::CallEvent &Call,
                     clang::ento::CheckerContext &C) const;
  void checkPostStmt(const clang::CXXDefaultArgExpr *E,
                     clang::ento::CheckerContext &C) const;
  clang::ento::ProgramStateRef evalAssume(clang::ento::ProgramStateRef S,
                                          clang::ento::SVal Cond,
                                          bool Holds) const;
  void checkDeadSymbols(clang::ento::SymbolReaper &SR,
                        clang::ento::CheckerContext &C) const;
  void checkBind(clang::ento::SVal Location, clang::ento::SVal Value,
                 const clang::Stmt *S, bool AtDeclInit,
                 clang::ento::CheckerContext &C) const;
  clang::ento::ProgramStateRef
  checkRegionChanges(clang::ento::ProgramStateRef S,
                     const clang::ento::InvalidatedSymbols *Invalidated,
                     llvm::ArrayRef<const clang::ento::MemRegion *> Explicit,
                     llvm::ArrayRef<const clang::ento::MemRegion *> Regions,
                     const clang::LocationContext *LC,
                     const clang::ento::CallEvent *Call) const;

private:
  UnitRun &Unit;

  /// One way on from a call: the node reached so far.
  struct World {
    clang::ento::ExplodedNode *N;
    clang::ento::ProgramStateRef state() const { return N->getState(); }
  };
  /// One of the objects in an array.
  struct Element {
    clang::ento::SVal Object;
    unsigned Number;
  };
  LevelMap levels() const;
  void addPromisedLocks(SyncState &S, clang::ento::CheckerContext &C) const;
  /// Locks that the caller holds under a condition on parameters: the states
  /// with and without them.
  llvm::SmallVector<clang::ento::ProgramStateRef, 2>
  splitPromises(clang::ento::ProgramStateRef S,
                clang::ento::CheckerContext &C) const;
  void notePromises(const clang::ReturnStmt *RS, ExitRecord &X,
                    clang::ento::CheckerContext &C) const;
  /// What annotations say under conditions of a function that is not looked
  /// into, when it has returned.
  bool conditionalCall(const clang::FunctionDecl *FD,
                       const clang::ento::CallEvent &Call,
                       clang::ento::CheckerContext &C) const;
  /// The state after a call of a function of which only annotations tell what
  /// it does with locks; judges what they demand.
  clang::ento::ProgramStateRef
  annotatedCall(const clang::FunctionDecl *FD,
                const clang::ento::CallEvent &Call,
                clang::ento::ProgramStateRef S, bool Opaque,
                clang::ento::CheckerContext &C) const;
  clang::ento::ExplodedNode *judgeGuarded(const clang::ento::FieldRegion *F,
                                          bool IsLoad, const clang::Stmt *At,
                                          clang::ento::ExplodedNode *Node,
                                          clang::ento::CheckerContext &C) const;
  CallEvent describe(const FunctionContract &Fn, const clang::FunctionDecl *FD,
                     const clang::ento::CallEvent &Call,
                     clang::ento::ProgramStateRef S) const;
  void awaits(const Effect &E, Applies Holds,
              const clang::ento::CallEvent &Call,
              clang::ento::ProgramStateRef S, CallEvent &Info) const;
  bool configure(const Effect &E, const clang::ento::CallEvent &Call,
                 const SyncState &Before, EffectEvent &Ev) const;
  std::string spelling(const clang::ento::CallEvent &Call,
                       llvm::StringRef Default) const;
  void applyEffect(const Effect &E, size_t Index, const CallEvent &Info,
                   const clang::ento::CallEvent &Call, clang::ento::SVal Ret,
                   World W, clang::ento::CheckerContext &C,
                   std::vector<World> &Out) const;
  void perform(const Effect &E, const CallEvent &Info,
               const clang::ento::CallEvent &Call, clang::ento::SVal Ret,
               World W, bool Succeeded, clang::ento::CheckerContext &C,
               std::vector<World> &Out, const Element *Of = nullptr) const;
  /// The objects in an array that an effect is on, as far as they are known to
  /// be of its kind; none if something is not known of them.
  std::optional<std::vector<Element>>
  elementsOf(const Effect &E, const clang::ento::CallEvent &Call,
             clang::ento::ProgramStateRef S) const;
  /// The node of \p S behind that of \p W; \p What says why they differ.
  clang::ento::ExplodedNode *goOn(World W, clang::ento::ProgramStateRef S,
                                  const char *What,
                                  clang::ento::CheckerContext &C) const;
  void applyToEach(const Effect &E, const CallEvent &Info,
                   const clang::ento::CallEvent &Call, clang::ento::SVal Ret,
                   World W, clang::ento::CheckerContext &C,
                   std::vector<World> &Out) const;
  void applyToOne(const Effect &E, const std::vector<Element> &Mine,
                  const CallEvent &Info, const clang::ento::CallEvent &Call,
                  clang::ento::SVal Ret, World W,
                  clang::ento::CheckerContext &C,
                  std::vector<World> &Out) const;
  const char *reasonAt(clang::ento::ProgramStateRef S, ObjectId Object,
                       const clang::Expr *Site,
                       const clang::LocationContext *LC) const;
  void ownershipQuery(const Effect &E, const EffectEvent &Ev,
                      clang::ento::SVal Ret, World W,
                      clang::ento::CheckerContext &C,
                      std::vector<World> &Out) const;
  /// The ways on from a question about APCs.
  void askApcs(const Effect &E, clang::ento::SVal Ret, World W,
               clang::ento::CheckerContext &C, std::vector<World> &Out) const;
  const clang::FunctionDecl *runsAtOnce(const clang::ento::CallEvent &Call,
                                        const clang::LocationContext *LC) const;
  void enterCallBack(const clang::FunctionDecl *FD, const FunctionContract &Fn,
                     const clang::ento::CallEvent &Call,
                     clang::ento::CheckerContext &C) const;
  SyncState insideCallBack(const SyncState &Before, const EffectEvent &Ev,
                           clang::ento::ProgramStateRef S) const;
  /// An object is waited for or signaled.
  void noteUse(const Effect &E, const CallEvent &Info, const EffectEvent &Ev,
               clang::ento::SVal Object, const SyncState &Before) const;
  void leaveCallBack(const clang::ento::CallEvent &Call,
                     clang::ento::CheckerContext &C) const;
  clang::ento::ProgramStateRef asDemanded(const CallEvent &Info, bool ByRules,
                                          clang::ento::ProgramStateRef S) const;
  const clang::ento::NoteTag *
  noteNarrowing(const CallEvent &Info, clang::ento::ProgramStateRef S,
                clang::ento::CheckerContext &C) const;
  SyncState beforeJudging(const CallEvent &Info, const SyncState &S) const;
  void noteDemand(const CallEvent &Info, clang::ento::ProgramStateRef S) const;
  bool triedInVain(const SyncState &S,
                   const clang::FunctionDecl *Wrapper) const;
  bool decideInlining(const clang::FunctionDecl *FD,
                      clang::ento::ProgramStateRef S,
                      const clang::LocationContext *LC,
                      clang::SourceLocation Call) const;
  void noteOwner(const clang::ento::TypedValueRegion *R,
                 clang::ento::SVal V) const;
  bool namesThisThread(const clang::ento::TypedValueRegion *R,
                       clang::ento::ProgramStateRef S) const;
  clang::ento::ProgramStateRef
  handLevelTo(const clang::ento::CallEvent &Call,
              clang::ento::ProgramStateRef S) const;
  clang::ento::ProgramStateRef handOverTo(const clang::FunctionDecl *FD,
                                          const clang::ento::CallEvent &Call,
                                          clang::ento::ProgramStateRef S,
                                          bool Looks = false) const;
  clang::ento::ProgramStateRef noteKeeper(const clang::ento::CallEvent &Call,
                                          clang::ento::ProgramStateRef S) const;
  clang::ento::ProgramStateRef noteKeepers(clang::ento::ProgramStateRef S,
                                           clang::ento::SVal Cond) const;
  clang::ento::ProgramStateRef
  keepPromisedLevel(clang::ento::ProgramStateRef S,
                    const clang::FunctionDecl *FD,
                    clang::ento::CheckerContext &C) const;
  clang::ento::ProgramStateRef compareKeptLevel(clang::ento::ProgramStateRef S,
                                                clang::ento::SVal Cond) const;
  void noteSaved(const clang::ReturnStmt *RS, ExitRecord &X,
                 clang::ento::CheckerContext &C) const;
  bool changesElsewhere(const clang::FunctionDecl *FD) const;
  bool dropsReference(const clang::Expr *Call,
                      const clang::LocationContext *At) const;
  bool isLastHolder(const HeldLock &L, const clang::Expr *Call,
                    const clang::LocationContext *At,
                    const clang::ento::ExplodedNode *N) const;
  /// Which half of a lock with a count beside it \p FD is.
  CountedHalf countedHalf(const clang::FunctionDecl *FD) const;
  mutable llvm::DenseMap<const clang::FunctionDecl *, CountedHalf>
      CountedHalves;
  /// \p FD, such a half, returns in \p S as it does for a caller further out
  /// that has the lock already, or keeps it.
  bool isOutersWay(const clang::FunctionDecl *FD, const SyncState &S) const;
  /// The same of an effect in it on the lock \p O.
  bool isOutersWay(const Effect &E, const SyncState &Before, ObjectId O,
                   const clang::LocationContext *At) const;
  /// \p Call stands where a helper has counted down to nothing the count of an
  /// object that one of its callers goes on to use: that caller has a count of
  /// its own, and does not come here.
  bool isUsedByCallers(const clang::Expr *Call,
                       const clang::LocationContext *At) const;
  mutable std::map<std::pair<const clang::Stmt *, const clang::Decl *>,
                   std::vector<std::pair<const clang::VarDecl *, bool>>>
      LastCounts;
  clang::ento::ProgramStateRef
  leaveToCallee(clang::ento::ProgramStateRef S,
                const clang::FunctionDecl *FD) const;
  clang::ento::ProgramStateRef
  forgetRefusals(clang::ento::ProgramStateRef S,
                 const clang::FunctionDecl *FD) const;
  clang::ento::ProgramStateRef opaqueCall(const clang::FunctionDecl *FD,
                                          const clang::ento::CallEvent &Call,
                                          clang::ento::ProgramStateRef S) const;
  bool evalAccessor(const clang::FunctionDecl *FD,
                    const clang::ento::CallEvent &Call,
                    clang::ento::CheckerContext &C) const;
};

/// Stack frames above a function that a routine of the system's calls at once.
inline constexpr unsigned MaxDepthAtOnce = 8;
bool isMadeUp(const clang::LocationContext *LC);

} // namespace irqlint

#endif // IRQLINT_ENGINE_TRACKER_H
