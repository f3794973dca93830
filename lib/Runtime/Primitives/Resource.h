//===- Resource.h - ERESOURCE -----------------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Readers and writers by thread, with recursion. Who holds it is written in a
/// slot of its own and, from the second reader on, in a table that grows
/// outside of the lock. It is handed over: a release makes the next writer, or
/// all readers that wait, owners before they run. Source:
/// ExAcquireResourceSharedLite and its relatives in the WDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_RESOURCE_H
#define IRQLINT_RUNTIME_PRIMITIVES_RESOURCE_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Platform/ThreadSafety.h"
#include "Runtime/Primitives/SpinLock.h"
#include "Runtime/Primitives/WaitQueue.h"
#include <new>

namespace irqlint::runtime {

enum class SharedKind : uint8_t {
  Plain,            ///< waits behind writers that wait, unless it is recursive
  StarveExclusive,  ///< ahead of writers that wait
  WaitForExclusive, ///< behind them even if it is recursive
};

template <typename P> class IRQLINT_CAPABILITY("ERESOURCE") Resource {
  template <typename T> using Cell = typename P::template Cell<T>;

  struct Owner {
    Cell<uintptr_t> Thread{0};
    Cell<uint32_t> Count{0};
  };
  struct Waiter : WaitNode<P, Waiter> {
    uintptr_t Thread;
    explicit Waiter(uintptr_t Thread) : Thread(Thread) {}
  };

  mutable SpinLock<P> Guard;             ///< of all that follows
  Owner First IRQLINT_GUARDED_BY(Guard); ///< the writer, or one of the readers
  Cell<Owner *> Table IRQLINT_GUARDED_BY(Guard){nullptr};
  Cell<unsigned> TableSize IRQLINT_GUARDED_BY(Guard){0};
  Cell<unsigned> Owners IRQLINT_GUARDED_BY(Guard){0};
  Cell<bool> Exclusive IRQLINT_GUARDED_BY(Guard){false};
  WaitQueue<P, Waiter> Readers IRQLINT_GUARDED_BY(Guard);
  WaitQueue<P, Waiter> Writers IRQLINT_GUARDED_BY(Guard);
  Cell<unsigned> ReadersWaiting IRQLINT_GUARDED_BY(Guard){0};
  Cell<unsigned> WritersWaiting IRQLINT_GUARDED_BY(Guard){0};
  Cell<unsigned> Contention IRQLINT_GUARDED_BY(Guard){0};

  Owner &slot(unsigned I) IRQLINT_REQUIRES(Guard) {
    return I ? Table.get()[I - 1] : First;
  }

  Owner *find(uintptr_t Thread) IRQLINT_REQUIRES(Guard) {
    for (unsigned I = 0; I <= TableSize.get(); ++I)
      if (slot(I).Count.get() && slot(I).Thread.get() == Thread)
        return &slot(I);
    return nullptr;
  }

  /// There is room: whoever waits has made sure of it.
  void add(uintptr_t Thread) IRQLINT_REQUIRES(Guard) {
    unsigned I = 0;
    while (slot(I).Count.get())
      ++I;
    slot(I).Thread.set(Thread);
    slot(I).Count.set(1);
    Owners.set(Owners.get() + 1);
  }

  /// Room for one more reader, and all that wait. Lets go of Guard for a while
  /// and says so; the caller then looks at everything anew.
  bool grew() IRQLINT_NO_ANALYSIS {
    unsigned Needed = Owners.get() + ReadersWaiting.get() + 1;
    unsigned Size = TableSize.get();
    if (Needed <= Size + 1)
      return false;
    unsigned Wanted = Size + 4;
    Guard.release();
    auto *New = static_cast<Owner *>(
        P::allocate(sizeof(Owner) * Wanted, alignof(Owner)));
    for (unsigned I = 0; I < Wanted; ++I)
      new (&New[I]) Owner;
    Owner *Unused = New;
    unsigned UnusedSize = Wanted;
    Guard.acquire();
    if (TableSize.get() == Size) {
      Owner *Old = Table.get();
      for (unsigned I = 0; I < Size; ++I) {
        New[I].Thread.set(Old[I].Thread.get());
        New[I].Count.set(Old[I].Count.get());
      }
      Table.set(New);
      TableSize.set(Wanted);
      Unused = Old;
      UnusedSize = Size;
    } // else somebody was faster
    if (Unused) {
      Guard.release();
      discard(Unused, UnusedSize);
      Guard.acquire();
    }
    return true;
  }

  static void discard(Owner *Table, unsigned Size) {
    for (unsigned I = 0; I < Size; ++I)
      Table[I].~Owner();
    P::deallocate(Table, sizeof(Owner) * Size, alignof(Owner));
  }

  /// Makes owners of those who are next; the caller wakes them.
  Waiter *handOver(bool ReadersFirst) IRQLINT_REQUIRES(Guard) {
    if (!Readers.empty() && (ReadersFirst || Writers.empty())) {
      Waiter *Chain = Readers.takeAll();
      for (Waiter *W = Chain; W; W = W->Next.get())
        add(W->Thread);
      ReadersWaiting.set(0);
      return Chain;
    }
    Waiter *W = Writers.pop();
    if (!W)
      return nullptr;
    W->Next.set(nullptr);
    WritersWaiting.set(WritersWaiting.get() - 1);
    add(W->Thread);
    Exclusive.set(true);
    return W;
  }

  void sleep(WaitQueue<P, Waiter> &Queue, Cell<unsigned> &Count,
             uintptr_t Thread) IRQLINT_NO_ANALYSIS {
    Waiter Mine(Thread);
    Queue.push(&Mine);
    Count.set(Count.get() + 1);
    Contention.set(Contention.get() + 1);
    Guard.release();
    Mine.Owner.sleep();
  }

public:
  static uintptr_t thisThread() {
    return reinterpret_cast<uintptr_t>(P::self());
  }

  Resource() = default;
  ~Resource() {
    if (Table.get())
      discard(Table.get(), TableSize.get());
  }

  bool acquireExclusive(bool Wait = true)
      IRQLINT_TRY_ACQUIRE(true) IRQLINT_NO_ANALYSIS {
    uintptr_t Me = thisThread();
    Guard.acquire();
    bool Free = !Owners.get();
    bool Mine = !Free && Exclusive.get() && First.Thread.get() == Me;
    if (Free) {
      Exclusive.set(true);
      add(Me);
    } else if (Mine) {
      First.Count.set(First.Count.get() + 1);
    } else if (Wait) {
      sleep(Writers, WritersWaiting, Me);
      return true;
    }
    Guard.release();
    return Free || Mine;
  }

  bool acquireShared(bool Wait = true, SharedKind Kind = SharedKind::Plain)
      IRQLINT_TRY_ACQUIRE_SHARED(true) IRQLINT_NO_ANALYSIS {
    uintptr_t Me = thisThread();
    Guard.acquire();
    bool Granted;
    do {
      Owner *Mine = find(Me);
      bool Behind = WritersWaiting.get() != 0;
      if (Exclusive.get())
        Granted = Mine; // counts as one more exclusive acquisition
      else if (Kind == SharedKind::StarveExclusive)
        Granted = true;
      else
        Granted = !Behind || (Mine && Kind == SharedKind::Plain);
      if (Granted && Mine) {
        Mine->Count.set(Mine->Count.get() + 1);
        Guard.release();
        return true;
      }
    } while ((Granted || Wait) && grew());
    if (Granted) {
      add(Me);
    } else if (Wait) {
      sleep(Readers, ReadersWaiting, Me);
      return true;
    }
    Guard.release();
    return Granted;
  }

  void release() IRQLINT_RELEASE_ANY() { releaseFor(thisThread()); }

  /// For the thread, or whatever setOwner() has put in its place.
  void releaseFor(uintptr_t Thread) IRQLINT_RELEASE_ANY() IRQLINT_NO_ANALYSIS {
    Guard.acquire();
    Owner *Mine = find(Thread);
    if (!Mine) {
      Guard.release();
      P::misuse(Misuse::NotOwner, this, "ERESOURCE");
      return;
    }
    Waiter *Woken = nullptr;
    Mine->Count.set(Mine->Count.get() - 1);
    if (!Mine->Count.get()) {
      Owners.set(Owners.get() - 1);
      if (!Owners.get()) {
        bool Wrote = Exclusive.get();
        Exclusive.set(false);
        Woken = handOver(Wrote);
      }
    }
    Guard.release();
    wakeChain(Woken);
  }

  /// Readers that wait join; writers go on waiting.
  void convertToShared() IRQLINT_NO_ANALYSIS {
    Guard.acquire();
    if (!Exclusive.get() || First.Thread.get() != thisThread()) {
      Guard.release();
      P::misuse(Misuse::NotOwner, this, "ERESOURCE");
      return;
    }
    Exclusive.set(false);
    Waiter *Woken = Readers.empty() ? nullptr : handOver(true);
    Guard.release();
    wakeChain(Woken);
  }

  /// Gives what the caller holds to a pointer, whose two low bits are set.
  void setOwner(uintptr_t Pointer) {
    Holding<SpinLock<P>> Held(Guard);
    Owner *Mine = find(thisThread());
    if (!Mine || (Pointer & 3) != 3)
      P::misuse(Mine ? Misuse::BadArgument : Misuse::NotOwner, this,
                "ERESOURCE");
    else
      Mine->Thread.set(Pointer);
  }

  bool isAcquiredExclusive() {
    Holding<SpinLock<P>> Held(Guard);
    return Exclusive.get() && First.Thread.get() == thisThread();
  }
  /// How often the caller holds it, in either mode.
  unsigned acquiredCount() {
    Holding<SpinLock<P>> Held(Guard);
    Owner *Mine = find(thisThread());
    return Mine ? Mine->Count.get() : 0;
  }
  unsigned waitingReaders() const {
    Holding<SpinLock<P>> Held(Guard);
    return ReadersWaiting.get();
  }
  unsigned waitingWriters() const {
    Holding<SpinLock<P>> Held(Guard);
    return WritersWaiting.get();
  }
  /// How many had to wait so far.
  unsigned contention() const {
    Holding<SpinLock<P>> Held(Guard);
    return Contention.get();
  }
  /// Whether it may be deleted.
  bool isFree() const {
    Holding<SpinLock<P>> Held(Guard);
    return !Owners.get();
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_RESOURCE_H
