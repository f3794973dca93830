// Where a function's entry level comes from, strongest first; unknown stays silent.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  KEVENT Event;
  KDPC Dpc;
  WORK_QUEUE_ITEM Item;
  PIO_WORKITEM Work;
  KTIMER Timer;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

#define WAIT(Ext) KeWaitForSingleObject(&(Ext)->Event, Executive, KernelMode, FALSE, NULL)

// Nothing known: neither PASSIVE nor DISPATCH is assumed.
void unknown_good(PDEVICE_EXTENSION Ext) {
  WAIT(Ext);
}
void unknownToo_good(PDEVICE_EXTENSION Ext) {
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}

// The annotation beats the role: this dispatch routine promises PASSIVE_LEVEL.
_Function_class_(KDEFERRED_ROUTINE)
void by_class_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  (void)Dpc, (void)A, (void)B;
  WAIT((PDEVICE_EXTENSION)Context); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}

// Role from a declaration after the definition is one, too.
void declared_later_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  (void)Dpc, (void)A, (void)B;
  WAIT((PDEVICE_EXTENSION)Context); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
KDEFERRED_ROUTINE declared_later_bad;

// Roles from registration, through casts and through a variable.
static void cast_bad(PKDPC Dpc, PDEVICE_EXTENSION Ext, PVOID A, PVOID B) {
  (void)Dpc, (void)A, (void)B;
  WAIT(Ext); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
static void workItem(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
}
static void exWorkItem(PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
}
static NTSTATUS onComplete(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Irp->PendingReturned)
    return STATUS_CONTINUE_COMPLETION; // expected-warning {{spin lock 'Ext->Lock' is still held when 'onComplete' returns; acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_CONTINUE_COMPLETION;
}
static void unload(PDRIVER_OBJECT Driver) {
  KIRQL Irql;
  (void)Driver;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
} // expected-warning {{'unload' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL; the level was changed by 'KeRaiseIrql'}}
static NTSTATUS addDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Device) {
  KIRQL Irql;
  (void)Driver;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  if (!Device)
    return STATUS_NO_SUCH_DEVICE; // expected-warning {{'addDevice' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL; the level was changed by 'KeRaiseIrql'}}
  KeLowerIrql(Irql);
  return STATUS_SUCCESS;
}
static void ioTimer(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device;
  WAIT((PDEVICE_EXTENSION)Context); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
void setUp(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Device, PDEVICE_EXTENSION Ext, PIRP Irp) {
  KeInitializeDpc(&Ext->Dpc, (PKDEFERRED_ROUTINE)cast_bad, Ext);
  IoQueueWorkItem(Ext->Work, workItem, DelayedWorkQueue, Ext);
  ExInitializeWorkItem(&Ext->Item, exWorkItem, Ext);
  IoSetCompletionRoutine(Irp, onComplete, Ext, TRUE, TRUE, TRUE);
  IoInitializeTimer(Device, ioTimer, Ext);
  Driver->DriverUnload = unload;
  Driver->DriverExtension->AddDevice = addDevice;
}

// PAGED_CODE at the top makes the level known as below DISPATCH_LEVEL.
void paged_code_bad(PDEVICE_EXTENSION Ext) {
  PAGED_CODE();
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL..APC_LEVEL, below its minimum DISPATCH_LEVEL}}
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL..APC_LEVEL, below its minimum DISPATCH_LEVEL}}
}

// A static helper is entered as its callers enter it, and only so.
static void helperOfDpc(PDEVICE_EXTENSION Ext) {
  WAIT(Ext); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
KDEFERRED_ROUTINE dpcCallsHelper;
void dpcCallsHelper(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  (void)Dpc, (void)A, (void)B;
  helperOfDpc(Context);
}
static void helperOfWorker(PDEVICE_EXTENSION Ext) { WAIT(Ext); }
IO_WORKITEM_ROUTINE workerCallsHelper;
void workerCallsHelper(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device;
  helperOfWorker(Context);
}
