// What annotations say about functions of other units, and about our own.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  KEVENT Event;
  HANDLE Key;
  ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

#define WAIT(Ext) KeWaitForSingleObject(&(Ext)->Event, Executive, KernelMode, FALSE, NULL)

//===--- functions that are defined elsewhere ---------------------------------------------===//

_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL) _IRQL_saves_
KIRQL raiseForUs(void);
void lowerForUs(_IRQL_restores_ KIRQL Irql);
_IRQL_raises_(DISPATCH_LEVEL)
void raiseByPointer(_Out_ _At_(*Irql, _IRQL_saves_) PKIRQL Irql);

_IRQL_requires_min_(DISPATCH_LEVEL) void atDispatch(PDEVICE_EXTENSION Ext);
_IRQL_requires_(PASSIVE_LEVEL) void atPassive(PDEVICE_EXTENSION Ext);
_IRQL_requires_max_(APC_LEVEL) void belowDispatch(PDEVICE_EXTENSION Ext);
__drv_maxIRQL(APC_LEVEL) void oldStyle(PDEVICE_EXTENSION Ext);

void raises_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = raiseForUs();
  WAIT(Ext); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
  lowerForUs(Irql);
}
void raises_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = raiseForUs();
  ++Ext->Count;
  lowerForUs(Irql);
  WAIT(Ext);
}
IO_WORKITEM_ROUTINE raises_not_restored_bad;
void raises_not_restored_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql = raiseForUs();
  (void)Device;
  if (Ext->Count)
    return; // expected-warning {{'raises_not_restored_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL; the level was changed by 'raiseForUs'}}
  lowerForUs(Irql);
}
void by_pointer_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  raiseByPointer(&Irql);
  WAIT(Ext); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
  lowerForUs(Irql);
}

IO_WORKITEM_ROUTINE too_low_bad;
void too_low_bad(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device;
  atDispatch(Context); // expected-warning {{'atDispatch' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  atPassive(Context);
}
void too_high_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  atDispatch(Ext);
  atPassive(Ext); // expected-warning {{'atPassive' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
  belowDispatch(Ext); // expected-warning {{'belowDispatch' is called at DISPATCH_LEVEL, above its maximum APC_LEVEL; spin lock 'Ext->Lock' is held}}
  oldStyle(Ext); // expected-warning {{'oldStyle' is called at DISPATCH_LEVEL, above its maximum APC_LEVEL; spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// A wrapper that locks elsewhere: what it holds is not ours to judge.
_Acquires_lock_(Ext->Lock) void lockElsewhere(PDEVICE_EXTENSION Ext, PKIRQL Irql);
_Releases_lock_(Ext->Lock) void unlockElsewhere(PDEVICE_EXTENSION Ext, KIRQL Irql);
IO_WORKITEM_ROUTINE wrapper_elsewhere_good;
void wrapper_elsewhere_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  lockElsewhere(Ext, &Irql);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  unlockElsewhere(Ext, Irql);
}

//===--- our own functions ------------------------------------------------------------------===//

// Its contract is to release and take again what the caller holds.
_Requires_lock_held_(Ext->Lock)
void dropsAndTakes_good(PDEVICE_EXTENSION Ext, PKIRQL Irql) {
  KeReleaseSpinLock(&Ext->Lock, *Irql);
  WAIT(Ext);
  KeAcquireSpinLock(&Ext->Lock, Irql);
}
_IRQL_requires_(DISPATCH_LEVEL) _Requires_lock_held_(Ext->Lock)
void heldByCaller_bad(PDEVICE_EXTENSION Ext) {
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
}
_When_(return != 0, _Acquires_lock_(Ext->Lock))
BOOLEAN tryWithSetting_good(PDEVICE_EXTENSION Ext, PKIRQL Irql) {
  KeAcquireSpinLock(&Ext->Lock, Irql);
  if (Ext->Count)
    return TRUE;
  KeReleaseSpinLock(&Ext->Lock, *Irql);
  return FALSE;
}
_IRQL_restores_global_(DpcIrql, Ext)
void restoresForCaller_good(PDEVICE_EXTENSION Ext, KIRQL Irql) {
  ++Ext->Count;
  KeLowerIrql(Irql);
}
_IRQL_requires_same_
void same_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  ++Ext->Count;
  KeLowerIrql(Irql);
}
// The annotation on the declaration counts for the definition.
_IRQL_requires_(DISPATCH_LEVEL) void declared_bad(PDEVICE_EXTENSION Ext);
void declared_bad(PDEVICE_EXTENSION Ext) {
  WAIT(Ext); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}

//===--- a level that is kept somewhere -------------------------------------------------===//

_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL)
_IRQL_saves_global_(QueueIrql, Ext) void lock_elsewhere(PDEVICE_EXTENSION Ext);
_IRQL_requires_(DISPATCH_LEVEL) _IRQL_restores_global_(QueueIrql, Ext) void unlock_elsewhere(PDEVICE_EXTENSION Ext);

_IRQL_requires_(PASSIVE_LEVEL) void kept_good(PDEVICE_EXTENSION Ext) {
  lock_elsewhere(Ext);
  unlock_elsewhere(Ext);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}

_IRQL_requires_(PASSIVE_LEVEL) void kept_bad(PDEVICE_EXTENSION Ext) {
  lock_elsewhere(Ext); // expected-note 0+ {{}}
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}} expected-note 0+ {{}}
  unlock_elsewhere(Ext);
}
