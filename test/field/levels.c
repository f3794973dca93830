// Levels: routines for PASSIVE_LEVEL below spin locks and in callbacks at DISPATCH_LEVEL, one
// and two helpers deep; pageable code that raises; levels lost on the way out.
// RUN: %verify %s
#include <ntddk.h>
#include <ntstrsafe.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, QueueLock;
  FAST_MUTEX Mutex;
  KEVENT Event;
  KMUTEX Kernel;
  KDPC Dpc;
  KTIMER Timer;
  PKINTERRUPT Interrupt;
  UNICODE_STRING Name;
  PVPB Vpb;
  KIRQL SavedIrql;
  ULONG Count, State;
  BOOLEAN Removed, Raised;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

// ---- below a lock, two helpers deep
static NTSTATUS readSetting(PDEVICE_EXTENSION Ext, HANDLE Key) {
  ULONG Size;
  (void)Ext;
  return ZwQueryValueKey(Key, NULL, KeyValueFullInformation, NULL, 0, &Size); // expected-warning {{'ZwQueryValueKey' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
}
static NTSTATUS configure(PDEVICE_EXTENSION Ext, HANDLE Key) {
  if (Ext->State == 2)
    return STATUS_INVALID_DEVICE_STATE;
  return readSetting(Ext, Key);
}
IO_WORKITEM_ROUTINE two_deep_bad;
void two_deep_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  configure(Ext, Context);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
IO_WORKITEM_ROUTINE two_deep_good;
void two_deep_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  configure(Ext, Context);
}

// ---- in a timer's DPC, through a helper that a work item may use
static BOOLEAN sameName(PDEVICE_EXTENSION Ext, PCUNICODE_STRING Name) {
  return RtlEqualUnicodeString(&Ext->Name, Name, TRUE); // expected-warning {{'RtlEqualUnicodeString' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
}
KDEFERRED_ROUTINE timer_bad;
void timer_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  (void)Dpc, (void)B;
  sameName(Context, A);
}
// ---- the callback is known by where it is registered only
static void onTimer(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Dpc, (void)A, (void)B;
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
VOID setUp(PDEVICE_EXTENSION Ext) {
  KeInitializeTimer(&Ext->Timer);
  KeInitializeDpc(&Ext->Dpc, onTimer, Ext);
}
// ---- a completion routine
IO_COMPLETION_ROUTINE completion_bad;
NTSTATUS completion_bad(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device, (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ExAcquireFastMutex(&Ext->Mutex); // expected-warning {{'ExAcquireFastMutex' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  ++Ext->Count;
  ExReleaseFastMutex(&Ext->Mutex);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_CONTINUE_COMPLETION;
}
// ---- an interrupt routine
KSERVICE_ROUTINE isr_bad;
BOOLEAN isr_bad(PKINTERRUPT Interrupt, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Interrupt;
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{'KeAcquireSpinLock' is called at DIRQL, above its maximum DISPATCH_LEVEL}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  KeSetEvent(&Ext->Event, 0, FALSE); // expected-warning {{'KeSetEvent' is called at DIRQL, above its maximum DISPATCH_LEVEL}}
  return TRUE;
}
KSERVICE_ROUTINE isr_good;
BOOLEAN isr_good(PKINTERRUPT Interrupt, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Interrupt;
  KeInsertQueueDpc(&Ext->Dpc, NULL, NULL);
  return TRUE;
}
// ---- synchronized with the interrupt: its context is what the caller prepared
KSYNCHRONIZE_ROUTINE sync_bad;
BOOLEAN sync_bad(PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KeSetEvent(&Ext->Event, 0, FALSE); // expected-warning {{'KeSetEvent' is called at DIRQL, above its maximum DISPATCH_LEVEL}}
  return TRUE;
}
static BOOLEAN takeCount(PVOID Context) {
  PULONG Count = Context;
  *Count = 5;
  return TRUE;
}
DRIVER_DISPATCH sync_context_bad;
NTSTATUS sync_context_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  ULONG Count = 0;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeSynchronizeExecution(Ext->Interrupt, takeCount, &Count);
  if (Count != 0)
    return STATUS_UNSUCCESSFUL; // expected-warning {{spin lock 'Ext->Lock' is still held when 'sync_context_bad' returns; acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}

// ---- pageable code that raises: itself, in an inlined helper, by the VPB lock
VOID pageable_bad(PDEVICE_EXTENSION Ext);
#pragma alloc_text(PAGE, pageable_bad)
VOID pageable_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  PAGED_CODE();
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{pageable function 'pageable_bad' raises IRQL to DISPATCH_LEVEL with 'KeAcquireSpinLock' and goes on running there}}
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
#pragma code_seg(push, "PAGE")
VOID pageable_vpb_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  PAGED_CODE();
  IoAcquireVpbSpinLock(&Irql); // expected-warning {{pageable function 'pageable_vpb_bad' raises IRQL to DISPATCH_LEVEL with 'IoAcquireVpbSpinLock' and goes on running there}}
  Ext->State = Ext->Vpb->Flags;
  IoReleaseVpbSpinLock(Irql);
}
#pragma code_seg(pop)
FORCEINLINE VOID countInline(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{pageable function 'pageable_inline_bad' raises IRQL to DISPATCH_LEVEL with 'KeAcquireSpinLock' and goes on running there}}
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
#pragma code_seg(push, "PAGE")
VOID pageable_inline_bad(PDEVICE_EXTENSION Ext) {
  PAGED_CODE();
  countInline(Ext);
}
#pragma code_seg(pop)
static VOID countOutOfLine(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
#pragma code_seg(push, "PAGE")
VOID pageable_good(PDEVICE_EXTENSION Ext) {
  PAGED_CODE();
  countOutOfLine(Ext);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
// A pageable routine called below a lock.
VOID pageableHelper(PDEVICE_EXTENSION Ext) {
  PAGED_CODE(); // expected-warning {{'pageableHelper' states that it runs at or below APC_LEVEL but runs at DISPATCH_LEVEL}}
  ++Ext->Count;
}
#pragma code_seg(pop)
VOID call_pageable_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  pageableHelper(Ext); // expected-warning {{pageable function 'pageableHelper' is called at DISPATCH_LEVEL}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// ---- the level lost on a goto
DRIVER_DISPATCH raise_goto_bad;
NTSTATUS raise_goto_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  (void)Irp;
  PAGED_CODE();
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  if (Ext->Removed) {
    Status = STATUS_DELETE_PENDING;
    goto Out;
  }
  ++Ext->Count;
  KeLowerIrql(Irql);
Out:
  return Status; // expected-warning {{'raise_goto_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL..APC_LEVEL; the level was changed by 'KeRaiseIrql'}}
}
// ---- forms for DISPATCH_LEVEL where the level is lower
IO_WORKITEM_ROUTINE dpc_form_bad;
void dpc_form_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  ++Ext->Count;
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
}
// ---- the wrong release form, in a helper
static VOID finish(PDEVICE_EXTENSION Ext) {
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{spin lock 'Ext->Lock' was acquired by 'KeAcquireSpinLock' but is released by 'KeReleaseSpinLockFromDpcLevel', which leaves the level raised}}
}
IO_WORKITEM_ROUTINE wrong_form_bad;
void wrong_form_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  finish(Ext);
}
// ---- the level asked for after it was raised
IO_WORKITEM_ROUTINE flag_inverted_bad;
void flag_inverted_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Old;
  (void)Device;
  Old = KeGetCurrentIrql();
  if (Old < DISPATCH_LEVEL)
    KeRaiseIrql(DISPATCH_LEVEL, &Old);
  ++Ext->Count;
  if (Old >= DISPATCH_LEVEL)
    KeLowerIrql(Old);
} // expected-warning {{'flag_inverted_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL; the level was changed by 'KeRaiseIrql'}}
