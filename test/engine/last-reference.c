// Who holds a lock of an object, or a reference to something on its behalf, holds a count of it: a
// helper that frees the object where a count comes to nothing does not do so under the lock.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _TIMER {
  LONG Count;
  KSPIN_LOCK Lock;
  EX_RUNDOWN_REF *Owner;
  BOOLEAN Inserted;
  PVOID Routine;
} TIMER, *PTIMER;

BOOLEAN cancel(PTIMER Timer);

static VOID dereference(PTIMER Timer) {
  if (InterlockedDecrement(&Timer->Count) == 0) {
    ExReleaseRundownProtection(Timer->Owner);
    ExFreePool(Timer);
  }
}
static VOID destroy(PTIMER Timer) {
  if (Timer->Routine)
    ExFreePool(Timer); // expected-warning {{frees memory in which spin lock 'Timer->Lock' lies, which is still held}}
}

VOID cancel_good(PTIMER Timer) {
  KIRQL Old;
  KeAcquireSpinLock(&Timer->Lock, &Old);
  if (Timer->Inserted && cancel(Timer)) {
    Timer->Inserted = FALSE;
    dereference(Timer);
  }
  KeReleaseSpinLock(&Timer->Lock, Old);
}
VOID cancel_bad(PTIMER Timer) {
  KIRQL Old;
  KeAcquireSpinLock(&Timer->Lock, &Old); // expected-note 0+ {{}}
  if (Timer->Inserted && cancel(Timer))  // expected-note 0+ {{}}
    destroy(Timer);                      // expected-note 0+ {{}}
  KeReleaseSpinLock(&Timer->Lock, Old);
}

PTIMER create_good(EX_RUNDOWN_REF *Owner) {
  PTIMER Timer;
  if (!ExAcquireRundownProtection(Owner))
    return NULL;
  Timer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(TIMER), 'rmiT');
  if (Timer == NULL) {
    ExReleaseRundownProtection(Owner);
    return NULL;
  }
  Timer->Count = 1;
  Timer->Owner = Owner;
  if (!cancel(Timer)) {
    dereference(Timer);
    return NULL;
  }
  return Timer;
}
PTIMER create_bad(EX_RUNDOWN_REF *Owner) {
  PTIMER Timer;
  if (!ExAcquireRundownProtection(Owner)) // expected-note 0+ {{}}
    return NULL;
  Timer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(TIMER), 'rmiT');
  if (Timer == NULL) // expected-note 0+ {{}}
    return NULL;     // expected-warning {{is kept when 'create_bad' returns}}
  if (!cancel(Timer)) {
    ExFreePool(Timer);
    ExReleaseRundownProtection(Owner);
    return NULL;
  }
  return Timer;
}

// So is it where the helper first takes the lock once more.
VOID destroy_locked(PTIMER Timer) {
  KIRQL Old;
  KeAcquireSpinLock(&Timer->Lock, &Old); // expected-warning {{spin lock 'Timer->Lock' is acquired again by 'KeAcquireSpinLock' while this thread holds it}}
  Timer->Inserted = FALSE;
  KeReleaseSpinLock(&Timer->Lock, Old);
  ExFreePool(Timer);
}
static VOID dereference_locked(PTIMER Timer) {
  if (InterlockedDecrement(&Timer->Count) == 0)
    destroy_locked(Timer);
}
static VOID dereference_early(PTIMER Timer) {
  LONG Left = InterlockedDecrement(&Timer->Count);
  if (Left > 0)
    return;
  destroy_locked(Timer);
}
static VOID stop_always(PTIMER Timer) {
  if (InterlockedDecrement(&Timer->Count) != 0)
    destroy_locked(Timer);
}
VOID reject_good(PTIMER Timer) {
  KIRQL Old;
  KeAcquireSpinLock(&Timer->Lock, &Old);
  dereference_locked(Timer);
  KeReleaseSpinLock(&Timer->Lock, Old);
}
VOID reject_early_good(PTIMER Timer) {
  KIRQL Old;
  KeAcquireSpinLock(&Timer->Lock, &Old);
  dereference_early(Timer);
  KeReleaseSpinLock(&Timer->Lock, Old);
}
VOID reject_bad(PTIMER Timer) {
  KIRQL Old;
  KeAcquireSpinLock(&Timer->Lock, &Old);
  stop_always(Timer);
  KeReleaseSpinLock(&Timer->Lock, Old);
}

// Who goes on with the object has a count of his own, whatever lock he holds.
typedef struct _TABLE {
  KSPIN_LOCK Lock;
  ULONG Used;
} TABLE;
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID shutDown(PTIMER Timer);
static VOID put(PTIMER Timer) {
  if (InterlockedDecrement(&Timer->Count) == 0) {
    shutDown(Timer); // expected-warning {{'shutDown' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
    ExFreePool(Timer);
  }
}
VOID move_good(TABLE *Table, PTIMER Timer) {
  KIRQL Old;
  KeAcquireSpinLock(&Table->Lock, &Old);
  Table->Used--;
  put(Timer);
  KeReleaseSpinLock(&Table->Lock, Old);
  Timer->Inserted = FALSE;
}
VOID remove_bad(TABLE *Table, PTIMER Timer) {
  KIRQL Old;
  KeAcquireSpinLock(&Table->Lock, &Old);
  Table->Used--;
  put(Timer);
  KeReleaseSpinLock(&Table->Lock, Old);
}
VOID each_bad(TABLE *Table, LIST_ENTRY *Head) {
  KIRQL Old;
  KeAcquireSpinLock(&Table->Lock, &Old);
  for (LIST_ENTRY *E = Head->Flink; E != Head;) {
    PTIMER Timer = CONTAINING_RECORD(E, TIMER, Routine);
    E = E->Flink;
    Timer->Inserted = FALSE;
    put(Timer);
  }
  KeReleaseSpinLock(&Table->Lock, Old);
}
VOID anew_bad(TABLE *Table, PTIMER Timer, PTIMER Other) {
  KIRQL Old;
  KeAcquireSpinLock(&Table->Lock, &Old);
  put(Timer);
  KeReleaseSpinLock(&Table->Lock, Old);
  Timer = Other;
  Timer->Inserted = FALSE;
}
