// Less frequent mistakes of drivers, each with its twin put right.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  FAST_MUTEX Mutex;
  KMUTEX Owner;
  ERESOURCE Resource;
  IO_REMOVE_LOCK RemoveLock;
  EX_RUNDOWN_REF Rundown;
  KEVENT Events[5];
  KWAIT_BLOCK Blocks[5];
  ULONG Count;
  BOOLEAN Entered;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

NTSTATUS Transfer(PDEVICE_EXTENSION Ext, ULONG Length);

// ---- nothing to do: an early success keeps what the way through gives up
NTSTATUS nothing_to_do_bad(PDEVICE_EXTENSION Ext) {
  NTSTATUS Status;
  ExAcquireFastMutex(&Ext->Mutex);
  if (!Ext->Count)
    return STATUS_SUCCESS; // expected-warning {{fast mutex 'Ext->Mutex' is still held when 'nothing_to_do_bad' returns; acquired by 'ExAcquireFastMutex'}}
  Status = Transfer(Ext, Ext->Count);
  ExReleaseFastMutex(&Ext->Mutex);
  return Status;
}
NTSTATUS nothing_to_do_good(PDEVICE_EXTENSION Ext) {
  NTSTATUS Status = STATUS_SUCCESS;
  ExAcquireFastMutex(&Ext->Mutex);
  if (Ext->Count)
    Status = Transfer(Ext, Ext->Count);
  ExReleaseFastMutex(&Ext->Mutex);
  return Status;
}
// Success keeps it for the caller, a failure that was looked at gives it up.
NTSTATUS begin_good(PDEVICE_EXTENSION Ext) {
  NTSTATUS Status;
  ExAcquireFastMutex(&Ext->Mutex);
  if (!Ext->Count)
    return STATUS_SUCCESS;
  Status = Transfer(Ext, Ext->Count);
  if (!NT_SUCCESS(Status))
    ExReleaseFastMutex(&Ext->Mutex);
  return Status;
}

// ---- what a lock protects goes away with the lock in it
IO_WORKITEM_ROUTINE freed_bad;
VOID freed_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  ExAcquireFastMutex(&Ext->Mutex);
  ExFreePool(Ext); // expected-warning {{'ExFreePool' frees memory in which fast mutex 'Ext->Mutex' lies, which is still held}}
}
IO_WORKITEM_ROUTINE freed_good;
VOID freed_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  ExAcquireFastMutex(&Ext->Mutex);
  Ext->Count = 0;
  ExReleaseFastMutex(&Ext->Mutex);
  ExFreePool(Ext);
}

// ---- many objects
IO_WORKITEM_ROUTINE many_bad;
VOID many_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  PVOID Objects[5];
  ULONG I;
  (void)Device;
  for (I = 0; I < 5; ++I)
    Objects[I] = &Ext->Events[I];
  KeWaitForMultipleObjects(5, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL); // expected-warning {{'KeWaitForMultipleObjects' waits for more than 3 objects without wait blocks}}
}
IO_WORKITEM_ROUTINE many_good;
VOID many_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  PVOID Objects[5];
  ULONG I;
  (void)Device;
  for (I = 0; I < 5; ++I)
    Objects[I] = &Ext->Events[I];
  KeWaitForMultipleObjects(5, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, Ext->Blocks);
}

// ---- counts of users
DRIVER_DISPATCH remove_bad;
NTSTATUS remove_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = IoAcquireRemoveLock(&Ext->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return Status;
  if (!Ext->Count)
    return STATUS_INVALID_PARAMETER; // expected-warning {{remove lock 'Ext->RemoveLock' is kept when 'remove_bad' returns; acquired by 'IoAcquireRemoveLock'}}
  IoReleaseRemoveLock(&Ext->RemoveLock, Irp);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH rundown_bad;
NTSTATUS rundown_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  if (!ExAcquireRundownProtection(&Ext->Rundown))
    return STATUS_DELETE_PENDING;
  if (!Ext->Count)
    return STATUS_INVALID_PARAMETER; // expected-warning {{run-down protection 'Ext->Rundown' is kept when 'rundown_bad' returns; acquired by 'ExAcquireRundownProtection'}}
  ExReleaseRundownProtection(&Ext->Rundown);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH rundown_good;
NTSTATUS rundown_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_INVALID_PARAMETER;
  (void)Irp;
  if (!ExAcquireRundownProtection(&Ext->Rundown))
    return STATUS_DELETE_PENDING;
  if (Ext->Count)
    Status = Transfer(Ext, Ext->Count);
  ExReleaseRundownProtection(&Ext->Rundown);
  return Status;
}

// ---- an entry point that forgets the APCs
FAST_IO_QUERY_BASIC_INFO query_bad, query_good;
BOOLEAN query_bad(PFILE_OBJECT File, BOOLEAN Wait, PFILE_BASIC_INFORMATION Buffer, PIO_STATUS_BLOCK Status, PDEVICE_OBJECT Device) {
  PDEVICE_EXTENSION Ext = File->FsContext;
  (void)Wait, (void)Buffer, (void)Status, (void)Device;
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE); // expected-warning {{'ExAcquireResourceSharedLite' is called where normal kernel APCs are enabled}}
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  return TRUE;
}
BOOLEAN query_good(PFILE_OBJECT File, BOOLEAN Wait, PFILE_BASIC_INFORMATION Buffer, PIO_STATUS_BLOCK Status, PDEVICE_OBJECT Device) {
  PDEVICE_EXTENSION Ext = File->FsContext;
  (void)Wait, (void)Buffer, (void)Status, (void)Device;
  KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
  return TRUE;
}

// ---- texts and registry below a lock
IO_WORKITEM_ROUTINE compare_bad, compare_good;
VOID compare_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  UNICODE_STRING A, B;
  KIRQL Irql;
  (void)Device;
  RtlInitUnicodeString(&A, L"left");
  RtlInitUnicodeString(&B, L"right");
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (RtlEqualUnicodeString(&A, &B, TRUE)) // expected-warning {{'RtlEqualUnicodeString' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
    ++Ext->Count;
  RtlDeleteRegistryValue(0, L"key", L"value"); // expected-warning {{'RtlDeleteRegistryValue' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
VOID compare_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  UNICODE_STRING A, B;
  BOOLEAN Equal;
  KIRQL Irql;
  (void)Device;
  RtlInitUnicodeString(&A, L"left");
  RtlInitUnicodeString(&B, L"right");
  Equal = RtlEqualUnicodeString(&A, &B, TRUE);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Count += Equal;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  RtlDeleteRegistryValue(0, L"key", L"value");
}

// ---- milliseconds below a lock, and in an interrupt routine
IO_WORKITEM_ROUTINE stall_bad, stall_good;
VOID stall_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{spin lock 'Ext->Lock' is held for up to 5000 microseconds on the worst path}}
  KeStallExecutionProcessor(5000);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
VOID stall_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeStallExecutionProcessor(5);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// ---- one of two is given back on the short way out
IO_WORKITEM_ROUTINE two_bad;
VOID two_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  ExAcquireFastMutex(&Ext->Mutex);
  KeWaitForSingleObject(&Ext->Owner, Executive, KernelMode, FALSE, NULL);
  if (!Ext->Count) {
    ExReleaseFastMutex(&Ext->Mutex);
    return; // expected-warning {{kernel mutex 'Ext->Owner' is still held when 'two_bad' returns; acquired by 'KeWaitForSingleObject'}}
  }
  KeReleaseMutex(&Ext->Owner, FALSE);
  ExReleaseFastMutex(&Ext->Mutex);
}

// ---- regions: entered in one callback, left in another; left where a try fails
static NTSTATUS beginOperation(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  if (!ExAcquireResourceExclusiveLite(&Ext->Resource, FALSE)) {
    KeLeaveCriticalRegion();
    return STATUS_CANT_WAIT;
  }
  return STATUS_SUCCESS;
}
static VOID endOperation(PDEVICE_EXTENSION Ext) {
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
IO_WORKITEM_ROUTINE try_region_good;
VOID try_region_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  if (NT_SUCCESS(beginOperation(Ext))) {
    Transfer(Ext, 1);
    endOperation(Ext);
  }
}
BOOLEAN acquireForCache(PVOID Context, BOOLEAN Wait) {
  PDEVICE_EXTENSION Ext = Context;
  KeEnterCriticalRegion();
  if (!ExAcquireResourceSharedLite(&Ext->Resource, Wait)) {
    KeLeaveCriticalRegion();
    return FALSE;
  }
  return TRUE;
}
VOID releaseFromCache(PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
CACHE_MANAGER_CALLBACKS Callbacks = {acquireForCache, releaseFromCache, acquireForCache, releaseFromCache};
