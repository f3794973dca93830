// double-acquire: the thread already owns a lock that does not count its owner.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, Other, Locks[4];
  FAST_MUTEX Mutex;
  KGUARDED_MUTEX Guarded;
  EX_SPIN_LOCK Table;
  ERESOURCE Resource;
  KMUTEX KernelMutex;
  LIST_ENTRY List, Entry;
  ULONG Count;
  BOOLEAN Busy;
  struct _DEVICE_EXTENSION *Next;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static KSPIN_LOCK GlobalLock;

void shortest_bad(void) {
  KIRQL A, B;
  KeAcquireSpinLock(&GlobalLock, &A);
  KeAcquireSpinLock(&GlobalLock, &B); // expected-warning {{spin lock 'GlobalLock' is acquired again by 'KeAcquireSpinLock' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&GlobalLock, B);
  KeReleaseSpinLock(&GlobalLock, A);
}
void shortest_good(PDEVICE_EXTENSION Ext) {
  KIRQL A, B;
  KeAcquireSpinLock(&Ext->Other, &A);
  KeAcquireSpinLock(&Ext->Lock, &B);
  KeReleaseSpinLock(&Ext->Lock, B);
  KeReleaseSpinLock(&Ext->Other, A);
}
void again_after_release_good(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Lock, &A);
  KeReleaseSpinLock(&Ext->Lock, A);
  KeAcquireSpinLock(&Ext->Lock, &A);
  KeReleaseSpinLock(&Ext->Lock, A);
}

//===--- which object ---------------------------------------------------------------===//

void same_element_bad(PDEVICE_EXTENSION Ext, ULONG I) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Locks[I], &A);
  KeAcquireSpinLockAtDpcLevel(&Ext->Locks[I]); // expected-warning {{spin lock 'Ext->Locks[I]' is acquired again by 'KeAcquireSpinLockAtDpcLevel' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLockFromDpcLevel(&Ext->Locks[I]);
  KeReleaseSpinLock(&Ext->Locks[I], A);
}
void other_element_good(PDEVICE_EXTENSION Ext, ULONG I, ULONG J) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Locks[I], &A);
  KeAcquireSpinLockAtDpcLevel(&Ext->Locks[J]);
  KeReleaseSpinLockFromDpcLevel(&Ext->Locks[J]);
  KeReleaseSpinLock(&Ext->Locks[I], A);
}
void other_object_good(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Lock, &A);
  KeAcquireSpinLockAtDpcLevel(&Ext->Next->Lock);
  KeReleaseSpinLockFromDpcLevel(&Ext->Next->Lock);
  KeReleaseSpinLock(&Ext->Lock, A);
}
void alias_bad(PDEVICE_EXTENSION Ext) {
  PKSPIN_LOCK Alias = &Ext->Lock;
  PDEVICE_EXTENSION Same = Ext;
  KIRQL A;
  KeAcquireSpinLock(Alias, &A);
  KeAcquireSpinLockAtDpcLevel(&Same->Lock); // expected-warning {{is acquired again by 'KeAcquireSpinLockAtDpcLevel' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLockFromDpcLevel(&Same->Lock);
  KeReleaseSpinLock(Alias, A);
}
// The pointer moves on: another object each time.
void walk_good(PDEVICE_EXTENSION Ext) {
  while (Ext) {
    KIRQL A;
    PDEVICE_EXTENSION Next;
    KeAcquireSpinLock(&Ext->Lock, &A);
    Next = Ext->Next;
    KeReleaseSpinLock(&Ext->Lock, A);
    Ext = Next;
  }
}
void hand_over_hand_good(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Lock, &A);
  while (Ext->Next) {
    PDEVICE_EXTENSION Next = Ext->Next;
    KeAcquireSpinLockAtDpcLevel(&Next->Lock);
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    Ext = Next;
  }
  KeReleaseSpinLock(&Ext->Lock, A);
}

//===--- helpers that take what the caller holds -------------------------------------===//

static void count(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Lock, &A); // expected-warning {{spin lock 'Ext->Lock' is acquired again by 'KeAcquireSpinLock' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, A);
}
static void countDeep(PDEVICE_EXTENSION Ext) {
  if (Ext->Busy)
    count(Ext);
}
void helper_bad(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Lock, &A);
  countDeep(Ext);
  KeReleaseSpinLock(&Ext->Lock, A);
}
void helper_good(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  countDeep(Ext);
  KeAcquireSpinLock(&Ext->Other, &A);
  countDeep(Ext);
  KeReleaseSpinLock(&Ext->Other, A);
}
static void countNext(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Lock, &A);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, A);
}
void helper_other_object_good(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Lock, &A);
  countNext(Ext->Next);
  KeReleaseSpinLock(&Ext->Lock, A);
}

//===--- loops ------------------------------------------------------------------------===//

void loop_bad(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  for (ULONG I = 0; I < 3; ++I)
    KeAcquireSpinLock(&Ext->Lock, &A); // expected-warning {{spin lock 'Ext->Lock' is acquired again by 'KeAcquireSpinLock' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Ext->Lock, A);
}
void retry_good(PDEVICE_EXTENSION Ext) {
  KIRQL A;
Again:
  KeAcquireSpinLock(&Ext->Lock, &A);
  if (Ext->Busy) {
    KeReleaseSpinLock(&Ext->Lock, A);
    goto Again;
  }
  KeReleaseSpinLock(&Ext->Lock, A);
}
void retry_bad(PDEVICE_EXTENSION Ext) {
  KIRQL A;
Again:
  KeAcquireSpinLock(&Ext->Lock, &A); // expected-warning {{spin lock 'Ext->Lock' is acquired again by 'KeAcquireSpinLock' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  if (Ext->Busy) {
    Ext->Busy = FALSE;
    goto Again;
  }
  KeReleaseSpinLock(&Ext->Lock, A);
}

//===--- flags ------------------------------------------------------------------------===//

void flag_good(PDEVICE_EXTENSION Ext, BOOLEAN Held) {
  KIRQL A = PASSIVE_LEVEL, B = PASSIVE_LEVEL;
  if (Held)
    KeAcquireSpinLock(&Ext->Lock, &A);
  ++Ext->Count;
  if (!Held)
    KeAcquireSpinLock(&Ext->Lock, &B);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Held ? A : B);
}
void inverted_bad(PDEVICE_EXTENSION Ext, BOOLEAN Held) {
  KIRQL A = PASSIVE_LEVEL;
  if (Held)
    KeAcquireSpinLock(&Ext->Lock, &A);
  ++Ext->Count;
  if (Held)
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // expected-warning {{is acquired again by 'KeAcquireSpinLockAtDpcLevel' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  if (Held) {
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    KeReleaseSpinLock(&Ext->Lock, A);
  }
}

//===--- a try is no deadlock ----------------------------------------------------------===//

void try_good(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Lock, &A);
  if (KeTryToAcquireSpinLockAtDpcLevel(&Ext->Other)) {
    ++Ext->Count;
    KeReleaseSpinLockFromDpcLevel(&Ext->Other);
  }
  KeReleaseSpinLock(&Ext->Lock, A);
}
void try_then_acquire_bad(PDEVICE_EXTENSION Ext) {
  if (ExTryToAcquireFastMutex(&Ext->Mutex)) {
    ExAcquireFastMutex(&Ext->Mutex); // expected-warning {{fast mutex 'Ext->Mutex' is acquired again by 'ExAcquireFastMutex' while this thread holds it; first acquired by 'ExTryToAcquireFastMutex'}}
    ExReleaseFastMutex(&Ext->Mutex);
    ExReleaseFastMutex(&Ext->Mutex);
  }
}
void try_else_acquire_good(PDEVICE_EXTENSION Ext) {
  if (!ExTryToAcquireFastMutex(&Ext->Mutex))
    ExAcquireFastMutex(&Ext->Mutex);
  ExReleaseFastMutex(&Ext->Mutex);
}

//===--- other kinds --------------------------------------------------------------------===//

void fast_mutex_bad(PDEVICE_EXTENSION Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  ExAcquireFastMutexUnsafe(&Ext->Mutex); // expected-warning {{fast mutex 'Ext->Mutex' is acquired again by 'ExAcquireFastMutexUnsafe' while this thread holds it; first acquired by 'ExAcquireFastMutex'}}
  ExReleaseFastMutexUnsafe(&Ext->Mutex);
  ExReleaseFastMutex(&Ext->Mutex);
}
void guarded_mutex_bad(PDEVICE_EXTENSION Ext) {
  KeAcquireGuardedMutex(&Ext->Guarded);
  KeAcquireGuardedMutex(&Ext->Guarded); // expected-warning {{guarded mutex 'Ext->Guarded' is acquired again by 'KeAcquireGuardedMutex' while this thread holds it; first acquired by 'KeAcquireGuardedMutex'}}
  KeReleaseGuardedMutex(&Ext->Guarded);
  KeReleaseGuardedMutex(&Ext->Guarded);
}
// The readers of an EX_SPIN_LOCK do not nest either: a writer that waits
// between them stops the second one.
void shared_twice_bad(PDEVICE_EXTENSION Ext) {
  KIRQL A = ExAcquireSpinLockShared(&Ext->Table);
  ExAcquireSpinLockSharedAtDpcLevel(&Ext->Table); // expected-warning {{reader/writer spin lock 'Ext->Table' is acquired again by 'ExAcquireSpinLockSharedAtDpcLevel' while this thread holds it; first acquired by 'ExAcquireSpinLockShared'}}
  ExReleaseSpinLockSharedFromDpcLevel(&Ext->Table);
  ExReleaseSpinLockShared(&Ext->Table, A);
}
// Recursion is legal for executive resources and kernel mutexes.
void resource_good(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  ExReleaseResourceLite(&Ext->Resource);
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
void kernel_mutex_good(PDEVICE_EXTENSION Ext) {
  KeWaitForSingleObject(&Ext->KernelMutex, Executive, KernelMode, FALSE, NULL);
  KeWaitForSingleObject(&Ext->KernelMutex, Executive, KernelMode, FALSE, NULL);
  KeReleaseMutex(&Ext->KernelMutex, FALSE);
  KeReleaseMutex(&Ext->KernelMutex, FALSE);
}
void cancel_lock_bad(PIRP Irp) {
  KIRQL A, B;
  IoAcquireCancelSpinLock(&A);
  IoAcquireCancelSpinLock(&B); // expected-warning {{is acquired again by 'IoAcquireCancelSpinLock' while this thread holds it; first acquired by 'IoAcquireCancelSpinLock'}}
  Irp->Cancel = TRUE;
  IoReleaseCancelSpinLock(B);
  IoReleaseCancelSpinLock(A);
}
// The interlocked list routines take the very lock.
void interlocked_bad(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Lock, &A);
  ExInterlockedInsertTailList(&Ext->List, &Ext->Entry, &Ext->Lock); // expected-warning {{spin lock 'Ext->Lock' is acquired again by 'ExInterlockedInsertTailList' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Ext->Lock, A);
}
void interlocked_good(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  ExInterlockedInsertTailList(&Ext->List, &Ext->Entry, &Ext->Lock);
  KeAcquireSpinLock(&Ext->Other, &A);
  ExInterlockedRemoveHeadList(&Ext->List, &Ext->Lock);
  KeReleaseSpinLock(&Ext->Other, A);
}
