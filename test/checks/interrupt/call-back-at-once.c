// A routine that calls back before it returns: what the function writes to its
// context is known afterwards, and the lock is held inside.
// RUN: %verify %s

#include <ntddk.h>

typedef struct {
  PKINTERRUPT Interrupt;
  KSPIN_LOCK Lock;
  ULONG Pending;
  BOOLEAN Locked;
} EXTENSION;

typedef struct {
  EXTENSION *Ext;
  ULONG Status;
} TAKE;

static KSYNCHRONIZE_ROUTINE take;
static BOOLEAN take(PVOID Context) {
  TAKE *T = Context;
  T->Status = T->Ext->Pending;
  T->Ext->Pending = 0;
  return TRUE;
}

static KSYNCHRONIZE_ROUTINE clear;
static BOOLEAN clear(PVOID Context) {
  ((TAKE *)Context)->Status = 0;
  return FALSE;
}

KDEFERRED_ROUTINE status_bad;
void status_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  EXTENSION *Ext = Context;
  TAKE T = {Ext, 0};
  (void)Dpc, (void)A, (void)B;
  KeSynchronizeExecution(Ext->Interrupt, take, &T);
  if (T.Status) {
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // expected-warning{{is acquired again}}
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  }
}

KDEFERRED_ROUTINE cleared_good;
void cleared_good(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  EXTENSION *Ext = Context;
  TAKE T = {Ext, 1};
  (void)Dpc, (void)A, (void)B;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  if (KeSynchronizeExecution(Ext->Interrupt, clear, &T) || T.Status)
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // neither is ever true
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}

// The level is as before, afterwards.
KDEFERRED_ROUTINE level_good;
void level_good(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  EXTENSION *Ext = Context;
  TAKE T = {Ext, 0};
  (void)Dpc, (void)A, (void)B;
  KeSynchronizeExecution(Ext->Interrupt, take, &T);
  KeSetEvent((PKEVENT)A, IO_NO_INCREMENT, FALSE);
}

// Inside, the lock of the very interrupt is held.
static KSYNCHRONIZE_ROUTINE again;
static BOOLEAN again(PVOID Context) {
  EXTENSION *Ext = Context;
  KIRQL Old = KeAcquireInterruptSpinLock(Ext->Interrupt); // expected-warning{{asks for interrupt spin lock}}
  KeReleaseInterruptSpinLock(Ext->Interrupt, Old);
  return TRUE;
}
DRIVER_DISPATCH again_bad;
NTSTATUS again_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  EXTENSION *Ext = Device->DeviceExtension;
  KeSynchronizeExecution(Ext->Interrupt, again, Ext);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}

// Without a lock: a larger stack.
static EXPAND_STACK_CALLOUT deep;
static void deep(PVOID Context) { ((EXTENSION *)Context)->Locked = FALSE; }
void stack_good(EXTENSION *Ext) {
  KIRQL Old = PASSIVE_LEVEL;
  Ext->Locked = TRUE;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  if (!NT_SUCCESS(KeExpandKernelStackAndCalloutEx(deep, Ext, 4096, FALSE, NULL)))
    Ext->Pending = 1;
  if (Ext->Locked)
    return; // never
  KeReleaseSpinLock(&Ext->Lock, Old);
}

// Which function it is, is not known: then it may have written anything.
void unknown_good(EXTENSION *Ext, PKSYNCHRONIZE_ROUTINE Routine, TAKE *T) {
  KIRQL Old;
  T->Status = 1;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  KeSynchronizeExecution(Ext->Interrupt, Routine, T);
  KeReleaseSpinLock(&Ext->Lock, Old);
}

// It calls itself through the system's routine.
static KSYNCHRONIZE_ROUTINE round_;
static BOOLEAN round_(PVOID Context) {
  EXTENSION *Ext = Context;
  if (Ext->Pending--)
    return KeSynchronizeExecution(Ext->Interrupt, round_, Ext); // expected-warning{{asks for interrupt spin lock}}
  return TRUE;
}
