#include <ntddk.h>

#undef KeAcquireSpinLock
#undef KeReleaseSpinLock
#undef KeAcquireSpinLockAtDpcLevel
#undef KeReleaseSpinLockFromDpcLevel
#define KeAcquireSpinLock(Lock, Old) *(Old) = KeAcquireSpinLockRaiseToDpc(Lock)
#define KeReleaseSpinLock(a, b) KfReleaseSpinLock(a, b)
#define KeReleaseSpinLockFromDpcLevel(a) KefReleaseSpinLockFromDpcLevel(a)

void touch(KSPIN_LOCK *Lock) {
  KIRQL OldIrql;
  KeAcquireSpinLock(Lock, &OldIrql);
  KeReleaseSpinLockFromDpcLevel(Lock);
  // CHECK: {{^}}  KeReleaseSpinLock(Lock, OldIrql);
}

void nested(KSPIN_LOCK *Outer, KSPIN_LOCK *Inner) {
  KIRQL OuterIrql, InnerIrql;
  KeAcquireSpinLock(Outer, &OuterIrql);
  KeAcquireSpinLock(Inner, &InnerIrql);
  KeReleaseSpinLock(Inner, OuterIrql);
  // CHECK: {{^}}  KeReleaseSpinLock(Inner, InnerIrql);
  KeReleaseSpinLock(Outer, OuterIrql);
}
