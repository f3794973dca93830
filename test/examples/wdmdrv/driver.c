// Loading, devices, Plug and Play, power.
#include "ring.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, RingUnload)
#pragma alloc_text(PAGE, RingAddDevice)
#pragma alloc_text(PAGE, RingCreateClose)
#pragma alloc_text(PAGE, RingPnp)
#endif

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(RegistryPath);
  Driver->DriverUnload = RingUnload;
  Driver->DriverExtension->AddDevice = RingAddDevice;
  Driver->MajorFunction[IRP_MJ_CREATE] = RingCreateClose;
  Driver->MajorFunction[IRP_MJ_CLOSE] = RingCreateClose;
  Driver->MajorFunction[IRP_MJ_CLEANUP] = RingCleanup;
  Driver->MajorFunction[IRP_MJ_READ] = RingReadWrite;
  Driver->MajorFunction[IRP_MJ_WRITE] = RingReadWrite;
  Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = RingDeviceControl;
  Driver->MajorFunction[IRP_MJ_PNP] = RingPnp;
  Driver->MajorFunction[IRP_MJ_POWER] = RingPower;
  return STATUS_SUCCESS;
}

void RingUnload(PDRIVER_OBJECT Driver) {
  PAGED_CODE();
  UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS RingComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information) {
  Irp->IoStatus.Status = Status;
  Irp->IoStatus.Information = Information;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}

NTSTATUS RingAddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Physical) {
  PDEVICE_OBJECT Device;
  PRING_DEVICE Ring;
  NTSTATUS Status;
  PAGED_CODE();

  Status = IoCreateDevice(Driver, sizeof(RING_DEVICE), NULL, FILE_DEVICE_UNKNOWN,
                          FILE_DEVICE_SECURE_OPEN, FALSE, &Device);
  if (!NT_SUCCESS(Status))
    return Status;
  Ring = Device->DeviceExtension;
  RtlZeroMemory(Ring, sizeof(*Ring));
  Ring->Self = Device;
  Ring->Physical = Physical;
  KeInitializeSpinLock(&Ring->SlotLock);
  ExInitializeFastMutex(&Ring->ConfigMutex);
  KeInitializeEvent(&Ring->Idle, NotificationEvent, TRUE);
  KeInitializeTimer(&Ring->Timer);
  KeInitializeDpc(&Ring->TimerDpc, RingTimerDpc, Ring);
  IoInitializeDpcRequest(Device, RingDpcForIsr);

  Status = RingQueueInitialize(Ring);
  if (!NT_SUCCESS(Status))
    goto DeleteDevice;
  Ring->ResetItem = IoAllocateWorkItem(Device);
  if (!Ring->ResetItem) {
    Status = STATUS_INSUFFICIENT_RESOURCES;
    goto DeleteDevice;
  }
  Ring->Lower = IoAttachDeviceToDeviceStack(Device, Physical);
  if (!Ring->Lower) {
    Status = STATUS_NO_SUCH_DEVICE;
    goto FreeItem;
  }
  Device->Flags |= DO_DIRECT_IO | DO_POWER_PAGABLE;
  Device->Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;

FreeItem:
  IoFreeWorkItem(Ring->ResetItem);
DeleteDevice:
  IoDeleteDevice(Device);
  return Status;
}

NTSTATUS RingCreateClose(PDEVICE_OBJECT Device, PIRP Irp) {
  PRING_DEVICE Ring = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  PAGED_CODE();

  KIRQL Irql;
  KeAcquireSpinLock(&Ring->SlotLock, &Irql); // DEFECT: paged-code-at-dispatch
  if (Ring->State == RingRemoved)
    Status = STATUS_DELETE_PENDING;
  KeReleaseSpinLock(&Ring->SlotLock, Irql);
  return RingComplete(Irp, Status, 0);
}

static IO_COMPLETION_ROUTINE RingForwarded;
static NTSTATUS RingForwarded(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  PKEVENT Event = Context;
  UNREFERENCED_PARAMETER(Device);
  if (Irp->PendingReturned)
    KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS RingForwardAndWait(PRING_DEVICE Ring, PIRP Irp) {
  KEVENT Event;
  NTSTATUS Status;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, RingForwarded, &Event, TRUE, TRUE, TRUE);
  Status = IoCallDriver(Ring->Lower, Irp);
  if (Status == STATUS_PENDING) {
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
    Status = Irp->IoStatus.Status;
  }
  return Status;
}

static NTSTATUS RingStart(PRING_DEVICE Ring, PIRP Irp) {
  PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
  PCM_RESOURCE_LIST Resources = Stack->Parameters.StartDevice.AllocatedResourcesTranslated;
  PCM_PARTIAL_RESOURCE_DESCRIPTOR Memory = NULL, Line = NULL;
  NTSTATUS Status;
  ULONG I;

  Status = RingForwardAndWait(Ring, Irp);
  if (!NT_SUCCESS(Status))
    return Status;
  if (!Resources)
    return STATUS_DEVICE_CONFIGURATION_ERROR;
  for (I = 0; I < Resources->List[0].PartialResourceList.Count; ++I) {
    PCM_PARTIAL_RESOURCE_DESCRIPTOR D =
        &Resources->List[0].PartialResourceList.PartialDescriptors[I];
    if (D->Type == CmResourceTypeMemory)
      Memory = D;
    else if (D->Type == CmResourceTypeInterrupt)
      Line = D;
  }
  if (!Memory || !Line)
    return STATUS_DEVICE_CONFIGURATION_ERROR;

  ExAcquireFastMutex(&Ring->ConfigMutex);
  Ring->Tuning.Threshold = RING_SLOTS / 2;
  ExReleaseFastMutex(&Ring->ConfigMutex);
  Status = RingHardwareStart(Ring, Memory, Line);
  if (NT_SUCCESS(Status))
    Ring->State = RingStarted;
  return Status;
}

static void RingStop(PRING_DEVICE Ring) {
  if (Ring->State == RingStarted)
    RingHardwareStop(Ring);
  RingAbortAll(Ring);
  KeWaitForSingleObject(&Ring->Idle, Executive, KernelMode, FALSE, NULL);
}

NTSTATUS RingPnp(PDEVICE_OBJECT Device, PIRP Irp) {
  PRING_DEVICE Ring = Device->DeviceExtension;
  PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
  PDEVICE_OBJECT Lower = Ring->Lower;
  NTSTATUS Status;
  PAGED_CODE();

  switch (Stack->MinorFunction) {
  case IRP_MN_START_DEVICE:
    return RingComplete(Irp, RingStart(Ring, Irp), 0);

  case IRP_MN_STOP_DEVICE:
    RingStop(Ring);
    Ring->State = RingStopped;
    break;

  case IRP_MN_REMOVE_DEVICE:
    RingStop(Ring);
    Ring->State = RingRemoved;
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    Status = IoCallDriver(Lower, Irp);
    IoDetachDevice(Lower);
    IoFreeWorkItem(Ring->ResetItem);
    IoDeleteDevice(Device);
    return Status;

  default:
    break;
  }
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(Lower, Irp);
}

NTSTATUS RingPower(PDEVICE_OBJECT Device, PIRP Irp) {
  PRING_DEVICE Ring = Device->DeviceExtension;
  PoStartNextPowerIrp(Irp);
  IoSkipCurrentIrpStackLocation(Irp);
  return PoCallDriver(Ring->Lower, Irp);
}
