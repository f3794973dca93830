// A wait in kernel mode that is not alertable cannot fail. A caller that takes only success for the
// lock's acquisition is right, and is accused; so is the helper, whose result does tell: it is
// a success of one of two sorts.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _WAIT_LOCK {
  KEVENT Free;
} WAIT_LOCK;

static NTSTATUS acquire(WAIT_LOCK *L, PLARGE_INTEGER Timeout) {
  NTSTATUS Status;
  KeEnterCriticalRegion(); // expected-note 0+ {{}}
  Status = KeWaitForSingleObject(&L->Free, Executive, KernelMode, FALSE, Timeout);
  if (Status == STATUS_TIMEOUT) // expected-note 0+ {{}}
    KeLeaveCriticalRegion();
  return Status; // expected-warning {{'acquire' returns in a critical region}} expected-note 0+ {{}}
}
static VOID release(WAIT_LOCK *L) {
  KeSetEvent(&L->Free, IO_NO_INCREMENT, FALSE);
  KeLeaveCriticalRegion();
}

_IRQL_requires_max_(PASSIVE_LEVEL)
BOOLEAN tryToRun(WAIT_LOCK *L, PULONG Count) {
  LARGE_INTEGER Now = {0};
  NTSTATUS Status = acquire(L, &Now); // expected-note 0+ {{}}
  if (NT_SUCCESS(Status) && Status != STATUS_TIMEOUT) { // expected-note 0+ {{}}
    ++*Count;
    release(L);
    return TRUE;
  }
  return FALSE; // expected-warning {{returns in a critical region}}
}
