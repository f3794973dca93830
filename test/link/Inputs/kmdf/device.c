#include "shared.h"

EVT_WDF_DRIVER_DEVICE_ADD EvtDeviceAdd;
NTSTATUS EvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDFDEVICE Device;
  NTSTATUS Status;
  (void)Driver;
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, DEVICE_CONTEXT);
  Attributes.ExecutionLevel = WdfExecutionLevelPassive;
  Attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
  Status = WdfDeviceCreate(&Init, &Attributes, &Device);
  if (!NT_SUCCESS(Status))
    return Status;
  Status = CreateQueues(Device);
  if (!NT_SUCCESS(Status))
    return Status;
  return CreateTimer(Device);
}
