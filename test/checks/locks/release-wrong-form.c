// release-wrong-form, lock-kind-mixed: the release does not go with the
// acquisition; one object is used as two kinds of lock.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, Other;
  EX_SPIN_LOCK Table;
  FAST_MUTEX Mutex;
  ULONG Count;
  BOOLEAN AtDispatch;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

//===--- the level stays up -------------------------------------------------------------===//

void stays_raised_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{spin lock 'Ext->Lock' was acquired by 'KeAcquireSpinLock' but is released by 'KeReleaseSpinLockFromDpcLevel', which leaves the level raised}}
}
// Lowered by hand afterwards: unusual, and right.
void lowered_by_hand_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  KeLowerIrql(Irql);
}
void reader_stays_raised_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  (void)Irql;
  ExReleaseSpinLockSharedFromDpcLevel(&Ext->Table); // expected-warning {{reader/writer spin lock 'Ext->Table' was acquired by 'ExAcquireSpinLockShared' but is released by 'ExReleaseSpinLockSharedFromDpcLevel', which leaves the level raised}}
}
void in_stack_stays_raised_bad(PDEVICE_EXTENSION Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Handle);
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle); // expected-warning {{was acquired by 'KeAcquireInStackQueuedSpinLock' but is released by 'KeReleaseInStackQueuedSpinLockFromDpcLevel', which leaves the level raised}}
}

//===--- the level goes down that nobody raised --------------------------------------------===//

KDEFERRED_ROUTINE dpc_lowers_bad;
void dpc_lowers_bad(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Object, (void)A, (void)B;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  KeReleaseSpinLock(&Ext->Lock, PASSIVE_LEVEL); // expected-warning {{spin lock 'Ext->Lock' was acquired by 'KeAcquireSpinLockAtDpcLevel' but is released by 'KeReleaseSpinLock', which lowers a level that the acquisition did not raise}}
}
// Raised by hand, then the release brings the level back: right.
void raised_by_hand_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// The plain forms are legal in a DPC.
KDEFERRED_ROUTINE plain_in_dpc_good;
void plain_in_dpc_good(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Object, (void)A, (void)B;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// Nested: the inner pair leaves the level alone, the outer one restores it.
void nested_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeAcquireSpinLockAtDpcLevel(&Ext->Other);
  KeReleaseSpinLockFromDpcLevel(&Ext->Other);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// Crossed: the level goes back while Other is held.
void crossed_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeAcquireSpinLockAtDpcLevel(&Ext->Other);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Lock' restores the level from before while spin lock 'Ext->Other' is still held}}
  KeReleaseSpinLockFromDpcLevel(&Ext->Other);
}

//===--- chosen by a flag ----------------------------------------------------------------===//

void chosen_by_parameter_good(PDEVICE_EXTENSION Ext, BOOLEAN AtDispatch) {
  KIRQL Irql = DISPATCH_LEVEL;
  if (AtDispatch)
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  else
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  if (AtDispatch)
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  else
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
void chosen_by_setting_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = DISPATCH_LEVEL;
  if (Ext->AtDispatch)
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  else
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  if (Ext->AtDispatch)
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  else
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
void chosen_wrongly_bad(PDEVICE_EXTENSION Ext, BOOLEAN AtDispatch) {
  KIRQL Irql = DISPATCH_LEVEL;
  if (AtDispatch)
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  else
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  if (!AtDispatch)
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{spin lock 'Ext->Lock' was acquired by 'KeAcquireSpinLock' but is released by 'KeReleaseSpinLockFromDpcLevel', which leaves the level raised}}
  else
    KeReleaseSpinLock(&Ext->Lock, Irql);
}

//===--- shared and exclusive --------------------------------------------------------------===//

void mode_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockExclusive(&Ext->Table);
  ++Ext->Count;
  ExReleaseSpinLockShared(&Ext->Table, Irql); // expected-warning {{reader/writer spin lock 'Ext->Table' is held exclusively but is released by 'ExReleaseSpinLockShared', which gives up a shared hold}}
}
void mode_shared_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  ExReleaseSpinLockExclusive(&Ext->Table, Irql); // expected-warning {{reader/writer spin lock 'Ext->Table' is held shared but is released by 'ExReleaseSpinLockExclusive', which gives up an exclusive hold}}
}
void mode_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  ExReleaseSpinLockShared(&Ext->Table, Irql);
  Irql = ExAcquireSpinLockExclusive(&Ext->Table);
  ExReleaseSpinLockExclusive(&Ext->Table, Irql);
}
// A conversion changes the mode, if it succeeds.
void converted_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  if (ExTryConvertSharedSpinLockExclusive(&Ext->Table)) {
    ++Ext->Count;
    ExReleaseSpinLockExclusive(&Ext->Table, Irql);
  } else {
    ExReleaseSpinLockShared(&Ext->Table, Irql);
  }
}
void converted_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  if (ExTryConvertSharedSpinLockExclusive(&Ext->Table))
    ++Ext->Count;
  ExReleaseSpinLockShared(&Ext->Table, Irql); // expected-warning {{but is released by 'ExReleaseSpinLockShared'}}
}
void not_converted_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  if (!ExTryConvertSharedSpinLockExclusive(&Ext->Table)) {
    ExReleaseSpinLockExclusive(&Ext->Table, Irql); // expected-warning {{reader/writer spin lock 'Ext->Table' is held shared but is released by 'ExReleaseSpinLockExclusive', which gives up an exclusive hold}}
    return;
  }
  ExReleaseSpinLockExclusive(&Ext->Table, Irql);
}

//===--- mutexes -----------------------------------------------------------------------------===//

void fast_mutex_bad(PDEVICE_EXTENSION Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  ExReleaseFastMutexUnsafe(&Ext->Mutex); // expected-warning {{fast mutex 'Ext->Mutex' was acquired by 'ExAcquireFastMutex' but is released by 'ExReleaseFastMutexUnsafe', which belongs to another form of acquisition}}
}
void fast_mutex_good(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  ExAcquireFastMutexUnsafe(&Ext->Mutex);
  ExReleaseFastMutexUnsafe(&Ext->Mutex);
  KeLeaveCriticalRegion();
}

//===--- one object, two kinds ---------------------------------------------------------------===//

void kinds_bad(PDEVICE_EXTENSION Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Handle);
  KeReleaseSpinLock(&Ext->Lock, Handle.OldIrql); // expected-warning {{in-stack queued spin lock 'Ext->Lock' was acquired by 'KeAcquireInStackQueuedSpinLock' but is released by 'KeReleaseSpinLock'}}
}
void kinds_nested_bad(PDEVICE_EXTENSION Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeAcquireInStackQueuedSpinLockAtDpcLevel(&Ext->Lock, &Handle); // expected-warning {{spin lock 'Ext->Lock' is acquired as in-stack queued spin lock by 'KeAcquireInStackQueuedSpinLockAtDpcLevel'}}
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void kinds_good(PDEVICE_EXTENSION Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KIRQL Irql;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Handle);
  KeReleaseInStackQueuedSpinLock(&Handle);
  KeAcquireSpinLock(&Ext->Other, &Irql);
  KeReleaseSpinLock(&Ext->Other, Irql);
}
