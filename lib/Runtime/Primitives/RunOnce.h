//===- RunOnce.h - One-time initialization ----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The two low bits: 0 not begun, 1 one thread initializes and the rest chains
/// those who wait for it, 2 done and the rest is the context, 3 several may try
/// and the first to complete wins. Failure goes back to 0. Source:
/// InitOnceBeginInitialize in the Windows SDK documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_RUNONCE_H
#define IRQLINT_RUNTIME_PRIMITIVES_RUNONCE_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Primitives/WaitBlock.h"
#include <optional>

namespace irqlint::runtime {

enum class OnceBegin : uint8_t {
  Run,      ///< the caller initializes and calls complete() or fail()
  Done,     ///< Context is valid
  NotBegun, ///< only asked (the check-only flag)
  Invalid,  ///< synchronous and asynchronous callers mixed
};

template <typename P> class RunOnce {
  static constexpr uintptr_t State = 3, Running = 1, Finished = 2, Racing = 3;
  struct alignas(8) Block {
    Sleeper<P> Owner;
    typename P::template Cell<Block *> Older{nullptr};
  };
  typename P::template Atomic<uintptr_t> Word{0};

  static Block *block(uintptr_t V) {
    return reinterpret_cast<Block *>(V & ~State);
  }

  bool finish(uintptr_t Next) {
    uintptr_t V = Word.load(Order::Relaxed);
    if ((V & State) != Running)
      return false;
    V = Word.exchange(Next, Order::AcqRel);
    for (Block *B = block(V); B;) {
      Block *Older = B->Older.get();
      B->Owner.wake();
      B = Older;
    }
    return true;
  }

public:
  /// Async: several threads may get Run.
  OnceBegin begin(uintptr_t &Context, bool CheckOnly = false,
                  bool Async = false) {
    for (;;) {
      uintptr_t V = Word.load(Order::Acquire);
      switch (V & State) {
      case Finished:
        Context = V & ~State;
        return OnceBegin::Done;
      case 0:
        if (CheckOnly)
          return OnceBegin::NotBegun;
        if (Word.compareExchange(V, Async ? Racing : Running, Order::Acquire))
          return OnceBegin::Run;
        break;
      case Racing:
        if (CheckOnly)
          return OnceBegin::NotBegun;
        return Async ? OnceBegin::Run : OnceBegin::Invalid;
      default:
        if (CheckOnly)
          return OnceBegin::NotBegun;
        if (Async)
          return OnceBegin::Invalid;
        Block Mine;
        Mine.Older.set(block(V));
        if (Word.compareExchange(V,
                                 reinterpret_cast<uintptr_t>(&Mine) | Running,
                                 Order::Release))
          Mine.Owner.sleep();
        break;
      }
    }
  }

  /// False: another thread was first (Async), or there is nothing to complete.
  bool complete(uintptr_t Context, bool Async = false) {
    if (Context & State) {
      P::misuse(Misuse::BadArgument, this, "run-once");
      return false;
    }
    if (!Async)
      return finish(Context | Finished);
    uintptr_t Try = Racing;
    return Word.compareExchange(Try, Context | Finished, Order::Release);
  }

  /// The initialization failed; the next caller tries again.
  bool fail() { return finish(0); }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_RUNONCE_H
