// Loading, the device object, hardware resources, power.
#include "probe.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, ProbeDeviceAdd)
#pragma alloc_text(PAGE, ProbePrepareHardware)
#pragma alloc_text(PAGE, ProbeReleaseHardware)
#endif

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
  WDF_DRIVER_CONFIG Config;
  WDF_DRIVER_CONFIG_INIT(&Config, ProbeDeviceAdd);
  Config.DriverPoolTag = PROBE_TAG;
  return WdfDriverCreate(Driver, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &Config,
                         WDF_NO_HANDLE);
}

NTSTATUS ProbeDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {
  WDF_PNPPOWER_EVENT_CALLBACKS Power;
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDFDEVICE Device;
  PPROBE_CONTEXT Probe;
  NTSTATUS Status;
  UNREFERENCED_PARAMETER(Driver);
  PAGED_CODE();

  WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&Power);
  Power.EvtDevicePrepareHardware = ProbePrepareHardware;
  Power.EvtDeviceReleaseHardware = ProbeReleaseHardware;
  Power.EvtDeviceD0Entry = ProbeD0Entry;
  Power.EvtDeviceD0Exit = ProbeD0Exit;
  WdfDeviceInitSetPnpPowerEventCallbacks(Init, &Power);

  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, PROBE_CONTEXT);
  Status = WdfDeviceCreate(&Init, &Attributes, &Device);
  if (!NT_SUCCESS(Status))
    return Status;
  Probe = ProbeContext(Device);
  Probe->Device = Device;

  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  Status = WdfSpinLockCreate(&Attributes, &Probe->SampleLock);
  if (NT_SUCCESS(Status))
    Status = WdfWaitLockCreate(&Attributes, &Probe->ConfigLock);
  if (NT_SUCCESS(Status))
    Status = ProbeSamplingCreate(Probe);
  if (NT_SUCCESS(Status))
    Status = ProbeQueuesCreate(Probe);
  return Status;
}

NTSTATUS ProbePrepareHardware(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated) {
  PPROBE_CONTEXT Probe = ProbeContext(Device);
  ULONG I;
  UNREFERENCED_PARAMETER(Raw);
  PAGED_CODE();

  for (I = 0; I < WdfCmResourceListGetCount(Translated); ++I) {
    PCM_PARTIAL_RESOURCE_DESCRIPTOR D = WdfCmResourceListGetDescriptor(Translated, I);
    if (D && D->Type == CmResourceTypeMemory && D->u.Memory.Length >= sizeof(PROBE_REGISTERS)) {
      Probe->Registers =
          MmMapIoSpaceEx(D->u.Memory.Start, D->u.Memory.Length, PAGE_READWRITE | PAGE_NOCACHE);
      Probe->RegistersLength = D->u.Memory.Length;
      return Probe->Registers ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
  }
  return STATUS_DEVICE_CONFIGURATION_ERROR;
}

NTSTATUS ProbeReleaseHardware(WDFDEVICE Device, WDFCMRESLIST Translated) {
  PPROBE_CONTEXT Probe = ProbeContext(Device);
  UNREFERENCED_PARAMETER(Translated);
  PAGED_CODE();
  if (Probe->Registers)
    MmUnmapIoSpace(Probe->Registers, Probe->RegistersLength);
  Probe->Registers = NULL;
  return STATUS_SUCCESS;
}

NTSTATUS ProbeD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE Previous) {
  PPROBE_CONTEXT Probe = ProbeContext(Device);
  UNREFERENCED_PARAMETER(Previous);
  WdfTimerStart(Probe->Timer, WDF_REL_TIMEOUT_IN_MS(100));
  return STATUS_SUCCESS;
}

NTSTATUS ProbeD0Exit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE Target) {
  PPROBE_CONTEXT Probe = ProbeContext(Device);
  UNREFERENCED_PARAMETER(Target);
  WdfTimerStop(Probe->Timer, TRUE);
  return STATUS_SUCCESS;
}
