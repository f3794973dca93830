// KSPIN_LOCK in all its forms.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, Other;
  KEVENT Event;
  LIST_ENTRY List, Entry;
  SINGLE_LIST_ENTRY Single;
  LARGE_INTEGER Total;
  ULONG Count;
  BOOLEAN Stopping;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

#define WAIT(Ext) KeWaitForSingleObject(&(Ext)->Event, Executive, KernelMode, FALSE, NULL)

IO_WORKITEM_ROUTINE returned_level_bad;
void returned_level_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql = KeAcquireSpinLockRaiseToDpc(&Ext->Lock);
  (void)Device;
  if (Ext->Stopping)
    return; // expected-warning {{spin lock 'Ext->Lock' is still held when 'returned_level_bad' returns; acquired by 'KeAcquireSpinLockRaiseToDpc'}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void returned_level_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = KeAcquireSpinLockRaiseToDpc(&Ext->Lock);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  WAIT(Ext);
}
void returned_level_wait_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = KeAcquireSpinLockRaiseToDpc(&Ext->Lock);
  WAIT(Ext); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
KDEFERRED_ROUTINE dpc_level_leak_bad;
void dpc_level_leak_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Dpc, (void)A, (void)B;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  if (Ext->Stopping)
    return; // expected-warning {{spin lock 'Ext->Lock' is still held when 'dpc_level_leak_bad' returns; acquired by 'KeAcquireSpinLockAtDpcLevel'}}
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
// A local lock: pointless, and still a lock.
void local_bad(void) {
  KSPIN_LOCK Lock;
  KIRQL A, B;
  KeInitializeSpinLock(&Lock);
  KeAcquireSpinLock(&Lock, &A);
  KeAcquireSpinLock(&Lock, &B); // expected-warning {{spin lock 'Lock' is acquired again by 'KeAcquireSpinLock' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Lock, B);
  KeReleaseSpinLock(&Lock, A);
}
// Initialized anew, it is a free lock.
void initialized_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  KeInitializeSpinLock(&Ext->Lock);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
KDEFERRED_ROUTINE try_loop_good;
void try_loop_good(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Dpc, (void)A, (void)B;
  while (!KeTryToAcquireSpinLockAtDpcLevel(&Ext->Lock))
    YieldProcessor();
  ++Ext->Count;
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
KDEFERRED_ROUTINE try_ignored_bad;
void try_ignored_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Dpc, (void)A, (void)B;
  KeTryToAcquireSpinLockAtDpcLevel(&Ext->Lock);
  ++Ext->Count;
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLockFromDpcLevel' on a path on which 'KeTryToAcquireSpinLockAtDpcLevel' failed to acquire it}}
}

//===--- ExInterlocked* ---------------------------------------------------------------------===//

void interlocked_all_bad(PDEVICE_EXTENSION Ext) {
  LARGE_INTEGER One;
  KIRQL Irql;
  One.QuadPart = 1;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ExInterlockedInsertHeadList(&Ext->List, &Ext->Entry, &Ext->Lock); // expected-warning {{is acquired again by 'ExInterlockedInsertHeadList' while this thread holds it}}
  ExInterlockedRemoveHeadList(&Ext->List, &Ext->Lock); // expected-warning {{is acquired again by 'ExInterlockedRemoveHeadList' while this thread holds it}}
  ExInterlockedPushEntryList(&Ext->Single, &Ext->Single, &Ext->Lock); // expected-warning {{is acquired again by 'ExInterlockedPushEntryList' while this thread holds it}}
  ExInterlockedPopEntryList(&Ext->Single, &Ext->Lock); // expected-warning {{is acquired again by 'ExInterlockedPopEntryList' while this thread holds it}}
  ExInterlockedAddLargeInteger(&Ext->Total, One, &Ext->Lock); // expected-warning {{is acquired again by 'ExInterlockedAddLargeInteger' while this thread holds it}}
  ExInterlockedAddUlong(&Ext->Count, 1, &Ext->Lock); // expected-warning {{is acquired again by 'ExInterlockedAddUlong' while this thread holds it}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void interlocked_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Other, &Irql);
  ExInterlockedAddUlong(&Ext->Count, 1, &Ext->Lock);
  InterlockedIncrement((LONG *)&Ext->Count);
  KeReleaseSpinLock(&Ext->Other, Irql);
  ExInterlockedAddUlong(&Ext->Count, 1, &Ext->Lock);
  WAIT(Ext); // the level is what it was
}

//===--- the system's own -----------------------------------------------------------------------===//

IO_WORKITEM_ROUTINE vpb_bad;
void vpb_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  IoAcquireVpbSpinLock(&Irql);
  if (Ext->Stopping)
    return; // expected-warning {{is still held when 'vpb_bad' returns; acquired by 'IoAcquireVpbSpinLock'}}
  IoReleaseVpbSpinLock(Irql);
}
IO_WORKITEM_ROUTINE vpb_good;
void vpb_good(PDEVICE_OBJECT Device, PVOID Context) {
  KIRQL A, B;
  (void)Context;
  IoAcquireVpbSpinLock(&A);
  IoAcquireCancelSpinLock(&B); // another lock
  ++Device->ReferenceCount;
  IoReleaseCancelSpinLock(B);
  IoReleaseVpbSpinLock(A);
}
void cancel_wait_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  IoAcquireCancelSpinLock(&Irql);
  WAIT(Ext); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while the cancel spin lock is held}}
  IoReleaseCancelSpinLock(Irql);
}
