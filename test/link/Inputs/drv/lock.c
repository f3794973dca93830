#include "drv.h"

void DevLock(DEVICE_EXTENSION *Ext, KIRQL *OldIrql) {
  KeAcquireSpinLock(&Ext->Lock, OldIrql);
}

void DevUnlock(DEVICE_EXTENSION *Ext, KIRQL OldIrql) {
  KeReleaseSpinLock(&Ext->Lock, OldIrql);
}

BOOLEAN DevTryLock(DEVICE_EXTENSION *Ext) {
  return ExTryToAcquireFastMutex(&Ext->Mutex);
}

NTSTATUS DevLockIfRunning(DEVICE_EXTENSION *Ext, KIRQL *OldIrql) {
  KeAcquireSpinLock(&Ext->Lock, OldIrql);
  if (!Ext->Running) {
    KeReleaseSpinLock(&Ext->Lock, *OldIrql);
    return STATUS_DEVICE_NOT_READY;
  }
  return STATUS_SUCCESS;
}
