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
#include "Report/UnitJson.h"
#include <map>

using namespace llvm;
using namespace irqlint;

/// A second look tells more about what a unit calls, and that may call for a
/// third; real drivers need two.
static constexpr unsigned MaxRounds = 3;
/// Other units that are parsed along with one.
static constexpr size_t MaxOthers = 24;

LinkPass::LinkPass(const Plan &P, std::vector<std::optional<UnitJob>> &Done,
                   const std::vector<bool> &Settled, const RuleSet &Rules)
    : Units(P.Units), Done(Done), Whole(linkedUnits(P)),
      SeatsOf(P.Units.size(), 1), Rules(Rules), Truncated(P.Units.size()) {
  llvm::erase_if(Whole,
                 [&](const LinkedUnits &L) { return Settled[L.Own.front()]; });
  // One seat per unit, in the same order.
  std::map<std::pair<std::string, std::string>, size_t> Index;
  for (size_t I = 0; I < Units.size(); ++I) {
    Seats.push_back({I, {}, {}, {}});
    if (Settled[I])
      continue;
    auto [It, New] = Index.try_emplace({Units[I].ProjectFile, Units[I].Config},
                                       Drivers.size());
    if (New)
      Drivers.emplace_back();
    Drivers[It->second].Seats.push_back(I);
  }
  for (Driver &D : Drivers) {
    D.Own = D.Seats.size();
    if (D.Seats.size() > 1)
      shareObjects(D);
  }
}

/// False if no driver has a library, or they have been seated before.
bool LinkPass::seatWithLibraries() {
  std::vector<LinkedUnits> All;
  std::swap(All, Whole);
  if (none_of(All, [](const LinkedUnits &L) { return !L.Libraries.empty(); }))
    return false;
  Drivers.clear();
  SeatsOf.assign(Units.size(), 0);
  std::set<size_t> Taken; // of the seats that there are
  for (const LinkedUnits &L : All) {
    Taken.insert(L.Own.begin(), L.Own.end());
    for (const auto *List : {&L.Own, &L.Libraries})
      for (size_t I : *List)
        ++SeatsOf[I];
  }
  for (const LinkedUnits &L : All) {
    Driver D;
    D.Own = L.Own.size();
    D.Seats = L.Own;
    for (size_t I : L.Libraries) {
      if (Taken.insert(I).second) {
        D.Seats.push_back(I);
        continue;
      }
      D.Seats.push_back(Seats.size());
      Seat Another = Seats[I]; // nothing has been said with a library yet
      Seats.push_back(std::move(Another));
    }
    Drivers.push_back(std::move(D));
  }
  for (const Driver &D : Drivers)
    if (D.Own != D.Seats.size())
      shareObjects(D);
  Round = 0;
  return true;
}

/// Which units learn something from the framework objects of the others: what
/// theirs inherit, or how functions of theirs are called.
void LinkPass::shareObjects(const Driver &Driver) {
  std::vector<size_t> D; // units
  for (size_t I : Driver.Seats)
    D.push_back(Seats[I].Unit);
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
    Seat &S = Seats[Driver.Seats[K]];
    if (!Tells || toJSON(S.Objects) == toJSON(Others))
      continue;
    S.Objects = std::move(Others);
    S.NewObjects = true;
  }
}

DriverFacts LinkPass::factsOf(const Driver &D) const {
  static const LinkFacts None;
  std::vector<const LinkFacts *> Out;
  for (size_t I : D.Seats) {
    const std::optional<UnitJob> &Job = jobOf(Seats[I]);
    Out.push_back(Job ? &Job->Link : &None);
  }
  return DriverFacts(std::move(Out), D.Own);
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
  do {
    std::vector<LinkTask> Tasks;
    if (++Round <= MaxRounds)
      Tasks = tasks();
    if (!Tasks.empty())
      return Tasks;
  } while (seatWithLibraries());
  return {};
}

std::vector<LinkTask> LinkPass::tasks() {
  std::vector<LinkTask> Tasks;
  std::map<std::pair<size_t, std::string>, size_t> Same;
  for (const Driver &D : Drivers) {
    if (D.Seats.size() < 2)
      continue;
    DriverFacts Facts = factsOf(D);
    std::vector<LinkRequest> Requests = planLink(Facts);
    std::vector<std::vector<LinkFunction>> Known = linkFunctions(Facts);
    std::map<size_t, const std::vector<LinkFunction> *> KnownOf;
    // What changes something for its callers is known to all, also where it is
    // too large to be brought in.
    std::vector<LinkFunction> Changing;
    for (size_t K = 0; K < D.Seats.size(); ++K) {
      KnownOf[Seats[D.Seats[K]].Unit] = &Known[K];
      llvm::copy_if(Known[K], std::back_inserter(Changing),
                    [](const LinkFunction &F) {
                      return F.External && F.Changes && !F.Unusable;
                    });
    }
    for (size_t K = 0; K < D.Seats.size(); ++K) {
      Seat &S = Seats[D.Seats[K]];
      LinkRequest R = std::move(Requests[K]);
      for (auto &I : R.Imports)
        I.first = Seats[D.Seats[I.first]].Unit;
      LinkRequest &Had = S.Asked;
      LinkTask T;
      T.Unit = S.Unit;
      // A function is looked at again if there is more to look at it with. One
      // that was too much with less is too much with more.
      std::set<std::string> TooMuch;
      if (const std::optional<UnitJob> &Job = jobOf(S))
        for (const FunctionRecord &F : Job->Result.Functions)
          if (F.FileAlone)
            TooMuch.insert(F.Name);
      for (auto &[Usr, With] : R.Again) {
        StringRef Name = Usr;
        if (Name.consume_front("c:@F@") &&
            TooMuch.count(Name.split('#').first.str()))
          continue;
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
      Truncated[S.Unit] += limitOthers(R, MaxOthers);
      if (!jobOf(S) ||
          (T.Look.Again.empty() && (Round > 1 || S.Objects.Objects.empty())))
        continue;
      Had.Imports = R.Imports;
      Had.Roles = R.Roles;
      T.Look.Roles = R.Roles;
      T.Look.Objects = S.Objects;
      T.Look.Known = Known[K];
      std::map<size_t, std::vector<std::string>> ByUnit;
      for (const auto &[Unit, Usr] : R.Imports)
        ByUnit[Unit].push_back(Usr);
      for (auto &[Unit, Usrs] : ByUnit) {
        llvm::append_range(T.Look.Known, *KnownOf[Unit]);
        T.Look.Imports.push_back({Units[Unit], std::move(Usrs)});
      }
      llvm::append_range(T.Look.Known, Changing);
      T.Key = printJson(toJSON(T.Look));
      // Drivers often say the same of a unit of their library.
      auto [It, New] = Same.try_emplace({T.Unit, T.Key}, Tasks.size());
      if (New)
        Tasks.push_back(std::move(T));
      Tasks[It->second].Seats.push_back(D.Seats[K]);
    }
  }
  return Tasks;
}

/// What \p F says rests on something that did not happen before, and may have
/// happened in code that was not looked into.
static bool restsOnAbsence(const Finding &F) {
  static const StringRef Checks[] = {"release-not-held", "lock-not-held",
                                     "region-unbalanced", "apcs-not-disabled"};
  return llvm::is_contained(Checks, F.Check);
}

/// The path of \p F leads into other units than that of \p File.
static bool leadsElsewhere(const Finding &F, StringRef File) {
  return llvm::any_of(F.Path, [&](const PathStep &S) {
    StringRef In = S.Pos.File;
    return In != File && !In.ends_with_insensitive(".h") &&
           !In.ends_with_insensitive(".hpp") && !In.empty();
  });
}

/// A second look goes into the functions only for which there is more to say.
static void addFirstLook(UnitJob &Second, UnitJob First) {
  UnitResult &R = Second.Result, &Old = First.Result;
  std::set<std::string> Untouched(Second.Untouched.begin(),
                                  Second.Untouched.end());
  // Where the second look was too much, the first one stands, too.
  std::set<std::string> GivenUp;
  for (const FunctionRecord &F : R.Functions)
    if (F.Relevant && !F.ExploredFully)
      GivenUp.insert(F.Name);
  llvm::erase_if(R.Findings,
                 [&](const Finding &F) { return GivenUp.count(F.Entry); });
  Untouched.insert(GivenUp.begin(), GivenUp.end());
  // Configurations and times are judged each time. What lies in a function that
  // others look into now is told as it was told of the function itself.
  std::vector<Finding> Kept;
  for (Finding &F : Old.Findings) {
    if (!Untouched.count(F.Entry))
      continue;
    // (That there is more to know of the others, and too much, is known now.)
    if (GivenUp.count(F.Entry) && restsOnAbsence(F) &&
        leadsElsewhere(F, R.File))
      F.Sure = Certainty::Possible;
    auto Same = llvm::find_if(R.Findings, [&](const Finding &G) {
      return G.Check == F.Check && G.Pos == F.Pos;
    });
    if (Same == R.Findings.end())
      Kept.push_back(std::move(F));
    else if (Same->Entry != F.Entry)
      *Same = std::move(F);
  }
  std::move(Kept.begin(), Kept.end(), std::back_inserter(R.Findings));
  for (FunctionRecord &F : R.Functions)
    if (Untouched.count(F.Name))
      for (const FunctionRecord &O : Old.Functions)
        if (O.Name == F.Name && O.Pos == F.Pos) {
          F = O;
          F.FileAlone |= GivenUp.count(F.Name) != 0;
        }
  R.PeakMb = std::max(R.PeakMb, Old.PeakMb);
  R.ParseSeconds += Old.ParseSeconds;
  R.AnalysisSeconds += Old.AnalysisSeconds;
  // What it does where nothing is new.
  auto Add = [](auto &To, auto &From) {
    for (auto &E : From)
      if (!llvm::is_contained(To, E))
        To.push_back(std::move(E));
  };
  Add(Second.NotBrought, First.NotBrought);
  Add(Second.Link.Order, First.Link.Order);
  Second.Link.Data.merge(First.Link.Data);
  for (LinkUse &U : First.Link.Uses) {
    if (llvm::none_of(Second.Link.Uses, [&](const LinkUse &S) {
          return S.Usr == U.Usr && S.Caller == U.Caller;
        }))
      Second.Link.Uses.push_back(std::move(U));
  }
}

void LinkPass::take(const LinkTask &T, UnitJob Job) {
  for (size_t I : T.Seats) {
    Seat &S = Seats[I];
    if (SeatsOf[S.Unit] == 1) {
      addFirstLook(Job, std::move(*Done[S.Unit]));
      Done[S.Unit] = std::move(Job);
      return;
    }
    UnitJob First = *jobOf(S), Second = Job;
    addFirstLook(Second, std::move(First));
    S.Job = std::move(Second);
  }
}

/// What is wrong with one of its drivers is wrong.
void LinkPass::mergeSeats() {
  std::map<size_t, std::vector<Seat *>> Shared;
  for (Seat &S : Seats)
    if (SeatsOf[S.Unit] > 1)
      Shared[S.Unit].push_back(&S);
  for (auto &[Unit, Of] : Shared) {
    if (none_of(Of, [](const Seat *S) { return S->Job.has_value(); }))
      continue;
    UnitJob All = *jobOf(*Of.front());
    for (const Seat *S : ArrayRef(Of).drop_front()) {
      const UnitResult &R = jobOf(*S)->Result;
      for (const ImportFailure &F : jobOf(*S)->NotBrought)
        All.NotBrought.push_back(F);
      for (const Finding &F : R.Findings)
        if (none_of(All.Result.Findings, [&](const Finding &G) {
              return G.Check == F.Check && G.Pos == F.Pos && G.Sure <= F.Sure;
            }))
          All.Result.Findings.push_back(F);
      for (const FunctionRecord &F : R.Functions)
        for (FunctionRecord &G : All.Result.Functions)
          if (F.FileAlone && F.Name == G.Name && F.Pos == G.Pos)
            G.FileAlone = true;
    }
    Done[Unit] = std::move(All);
  }
}

void LinkPass::conclude(const std::set<std::string> &Checks) {
  std::vector<std::vector<Finding>> Order, Data;
  for (const Driver &D : Drivers) {
    DriverFacts Facts = factsOf(D);
    std::vector<LockOrderEdge> Edges = linkOrder(Facts);
    std::vector<const SharedData *> Shared;
    for (const LinkFacts *F : Facts.Units) {
      Edges.insert(Edges.end(), F->Order.begin(), F->Order.end());
      Shared.push_back(&F->Data);
    }
    Order.push_back(lockOrderFindings(std::move(Edges)));
    Data.push_back(sharedDataFindings(Shared));
  }
  mergeSeats();
  for (auto *Found : {&Order, &Data})
    for (size_t I = 0; I < Drivers.size(); ++I)
      place(Drivers[I], std::move((*Found)[I]), Checks);
}

/// Lists each finding at the unit of the driver in whose file it is.
void LinkPass::place(const Driver &D, std::vector<Finding> Found,
                     const std::set<std::string> &Checks) {
  for (Finding &F : Found) {
    size_t At = Seats[D.Seats.front()].Unit;
    for (size_t I : D.Seats)
      if (Units[Seats[I].Unit].File == F.Pos.File)
        At = Seats[I].Unit;
    if (Checks.count(F.Check) && Done[At])
      Done[At]->Result.Findings.push_back(std::move(F));
  }
}
