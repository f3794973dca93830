// FP: a function that says at which levels it may be called is looked into at all levels
// that its caller leaves open. A branch in it for levels above its own maximum (for the
// bugcheck, say) is then a path on which the caller is accused. What the callee demands
// should hold behind the call.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _QUEUE {
  KSPIN_LOCK Lock;
  ULONG Count;
} QUEUE, *PQUEUE;

_IRQL_requires_max_(DISPATCH_LEVEL) void take(PQUEUE Queue, PKIRQL Irql);
_IRQL_requires_max_(DISPATCH_LEVEL) void give(PQUEUE Queue, KIRQL Irql);

void take(PQUEUE Queue, PKIRQL Irql) {
  *Irql = KeGetCurrentIrql();
  if (*Irql < DISPATCH_LEVEL)
    KeAcquireSpinLock(&Queue->Lock, Irql);
  else if (*Irql == DISPATCH_LEVEL)
    KeAcquireSpinLockAtDpcLevel(&Queue->Lock);
}

void give(PQUEUE Queue, KIRQL Irql) {
  if (Irql < DISPATCH_LEVEL)
    KeReleaseSpinLock(&Queue->Lock, Irql);
  else if (Irql == DISPATCH_LEVEL)
    KeReleaseSpinLockFromDpcLevel(&Queue->Lock);
}

void FP_count_good(PQUEUE Queue) {
  KIRQL Irql;
  take(Queue, &Irql);
  ++Queue->Count;
  give(Queue, Irql); // expected-warning {{'give' is called at DIRQL..HIGH_LEVEL, above its maximum DISPATCH_LEVEL}} expected-note 0+ {{}}
}
