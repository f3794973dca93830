// A wait in kernel mode that is not alertable cannot fail (all its statuses are successes), and one
// without a limit does not time out. So a caller that takes only success for the lock's acquisition
// is right; and of a helper that tells a success of one sort from one of the other, the result is
// what callers know by.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _WAIT_LOCK {
  KEVENT Free;
} WAIT_LOCK;

static NTSTATUS waitFor(PKEVENT Event, PLARGE_INTEGER Timeout) {
  return KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Timeout);
}

static NTSTATUS acquire(WAIT_LOCK *L, PLARGE_INTEGER Timeout) {
  NTSTATUS Status;
  KeEnterCriticalRegion(); // expected-note 0+ {{}}
  Status = waitFor(&L->Free, Timeout);
  if (Status == STATUS_TIMEOUT)
    KeLeaveCriticalRegion();
  return Status;
}
static VOID release(WAIT_LOCK *L) {
  KeSetEvent(&L->Free, IO_NO_INCREMENT, FALSE);
  KeLeaveCriticalRegion();
}

_IRQL_requires_max_(PASSIVE_LEVEL)
BOOLEAN tryToRun(WAIT_LOCK *L, PULONG Count) {
  LARGE_INTEGER Now = {0};
  NTSTATUS Status = acquire(L, &Now);
  if (NT_SUCCESS(Status) && Status != STATUS_TIMEOUT) {
    ++*Count;
    release(L);
    return TRUE;
  }
  return FALSE;
}

// Without a limit the lock is always had.
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID run(WAIT_LOCK *L, PULONG Count) {
  if (acquire(L, NULL) == STATUS_SUCCESS) {
    ++*Count;
    release(L);
  }
}

// With one it is not: this one does not ask.
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID runAnyway(WAIT_LOCK *L, PULONG Count) {
  LARGE_INTEGER Now = {0};
  NTSTATUS Status = acquire(L, &Now); // expected-note 0+ {{}}
  ++*Count;
  if (Status != STATUS_TIMEOUT) // expected-note 0+ {{}}
    return;                     // expected-warning {{'runAnyway' returns in a critical region}} expected-note 0+ {{}}
  ++*Count;
}

// Hands on what the helper says.
_IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS acquireForApi(WAIT_LOCK *L, PLARGE_INTEGER Timeout) {
  return acquire(L, Timeout);
}

// The result does not tell here: both are plain success.
static NTSTATUS acquireMute(WAIT_LOCK *L, PLARGE_INTEGER Timeout) {
  NTSTATUS Status;
  KeEnterCriticalRegion(); // expected-note 0+ {{}}
  Status = waitFor(&L->Free, Timeout);
  if (Status == STATUS_TIMEOUT) // expected-note 0+ {{}}
    KeLeaveCriticalRegion();
  return STATUS_SUCCESS; // expected-warning {{'acquireMute' returns in a critical region}} expected-note 0+ {{}}
}

_IRQL_requires_max_(PASSIVE_LEVEL)
VOID useMute(WAIT_LOCK *L, PLARGE_INTEGER Timeout) {
  if (NT_SUCCESS(acquireMute(L, Timeout))) {
    release(L);
  }
}

// A wait that can be alerted ends in more ways than one.
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID alerted(PKEVENT Event, PKSPIN_LOCK Lock) {
  KIRQL Irql;
  NTSTATUS Status = KeWaitForSingleObject(Event, Executive, KernelMode, TRUE, NULL);
  KeAcquireSpinLock(Lock, &Irql); // expected-note 0+ {{}}
  if (Status == STATUS_ALERTED)   // expected-note 0+ {{}}
    return;                       // expected-warning {{still held when 'alerted' returns}} expected-note 0+ {{}}
  KeReleaseSpinLock(Lock, Irql);
}
