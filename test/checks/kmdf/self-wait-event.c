// Waits for an event that is only set under a lock which the wait holds.
// RUN: %verify_possible %s

#include <ntddk.h>
#include <wdf.h>

typedef struct {
  KEVENT Ticked, Elsewhere, Shown, Timed, Guarded, Own;
  PKEVENT Given;
  WDFTIMER Timer;
  WDFIOTARGET Target;
  FAST_MUTEX Mutex;
} DEVICE_DATA;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_DATA, GetContext)

EVT_WDF_IO_QUEUE_IO_READ waits_bad;
void waits_bad(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  DEVICE_DATA *C = GetContext(WdfIoQueueGetDevice(Queue));
  LARGE_INTEGER Second;
  (void)Length;
  Second.QuadPart = -10000000;
  KeClearEvent(&C->Ticked);
  WdfTimerStart(C->Timer, WDF_REL_TIMEOUT_IN_MS(1));
  KeWaitForSingleObject(&C->Ticked, Executive, KernelMode, FALSE, NULL); // expected-warning{{'KeWaitForSingleObject' waits for 'C->Ticked' with the callback lock of device 'Device' held, and 'Tick', which would signal it, needs that lock}}
  KeWaitForSingleObject(&C->Elsewhere, Executive, KernelMode, FALSE, NULL);
  KeWaitForSingleObject(&C->Shown, Executive, KernelMode, FALSE, NULL);
  KeWaitForSingleObject(&C->Timed, Executive, KernelMode, FALSE, &Second);
  KeSetEvent(&C->Own, IO_NO_INCREMENT, FALSE);
  KeWaitForSingleObject(&C->Own, Executive, KernelMode, FALSE, NULL);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

// A timer under the same lock.
EVT_WDF_TIMER Tick;
void Tick(WDFTIMER Timer) {
  DEVICE_DATA *C = GetContext((WDFDEVICE)WdfTimerGetParentObject(Timer));
  KeSetEvent(&C->Ticked, IO_NO_INCREMENT, FALSE);
  KeSetEvent(&C->Elsewhere, IO_NO_INCREMENT, FALSE);
  KeSetEvent(&C->Shown, IO_NO_INCREMENT, FALSE);
  KeSetEvent(&C->Timed, IO_NO_INCREMENT, FALSE);
  KeSetEvent(&C->Own, IO_NO_INCREMENT, FALSE);
  C->Given = &C->Shown; // whoever gets it may set it
}

// Nothing is locked here.
EVT_WDF_REQUEST_COMPLETION_ROUTINE Done;
void Done(WDFREQUEST Request, WDFIOTARGET Target, PWDF_REQUEST_COMPLETION_PARAMS Params, WDFCONTEXT Context) {
  (void)Request, (void)Target, (void)Params;
  KeSetEvent(&((DEVICE_DATA *)Context)->Elsewhere, IO_NO_INCREMENT, FALSE);
}

// A lock of the driver's own.
IO_WORKITEM_ROUTINE mutex_bad;
void mutex_bad(PDEVICE_OBJECT Device, PVOID Context) {
  DEVICE_DATA *C = Context;
  (void)Device;
  ExAcquireFastMutex(&C->Mutex);
  KeWaitForSingleObject(&C->Guarded, Executive, KernelMode, FALSE, NULL); // expected-warning{{waits for 'C->Guarded' with fast mutex 'C->Mutex' held, and 'sets', which would signal it, needs that lock}}
  ExReleaseFastMutex(&C->Mutex);
}
IO_WORKITEM_ROUTINE sets;
void sets(PDEVICE_OBJECT Device, PVOID Context) {
  DEVICE_DATA *C = Context;
  (void)Device;
  ExAcquireFastMutex(&C->Mutex);
  KeSetEvent(&C->Guarded, IO_NO_INCREMENT, FALSE);
  ExReleaseFastMutex(&C->Mutex);
}

// Others do something while the callback lock is held.
EVT_WDF_IO_QUEUE_IO_WRITE sends_bad;
void sends_bad(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  DEVICE_DATA *C = GetContext(WdfIoQueueGetDevice(Queue));
  (void)Length;
  WdfIoTargetSendWriteSynchronously(C->Target, NULL, NULL, NULL, NULL, NULL); // expected-warning{{'WdfIoTargetSendWriteSynchronously' waits for another driver while the callback lock of the device 'Device' is held}}
  WdfObjectReleaseLock(WdfIoQueueGetDevice(Queue));
  WdfIoTargetSendWriteSynchronously(C->Target, NULL, NULL, NULL, NULL, NULL);
  WdfObjectAcquireLock(WdfIoQueueGetDevice(Queue));
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

EVT_WDF_DEVICE_D0_ENTRY entry_sends_good;
NTSTATUS entry_sends_good(WDFDEVICE Device, WDF_POWER_DEVICE_STATE State) {
  (void)State;
  return WdfIoTargetSendWriteSynchronously(GetContext(Device)->Target, NULL, NULL, NULL, NULL, NULL);
}

EVT_WDF_DRIVER_DEVICE_ADD Add;
NTSTATUS Add(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDF_IO_QUEUE_CONFIG QueueConfig;
  WDF_TIMER_CONFIG TimerConfig;
  WDFDEVICE Device;
  (void)Driver;
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, DEVICE_DATA);
  Attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
  Attributes.ExecutionLevel = WdfExecutionLevelPassive;
  WdfDeviceCreate(&Init, &Attributes, &Device);
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&QueueConfig, WdfIoQueueDispatchParallel);
  QueueConfig.EvtIoRead = waits_bad;
  QueueConfig.EvtIoWrite = sends_bad;
  WdfIoQueueCreate(Device, &QueueConfig, NULL, NULL);
  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  Attributes.ExecutionLevel = WdfExecutionLevelPassive;
  WDF_TIMER_CONFIG_INIT(&TimerConfig, Tick);
  KeInitializeEvent(&GetContext(Device)->Ticked, NotificationEvent, FALSE);
  return WdfTimerCreate(&TimerConfig, &Attributes, &GetContext(Device)->Timer);
}
