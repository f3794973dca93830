// Levels of framework callbacks: by declaration, configuration and documentation.
// RUN: %verify %s
#include <ntddk.h>
#include <wdf.h>

typedef struct _DEVICE_DATA {
  KEVENT Event;
  WDFSPINLOCK Lock;
  KSPIN_LOCK Spin;
  HANDLE Key;
  WDFWORKITEM Item;
} DEVICE_DATA, *PDEVICE_DATA;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_DATA, GetContext)

#define WAIT(Ctx) KeWaitForSingleObject(&(Ctx)->Event, Executive, KernelMode, FALSE, NULL)

// A framework DPC runs at DISPATCH_LEVEL.
EVT_WDF_DPC dpc_bad;
void dpc_bad(WDFDPC Dpc) {
  PDEVICE_DATA Ctx = GetContext(WdfDpcGetParentObject(Dpc));
  WAIT(Ctx); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
EVT_WDF_DPC dpc_queue_good;
void dpc_queue_good(WDFDPC Dpc) {
  PDEVICE_DATA Ctx = GetContext(WdfDpcGetParentObject(Dpc));
  WdfWorkItemEnqueue(Ctx->Item);
}
// A timer's level depends on the execution level that its parent is given.
EVT_WDF_TIMER timer_good; // possible only
void timer_good(WDFTIMER Timer) { WAIT(GetContext(WdfTimerGetParentObject(Timer))); }
// Queue callbacks may run at DISPATCH_LEVEL, and mostly do not.
EVT_WDF_IO_QUEUE_IO_READ read_good; // possible only
void read_good(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  (void)Length;
  WAIT(GetContext(WdfIoQueueGetDevice(Queue)));
  WdfRequestComplete(Request, STATUS_SUCCESS);
}
EVT_WDF_DRIVER_DEVICE_ADD add_bad;
NTSTATUS add_bad(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {
  PDEVICE_DATA Ctx = GetContext(Driver);
  (void)Init;
  KeAcquireSpinLockAtDpcLevel(&Ctx->Spin); // expected-warning {{'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  KeReleaseSpinLockFromDpcLevel(&Ctx->Spin); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  return STATUS_SUCCESS;
}
EVT_WDF_DEVICE_D0_EXIT d0_exit_good;
NTSTATUS d0_exit_good(WDFDEVICE Device, WDF_POWER_DEVICE_STATE Target) {
  (void)Target;
  WAIT(GetContext(Device));
  return STATUS_SUCCESS;
}
// Under a framework spin lock it is DISPATCH_LEVEL everywhere.
EVT_WDF_WORKITEM work_bad;
void work_bad(WDFWORKITEM Item) {
  PDEVICE_DATA Ctx = GetContext(WdfWorkItemGetParentObject(Item));
  WdfSpinLockAcquire(Ctx->Lock);
  ZwClose(Ctx->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; framework spin lock 'Ctx->Lock' is held}}
  WdfSpinLockRelease(Ctx->Lock);
}
EVT_WDF_WORKITEM work_good;
void work_good(WDFWORKITEM Item) {
  PDEVICE_DATA Ctx = GetContext(WdfWorkItemGetParentObject(Item));
  WdfSpinLockAcquire(Ctx->Lock);
  WdfSpinLockRelease(Ctx->Lock);
  ZwClose(Ctx->Key);
}
// A stop that waits for the running callback must be called at PASSIVE_LEVEL.
EVT_WDF_DPC stop_timer_bad;
void stop_timer_bad(WDFDPC Dpc) {
  WDFTIMER Timer = (WDFTIMER)WdfDpcGetParentObject(Dpc);
  WdfTimerStop(Timer, FALSE);
  WdfTimerStop(Timer, TRUE); // expected-warning {{'WdfTimerStop' waits at DISPATCH_LEVEL}}
}
EVT_WDF_DPC send_bad;
void send_bad(WDFDPC Dpc) {
  PDEVICE_DATA Ctx = GetContext(WdfDpcGetParentObject(Dpc));
  WDFIOTARGET Target = WdfDeviceGetIoTarget((WDFDEVICE)WdfDpcGetParentObject(Dpc));
  (void)Ctx;
  WdfIoTargetSendInternalIoctlSynchronously(Target, NULL, 0, NULL, NULL, NULL, NULL); // expected-warning {{'WdfIoTargetSendInternalIoctlSynchronously' waits at DISPATCH_LEVEL}}
}
EVT_WDF_DPC send_options_bad;
void send_options_bad(WDFDPC Dpc) {
  WDFIOTARGET Target = WdfDeviceGetIoTarget((WDFDEVICE)WdfDpcGetParentObject(Dpc));
  WDFREQUEST Request = NULL;
  WDF_REQUEST_SEND_OPTIONS Options;
  WDF_REQUEST_SEND_OPTIONS_INIT(&Options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
  WdfRequestSend(Request, Target, &Options); // expected-warning {{'WdfRequestSend' waits at DISPATCH_LEVEL}}
}
EVT_WDF_DPC send_options_good;
void send_options_good(WDFDPC Dpc) {
  WDFIOTARGET Target = WdfDeviceGetIoTarget((WDFDEVICE)WdfDpcGetParentObject(Dpc));
  WDFREQUEST Request = NULL;
  WDF_REQUEST_SEND_OPTIONS Options;
  WDF_REQUEST_SEND_OPTIONS_INIT(&Options, WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET);
  WdfRequestSend(Request, Target, &Options);
  WdfRequestSend(Request, Target, WDF_NO_SEND_OPTIONS);
}
