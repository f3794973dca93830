// _IRQL_requires_same_ is a claim about the body, and what callers rely on. A level that is kept in
// memory is the one at entry, if a function asks for its level at all.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _EPOCH {
  KIRQL Entered;
  ULONG Processor;
  KSPIN_LOCK Lock;
} EPOCH, *PEPOCH;

ULONG current(PEPOCH Epoch);
_IRQL_requires_max_(APC_LEVEL) VOID tellOther(PEPOCH Epoch);

_IRQL_requires_max_(DISPATCH_LEVEL) KIRQL raiseIfNeeded(VOID) {
  KIRQL Old = KeGetCurrentIrql();
  if (Old < DISPATCH_LEVEL)       // expected-note {{DISPATCH_LEVEL}}
    Old = KeRaiseIrqlToDpcLevel(); // expected-note {{raised}}
  return Old;
}
_IRQL_requires_(DISPATCH_LEVEL) VOID lowerIfNeeded(KIRQL Old) {
  if (Old < DISPATCH_LEVEL)
    KeLowerIrql(Old);
}

_IRQL_requires_same_ VOID enter_good(PEPOCH Epoch) {
  Epoch->Entered = raiseIfNeeded();
  current(Epoch);
  lowerIfNeeded(Epoch->Entered);
}
_IRQL_requires_same_ VOID leave_good(PEPOCH Epoch) {
  KIRQL Old = raiseIfNeeded();
  if (current(Epoch) != Epoch->Processor) {
    if (Old < DISPATCH_LEVEL)
      KeLowerIrql(Old);
    if (Epoch->Entered < DISPATCH_LEVEL)
      tellOther(Epoch);
    return;
  }
  lowerIfNeeded(Epoch->Entered);
}
_IRQL_requires_same_ VOID leave_bad(PEPOCH Epoch) {
  KIRQL Old = raiseIfNeeded(); // expected-note {{calls}}
  if (current(Epoch) != Epoch->Processor) // expected-note {{true}}
    return; // expected-warning {{'leave_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL..APC_LEVEL}}
  lowerIfNeeded(Old);
}
// A caller is not accused of it once more.
DRIVER_UNLOAD unload_good;
extern EPOCH Global;
VOID unload_good(PDRIVER_OBJECT Driver) {
  (void)Driver;
  leave_bad(&Global);
  tellOther(&Global);
}

_IRQL_requires_same_ _IRQL_requires_max_(APC_LEVEL) VOID locked_bad(PEPOCH Epoch) {
  KIRQL Old;
  KeAcquireSpinLock(&Epoch->Lock, &Old); // expected-note {{acquired}}
  Epoch->Entered = Old;
} // expected-warning {{spin lock 'Epoch->Lock' is still held when 'locked_bad' returns}}
// Without the annotation it locks for its caller.
_IRQL_requires_max_(APC_LEVEL) VOID locked_good(PEPOCH Epoch) {
  KIRQL Old;
  KeAcquireSpinLock(&Epoch->Lock, &Old);
  Epoch->Entered = Old;
}

// HIGH_LEVEL in an annotation is the only way to write the level of a device.
_IRQL_requires_(HIGH_LEVEL) VOID atDevice(PEPOCH Epoch);
KSERVICE_ROUTINE service_good;
BOOLEAN service_good(PKINTERRUPT Interrupt, PVOID Context) {
  (void)Interrupt;
  atDevice(Context);
  return TRUE;
}
KDEFERRED_ROUTINE deferred_bad;
VOID deferred_bad(PKDPC Dpc, PVOID Context, PVOID One, PVOID Two) { // expected-note {{entered}}
  (void)Dpc, (void)One, (void)Two;
  atDevice(Context); // expected-warning {{'atDevice' is called at DISPATCH_LEVEL, below its minimum}}
}

// Where a function says that it saves the old level, callers will look for it.
_IRQL_raises_(DISPATCH_LEVEL) VOID saves_good(PEPOCH Epoch, _Out_ _IRQL_saves_ PKIRQL Old) {
  if (Epoch->Processor == 0) {
    *Old = KeRaiseIrqlToDpcLevel();
    return;
  }
  KeAcquireSpinLock(&Epoch->Lock, Old);
  KeReleaseSpinLockFromDpcLevel(&Epoch->Lock);
}
_IRQL_raises_(DISPATCH_LEVEL) VOID saves_bad(PEPOCH Epoch, _Out_ _IRQL_saves_ PKIRQL Old) {
  if (Epoch->Processor == 0) { // expected-note 0+ {{}}
    KeRaiseIrqlToDpcLevel();   // expected-note {{raised}}
    return; // expected-warning {{'saves_bad' is annotated to save the old level in 'Old', but does not on this path}}
  }
  KeRaiseIrql(DISPATCH_LEVEL, Old);
}
_IRQL_raises_(DISPATCH_LEVEL) _IRQL_saves_ KIRQL result_good(PEPOCH Epoch) {
  if (Epoch->Processor == 0)
    return KeRaiseIrqlToDpcLevel();
  return raiseIfNeeded();
}
_IRQL_requires_max_(APC_LEVEL) _IRQL_raises_(DISPATCH_LEVEL) _IRQL_saves_ KIRQL result_bad(PEPOCH Epoch) {
  KIRQL Old = KeRaiseIrqlToDpcLevel(); // expected-note {{raised}}
  if (Epoch->Processor == 0)           // expected-note {{}}
    return DISPATCH_LEVEL; // expected-warning {{'result_bad' is annotated to save the old level in the result, but does not on this path}}
  return Old;
}
