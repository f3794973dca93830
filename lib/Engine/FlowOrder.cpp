//===- FlowOrder.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/FlowOrder.h"
#include "clang/Analysis/CFG.h"
#include <limits>

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

namespace {

/// Bourdoncle's algorithm; builds the order back to front. The stack is our
/// own, for generated functions have paths of many thousand blocks.
class Orderer {
public:
  explicit Orderer(const CFG &G) : Number(G.getNumBlockIDs(), 0), Reversed() {
    visit(&G.getEntry());
  }

  std::vector<unsigned> positions() const {
    std::vector<unsigned> P(Number.size(), 0);
    unsigned Next = 0;
    for (auto I = Reversed.rbegin(); I != Reversed.rend(); ++I)
      P[*I] = ++Next;
    return P;
  }

private:
  static constexpr unsigned Done = std::numeric_limits<unsigned>::max();
  std::vector<unsigned> Number;
  std::vector<unsigned> Reversed;
  std::vector<const CFGBlock *> Open;
  unsigned Count = 0;

  struct Frame {
    const CFGBlock *B;
    CFGBlock::const_succ_iterator Next;
    unsigned Head;
    bool Loop = false;
    /// Ordering the blocks of a loop, whose head is done.
    bool Component = false;
  };

  void visit(const CFGBlock *Root) {
    std::vector<Frame> Stack;
    auto Push = [&](const CFGBlock *B) {
      Open.push_back(B);
      Number[B->getBlockID()] = ++Count;
      Stack.push_back({B, B->succ_begin(), Count});
    };
    Push(Root);
    while (!Stack.empty()) {
      Frame &F = Stack.back();
      if (F.Next != F.B->succ_end()) {
        const CFGBlock *S = *F.Next++;
        if (!S)
          continue;
        unsigned N = Number[S->getBlockID()];
        if (N == 0)
          Push(S); // (F is no longer valid)
        else if (!F.Component)
          reached(F, N);
        continue;
      }
      Frame Was = F;
      if (Was.Component) {
        Reversed.push_back(Was.B->getBlockID());
        Stack.pop_back();
        if (!Stack.empty() && !Stack.back().Component)
          reached(Stack.back(), Was.Head);
        continue;
      }
      unsigned Own = Number[Was.B->getBlockID()];
      if (Was.Head == Own) {
        Number[Was.B->getBlockID()] = Done;
        const CFGBlock *E = Open.back();
        Open.pop_back();
        if (Was.Loop) {
          while (E != Was.B) {
            Number[E->getBlockID()] = 0;
            E = Open.back();
            Open.pop_back();
          }
          F.Component = true;
          F.Next = F.B->succ_begin();
          continue;
        }
        Reversed.push_back(Was.B->getBlockID());
      }
      Stack.pop_back();
      if (!Stack.empty() && !Stack.back().Component)
        reached(Stack.back(), Was.Head);
    }
  }

  static void reached(Frame &F, unsigned N) {
    if (N <= F.Head) {
      F.Head = N;
      F.Loop = true;
    }
  }
};

/// Where a unit of work stands: block and element in each stack frame, from the
/// outermost to its own.
using Place = SmallVector<unsigned, 8>;

class FlowOrderList final : public WorkList {
public:
  explicit FlowOrderList(Merger &Merge) : Merge(Merge) {}

  bool hasWork() const override {
    // What was replaced since it was queued is no work.
    while (!Queue.empty() && isReplaced(Queue.begin()->second.getNode()))
      Queue.erase(Queue.begin());
    return !Queue.empty();
  }

  void enqueue(const WorkListUnit &U) override {
    Queue.emplace(std::make_pair(placeOf(U), ++Sequence), U);
  }

  WorkListUnit dequeue() override {
    WorkListUnit U = Queue.begin()->second;
    Queue.erase(Queue.begin());
    const ExplodedNode *N = U.getNode();
    if (auto BE = N->getLocation().getAs<BlockEntrance>())
      Merge.goesOn(BE->getBlock(), N->getStackFrame(), N->getState().get());
    return U;
  }

private:
  Merger &Merge;
  mutable std::map<std::pair<Place, unsigned>, WorkListUnit> Queue;
  unsigned Sequence = 0;
  llvm::DenseMap<const CFG *, std::vector<unsigned>> Orders;
  llvm::DenseMap<const StackFrameContext *, Place> Prefixes;

  bool isReplaced(const ExplodedNode *N) const {
    auto BE = N->getLocation().getAs<BlockEntrance>();
    return BE && Merge.isReplaced(BE->getBlock(), N->getStackFrame(),
                                  N->getState().get());
  }

  unsigned position(const CFG &G, const CFGBlock *B) {
    std::vector<unsigned> &O = Orders[&G];
    if (O.empty())
      O = flowOrder(G);
    return O[B->getBlockID()];
  }

  const Place &prefixOf(const StackFrameContext *F) {
    auto I = Prefixes.find(F);
    if (I != Prefixes.end())
      return I->second;
    Place P;
    if (const LocationContext *Parent = F->getParent()) {
      const StackFrameContext *Caller = Parent->getStackFrame();
      P = prefixOf(Caller);
      if (const CFGBlock *B = F->getCallSiteBlock()) {
        P.push_back(position(*B->getParent(), B));
        P.push_back(FirstElement + F->getIndex());
      }
    }
    return Prefixes[F] = P;
  }

  /// Edges into a block come before what waits at its entrance, and that before
  /// its elements.
  static constexpr unsigned AtEdge = 0, AtEntrance = 1, FirstElement = 2;

  Place placeOf(const WorkListUnit &U) {
    const ExplodedNode *N = U.getNode();
    ProgramPoint L = N->getLocation();
    auto At = [&](const StackFrameContext *F, const CFGBlock *B,
                  unsigned Element) {
      Place P = prefixOf(F);
      P.push_back(position(*B->getParent(), B));
      P.push_back(Element);
      return P;
    };
    if (U.getBlock())
      return At(N->getStackFrame(), U.getBlock(), FirstElement + U.getIndex());
    if (auto E = L.getAs<BlockEdge>())
      return At(N->getStackFrame(), E->getDst(), AtEdge);
    if (auto E = L.getAs<BlockEntrance>())
      return At(N->getStackFrame(), E->getBlock(), AtEntrance);
    if (auto E = L.getAs<CallEnter>())
      return At(E->getCalleeContext(), E->getEntry(), AtEdge);
    // The end of a function, and whatever else has no element of its own.
    const StackFrameContext *F = N->getStackFrame();
    return At(F, &F->getCFG()->getExit(), FirstElement);
  }
};

/// CoreEngine makes its work list itself, by a name from a fixed set, and has
/// no setter. The one legal way to a private member: access is not checked in
/// the arguments of an explicit instantiation.
using ListMember = std::unique_ptr<WorkList> CoreEngine::*;
ListMember listMember();
template <ListMember M> struct Reveal {
  friend ListMember listMember() { return M; }
};
template struct Reveal<&CoreEngine::WList>;

} // namespace

std::vector<unsigned> irqlint::flowOrder(const CFG &G) {
  return Orderer(G).positions();
}

std::unique_ptr<WorkList> irqlint::makeFlowOrderList(Merger &Merge) {
  return std::make_unique<FlowOrderList>(Merge);
}

void irqlint::useWorkList(ExprEngine &Eng, std::unique_ptr<WorkList> List) {
  auto &Core = const_cast<CoreEngine &>(Eng.getCoreEngine());
  Core.*listMember() = std::move(List);
}
