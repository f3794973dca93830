//===- RemoveLock.h - IO_REMOVE_LOCK ----------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Counts those who use a device, and lets the one who removes it wait for
/// them. The count begins with one that belongs to the device itself; bit 0 of
/// the word says that removal has begun, and whoever comes then changes
/// nothing. Source: IoAcquireRemoveLock and its relatives in the WDK
/// documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_REMOVELOCK_H
#define IRQLINT_RUNTIME_PRIMITIVES_REMOVELOCK_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Primitives/SpinLock.h"
#include "Runtime/Primitives/WaitBlock.h"
#include <cstdint>
#include <new>
#include <optional>

namespace irqlint::runtime {

template <typename P> class RemoveLock {
  static constexpr uint32_t Removing = 1, One = 2;
  typename P::template Atomic<uint32_t> Word{One};
  typename P::template Atomic<Sleeper<P> *> Remover{nullptr};

public:
  /// False (STATUS_DELETE_PENDING) once removal has begun.
  bool acquire() {
    return Word
        .update(
            [](uint32_t V) {
              return V & Removing ? std::nullopt
                                  : std::optional<uint32_t>(V + One);
            },
            Order::Relaxed)
        .second;
  }

  void release() {
    auto Leave = [](uint32_t V) {
      return V < (V & Removing ? One : 2 * One)
                 ? std::nullopt
                 : std::optional<uint32_t>(V - One);
    };
    auto [V, Done] = Word.update(Leave, Order::AcqRel);
    if (!Done)
      P::misuse(Misuse::OverRelease, this, "remove lock");
    else if (V == (Removing | One))
      Remover.load(Order::Relaxed)->wake();
  }

  /// By a holder; returns when nobody else holds it.
  void releaseAndWait() {
    Sleeper<P> S;
    Remover.store(&S, Order::Relaxed);
    // Gives up the device's reference and the caller's.
    auto Close = [](uint32_t V) {
      return V & Removing || V < 2 * One
                 ? std::nullopt
                 : std::optional<uint32_t>((V - 2 * One) | Removing);
    };
    auto [V, Done] = Word.update(Close, Order::AcqRel);
    if (!Done)
      P::misuse(V & Removing ? Misuse::InUse : Misuse::NotHeld, this,
                "remove lock");
    else if (V != 2 * One)
      S.sleep();
  }

  bool isRemoved() const { return Word.load(Order::Relaxed) & Removing; }
};

/// The form of checked builds: each use has a tag, and who gives one up has to
/// name one that was taken.
template <typename P> class TaggedRemoveLock {
  struct Use {
    typename P::template Cell<const void *> Tag;
    typename P::template Cell<Use *> Next;
    Use(const void *Tag, Use *Next) : Tag(Tag), Next(Next) {}
  };
  RemoveLock<P> Count;
  SpinLock<P> Guard;
  typename P::template Cell<Use *> First IRQLINT_GUARDED_BY(Guard){nullptr};

  static void destroy(Use *U) {
    U->~Use();
    P::deallocate(U, sizeof(Use), alignof(Use));
  }

  /// False: nobody has taken that one.
  bool forget(const void *Tag) {
    Use *Found, *Before = nullptr;
    {
      Holding<SpinLock<P>> Held(Guard);
      for (Found = First.get(); Found && Found->Tag.get() != Tag;
           Found = Found->Next.get())
        Before = Found;
      if (Found && Before)
        Before->Next.set(Found->Next.get());
      else if (Found)
        First.set(Found->Next.get());
    }
    if (!Found) {
      P::misuse(Misuse::NotHeld, this, "remove lock");
      return false;
    }
    destroy(Found);
    return true;
  }

public:
  ~TaggedRemoveLock() {
    for (Use *U = First.get(); U;) {
      Use *Next = U->Next.get();
      destroy(U);
      U = Next;
    }
  }

  /// False without memory, and once removal has begun.
  bool acquire(const void *Tag) {
    void *Memory = P::allocate(sizeof(Use), alignof(Use));
    if (!Memory)
      return false;
    if (!Count.acquire()) {
      P::deallocate(Memory, sizeof(Use), alignof(Use));
      return false;
    }
    Holding<SpinLock<P>> Held(Guard);
    First.set(new (Memory) Use(Tag, First.get()));
    return true;
  }
  void release(const void *Tag) {
    if (forget(Tag))
      Count.release();
  }
  void releaseAndWait(const void *Tag) {
    if (forget(Tag))
      Count.releaseAndWait();
  }
  bool isRemoved() const { return Count.isRemoved(); }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_REMOVELOCK_H
