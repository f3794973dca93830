// Shapes that planting defects into real drivers showed, each with a twin that is right.
// RUN: %verify %s
#include <ntifs.h>
#include <wdf.h>
#include <ndis.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, QueueLock;
  FAST_MUTEX Mutex;
  PKINTERRUPT Interrupt;
  KIRQL SavedIrql;
  ULONG Count, Status;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

int Ready(PDEVICE_EXTENSION Ext);
VOID Trace(PDEVICE_EXTENSION Ext);

// ---- a helper keeps the lock, and nobody is left who knows the old level
VOID post_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
} // expected-warning {{spin lock 'Ext->Lock' is still held when 'post_bad' returns; acquired by 'KeAcquireSpinLock'}}
VOID post_queued_bad(PDEVICE_EXTENSION Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Handle);
  ++Ext->Count;
} // expected-warning {{in-stack queued spin lock 'Ext->Lock' is still held when 'post_queued_bad' returns; acquired by 'KeAcquireInStackQueuedSpinLock'}}
VOID post_result_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = KeAcquireSpinLockRaiseToDpc(&Ext->Lock);
  ++Ext->Count;
  (void)Irql;
} // expected-warning {{spin lock 'Ext->Lock' is still held when 'post_result_bad' returns; acquired by 'KeAcquireSpinLockRaiseToDpc'}}
VOID raise_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  ++Ext->Count;
} // expected-warning {{'raise_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL..DISPATCH_LEVEL; the level was changed by 'KeRaiseIrql'}}
// The lock routines of a driver keep it somewhere.
VOID lock_member_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->SavedIrql = Irql;
}
KIRQL lock_result_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  return Irql;
}
VOID lock_parameter_good(PDEVICE_EXTENSION Ext, PKIRQL Old) {
  KIRQL Irql = KeAcquireSpinLockRaiseToDpc(&Ext->Lock);
  *Old = Irql;
}
VOID lock_handle_good(PDEVICE_EXTENSION Ext, PKLOCK_QUEUE_HANDLE Handle) {
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, Handle);
}
VOID lock_dpc_good(PDEVICE_EXTENSION Ext) { KeAcquireSpinLockAtDpcLevel(&Ext->Lock); }
KIRQL raise_good(VOID) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  return Irql;
}

// ---- what another routine fills decides whether the lock is taken
typedef struct _STATUS_CONTEXT {
  PDEVICE_EXTENSION Ext;
  ULONG Status;
} STATUS_CONTEXT, *PSTATUS_CONTEXT;

KSYNCHRONIZE_ROUTINE takeStatus;
BOOLEAN takeStatus(PVOID Context) {
  PSTATUS_CONTEXT Taken = Context;
  Taken->Status = Taken->Ext->Status;
  Taken->Ext->Status = 0;
  return TRUE;
}
IO_DPC_ROUTINE filled_bad;
VOID filled_bad(PKDPC Dpc, PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  STATUS_CONTEXT Taken = {Ext, 0};
  (void)Dpc, (void)Device, (void)Irp;
  KeSynchronizeExecution(Ext->Interrupt, takeStatus, &Taken);
  if (Taken.Status & 1) {
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    ++Ext->Count;
    if (!Ready(Ext))
      return; // expected-warning {{spin lock 'Ext->Lock' is still held when 'filled_bad' returns; acquired by 'KeAcquireSpinLockAtDpcLevel'}}
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  }
}
IO_DPC_ROUTINE filled_good;
VOID filled_good(PKDPC Dpc, PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  STATUS_CONTEXT Taken = {Ext, 0};
  (void)Dpc, (void)Device, (void)Irp;
  KeSynchronizeExecution(Ext->Interrupt, takeStatus, &Taken);
  if (Taken.Status & 1)
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  Trace(Ext);
  if (Taken.Status & 1)
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}

// ---- "called with the lock held" is no excuse to keep another one
_Requires_lock_held_(Ext->QueueLock)
static NTSTATUS under_bad(PDEVICE_EXTENSION Ext) {
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  if (!Ready(Ext))
    return STATUS_DEVICE_NOT_READY; // expected-warning {{spin lock 'Ext->Lock' is still held when 'under_bad' returns; acquired by 'KeAcquireSpinLockAtDpcLevel'}}
  ++Ext->Count;
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  return STATUS_SUCCESS;
}
// It may drop that one for a while.
_Requires_lock_held_(Ext->QueueLock)
static NTSTATUS under_good(PDEVICE_EXTENSION Ext, BOOLEAN Drop) {
  if (Drop) {
    KeReleaseSpinLockFromDpcLevel(&Ext->QueueLock);
    Trace(Ext);
    KeAcquireSpinLockAtDpcLevel(&Ext->QueueLock);
    if (!Ready(Ext))
      return STATUS_DEVICE_NOT_READY;
  }
  ++Ext->Count;
  return STATUS_SUCCESS;
}
KDEFERRED_ROUTINE under;
VOID under(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Dpc, (void)A, (void)B;
  KeAcquireSpinLockAtDpcLevel(&Ext->QueueLock);
  if (NT_SUCCESS(under_good(Ext, TRUE)))
    under_bad(Ext);
  KeReleaseSpinLockFromDpcLevel(&Ext->QueueLock);
}

// ---- the framework never holds a spin lock that the driver made around a queue's callback
typedef struct _DEVICE_DATA {
  WDFSPINLOCK Lock;
  ULONG Count;
} DEVICE_DATA, *PDEVICE_DATA;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_DATA, getContext)

EVT_WDF_IO_QUEUE_IO_READ read_bad, read_good;
VOID read_bad(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  PDEVICE_DATA Context = getContext(WdfIoQueueGetDevice(Queue));
  (void)Length;
  ++Context->Count;
  WdfSpinLockRelease(Context->Lock); // expected-warning {{framework spin lock 'Context->Lock' is released by 'WdfSpinLockRelease' but was not acquired on this path}}
  WdfRequestComplete(Request, STATUS_SUCCESS);
}
VOID read_good(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  PDEVICE_DATA Context = getContext(WdfIoQueueGetDevice(Queue));
  (void)Length;
  WdfSpinLockAcquire(Context->Lock);
  ++Context->Count;
  WdfSpinLockRelease(Context->Lock);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}
// An interrupt can have one as its lock.
EVT_WDF_INTERRUPT_SYNCHRONIZE synchronized_good;
BOOLEAN synchronized_good(WDFINTERRUPT Interrupt, WDFCONTEXT Given) {
  PDEVICE_DATA Context = Given;
  (void)Interrupt;
  WdfSpinLockRelease(Context->Lock);
  WdfSpinLockAcquire(Context->Lock);
  return TRUE;
}

// ---- a lock that keeps the old level in itself, taken without keeping one
typedef struct _ADAPTER {
  NDIS_SPIN_LOCK Lock;
  ULONG Count;
} ADAPTER, *PADAPTER;
VOID kept_in_lock_bad(PADAPTER Adapter) {
  NdisDprAcquireSpinLock(&Adapter->Lock);
  ++Adapter->Count;
  NdisReleaseSpinLock(&Adapter->Lock); // expected-warning {{spin lock 'Adapter->Lock' was acquired by 'NdisDprAcquireSpinLock' but is released by 'NdisReleaseSpinLock', which lowers a level that the acquisition did not raise}}
}
VOID kept_in_lock_good(PADAPTER Adapter) {
  NdisAcquireSpinLock(&Adapter->Lock);
  ++Adapter->Count;
  NdisReleaseSpinLock(&Adapter->Lock);
  NdisDprAcquireSpinLock(&Adapter->Lock);
  ++Adapter->Count;
  NdisDprReleaseSpinLock(&Adapter->Lock);
}

// ---- a cancel routine gives up the cancel lock, which is no excuse to keep its own
DRIVER_CANCEL cancel_bad, cancel_good;
VOID cancel_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  KeAcquireSpinLock(&Ext->QueueLock, &Irql);
  if (!Irp->Tail.Overlay.ListEntry.Flink)
    return; // expected-warning {{spin lock 'Ext->QueueLock' is still held when 'cancel_bad' returns; acquired by 'KeAcquireSpinLock'}}
  RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
VOID cancel_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  KeAcquireSpinLock(&Ext->QueueLock, &Irql);
  RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
// The queue's lock first, then the cancel lock is given back where it was taken.
VOID cancel_nested_good(PDEVICE_OBJECT Device, PIRP Irp);
DRIVER_CANCEL cancel_nested_good;
VOID cancel_nested_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Old = Irp->CancelIrql;
  KeAcquireSpinLockAtDpcLevel(&Ext->QueueLock);
  RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
  KeReleaseSpinLockFromDpcLevel(&Ext->QueueLock);
  IoReleaseCancelSpinLock(Old);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
