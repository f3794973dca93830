#include <ntddk.h>

void touch(KSPIN_LOCK *Lock, int *Count) {
  KIRQL OldIrql;
  KeAcquireSpinLock(Lock, &OldIrql);
  *Count = Lock->Missing;
  KeReleaseSpinLockFromDpcLevel(Lock);
}
