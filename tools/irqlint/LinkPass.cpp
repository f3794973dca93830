//===- LinkPass.cpp - The units of a driver, seen together ----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinkPass.h"
#include "Engine/WdfRules.h"
#include "Report/Json.h"
#include "Report/LinkJson.h"
#include <map>

using namespace llvm;
using namespace irqlint;

/// A second look tells more about what a unit calls, and that may call for a
/// third; real drivers need two.
static constexpr unsigned MaxRounds = 3;
/// Other units that are parsed along with one.
static constexpr size_t MaxOthers = 24;

LinkPass::LinkPass(const std::vector<UnitPlan> &Units,
                   const std::vector<std::optional<UnitJob>> &Done,
                   const RuleSet &Rules)
    : Units(Units), Done(Done), Asked(Units.size()), Objects(Units.size()) {
  std::map<std::pair<std::string, std::string>, size_t> Index;
  for (size_t I = 0; I < Units.size(); ++I) {
    auto [It, New] = Index.try_emplace({Units[I].ProjectFile, Units[I].Config},
                                       Drivers.size());
    if (New)
      Drivers.emplace_back();
    Drivers[It->second].push_back(I);
  }
  for (const std::vector<size_t> &D : Drivers)
    if (D.size() > 1)
      shareObjects(D, Rules);
}

/// Which units learn something from the framework objects of the others: what
/// theirs inherit, or how functions of theirs are called.
void LinkPass::shareObjects(const std::vector<size_t> &D,
                            const RuleSet &Rules) {
  // (A function that its own unit has is not one of another.)
  auto Defines = [&](size_t I, StringRef Name) {
    std::string Usr = ("c:@F@" + Name).str();
    return any_of(Done[I]->Link.Functions, [&](const LinkFunction &F) {
      StringRef U = F.Usr;
      return F.External && U.consume_front(Usr) &&
             (U.empty() || U.front() == '#');
    });
  };
  std::vector<WdfFacts> Offered(D.size());
  for (size_t K = 0; K < D.size(); ++K) {
    if (!Done[D[K]])
      return; // not all objects are known
    Offered[K] = Done[D[K]]->Result.Objects;
    for (WdfObject &O : Offered[K].Objects)
      for (auto &E : O.Config)
        if (E.second.K == ConfigValue::Function &&
            (Defines(D[K], E.second.Text) || !E.second.Num))
          E.second = ConfigValue();
  }
  for (size_t K = 0; K < D.size(); ++K) {
    std::vector<const WdfFacts *> Rest;
    for (size_t J = 0; J < D.size(); ++J)
      if (J != K && !Offered[J].Objects.empty())
        Rest.push_back(&Offered[J]);
    if (Rest.empty())
      continue;
    WdfFacts Others = foreignObjects(Rest);
    WdfFacts Alone = Done[D[K]]->Result.Objects;
    concludeConfiguration(Alone, Rules);
    WdfFacts All = Alone;
    joinObjects(All, Others);
    concludeConfiguration(All, Rules);
    bool Tells = false;
    for (size_t I = 0; I < All.Objects.size() && !Tells; ++I) {
      const WdfObject &O = All.Objects[I];
      if (I >= Alone.Objects.size()) {
        for (const WdfCallback &C : O.Callbacks)
          Tells |= Defines(D[K], C.Function);
        continue;
      }
      const WdfObject &Was = Alone.Objects[I];
      Tells = !(O.Callbacks == Was.Callbacks) ||
              O.Level.From != Was.Level.From || O.Scope.From != Was.Scope.From;
    }
    if (Tells)
      Objects[D[K]] = std::move(Others);
  }
}

std::vector<const LinkFacts *>
LinkPass::factsOf(const std::vector<size_t> &D) const {
  static const LinkFacts None;
  std::vector<const LinkFacts *> Out;
  for (size_t I : D)
    Out.push_back(Done[I] ? &Done[I]->Link : &None);
  return Out;
}

/// \p R without what only \p Limit units more could give.
static unsigned limitOthers(LinkRequest &R, size_t Limit) {
  std::map<size_t, size_t> Count;
  for (const auto &I : R.Imports)
    ++Count[I.first];
  if (Count.size() <= Limit)
    return 0;
  // Those that give most stay; by number, so that it is always the same.
  std::vector<std::pair<size_t, size_t>> Order;
  for (auto [Unit, N] : Count)
    Order.push_back({~N, Unit});
  llvm::sort(Order);
  std::set<size_t> Keep;
  for (size_t I = 0; I < Limit; ++I)
    Keep.insert(Order[I].second);
  llvm::erase_if(R.Imports,
                 [&](const auto &I) { return !Keep.count(I.first); });
  return 1;
}

std::vector<LinkTask> LinkPass::nextRound() {
  std::vector<LinkTask> Tasks;
  if (++Round > MaxRounds)
    return Tasks;
  for (const std::vector<size_t> &D : Drivers) {
    if (D.size() < 2)
      continue;
    std::vector<const LinkFacts *> Facts = factsOf(D);
    std::vector<LinkRequest> Requests = planLink(Facts);
    std::vector<std::vector<LinkFunction>> Known = linkFunctions(Facts);
    std::map<size_t, const std::vector<LinkFunction> *> KnownOf;
    for (size_t K = 0; K < D.size(); ++K)
      KnownOf[D[K]] = &Known[K];
    for (size_t K = 0; K < D.size(); ++K) {
      LinkRequest R = std::move(Requests[K]);
      for (auto &I : R.Imports)
        I.first = D[I.first];
      LinkRequest &Had = Asked[D[K]];
      LinkTask T;
      T.Unit = D[K];
      // A function is looked at again if there is more to look at it with.
      for (auto &[Usr, With] : R.Again) {
        std::set<std::string> &Before = Had.Again[Usr];
        if (std::includes(Before.begin(), Before.end(), With.begin(),
                          With.end()))
          continue;
        Before.insert(With.begin(), With.end());
        T.Look.Again.push_back(Usr);
      }
      // What a unit had, it keeps: rounds can only add.
      llvm::append_range(R.Imports, Had.Imports);
      llvm::sort(R.Imports);
      R.Imports.erase(llvm::unique(R.Imports), R.Imports.end());
      llvm::append_range(R.Roles, Had.Roles);
      llvm::sort(R.Roles);
      R.Roles.erase(llvm::unique(R.Roles), R.Roles.end());
      Truncated += limitOthers(R, MaxOthers);
      const WdfFacts &Others = Objects[D[K]];
      if (!Done[D[K]] ||
          (T.Look.Again.empty() && (Round > 1 || Others.Objects.empty())))
        continue;
      Had.Imports = R.Imports;
      Had.Roles = R.Roles;
      T.Look.Roles = R.Roles;
      T.Look.Objects = Others;
      T.Look.Known = Known[K];
      std::map<size_t, std::vector<std::string>> ByUnit;
      for (const auto &[Unit, Usr] : R.Imports)
        ByUnit[Unit].push_back(Usr);
      for (auto &[Unit, Usrs] : ByUnit) {
        llvm::append_range(T.Look.Known, *KnownOf[Unit]);
        T.Look.Imports.push_back({Units[Unit], std::move(Usrs)});
      }
      T.Key = printJson(toJSON(T.Look));
      Tasks.push_back(std::move(T));
    }
  }
  return Tasks;
}

std::vector<std::pair<size_t, Finding>> LinkPass::lockOrder() const {
  std::vector<std::pair<size_t, Finding>> Out;
  for (const std::vector<size_t> &D : Drivers) {
    std::vector<const LinkFacts *> Facts = factsOf(D);
    std::vector<LockOrderEdge> Edges = linkOrder(Facts);
    for (const LinkFacts *F : Facts)
      Edges.insert(Edges.end(), F->Order.begin(), F->Order.end());
    place(D, lockOrderFindings(std::move(Edges)), Out);
  }
  return Out;
}

std::vector<std::pair<size_t, Finding>> LinkPass::sharedData() const {
  std::vector<std::pair<size_t, Finding>> Out;
  for (const std::vector<size_t> &D : Drivers) {
    std::vector<const SharedData *> Data;
    for (const LinkFacts *F : factsOf(D))
      Data.push_back(&F->Data);
    place(D, sharedDataFindings(Data), Out);
  }
  return Out;
}

/// Lists each finding at the unit of the driver in whose file it is.
void LinkPass::place(const std::vector<size_t> &D, std::vector<Finding> Found,
                     std::vector<std::pair<size_t, Finding>> &Out) const {
  for (Finding &F : Found) {
    size_t At = D.front();
    for (size_t I : D)
      if (Units[I].File == F.Pos.File)
        At = I;
    Out.push_back({At, std::move(F)});
  }
}
