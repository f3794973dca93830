#include "shared.h"

// Registered in queue.c, for a device of device.c, which is passive.
void EvtIoRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  LARGE_INTEGER Second;
  (void)Queue, (void)Length;
  Second.QuadPart = -10000000;
  KeDelayExecutionThread(KernelMode, FALSE, &Second);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

EVT_WDF_TIMER EvtTimer;
void EvtTimer(WDFTIMER Timer) { (void)Timer; }

EVT_WDF_TIMER EvtPoll;
void EvtPoll(WDFTIMER Timer) {
  DEVICE_CONTEXT *C = GetContext((WDFDEVICE)WdfTimerGetParentObject(Timer));
  C->Pending = 0;
}

NTSTATUS CreateTimer(WDFDEVICE Device) {
  WDF_TIMER_CONFIG Config;
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDFTIMER Poll;
  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  WDF_TIMER_CONFIG_INIT(&Config, EvtPoll);
  Config.AutomaticSerialization = FALSE;
  WdfTimerCreate(&Config, &Attributes, &Poll);
  WDF_TIMER_CONFIG_INIT(&Config, EvtTimer);
  return WdfTimerCreate(&Config, &Attributes, &GetContext(Device)->Timer);
}
