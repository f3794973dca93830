// A lock that is held at entry comes first in the order of locks.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _QUEUE {
  LIST_ENTRY Requests;
  KSPIN_LOCK Lock, Other;
} QUEUE;

static DRIVER_CANCEL cancel;
static VOID cancel(PDEVICE_OBJECT Device, PIRP Irp) {
  QUEUE *Q = Device->DeviceExtension;
  KeAcquireSpinLockAtDpcLevel(&Q->Lock);
  RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
  KeReleaseSpinLockFromDpcLevel(&Q->Lock);
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  Irp->IoStatus.Status = STATUS_CANCELLED;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
VOID flush_bad(QUEUE *Q) {
  KIRQL Old, Cancel;
  KeAcquireSpinLock(&Q->Lock, &Old);
  IoAcquireCancelSpinLock(&Cancel); // expected-warning {{cancel spin lock 'cancel spin lock' is acquired while spin lock 'Q->Lock' is held; 'cancel' acquires them in the opposite order}}
  InitializeListHead(&Q->Requests);
  IoReleaseCancelSpinLock(Cancel);
  KeReleaseSpinLock(&Q->Lock, Old);
}
VOID flush_good(QUEUE *Q) {
  KIRQL Old, Cancel;
  KeAcquireSpinLock(&Q->Other, &Old);
  IoAcquireCancelSpinLock(&Cancel);
  InitializeListHead(&Q->Requests);
  IoReleaseCancelSpinLock(Cancel);
  KeReleaseSpinLock(&Q->Other, Old);
}
VOID pend(PIRP Irp) { IoSetCancelRoutine(Irp, cancel); }
