// lock-leaked: a callback, or a helper whose other exits release, returns with a
// lock held.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, Locks[4];
  ULONG Count;
  BOOLEAN Ready, Stopping;
  PVOID Buffer;
  LIST_ENTRY List;
  struct _DEVICE_EXTENSION *Parent;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static KSPIN_LOCK GlobalLock;

//===--- where the lock lives ----------------------------------------------------===//

IO_WORKITEM_ROUTINE global_bad;
void global_bad(PDEVICE_OBJECT Device, PVOID Context) {
  KIRQL Irql;
  (void)Context;
  KeAcquireSpinLock(&GlobalLock, &Irql);
  if (!Device->DeviceExtension)
    return; // expected-warning {{spin lock 'GlobalLock' is still held when 'global_bad' returns; acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&GlobalLock, Irql);
}
IO_WORKITEM_ROUTINE member_bad;
void member_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Stopping)
    return; // expected-warning {{spin lock 'Ext->Lock' is still held when 'member_bad' returns; acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
IO_WORKITEM_ROUTINE element_bad;
void element_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Locks[1], &Irql);
  if (Ext->Stopping)
    return; // expected-warning {{spin lock 'Ext->Locks[1]' is still held when 'element_bad' returns; acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Ext->Locks[1], Irql);
}
IO_WORKITEM_ROUTINE element_good;
void element_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  for (ULONG I = 0; I < 4; ++I) {
    KeAcquireSpinLock(&Ext->Locks[I], &Irql);
    ++Ext->Count;
    KeReleaseSpinLock(&Ext->Locks[I], Irql);
  }
}
IO_WORKITEM_ROUTINE parent_good;
void parent_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Parent->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Parent->Lock, Irql);
}

//===--- error exits -------------------------------------------------------------===//

DRIVER_DISPATCH alloc_bad;
NTSTATUS alloc_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'tseT');
  if (Ext->Buffer == NULL)
    return STATUS_INSUFFICIENT_RESOURCES; // expected-warning {{spin lock 'Ext->Lock' is still held when 'alloc_bad' returns; acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}

// A ladder: one label too low.
DRIVER_DISPATCH ladder_bad;
NTSTATUS ladder_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (!Ext->Ready) {
    Status = STATUS_DEVICE_NOT_READY;
    goto Unlock;
  }
  Ext->Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'tseT');
  if (!Ext->Buffer) {
    Status = STATUS_INSUFFICIENT_RESOURCES;
    goto Exit;
  }
Unlock:
  KeReleaseSpinLock(&Ext->Lock, Irql);
Exit:
  return Status; // expected-warning {{spin lock 'Ext->Lock' is still held when 'ladder_bad' returns; acquired by 'KeAcquireSpinLock'}}
}
DRIVER_DISPATCH ladder_good;
NTSTATUS ladder_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  (void)Irp;
  if (Ext->Stopping) {
    Status = STATUS_DELETE_PENDING;
    goto Exit;
  }
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (!Ext->Ready) {
    Status = STATUS_DEVICE_NOT_READY;
    goto Unlock;
  }
  Ext->Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'tseT');
  if (!Ext->Buffer)
    Status = STATUS_INSUFFICIENT_RESOURCES;
Unlock:
  KeReleaseSpinLock(&Ext->Lock, Irql);
Exit:
  return Status;
}

// A break out of a switch, and one out of a loop, past the release.
DRIVER_DISPATCH switch_bad;
NTSTATUS switch_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
  NTSTATUS Status = STATUS_INVALID_DEVICE_REQUEST;
  KIRQL Irql;
  switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
  case 0x222000:
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    if (Ext->Count == 0)
      break;
    --Ext->Count;
    KeReleaseSpinLock(&Ext->Lock, Irql);
    Status = STATUS_SUCCESS;
    break;
  case 0x222004:
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    ++Ext->Count;
    KeReleaseSpinLock(&Ext->Lock, Irql);
    Status = STATUS_SUCCESS;
    break;
  default:
    break;
  }
  return Status; // expected-warning {{spin lock 'Ext->Lock' is still held when 'switch_bad' returns; acquired by 'KeAcquireSpinLock'}}
}
IO_WORKITEM_ROUTINE loop_bad;
void loop_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  for (;;) {
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    if (IsListEmpty(&Ext->List))
      break;
    RemoveHeadList(&Ext->List);
    KeReleaseSpinLock(&Ext->Lock, Irql);
  }
} // expected-warning {{spin lock 'Ext->Lock' is still held when 'loop_bad' returns; acquired by 'KeAcquireSpinLock'}}
IO_WORKITEM_ROUTINE loop_good;
void loop_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  while (!IsListEmpty(&Ext->List)) {
    PLIST_ENTRY Entry = RemoveHeadList(&Ext->List);
    KeReleaseSpinLock(&Ext->Lock, Irql);
    ExFreePool(Entry);
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
IO_WORKITEM_ROUTINE continue_bad;
void continue_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  for (ULONG I = 0; I < 4; ++I) {
    KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{spin lock 'Ext->Lock' is acquired again by 'KeAcquireSpinLock' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
    if (I == Ext->Count)
      continue;
    KeReleaseSpinLock(&Ext->Lock, Irql);
  }
} // expected-warning {{spin lock 'Ext->Lock' is still held when 'continue_bad' returns; acquired by 'KeAcquireSpinLock'}}

//===--- flags -------------------------------------------------------------------===//

DRIVER_DISPATCH flag_good;
NTSTATUS flag_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  BOOLEAN Locked = FALSE;
  KIRQL Irql = PASSIVE_LEVEL;
  (void)Irp;
  if (!Ext->Ready) {
    Status = STATUS_DEVICE_NOT_READY;
    goto Exit;
  }
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Locked = TRUE;
  if (Ext->Stopping) {
    Status = STATUS_DELETE_PENDING;
    goto Exit;
  }
  ++Ext->Count;
Exit:
  if (Locked)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return Status;
}
// The flag is cleared at the one place that releases early.
DRIVER_DISPATCH flag_cleared_good;
NTSTATUS flag_cleared_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Locked;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Locked = TRUE;
  if (Ext->Stopping) {
    KeReleaseSpinLock(&Ext->Lock, Irql);
    Locked = FALSE;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
  }
  if (Locked)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}
// Cleared although nothing was released.
DRIVER_DISPATCH flag_cleared_bad;
NTSTATUS flag_cleared_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Locked;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Locked = TRUE;
  if (Ext->Stopping)
    Locked = FALSE;
  if (Locked)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS; // expected-warning {{spin lock 'Ext->Lock' is still held when 'flag_cleared_bad' returns; acquired by 'KeAcquireSpinLock'}}
}
DRIVER_DISPATCH inverted_flag_good;
NTSTATUS inverted_flag_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Unlocked = TRUE;
  KIRQL Irql = PASSIVE_LEVEL;
  (void)Irp;
  if (Ext->Ready) {
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    Unlocked = FALSE;
  }
  ++Ext->Count;
  if (!Unlocked)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH inverted_flag_bad;
NTSTATUS inverted_flag_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Unlocked = TRUE;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Unlocked = FALSE;
  ++Ext->Count;
  if (Unlocked)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS; // expected-warning {{spin lock 'Ext->Lock' is still held when 'inverted_flag_bad' returns; acquired by 'KeAcquireSpinLock'}}
}

// The parameter means "the caller holds it already".
static void countLocked(PDEVICE_EXTENSION Ext, BOOLEAN HaveLock) {
  KIRQL Irql = PASSIVE_LEVEL;
  if (!HaveLock)
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  if (!HaveLock)
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
IO_WORKITEM_ROUTINE parameter_good;
void parameter_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  countLocked(Ext, FALSE);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  countLocked(Ext, TRUE);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// Acquire and release both chosen by the same setting of the adapter.
DRIVER_DISPATCH setting_good;
NTSTATUS setting_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql = PASSIVE_LEVEL;
  (void)Irp;
  if (Ext->Ready)
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  if (Ext->Ready)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH bit_good;
NTSTATUS bit_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  ULONG Flags = Device->Flags;
  KIRQL Irql = PASSIVE_LEVEL;
  (void)Irp;
  if (Flags & DO_EXCLUSIVE)
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  if (Flags & DO_EXCLUSIVE)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH status_good; // the status tells whether the lock is held
NTSTATUS status_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_DEVICE_NOT_READY;
  KIRQL Irql = PASSIVE_LEVEL;
  (void)Irp;
  if (Ext->Ready) {
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    Status = STATUS_SUCCESS;
  }
  ++Ext->Count;
  if (NT_SUCCESS(Status))
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return Status;
}

//===--- helpers -----------------------------------------------------------------===//

static void lock(PDEVICE_EXTENSION Ext, PKIRQL Irql) { KeAcquireSpinLock(&Ext->Lock, Irql); }
static void unlock(PDEVICE_EXTENSION Ext, KIRQL Irql) { KeReleaseSpinLock(&Ext->Lock, Irql); }
DRIVER_DISPATCH helper_bad;
NTSTATUS helper_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  lock(Ext, &Irql);
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING; // expected-warning {{spin lock 'Ext->Lock' is still held when 'helper_bad' returns; acquired by 'KeAcquireSpinLock'}}
  unlock(Ext, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH helper_good;
NTSTATUS helper_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  lock(Ext, &Irql);
  if (Ext->Stopping) {
    unlock(Ext, Irql);
    return STATUS_DELETE_PENDING;
  }
  unlock(Ext, Irql);
  return STATUS_SUCCESS;
}
// "Find and lock": held on success only, and the caller looks.
static PLIST_ENTRY findAndLock(PDEVICE_EXTENSION Ext, PKIRQL Irql) {
  KeAcquireSpinLock(&Ext->Lock, Irql);
  if (IsListEmpty(&Ext->List)) {
    KeReleaseSpinLock(&Ext->Lock, *Irql);
    return NULL;
  }
  return Ext->List.Flink;
}
// (A link of a list is never null.)
IO_WORKITEM_ROUTINE find_and_lock_good;
void find_and_lock_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  PLIST_ENTRY Entry = findAndLock(Ext, &Irql);
  (void)Device;
  if (!Entry)
    return;
  RemoveEntryList(Entry);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
IO_WORKITEM_ROUTINE find_and_lock_bad;
void find_and_lock_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  PLIST_ENTRY Entry = findAndLock(Ext, &Irql);
  (void)Device;
  if (!Entry || Ext->Stopping)
    return; // expected-warning {{spin lock 'Ext->Lock' is still held when 'find_and_lock_bad' returns; acquired by 'KeAcquireSpinLock'}}
  RemoveEntryList(Entry);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
static NTSTATUS tryStart(PDEVICE_EXTENSION Ext, PKIRQL Irql) {
  KeAcquireSpinLock(&Ext->Lock, Irql);
  if (!Ext->Ready) {
    KeReleaseSpinLock(&Ext->Lock, *Irql);
    return STATUS_DEVICE_NOT_READY;
  }
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH start_good;
NTSTATUS start_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  NTSTATUS Status = tryStart(Ext, &Irql);
  (void)Irp;
  if (!NT_SUCCESS(Status))
    return Status;
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return Status;
}

// A helper whose failing exit alone keeps the lock, as no caller would expect.
NTSTATUS odd_exit_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (!Ext->Ready)
    return STATUS_DEVICE_NOT_READY; // expected-warning {{spin lock 'Ext->Lock' is still held when 'odd_exit_bad' returns; acquired by 'KeAcquireSpinLock'}}
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}
void odd_void_exit_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (!Ext->Ready)
    return; // expected-warning {{spin lock 'Ext->Lock' is still held when 'odd_void_exit_bad' returns; acquired by 'KeAcquireSpinLock'}}
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// Wrappers lock for their callers.
void wrapper_good(PDEVICE_EXTENSION Ext, PKIRQL Irql) { KeAcquireSpinLock(&Ext->Lock, Irql); }
_Acquires_lock_(Ext->Lock)
NTSTATUS annotated_good(PDEVICE_EXTENSION Ext, PKIRQL Irql) {
  KeAcquireSpinLock(&Ext->Lock, Irql);
  return Ext->Ready ? STATUS_SUCCESS : STATUS_DEVICE_NOT_READY;
}
// By out-parameter: *Locked tells the caller.
void out_parameter_good(PDEVICE_EXTENSION Ext, PKIRQL Irql, BOOLEAN *Locked) {
  *Locked = FALSE;
  KeAcquireSpinLock(&Ext->Lock, Irql);
  if (Ext->Stopping) {
    KeReleaseSpinLock(&Ext->Lock, *Irql);
    return;
  }
  *Locked = TRUE;
}

// Callbacks whose contract is to lock for the system.
IO_CSQ_ACQUIRE_LOCK csq_acquire_good;
void csq_acquire_good(PIO_CSQ Csq, PKIRQL Irql) {
  (void)Csq;
  KeAcquireSpinLock(&GlobalLock, Irql);
}
IO_CSQ_RELEASE_LOCK csq_release_good;
void csq_release_good(PIO_CSQ Csq, KIRQL Irql) {
  (void)Csq;
  KeReleaseSpinLock(&GlobalLock, Irql);
}

//===--- structured exception handling -----------------------------------------------===//

DRIVER_DISPATCH finally_good;
NTSTATUS finally_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  __try {
    if (Ext->Stopping)
      return STATUS_DELETE_PENDING;
    if (!Ext->Ready)
      __leave;
    ++Ext->Count;
  } __finally {
    KeReleaseSpinLock(&Ext->Lock, Irql);
  }
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH finally_flag_good;
NTSTATUS finally_flag_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Locked = FALSE;
  KIRQL Irql = PASSIVE_LEVEL;
  (void)Irp;
  __try {
    if (Ext->Stopping)
      __leave;
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    Locked = TRUE;
    ++Ext->Count;
  } __finally {
    if (Locked)
      KeReleaseSpinLock(&Ext->Lock, Irql);
  }
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH leave_bad;
NTSTATUS leave_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  __try {
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    if (Ext->Stopping)
      __leave;
    ++Ext->Count;
    KeReleaseSpinLock(&Ext->Lock, Irql);
  } __finally {
    Ext->Buffer = NULL;
  }
  return STATUS_SUCCESS; // expected-warning {{spin lock 'Ext->Lock' is still held when 'leave_bad' returns; acquired by 'KeAcquireSpinLock'}}
}
DRIVER_DISPATCH finally_some_bad;
NTSTATUS finally_some_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  __try {
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    ++Ext->Count;
  } __finally {
    if (Ext->Ready)
      KeReleaseSpinLock(&Ext->Lock, Irql);
  }
  return STATUS_SUCCESS; // expected-warning {{spin lock 'Ext->Lock' is still held when 'finally_some_bad' returns; acquired by 'KeAcquireSpinLock'}}
}

//===--- macros ----------------------------------------------------------------------===//

#define EXT_LOCK(Ext)                                                          \
  do {                                                                         \
    KIRQL LockIrql_;                                                           \
    KeAcquireSpinLock(&(Ext)->Lock, &LockIrql_);                               \
    (Ext)->Count = LockIrql_;                                                  \
  } while (0)
#define EXT_UNLOCK(Ext) KeReleaseSpinLock(&(Ext)->Lock, (KIRQL)(Ext)->Count)
#if DBG
#define CHECKED_LOCK(Ext, Irql) (DbgPrint("lock %p\n", (Ext)), KeAcquireSpinLock(&(Ext)->Lock, (Irql)))
#else
#define CHECKED_LOCK(Ext, Irql) KeAcquireSpinLock(&(Ext)->Lock, (Irql))
#endif
DRIVER_DISPATCH macro_good;
NTSTATUS macro_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  EXT_LOCK(Ext);
  Ext->Ready = TRUE;
  EXT_UNLOCK(Ext);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH macro_bad;
NTSTATUS macro_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  CHECKED_LOCK(Ext, &Irql);
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING; // expected-warning {{is still held when 'macro_bad' returns; acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}

//===--- entry points found by registration ------------------------------------------===//

static NTSTATUS registeredDispatch(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  return STATUS_SUCCESS; // expected-warning {{spin lock 'Ext->Lock' is still held when 'registeredDispatch' returns; acquired by 'KeAcquireSpinLock'}}
}
DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
  KIRQL Irql;
  (void)Path;
  Driver->MajorFunction[IRP_MJ_CREATE] = registeredDispatch;
  KeAcquireSpinLock(&GlobalLock, &Irql);
  if (!Driver->DriverExtension)
    return STATUS_UNSUCCESSFUL; // expected-warning {{spin lock 'GlobalLock' is still held when 'DriverEntry' returns; acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&GlobalLock, Irql);
  return STATUS_SUCCESS;
}

// The pointer moved on between the two: the first lock stays held.
IO_WORKITEM_ROUTINE pointer_moved_bad;
void pointer_moved_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext = Ext->Parent;
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was not acquired on this path: the pointer has moved on from the object whose lock is held}}
}
