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
