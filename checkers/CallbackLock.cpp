//===- CallbackLock.cpp ---------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// callback-lock-misuse: the lock that a framework calls callbacks under is
/// taken where there is none, taken again, or not given back to the framework.
/// interrupt-lock-recursion: code that runs under the lock of an interrupt asks
/// for it again.
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace irqlint;

namespace {
class CallbackLockCheck : public Check {
public:
  std::vector<llvm::StringRef> names() const override {
    return {"callback-lock-misuse", "interrupt-lock-recursion"};
  }

  void onEffect(const EffectEvent &E, const SyncState &Before,
                const SyncState &, Judgement &J) const override {
    bool Takes = E.What->Do == EffectKind::Acquire ||
                 E.What->Do == EffectKind::TryAcquire ||
                 E.What->Do == EffectKind::CallBack;
    if (!Takes || !E.Succeeded)
      return;
    std::string Call = "'" + E.Call->Name + "' ";
    if (E.InVain == EffectEvent::NoLock)
      J.report("callback-lock-misuse", Certainty::Definite,
               Call + "finds no lock to acquire: '" + E.ObjectText +
                   "' is not an object that has a " + title(E),
               {});
    else if (E.InVain == EffectEvent::TakenOver)
      J.report("callback-lock-misuse", Certainty::Definite,
               Call + "returns without '" + E.ObjectText +
                   "', which was given to the " + E.Owner +
                   " and is acquired as the lock of that only",
               {});
    const HeldLock *L = heldByCaller(E, Before);
    if (L)
      again(E, *L, Before, J);
    else if (E.InVain == EffectEvent::Unused)
      J.report("callback-lock-misuse", Certainty::Possible,
               Call + "acquires a lock that excludes no callback: the " +
                   E.Owner + " has no synchronization scope",
               {},
               "give the object a synchronization scope, or use a lock of the "
               "driver's own");
  }

  void onExit(const ExitEvent &Exit, const SyncState &,
              Judgement &J) const override {
    for (const std::string &Owner : Exit.GivenUp)
      J.report("callback-lock-misuse", Certainty::Definite,
               "'" + Exit.Function + "' returns without the lock of the " +
                   Owner + ", which the framework holds around it",
               {});
  }

private:
  static std::string title(const EffectEvent &E) {
    return E.Kind ? E.Kind->Title : std::string("lock");
  }

  /// The lock, if the function was entered with it.
  static const HeldLock *heldByCaller(const EffectEvent &E,
                                      const SyncState &Before) {
    if (!E.Kind || !E.Object || E.Weak)
      return nullptr;
    for (const HeldLock &L : Before.Held)
      if (L.FromEntry && L.Kind == E.Kind &&
          (L.Object == E.Object || (L.Class && L.Class == E.Class)))
        return &L;
    return nullptr;
  }

  /// The call is told to be above its level already.
  static bool tooHigh(const EffectEvent &E, const SyncState &Before,
                      const Judgement &J) {
    for (size_t I = 0; I < E.Call->Fn->Windows.size(); ++I)
      if (E.Call->WindowApplies[I] == Applies::Yes &&
          J.rangeOf(Before.Level).Lo > E.Call->Fn->Windows[I].Range.Hi)
        return true;
    return false;
  }

  static void again(const EffectEvent &E, const HeldLock &L,
                    const SyncState &Before, Judgement &J) {
    if (E.What->Do == EffectKind::TryAcquire || tooHigh(E, Before, J))
      return;
    if (E.Kind->OfInterrupt)
      J.report("interrupt-lock-recursion", Certainty::Definite,
               "'" + E.Call->Name + "' asks for " + lockText(L, J) +
                   ", under which this code runs already",
               {});
    else if (E.What->Configured)
      J.report("callback-lock-misuse", Certainty::Definite,
               "'" + E.Call->Name + "' acquires the callback lock of the " +
                   J.nameOf(L.Object) +
                   ", which the framework holds around this callback",
               {});
  }
};
} // namespace

std::unique_ptr<Check> irqlint::makeCallbackLock() {
  return std::make_unique<CallbackLockCheck>();
}
