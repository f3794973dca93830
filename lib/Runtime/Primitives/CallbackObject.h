//===- CallbackObject.h - Callback objects ----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Those who register are called in that order, by whoever notifies, without a
/// lock. A registration that is being called stays in the list; to unregister
/// means to forbid new calls and to wait for those that run. Source:
/// ExCreateCallback, ExRegisterCallback, ExNotifyCallback in the WDK
/// documentation.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_PRIMITIVES_CALLBACKOBJECT_H
#define IRQLINT_RUNTIME_PRIMITIVES_CALLBACKOBJECT_H

#include "Runtime/Platform/Misuse.h"
#include "Runtime/Primitives/SpinLock.h"
#include "Runtime/Primitives/WaitBlock.h"

namespace irqlint::runtime {

template <typename P> class CallbackObject {
  template <typename T> using Cell = typename P::template Cell<T>;

public:
  using Routine = void (*)(void *Context, void *First, void *Second);

  class Registration {
    template <typename Q> friend class CallbackObject;
    const Routine Run;
    void *const Context;
    /// Under the object's lock.
    Cell<Registration *> Next{nullptr};
    Cell<unsigned> Running{0};
    Cell<Sleeper<P> *> Leaver{nullptr};
    Cell<bool> Listed{false};

  public:
    Registration(Routine Run, void *Context) : Run(Run), Context(Context) {}
  };

private:
  /// One call that runs.
  struct Call {
    Registration *Of;
    typename P::Thread *By = P::self();
    Cell<Call *> Next{nullptr};
  };
  const bool Several;
  SpinLock<P> Lock;
  Cell<Registration *> First IRQLINT_GUARDED_BY(Lock){nullptr};
  Cell<Call *> Calls IRQLINT_GUARDED_BY(Lock){nullptr};

  bool runsIn(Registration &R, typename P::Thread *T) IRQLINT_REQUIRES(Lock) {
    for (Call *C = Calls.get(); C; C = C->Next.get())
      if (C->Of == &R && C->By == T)
        return true;
    return false;
  }

public:
  /// Several: more than one registration is allowed.
  explicit CallbackObject(bool Several) : Several(Several) {}
  ~CallbackObject() {
    if (First.get())
      P::misuse(Misuse::InUse, this, "callback object");
  }

  /// False when somebody is registered and only one may be.
  bool add(Registration &R) {
    Lock.acquire();
    Cell<Registration *> *End = &First;
    bool Twice = R.Listed.get();
    bool Fits = !Twice && (Several || !End->get());
    if (Fits) {
      while (End->get())
        End = &End->get()->Next;
      R.Next.set(nullptr);
      R.Listed.set(true);
      End->set(&R);
    }
    Lock.release();
    if (Twice)
      P::misuse(Misuse::InUse, &R, "callback registration");
    return Fits;
  }

  /// No call runs, nor will, when it returns.
  void remove(Registration &R) {
    Sleeper<P> S;
    Lock.acquire();
    bool Within = runsIn(R, P::self());
    if (Within || !R.Listed.get() || R.Leaver.get()) {
      Lock.release();
      P::misuse(Within ? Misuse::FromWithin : Misuse::NotInitialized, &R,
                "callback registration");
      return;
    }
    if (R.Running.get()) {
      R.Leaver.set(&S);
      Lock.release();
      S.sleep();
      Lock.acquire();
      R.Leaver.set(nullptr);
    }
    Cell<Registration *> *At = &First;
    while (At->get() != &R)
      At = &At->get()->Next;
    At->set(R.Next.get());
    R.Listed.set(false);
    Lock.release();
  }

  void notify(void *A, void *B) {
    Call Mine;
    Lock.acquire();
    for (Registration *R = First.get(); R;) {
      if (R->Leaver.get()) {
        R = R->Next.get();
        continue;
      }
      R->Running.set(R->Running.get() + 1);
      Mine.Of = R;
      Mine.Next.set(Calls.get());
      Calls.set(&Mine);
      Lock.release();
      R->Run(R->Context, A, B);
      Lock.acquire();
      Cell<Call *> *At = &Calls;
      while (At->get() != &Mine)
        At = &At->get()->Next;
      At->set(Mine.Next.get());
      R->Running.set(R->Running.get() - 1);
      Sleeper<P> *Leaver = R->Running.get() ? nullptr : R->Leaver.get();
      Registration *Next = R->Next.get();
      if (Leaver) // it takes R off when the lock is free again
        Leaver->wake();
      R = Next;
    }
    Lock.release();
  }
};

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_PRIMITIVES_CALLBACKOBJECT_H
