// complete-under-spin-lock: a request is completed while a spin lock is held.
// RUN: %verify %s
#include <ntddk.h>
#include <wdf.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  FAST_MUTEX Mutex;
  EX_SPIN_LOCK Table;
  LIST_ENTRY Queue;
  PIRP Current;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

void shortest_bad(PDEVICE_EXTENSION Ext, PIRP Irp) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT); // expected-warning {{'IoCompleteRequest' completes a request while spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void shortest_good(PDEVICE_EXTENSION Ext, PIRP Irp) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Current = NULL;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
// A mutex is no spin lock: the completion routine runs where it may.
void mutex_good(PDEVICE_EXTENSION Ext, PIRP Irp) {
  KeEnterCriticalRegion();
  ExAcquireFastMutexUnsafe(&Ext->Mutex);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  ExReleaseFastMutexUnsafe(&Ext->Mutex);
  KeLeaveCriticalRegion();
}
static void finish(PIRP Irp, NTSTATUS Status) {
  Irp->IoStatus.Status = Status;
  Irp->IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT); // expected-warning {{'IoCompleteRequest' completes a request while spin lock 'Ext->Lock' is held}}
}
void drain_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  while (!IsListEmpty(&Ext->Queue)) {
    PLIST_ENTRY Entry = RemoveHeadList(&Ext->Queue);
    finish(CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry), STATUS_CANCELLED);
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
static void finishUnlocked(PIRP Irp) { IoCompleteRequest(Irp, IO_NO_INCREMENT); }
void drain_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  while (!IsListEmpty(&Ext->Queue)) {
    PLIST_ENTRY Entry = RemoveHeadList(&Ext->Queue);
    KeReleaseSpinLock(&Ext->Lock, Irql);
    finishUnlocked(CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry));
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void reader_bad(PDEVICE_EXTENSION Ext, PIRP Irp) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  IoCompleteRequest(Irp, IO_NO_INCREMENT); // expected-warning {{'IoCompleteRequest' completes a request while reader/writer spin lock 'Ext->Table' is held}}
  ExReleaseSpinLockShared(&Ext->Table, Irql);
}
void cancel_lock_bad(PIRP Irp) {
  KIRQL Irql;
  IoAcquireCancelSpinLock(&Irql);
  IoSetCancelRoutine(Irp, NULL);
  IoCompleteRequest(Irp, IO_NO_INCREMENT); // expected-warning {{'IoCompleteRequest' completes a request while}}
  IoReleaseCancelSpinLock(Irql);
}

void framework_bad(WDFSPINLOCK Lock, WDFREQUEST Request) {
  WdfSpinLockAcquire(Lock);
  WdfRequestComplete(Request, STATUS_SUCCESS); // expected-warning {{'WdfRequestComplete' completes a request while framework spin lock 'Lock' is held}}
  WdfSpinLockRelease(Lock);
}
void framework_information_bad(WDFSPINLOCK Lock, WDFREQUEST Request) {
  WdfSpinLockAcquire(Lock);
  WdfRequestCompleteWithInformation(Request, STATUS_SUCCESS, 4); // expected-warning {{'WdfRequestCompleteWithInformation' completes a request while framework spin lock 'Lock' is held}}
  WdfSpinLockRelease(Lock);
}
void framework_good(WDFSPINLOCK Lock, WDFREQUEST Request) {
  WdfSpinLockAcquire(Lock);
  WdfSpinLockRelease(Lock);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}
void wait_lock_good(WDFWAITLOCK Lock, WDFREQUEST Request) {
  WdfWaitLockAcquire(Lock, NULL);
  WdfRequestComplete(Request, STATUS_SUCCESS);
  WdfWaitLockRelease(Lock);
}
