// The same findings from every front end, in C: through a helper, a struct
// member, an early return, a macro around the lock.
// RUN: %same_findings --notes %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  KEVENT Idle;
  LIST_ENTRY Queue;
  ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

#define LOCK_QUEUE(Ext, Irql) KeAcquireSpinLock(&(Ext)->Lock, Irql)
#define UNLOCK_QUEUE(Ext, Irql) KeReleaseSpinLock(&(Ext)->Lock, Irql)

static void waitUntilIdle(PDEVICE_EXTENSION Ext) {
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, NULL); // expect: wait-at-dispatch
}

VOID wait_under_lock_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  if (Ext->Count)
    waitUntilIdle(Ext);
  KeReleaseSpinLock(&Ext->Lock, Old);
}

VOID wait_after_release_ok(PDEVICE_EXTENSION Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  Ext->Count = 0;
  KeReleaseSpinLock(&Ext->Lock, Old);
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, NULL);
}

VOID double_acquire_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Old, Inner;
  LOCK_QUEUE(Ext, &Old);
  Ext->Count++;
  LOCK_QUEUE(Ext, &Inner); // expect: double-acquire
  UNLOCK_QUEUE(Ext, Inner);
  UNLOCK_QUEUE(Ext, Old);
}

DRIVER_DISPATCH leak_on_error_bad;
NTSTATUS leak_on_error_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  if (Irp->Cancel)
    return STATUS_CANCELLED; // expect: lock-leaked
  KeReleaseSpinLock(&Ext->Lock, Old);
  return STATUS_SUCCESS;
}

DRIVER_DISPATCH correlated_flag_ok;
NTSTATUS correlated_flag_ok(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Locked = FALSE;
  KIRQL Old = PASSIVE_LEVEL;
  if (Irp->Cancel) {
    KeAcquireSpinLock(&Ext->Lock, &Old);
    Locked = TRUE;
  }
  Ext->Count++;
  if (Locked)
    KeReleaseSpinLock(&Ext->Lock, Old);
  return STATUS_SUCCESS;
}
