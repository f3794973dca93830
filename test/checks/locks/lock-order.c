// RUN: %verify %s
// Two locks that are held together are taken in one order everywhere.
#include <ntddk.h>

typedef struct _EXT {
  KSPIN_LOCK A, B, C, D, E, F, G, H, I;
  FAST_MUTEX M, N;
  ERESOURCE R, S;
  struct _EXT *Next;
  ULONG Count;
} EXT;

// ---- directly

void ab_good(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&X->A, &Irql);
  KeAcquireSpinLockAtDpcLevel(&X->B);
  X->Count++;
  KeReleaseSpinLockFromDpcLevel(&X->B);
  KeReleaseSpinLock(&X->A, Irql);
}

void ba_bad(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&X->B, &Irql);
  KeAcquireSpinLockAtDpcLevel(&X->A); // expected-warning {{spin lock 'X->A' is acquired while spin lock 'X->B' is held; 'ab_good' acquires them in the opposite order}}
  X->Count++;
  KeReleaseSpinLockFromDpcLevel(&X->A);
  KeReleaseSpinLock(&X->B, Irql);
}

// One at a time is no order at all.
void one_by_one_good(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&X->B, &Irql);
  X->Count++;
  KeReleaseSpinLock(&X->B, Irql);
  KeAcquireSpinLock(&X->A, &Irql);
  X->Count++;
  KeReleaseSpinLock(&X->A, Irql);
}

// ---- through a helper that takes the second lock and gives it up

static void count(EXT *X) {
  KeAcquireSpinLockAtDpcLevel(&X->C);
  X->Count++;
  KeReleaseSpinLockFromDpcLevel(&X->C);
}

void through_helper_good(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&X->D, &Irql);
  count(X);
  KeReleaseSpinLock(&X->D, Irql);
}

void through_helper_bad(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&X->C, &Irql);
  KeAcquireSpinLockAtDpcLevel(&X->D); // expected-warning {{'through_helper_good' acquires them in the opposite order}}
  X->Count++;
  KeReleaseSpinLockFromDpcLevel(&X->D);
  KeReleaseSpinLock(&X->C, Irql);
}

// ---- a circle of three

void ef_good(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&X->E, &Irql);
  KeAcquireSpinLockAtDpcLevel(&X->F);
  KeReleaseSpinLockFromDpcLevel(&X->F);
  KeReleaseSpinLock(&X->E, Irql);
}

void fg_good(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&X->F, &Irql);
  KeAcquireSpinLockAtDpcLevel(&X->G);
  KeReleaseSpinLockFromDpcLevel(&X->G);
  KeReleaseSpinLock(&X->F, Irql);
}

void ge_bad(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&X->G, &Irql);
  KeAcquireSpinLockAtDpcLevel(&X->E); // expected-warning {{the other way round, through other locks}}
  KeReleaseSpinLockFromDpcLevel(&X->E);
  KeReleaseSpinLock(&X->G, Irql);
}

// ---- both orders, but only under a third lock

void gated_good(EXT *X) {
  ExAcquireFastMutex(&X->N);
  KIRQL Irql;
  KeAcquireSpinLock(&X->H, &Irql);
  KeAcquireSpinLockAtDpcLevel(&X->I);
  KeReleaseSpinLockFromDpcLevel(&X->I);
  KeReleaseSpinLock(&X->H, Irql);
  ExReleaseFastMutex(&X->N);
}

void gated_too_good(EXT *X) {
  ExAcquireFastMutex(&X->N);
  KIRQL Irql;
  KeAcquireSpinLock(&X->I, &Irql);
  KeAcquireSpinLockAtDpcLevel(&X->H);
  KeReleaseSpinLockFromDpcLevel(&X->H);
  KeReleaseSpinLock(&X->I, Irql);
  ExReleaseFastMutex(&X->N);
}

// ---- a try does not wait

KSPIN_LOCK First, Second;

void try_good(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&First, &Irql);
  if (KeTryToAcquireSpinLockAtDpcLevel(&Second)) {
    X->Count++;
    KeReleaseSpinLockFromDpcLevel(&Second);
  }
  KeReleaseSpinLock(&First, Irql);
}

void other_way_good(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&Second, &Irql);
  KeAcquireSpinLockAtDpcLevel(&First);
  X->Count++;
  KeReleaseSpinLockFromDpcLevel(&First);
  KeReleaseSpinLock(&Second, Irql);
}

// ---- two objects of one class: their order may be that of their addresses

void hand_over_good(EXT *X) {
  KIRQL Irql;
  KeAcquireSpinLock(&X->A, &Irql);
  KeAcquireSpinLockAtDpcLevel(&X->Next->A);
  X->Count++;
  KeReleaseSpinLockFromDpcLevel(&X->Next->A);
  KeReleaseSpinLock(&X->A, Irql);
}

// ---- globals, by name

KSPIN_LOCK GlobalOne, GlobalTwo;

void globals_good(void) {
  KIRQL Irql;
  KeAcquireSpinLock(&GlobalOne, &Irql);
  KeAcquireSpinLockAtDpcLevel(&GlobalTwo);
  KeReleaseSpinLockFromDpcLevel(&GlobalTwo);
  KeReleaseSpinLock(&GlobalOne, Irql);
}

void globals_bad(void) {
  KIRQL Irql;
  KeAcquireSpinLock(&GlobalTwo, &Irql);
  KeAcquireSpinLockAtDpcLevel(&GlobalOne); // expected-warning {{'globals_good' acquires them in the opposite order}}
  KeReleaseSpinLockFromDpcLevel(&GlobalOne);
  KeReleaseSpinLock(&GlobalTwo, Irql);
}
