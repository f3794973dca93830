//===- LockOrder.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model/LockOrder.h"
#include <algorithm>
#include <deque>
#include <map>
#include <set>

using namespace irqlint;

namespace {

using Pair = std::pair<std::string, std::string>;
/// Between two classes, in order of place.
using EdgeMap = std::map<Pair, std::vector<const LockOrderEdge *>>;
using Circle = std::vector<const LockOrderEdge *>;

/// How many acquisitions of one pair of classes are tried against each other.
constexpr size_t MaxTried = 16;

class Finder {
public:
  explicit Finder(const std::vector<LockOrderEdge> &Edges) {
    for (const LockOrderEdge &E : Edges) {
      if (E.From.Key == E.To.Key)
        continue; // two objects of one class: nothing is known of their order
      std::vector<const LockOrderEdge *> &L = ByPair[{E.From.Key, E.To.Key}];
      if (L.size() < MaxTried)
        L.push_back(&E);
      Next[E.From.Key].insert(E.To.Key);
    }
  }

  std::vector<Finding> run() {
    std::vector<Finding> Out;
    std::set<Pair> Told;
    for (const auto &[P, Edges] : ByPair) {
      if (Told.count(P))
        continue;
      std::vector<std::string> Way = shortest(P.second, P.first);
      if (Way.empty())
        continue;
      // From -> To -> ... -> From
      std::vector<const std::vector<const LockOrderEdge *> *> Choices{&Edges};
      std::vector<Pair> Pairs{P};
      for (size_t I = 0; I + 1 < Way.size(); ++I) {
        Pairs.push_back({Way[I], Way[I + 1]});
        Choices.push_back(&ByPair.at(Pairs.back()));
      }
      Circle C;
      if (!choose(Choices, C))
        continue;
      Told.insert(Pairs.begin(), Pairs.end());
      Out.push_back(describe(std::move(C)));
    }
    return Out;
  }

private:
  EdgeMap ByPair;
  std::map<std::string, std::set<std::string>> Next;

  /// Classes on a shortest way, both ends included; empty when there is none.
  std::vector<std::string> shortest(const std::string &From,
                                    const std::string &To) const {
    std::map<std::string, std::string> Before;
    std::deque<std::string> Queue{From};
    Before[From] = "";
    while (!Queue.empty()) {
      std::string N = Queue.front();
      Queue.pop_front();
      if (N == To) {
        std::vector<std::string> Way;
        for (std::string W = N; !W.empty(); W = Before[W])
          Way.push_back(W);
        std::reverse(Way.begin(), Way.end());
        return Way;
      }
      auto I = Next.find(N);
      if (I == Next.end())
        continue;
      for (const std::string &S : I->second)
        if (Before.try_emplace(S, N).second)
          Queue.push_back(S);
    }
    return {};
  }

  /// One edge of each, such that no further lock keeps them apart.
  static bool
  choose(const std::vector<const std::vector<const LockOrderEdge *> *> &Choices,
         Circle &C) {
    size_t I = C.size();
    if (I == Choices.size())
      return !guarded(C);
    for (const LockOrderEdge *E : *Choices[I]) {
      C.push_back(E);
      if (choose(Choices, C))
        return true;
      C.pop_back();
      if (I >= 2)
        break; // long circles: the first will do
    }
    return false;
  }

  static bool guarded(const Circle &C) {
    std::set<std::string> In;
    for (const LockOrderEdge *E : C)
      In.insert(E->From.Key);
    for (const std::string &Gate : C.front()->Held) {
      if (In.count(Gate))
        continue;
      if (std::all_of(C.begin(), C.end(), [&](const LockOrderEdge *E) {
            return std::find(E->Held.begin(), E->Held.end(), Gate) !=
                   E->Held.end();
          }))
        return true;
    }
    return false;
  }

  static Finding describe(Circle C) {
    // The circle as seen from its last edge.
    auto Last = std::max_element(
        C.begin(), C.end(), [](const LockOrderEdge *A, const LockOrderEdge *B) {
          return place(*A) < place(*B);
        });
    std::rotate(C.begin(), Last, C.end());
    const LockOrderEdge &E = *C.front();
    Finding F;
    F.Check = "lock-order-inversion";
    F.Pos = place(E);
    F.Function = F.Entry = E.Function;
    // Shared holders only wait for each other when a writer waits in between.
    // Locks that count their owner's acquisitions are often taken with one of
    // them held already, perhaps exclusively, by a caller that is not seen.
    auto All = [&](bool LockTake::*What) {
      return std::all_of(C.begin(), C.end(), [&](const LockOrderEdge *X) {
        return X->From.*What && X->To.*What;
      });
    };
    bool Weak = All(&LockTake::Shared) || All(&LockTake::Recursive);
    F.Sure = Weak ? Certainty::Possible : Certainty::Definite;
    F.Message = E.To.Text + " is acquired while " + E.From.Text + " is held; ";
    F.Message += C.size() == 2 ? "'" + C[1]->Function +
                                     "' acquires them in the opposite order"
                               : "elsewhere they are acquired the other way "
                                 "round, through other locks";
    for (const LockOrderEdge *X : C) {
      F.Path.push_back(step(X->From.Pos, X->From.Text + " is acquired here", X,
                            {X->From.Text}));
      if (!X->Call.File.empty())
        F.Path.push_back(step(X->Call, "which calls what takes the other lock",
                              X, {X->From.Text}));
      F.Path.push_back(
          step(X->To.Pos,
               X->To.Text + " is acquired while " + X->From.Text + " is held",
               X, {X->From.Text, X->To.Text}));
    }
    return F;
  }

  static const SourcePos &place(const LockOrderEdge &E) {
    return E.Call.File.empty() ? E.To.Pos : E.Call;
  }

  static PathStep step(const SourcePos &Pos, std::string Message,
                       const LockOrderEdge *E, std::vector<std::string> Held) {
    PathStep S;
    S.Pos = Pos;
    S.Message = std::move(Message);
    S.Function = E->Function;
    S.Held = std::move(Held);
    return S;
  }
};

} // namespace

std::vector<Finding>
irqlint::lockOrderFindings(std::vector<LockOrderEdge> Edges) {
  std::sort(Edges.begin(), Edges.end());
  Edges.erase(std::unique(Edges.begin(), Edges.end()), Edges.end());
  return Finder(Edges).run();
}
