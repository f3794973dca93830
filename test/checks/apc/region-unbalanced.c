// region-unbalanced: regions without APCs that are not left, or not entered.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _DEVICE_EXTENSION {
  ERESOURCE Resource;
  KGUARDED_MUTEX Guarded;
  BOOLEAN Stopping, Entered;
  ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

// ---- callbacks that return in a region
IO_WORKITEM_ROUTINE early_return_bad;
void early_return_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  KeEnterCriticalRegion();
  if (Ext->Stopping)
    return; // expected-warning {{'early_return_bad' returns in a critical region, entered by 'KeEnterCriticalRegion'}}
  ++Ext->Count;
  KeLeaveCriticalRegion();
}
IO_WORKITEM_ROUTINE early_return_good;
void early_return_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  KeEnterCriticalRegion();
  if (Ext->Stopping) {
    KeLeaveCriticalRegion();
    return;
  }
  ++Ext->Count;
  KeLeaveCriticalRegion();
}
DRIVER_DISPATCH file_system_bad;
NTSTATUS file_system_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  FsRtlEnterFileSystem();
  if (Irp->Cancel) {
    Status = STATUS_CANCELLED;
    goto out;
  }
  ++Ext->Count;
  FsRtlExitFileSystem();
out:
  return Status; // expected-warning {{'file_system_bad' returns in a critical region, entered by 'FsRtlEnterFileSystem'}}
}
DRIVER_DISPATCH file_system_good;
NTSTATUS file_system_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  FsRtlEnterFileSystem();
  if (Irp->Cancel) {
    Status = STATUS_CANCELLED;
    goto out;
  }
  ++Ext->Count;
out:
  FsRtlExitFileSystem();
  return Status;
}
// Nesting is legal and counts.
DRIVER_DISPATCH nested_bad;
NTSTATUS nested_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  KeEnterGuardedRegion();
  KeEnterGuardedRegion();
  Device->Flags |= Irp->Flags;
  KeLeaveGuardedRegion();
  return STATUS_SUCCESS; // expected-warning {{'nested_bad' returns in a guarded region, entered by 'KeEnterGuardedRegion'}}
}
DRIVER_DISPATCH nested_good;
NTSTATUS nested_good(PDEVICE_OBJECT Device, PIRP Irp) {
  KeEnterGuardedRegion();
  KeEnterGuardedRegion();
  Device->Flags |= Irp->Flags;
  KeLeaveGuardedRegion();
  KeLeaveGuardedRegion();
  return STATUS_SUCCESS;
}

// ---- left without being entered
IO_WORKITEM_ROUTINE left_twice_bad;
void left_twice_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  KeEnterCriticalRegion();
  if (Ext->Stopping)
    KeLeaveCriticalRegion();
  KeLeaveCriticalRegion(); // expected-warning {{'KeLeaveCriticalRegion' leaves a critical region that was not entered on this path}}
}
IO_WORKITEM_ROUTINE left_once_good;
void left_once_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  BOOLEAN Inside = TRUE;
  (void)Device;
  KeEnterCriticalRegion();
  if (Ext->Stopping) {
    KeLeaveCriticalRegion();
    Inside = FALSE;
  }
  if (Inside)
    KeLeaveCriticalRegion();
}
IO_COMPLETION_ROUTINE other_thread_bad;
NTSTATUS other_thread_bad(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  (void)Device, (void)Irp, (void)Context;
  // The dispatch routine entered it, in its own thread.
  // expected-warning@+2 {{'KeLeaveCriticalRegion' leaves a critical region that was not entered on this path}}
  // expected-warning@+1 {{'KeLeaveCriticalRegion' is called at DISPATCH_LEVEL, above its maximum APC_LEVEL}}
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}

// ---- one sort entered, the other left
void mixed_bad(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  ++Ext->Count;
  KeLeaveGuardedRegion(); // expected-warning {{'KeLeaveGuardedRegion' leaves a guarded region, but a critical region was entered by 'KeEnterCriticalRegion'}}
}
void mixed_reverse_bad(PDEVICE_EXTENSION Ext) {
  KeEnterGuardedRegion();
  ++Ext->Count;
  FsRtlExitFileSystem(); // expected-warning {{'FsRtlExitFileSystem' leaves a critical region, but a guarded region was entered by 'KeEnterGuardedRegion'}}
}
void both_good(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  KeEnterGuardedRegion();
  ++Ext->Count;
  KeLeaveGuardedRegion();
  KeLeaveCriticalRegion();
}

// ---- routines that do it along with a lock
DRIVER_DISPATCH combined_good;
NTSTATUS combined_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  ExEnterCriticalRegionAndAcquireResourceExclusive(&Ext->Resource);
  ++Ext->Count;
  ExReleaseResourceAndLeaveCriticalRegion(&Ext->Resource);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH half_released_bad;
NTSTATUS half_released_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  ExEnterCriticalRegionAndAcquireResourceExclusive(&Ext->Resource);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  return STATUS_SUCCESS; // expected-warning {{'half_released_bad' returns in a critical region, entered by 'ExEnterCriticalRegionAndAcquireResourceExclusive'}}
}
DRIVER_DISPATCH taken_apart_good;
NTSTATUS taken_apart_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  ExEnterCriticalRegionAndAcquireResourceExclusive(&Ext->Resource);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
// The lock is the thing to speak of; its region goes with it.
DRIVER_DISPATCH combined_leak_bad;
NTSTATUS combined_leak_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  ExEnterCriticalRegionAndAcquireResourceExclusive(&Ext->Resource);
  if (Irp->Cancel)
    return STATUS_CANCELLED; // expected-warning {{executive resource 'Ext->Resource' is still held when 'combined_leak_bad' returns}}
  ExReleaseResourceAndLeaveCriticalRegion(&Ext->Resource);
  return STATUS_SUCCESS;
}
// A try that fails has not entered the guarded region.
DRIVER_DISPATCH try_good;
NTSTATUS try_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  if (!KeTryToAcquireGuardedMutex(&Ext->Guarded))
    return STATUS_DEVICE_BUSY;
  ++Ext->Count;
  KeReleaseGuardedMutex(&Ext->Guarded);
  return STATUS_SUCCESS;
}

// ---- helpers
BOOLEAN enter_and_try_good(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  if (!ExAcquireResourceExclusiveLite(&Ext->Resource, FALSE)) {
    KeLeaveCriticalRegion();
    return FALSE;
  }
  return TRUE;
}
void exit_good(PDEVICE_EXTENSION Ext) {
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
IO_WORKITEM_ROUTINE uses_helpers_good;
void uses_helpers_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  if (!enter_and_try_good(Ext))
    return;
  ++Ext->Count;
  exit_good(Ext);
}
IO_WORKITEM_ROUTINE uses_helpers_bad;
void uses_helpers_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  if (!enter_and_try_good(Ext))
    return;
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
} // expected-warning {{'uses_helpers_bad' returns in a critical region, entered by 'KeEnterCriticalRegion'}}
void odd_helper_bad(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  if (Ext->Stopping)
    return; // expected-warning {{'odd_helper_bad' returns in a critical region, entered by 'KeEnterCriticalRegion'}}
  ++Ext->Count;
  KeLeaveCriticalRegion();
}
NTSTATUS failing_helper_bad(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING; // expected-warning {{'failing_helper_bad' returns in a critical region, entered by 'KeEnterCriticalRegion'}}
  ++Ext->Count;
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
// Entered for the caller, who is told.
void told_by_flag_good(PDEVICE_EXTENSION Ext, PBOOLEAN Entered) {
  KeEnterCriticalRegion();
  *Entered = TRUE;
  if (Ext->Stopping) {
    KeLeaveCriticalRegion();
    *Entered = FALSE;
  }
}

// ---- callbacks that lock for the system: entered in one, left in the other
FAST_IO_ACQUIRE_FILE acquire_for_section_good;
VOID acquire_for_section_good(PFILE_OBJECT File) {
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&((PDEVICE_EXTENSION)File->FsContext)->Resource, TRUE);
}
FAST_IO_RELEASE_FILE release_for_section_good;
VOID release_for_section_good(PFILE_OBJECT File) {
  ExReleaseResourceLite(&((PDEVICE_EXTENSION)File->FsContext)->Resource);
  KeLeaveCriticalRegion();
}

// ---- nothing is known of what these do
VOID FooEnterVolume(PDEVICE_EXTENSION Ext);
VOID FooLeaveVolume(PDEVICE_EXTENSION Ext);
IO_WORKITEM_ROUTINE unknown_good;
void unknown_good(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device;
  FooEnterVolume(Context);
  ++((PDEVICE_EXTENSION)Context)->Count;
  KeLeaveCriticalRegion();
}
IO_WORKITEM_ROUTINE unknown_leave_good;
void unknown_leave_good(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device;
  KeEnterCriticalRegion();
  FooLeaveVolume(Context);
}

// Entered on every round, which is not followed without end.
void again_and_again(PDEVICE_EXTENSION Ext) {
  ULONG I;
  for (I = 0; I < Ext->Count; ++I)
    KeEnterCriticalRegion();
  for (I = 0; I < Ext->Count; ++I)
    KeLeaveCriticalRegion();
}
// Joined paths keep apart who is in a region and who is not.
IO_WORKITEM_ROUTINE flag_good;
void flag_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  if (Ext->Entered)
    KeEnterCriticalRegion();
  ++Ext->Count;
  if (Ext->Entered)
    KeLeaveCriticalRegion();
}
