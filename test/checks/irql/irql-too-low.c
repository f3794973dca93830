// irql-too-low: a routine is called below the lowest level its page allows.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, Other;
  EX_SPIN_LOCK Shared;
  KDPC Dpc;
  ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

IO_WORKITEM_ROUTINE shortest_bad;
void shortest_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
}

// A DPC, an outer lock, a raise or an annotation guarantees the level.
KDEFERRED_ROUTINE dpc_good;
void dpc_good(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Object, (void)A, (void)B;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
IO_WORKITEM_ROUTINE under_lock_good;
void under_lock_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeAcquireSpinLockAtDpcLevel(&Ext->Other);
  KeReleaseSpinLockFromDpcLevel(&Ext->Other);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
IO_WORKITEM_ROUTINE raised_good;
void raised_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  KeAcquireSpinLockAtDpcLevel(&Ext->Other);
  KeReleaseSpinLockFromDpcLevel(&Ext->Other);
  KeLowerIrql(Irql);
}
_IRQL_requires_(DISPATCH_LEVEL)
void annotated_good(PDEVICE_EXTENSION Ext) {
  KeAcquireSpinLockAtDpcLevel(&Ext->Other);
  KeReleaseSpinLockFromDpcLevel(&Ext->Other);
}
void asserted_good(PDEVICE_EXTENSION Ext) {
  NT_ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL);
  KeAcquireSpinLockAtDpcLevel(&Ext->Other);
  KeReleaseSpinLockFromDpcLevel(&Ext->Other);
}
// Nothing is known of the callers.
void unknown_good(PDEVICE_EXTENSION Ext) {
  KeAcquireSpinLockAtDpcLevel(&Ext->Other);
  KeReleaseSpinLockFromDpcLevel(&Ext->Other);
}

// Lowered too early: the second part runs below.
IO_WORKITEM_ROUTINE lowered_early_bad;
void lowered_early_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  KeAcquireSpinLockAtDpcLevel(&Ext->Other); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  ++Ext->Count;
  KeReleaseSpinLockFromDpcLevel(&Ext->Other); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
}

// Through a helper that is right when its other caller, a DPC, calls it.
static void countAtDpc(PDEVICE_EXTENSION Ext) {
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  ++Ext->Count;
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
}
KDEFERRED_ROUTINE helper_good;
void helper_good(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  (void)Object, (void)A, (void)B;
  countAtDpc(Context);
}
IO_WORKITEM_ROUTINE helper_bad;
void helper_bad(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device;
  countAtDpc(Context);
}

// Both chosen by the level there is.
void chosen_by_level_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = KeGetCurrentIrql();
  if (Irql == DISPATCH_LEVEL)
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  else
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  if (Irql == DISPATCH_LEVEL)
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  else
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
void chosen_by_level_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = KeGetCurrentIrql();
  if (Irql < DISPATCH_LEVEL) {
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL..APC_LEVEL, below its minimum DISPATCH_LEVEL}}
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL..APC_LEVEL, below its minimum DISPATCH_LEVEL}}
  }
}

IO_WORKITEM_ROUTINE reader_writer_bad;
void reader_writer_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  ExAcquireSpinLockSharedAtDpcLevel(&Ext->Shared); // expected-warning {{'ExAcquireSpinLockSharedAtDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  ExReleaseSpinLockSharedFromDpcLevel(&Ext->Shared); // expected-warning {{'ExReleaseSpinLockSharedFromDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
}

IO_WORKITEM_ROUTINE in_stack_bad;
void in_stack_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KLOCK_QUEUE_HANDLE Handle;
  (void)Device;
  KeAcquireInStackQueuedSpinLockAtDpcLevel(&Ext->Lock, &Handle); // expected-warning {{'KeAcquireInStackQueuedSpinLockAtDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle); // its page states no level
}

// A system thread begins at PASSIVE_LEVEL; its registration tells.
static void Thread(PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  PsTerminateSystemThread(STATUS_SUCCESS);
}
NTSTATUS startThread(PDEVICE_EXTENSION Ext) {
  HANDLE Handle;
  return PsCreateSystemThread(&Handle, 0, NULL, NULL, NULL, Thread, Ext);
}
