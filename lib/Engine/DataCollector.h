//===- DataCollector.h - Who uses which data with which locks ---*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Gathers SharedData: along the paths of functions that are explored, and from
/// the text of those that are not, for nothing changes in them.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_DATACOLLECTOR_H
#define IRQLINT_ENGINE_DATACOLLECTOR_H

#include "Engine/EntryContext.h"
#include "Engine/LinkCollector.h"
#include "Model/SharedData.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/MemRegion.h"
#include "llvm/ADT/MapVector.h"

namespace irqlint {

class Identity;
class WdfConfig;

class DataCollector {
public:
  DataCollector(clang::ASTContext &Ctx, const UnitIndex &Index,
                const LinkCollector &Link);

  /// Nothing is gathered before.
  void start(const WdfConfig &Config);
  bool isOn() const { return Config != nullptr; }

  /// \p FD is going to be explored, or (if \p ByText) is not.
  void enter(const clang::FunctionDecl *FD, const EntryContext &Entry,
             bool ByText);

  void noteAccess(const clang::FunctionDecl *Root,
                  const clang::ento::MemRegion *R, bool IsLoad,
                  const clang::Expr *At, const SyncState &S,
                  const Identity &Ids);
  /// An object is signaled, or waited for without end.
  void noteUse(const clang::FunctionDecl *Root, const clang::ento::MemRegion *R,
               DataAccess::Use Is, llvm::StringRef Routine,
               llvm::StringRef Text, const clang::Expr *At, const SyncState &S,
               const Identity &Ids);
  void noteCall(const clang::FunctionDecl *Root,
                const clang::FunctionDecl *Callee, const SyncState &S,
                const Identity &Ids);

  SharedData take();

private:
  friend class DataWalker;
  clang::ASTContext &Ctx;
  const UnitIndex &Index;
  const LinkCollector &Link;
  const WdfConfig *Config = nullptr;
  SharedData Data;
  struct Known {
    DataFunction F;
    std::set<std::string> Said;
  };
  llvm::MapVector<const clang::FunctionDecl *, Known> Functions;
  llvm::DenseMap<const clang::Expr *, bool> Modifies;
  /// Members of configuration structures whose callbacks are under a lock of
  /// the framework's or not, as the object is configured.
  std::set<std::string> Configured;

  void add(Known &K, DataAccess A);
  void addCall(Known &K, DataCall C);
  std::vector<DataLock> locksOf(const SyncState &S, const Identity &Ids) const;
  void describeEntry(DataFunction &F, const EntryContext &Entry) const;
  /// Key of the callback lock of an object, the same in all units.
  std::string callbackLock(int Owner) const;
  std::string nameOf(const clang::RecordDecl *R) const;
  /// Names the member that lies \p Path (outermost first) in its object.
  bool nameMember(llvm::ArrayRef<const clang::FieldDecl *> Path,
                  DataAccess &A) const;
  bool nameRegion(const clang::ento::MemRegion *R, DataAccess &A) const;
  /// Names what the expression \p E is.
  bool nameExpr(const clang::Expr *E, DataAccess &A) const;
  bool nameVariable(const clang::VarDecl *V, DataAccess &A) const;
  /// The member at the end of \p Path (innermost first) of \p Variable, or of
  /// what a pointer leads to.
  bool namePlace(llvm::SmallVectorImpl<const clang::FieldDecl *> &Path,
                 const clang::VarDecl *Variable, DataAccess &A) const;
  bool modifies(const clang::Expr *Target);
  void findTypes();
  void noteAddress(const clang::UnaryOperator *U);
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_DATACOLLECTOR_H
