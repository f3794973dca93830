#include "drv.h"

KDEFERRED_ROUTINE Dpc;
IO_WORKITEM_ROUTINE Work;

void Dpc(PKDPC Object, PVOID Context, PVOID A1, PVOID A2) {
  (void)Object;
  (void)A1;
  (void)A2;
  HwStop(Context); // bad: waits in a DPC
  HwPoll(Context, FALSE);
  HwNeedsDispatch(Context);
}

void Work(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device;
  HwStop(Context);
  HwPoll(Context, TRUE);
  HwNeedsDispatch(Context); // bad: too low
}

NTSTATUS leak_bad(DEVICE_EXTENSION *Ext, ULONG N) {
  KIRQL OldIrql;
  DevLock(Ext, &OldIrql);
  if (N > 4)
    return STATUS_INVALID_PARAMETER; // EXPECT: lock-leaked
  Ext->Count = N;
  DevUnlock(Ext, OldIrql);
  return STATUS_SUCCESS;
}

NTSTATUS leak_good(DEVICE_EXTENSION *Ext, ULONG N) {
  KIRQL OldIrql;
  NTSTATUS Status = DevLockIfRunning(Ext, &OldIrql);
  if (!NT_SUCCESS(Status))
    return Status;
  Ext->Count = N;
  DevUnlock(Ext, OldIrql);
  return STATUS_SUCCESS;
}

void twice_bad(DEVICE_EXTENSION *Ext) {
  KIRQL OldIrql;
  DevLock(Ext, &OldIrql);
  HwCount(Ext); // bad: takes the lock again
  DevUnlock(Ext, OldIrql);
}

void try_good(DEVICE_EXTENSION *Ext) {
  if (!DevTryLock(Ext))
    return;
  Ext->Count++;
  ExReleaseFastMutex(&Ext->Mutex);
}

void wait_bad(DEVICE_EXTENSION *Ext) {
  KIRQL OldIrql;
  DevLock(Ext, &OldIrql);
  HwPoll(Ext, TRUE); // bad: waits under a spin lock
  DevUnlock(Ext, OldIrql);
}

void wait_good(DEVICE_EXTENSION *Ext) {
  KIRQL OldIrql;
  DevLock(Ext, &OldIrql);
  HwPoll(Ext, FALSE);
  DevUnlock(Ext, OldIrql);
  HwPoll(Ext, TRUE);
}

void order_bad(DEVICE_EXTENSION *Ext) {
  KIRQL OldIrql;
  KeAcquireSpinLock(&Ext->Lock, &OldIrql);
  HwStats(Ext); // EXPECT: lock-order-inversion
  KeReleaseSpinLock(&Ext->Lock, OldIrql);
}

void Start(DEVICE_EXTENSION *Ext, PKDPC Timer) {
  KeInitializeDpc(Timer, LateTimer, Ext);
}
