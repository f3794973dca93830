// Who is handed the level that a lock saved is there to give that lock up, be it through a pointer
// or a function of another file. And what an annotation promises falsely is told once.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _QUEUE {
  KSPIN_LOCK Lock;
  LIST_ENTRY List;
  VOID (*Cancelled)(struct _QUEUE *Queue, PIRP Irp, KIRQL Irql);
  VOID (*Told)(struct _QUEUE *Queue, PIRP Irp);
  BOOLEAN Slow;
} QUEUE, *PQUEUE;

VOID finishElsewhere(PIRP Irp, KIRQL Irql); // of another file
VOID tellElsewhere(PIRP Irp);
VOID trace(const char *Format, ...);

VOID pointer_good(PQUEUE Queue, PIRP Irp) {
  KIRQL Irql;
  KeAcquireSpinLock(&Queue->Lock, &Irql);
  if (Queue->Cancelled != NULL)
    Queue->Cancelled(Queue, Irp, Irql);
  else
    KeReleaseSpinLock(&Queue->Lock, Irql);
}
VOID pointer_bad(PQUEUE Queue, PIRP Irp) {
  KIRQL Irql;
  KeAcquireSpinLock(&Queue->Lock, &Irql); // expected-note 0+ {{}}
  if (Queue->Told != NULL)                // expected-note 0+ {{}}
    Queue->Told(Queue, Irp);
  else
    KeReleaseSpinLock(&Queue->Lock, Irql);
} // expected-warning {{spin lock 'Queue->Lock' is still held when 'pointer_bad' returns}} expected-note 0+ {{}}

VOID other_file_good(PQUEUE Queue, PIRP Irp) {
  KIRQL Irql;
  KeAcquireSpinLock(&Queue->Lock, &Irql);
  if (Queue->Slow)
    finishElsewhere(Irp, Irql);
  else
    KeReleaseSpinLock(&Queue->Lock, Irql);
}
VOID other_file_bad(PQUEUE Queue, PIRP Irp) {
  KIRQL Irql;
  KeAcquireSpinLock(&Queue->Lock, &Irql); // expected-note 0+ {{}}
  trace("was at %d", Irql);
  if (Queue->Slow) // expected-note 0+ {{}}
    tellElsewhere(Irp);
  else
    KeReleaseSpinLock(&Queue->Lock, Irql);
} // expected-warning {{spin lock 'Queue->Lock' is still held when 'other_file_bad' returns}} expected-note 0+ {{}}

// The path knows what the level was; what was saved is a number by then.
VOID pinned_good(PQUEUE Queue, PIRP Irp) {
  KIRQL Irql;
  if (KeGetCurrentIrql() == PASSIVE_LEVEL)
    Queue->Slow = TRUE;
  KeAcquireSpinLock(&Queue->Lock, &Irql);
  if (IsListEmpty(&Queue->List))
    finishElsewhere(Irp, Irql);
  else
    KeReleaseSpinLock(&Queue->Lock, Irql);
}
VOID pinned_bad(PQUEUE Queue, PIRP Irp) {
  KIRQL Irql;
  if (KeGetCurrentIrql() == PASSIVE_LEVEL) // expected-note 0+ {{}}
    Queue->Slow = TRUE;
  KeAcquireSpinLock(&Queue->Lock, &Irql); // expected-note 0+ {{}}
  if (IsListEmpty(&Queue->List))          // expected-note 0+ {{}}
    tellElsewhere(Irp);
  else
    KeReleaseSpinLock(&Queue->Lock, Irql);
} // expected-warning {{spin lock 'Queue->Lock' is still held when 'pinned_bad' returns}} expected-note 0+ {{}}

// The lock of the caller is given up, taken again, and handed to whom gives it
// up for good.
VOID taken_again_good(PQUEUE Queue, PIRP Irp, PKIRQL Irql) {
  KeReleaseSpinLock(&Queue->Lock, *Irql);
  tellElsewhere(Irp);
  KeAcquireSpinLock(&Queue->Lock, Irql);
  finishElsewhere(Irp, *Irql);
  KeAcquireSpinLock(&Queue->Lock, Irql);
}
VOID taken_again_bad(PQUEUE Queue, PIRP Irp, PKIRQL Irql) {
  KeReleaseSpinLock(&Queue->Lock, *Irql);
  tellElsewhere(Irp);
  KeAcquireSpinLock(&Queue->Lock, Irql); // expected-note 0+ {{}}
  tellElsewhere(Irp);
  KeAcquireSpinLock(&Queue->Lock, Irql); // expected-warning {{spin lock 'Queue->Lock' is acquired again}} expected-note 0+ {{}}
}

// Paths with different saved levels meet before one of them is handed on.
VOID met_good(PQUEUE Queue, PIRP Irp, KIRQL Irql) {
  if (Queue->Slow) {
    KeReleaseSpinLock(&Queue->Lock, Irql);
    tellElsewhere(Irp);
    KeAcquireSpinLock(&Queue->Lock, &Irql);
  }
  if (IsListEmpty(&Queue->List))
    finishElsewhere(Irp, Irql);
  else
    KeReleaseSpinLock(&Queue->Lock, Irql);
  KeAcquireSpinLock(&Queue->Lock, &Irql);
  KeReleaseSpinLock(&Queue->Lock, Irql);
}
VOID met_bad(PQUEUE Queue, PIRP Irp, KIRQL Irql) {
  if (Queue->Slow) { // expected-note 0+ {{}}
    KeReleaseSpinLock(&Queue->Lock, Irql);
    tellElsewhere(Irp);
    KeAcquireSpinLock(&Queue->Lock, &Irql); // expected-note 0+ {{}}
  }
  if (IsListEmpty(&Queue->List)) // expected-note 0+ {{}}
    tellElsewhere(Irp);
  else
    KeReleaseSpinLock(&Queue->Lock, Irql);
  KeAcquireSpinLock(&Queue->Lock, &Irql); // expected-warning {{spin lock 'Queue->Lock' is acquired again}} expected-note 0+ {{}}
  KeReleaseSpinLock(&Queue->Lock, Irql);
}

// It raises only where it does not check; its callers rely on what it says.
typedef struct _CHECKED {
  KSPIN_LOCK Lock;
  FAST_MUTEX Mutex;
  BOOLEAN UseMutex;
  ULONG Count;
} CHECKED, *PCHECKED;

_IRQL_requires_max_(APC_LEVEL)
_IRQL_raises_(DISPATCH_LEVEL)
static VOID lockChecked(PCHECKED C, _Out_ _IRQL_saves_ PKIRQL Irql) {
  if (C->UseMutex) { // expected-note 0+ {{}}
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(&C->Mutex);
    *Irql = KeGetCurrentIrql();
    return; // expected-warning {{'lockChecked' is annotated to raise the level to DISPATCH_LEVEL, but returns at the level it was entered at here}} expected-note 0+ {{}}
  }
  KeAcquireSpinLock(&C->Lock, Irql);
}
_IRQL_requires_(DISPATCH_LEVEL)
VOID countAtDispatch(PCHECKED C);

_IRQL_requires_max_(APC_LEVEL)
VOID count_good(PCHECKED C) {
  KIRQL Irql;
  lockChecked(C, &Irql);
  countAtDispatch(C);
  KeReleaseSpinLock(&C->Lock, Irql);
}
_IRQL_requires_max_(APC_LEVEL)
VOID count_bad(PCHECKED C) {
  KIRQL Irql;
  lockChecked(C, &Irql); // expected-note 0+ {{}}
  KeReleaseSpinLock(&C->Lock, Irql);
  countAtDispatch(C); // expected-warning {{'countAtDispatch' is called at PASSIVE_LEVEL..APC_LEVEL, below its minimum DISPATCH_LEVEL}} expected-note 0+ {{}}
}
