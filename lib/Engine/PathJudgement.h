//===- PathJudgement.h - A judge's view of one point of a path --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_PATHJUDGEMENT_H
#define IRQLINT_ENGINE_PATHJUDGEMENT_H

#include "Engine/Exploration.h"
#include "Engine/Levels.h"
#include "Engine/UsePlace.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugReporter.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"
#include "llvm/ADT/MapVector.h"

namespace irqlint {

/// Judgement at a node of the graph. With a CheckerContext, every report gets
/// a node of its own after \p Node; without (after the exploration) \p Node
/// itself is the place.
class PathJudgement : public Judgement {
public:
  PathJudgement(UnitRun &Unit, LevelMap Map, clang::ento::ExplodedNode *Node,
                clang::ento::CheckerContext *C, clang::ento::BugReporter &BR,
                clang::SourceLocation At)
      : Unit(Unit), Map(Map), Node(Node), C(C), BR(BR), At(At) {}

  /// The node to continue from; null when the path was already known.
  clang::ento::ExplodedNode *node() const { return Node; }

  /// Asks a judge. What it says is compared with what it would say if calls
  /// had not told of the level.
  void ask(llvm::function_ref<void(Judgement &)> Judge);

  IrqlRange rangeOf(const LevelValue &V) const override;
  bool levelIsKnown(const LevelValue &V) const override;
  std::string nameOf(ObjectId O) const override;
  std::string routineAt(SiteId S) const override;
  bool frameLowersLevel() const override;
  PageableFrame pageableFrame() const override;
  std::string frameName() const override;
  bool inSystemThread() const override;
  bool firstLeakOf(SiteId S) override;
  bool wasTold(llvm::StringRef Check, SiteId S) const override;
  void report(llvm::StringRef Check, Certainty Sure, std::string Message,
              llvm::ArrayRef<SiteId> Interesting, std::string Hint,
              const Remedy &Cure) override;
  void endPath() override { Ended = true; }
  bool ended() const { return Ended; }

private:
  UnitRun &Unit;
  LevelMap Map;
  clang::ento::ExplodedNode *Node;
  clang::ento::CheckerContext *C;
  clang::ento::BugReporter &BR;
  clang::SourceLocation At;
  bool Ended = false;
  const llvm::function_ref<void(Judgement &)> *Asked = nullptr;

  /// What the calls on the path told of levels: of each bound the last one
  /// that moved it, and what was known before any of them did.
  struct Demanded {
    const LevelDemand *LastHi = nullptr, *LastLo = nullptr;
    Irql FirstHi, FirstLo;
  };
  llvm::MapVector<clang::ento::SymbolRef, Demanded> demands() const;
  void addDemands(llvm::StringRef Check, Certainty Sure, SyncReport &Rep) const;
  /// The range of \p V without what helpers asked that have returned.
  IrqlRange vouchedFor(const LevelValue &V) const;
  bool restsOnHelpersQuestion(llvm::StringRef Check) const;
  bool isAtLeast(const LevelValue &V, Irql L) const;
  const clang::FunctionDecl *frame() const;
  PendingReport describe(const UsePlace &Where, llvm::StringRef Check,
                         Certainty Sure, std::string Message,
                         std::string Hint) const;
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_PATHJUDGEMENT_H
