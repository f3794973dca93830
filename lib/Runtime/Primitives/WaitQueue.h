//===- WaitQueue.h - First in, first out, under a lock ----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A chain of blocks on waiters' stacks. All calls need the lock that the owner
/// keeps for it.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_WAITQUEUE_H
#define IRQLINT_RUNTIME_PRIMITIVES_WAITQUEUE_H

#include "Runtime/Primitives/WaitBlock.h"

namespace irqlint::runtime {

/// Node derives from WaitNode<P, Node>.
template <typename P, typename Node> struct WaitNode {
  Sleeper<P> Owner;
  typename P::template Cell<Node *> Next{nullptr};
};

template <typename P, typename Node> class WaitQueue {
  typename P::template Cell<Node *> First{nullptr}, Last{nullptr};

public:
  bool empty() const { return !First.get(); }
  Node *first() const { return First.get(); }

  void push(Node *N) {
    N->Next.set(nullptr);
    if (Node *Before = Last.get())
      Before->Next.set(N);
    else
      First.set(N);
    Last.set(N);
  }

  Node *pop() {
    Node *N = First.get();
    if (N)
      remove(N);
    return N;
  }

  /// The first one that Match accepts, unchained; or none.
  template <typename F> Node *take(F Match) {
    for (Node *N = First.get(); N; N = N->Next.get())
      if (Match(*N)) {
        remove(N);
        return N;
      }
    return nullptr;
  }

  /// False when N is not there.
  bool remove(Node *N) {
    Node *Before = nullptr;
    for (Node *At = First.get(); At != N; At = At->Next.get()) {
      if (!At)
        return false;
      Before = At;
    }
    Node *After = N->Next.get();
    if (Before)
      Before->Next.set(After);
    else
      First.set(After);
    if (Last.get() == N)
      Last.set(Before);
    return true;
  }

  /// Empties the queue; the nodes stay chained.
  Node *takeAll() {
    Node *N = First.get();
    First.set(nullptr);
    Last.set(nullptr);
    return N;
  }
};

/// Wakes a chain of nodes that no queue holds any more, oldest first.
template <typename Node> void wakeChain(Node *N) {
  while (N) {
    Node *Next = N->Next.get(); // the node may be gone once it is woken
    N->Owner.wake();
    N = Next;
  }
}

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_WAITQUEUE_H
