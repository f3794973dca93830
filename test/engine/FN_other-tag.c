// A remove lock that every way gives up with another tag is not told; one that a way keeps for that is.
// RUN: %verify %s
#include <wdm.h>

typedef struct _EXT {
  IO_REMOVE_LOCK RemoveLock;
  ULONG Busy;
} EXT, *PEXT;

DRIVER_DISPATCH always_bad, same_good;
NTSTATUS always_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXT Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Status;
  IoReleaseRemoveLock(&Ext->RemoveLock, Device); // not told: it was acquired for the request
  return STATUS_SUCCESS;
}
NTSTATUS same_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXT Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Status;
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  return STATUS_SUCCESS;
}
NTSTATUS kept_bad(PEXT Ext, PIRP Irp) {
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Status;
  if (Ext->Busy)
    return STATUS_DEVICE_BUSY; // expected-warning {{remove lock 'Ext->RemoveLock' is kept when 'kept_bad' returns}}
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  return STATUS_SUCCESS;
}
