#include "drv.h"

static void WaitStopped(DEVICE_EXTENSION *Ext) {
  KeWaitForSingleObject(&Ext->Stopped, Executive, KernelMode, FALSE, NULL); // EXPECT: wait-at-dispatch // waits
}

void HwStop(DEVICE_EXTENSION *Ext) {
  Ext->Running = FALSE;
  WaitStopped(Ext);
}

void HwPoll(DEVICE_EXTENSION *Ext, BOOLEAN Wait) {
  if (Wait)
    WaitStopped(Ext);
}

void HwCount(DEVICE_EXTENSION *Ext) {
  KIRQL OldIrql;
  DevLock(Ext, &OldIrql); // EXPECT: double-acquire
  Ext->Count++;
  DevUnlock(Ext, OldIrql);
}

NTSTATUS HwReset(DEVICE_EXTENSION *Ext) {
  KIRQL OldIrql;
  NTSTATUS Status = DevLockIfRunning(Ext, &OldIrql);
  if (!NT_SUCCESS(Status))
    return Status;
  if (Ext->Count == 0)
    return STATUS_INVALID_DEVICE_STATE; // EXPECT: lock-leaked
  DevUnlock(Ext, OldIrql);
  return STATUS_SUCCESS;
}

/* The order of the two locks is the other way round in main.c. */
void HwOrder(DEVICE_EXTENSION *Ext) {
  KIRQL OldIrql;
  KeAcquireSpinLock(&Ext->StatsLock, &OldIrql);
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  Ext->Count++;
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  KeReleaseSpinLock(&Ext->StatsLock, OldIrql);
}

void HwStats(DEVICE_EXTENSION *Ext) {
  KIRQL OldIrql;
  KeAcquireSpinLock(&Ext->StatsLock, &OldIrql);
  Ext->Count = 0;
  KeReleaseSpinLock(&Ext->StatsLock, OldIrql);
}

void HwNeedsDispatch(DEVICE_EXTENSION *Ext) {
  KeAcquireSpinLockAtDpcLevel(&Ext->StatsLock); // EXPECT: irql-too-low
  Ext->Count++;
  KeReleaseSpinLockFromDpcLevel(&Ext->StatsLock); // EXPECT: irql-too-low
}

void LateTimer(PKDPC Dpc, PVOID Context, PVOID A1, PVOID A2) {
  DEVICE_EXTENSION *Ext = Context;
  (void)Dpc;
  (void)A1;
  (void)A2;
  KeDelayExecutionThread(KernelMode, FALSE, NULL); // EXPECT: wait-at-dispatch
  Ext->Count = 0;
}
