// RUN: %irqlint scan --possible %s >%t.out || test $? = 1
// RUN: FileCheck %s <%t.out
// RUN: FileCheck --check-prefix=NONE %s <%t.out
// What is wrong is known here, but not what is meant, or where it is written:
// findings without a repair.
// NONE-NOT: repair:
#include <ndis.h>
#include <ntddk.h>

typedef struct {
  KSPIN_LOCK Lock;
  KLOCK_QUEUE_HANDLE Handle;
} EXTENSION;

// On the other path the release is the right one.
void twoAcquisitions(KSPIN_LOCK *Lock, BOOLEAN AtDispatch) {
  KIRQL OldIrql = 0;
  if (AtDispatch)
    KeAcquireSpinLockAtDpcLevel(Lock);
  else
    KeAcquireSpinLock(Lock, &OldIrql);
  KeReleaseSpinLockFromDpcLevel(Lock); // CHECK: :[[@LINE]]:3: warning: {{.*}} leaves the level raised
}

// The level is in one of two variables.
void twoVariables(KSPIN_LOCK *Lock, BOOLEAN First) {
  KIRQL One, Two, Unused;
  if (First)
    KeAcquireSpinLock(Lock, &One);
  else
    KeAcquireSpinLock(Lock, &Two);
  KeReleaseSpinLock(Lock, Unused); // CHECK: :[[@LINE]]:3: warning: {{.*}} never saved
}

// The text of the release is that of a macro, which others use, too.
#define UNLOCK(Lock) KeReleaseSpinLockFromDpcLevel(Lock)
void inMacro(KSPIN_LOCK *Lock) {
  KIRQL OldIrql;
  KeAcquireSpinLock(Lock, &OldIrql);
  UNLOCK(Lock); // CHECK: :[[@LINE]]:3: warning: {{.*}} leaves the level raised
}

#define UNLOCK_TO(Lock, Level) KeReleaseSpinLock(Lock, (Level))
void argumentInMacro(KSPIN_LOCK *Outer, KSPIN_LOCK *Inner) {
  KIRQL One, Two;
  KeAcquireSpinLock(Outer, &One);
  KeAcquireSpinLock(Inner, &Two);
  UNLOCK_TO(Inner, One); // CHECK: :[[@LINE]]:3: warning: {{.*}} which is still held
  KeReleaseSpinLock(Outer, One);
}

// Who acquires is another function, whose other callers are right.
static void lock(KSPIN_LOCK *Lock, KIRQL *OldIrql) {
  KeAcquireSpinLock(Lock, OldIrql);
}
void inHelper(KSPIN_LOCK *Lock) {
  KIRQL OldIrql;
  lock(Lock, &OldIrql);
  KeReleaseSpinLockFromDpcLevel(Lock); // CHECK: :[[@LINE]]:3: warning: {{.*}} leaves the level raised
}

static void unlock(KSPIN_LOCK *Lock) {
  KeReleaseSpinLockFromDpcLevel(Lock); // CHECK: :[[@LINE]]:3: warning: {{.*}} leaves the level raised
}
void releasedInHelper(KSPIN_LOCK *Lock) {
  KIRQL OldIrql;
  KeAcquireSpinLock(Lock, &OldIrql);
  unlock(Lock);
}

// The variable is gone.
void outOfScope(KSPIN_LOCK *Lock) {
  {
    KIRQL OldIrql;
    KeAcquireSpinLock(Lock, &OldIrql);
  }
  KeReleaseSpinLockFromDpcLevel(Lock); // CHECK: :[[@LINE]]:3: warning: {{.*}} leaves the level raised
}

// Its name means another one.
void hidden(KSPIN_LOCK *Lock) {
  KIRQL OldIrql;
  KeAcquireSpinLock(Lock, &OldIrql);
  {
    KIRQL OldIrql = PASSIVE_LEVEL;
    (void)OldIrql;
    KeReleaseSpinLockFromDpcLevel(Lock); // CHECK: :[[@LINE]]:5: warning: {{.*}} leaves the level raised
  }
}

// It has another value by now.
void overwritten(KSPIN_LOCK *Lock, KSPIN_LOCK *Other) {
  KIRQL OldIrql;
  KeAcquireSpinLock(Lock, &OldIrql);
  KeAcquireSpinLock(Other, &OldIrql);
  KeReleaseSpinLock(Other, OldIrql);
  KeReleaseSpinLockFromDpcLevel(Lock); // CHECK: :[[@LINE]]:3: warning: {{.*}} leaves the level raised
}

void overwrittenInLoop(KSPIN_LOCK *Lock, KSPIN_LOCK *Other, ULONG Count) {
  KIRQL OldIrql, Unused;
  KeAcquireSpinLock(Lock, &OldIrql);
  for (;;) {
    if (!Count--) {
      KeReleaseSpinLock(Lock, Unused); // CHECK: :[[@LINE]]:7: warning: {{.*}} never saved
      return;
    }
    KeAcquireSpinLock(Other, &OldIrql);
    KeReleaseSpinLock(Other, OldIrql);
  }
}

// The pointer leads to another handle.
EXTENSION *next(EXTENSION *Ext);
void movedOn(KSPIN_LOCK *Lock, EXTENSION *Ext) {
  KeAcquireInStackQueuedSpinLock(Lock, &Ext->Handle);
  Ext = next(Ext);
  KeReleaseSpinLock(Lock, PASSIVE_LEVEL); // CHECK: :[[@LINE]]:3: warning: {{.*}} is released by
}

// Shared, or exclusive?
void eitherMode(EX_SPIN_LOCK *Lock) {
  KIRQL OldIrql = ExAcquireSpinLockShared(Lock);
  ExReleaseSpinLockExclusive(Lock, OldIrql); // CHECK: :[[@LINE]]:3: warning: {{.*}} is held shared
}

// Whether APCs are off, and so whether the acquisition is right, is not known.
void apcsMayBeOn(FAST_MUTEX *Mutex) {
  ExAcquireFastMutexUnsafe(Mutex);
  ExReleaseFastMutex(Mutex); // CHECK: :[[@LINE]]:3: warning: {{.*}} is released by
}

// Something is wrong with the acquisition, too.
void neverBegan(void) {
  KSPIN_LOCK Lock;
  KIRQL OldIrql;
  KeAcquireSpinLock(&Lock, &OldIrql); // CHECK: :[[@LINE]]:3: warning:
  KeReleaseSpinLockFromDpcLevel(&Lock); // CHECK: :[[@LINE]]:3: warning: {{.*}} leaves the level raised
}

// Taken without raising at a level that only the acquisition itself tells of:
// it may be what is wrong.
void perhapsTooLow(NDIS_SPIN_LOCK *Lock) {
  NdisDprAcquireSpinLock(Lock);
  NdisReleaseSpinLock(Lock); // CHECK: :[[@LINE]]:3: warning: {{.*}} did not raise
}

// Acquired as another thing than it is: which of the two calls is wrong?
void notItsKind(FAST_MUTEX *Mutex) {
  KeAcquireGuardedMutex((PKGUARDED_MUTEX)Mutex);
  ExReleaseFastMutex(Mutex); // CHECK: :[[@LINE]]:3: warning: {{.*}} is released by
}
