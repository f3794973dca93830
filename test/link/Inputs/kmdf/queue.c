#include "shared.h"

EVT_WDF_IO_QUEUE_IO_WRITE EvtIoWrite;
void EvtIoWrite(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  DEVICE_CONTEXT *C = GetContext(WdfIoQueueGetDevice(Queue));
  LARGE_INTEGER Second;
  (void)Length;
  Second.QuadPart = -10000000;
  KeDelayExecutionThread(KernelMode, FALSE, &Second); // the device is passive
  WdfSpinLockAcquire(C->Lock);
  if (C->Pending++ > C->Most)
    C->Most = C->Pending;
  WdfSpinLockRelease(C->Lock);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

NTSTATUS CreateQueues(WDFDEVICE Device) {
  WDF_IO_QUEUE_CONFIG Config;
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&Config, WdfIoQueueDispatchParallel);
  Config.EvtIoWrite = EvtIoWrite;
  Config.EvtIoRead = EvtIoRead;
  return WdfIoQueueCreate(Device, &Config, WDF_NO_OBJECT_ATTRIBUTES, NULL);
}
