//===- KernelQueue.h - Queues that limit who works on them ------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Entries first in, first out; threads that wait last in, first out. A thread
/// belongs to the queue that it took from last, and counts as active except
/// while it waits, there or elsewhere; an entry goes to a waiting thread only
/// below the limit. So no thread waits while there is an entry and the limit is
/// not reached. Completion ports are such queues of packets; work items and
/// thread pools have threads that serve one. Source: KeInitializeQueue,
/// KeInsertQueue, KeRemoveQueue in the WDK documentation;
/// CreateIoCompletionPort and GetQueuedCompletionStatusEx in the Windows SDK
/// documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_KERNELQUEUE_H
#define IRQLINT_RUNTIME_PRIMITIVES_KERNELQUEUE_H

#include "Runtime/Primitives/ObjectWaits.h"
#include "Runtime/Primitives/WaitQueue.h"

namespace irqlint::runtime {

/// What is queued derives from this.
template <typename P> struct QueueEntry {
  typename P::template Cell<QueueEntry *> Next{nullptr};
};

template <typename P> class KernelQueue final : public QueueMembership {
  template <typename T> using Cell = typename P::template Cell<T>;
  using Entry = QueueEntry<P>;
  struct Waiter {
    Sleeper<P> Owner;
    Cell<Entry *> Got{nullptr};
    Cell<Waiter *> Older{nullptr};
  };
  const unsigned Limit;
  SpinLock<P> Lock; ///< of all that follows
  Cell<Entry *> First IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<Entry *> Last IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<Waiter *> Newest IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<unsigned> Count IRQLINT_GUARDED_BY(Lock){0};
  Cell<unsigned> Active IRQLINT_GUARDED_BY(Lock){0};
  Cell<bool> RunDown IRQLINT_GUARDED_BY(Lock){false};

  void push(Entry &E, bool AtHead) IRQLINT_REQUIRES(Lock) {
    Entry *Old = First.get();
    if (AtHead || !Old) {
      E.Next.set(Old);
      First.set(&E);
      if (!Old)
        Last.set(&E);
    } else {
      E.Next.set(nullptr);
      Last.get()->Next.set(&E);
      Last.set(&E);
    }
    Count.set(Count.get() + 1);
  }
  Entry *pop() IRQLINT_REQUIRES(Lock) {
    Entry *E = First.get();
    First.set(E->Next.get());
    Count.set(Count.get() - 1);
    return E;
  }
  /// Gives the first entry to who came last, if that is possible; the caller
  /// wakes it.
  Waiter *match() IRQLINT_REQUIRES(Lock) {
    Waiter *W = Newest.get();
    if (!W || !First.get() || Active.get() >= Limit)
      return nullptr;
    Newest.set(W->Older.get());
    W->Got.set(pop());
    Active.set(Active.get() + 1);
    return W;
  }
  bool unlink(Waiter &W) IRQLINT_REQUIRES(Lock) {
    Waiter *Newer = nullptr, *At = Newest.get();
    for (; At && At != &W; At = At->Older.get())
      Newer = At;
    if (At && Newer)
      Newer->Older.set(W.Older.get());
    else if (At)
      Newest.set(W.Older.get());
    return At;
  }

public:
  /// Limit: how many threads work at once; 0: one per processor.
  explicit KernelQueue(unsigned Limit) : Limit(Limit ? Limit : P::cpuCount()) {}

  /// How many were there before (KeInsertQueue, KeInsertHeadQueue).
  unsigned insert(Entry &E, bool AtHead = false) {
    Lock.acquire();
    unsigned Before = Count.get();
    if (RunDown.get()) {
      Lock.release();
      P::misuse(Misuse::NotInitialized, this, "queue");
      return Before;
    }
    push(E, AtHead);
    Waiter *W = match();
    Lock.release();
    if (W)
      W->Owner.wake();
    return Before;
  }

  /// The first entry, or null when Deadline passed or it was run down: see
  /// isRunDown(). Self becomes a member.
  Entry *remove(KernelThread<P> &Self, Time Deadline = Never) {
    QueueMembership *Old = Self.queue();
    if (Old && Old != this)
      Old->blocks();
    Self.joinQueue(this);
    Waiter Mine;
    Lock.acquire();
    if (Old == this)
      Active.set(Active.get() - 1); // it comes back for more
    if (RunDown.get()) {
      Self.joinQueue(nullptr);
      Lock.release();
      return nullptr;
    }
    if (First.get() && Active.get() < Limit) {
      Entry *E = pop();
      Active.set(Active.get() + 1);
      Lock.release();
      return E;
    }
    Mine.Older.set(Newest.get());
    Newest.set(&Mine);
    Lock.release();
    if (!Mine.Owner.sleepUntil(Deadline)) {
      Lock.acquire();
      bool Alone = unlink(Mine);
      if (Alone)
        Active.set(Active.get() + 1); // it goes on with something else
      Lock.release();
      if (Alone)
        return nullptr;
      Mine.Owner.sleep(); // got one at the last moment
    }
    Entry *E = Mine.Got.get();
    if (!E)
      Self.joinQueue(nullptr); // run down
    return E;
  }

  /// The member waits elsewhere: somebody else may work.
  void blocks() override {
    Lock.acquire();
    Active.set(Active.get() - 1);
    Waiter *W = match();
    Lock.release();
    if (W)
      W->Owner.wake();
  }
  /// And goes on, even beyond the limit.
  void resumes() override {
    Holding<SpinLock<P>> Held(Lock);
    Active.set(Active.get() + 1);
  }

  /// Lets go all that wait, empty-handed; returns the chain of entries.
  Entry *rundown() {
    Lock.acquire();
    RunDown.set(true);
    Entry *Left = First.get();
    First.set(nullptr);
    Count.set(0);
    Waiter *W = Newest.get();
    Newest.set(nullptr);
    Lock.release();
    while (W) {
      Waiter *Older = W->Older.get();
      W->Owner.wake();
      W = Older;
    }
    return Left;
  }
  bool isRunDown() {
    Holding<SpinLock<P>> Held(Lock);
    return RunDown.get();
  }
  unsigned readState() {
    Holding<SpinLock<P>> Held(Lock);
    return Count.get();
  }
  unsigned active() {
    Holding<SpinLock<P>> Held(Lock);
    return Active.get();
  }
};

/// An I/O completion port.
template <typename P> class CompletionPort {
public:
  struct Packet {
    uintptr_t Key = 0, Value = 0;
    uint32_t Status = 0;
    uintptr_t Information = 0;
  };

private:
  struct Queued : QueueEntry<P> {
    Packet Data;
  };
  KernelQueue<P> Queue;

  static Packet open(QueueEntry<P> *E) {
    auto *Q = static_cast<Queued *>(E);
    Packet Data = Q->Data;
    Q->~Queued();
    P::deallocate(Q, sizeof(Queued), alignof(Queued));
    return Data;
  }

public:
  explicit CompletionPort(unsigned Concurrency = 0) : Queue(Concurrency) {}

  /// False without memory (STATUS_INSUFFICIENT_RESOURCES).
  bool set(const Packet &Data) {
    void *Memory = P::allocate(sizeof(Queued), alignof(Queued));
    if (!Memory)
      return false;
    auto *Q = new (Memory) Queued;
    Q->Data = Data;
    Queue.insert(*Q);
    return true;
  }
  /// Up to N packets; waits only for the first. How many (0: time is out, or
  /// the port was closed).
  unsigned remove(KernelThread<P> &Self, Packet *To, unsigned N,
                  Time Deadline = Never) {
    unsigned Got = 0;
    for (; Got < N; ++Got) {
      QueueEntry<P> *E = Queue.remove(Self, Got ? 0 : Deadline);
      if (!E)
        break;
      To[Got] = open(E);
    }
    return Got;
  }
  unsigned depth() { return Queue.readState(); }
  bool isClosed() { return Queue.isRunDown(); }
  /// What is left is dropped; how many packets.
  unsigned close() {
    unsigned N = 0;
    for (QueueEntry<P> *E = Queue.rundown(), *Next; E; E = Next, ++N) {
      Next = E->Next.get();
      open(E);
    }
    return N;
  }
};

/// IO_WORKITEM and WORK_QUEUE_ITEM: queued at most once at a time; it may be
/// queued again, or freed, from when its routine begins.
template <typename P> struct WorkItem : QueueEntry<P> {
  using Routine = void (*)(void *Context);
  const Routine Run;
  void *const Context;
  typename P::template Atomic<bool> Queued{false};
  WorkItem(Routine Run, void *Context) : Run(Run), Context(Context) {}
  ~WorkItem() {
    // The worker has to have done with it.
    if (Queued.load(Order::Acquire))
      P::misuse(Misuse::InUse, this, "work item");
  }
};

template <typename P> class WorkQueue {
  KernelQueue<P> Queue;

public:
  explicit WorkQueue(unsigned Limit = 0) : Queue(Limit) {}

  void insert(WorkItem<P> &I) {
    if (I.Queued.exchange(true, Order::Relaxed))
      P::misuse(Misuse::InUse, &I, "work item");
    else
      Queue.insert(I);
  }
  /// The life of a worker, until stop().
  void serve(KernelThread<P> &Self) {
    while (QueueEntry<P> *E = Queue.remove(Self)) {
      auto *I = static_cast<WorkItem<P> *>(E);
      auto Run = I->Run;
      void *Context = I->Context;
      I->Queued.store(false, Order::Release);
      Run(Context);
    }
  }
  /// All items have to be done.
  void stop() {
    if (Queue.rundown())
      P::misuse(Misuse::InUse, this, "work queue");
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_KERNELQUEUE_H
