// Plain Clang finds in a driver what the rules say, with no plugin: every
// routine carries its level and its lock as a capability. Each mistake stands
// beside the same code without it.
// RUN: %clang_kit -DIRQLINT_CONTRACTS -fsyntax-only -Wthread-safety -Werror=thread-safety -Xclang -verify %s
// Without the switch nothing is annotated.
// RUN: %clang_kit -fsyntax-only -Wthread-safety -Werror %s
#include <ntddk.h>
#include <irqlint_thread_safety.h>

typedef struct EXT {
  KSPIN_LOCK Lock, Other;
  FAST_MUTEX Mutex;
  ERESOURCE Resource;
  KEVENT Event;
  ULONG Count;
} EXT;

NTSTATUS missing_bad(EXT *Ext, BOOLEAN Early) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-note 2{{acquired here}}
  if (Early)
    return STATUS_UNSUCCESSFUL;
  Ext->Count++;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
} // expected-error {{spin lock 'irqlint_spin_lock_of(Ext->Lock)' is not held on every path}} expected-error {{IRQL 'at_DISPATCH_LEVEL' is not held on every path}}

NTSTATUS missing_good(EXT *Ext, BOOLEAN Early) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Early) {
    KeReleaseSpinLock(&Ext->Lock, Irql);
    return STATUS_UNSUCCESSFUL;
  }
  Ext->Count++;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}

VOID twice_bad(EXT *Ext) {
  ExAcquireFastMutex(&Ext->Mutex); // expected-note {{acquired here}}
  ExAcquireFastMutex(&Ext->Mutex); // expected-error {{acquiring fast mutex}}
  ExReleaseFastMutex(&Ext->Mutex); // expected-note {{released here}}
  ExReleaseFastMutex(&Ext->Mutex); // expected-error {{releasing fast mutex}}
}

// Different locks may nest, each raises the level again.
VOID twice_good(EXT *Ext) {
  KIRQL First, Second;
  KeAcquireSpinLock(&Ext->Lock, &First);
  KeAcquireSpinLock(&Ext->Other, &Second);
  Ext->Count++;
  KeReleaseSpinLock(&Ext->Other, Second);
  KeReleaseSpinLock(&Ext->Lock, First);
}

VOID wait_bad(EXT *Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-error {{cannot call function 'KeWaitForSingleObject' while IRQL 'at_DISPATCH_LEVEL' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

VOID wait_good(EXT *Ext) {
  KIRQL Irql;
  LARGE_INTEGER Zero;
  Zero.QuadPart = 0;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, &Zero);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}

VOID raise_bad(EXT *Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql); // expected-note {{acquired here}}
  ExAcquireFastMutex(&Ext->Mutex); // expected-error {{while IRQL 'at_DISPATCH_LEVEL' is held}}
  ExReleaseFastMutex(&Ext->Mutex); // expected-error {{while IRQL 'at_DISPATCH_LEVEL' is held}}
} // expected-error {{IRQL 'at_DISPATCH_LEVEL' is still held}}

// How far the level is lowered, only the value knows.
VOID raise_good(EXT *Ext, KIRQL Some) {
  KIRQL Irql;
  KeRaiseIrql(APC_LEVEL, &Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  KeLowerIrql(Irql);
  KeRaiseIrql(Some, &Irql);
  Ext->Count++;
  KeLowerIrql(Irql);
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  KeLowerIrql(Irql);
  ExAcquireFastMutex(&Ext->Mutex);
  ExReleaseFastMutex(&Ext->Mutex);
}

VOID queued_bad(EXT *Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLockAtDpcLevel(&Ext->Lock, &Handle); // expected-error {{requires holding IRQL 'at_DISPATCH_LEVEL'}}
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle);
}

// A deferred procedure is at DISPATCH_LEVEL.
KDEFERRED_ROUTINE queued_good;
VOID queued_good(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  EXT *Ext = Context;
  KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLockAtDpcLevel(&Ext->Lock, &Handle);
  Ext->Count++;
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle);
}

VOID resource_bad(EXT *Ext) {
  ExAcquireResourceExclusiveLite(&Ext->Resource, FALSE);
  Ext->Count++;
  ExReleaseResourceLite(&Ext->Resource); // expected-error {{releasing executive resource 'irqlint_executive_resource_of(Ext->Resource)' that was not held}}
}

VOID resource_good(EXT *Ext, BOOLEAN Wait) {
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ExReleaseResourceLite(&Ext->Resource);
  if (ExAcquireResourceExclusiveLite(&Ext->Resource, FALSE))
    ExReleaseResourceLite(&Ext->Resource);
  if (ExAcquireResourceExclusiveLite(&Ext->Resource, Wait))
    ExReleaseResourceLite(&Ext->Resource);
}

// The cancel lock comes with the call and is to be given up.
DRIVER_CANCEL cancel_bad, cancel_good; // expected-note 2{{acquired here}}
VOID cancel_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  Irp->IoStatus.Status = STATUS_CANCELLED;
} // expected-error {{cancel spin lock 'the_cancel_spin_lock' is still held}} expected-error {{IRQL 'at_DISPATCH_LEVEL' is still held}}

VOID cancel_good(PDEVICE_OBJECT Device, PIRP Irp) {
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  Irp->IoStatus.Status = STATUS_CANCELLED;
}

// What a driver says of its own functions.
static VOID Enter(EXT *Ext, PKIRQL Irql)
    IRQLINT_ACQUIRES(irqlint_spin_lock_of(&Ext->Lock), at_DISPATCH_LEVEL);
static VOID Enter(EXT *Ext, PKIRQL Irql) { KeAcquireSpinLock(&Ext->Lock, Irql); }
static VOID Leave(EXT *Ext, KIRQL Irql)
    IRQLINT_RELEASES(irqlint_spin_lock_of(&Ext->Lock), at_DISPATCH_LEVEL);
static VOID Leave(EXT *Ext, KIRQL Irql) { KeReleaseSpinLock(&Ext->Lock, Irql); }
_IRQL_requires_max_(PASSIVE_LEVEL) static VOID Slow(EXT *Ext) { Ext->Count++; }
_IRQL_requires_(DISPATCH_LEVEL) static VOID Fast(EXT *Ext) { Ext->Count++; }
_IRQL_requires_max_(DISPATCH_LEVEL + 1) static VOID Any(EXT *Ext) { Ext->Count++; }

VOID own_bad(EXT *Ext) {
  KIRQL Irql;
  Fast(Ext); // expected-error {{requires holding IRQL 'at_DISPATCH_LEVEL'}}
  Enter(Ext, &Irql); // expected-note 2{{acquired here}}
  Slow(Ext); // expected-error {{while IRQL 'at_DISPATCH_LEVEL' is held}}
} // expected-error {{spin lock 'irqlint_spin_lock_of(Ext->Lock)' is still held}} expected-error {{IRQL 'at_DISPATCH_LEVEL' is still held}}

VOID own_good(EXT *Ext) {
  KIRQL Irql;
  Slow(Ext);
  Enter(Ext, &Irql);
  Fast(Ext);
  Any(Ext);
  Leave(Ext, Irql);
}
