//===- SList.h - Sequenced and locked lists ---------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// SLIST_HEADER: a stack without locks. Head, depth and a sequence number are
/// swapped as one, so that a pop that was overtaken cannot take an old
/// successor for the current one. An entry may be read by such a pop after it
/// was taken off: its memory has to stay readable. The lists of the interlocked
/// routines are plain ones under a spin lock. Source:
/// InterlockedPushEntrySList, ExInterlockedInsertHeadList and their relatives
/// in the WDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_SLIST_H
#define IRQLINT_RUNTIME_PRIMITIVES_SLIST_H

#include "Runtime/Primitives/SpinLock.h"
#include <cstdint>

namespace irqlint::runtime {

template <typename P> struct alignas(16) SListEntry {
  typename P::template Atomic<SListEntry *> Next{nullptr};
};

template <typename P, unsigned SequenceStep = 1> class alignas(16) SList {
  using Entry = SListEntry<P>;
  struct Value {
    Entry *Head;
    uint64_t DepthAndSequence; ///< 16 bits and 48 bits

    static Value make(Entry *Head, uint64_t Depth, uint64_t Sequence) {
      return {Head, (Depth & 0xffff) | Sequence << 16};
    }
    uint64_t depth() const { return DepthAndSequence & 0xffff; }
    uint64_t sequence() const { return DepthAndSequence >> 16; }
  };
  typename P::template Atomic<Value> Header{Value{nullptr, 0}};

public:
  /// Returns the former first entry.
  Entry *push(Entry *E) {
    Value V = Header.load(Order::Relaxed);
    for (;;) {
      E->Next.store(V.Head, Order::Relaxed);
      if (Header.compareExchange(
              V, Value::make(E, V.depth() + 1, V.sequence() + SequenceStep),
              Order::Release))
        return V.Head;
    }
  }

  Entry *pop() {
    Value V = Header.load(Order::Acquire);
    while (V.Head) {
      Entry *Next = V.Head->Next.load(Order::Relaxed);
      if (Header.compareExchange(V,
                                 Value::make(Next, V.depth() - 1, V.sequence()),
                                 Order::Acquire))
        break;
    }
    return V.Head;
  }

  /// Takes all of them, chained.
  Entry *flush() {
    Value V = Header.load(Order::Relaxed);
    while (V.Head)
      if (Header.compareExchange(V, Value::make(nullptr, 0, V.sequence()),
                                 Order::Acquire))
        break;
    return V.Head;
  }

  unsigned depth() const {
    return unsigned(Header.load(Order::Relaxed).depth());
  }
};

/// LIST_ENTRY.
template <typename P> struct ListEntry {
  typename P::template Cell<ListEntry *> Next{this}, Previous{this};
};

/// Doubly linked, each call under a spin lock that the caller names, and that
/// must be taken nowhere at a lower IRQL.
template <typename P> class InterlockedList {
  using Entry = ListEntry<P>;
  Entry Head;

  Entry *orNone(Entry *E) { return E == &Head ? nullptr : E; }

  static void insert(Entry *Before, Entry *E, Entry *After) {
    E->Previous.set(Before);
    E->Next.set(After);
    Before->Next.set(E);
    After->Previous.set(E);
  }

public:
  /// Returns the former first entry, or none.
  Entry *insertHead(Entry *E, SpinLock<P> &Lock) {
    Holding<SpinLock<P>> Held(Lock);
    Entry *First = Head.Next.get();
    insert(&Head, E, First);
    return orNone(First);
  }
  /// Returns the former last entry, or none.
  Entry *insertTail(Entry *E, SpinLock<P> &Lock) {
    Holding<SpinLock<P>> Held(Lock);
    Entry *Last = Head.Previous.get();
    insert(Last, E, &Head);
    return orNone(Last);
  }
  Entry *removeHead(SpinLock<P> &Lock) {
    Holding<SpinLock<P>> Held(Lock);
    Entry *First = Head.Next.get();
    if (First == &Head)
      return nullptr;
    Entry *Second = First->Next.get();
    Head.Next.set(Second);
    Second->Previous.set(&Head);
    return First;
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_SLIST_H
