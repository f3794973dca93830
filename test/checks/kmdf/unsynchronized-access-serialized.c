// The same uses of a member, serialized by the configuration of device and timer.
// RUN: %verify_possible %s
// expected-no-diagnostics

#include <ntddk.h>
#include <wdf.h>

typedef struct {
  WDFSPINLOCK Lock;
  ULONG Count, Most;
} DEVICE_DATA;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_DATA, GetContext)

EVT_WDF_IO_QUEUE_IO_WRITE Write;
void Write(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  DEVICE_DATA *C = GetContext(WdfIoQueueGetDevice(Queue));
  (void)Length;
  WdfSpinLockAcquire(C->Lock);
  if (C->Count++ > C->Most)
    C->Most = C->Count;
  WdfSpinLockRelease(C->Lock);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

EVT_WDF_TIMER Tick;
void Tick(WDFTIMER Timer) {
  GetContext((WDFDEVICE)WdfTimerGetParentObject(Timer))->Count = 0;
}

EVT_WDF_DRIVER_DEVICE_ADD Add;
NTSTATUS Add(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDF_IO_QUEUE_CONFIG QueueConfig;
  WDF_TIMER_CONFIG TimerConfig;
  WDFDEVICE Device;
  WDFTIMER Timer;
  (void)Driver;
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, DEVICE_DATA);
  Attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
  Attributes.ExecutionLevel = WdfExecutionLevelDispatch;
  WdfDeviceCreate(&Init, &Attributes, &Device);
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&QueueConfig, WdfIoQueueDispatchParallel);
  QueueConfig.EvtIoWrite = Write;
  WdfIoQueueCreate(Device, &QueueConfig, NULL, NULL);
  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  WDF_TIMER_CONFIG_INIT(&TimerConfig, Tick);
  return WdfTimerCreate(&TimerConfig, &Attributes, &Timer);
}
