// What a called function demands of the level is true behind the call: a branch of its
// body for levels above its own maximum (for the bugcheck, say) accuses no caller, and
// demands that exclude each other are told where the second one comes.
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

void count_good(PQUEUE Queue) {
  KIRQL Irql;
  take(Queue, &Irql);
  ++Queue->Count;
  give(Queue, Irql);
}

KSERVICE_ROUTINE count_bad;
BOOLEAN count_bad(PKINTERRUPT Interrupt, PVOID Context) {
  PQUEUE Queue = Context;
  KIRQL Irql;
  (void)Interrupt;
  take(Queue, &Irql); // expected-warning {{'take' is called at DIRQL, above its maximum DISPATCH_LEVEL}} expected-note 0+ {{}}
  ++Queue->Count;
  give(Queue, Irql); // expected-warning {{'give' is called at DIRQL, above its maximum DISPATCH_LEVEL}} expected-note 0+ {{}}
  return TRUE;
}

// A branch for levels that the call before it forbids is not taken.
void afterWait_good(PQUEUE Queue, PKEVENT Event) {
  KIRQL Irql = KeGetCurrentIrql();
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
  if (Irql >= DISPATCH_LEVEL)
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
  if (Irql == DISPATCH_LEVEL)
    KeAcquireSpinLockAtDpcLevel(&Queue->Lock);
}

// No level is right for both.
void afterWait_bad(PQUEUE Queue, PKEVENT Event) {
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
  KeAcquireSpinLockAtDpcLevel(&Queue->Lock); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL..APC_LEVEL, below its minimum DISPATCH_LEVEL}} expected-note 0+ {{}}
  ++Queue->Count;
  KeReleaseSpinLockFromDpcLevel(&Queue->Lock); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL..APC_LEVEL, below its minimum DISPATCH_LEVEL}} expected-note 0+ {{}}
}
void beforeWait_bad(PQUEUE Queue, PKEVENT Event) {
  KeAcquireSpinLockAtDpcLevel(&Queue->Lock);
  ++Queue->Count;
  KeReleaseSpinLockFromDpcLevel(&Queue->Lock);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL..HIGH_LEVEL}} expected-note 0+ {{}}
}
// With a timeout that may be zero, any level up to DISPATCH_LEVEL may be right.
void mayPoll_good(PQUEUE Queue, PKEVENT Event, PLARGE_INTEGER Timeout) {
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Timeout);
  KeAcquireSpinLockAtDpcLevel(&Queue->Lock);
  ++Queue->Count;
  KeReleaseSpinLockFromDpcLevel(&Queue->Lock);
}

// The documentation of what formats strings is stricter than it need be: it is told where
// the level is known, and nothing follows for other calls.
#include <ntstrsafe.h>
void afterPrint_good(PQUEUE Queue, PSTR Text) {
  RtlStringCbPrintfA(Text, 32, "%lu", Queue->Count);
  KeAcquireSpinLockAtDpcLevel(&Queue->Lock);
  ++Queue->Count;
  KeReleaseSpinLockFromDpcLevel(&Queue->Lock);
}
