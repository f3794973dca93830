//===- KeyedEvent.h - Keyed events ------------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A rendezvous: each release meets exactly one wait with the same key, and
/// whoever comes first blocks. Buckets by hash of the key hold those who wait
/// and those who release, in order. Source: NtWaitForKeyedEvent as described in
/// public documentation of the native API.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_KEYEDEVENT_H
#define IRQLINT_RUNTIME_PRIMITIVES_KEYEDEVENT_H

#include "Runtime/Primitives/SpinLock.h"
#include "Runtime/Primitives/WaitQueue.h"

namespace irqlint::runtime {

enum class KeyedResult : uint8_t {
  Met,      ///< STATUS_SUCCESS
  TimedOut, ///< STATUS_TIMEOUT
  OddKey,   ///< STATUS_INVALID_PARAMETER_1
};

template <typename P, unsigned BucketCount = 23> class KeyedEvent {
  struct Node : WaitNode<P, Node> {
    uintptr_t Key, Space;
    Node(uintptr_t Key, uintptr_t Space) : Key(Key), Space(Space) {}
  };
  struct Bucket {
    SpinLock<P> Lock;
    WaitQueue<P, Node> Sides[2]; ///< waits, releases
  };
  Bucket Buckets[BucketCount];

  KeyedResult meet(unsigned Side, uintptr_t Key, uintptr_t Space,
                   Time Deadline) {
    if (Key & 1)
      return KeyedResult::OddKey;
    Bucket &B = Buckets[(Key / 4 + Space) % BucketCount];
    Node Mine(Key, Space);
    B.Lock.acquire();
    Node *Other = B.Sides[!Side].take(
        [&](const Node &N) { return N.Key == Key && N.Space == Space; });
    if (!Other)
      B.Sides[Side].push(&Mine);
    B.Lock.release();
    if (Other) {
      Other->Owner.wake();
      return KeyedResult::Met;
    }
    if (Mine.Owner.sleepUntil(Deadline))
      return KeyedResult::Met;
    B.Lock.acquire();
    bool Alone = B.Sides[Side].remove(&Mine);
    B.Lock.release();
    if (Alone)
      return KeyedResult::TimedOut;
    Mine.Owner.sleep(); // met at the last moment
    return KeyedResult::Met;
  }

public:
  /// Space tells processes apart.
  KeyedResult wait(uintptr_t Key, uintptr_t Space = 0, Time Deadline = Never) {
    return meet(0, Key, Space, Deadline);
  }
  KeyedResult release(uintptr_t Key, uintptr_t Space = 0,
                      Time Deadline = Never) {
    return meet(1, Key, Space, Deadline);
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_KEYEDEVENT_H
