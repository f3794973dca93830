// remove-lock-misuse: what is counted in with IoAcquireRemoveLock is counted out once,
// with the same tag, on every path that does not pass it on.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  IO_REMOVE_LOCK RemoveLock;
  PDEVICE_OBJECT Lower;
  IO_CSQ Queue;
  KSPIN_LOCK Lock;
  LIST_ENTRY Pending;
  ULONG Count;
  BOOLEAN Ready;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

IO_COMPLETION_ROUTINE Done;
void Prepare(PDEVICE_EXTENSION Ext, PIRP Irp);

static NTSTATUS Finish(PIRP Irp, NTSTATUS Status) {
  Irp->IoStatus.Status = Status;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}

//===--- kept ----------------------------------------------------------------------===//

DRIVER_DISPATCH kept_on_error_bad;
NTSTATUS kept_on_error_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  if (!Ext->Ready)
    return Finish(Irp, STATUS_DEVICE_NOT_READY); // expected-warning {{remove lock 'Ext->RemoveLock' is kept when 'kept_on_error_bad' returns; acquired by 'IoAcquireRemoveLock'}}
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  return Finish(Irp, STATUS_SUCCESS);
}
DRIVER_DISPATCH kept_on_error_good;
NTSTATUS kept_on_error_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  if (!Ext->Ready)
    Status = STATUS_DEVICE_NOT_READY;
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  return Finish(Irp, Status);
}
DRIVER_DISPATCH kept_on_success_bad;
NTSTATUS kept_on_success_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  if (Ext->Count == 0)
    return Finish(Irp, STATUS_SUCCESS); // expected-warning {{remove lock 'Ext->RemoveLock' is kept}}
  --Ext->Count;
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  return Finish(Irp, STATUS_SUCCESS);
}
// Pending: the completion routine releases it.
DRIVER_DISPATCH completion_releases_good;
NTSTATUS completion_releases_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  if (!Ext->Ready) {
    IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
    return Finish(Irp, STATUS_DEVICE_NOT_READY);
  }
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, Done, Ext, TRUE, TRUE, TRUE);
  Status = IoCallDriver(Ext->Lower, Irp);
  if (!NT_SUCCESS(Status))
    KdPrint(("failed %x\n", Status));
  return Status;
}
NTSTATUS Done(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH queued_good;
NTSTATUS queued_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  if (Ext->Ready) {
    IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
    return Finish(Irp, STATUS_SUCCESS);
  }
  IoCsqInsertIrp(&Ext->Queue, Irp, NULL);
  return STATUS_PENDING;
}
DRIVER_DISPATCH in_own_list_good;
NTSTATUS in_own_list_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  if (Ext->Ready) {
    IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
    return Finish(Irp, STATUS_SUCCESS);
  }
  IoMarkIrpPending(Irp);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  InsertTailList(&Ext->Pending, &Irp->Tail.Overlay.ListEntry);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_PENDING;
}
// Another unit gets the request and everything that goes with it.
DRIVER_DISPATCH passed_on_good;
NTSTATUS ReadInOtherUnit(PDEVICE_EXTENSION Ext, PIRP Irp);
NTSTATUS passed_on_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  if (Ext->Ready)
    return ReadInOtherUnit(Ext, Irp);
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  return Finish(Irp, STATUS_SUCCESS);
}

//===--- without success -----------------------------------------------------------===//

DRIVER_DISPATCH unchecked_bad;
NTSTATUS unchecked_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  IoAcquireRemoveLock(&Ext->RemoveLock, Irp); // expected-warning {{'IoAcquireRemoveLock' is called without a look at its result}}
  ++Ext->Count;
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  return Finish(Irp, STATUS_SUCCESS);
}
DRIVER_DISPATCH failed_bad;
NTSTATUS failed_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (NT_SUCCESS(Status))
    ++Ext->Count;
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp); // expected-warning {{remove lock 'Ext->RemoveLock' is released by 'IoReleaseRemoveLock' on a path on which 'IoAcquireRemoveLock' failed to acquire it}}
  return Finish(Irp, Status);
}

//===--- twice, and with another tag -----------------------------------------------===//

DRIVER_DISPATCH twice_bad;
NTSTATUS twice_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  if (!Ext->Ready)
    IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp); // expected-warning {{remove lock 'Ext->RemoveLock' is released by 'IoReleaseRemoveLock' but was released before by 'IoReleaseRemoveLock'}}
  return Finish(Irp, STATUS_SUCCESS);
}
void other_tag_bad(PDEVICE_EXTENSION Ext, PIRP Irp) {
  if (!NT_SUCCESS(IoAcquireRemoveLock(&Ext->RemoveLock, Irp)))
    return;
  ++Ext->Count;
  IoReleaseRemoveLock(&Ext->RemoveLock, Ext);
} // expected-warning {{remove lock 'Ext->RemoveLock' is kept when 'other_tag_bad' returns, because 'IoReleaseRemoveLock' releases another tag than was acquired}}
// Requests that wait were counted in when they came.
static void CancelAll(PDEVICE_EXTENSION Ext) {
  while (!IsListEmpty(&Ext->Pending)) {
    PLIST_ENTRY Entry = RemoveHeadList(&Ext->Pending);
    PIRP Irp = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);
    Finish(Irp, STATUS_CANCELLED);
    IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  }
}
DRIVER_DISPATCH others_released_good;
NTSTATUS others_released_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  if (!Ext->Ready)
    CancelAll(Ext);
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  return Finish(Irp, STATUS_SUCCESS);
}
void two_tags_good(PDEVICE_EXTENSION Ext, PIRP Irp) {
  if (!NT_SUCCESS(IoAcquireRemoveLock(&Ext->RemoveLock, Irp)))
    return;
  if (NT_SUCCESS(IoAcquireRemoveLock(&Ext->RemoveLock, Ext))) {
    Prepare(Ext, Irp);
    IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
    IoReleaseRemoveLock(&Ext->RemoveLock, Ext);
    return;
  }
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
}

//===--- removal -------------------------------------------------------------------===//

DRIVER_DISPATCH remove_good;
NTSTATUS remove_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  IoSkipCurrentIrpStackLocation(Irp);
  Status = IoCallDriver(Ext->Lower, Irp);
  IoReleaseRemoveLockAndWait(&Ext->RemoveLock, Irp);
  IoDeleteDevice(Device);
  return Status;
}
DRIVER_DISPATCH remove_with_two_bad;
NTSTATUS remove_with_two_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Finish(Irp, Status);
  Status = IoAcquireRemoveLock(&Ext->RemoveLock, Ext);
  if (NT_SUCCESS(Status))
    IoReleaseRemoveLockAndWait(&Ext->RemoveLock, Irp); // expected-warning {{'IoReleaseRemoveLockAndWait' waits until nobody holds remove lock 'Ext->RemoveLock', which this path itself holds}}
  return Finish(Irp, STATUS_SUCCESS);
}
