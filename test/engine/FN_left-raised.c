// A release leaves the level raised, but somewhere in the function the level is lowered by hand
// (never, in truth) and another lock is taken and given up in between. (As a callback it is
// accused at its end. Found by a random program.)
// RUN: %verify %s
#include <ntifs.h>

typedef struct _EXT {
  KSPIN_LOCK Spin;
  EX_SPIN_LOCK Table;
} EXT, *PEXT;

void leftRaised(PEXT Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KIRQL Old = PASSIVE_LEVEL, Own;
  BOOLEAN Has = FALSE;
  KeAcquireInStackQueuedSpinLock(&Ext->Spin, &Handle);
  if (Has)
    KeLowerIrql(Old);
  Own = ExAcquireSpinLockExclusive(&Ext->Table);
  ExReleaseSpinLockExclusive(&Ext->Table, Own);
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle); // at DISPATCH_LEVEL ever after
}
IO_WORKITEM_ROUTINE callback_bad;
void callback_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  KLOCK_QUEUE_HANDLE Handle;
  KIRQL Old = PASSIVE_LEVEL, Own;
  BOOLEAN Has = FALSE;
  (void)Device;
  KeAcquireInStackQueuedSpinLock(&Ext->Spin, &Handle);
  if (Has)
    KeLowerIrql(Old);
  Own = ExAcquireSpinLockExclusive(&Ext->Table);
  ExReleaseSpinLockExclusive(&Ext->Table, Own);
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle);
} // expected-warning {{'callback_bad' returns at DISPATCH_LEVEL}}
