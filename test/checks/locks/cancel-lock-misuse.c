// cancel-lock-misuse: a cancel routine must release the cancel spin lock once,
// with the level that the request keeps.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  LIST_ENTRY Queue;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_CANCEL shortest_good;
void shortest_good(PDEVICE_OBJECT Device, PIRP Irp) {
  (void)Device;
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
DRIVER_CANCEL kept_bad;
void kept_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  (void)Device;
  if (Irp->IoStatus.Information)
    return; // expected-warning {{'kept_bad' is entered with the cancel spin lock held and returns without releasing it}}
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
DRIVER_CANCEL completes_before_bad;
void completes_before_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  KIRQL Irql = Irp->CancelIrql;
  (void)Device;
  IoCompleteRequest(Irp, IO_NO_INCREMENT); // expected-warning {{'IoCompleteRequest' completes a request while}}
  IoReleaseCancelSpinLock(Irql);
}
DRIVER_CANCEL released_twice_bad;
void released_twice_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  (void)Device;
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  if (Irp->Cancel)
    IoReleaseCancelSpinLock(Irp->CancelIrql); // expected-warning {{is released by 'IoReleaseCancelSpinLock' but was released before by 'IoReleaseCancelSpinLock'}}
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
DRIVER_CANCEL acquired_again_bad;
void acquired_again_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  KIRQL Irql;
  (void)Device;
  IoAcquireCancelSpinLock(&Irql); // expected-warning {{is acquired again by 'IoAcquireCancelSpinLock' while this thread holds it}}
  IoReleaseCancelSpinLock(Irql);
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
// Released first, then the driver's own lock: as in the documentation.
DRIVER_CANCEL own_lock_good;
void own_lock_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
// At the level of the request: the own lock first, its level along with it.
DRIVER_CANCEL own_lock_first_good;
void own_lock_first_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL CancelIrql = Irp->CancelIrql;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  IoReleaseCancelSpinLock(CancelIrql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
static void release(PIRP Irp) { IoReleaseCancelSpinLock(Irp->CancelIrql); }
DRIVER_CANCEL helper_good;
void helper_good(PDEVICE_OBJECT Device, PIRP Irp) {
  (void)Device;
  release(Irp);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
DRIVER_CANCEL waits_bad;
void waits_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  LARGE_INTEGER Delay;
  (void)Device;
  Delay.QuadPart = -1000;
  KeDelayExecutionThread(KernelMode, FALSE, &Delay); // expected-warning {{'KeDelayExecutionThread' waits at DISPATCH_LEVEL}}
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

// Registered, not declared.
static void registered(PDEVICE_OBJECT Device, PIRP Irp) {
  (void)Device;
  Irp->IoStatus.Status = STATUS_CANCELLED;
} // expected-warning {{'registered' is entered with the cancel spin lock held and returns without releasing it}}
void setUp(PIRP Irp) { IoSetCancelRoutine(Irp, registered); }

// Whoever takes it elsewhere must give it back, too.
DRIVER_DISPATCH dispatch_bad;
NTSTATUS dispatch_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  KIRQL Irql;
  (void)Device;
  IoAcquireCancelSpinLock(&Irql);
  if (Irp->Cancel)
    return STATUS_CANCELLED; // expected-warning {{is still held when 'dispatch_bad' returns; acquired by 'IoAcquireCancelSpinLock'}}
  IoSetCancelRoutine(Irp, shortest_good);
  IoReleaseCancelSpinLock(Irql);
  return STATUS_PENDING;
}
