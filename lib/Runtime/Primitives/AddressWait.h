//===- AddressWait.h - Waits on addresses, alerts by thread -----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// WaitOnAddress: whether to sleep is decided, and the waiter queued, under the
/// lock of the address's bucket, which a waker takes after it has changed the
/// value. The sleep itself is an alert by thread id: a sticky flag per thread
/// (NtAlertThreadByThreadId). Source: WaitOnAddress in the Windows SDK
/// documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_ADDRESSWAIT_H
#define IRQLINT_RUNTIME_PRIMITIVES_ADDRESSWAIT_H

#include "Runtime/Primitives/SpinLock.h"
#include "Runtime/Primitives/WaitQueue.h"

namespace irqlint::runtime {

/// The flag of one thread.
template <typename P> class ThreadAlert {
  typename P::template Atomic<uint32_t> Flag{0};
  typename P::Thread *Owner = P::self();

public:
  /// Made by the thread that will wait.
  ThreadAlert() = default;

  /// Several alerts before a wait count once.
  void alert() {
    typename P::Thread *T = Owner;
    Flag.exchange(1, Order::Release);
    P::unpark(T);
  }
  /// False when Deadline passed (STATUS_TIMEOUT instead of STATUS_ALERTED).
  bool wait(Time Deadline = Never) {
    while (!Flag.exchange(0, Order::Acquire))
      if (!P::parkUntil(Deadline))
        return Flag.exchange(0, Order::Acquire) != 0;
    return true;
  }
};

template <typename P, unsigned BucketCount = 256> class AddressWait {
  struct Node : WaitNode<P, Node> {
    const void *Address;
    explicit Node(const void *Address) : Address(Address) {}
  };
  struct Bucket {
    SpinLock<P> Lock;
    WaitQueue<P, Node> Waiters;
  };
  Bucket Buckets[BucketCount];

  Bucket &bucket(const void *Address) {
    return Buckets[reinterpret_cast<uintptr_t>(Address) / 16 % BucketCount];
  }

public:
  /// Returns when woken, or at once when A is not Compare any more; false when
  /// Deadline passed.
  template <typename T>
  bool wait(typename P::template Atomic<T> &A, T Compare,
            Time Deadline = Never) {
    Bucket &B = bucket(&A);
    Node Mine(&A);
    B.Lock.acquire();
    bool Sleeps = A.load(Order::Relaxed) == Compare;
    if (Sleeps)
      B.Waiters.push(&Mine);
    B.Lock.release();
    if (!Sleeps || Mine.Owner.sleepUntil(Deadline))
      return true;
    B.Lock.acquire();
    bool Alone = B.Waiters.remove(&Mine);
    B.Lock.release();
    if (!Alone)
      Mine.Owner.sleep(); // a waker has it already
    return !Alone;
  }

  void wakeSingle(const void *Address) {
    Bucket &B = bucket(Address);
    B.Lock.acquire();
    Node *N = B.Waiters.take(
        [=](const Node &Other) { return Other.Address == Address; });
    B.Lock.release();
    if (N)
      N->Owner.wake();
  }

  void wakeAll(const void *Address) {
    Bucket &B = bucket(Address);
    WaitQueue<P, Node> Found;
    B.Lock.acquire();
    while (Node *N = B.Waiters.take(
               [=](const Node &Other) { return Other.Address == Address; }))
      Found.push(N);
    B.Lock.release();
    wakeChain(Found.takeAll());
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_ADDRESSWAIT_H
