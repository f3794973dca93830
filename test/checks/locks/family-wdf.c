// Framework locks: spin locks, wait locks with and without a timeout, interrupt
// locks; callbacks by role type and by configuration.
// RUN: %verify %s
#include <ntddk.h>
#include <wdf.h>

typedef struct _DEVICE_DATA {
  WDFSPINLOCK Spin, Other;
  WDFWAITLOCK Wait;
  WDFINTERRUPT Interrupt;
  KEVENT Event;
  ULONG Count;
  BOOLEAN Stopping;
} DEVICE_DATA, *PDEVICE_DATA;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_DATA, GetContext)

EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL leak_bad;
void leak_bad(WDFQUEUE Queue, WDFREQUEST Request, size_t Out, size_t In, ULONG Code) {
  PDEVICE_DATA Ctx = GetContext(WdfIoQueueGetDevice(Queue));
  (void)Out, (void)In;
  WdfSpinLockAcquire(Ctx->Spin);
  if (Code != 4) {
    WdfRequestComplete(Request, STATUS_INVALID_DEVICE_REQUEST); // expected-warning {{'WdfRequestComplete' completes a request while framework spin lock 'Ctx->Spin' is held}}
    return; // expected-warning {{framework spin lock 'Ctx->Spin' is still held when 'leak_bad' returns; acquired by 'WdfSpinLockAcquire'}}
  }
  ++Ctx->Count;
  WdfSpinLockRelease(Ctx->Spin);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}
EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL leak_good;
void leak_good(WDFQUEUE Queue, WDFREQUEST Request, size_t Out, size_t In, ULONG Code) {
  PDEVICE_DATA Ctx = GetContext(WdfIoQueueGetDevice(Queue));
  NTSTATUS Status = STATUS_SUCCESS;
  (void)Out, (void)In;
  WdfSpinLockAcquire(Ctx->Spin);
  if (Code != 4)
    Status = STATUS_INVALID_DEVICE_REQUEST;
  else
    ++Ctx->Count;
  WdfSpinLockRelease(Ctx->Spin);
  WdfRequestComplete(Request, Status);
}
void double_bad(PDEVICE_DATA Ctx) {
  WdfSpinLockAcquire(Ctx->Spin);
  WdfSpinLockAcquire(Ctx->Spin); // expected-warning {{framework spin lock 'Ctx->Spin' is acquired again by 'WdfSpinLockAcquire' while this thread holds it; first acquired by 'WdfSpinLockAcquire'}}
  WdfSpinLockRelease(Ctx->Spin);
  WdfSpinLockRelease(Ctx->Spin);
}
// Nested locks may be released in any order: each keeps its own level, and the
// documentation asks only that each is released.
void nested_good(PDEVICE_DATA Ctx) {
  WdfSpinLockAcquire(Ctx->Spin);
  WdfSpinLockAcquire(Ctx->Other);
  ++Ctx->Count;
  WdfSpinLockRelease(Ctx->Other);
  WdfSpinLockRelease(Ctx->Spin);
}
// Through the accessor each time.
static void count(WDFDEVICE Device) {
  WdfSpinLockAcquire(GetContext(Device)->Spin);
  ++GetContext(Device)->Count;
  WdfSpinLockRelease(GetContext(Device)->Spin);
}
EVT_WDF_TIMER accessor_good;
void accessor_good(WDFTIMER Timer) { count(WdfTimerGetParentObject(Timer)); }
static void countAgain(WDFDEVICE Device) {
  WdfSpinLockAcquire(GetContext(Device)->Spin); // expected-warning {{is acquired again by 'WdfSpinLockAcquire' while this thread holds it; first acquired by 'WdfSpinLockAcquire'}}
  ++GetContext(Device)->Count;
  WdfSpinLockRelease(GetContext(Device)->Spin);
}
void accessor_bad(WDFDEVICE Device) {
  PDEVICE_DATA Ctx = GetContext(Device);
  WdfSpinLockAcquire(Ctx->Spin);
  countAgain(Device);
  WdfSpinLockRelease(Ctx->Spin);
}

//===--- wait locks ----------------------------------------------------------------------===//

void wait_lock_under_spin_lock_bad(PDEVICE_DATA Ctx) {
  WdfSpinLockAcquire(Ctx->Spin);
  WdfWaitLockAcquire(Ctx->Wait, NULL); // expected-warning {{'WdfWaitLockAcquire' waits at DISPATCH_LEVEL while framework spin lock 'Ctx->Spin' is held}}
  WdfWaitLockRelease(Ctx->Wait);
  WdfSpinLockRelease(Ctx->Spin);
}
void spin_lock_under_wait_lock_good(PDEVICE_DATA Ctx) {
  WdfWaitLockAcquire(Ctx->Wait, NULL);
  WdfSpinLockAcquire(Ctx->Spin);
  WdfSpinLockRelease(Ctx->Spin);
  WdfWaitLockRelease(Ctx->Wait);
}
void wait_lock_double_bad(PDEVICE_DATA Ctx) {
  WdfWaitLockAcquire(Ctx->Wait, NULL);
  WdfWaitLockAcquire(Ctx->Wait, NULL); // expected-warning {{framework wait lock 'Ctx->Wait' is acquired again by 'WdfWaitLockAcquire' while this thread holds it; first acquired by 'WdfWaitLockAcquire'}}
  WdfWaitLockRelease(Ctx->Wait);
  WdfWaitLockRelease(Ctx->Wait);
}
EVT_WDF_WORKITEM wait_lock_leak_bad;
void wait_lock_leak_bad(WDFWORKITEM Item) {
  PDEVICE_DATA Ctx = GetContext(WdfWorkItemGetParentObject(Item));
  WdfWaitLockAcquire(Ctx->Wait, NULL);
  if (Ctx->Stopping)
    return; // expected-warning {{framework wait lock 'Ctx->Wait' is still held when 'wait_lock_leak_bad' returns; acquired by 'WdfWaitLockAcquire'}}
  WdfWaitLockRelease(Ctx->Wait);
}
// With a timeout the acquisition may fail; STATUS_TIMEOUT passes NT_SUCCESS.
EVT_WDF_WORKITEM timeout_good;
void timeout_good(WDFWORKITEM Item) {
  PDEVICE_DATA Ctx = GetContext(WdfWorkItemGetParentObject(Item));
  LONGLONG Timeout = WDF_REL_TIMEOUT_IN_MS(10);
  if (WdfWaitLockAcquire(Ctx->Wait, &Timeout) != STATUS_SUCCESS)
    return;
  ++Ctx->Count;
  WdfWaitLockRelease(Ctx->Wait);
}
EVT_WDF_WORKITEM timeout_nt_success_bad;
void timeout_nt_success_bad(WDFWORKITEM Item) {
  PDEVICE_DATA Ctx = GetContext(WdfWorkItemGetParentObject(Item));
  LONGLONG Timeout = WDF_REL_TIMEOUT_IN_MS(10);
  NTSTATUS Status = WdfWaitLockAcquire(Ctx->Wait, &Timeout);
  if (NT_SUCCESS(Status)) {
    ++Ctx->Count;
    WdfWaitLockRelease(Ctx->Wait); // expected-warning {{framework wait lock 'Ctx->Wait' is released by 'WdfWaitLockRelease' but was not acquired on this path}}
  }
}
EVT_WDF_DPC zero_timeout_in_dpc_good;
void zero_timeout_in_dpc_good(WDFDPC Dpc) {
  PDEVICE_DATA Ctx = GetContext(WdfDpcGetParentObject(Dpc));
  LONGLONG Zero = 0;
  if (WdfWaitLockAcquire(Ctx->Wait, &Zero) == STATUS_SUCCESS)
    ++Ctx->Count;
  else
    return;
  WdfWaitLockRelease(Ctx->Wait);
}
EVT_WDF_DPC dpc_bad;
void dpc_bad(WDFDPC Dpc) {
  PDEVICE_DATA Ctx = GetContext(WdfDpcGetParentObject(Dpc));
  WdfWaitLockAcquire(Ctx->Wait, NULL); // expected-warning {{'WdfWaitLockAcquire' waits at DISPATCH_LEVEL}}
  WdfWaitLockRelease(Ctx->Wait);
}

//===--- interrupts ------------------------------------------------------------------------===//

// Entered at DIRQL, or at PASSIVE_LEVEL when so configured: possible only.
EVT_WDF_INTERRUPT_ISR isr_good;
BOOLEAN isr_good(WDFINTERRUPT Interrupt, ULONG Message) {
  (void)Message;
  return WdfInterruptQueueDpcForIsr(Interrupt);
}
void interrupt_lock_good(PDEVICE_DATA Ctx) {
  WdfInterruptAcquireLock(Ctx->Interrupt);
  ++Ctx->Count;
  WdfInterruptReleaseLock(Ctx->Interrupt);
}
EVT_WDF_DPC interrupt_lock_leak_bad;
void interrupt_lock_leak_bad(WDFDPC Dpc) {
  PDEVICE_DATA Ctx = GetContext(WdfDpcGetParentObject(Dpc));
  WdfInterruptAcquireLock(Ctx->Interrupt);
  if (Ctx->Stopping)
    return; // expected-warning {{framework interrupt lock 'Ctx->Interrupt' is still held when 'interrupt_lock_leak_bad' returns; acquired by 'WdfInterruptAcquireLock'}}
  WdfInterruptReleaseLock(Ctx->Interrupt);
}
EVT_WDF_DPC interrupt_lock_wait_bad; // at least DISPATCH_LEVEL already
void interrupt_lock_wait_bad(WDFDPC Dpc) {
  PDEVICE_DATA Ctx = GetContext(WdfDpcGetParentObject(Dpc));
  WdfInterruptAcquireLock(Ctx->Interrupt);
  KeWaitForSingleObject(&Ctx->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL..DIRQL while framework interrupt lock 'Ctx->Interrupt' is held}}
  WdfInterruptReleaseLock(Ctx->Interrupt);
}

//===--- roles by configuration --------------------------------------------------------------===//

static void onDpc(WDFDPC Dpc) {
  PDEVICE_DATA Ctx = GetContext(WdfDpcGetParentObject(Dpc));
  KeWaitForSingleObject(&Ctx->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
static void onWork(WDFWORKITEM Item) {
  PDEVICE_DATA Ctx = GetContext(WdfWorkItemGetParentObject(Item));
  KeWaitForSingleObject(&Ctx->Event, Executive, KernelMode, FALSE, NULL);
}
static void onIoctl(WDFQUEUE Queue, WDFREQUEST Request, size_t Out, size_t In, ULONG Code) {
  PDEVICE_DATA Ctx = GetContext(WdfIoQueueGetDevice(Queue));
  (void)Out, (void)In, (void)Code;
  WdfSpinLockAcquire(Ctx->Spin);
  if (Ctx->Stopping)
    return; // expected-warning {{framework spin lock 'Ctx->Spin' is still held when 'onIoctl' returns; acquired by 'WdfSpinLockAcquire'}}
  WdfSpinLockRelease(Ctx->Spin);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}
NTSTATUS configure(WDFDEVICE Device) {
  WDF_DPC_CONFIG DpcConfig;
  WDF_WORKITEM_CONFIG WorkConfig;
  WDF_IO_QUEUE_CONFIG QueueConfig;
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDFDPC Dpc;
  WDFWORKITEM Work;
  WDFQUEUE Queue;
  NTSTATUS Status;
  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  WDF_DPC_CONFIG_INIT(&DpcConfig, onDpc);
  WDF_WORKITEM_CONFIG_INIT(&WorkConfig, onWork);
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&QueueConfig, WdfIoQueueDispatchSequential);
  QueueConfig.EvtIoDeviceControl = onIoctl;
  Status = WdfDpcCreate(&DpcConfig, &Attributes, &Dpc);
  if (NT_SUCCESS(Status))
    Status = WdfWorkItemCreate(&WorkConfig, &Attributes, &Work);
  if (NT_SUCCESS(Status))
    Status = WdfIoQueueCreate(Device, &QueueConfig, WDF_NO_OBJECT_ATTRIBUTES, &Queue);
  return Status;
}

// The lock of a passive interrupt, if it is free.
EVT_WDF_INTERRUPT_WORKITEM interrupt_try_good;
void interrupt_try_good(WDFINTERRUPT Interrupt, WDFOBJECT Device) {
  (void)Device;
  if (!WdfInterruptTryToAcquireLock(Interrupt))
    return;
  WdfInterruptReleaseLock(Interrupt);
}

// A lock ends with its handle; other objects do not matter to it.
void deleted_bad(PDEVICE_DATA Ctx) {
  WdfSpinLockAcquire(Ctx->Spin);
  WdfObjectDelete(Ctx->Spin); // expected-warning {{framework spin lock 'Ctx->Spin' is deleted by 'WdfObjectDelete' while it is held}}
}
void deleted_wait_bad(PDEVICE_DATA Ctx) {
  WdfWaitLockAcquire(Ctx->Wait, NULL);
  WdfObjectDelete(Ctx->Wait); // expected-warning {{framework wait lock 'Ctx->Wait' is deleted by 'WdfObjectDelete' while it is held}}
}
void deleted_good(PDEVICE_DATA Ctx, WDFMEMORY Memory) {
  WdfSpinLockAcquire(Ctx->Spin);
  WdfObjectDelete(Memory);
  ++Ctx->Count;
  WdfSpinLockRelease(Ctx->Spin);
  WdfObjectDelete(Ctx->Spin);
}
