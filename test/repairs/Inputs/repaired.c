// Releases that are wrong, each with the one repair that can be meant.
#include <ntddk.h>

typedef struct {
  KSPIN_LOCK Lock;
  KIRQL OldIrql;
  KLOCK_QUEUE_HANDLE Handle;
  EX_SPIN_LOCK Table;
} EXTENSION;

void levelStaysRaised(EXTENSION *Ext) {
  KIRQL OldIrql;
  KeAcquireSpinLock(&Ext->Lock, &OldIrql);
  KeReleaseSpinLock(&Ext->Lock, OldIrql);
}

KDEFERRED_ROUTINE lowersOthersLevel;
void lowersOthersLevel(PKDPC Dpc, PVOID Context, PVOID Arg1, PVOID Arg2) {
  EXTENSION *Ext = Context;
  KIRQL OldIrql = PASSIVE_LEVEL;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  (void)Dpc, (void)Arg1, (void)Arg2;
}

void savedInMember(EXTENSION *Ext) {
  KeAcquireSpinLock(&Ext->Lock, &Ext->OldIrql);
  KeReleaseSpinLock(&Ext->Lock, Ext->OldIrql);
}

void queued(EXTENSION *Ext) {
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Ext->Handle);
  KeReleaseInStackQueuedSpinLock(&Ext->Handle);
}

void queuedAtDpcLevel(EXTENSION *Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KIRQL OldIrql;
  KeRaiseIrql(DISPATCH_LEVEL, &OldIrql);
  KeAcquireInStackQueuedSpinLockAtDpcLevel(&Ext->Lock, &Handle);
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle);
  KeLowerIrql(OldIrql);
}

void heldShared(EXTENSION *Ext, BOOLEAN Early) {
  KIRQL OldIrql = ExAcquireSpinLockShared(&Ext->Table);
  if (Early) {
    ExReleaseSpinLockShared(&Ext->Table, OldIrql);
    return;
  }
  ExReleaseSpinLockShared(&Ext->Table, OldIrql);
}

void heldExclusively(PEX_PUSH_LOCK Lock) {
  KeEnterCriticalRegion();
  ExAcquirePushLockExclusive(Lock);
  ExReleasePushLockExclusive(Lock);
  KeLeaveCriticalRegion();
}

void apcsAreOff(FAST_MUTEX *Mutex) {
  KeEnterCriticalRegion();
  ExAcquireFastMutexUnsafe(Mutex);
  ExReleaseFastMutexUnsafe(Mutex);
  KeLeaveCriticalRegion();
}

void swapped(KSPIN_LOCK *Outer, KSPIN_LOCK *Inner) {
  KIRQL OuterIrql, InnerIrql;
  KeAcquireSpinLock(Outer, &OuterIrql);
  KeAcquireSpinLock(Inner, &InnerIrql);
  KeReleaseSpinLock(Inner, InnerIrql);
  KeReleaseSpinLock(Outer, OuterIrql);
}

void neverFilled(KSPIN_LOCK *Lock) {
  KIRQL OldIrql, Unused;
  OldIrql = KeAcquireSpinLockRaiseToDpc(Lock);
  KeReleaseSpinLock(Lock, OldIrql);
}

void byLuck(KSPIN_LOCK *Lock) {
  KIRQL OldIrql;
  KeAcquireSpinLock(Lock, &OldIrql);
  KeReleaseSpinLock(Lock, OldIrql);
}

// The same variable serves two locks, one after the other.
void oneVariable(KSPIN_LOCK *First, KSPIN_LOCK *Second) {
  KIRQL OldIrql, Unused;
  KeAcquireSpinLock(First, &OldIrql);
  KeReleaseSpinLock(First, OldIrql);
  KeAcquireSpinLock(Second, &OldIrql);
  KeReleaseSpinLock(Second, OldIrql);
}

void mayRaise(int *Where);
void inHandler(KSPIN_LOCK *Lock, int *Where) {
  KIRQL OldIrql;
  KeAcquireSpinLock(Lock, &OldIrql);
  __try {
    mayRaise(Where);
    if (*Where)
      return;
  } __finally {
    KeReleaseSpinLock(Lock, OldIrql);
  }
}

void afterHandler(KSPIN_LOCK *Lock, int *Where) {
  KIRQL OldIrql, Unused;
  OldIrql = KeAcquireSpinLockRaiseToDpc(Lock);
  __try {
    mayRaise(Where);
  } __except (1) {
    *Where = 0;
  }
  KeReleaseSpinLock(Lock, OldIrql);
}
