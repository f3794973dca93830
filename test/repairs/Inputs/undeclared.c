typedef unsigned char KIRQL;
typedef unsigned long long KSPIN_LOCK;
void KeAcquireSpinLock(KSPIN_LOCK *Lock, KIRQL *OldIrql);
void KeReleaseSpinLockFromDpcLevel(KSPIN_LOCK *Lock);

void touch(KSPIN_LOCK *Lock) {
  KIRQL OldIrql;
  KeAcquireSpinLock(Lock, &OldIrql);
  KeReleaseSpinLockFromDpcLevel(Lock);
}
