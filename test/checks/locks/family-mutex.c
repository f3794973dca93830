// Fast, guarded and kernel mutexes as locks of a thread.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  FAST_MUTEX Fast;
  KGUARDED_MUTEX Guarded;
  KMUTEX Mutex;
  HANDLE Key;
  ULONG Count;
  BOOLEAN Stopping;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

IO_WORKITEM_ROUTINE fast_leak_bad;
void fast_leak_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  ExAcquireFastMutex(&Ext->Fast);
  if (Ext->Stopping)
    return; // expected-warning {{fast mutex 'Ext->Fast' is still held when 'fast_leak_bad' returns; acquired by 'ExAcquireFastMutex'}}
  ExReleaseFastMutex(&Ext->Fast);
}
IO_WORKITEM_ROUTINE fast_good;
void fast_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  ExAcquireFastMutex(&Ext->Fast);
  if (!Ext->Stopping)
    ++Ext->Count;
  ExReleaseFastMutex(&Ext->Fast);
  ZwClose(Ext->Key);
}
IO_WORKITEM_ROUTINE guarded_leak_bad;
void guarded_leak_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  KeAcquireGuardedMutex(&Ext->Guarded);
  if (Ext->Stopping)
    return; // expected-warning {{guarded mutex 'Ext->Guarded' is still held when 'guarded_leak_bad' returns; acquired by 'KeAcquireGuardedMutex'}}
  KeReleaseGuardedMutex(&Ext->Guarded);
}
IO_WORKITEM_ROUTINE guarded_try_bad;
void guarded_try_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  if (!KeTryToAcquireGuardedMutex(&Ext->Guarded) || Ext->Stopping)
    return; // expected-warning {{guarded mutex 'Ext->Guarded' is still held when 'guarded_try_bad' returns; acquired by 'KeTryToAcquireGuardedMutex'}}
  KeReleaseGuardedMutex(&Ext->Guarded);
}
IO_WORKITEM_ROUTINE guarded_try_good;
void guarded_try_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  if (!KeTryToAcquireGuardedMutex(&Ext->Guarded))
    return;
  ++Ext->Count;
  KeReleaseGuardedMutex(&Ext->Guarded);
}
IO_WORKITEM_ROUTINE kernel_leak_bad;
void kernel_leak_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  KeWaitForMutexObject(&Ext->Mutex, Executive, KernelMode, FALSE, NULL);
  if (Ext->Stopping)
    return; // expected-warning {{kernel mutex 'Ext->Mutex' is still held when 'kernel_leak_bad' returns; acquired by 'KeWaitForMutexObject'}}
  KeReleaseMutex(&Ext->Mutex, FALSE);
}
// A wait that did not succeed owns nothing.
IO_WORKITEM_ROUTINE kernel_timeout_good;
void kernel_timeout_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  LARGE_INTEGER Timeout;
  (void)Device;
  Timeout.QuadPart = -1000;
  if (KeWaitForSingleObject(&Ext->Mutex, Executive, KernelMode, FALSE, &Timeout) != STATUS_SUCCESS)
    return;
  ++Ext->Count;
  KeReleaseMutex(&Ext->Mutex, FALSE);
}
IO_WORKITEM_ROUTINE kernel_timeout_bad;
void kernel_timeout_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  LARGE_INTEGER Timeout;
  NTSTATUS Status;
  (void)Device;
  Timeout.QuadPart = -1000;
  Status = KeWaitForSingleObject(&Ext->Mutex, Executive, KernelMode, FALSE, &Timeout);
  if (Status == STATUS_TIMEOUT || Ext->Stopping)
    return; // expected-warning {{kernel mutex 'Ext->Mutex' is still held when 'kernel_timeout_bad' returns; acquired by 'KeWaitForSingleObject'}}
  KeReleaseMutex(&Ext->Mutex, FALSE);
}
// To have waited long enough is a success, too.
IO_WORKITEM_ROUTINE kernel_unchecked_bad;
void kernel_unchecked_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  LARGE_INTEGER Timeout;
  NTSTATUS Status;
  (void)Device;
  Timeout.QuadPart = -1000;
  Status = KeWaitForSingleObject(&Ext->Mutex, Executive, KernelMode, FALSE, &Timeout);
  if (!NT_SUCCESS(Status))
    return;
  ++Ext->Count;
  KeReleaseMutex(&Ext->Mutex, FALSE); // expected-warning {{kernel mutex 'Ext->Mutex' is released by 'KeReleaseMutex' on a path on which 'KeWaitForSingleObject' failed to acquire it}}
}
// A fast mutex raises to APC_LEVEL, and gives back the level by itself.
void nested_good(PDEVICE_EXTENSION Ext) {
  ExAcquireFastMutex(&Ext->Fast);
  KeAcquireGuardedMutex(&Ext->Guarded);
  ++Ext->Count;
  KeReleaseGuardedMutex(&Ext->Guarded);
  ExReleaseFastMutex(&Ext->Fast);
}
