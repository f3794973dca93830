// apcs-not-disabled: locks that forbid normal kernel APCs.
// RUN: %verify %s
#include <fltkernel.h>
#include <wdf.h>

typedef struct _DEVICE_EXTENSION {
  ERESOURCE Resource, Other;
  EX_PUSH_LOCK Push;
  FAST_MUTEX Fast;
  KGUARDED_MUTEX Guarded;
  KMUTEX Mutex;
  ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

// ---- executive resources in callbacks
DRIVER_DISPATCH resource_bad;
NTSTATUS resource_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE); // expected-warning {{'ExAcquireResourceSharedLite' is called where normal kernel APCs are enabled}}
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH resource_good;
NTSTATUS resource_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  FsRtlEnterFileSystem();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  FsRtlExitFileSystem();
  return STATUS_SUCCESS;
}
// Before the region, and released after it.
DRIVER_DISPATCH too_early_bad;
NTSTATUS too_early_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE); // expected-warning {{'ExAcquireResourceSharedLite' is called where normal kernel APCs are enabled}}
  KeEnterCriticalRegion();
  ++Ext->Count;
  KeLeaveCriticalRegion();
  ExReleaseResourceLite(&Ext->Resource);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH released_too_late_bad;
NTSTATUS released_too_late_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  KeLeaveCriticalRegion();
  ExReleaseResourceLite(&Ext->Resource); // expected-warning {{'ExReleaseResourceLite' is called where normal kernel APCs are enabled, but the lock was acquired with them disabled}}
  return STATUS_SUCCESS;
}

// ---- what else keeps APCs out
DRIVER_DISPATCH guarded_region_good;
NTSTATUS guarded_region_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterGuardedRegion();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveGuardedRegion();
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH fast_mutex_good;
NTSTATUS fast_mutex_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  ExAcquireFastMutex(&Ext->Fast); // APC_LEVEL
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  ExReleaseFastMutex(&Ext->Fast);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH kernel_mutex_good;
NTSTATUS kernel_mutex_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  KeWaitForSingleObject(&Ext->Mutex, Executive, KernelMode, FALSE, NULL);
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  KeReleaseMutex(&Ext->Mutex, FALSE);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH after_mutex_bad;
NTSTATUS after_mutex_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  KeWaitForSingleObject(&Ext->Mutex, Executive, KernelMode, FALSE, NULL);
  ++Ext->Count;
  KeReleaseMutex(&Ext->Mutex, FALSE);
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE); // expected-warning {{'ExAcquireResourceSharedLite' is called where normal kernel APCs are enabled}}
  ExReleaseResourceLite(&Ext->Resource);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH filter_manager_good;
NTSTATUS filter_manager_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  FltAcquireResourceExclusive(&Ext->Resource); // enters the region itself
  ExAcquireResourceSharedLite(&Ext->Other, TRUE);
  ExReleaseResourceLite(&Ext->Other);
  FltReleaseResource(&Ext->Resource);
  return STATUS_SUCCESS;
}
// Asked for, on each way.
DRIVER_DISPATCH asked_good;
NTSTATUS asked_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Off = KeAreApcsDisabled();
  (void)Irp;
  if (!Off)
    KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  if (!Off)
    KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH asked_bad;
NTSTATUS asked_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Off = KeAreApcsDisabled();
  (void)Irp;
  if (Off)
    KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE); // expected-warning {{'ExAcquireResourceSharedLite' is called where normal kernel APCs are enabled}}
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  if (Off)
    KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}

// ---- by the way the callback is entered
EVT_WDF_IO_QUEUE_IO_READ queue_good; // in a critical region
VOID queue_good(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  extern PDEVICE_EXTENSION Global;
  (void)Queue, (void)Request, (void)Length;
  ExAcquireResourceSharedLite(&Global->Resource, TRUE);
  ++Global->Count;
  ExReleaseResourceLite(&Global->Resource);
}
KSTART_ROUTINE thread_good; // begins with normal kernel APCs disabled
VOID thread_good(PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
}
FAST_IO_CHECK_IF_POSSIBLE fast_io_bad;
BOOLEAN fast_io_bad(PFILE_OBJECT File, PLARGE_INTEGER Offset, ULONG Length, BOOLEAN Wait, ULONG Key, BOOLEAN Read, PIO_STATUS_BLOCK Io, PDEVICE_OBJECT Device) {
  PDEVICE_EXTENSION Ext = File->FsContext;
  (void)Offset, (void)Length, (void)Key, (void)Read, (void)Io, (void)Device, (void)Wait;
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE); // expected-warning {{'ExAcquireResourceSharedLite' is called where normal kernel APCs are enabled}}
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  return TRUE;
}
FAST_IO_ACQUIRE_FILE section_good; // the system sees to it
VOID section_good(PFILE_OBJECT File) {
  ExAcquireResourceExclusiveLite(&((PDEVICE_EXTENSION)File->FsContext)->Resource, TRUE);
}

// ---- helpers: their callers may have seen to it
void helper_good(PDEVICE_EXTENSION Ext) {
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
}
static void count(PDEVICE_EXTENSION Ext) {
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE); // expected-warning {{'ExAcquireResourceSharedLite' is called where normal kernel APCs are enabled}}
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
}
static void count_twice(PDEVICE_EXTENSION Ext) {
  count(Ext);
  count(Ext);
}
DRIVER_DISPATCH calls_helper_bad;
NTSTATUS calls_helper_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  (void)Irp;
  count_twice(Device->DeviceExtension);
  return STATUS_SUCCESS;
}
static void count_safely(PDEVICE_EXTENSION Ext) {
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
}
DRIVER_DISPATCH calls_helper_good;
NTSTATUS calls_helper_good(PDEVICE_OBJECT Device, PIRP Irp) {
  (void)Irp;
  KeEnterCriticalRegion();
  count_safely(Device->DeviceExtension);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
// Nothing is known of what this does.
VOID FooEnterVolume(PDEVICE_EXTENSION Ext);
DRIVER_DISPATCH unknown_good;
NTSTATUS unknown_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  FooEnterVolume(Ext);
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  return STATUS_SUCCESS;
}

// ---- push locks
DRIVER_DISPATCH push_lock_bad;
NTSTATUS push_lock_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  ExAcquirePushLockExclusive(&Ext->Push); // expected-warning {{'ExAcquirePushLockExclusive' is called where normal kernel APCs are enabled}}
  ++Ext->Count;
  ExReleasePushLockExclusive(&Ext->Push);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH push_lock_good;
NTSTATUS push_lock_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  ExAcquirePushLockExclusive(&Ext->Push);
  ++Ext->Count;
  ExReleasePushLockExclusive(&Ext->Push);
  KeLeaveCriticalRegion();
  FltAcquirePushLockShared(&Ext->Push); // enters the region itself
  FltReleasePushLock(&Ext->Push);
  return STATUS_SUCCESS;
}

// ---- the unsafe forms leave it to their caller
DRIVER_DISPATCH unsafe_fast_bad;
NTSTATUS unsafe_fast_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  ExAcquireFastMutexUnsafe(&Ext->Fast); // expected-warning {{'ExAcquireFastMutexUnsafe' is called where normal kernel APCs are enabled}}
  ++Ext->Count;
  ExReleaseFastMutexUnsafe(&Ext->Fast);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH unsafe_fast_good;
NTSTATUS unsafe_fast_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  ExAcquireFastMutexUnsafe(&Ext->Fast);
  ++Ext->Count;
  ExReleaseFastMutexUnsafe(&Ext->Fast);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
// A guarded mutex needs a guarded region: a critical one keeps out too little.
DRIVER_DISPATCH unsafe_guarded_bad;
NTSTATUS unsafe_guarded_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  KeAcquireGuardedMutexUnsafe(&Ext->Guarded); // expected-warning {{'KeAcquireGuardedMutexUnsafe' is called where APCs are enabled}}
  ++Ext->Count;
  KeReleaseGuardedMutexUnsafe(&Ext->Guarded);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH unsafe_guarded_good;
NTSTATUS unsafe_guarded_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterGuardedRegion();
  KeAcquireGuardedMutexUnsafe(&Ext->Guarded);
  ++Ext->Count;
  KeReleaseGuardedMutexUnsafe(&Ext->Guarded);
  KeLeaveGuardedRegion();
  return STATUS_SUCCESS;
}
