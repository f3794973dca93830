// call-needs-apcs: routines that wait for an APC where none is delivered.
// RUN: %verify %s
#include <fltkernel.h>

typedef struct _DEVICE_EXTENSION {
  ERESOURCE Resource;
  FAST_MUTEX Fast;
  KGUARDED_MUTEX Guarded;
  KMUTEX Mutex;
  KEVENT Event;
  HANDLE File;
  ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static IO_STATUS_BLOCK Io;

void guarded_region_bad(PDEVICE_EXTENSION Ext) {
  KeEnterGuardedRegion();
  ZwFlushBuffersFile(Ext->File, &Io); // expected-warning {{'ZwFlushBuffersFile' needs special kernel APCs, but is called in a guarded region, entered by 'KeEnterGuardedRegion'}}
  KeLeaveGuardedRegion();
}
// A critical region lets special kernel APCs through.
void critical_region_good(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  ZwFlushBuffersFile(Ext->File, &Io);
  KeLeaveCriticalRegion();
}
void guarded_mutex_bad(PDEVICE_EXTENSION Ext) {
  KeAcquireGuardedMutex(&Ext->Guarded);
  ++Ext->Count;
  ZwFlushBuffersFile(Ext->File, &Io); // expected-warning {{'ZwFlushBuffersFile' needs special kernel APCs, but is called while guarded mutex 'Ext->Guarded' is held}}
  KeReleaseGuardedMutex(&Ext->Guarded);
}
void guarded_mutex_good(PDEVICE_EXTENSION Ext) {
  KeAcquireGuardedMutex(&Ext->Guarded);
  ++Ext->Count;
  KeReleaseGuardedMutex(&Ext->Guarded);
  ZwFlushBuffersFile(Ext->File, &Io);
}
// Allowed at APC_LEVEL by its level alone.
void fast_mutex_bad(PDEVICE_EXTENSION Ext) {
  ExAcquireFastMutex(&Ext->Fast);
  FltCancellableWaitForSingleObject(&Ext->Event, NULL, NULL); // expected-warning {{'FltCancellableWaitForSingleObject' needs special kernel APCs, but is called while fast mutex 'Ext->Fast' is held}}
  ExReleaseFastMutex(&Ext->Fast);
}
void raised_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeRaiseIrql(APC_LEVEL, &Irql);
  FltCancellableWaitForSingleObject(&Ext->Event, NULL, NULL); // expected-warning {{'FltCancellableWaitForSingleObject' needs special kernel APCs, but is called at APC_LEVEL}}
  KeLowerIrql(Irql);
}
// Waiting itself is legal under a fast mutex; above its level another check speaks.
void wait_under_fast_mutex_good(PDEVICE_EXTENSION Ext) {
  ExAcquireFastMutex(&Ext->Fast);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  ExReleaseFastMutex(&Ext->Fast);
}
void above_its_level_bad(PDEVICE_EXTENSION Ext) {
  ExAcquireFastMutex(&Ext->Fast);
  ZwFlushBuffersFile(Ext->File, &Io); // expected-warning {{'ZwFlushBuffersFile' is called at APC_LEVEL, above its maximum PASSIVE_LEVEL}}
  ExReleaseFastMutex(&Ext->Fast);
}

// ---- all APCs
void all_in_critical_region_bad(PDEVICE_OBJECT Device, PUNICODE_STRING Name) {
  KeEnterCriticalRegion();
  IoVolumeDeviceToDosName(Device, Name); // expected-warning {{'IoVolumeDeviceToDosName' needs APCs, but is called in a critical region, entered by 'KeEnterCriticalRegion'}}
  KeLeaveCriticalRegion();
}
void all_after_region_good(PDEVICE_OBJECT Device, PUNICODE_STRING Name) {
  KeEnterCriticalRegion();
  KeLeaveCriticalRegion();
  IoVolumeDeviceToDosName(Device, Name);
}
void all_under_mutex_bad(PDEVICE_EXTENSION Ext, PDEVICE_OBJECT Device, PUNICODE_STRING Name) {
  KeWaitForSingleObject(&Ext->Mutex, Executive, KernelMode, FALSE, NULL);
  IoVolumeDeviceToDosName(Device, Name); // expected-warning {{'IoVolumeDeviceToDosName' needs APCs, but is called while kernel mutex 'Ext->Mutex' is held}}
  KeReleaseMutex(&Ext->Mutex, FALSE);
}
void all_under_resource_bad(PDEVICE_EXTENSION Ext, PDEVICE_OBJECT Device, PUNICODE_STRING Name) {
  FltAcquireResourceShared(&Ext->Resource);
  IoVolumeDeviceToDosName(Device, Name); // expected-warning {{'IoVolumeDeviceToDosName' needs APCs, but is called while executive resource 'Ext->Resource' is held}}
  FltReleaseResource(&Ext->Resource);
}

// ---- in a helper
static void flush(PDEVICE_EXTENSION Ext) {
  ZwFlushBuffersFile(Ext->File, &Io); // expected-warning {{'ZwFlushBuffersFile' needs special kernel APCs, but is called while guarded mutex 'Ext->Guarded' is held}}
}
static void flush_if_used(PDEVICE_EXTENSION Ext) {
  if (Ext->Count)
    flush(Ext);
}
void helper_bad(PDEVICE_EXTENSION Ext) {
  KeAcquireGuardedMutex(&Ext->Guarded);
  flush_if_used(Ext);
  KeReleaseGuardedMutex(&Ext->Guarded);
}
