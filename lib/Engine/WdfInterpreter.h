//===- WdfInterpreter.h - Runs code for its configurations ------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Private to the configuration pass: walks control-flow graphs with abstract
/// states, looks into helpers of the unit, and records objects where they are
/// created.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_WDFINTERPRETER_H
#define IRQLINT_ENGINE_WDFINTERPRETER_H

#include "Engine/WdfFlow.h"
#include "Engine/WdfStore.h"
#include "clang/Analysis/CFG.h"
#include <set>

namespace irqlint {

/// Everything the pass learns about a unit.
class WdfObjects {
public:
  /// \p Structures are the configuration structures.
  WdfObjects(clang::ASTContext &Ctx, Places &All,
             const llvm::DenseSet<const clang::RecordDecl *> &Structures)
      : Ctx(Ctx), All(All), Structures(Structures) {}

  /// Number of the creation by \p Call in a chain of calls.
  unsigned site(const clang::Expr *Call, unsigned Frame);
  /// Records an object; its variant at the site.
  int add(unsigned Site, WdfObject O, FlowValue Setup);
  void deviceOfSetup(FlowValue Setup, FlowValue Device);
  /// Remembers that a member (of whatever object) or global holds \p V.
  void noteHolder(PlaceId P, FlowValue V);
  FlowValue holderOf(PlaceId P) const;
  /// Handle that the first parameter of a registered callback is.
  FlowValue firstParameter(const clang::FunctionDecl *FD) const;
  void noteCallbacks(
      const ObjectContract &C, FlowValue Self, FlowValue Setup,
      const std::vector<std::pair<std::string, const clang::FunctionDecl *>>
          &Functions);
  void noteUse(const clang::Expr *Call, FlowValue First);
  const WdfObject *object(FlowValue Handle) const;

  /// Forgets the objects but not what is known of holders and callbacks.
  void nextRound();
  WdfFlowResult finish();

  ConfigValue toConfig(const FlowValue &V, clang::QualType T) const;

private:
  struct SiteInfo {
    const clang::Expr *Call;
    /// Of this round, and of the one before for code that runs earlier in it.
    std::vector<WdfObject> Variants, Old;
    std::vector<FlowValue> Setups;
  };
  clang::ASTContext &Ctx;
  Places &All;
  const llvm::DenseSet<const clang::RecordDecl *> &Structures;
  std::vector<SiteInfo> Sites;
  std::map<std::pair<const clang::Expr *, unsigned>, unsigned> SiteIds;
  std::map<const clang::ValueDecl *, std::set<int>> Holders;
  std::map<unsigned, std::set<unsigned>> Devices, OldDevices;
  std::map<const clang::FunctionDecl *, std::set<int>> First;
  llvm::DenseMap<const clang::Expr *, std::set<int>> Uses;

  const clang::ValueDecl *holderDecl(PlaceId P) const;
  std::string handleTypeAt(PlaceId P) const;
  int flatten(const ConfigValue &V, const std::vector<int> &Offset) const;
};

class WdfInterpreter {
public:
  WdfInterpreter(clang::ASTContext &Ctx, const UnitIndex &Index, Places &All,
                 WdfObjects &Objects,
                 const llvm::DenseSet<const clang::FunctionDecl *> &Relevant)
      : Ctx(Ctx), Index(Index), All(All), Objects(Objects), Relevant(Relevant) {
  }

  /// Runs \p FD as the system or an unknown caller does.
  void runRoot(const clang::FunctionDecl *FD, std::string Role);

private:
  using Env = llvm::DenseMap<const clang::Stmt *, FlowValue>;
  struct State {
    Store Memory;
    Env Values;
  };
  struct Exit {
    Store Memory;
    FlowValue Result;
  };
  struct Frame {
    const clang::FunctionDecl *FD;
    unsigned Number;
    const Frame *Caller;
  };

  clang::ASTContext &Ctx;
  const UnitIndex &Index;
  Places &All;
  WdfObjects &Objects;
  const llvm::DenseSet<const clang::FunctionDecl *> &Relevant;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<clang::CFG>>
      Graphs;
  std::map<std::pair<unsigned, const clang::Expr *>, unsigned> FrameNumbers;
  std::string RootRole;
  unsigned Steps = 0;

  const clang::CFG *graphOf(const clang::FunctionDecl *FD);
  std::vector<Exit> run(const Frame &F, Store Memory);
  void evaluate(const clang::Stmt *S, State &St, const Frame &F,
                std::vector<State> &More);
  FlowValue get(const clang::Expr *E, State &St, const Frame &F);
  FlowValue compute(const clang::Expr *E, State &St, const Frame &F);
  PlaceId place(const clang::Expr *E, State &St, const Frame &F);
  FlowValue load(PlaceId P, clang::QualType T, const State &St);
  void store(PlaceId P, FlowValue V, State &St, const clang::Expr *At);
  void assign(PlaceId P, const clang::Expr *Value, State &St, const Frame &F);
  void call(const clang::Expr *E, const clang::FunctionDecl *FD,
            llvm::ArrayRef<const clang::Expr *> Args, State &St, const Frame &F,
            std::vector<State> &More);
  bool inlineCall(const clang::Expr *E, const clang::FunctionDecl *FD,
                  llvm::ArrayRef<const clang::Expr *> Args, State &St,
                  const Frame &F, std::vector<State> &More);
  void opaque(const clang::Expr *E, const clang::FunctionDecl *FD,
              llvm::ArrayRef<const clang::Expr *> Args, State &St,
              const Frame &F);
  FlowValue setup(const SetupContract &C, const clang::Expr *E,
                  llvm::ArrayRef<const clang::Expr *> Args, State &St,
                  const Frame &F);
  void create(const ObjectContract &C, const clang::Expr *E,
              llvm::ArrayRef<const clang::Expr *> Args, State &St,
              const Frame &F);
  FlowValue argument(const ValueRef &R,
                     llvm::ArrayRef<const clang::Expr *> Args, State &St,
                     const Frame &F);
  void readStructure(
      FlowValue Address, clang::QualType T, State &St,
      std::map<std::string, ConfigValue> &Into,
      std::vector<std::pair<std::string, const clang::FunctionDecl *>> *Fns);
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_WDFINTERPRETER_H
