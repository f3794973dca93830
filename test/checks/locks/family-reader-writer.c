// EX_SPIN_LOCK: every check of its.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  EX_SPIN_LOCK Table;
  KEVENT Event;
  ULONG Count;
  BOOLEAN Stopping;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_DISPATCH leak_shared_bad;
NTSTATUS leak_shared_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  (void)Irp;
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING; // expected-warning {{reader/writer spin lock 'Ext->Table' is still held when 'leak_shared_bad' returns; acquired by 'ExAcquireSpinLockShared'}}
  ExReleaseSpinLockShared(&Ext->Table, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH leak_exclusive_bad;
NTSTATUS leak_exclusive_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql = ExAcquireSpinLockExclusive(&Ext->Table);
  (void)Irp;
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING; // expected-warning {{reader/writer spin lock 'Ext->Table' is still held when 'leak_exclusive_bad' returns; acquired by 'ExAcquireSpinLockExclusive'}}
  ExReleaseSpinLockExclusive(&Ext->Table, Irql);
  return STATUS_SUCCESS;
}
void wait_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while reader/writer spin lock 'Ext->Table' is held}}
  ExReleaseSpinLockShared(&Ext->Table, Irql);
}
// After a failed conversion the lock is still held shared.
DRIVER_DISPATCH convert_leak_bad;
NTSTATUS convert_leak_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  (void)Irp;
  if (!ExTryConvertSharedSpinLockExclusive(&Ext->Table))
    return STATUS_RETRY; // expected-warning {{reader/writer spin lock 'Ext->Table' is still held when 'convert_leak_bad' returns; acquired by 'ExAcquireSpinLockShared'}}
  ++Ext->Count;
  ExReleaseSpinLockExclusive(&Ext->Table, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH convert_good;
NTSTATUS convert_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  (void)Irp;
  if (!ExTryConvertSharedSpinLockExclusive(&Ext->Table)) {
    ExReleaseSpinLockShared(&Ext->Table, Irql);
    return STATUS_RETRY;
  }
  ++Ext->Count;
  ExReleaseSpinLockExclusive(&Ext->Table, Irql);
  return STATUS_SUCCESS;
}
KDEFERRED_ROUTINE try_good;
void try_good(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Dpc, (void)A, (void)B;
  if (ExTryAcquireSpinLockExclusiveAtDpcLevel(&Ext->Table)) {
    ++Ext->Count;
    ExReleaseSpinLockExclusiveFromDpcLevel(&Ext->Table);
  } else if (ExTryAcquireSpinLockSharedAtDpcLevel(&Ext->Table)) {
    ExReleaseSpinLockSharedFromDpcLevel(&Ext->Table);
  }
}
KDEFERRED_ROUTINE try_bad;
void try_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Dpc, (void)A, (void)B;
  if (ExTryAcquireSpinLockSharedAtDpcLevel(&Ext->Table) && Ext->Count) {
    --Ext->Count;
    ExReleaseSpinLockSharedFromDpcLevel(&Ext->Table);
  }
} // expected-warning {{reader/writer spin lock 'Ext->Table' is still held when 'try_bad' returns; acquired by 'ExTryAcquireSpinLockSharedAtDpcLevel'}}
// Mode by a flag, both times the same one.
DRIVER_DISPATCH mode_by_flag_good;
NTSTATUS mode_by_flag_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Write = Irp->Cancel;
  KIRQL Irql;
  if (Write)
    Irql = ExAcquireSpinLockExclusive(&Ext->Table);
  else
    Irql = ExAcquireSpinLockShared(&Ext->Table);
  if (Write)
    ++Ext->Count;
  if (Write)
    ExReleaseSpinLockExclusive(&Ext->Table, Irql);
  else
    ExReleaseSpinLockShared(&Ext->Table, Irql);
  return STATUS_SUCCESS;
}
