// Interrupt spin locks and critical sections synchronized with an interrupt.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  PKINTERRUPT Interrupt;
  KSPIN_LOCK Lock;
  KEVENT Event;
  KDPC Dpc;
  ULONG Count;
  BOOLEAN Stopping;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

void wait_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = KeAcquireInterruptSpinLock(Ext->Interrupt);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DIRQL while interrupt spin lock 'Ext->Interrupt' is held}}
  KeReleaseInterruptSpinLock(Ext->Interrupt, Irql);
}
void set_event_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = KeAcquireInterruptSpinLock(Ext->Interrupt);
  KeSetEvent(&Ext->Event, IO_NO_INCREMENT, FALSE); // expected-warning {{'KeSetEvent' is called at DIRQL, above its maximum DISPATCH_LEVEL; interrupt spin lock 'Ext->Interrupt' is held}}
  KeReleaseInterruptSpinLock(Ext->Interrupt, Irql);
}
void queue_dpc_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = KeAcquireInterruptSpinLock(Ext->Interrupt);
  KeInsertQueueDpc(&Ext->Dpc, NULL, NULL);
  KeReleaseInterruptSpinLock(Ext->Interrupt, Irql);
  KeSetEvent(&Ext->Event, IO_NO_INCREMENT, FALSE);
}
KDEFERRED_ROUTINE leak_bad;
void leak_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql = KeAcquireInterruptSpinLock(Ext->Interrupt);
  (void)Dpc, (void)A, (void)B;
  if (Ext->Stopping)
    return; // expected-warning {{interrupt spin lock 'Ext->Interrupt' is still held when 'leak_bad' returns; acquired by 'KeAcquireInterruptSpinLock'}}
  KeReleaseInterruptSpinLock(Ext->Interrupt, Irql);
}
void double_bad(PDEVICE_EXTENSION Ext) {
  KIRQL A = KeAcquireInterruptSpinLock(Ext->Interrupt), B;
  B = KeAcquireInterruptSpinLock(Ext->Interrupt); // expected-warning {{interrupt spin lock 'Ext->Interrupt' is acquired again by 'KeAcquireInterruptSpinLock' while this thread holds it; first acquired by 'KeAcquireInterruptSpinLock'}}
  KeReleaseInterruptSpinLock(Ext->Interrupt, B);
  KeReleaseInterruptSpinLock(Ext->Interrupt, A);
}
// Nested in a spin lock, in the right order.
void nested_good(PDEVICE_EXTENSION Ext) {
  KIRQL A, B;
  KeAcquireSpinLock(&Ext->Lock, &A);
  B = KeAcquireInterruptSpinLock(Ext->Interrupt);
  ++Ext->Count;
  KeReleaseInterruptSpinLock(Ext->Interrupt, B);
  KeSetEvent(&Ext->Event, IO_NO_INCREMENT, FALSE);
  KeReleaseSpinLock(&Ext->Lock, A);
}

//===--- KeSynchronizeExecution ------------------------------------------------------------===//

// The callback runs at DIRQL with the interrupt's lock; what it calls counts.
// The type says so, or the registration alone.
KSYNCHRONIZE_ROUTINE typed_bad;
BOOLEAN typed_bad(PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KeSetEvent(&Ext->Event, IO_NO_INCREMENT, FALSE); // expected-warning {{'KeSetEvent' is called at DIRQL, above its maximum DISPATCH_LEVEL}}
  return TRUE;
}
static BOOLEAN registered_bad(PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{'KeAcquireSpinLock' is called at DIRQL, above its maximum DISPATCH_LEVEL}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return TRUE;
}
static BOOLEAN registered_good(PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  ++Ext->Count;
  KeInsertQueueDpc(&Ext->Dpc, NULL, NULL);
  return TRUE;
}
void synchronize(PDEVICE_EXTENSION Ext) {
  KeSynchronizeExecution(Ext->Interrupt, typed_bad, Ext);
  KeSynchronizeExecution(Ext->Interrupt, registered_bad, Ext);
  KeSynchronizeExecution(Ext->Interrupt, registered_good, Ext);
}
// Under an ordinary spin lock it may be called, under the interrupt's own not.
void synchronize_under_lock_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeSynchronizeExecution(Ext->Interrupt, registered_good, Ext);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

//===--- the service routine -------------------------------------------------------------------===//

KSERVICE_ROUTINE isr_wait_bad;
BOOLEAN isr_wait_bad(PKINTERRUPT Interrupt, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Interrupt;
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DIRQL}}
  return TRUE;
}
static BOOLEAN connected(PKINTERRUPT Interrupt, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Interrupt;
  KeSetEvent(&Ext->Event, IO_NO_INCREMENT, FALSE); // expected-warning {{'KeSetEvent' is called at DIRQL, above its maximum DISPATCH_LEVEL}}
  return TRUE;
}
NTSTATUS connect(PDEVICE_EXTENSION Ext) {
  return IoConnectInterrupt(&Ext->Interrupt, connected, Ext, NULL, 5, 5, 5, LevelSensitive, TRUE, 1, FALSE);
}
