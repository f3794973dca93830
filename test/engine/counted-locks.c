// A lock that its own thread may take again is made of a count beside it.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _COUNTED {
  KSPIN_LOCK Spin;
  LONG Count;
  PKTHREAD Owner;
} COUNTED;
typedef struct _OBJECT {
  COUNTED Lock;
  ULONG Value;
} OBJECT;

static VOID take(KSPIN_LOCK *L, KIRQL *Old) { KeAcquireSpinLock(L, Old); }
static KIRQL lock(COUNTED *L) {
  KIRQL Old = 0;
  PKTHREAD Me = KeGetCurrentThread();
  if (Me == L->Owner) {
    DbgPrint("again\n");
  } else {
    take(&L->Spin, &Old);
    L->Owner = Me;
  }
  InterlockedIncrement(&L->Count);
  return Old;
}
static VOID unlock(COUNTED *L, KIRQL Old) {
  InterlockedDecrement(&L->Count);
  if (L->Count == 0) {
    L->Owner = NULL;
    KeReleaseSpinLock(&L->Spin, Old);
  }
}

ULONG get_good(OBJECT *O) {
  ULONG Value;
  KIRQL Old = lock(&O->Lock);
  Value = O->Value;
  unlock(&O->Lock, Old);
  return Value;
}
NTSTATUS get_bad(OBJECT *O, PULONG Value) {
  KIRQL Old = lock(&O->Lock);
  if (!O->Value)
    return STATUS_NOT_FOUND; // expected-warning {{spin lock 'L' is still held when 'get_bad' returns}}
  *Value = O->Value;
  unlock(&O->Lock, Old);
  return STATUS_SUCCESS;
}

// The count is the thread's.
typedef struct _TASK {
  LONG Depth;
} TASK;
static EX_SPIN_LOCK Shared;
TASK *current(VOID);
static KIRQL readLock(VOID) {
  TASK *Task = current();
  if (InterlockedIncrement(&Task->Depth) > 1)
    return KeGetCurrentIrql();
  return ExAcquireSpinLockShared(&Shared);
}
static VOID readUnlock(KIRQL Old) {
  TASK *Task = current();
  if (InterlockedDecrement(&Task->Depth) > 0)
    return;
  ExReleaseSpinLockShared(&Shared, Old);
}
static volatile LONG A, B;
int read_good(VOID) {
  for (;;) {
    LONG X, Y;
    KIRQL Old = readLock();
    X = A;
    Y = B;
    readUnlock(Old);
    if (X != Y)
      return -1;
  }
}
int read_bad(VOID) {
  KIRQL Old = readLock();
  if (A != B)
    return -1; // expected-warning {{reader/writer spin lock 'Shared' is still held when 'read_bad' returns}}
  readUnlock(Old);
  return 0;
}

// A count that does not decide is no such thing.
static ULONG Statistics;
static BOOLEAN tryLock(COUNTED *L, PKIRQL Old) {
  Statistics++;
  if (!L->Owner)
    return FALSE;
  KeAcquireSpinLock(&L->Spin, Old);
  return TRUE;
}
VOID plain_bad(OBJECT *O) {
  KIRQL Old;
  if (tryLock(&O->Lock, &Old) && O->Value)
    return; // expected-warning {{spin lock 'L->Spin' is still held when 'plain_bad' returns}}
  if (O->Lock.Owner)
    KeReleaseSpinLock(&O->Lock.Spin, Old);
}
