// In-stack and numbered queued spin locks: every check of theirs.
// RUN: %verify %s
#include <ntddk.h>

// Exported by the kernel, in no public header.
typedef ULONG_PTR QUEUE_NUMBER;
KIRQL KeAcquireQueuedSpinLock(QUEUE_NUMBER Number);
void KeReleaseQueuedSpinLock(QUEUE_NUMBER Number, KIRQL OldIrql);
LOGICAL KeTryToAcquireQueuedSpinLock(QUEUE_NUMBER Number, PKIRQL OldIrql);

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, Other;
  KLOCK_QUEUE_HANDLE Handle;
  KEVENT Event;
  ULONG Count;
  BOOLEAN Stopping;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_DISPATCH leak_bad;
NTSTATUS leak_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KLOCK_QUEUE_HANDLE Handle;
  (void)Irp;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Handle);
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING; // expected-warning {{in-stack queued spin lock 'Ext->Lock' is still held when 'leak_bad' returns; acquired by 'KeAcquireInStackQueuedSpinLock'}}
  KeReleaseInStackQueuedSpinLock(&Handle);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH leak_good;
NTSTATUS leak_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KLOCK_QUEUE_HANDLE Handle;
  (void)Irp;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Handle);
  if (Ext->Stopping) {
    KeReleaseInStackQueuedSpinLock(&Handle);
    return STATUS_DELETE_PENDING;
  }
  KeReleaseInStackQueuedSpinLock(&Handle);
  return STATUS_SUCCESS;
}
void wait_bad(PDEVICE_EXTENSION Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Handle);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while in-stack queued spin lock 'Ext->Lock' is held}}
  KeReleaseInStackQueuedSpinLock(&Handle);
}
void double_bad(PDEVICE_EXTENSION Ext) {
  KLOCK_QUEUE_HANDLE A, B;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &A);
  KeAcquireInStackQueuedSpinLockAtDpcLevel(&Ext->Lock, &B); // expected-warning {{in-stack queued spin lock 'Ext->Lock' is acquired again by 'KeAcquireInStackQueuedSpinLockAtDpcLevel' while this thread holds it; first acquired by 'KeAcquireInStackQueuedSpinLock'}}
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&B);
  KeReleaseInStackQueuedSpinLock(&A);
}
void nested_good(PDEVICE_EXTENSION Ext) {
  KLOCK_QUEUE_HANDLE A, B;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &A);
  KeAcquireInStackQueuedSpinLock(&Ext->Other, &B);
  KeReleaseInStackQueuedSpinLock(&B);
  KeReleaseInStackQueuedSpinLock(&A);
}
// The handle in the structure, through helpers.
static void lock(PDEVICE_EXTENSION Ext) { KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Ext->Handle); }
static void unlock(PDEVICE_EXTENSION Ext) { KeReleaseInStackQueuedSpinLock(&Ext->Handle); }
DRIVER_DISPATCH handle_member_good;
NTSTATUS handle_member_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  lock(Ext);
  ++Ext->Count;
  unlock(Ext);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH handle_member_bad;
NTSTATUS handle_member_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  lock(Ext);
  if (++Ext->Count == 5)
    return STATUS_UNSUCCESSFUL; // expected-warning {{in-stack queued spin lock 'Ext->Lock' is still held when 'handle_member_bad' returns; acquired by 'KeAcquireInStackQueuedSpinLock'}}
  unlock(Ext);
  return STATUS_SUCCESS;
}
void released_twice_bad(PDEVICE_EXTENSION Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Handle);
  KeReleaseInStackQueuedSpinLock(&Handle);
  if (Ext->Stopping)
    KeReleaseInStackQueuedSpinLock(&Handle); // expected-warning {{is released by 'KeReleaseInStackQueuedSpinLock' but was released before by 'KeReleaseInStackQueuedSpinLock'}}
}
// Threaded DPCs have forms of their own.
KDEFERRED_ROUTINE threaded_good;
void threaded_good(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  KLOCK_QUEUE_HANDLE Handle;
  KIRQL Irql;
  (void)Dpc, (void)A, (void)B;
  KeAcquireInStackQueuedSpinLockForDpc(&Ext->Lock, &Handle);
  KeReleaseInStackQueuedSpinLockForDpc(&Handle);
  Irql = KeAcquireSpinLockForDpc(&Ext->Other);
  KeReleaseSpinLockForDpc(&Ext->Other, Irql);
}
KDEFERRED_ROUTINE threaded_bad;
void threaded_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Dpc, (void)A, (void)B;
  Irql = KeAcquireSpinLockForDpc(&Ext->Other);
  KeReleaseSpinLock(&Ext->Other, Irql); // expected-warning {{spin lock 'Ext->Other' was acquired by 'KeAcquireSpinLockForDpc' but is released by 'KeReleaseSpinLock', which belongs to another form of acquisition}}
}

//===--- numbered ----------------------------------------------------------------------===//

IO_WORKITEM_ROUTINE numbered_leak_bad;
void numbered_leak_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql = KeAcquireQueuedSpinLock(7);
  (void)Device;
  if (Ext->Stopping)
    return; // expected-warning {{is still held when 'numbered_leak_bad' returns; acquired by 'KeAcquireQueuedSpinLock'}}
  KeReleaseQueuedSpinLock(7, Irql);
}
IO_WORKITEM_ROUTINE numbered_good;
void numbered_good(PDEVICE_OBJECT Device, PVOID Context) {
  KIRQL A = KeAcquireQueuedSpinLock(7), B;
  (void)Device, (void)Context;
  B = KeAcquireQueuedSpinLock(8);
  KeReleaseQueuedSpinLock(8, B);
  KeReleaseQueuedSpinLock(7, A);
}
void numbered_double_bad(void) {
  KIRQL A = KeAcquireQueuedSpinLock(7), B;
  B = KeAcquireQueuedSpinLock(7); // expected-warning {{is acquired again by 'KeAcquireQueuedSpinLock' while this thread holds it; first acquired by 'KeAcquireQueuedSpinLock'}}
  KeReleaseQueuedSpinLock(7, B);
  KeReleaseQueuedSpinLock(7, A);
}
IO_WORKITEM_ROUTINE numbered_try_bad;
void numbered_try_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  if (KeTryToAcquireQueuedSpinLock(7, &Irql))
    ++Ext->Count;
} // expected-warning {{is still held when 'numbered_try_bad' returns; acquired by 'KeTryToAcquireQueuedSpinLock'}}
IO_WORKITEM_ROUTINE numbered_try_good;
void numbered_try_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  if (!KeTryToAcquireQueuedSpinLock(7, &Irql))
    return;
  ++Ext->Count;
  KeReleaseQueuedSpinLock(7, Irql);
}
