// Who asks for the level to do the right thing at each says nothing of the levels at which callers run.
// RUN: %verify %s
#include <ntddk.h>

static KSPIN_LOCK Lock;
static KTIMER Timer;
static BOOLEAN Stopped;

typedef struct _HANDLE_AND_LEVEL {
  KLOCK_QUEUE_HANDLE Handle;
  KIRQL Irql;
} HANDLE_AND_LEVEL;

// A portable lock takes the cheaper form where it can.
static VOID lock(HANDLE_AND_LEVEL *H) {
  KIRQL Irql = KeGetCurrentIrql();
  if (Irql == DISPATCH_LEVEL)
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&Lock, &H->Handle);
  else
    KeAcquireInStackQueuedSpinLock(&Lock, &H->Handle);
  H->Irql = Irql;
}
static VOID unlock(HANDLE_AND_LEVEL *H) {
  if (H->Irql == DISPATCH_LEVEL)
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&H->Handle);
  else
    KeReleaseInStackQueuedSpinLock(&H->Handle);
}

VOID stop_good(VOID) {
  HANDLE_AND_LEVEL H;
  lock(&H);
  Stopped = TRUE;
  unlock(&H);
  KeCancelTimer(&Timer);
  KeFlushQueuedDpcs();
}

VOID stop_bad(VOID) {
  HANDLE_AND_LEVEL H;
  lock(&H);
  Stopped = TRUE;
  KeFlushQueuedDpcs(); // expected-warning {{'KeFlushQueuedDpcs' waits at DISPATCH_LEVEL}}
  unlock(&H);
}

// Who branches on it himself expects it.
VOID asks_bad(PKEVENT Event) {
  if (KeGetCurrentIrql() >= DISPATCH_LEVEL)
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
static BOOLEAN mayWait(VOID) {
  if (KeGetCurrentIrql() < DISPATCH_LEVEL)
    return TRUE;
  return FALSE;
}
VOID asks_helper_bad(PKEVENT Event) {
  if (!mayWait())
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
VOID asks_helper_good(PKEVENT Event) {
  if (mayWait())
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
}

// What an assertion names is no choice that the program makes.
VOID anything(VOID);
VOID asserts_good(PKEVENT Event) {
  anything();
  NT_ASSERT(KeGetCurrentIrql() == PASSIVE_LEVEL || KeGetCurrentIrql() == APC_LEVEL || KeGetCurrentIrql() == DISPATCH_LEVEL);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
}
VOID asserts_reversed_good(PKEVENT Event) {
  anything();
  NT_ASSERT(DISPATCH_LEVEL == KeGetCurrentIrql() || APC_LEVEL >= KeGetCurrentIrql());
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
}
VOID asserts_bad(PKEVENT Event) {
  anything();
  NT_ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL || KeGetCurrentIrql() == HIGH_LEVEL);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL..HIGH_LEVEL}}
}

// A question that guards what is asked for says nothing of what comes behind it.
typedef struct _EXT {
  KSPIN_LOCK Lock;
  ULONG Count;
  KEVENT Event;
} EXT;
VOID count(EXT *Ext);
VOID guarded_good(EXT *Ext) {
  if (KeGetCurrentIrql() < DISPATCH_LEVEL)
    count(Ext);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
VOID guarded_bad(EXT *Ext) {
  if (KeGetCurrentIrql() < DISPATCH_LEVEL) {
    count(Ext);
    return;
  }
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
VOID else_bad(EXT *Ext) {
  if (KeGetCurrentIrql() < DISPATCH_LEVEL)
    count(Ext);
  else
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
