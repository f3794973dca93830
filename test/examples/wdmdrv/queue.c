// Requests: a cancel-safe queue for transfers, a hand-made cancel routine for the
// notification.
#include "ring.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, RingCleanup)
#endif

static IO_CSQ_INSERT_IRP CsqInsert;
static IO_CSQ_REMOVE_IRP CsqRemove;
static IO_CSQ_PEEK_NEXT_IRP CsqPeek;
static IO_CSQ_ACQUIRE_LOCK CsqAcquire;
static IO_CSQ_RELEASE_LOCK CsqRelease;
static IO_CSQ_COMPLETE_CANCELED_IRP CsqCanceled;
static DRIVER_CANCEL NotifyCancel;

static PRING_DEVICE ringOf(PIO_CSQ Csq) { return CONTAINING_RECORD(Csq, RING_DEVICE, Csq); }

static void CsqInsert(PIO_CSQ Csq, PIRP Irp) {
  InsertTailList(&ringOf(Csq)->Queue, &Irp->Tail.Overlay.ListEntry);
}

static void CsqRemove(PIO_CSQ Csq, PIRP Irp) {
  UNREFERENCED_PARAMETER(Csq);
  RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

static PIRP CsqPeek(PIO_CSQ Csq, PIRP Irp, PVOID File) {
  PRING_DEVICE Ring = ringOf(Csq);
  PLIST_ENTRY Entry = Irp ? Irp->Tail.Overlay.ListEntry.Flink : Ring->Queue.Flink;
  for (; Entry != &Ring->Queue; Entry = Entry->Flink) {
    PIRP Next = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);
    if (!File || IoGetCurrentIrpStackLocation(Next)->FileObject == File)
      return Next;
  }
  return NULL;
}

static void CsqAcquire(PIO_CSQ Csq, PKIRQL Irql) {
  KeAcquireSpinLock(&ringOf(Csq)->QueueLock, Irql);
}

static void CsqRelease(PIO_CSQ Csq, KIRQL Irql) {
  KeReleaseSpinLock(&ringOf(Csq)->QueueLock, Irql);
}

static void CsqCanceled(PIO_CSQ Csq, PIRP Irp) {
  UNREFERENCED_PARAMETER(Csq);
  RingComplete(Irp, STATUS_CANCELLED, 0);
}

NTSTATUS RingQueueInitialize(PRING_DEVICE Ring) {
  KeInitializeSpinLock(&Ring->QueueLock);
  InitializeListHead(&Ring->Queue);
  return IoCsqInitialize(&Ring->Csq, CsqInsert, CsqRemove, CsqPeek, CsqAcquire, CsqRelease,
                         CsqCanceled);
}

// Counts what is in flight; Idle tells whoever stops the device.
static void ringBusy(PRING_DEVICE Ring) {
  if (InterlockedIncrement(&Ring->Busy) == 1)
    KeClearEvent(&Ring->Idle);
}

static void ringDone(PRING_DEVICE Ring) {
  if (InterlockedDecrement(&Ring->Busy) == 0)
    KeSetEvent(&Ring->Idle, IO_NO_INCREMENT, FALSE);
}

NTSTATUS RingReadWrite(PDEVICE_OBJECT Device, PIRP Irp) {
  PRING_DEVICE Ring = Device->DeviceExtension;
  if (Ring->State != RingStarted)
    return RingComplete(Irp, STATUS_DEVICE_NOT_READY, 0);
  IoCsqInsertIrp(&Ring->Csq, Irp, NULL);
  RingStartNext(Ring);
  return STATUS_PENDING;
}

// Moves requests from the queue into free slots.
void RingStartNext(PRING_DEVICE Ring) {
  KIRQL Irql;
  ULONG I;
  KeAcquireSpinLock(&Ring->SlotLock, &Irql);
  for (I = 0; I < RING_SLOTS; ++I) {
    PIRP Irp;
    if (Ring->Slot[I])
      continue;
    Irp = IoCsqRemoveNextIrp(&Ring->Csq, NULL);
    if (!Irp)
      break;
    ringBusy(Ring);
    Ring->Slot[I] = Irp;
    Ring->SecondsLeft = RING_TIMEOUT_SECONDS;
    ++Ring->Counters.Started;
    RingHardwarePost(Ring, I, Irp);
  }
  KeReleaseSpinLock(&Ring->SlotLock, Irql);
}

// Everything queued or in a slot ends here.
void RingAbortAll(PRING_DEVICE Ring) {
  KIRQL Irql;
  PIRP Irp;
  ULONG I;
  while ((Irp = IoCsqRemoveNextIrp(&Ring->Csq, NULL)) != NULL)
    RingComplete(Irp, STATUS_CANCELLED, 0);

  KeAcquireSpinLock(&Ring->SlotLock, &Irql);
  for (I = 0; I < RING_SLOTS; ++I) {
    Irp = Ring->Slot[I];
    if (!Irp)
      continue;
    Ring->Slot[I] = NULL;
    Irp->IoStatus.Status = STATUS_CANCELLED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT); // DEFECT: complete-under-spin-lock
    ringDone(Ring);
  }
  KeReleaseSpinLock(&Ring->SlotLock, Irql);
}

static void NotifyCancel(PDEVICE_OBJECT Device, PIRP Irp) {
  PRING_DEVICE Ring = Device->DeviceExtension;
  if (Ring->Notify != Irp)
    return; // DEFECT: cancel-lock-misuse
  Ring->Notify = NULL;
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  RingComplete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS ringPendNotify(PRING_DEVICE Ring, PIRP Irp) {
  NTSTATUS Status = STATUS_PENDING;
  KIRQL Irql;
  IoAcquireCancelSpinLock(&Irql);
  if (Ring->Notify) {
    Status = STATUS_DEVICE_BUSY;
  } else if (Irp->Cancel) {
    Status = STATUS_CANCELLED;
  } else {
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, NotifyCancel);
    Ring->Notify = Irp;
  }
  IoReleaseCancelSpinLock(Irql);
  return Status == STATUS_PENDING ? Status : RingComplete(Irp, Status, 0);
}

void RingNotifyEvent(PRING_DEVICE Ring) {
  KIRQL Irql;
  PIRP Irp;
  IoAcquireCancelSpinLock(&Irql);
  Irp = Ring->Notify;
  Ring->Notify = NULL;
  if (Irp)
    IoSetCancelRoutine(Irp, NULL);
  IoReleaseCancelSpinLock(Irql);
  if (Irp)
    RingComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS ringReadCounters(PRING_DEVICE Ring, PIRP Irp) {
  PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
  PRING_COUNTERS Out = Irp->AssociatedIrp.SystemBuffer;
  KIRQL Irql;
  KeAcquireSpinLock(&Ring->SlotLock, &Irql);
  if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(*Out))
    return STATUS_BUFFER_TOO_SMALL; // DEFECT: lock-leaked
  *Out = Ring->Counters;
  KeReleaseSpinLock(&Ring->SlotLock, Irql);
  return RingComplete(Irp, STATUS_SUCCESS, sizeof(*Out));
}

static NTSTATUS ringTune(PRING_DEVICE Ring, PIRP Irp) {
  PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
  PRING_TUNING In = Irp->AssociatedIrp.SystemBuffer;
  NTSTATUS Status = STATUS_SUCCESS;
  if (Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(*In))
    return RingComplete(Irp, STATUS_INVALID_PARAMETER, 0);

  ExAcquireFastMutex(&Ring->ConfigMutex);
  if (In->Threshold == 0 || In->Threshold > RING_SLOTS) {
    Status = STATUS_INVALID_PARAMETER;
    goto Exit;
  }
  if (Ring->State != RingStarted) {
    ExReleaseFastMutex(&Ring->ConfigMutex);
    Status = STATUS_DEVICE_NOT_READY;
    goto Exit;
  }
  Ring->Tuning = *In;
Exit:
  ExReleaseFastMutex(&Ring->ConfigMutex); // DEFECT: release-not-held
  return RingComplete(Irp, Status, 0);
}

NTSTATUS RingDeviceControl(PDEVICE_OBJECT Device, PIRP Irp) {
  PRING_DEVICE Ring = Device->DeviceExtension;
  PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
  switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
  case IOCTL_RING_NOTIFY:
    return ringPendNotify(Ring, Irp);
  case IOCTL_RING_COUNTERS:
    return ringReadCounters(Ring, Irp);
  case IOCTL_RING_TUNE:
    return ringTune(Ring, Irp);
  default:
    return RingComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
  }
}

NTSTATUS RingCleanup(PDEVICE_OBJECT Device, PIRP Irp) {
  PRING_DEVICE Ring = Device->DeviceExtension;
  PFILE_OBJECT File = IoGetCurrentIrpStackLocation(Irp)->FileObject;
  PIRP Pending;
  PAGED_CODE();
  while ((Pending = IoCsqRemoveNextIrp(&Ring->Csq, File)) != NULL)
    RingComplete(Pending, STATUS_CANCELLED, 0);
  return RingComplete(Irp, STATUS_SUCCESS, 0);
}
