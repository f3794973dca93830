//===- LinkCollector.h - What a unit tells the others -----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Gathers, while a unit is explored, what other units of the driver have to
/// know of it (LinkFacts), and the order in which it takes its locks.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_LINKCOLLECTOR_H
#define IRQLINT_ENGINE_LINKCOLLECTOR_H

#include "Engine/EntryContext.h"
#include "Engine/UnitIndex.h"
#include "Model/LinkFacts.h"
#include "Model/SyncState.h"
#include "llvm/ADT/MapVector.h"
#include <map>
#include <set>

namespace irqlint {

class Identity;
struct FunctionSummary;

/// The name of a function that all units agree on.
std::string usrOf(const clang::FunctionDecl *FD);

/// What an analysis of another unit, or an earlier one, told of a function.
FunctionSummary summaryOf(const LinkFunction &K);

class LinkCollector {
public:
  LinkCollector(const clang::ASTContext &Ctx, const UnitIndex &Index)
      : Ctx(Ctx), Index(Index) {}

  /// The name of a class that all units agree on; empty when there is none.
  const std::string &keyOf(ClassId C) const;
  /// An id for the class of a system-wide lock, the same in all explorations.
  ClassId globalClass(llvm::StringRef Name);

  /// What \p L is and where it was taken; no key when its class is unknown.
  LockTake describe(const HeldLock &L, const Identity &Ids) const;

  /// \p New was waited for with what is held \p Before.
  void noteOrder(const SyncState &Before, const HeldLock &New,
                 const Identity &Ids, const clang::FunctionDecl *Frame);
  /// A function of the unit that takes \p Takes is called, and not looked into.
  void noteSkipped(const SyncState &Held, const std::vector<LockTake> &Takes,
                   const Identity &Ids, const clang::FunctionDecl *Frame,
                   clang::SourceLocation Call);
  /// A function that the unit does not define, or that leads to such, is called
  /// and not looked into.
  void noteCall(const clang::FunctionDecl *Callee, IrqlRange Level,
                const SyncState &Held, const Identity &Ids,
                const clang::FunctionDecl *Frame, clang::SourceLocation Call);
  /// A function that is not explored, for nothing changes in it.
  void noteUnexplored(const clang::FunctionDecl *FD, const EntryContext &Entry);

  const std::vector<LockOrderEdge> &order() const { return Order; }

  /// Facts of \p FD; \p F holds already what the collector cannot know.
  void fill(LinkFunction &F, const clang::FunctionDecl *FD,
            const FunctionSummary &S) const;
  /// Everything but the functions.
  LinkFacts take() const;

private:
  const clang::ASTContext &Ctx;
  const UnitIndex &Index;
  std::set<std::string> Globals;
  using UsePlace =
      std::pair<const clang::FunctionDecl *, const clang::FunctionDecl *>;
  llvm::MapVector<UsePlace, LinkUse> Uses; ///< by caller and callee
  mutable llvm::DenseMap<const clang::FunctionDecl *, bool> LeadsOut;
  std::vector<LockOrderEdge> Order;
  std::set<std::pair<LockTake, LockTake>> Known;

  mutable llvm::DenseMap<ClassId, std::string> Keys;

  std::string makeKey(ClassId C) const;
  bool isForeign(const clang::FunctionDecl *FD) const;
  bool leadsOut(const clang::FunctionDecl *FD) const;
  LinkUse &use(const clang::FunctionDecl *Caller,
               const clang::FunctionDecl *Callee);
  /// Functions that \p FD reaches: of other units, and (\p Own) of this one
  /// that others may call.
  llvm::SetVector<const clang::FunctionDecl *>
  reach(const clang::FunctionDecl *FD, bool Own) const;
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_LINKCOLLECTOR_H
