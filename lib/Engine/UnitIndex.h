//===- UnitIndex.h - The functions of a unit and their calls ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The cheap pass before path exploration: which functions the unit defines,
/// what each calls, which of the calls change synchronization state, what
/// level the rest of them needs, and where functions are registered as
/// callbacks. It decides what is explored at all.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_UNITINDEX_H
#define IRQLINT_ENGINE_UNITINDEX_H

#include "Engine/Analyze.h"
#include "Engine/Sal.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallVector.h"

namespace irqlint {

/// Levels that everything reachable from a function can live with.
struct LevelNeed {
  Irql MinHi = HighestIrql; ///< strictest upper bound
  Irql MaxLo = LowestIrql;  ///< strictest lower bound
  void meet(const LevelNeed &O) {
    MinHi = std::min(MinHi, O.MinHi);
    MaxLo = std::max(MaxLo, O.MaxLo);
  }
};

/// What is demanded of the delivery of APCs by anything that a function leads
/// to, where the function itself does not see to it.
struct ApcNeed {
  bool Off = false;       ///< normal kernel APCs (or all) are to be off
  bool SpecialOn = false; ///< special kernel APCs are to be on
  bool AllOn = false;
  void meet(const ApcNeed &O) {
    Off |= O.Off;
    SpecialOn |= O.SpecialOn;
    AllOn |= O.AllOn;
  }
};

struct FunctionFacts {
  const clang::FunctionDecl *FD = nullptr;              ///< the definition
  llvm::SetVector<const clang::FunctionDecl *> Callees; ///< canonical
  /// Calls a routine that changes locks or the level.
  bool ChangesState = false;
  /// Calls a routine that lowers the level by hand.
  bool LowersLevel = false;
  /// Asks for the current level, so its branches may know it.
  bool AsksLevel = false;
  bool CompletesRequests = false;
  /// Calls a routine that waits for callbacks.
  bool Awaits = false;
  /// What it calls is judged by its arguments and results alone.
  bool JudgedCalls = false;
  /// Calls a routine of whose result something is known.
  bool Ensured = false;
  /// Calls of routines that take or give up a lock, as they stand in the text.
  unsigned Acquires = 0, Releases = 0;
  bool HasSeh = false;
  bool HasErrors = false; ///< error nodes or invalid declarations inside
  LevelNeed Own;
  ApcNeed OwnApc;
  /// Asks whether APCs are off.
  bool AsksApcs = false;
  unsigned Statements = 0, Damaged = 0;
  bool UsesStubs = false;
};

class UnitIndex {
public:
  UnitIndex(clang::ASTContext &Ctx, const RuleSet &Rules,
            const std::function<bool(const clang::Decl *)> &IsStub);

  /// Definitions in source order.
  const llvm::MapVector<const clang::FunctionDecl *, FunctionFacts> &
  functions() const {
    return Functions;
  }
  /// Facts of a definition (any redeclaration), or null.
  const FunctionFacts *find(const clang::FunctionDecl *FD) const;

  /// Contract of a callee: from the rules, else from its annotations; null
  /// when it has none. Functions that the unit itself defines have rules only
  /// if nothing but the rules can know them (markers).
  const FunctionContract *contractOf(const clang::FunctionDecl *FD) const;
  /// The rules' record of \p FD, or null when it has none.
  const FunctionContract *ruleOf(const clang::FunctionDecl *FD) const;
  const SalContract &salOf(const clang::FunctionDecl *FD) const;
  /// Roles under which the address of \p FD is registered in this unit.
  llvm::ArrayRef<const RoleContract *>
  registrationsOf(const clang::FunctionDecl *FD) const;
  /// Member or global with the lock under which this unit has \p FD run (a
  /// critical section), or null when it is not always the same.
  const clang::ValueDecl *runsUnder(const clang::FunctionDecl *FD) const {
    return Sections.lookup(FD->getCanonicalDecl());
  }
  bool addressTaken(const clang::FunctionDecl *FD) const;
  /// Functions that this unit registers and does not define.
  std::vector<std::pair<const clang::FunctionDecl *, const RoleContract *>>
  foreignRegistrations() const;
  /// Another unit registers \p FD in a role.
  void addRegistration(const clang::FunctionDecl *FD,
                       const RoleContract *Role) {
    Registered[FD->getCanonicalDecl()].push_back(Role);
  }
  /// Role that a (function pointer) type names, or null.
  const RoleContract *roleOfType(clang::QualType T) const;

  /// Fields and globals that choose whether (or how) a lock is taken or given
  /// up. Opaque calls are taken not to change them between the two.
  bool isGuard(const clang::ValueDecl *D) const {
    return Guards.contains(llvm::cast<clang::ValueDecl>(D->getCanonicalDecl()));
  }
  bool hasGuards() const { return !Guards.empty(); }
  /// One that chooses together with others: `if (A && B)`. What is known of
  /// each by itself does not say which way it went.
  bool isJointGuard(const clang::ValueDecl *D) const {
    return JointGuards.contains(
        llvm::cast<clang::ValueDecl>(D->getCanonicalDecl()));
  }
  /// Parameters and local variables that do so in the text of \p FD.
  llvm::ArrayRef<const clang::VarDecl *>
  guardVariablesOf(const clang::FunctionDecl *FD) const;

  /// The lock call \p Site takes (or gives up) one lock of a set in each round
  /// of a loop that does not undo it: all files of a volume, all channels. The
  /// partner is another such loop.
  bool isCollective(const clang::Expr *Site) const {
    return Collective.contains(Site);
  }

  const RuleSet &rules() const { return Rules; }
  const clang::ASTContext &astContext() const { return Ctx; }

  /// \p FD, or something that it leads to, asks for the level.
  bool asksLevelBelow(const clang::FunctionDecl *FD) const;
  /// What \p FD does for its caller, itself or \p Depth calls down: bit 0, it
  /// takes a lock; bit 1, it gives one up.
  unsigned lockingOf(const clang::FunctionDecl *FD, unsigned Depth) const;

private:
  friend class Walker;
  const clang::ASTContext &Ctx;
  const RuleSet &Rules;
  const std::function<bool(const clang::Decl *)> &IsStub;
  llvm::MapVector<const clang::FunctionDecl *, FunctionFacts> Functions;
  llvm::DenseMap<const clang::FunctionDecl *,
                 llvm::SmallVector<const RoleContract *, 2>>
      Registered;
  llvm::DenseSet<const clang::FunctionDecl *> Taken;
  llvm::DenseMap<const clang::FunctionDecl *, const clang::ValueDecl *>
      Sections;
  llvm::DenseSet<const clang::ValueDecl *> Guards, JointGuards;
  llvm::DenseMap<const clang::FunctionDecl *,
                 llvm::SmallVector<const clang::VarDecl *, 4>>
      GuardVariables;
  llvm::DenseSet<const clang::Expr *> Collective;
  /// Parameters that take part in such a choice, and what is handed in for
  /// them: (function, index).
  using Parameter = std::pair<const clang::FunctionDecl *, unsigned>;
  static constexpr unsigned ThisIndex = 1u << 16; ///< the object of a method
  llvm::SetVector<Parameter> GuardParams, JointParams;
  struct Given {
    const clang::Expr *Value;
    const clang::FunctionDecl *By;
  };
  llvm::DenseMap<Parameter, llvm::SmallVector<Given, 4>> Handed;
  /// Conditions of branches that call a function of the unit and go on.
  struct Choice {
    const clang::Expr *Cond;
    const clang::FunctionDecl *Callee, *In;
  };
  std::vector<Choice> Choices;
  mutable llvm::DenseMap<const clang::FunctionDecl *,
                         std::unique_ptr<SalContract>>
      SalCache;
  mutable llvm::DenseMap<const clang::FunctionDecl *, const FunctionContract *>
      ContractCache;

  void collect(clang::DeclContext::decl_range Decls);
  void addFunction(const clang::FunctionDecl *FD);
  /// \p In: the function that \p S belongs to.
  void guardsIn(const clang::Stmt *S, const clang::FunctionDecl *In,
                bool Joint = false);
  void resolveGuards();
  void guardsOfWrappers();
};

/// The body of a lambda: what it reads and writes is its function's.
bool isLambdaBody(const clang::FunctionDecl *FD);

/// Whether an effect changes locks or the level (and is not just a demand).
bool changesState(const Effect &E);
/// The result says whether APCs are off.
bool tellsOfApcs(const Effect &E);
/// What a contract demands of the level, conditions taken at their strictest.
/// The routine returns the current level.
bool asksLevel(const Effect &E);
LevelNeed needOf(const FunctionContract &C);
ApcNeed needOf(ApcDuty D);

} // namespace irqlint

#endif // IRQLINT_ENGINE_UNITINDEX_H
