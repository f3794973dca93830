//===- LinkFacts.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model/LinkFacts.h"
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

using namespace irqlint;

bool LinkFunction::operator==(const LinkFunction &O) const {
  auto All = [](const LinkFunction &F) {
    return std::tie(F.Usr, F.External, F.Known, F.Cost, F.HasRole, F.Changes,
                    F.Blurs, F.Unusable, F.MinHi, F.MaxLo, F.Completes,
                    F.Awaits, F.Touches, F.TouchesExclusive, F.Destroys,
                    F.TouchesUnknown, F.Takes, F.Calls);
  };
  return All(*this) == All(O);
}

bool LinkUse::operator==(const LinkUse &O) const {
  auto All = [](const LinkUse &U) {
    return std::tie(U.Usr, U.Caller, U.HighestLo, U.LowestHi, U.Held,
                    U.HeldUnknown, U.Spinning);
  };
  return All(*this) == All(O);
}

/// In nodes of its exploration.
static constexpr unsigned MaxCost = 4000;

namespace {

/// A definition and everything that is reached from it in all units.
struct Node {
  size_t Unit;
  LinkFunction Whole;
};

class Planner {
public:
  explicit Planner(const DriverFacts &D) : Units(D.Units) {
    for (size_t I = 0; I < Units.size(); ++I)
      for (const LinkFunction &F : Units[I]->Functions) {
        if (!F.External)
          continue;
        auto [It, New] = Nodes.try_emplace(F.Usr, Node{I, F});
        // Two definitions of one name: nobody can tell which is meant.
        bool Replaced = I >= D.Own && It->second.Unit < D.Own;
        if (!New && !Replaced && !(It->second.Whole == F))
          Ambiguous.insert(F.Usr);
      }
    for (const std::string &Usr : Ambiguous)
      Nodes.erase(Usr);
    close();
  }

  LinkRequest request(size_t Unit) const {
    LinkRequest R;
    std::set<std::pair<size_t, std::string>> All;
    std::map<std::string, const LinkFunction *> Own;
    for (const LinkFunction &F : Units[Unit]->Functions)
      Own[F.Usr] = &F;
    for (const LinkUse &U : Units[Unit]->Uses) {
      std::set<std::pair<size_t, std::string>> Imports;
      std::set<std::string> Again;
      if (auto I = Own.find(U.Usr); I != Own.end()) {
        // What it leads to in other units may matter where it does not by
        // itself.
        if (matters(U, *I->second) || !matters(U, closed(*I->second)))
          continue;
        for (const std::string &Callee : I->second->Calls)
          if (const Node *C = find(Callee); C && matters(U, C->Whole))
            bringIn(Unit, *C, U, Imports, Again);
      } else if (const Node *N = find(U.Usr);
                 N && N->Unit != Unit && matters(U, N->Whole)) {
        bringIn(Unit, *N, U, Imports, Again);
      }
      // What changes something and is not brought in is known to do so.
      if (const Node *N = Own.count(U.Usr) ? nullptr : find(U.Usr);
          N && N->Unit != Unit && N->Whole.Changes && Imports.empty())
        Again.insert("~" + U.Usr);
      for (const auto &I : Imports)
        Again.insert(I.second);
      if (!Again.empty())
        R.Again[U.Caller].insert(Again.begin(), Again.end());
      All.insert(Imports.begin(), Imports.end());
    }
    R.Imports.assign(All.begin(), All.end());
    std::set<LinkRegistration> Roles;
    for (const LinkFacts *Other : Units)
      for (const LinkRegistration &Reg : Other->Registrations) {
        const Node *N = find(Reg.Usr);
        if (N && N->Unit == Unit && !N->Whole.HasRole &&
            Roles.insert(Reg).second)
          R.Again[Reg.Usr].insert("=" + Reg.Role);
      }
    R.Roles.assign(Roles.begin(), Roles.end());
    return R;
  }

  /// \p F and what it leads to.
  LinkFunction closed(LinkFunction F) const {
    for (const std::string &Callee : std::vector<std::string>(F.Calls))
      if (const Node *C = find(Callee); C && !C->Whole.Unusable)
        take(F, C->Whole);
    return F;
  }

  std::vector<LockOrderEdge> order() const {
    std::vector<LockOrderEdge> Out;
    for (size_t I = 0; I < Units.size(); ++I)
      for (const LinkUse &U : Units[I]->Uses) {
        const LinkFunction *Own = nullptr;
        for (const LinkFunction &F : Units[I]->Functions)
          if (F.Usr == U.Usr)
            Own = &F;
        const Node *N = find(U.Usr);
        if ((!Own && !N) || (Own ? Own : &N->Whole)->Unusable)
          continue;
        LinkFunction Whole = Own ? closed(*Own) : N->Whole;
        auto IsHeld = [&](const LockTake &To) {
          return std::any_of(
              U.Held.begin(), U.Held.end(),
              [&](const LockTake &H) { return H.Key == To.Key; });
        };
        for (const LockTake &From : U.Held)
          for (const LockTake &To : Whole.Takes) {
            // One that the function gives up or takes again is followed where
            // the function is looked into.
            if (IsHeld(To) || std::binary_search(Whole.Touches.begin(),
                                                 Whole.Touches.end(), From.Key))
              continue;
            if (Own && std::find(Own->Takes.begin(), Own->Takes.end(), To) !=
                           Own->Takes.end())
              continue; // an edge of the unit itself
            LockOrderEdge E;
            E.From = From;
            E.To = To;
            for (const LockTake &H : U.Held)
              E.Held.push_back(H.Key);
            E.Function = U.Function;
            E.Call = U.Call;
            if (From.Key != To.Key)
              Out.push_back(std::move(E));
          }
      }
    return Out;
  }

private:
  const std::vector<const LinkFacts *> &Units;
  std::map<std::string, Node> Nodes;
  std::set<std::string> Ambiguous;

  const Node *find(const std::string &Usr) const {
    auto I = Nodes.find(Usr);
    return I == Nodes.end() ? nullptr : &I->second;
  }

  /// What is known of a function holds for what calls it. Only whether that
  /// changes anything for its callers must be found out by looking: in the
  /// next round.
  void close() {
    for (bool Again = true; Again;) {
      Again = false;
      for (auto &[Usr, N] : Nodes) {
        LinkFunction New = N.Whole;
        for (const std::string &Callee : N.Whole.Calls) {
          const Node *C = find(Callee);
          if (!C || C->Whole.Unusable)
            continue;
          take(New, C->Whole);
        }
        if (!(New == N.Whole)) {
          N.Whole = std::move(New);
          Again = true;
        }
      }
    }
  }

  /// Adds to \p New what a call of \p W means.
  static void take(LinkFunction &New, const LinkFunction &W) {
    New.MinHi = std::min(New.MinHi, W.MinHi);
    New.MaxLo = std::max(New.MaxLo, W.MaxLo);
    New.Completes |= W.Completes;
    New.Awaits |= W.Awaits;
    New.TouchesUnknown |= W.TouchesUnknown;
    add(New.Touches, W.Touches);
    add(New.TouchesExclusive, W.TouchesExclusive);
    add(New.Destroys, W.Destroys);
    for (const LockTake &T : W.Takes)
      if (std::none_of(New.Takes.begin(), New.Takes.end(),
                       [&](const LockTake &K) { return K.Key == T.Key; }))
        New.Takes.push_back(T);
  }

  /// Both sorted.
  static void add(std::vector<std::string> &To,
                  const std::vector<std::string> &From) {
    std::vector<std::string> All;
    std::set_union(To.begin(), To.end(), From.begin(), From.end(),
                   std::back_inserter(All));
    To = std::move(All);
  }

  static bool matters(const LinkUse &U, const LinkFunction &F) {
    if (F.Unusable)
      return false;
    // What changes the state for its callers is small; a large function that
    // seems to is one that was not understood.
    if ((F.Changes && F.Cost <= MaxCost) || U.HighestLo > F.MinHi ||
        U.LowestHi < F.MaxLo || (U.Spinning && F.Completes) ||
        (U.HeldUnknown && F.TouchesUnknown))
      return true;
    if (!U.Held.empty() && F.TouchesUnknown)
      return true;
    auto Has = [](const std::vector<std::string> &Sorted,
                  const std::string &Key) {
      return std::binary_search(Sorted.begin(), Sorted.end(), Key);
    };
    return std::any_of(U.Held.begin(), U.Held.end(), [&](const LockTake &L) {
      if (Has(F.Destroys, L.Key))
        return true;
      if (L.Recursive)
        return L.Shared && Has(F.TouchesExclusive, L.Key);
      return Has(F.Touches, L.Key);
    });
  }

  /// \p N, and what it calls in turn if that could mean something, too.
  /// \p Again: what changes something, and is too large for that.
  void bringIn(size_t Unit, const Node &N, const LinkUse &Why,
               std::set<std::pair<size_t, std::string>> &Imports,
               std::set<std::string> &Again) const {
    if (N.Unit == Unit || !Imports.insert({N.Unit, N.Whole.Usr}).second)
      return;
    for (const std::string &Callee : N.Whole.Calls)
      if (const Node *C = find(Callee); C && matters(Why, C->Whole))
        bringIn(Unit, *C, Why, Imports, Again);
      else if (C && C->Whole.Changes && !C->Whole.Unusable)
        Again.insert("~" + Callee);
  }
};

} // namespace

std::vector<LockOrderEdge> irqlint::linkOrder(const DriverFacts &D) {
  return Planner(D).order();
}

std::vector<LinkRequest> irqlint::planLink(const DriverFacts &D) {
  Planner P(D);
  std::vector<LinkRequest> Out;
  for (size_t I = 0; I < D.Units.size(); ++I)
    Out.push_back(P.request(I));
  return Out;
}

std::vector<std::vector<LinkFunction>>
irqlint::linkFunctions(const DriverFacts &D) {
  Planner P(D);
  std::vector<std::vector<LinkFunction>> Out;
  for (const LinkFacts *U : D.Units) {
    Out.emplace_back();
    for (const LinkFunction &F : U->Functions)
      Out.back().push_back(P.closed(F));
  }
  return Out;
}
