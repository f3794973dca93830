// The most frequent mistake in drivers: an exit on an error keeps a lock. Each shape has
// its twin put right.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _CLIENT {
  LIST_ENTRY Link;
  KSPIN_LOCK Lock;
  ULONG Id, State;
} CLIENT, *PCLIENT;

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, QueueLock;
  FAST_MUTEX Mutex;
  ERESOURCE Resource;
  EX_PUSH_LOCK PushLock;
  KMUTEX Semaphore;
  KEVENT Event;
  LIST_ENTRY Clients, Queue;
  PCLIENT Current;
  PVOID Buffer;
  ULONG Count, Length, State;
  BOOLEAN Removed, Busy;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

#ifdef DBG_LOCKS
#define LOCK(Ext, Irql) (DbgPrint("lock %d\n", __LINE__), KeAcquireSpinLock(&(Ext)->Lock, Irql))
#else
#define LOCK(Ext, Irql) KeAcquireSpinLock(&(Ext)->Lock, Irql)
#endif
#define UNLOCK(Ext, Irql) KeReleaseSpinLock(&(Ext)->Lock, Irql)

#define VCB_LOCK(E) \
  do { \
    KeEnterCriticalRegion(); \
    ExAcquireResourceExclusiveLite(&(E)->Resource, TRUE); \
  } while (0)
#define VCB_UNLOCK(E) \
  do { \
    ExReleaseResourceLite(&(E)->Resource); \
    KeLeaveCriticalRegion(); \
  } while (0)

NTSTATUS Transfer(PDEVICE_EXTENSION Ext, ULONG Length);

// ---- goto past the release
DRIVER_DISPATCH goto_past_bad;
NTSTATUS goto_past_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Removed) {
    Status = STATUS_DELETE_PENDING;
    goto Done;
  }
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
Done:
  Irp->IoStatus.Status = Status;
  return Status; // expected-warning {{spin lock 'Ext->Lock' is still held when 'goto_past_bad' returns; acquired by 'KeAcquireSpinLock'}}
}
DRIVER_DISPATCH goto_release_good;
NTSTATUS goto_release_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Removed) {
    Status = STATUS_DELETE_PENDING;
    goto Done;
  }
  ++Ext->Count;
Done:
  KeReleaseSpinLock(&Ext->Lock, Irql);
  Irp->IoStatus.Status = Status;
  return Status;
}

// ---- a chain of labels, one of them too low
DRIVER_DISPATCH label_chain_bad;
NTSTATUS label_chain_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status;
  PVOID Memory = NULL;
  KIRQL Irql;
  (void)Irp;
  LOCK(Ext, &Irql);
  Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, Ext->Length, 'dleF');
  if (!Memory) {
    Status = STATUS_INSUFFICIENT_RESOURCES;
    goto Exit;
  }
  Status = Transfer(Ext, Ext->Length);
  if (!NT_SUCCESS(Status))
    goto Unlock;
  Ext->Buffer = Memory;
  Memory = NULL;
Unlock:
  UNLOCK(Ext, Irql);
Exit:
  if (Memory)
    ExFreePool(Memory);
  return Status; // expected-warning {{spin lock 'Ext->Lock' is still held when 'label_chain_bad' returns; acquired by 'KeAcquireSpinLock'}}
}
DRIVER_DISPATCH label_chain_good;
NTSTATUS label_chain_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status;
  PVOID Memory = NULL;
  KIRQL Irql;
  (void)Irp;
  LOCK(Ext, &Irql);
  Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, Ext->Length, 'dleF');
  if (!Memory) {
    Status = STATUS_INSUFFICIENT_RESOURCES;
    goto Unlock;
  }
  Status = Transfer(Ext, Ext->Length);
  if (!NT_SUCCESS(Status))
    goto Unlock;
  Ext->Buffer = Memory;
  Memory = NULL;
Unlock:
  UNLOCK(Ext, Irql);
  if (Memory)
    ExFreePool(Memory);
  return Status;
}

// ---- break out of a switch within a loop: the release behind the switch is for the
// other cases
DRIVER_DISPATCH switch_in_loop_bad;
NTSTATUS switch_in_loop_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  ULONG I;
  for (I = 0; I < Ext->Count; ++I) {
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    switch (Ext->State) {
    case 0:
      Status = STATUS_DEVICE_NOT_READY;
      break;
    case 1:
      ++Ext->Length;
      KeReleaseSpinLock(&Ext->Lock, Irql);
      break;
    default:
      KeReleaseSpinLock(&Ext->Lock, Irql);
      break;
    }
    if (!NT_SUCCESS(Status))
      break;
  }
  Irp->IoStatus.Status = Status;
  return Status; // expected-warning {{spin lock 'Ext->Lock' is still held when 'switch_in_loop_bad' returns; acquired by 'KeAcquireSpinLock'}}
}
DRIVER_DISPATCH switch_in_loop_good;
NTSTATUS switch_in_loop_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  ULONG I;
  for (I = 0; I < Ext->Count; ++I) {
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    switch (Ext->State) {
    case 0:
      Status = STATUS_DEVICE_NOT_READY;
      break;
    case 1:
      ++Ext->Length;
      break;
    default:
      break;
    }
    KeReleaseSpinLock(&Ext->Lock, Irql);
    if (!NT_SUCCESS(Status))
      break;
  }
  Irp->IoStatus.Status = Status;
  return Status;
}

// ---- continue keeps it, and the next round takes it again
DRIVER_DISPATCH continue_bad;
NTSTATUS continue_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  ULONG I;
  (void)Irp;
  for (I = 0; I < Ext->Count; ++I) {
    KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{spin lock 'Ext->Lock' is acquired again by 'KeAcquireSpinLock' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
    if (Ext->Busy)
      continue;
    Ext->State = I;
    KeReleaseSpinLock(&Ext->Lock, Irql);
  }
  return STATUS_SUCCESS; // expected-warning {{spin lock 'Ext->Lock' is still held when 'continue_bad' returns; acquired by 'KeAcquireSpinLock'}}
}

// ---- __leave and return out of __try whose handler gives back only one of two
DRIVER_DISPATCH leave_bad;
NTSTATUS leave_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  BOOLEAN Owned = FALSE;
  (void)Irp;
  ExAcquireFastMutex(&Ext->Mutex);
  __try {
    Owned = TRUE;
    if (Ext->Removed) {
      Status = STATUS_DELETE_PENDING;
      Owned = FALSE;
      __leave;
    }
    Status = Transfer(Ext, 1);
  } __finally {
    if (Owned)
      ExReleaseFastMutex(&Ext->Mutex);
  }
  return Status; // expected-warning {{fast mutex 'Ext->Mutex' is still held when 'leave_bad' returns; acquired by 'ExAcquireFastMutex'}}
}
DRIVER_DISPATCH leave_good;
NTSTATUS leave_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  BOOLEAN Owned = FALSE;
  (void)Irp;
  __try {
    ExAcquireFastMutex(&Ext->Mutex);
    Owned = TRUE;
    if (Ext->Removed) {
      Status = STATUS_DELETE_PENDING;
      __leave;
    }
    if (Ext->Busy)
      return STATUS_DEVICE_BUSY;
    Status = Transfer(Ext, 1);
  } __finally {
    if (Owned)
      ExReleaseFastMutex(&Ext->Mutex);
  }
  return Status;
}
// An exception filter does not give back what the block took.
DRIVER_DISPATCH except_bad;
NTSTATUS except_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  (void)Irp;
  ExAcquireFastMutex(&Ext->Mutex);
  __try {
    ProbeForRead(Ext->Buffer, Ext->Length, 1);
    ExReleaseFastMutex(&Ext->Mutex);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    Status = GetExceptionCode();
  }
  return Status; // expected-warning {{fast mutex 'Ext->Mutex' is still held when 'except_bad' returns; acquired by 'ExAcquireFastMutex'}}
}
DRIVER_DISPATCH except_good;
NTSTATUS except_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  (void)Irp;
  ExAcquireFastMutex(&Ext->Mutex);
  __try {
    ProbeForRead(Ext->Buffer, Ext->Length, 1);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    Status = GetExceptionCode();
  }
  ExReleaseFastMutex(&Ext->Mutex);
  return Status;
}

// ---- a helper: all exits but one give it up
static NTSTATUS helper_early_bad(PDEVICE_EXTENSION Ext, ULONG Length) {
  PVOID Memory;
  VCB_LOCK(Ext);
  Memory = ExAllocatePool2(POOL_FLAG_PAGED, Length, 'dleF');
  if (!Memory)
    return STATUS_INSUFFICIENT_RESOURCES; // expected-warning {{executive resource 'Ext->Resource' is still held when 'helper_early_bad' returns; acquired by 'ExAcquireResourceExclusiveLite'}}
  Ext->Buffer = Memory;
  VCB_UNLOCK(Ext);
  return STATUS_SUCCESS;
}
static NTSTATUS helper_early_good(PDEVICE_EXTENSION Ext, ULONG Length) {
  PVOID Memory;
  VCB_LOCK(Ext);
  Memory = ExAllocatePool2(POOL_FLAG_PAGED, Length, 'dleF');
  if (!Memory) {
    VCB_UNLOCK(Ext);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  Ext->Buffer = Memory;
  VCB_UNLOCK(Ext);
  return STATUS_SUCCESS;
}
NTSTATUS useHelpers(PDEVICE_EXTENSION Ext) {
  if (Ext->Busy)
    return helper_early_bad(Ext, 1);
  return helper_early_good(Ext, 1);
}

// ---- the lock of a list entry, kept on the way out of the walk
static PCLIENT findClient(PDEVICE_EXTENSION Ext, ULONG Id) {
  PLIST_ENTRY Link;
  for (Link = Ext->Clients.Flink; Link != &Ext->Clients; Link = Link->Flink) {
    PCLIENT Client = CONTAINING_RECORD(Link, CLIENT, Link);
    if (Client->Id == Id)
      return Client;
  }
  return NULL;
}
DRIVER_DISPATCH list_bad;
NTSTATUS list_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  PCLIENT Client;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->QueueLock, &Irql);
  Client = findClient(Ext, 4);
  if (!Client)
    return STATUS_NOT_FOUND; // expected-warning {{spin lock 'Ext->QueueLock' is still held when 'list_bad' returns; acquired by 'KeAcquireSpinLock'}}
  Client->State = 1;
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH list_good;
NTSTATUS list_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  PCLIENT Client;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->QueueLock, &Irql);
  Client = findClient(Ext, 4);
  if (Client)
    Client->State = 1;
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
  return Client ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}

// ---- do { } while (FALSE) with the release inside
DRIVER_DISPATCH block_bad;
NTSTATUS block_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status;
  (void)Irp;
  do {
    KeWaitForSingleObject(&Ext->Semaphore, Executive, KernelMode, FALSE, NULL);
    Status = Transfer(Ext, 2);
    if (!NT_SUCCESS(Status))
      break;
    KeReleaseMutex(&Ext->Semaphore, FALSE);
  } while (FALSE);
  return Status; // expected-warning {{kernel mutex 'Ext->Semaphore' is still held when 'block_bad' returns; acquired by 'KeWaitForSingleObject'}}
}

// ---- the error of a second acquisition
DRIVER_DISPATCH second_fails_bad;
NTSTATUS second_fails_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  ExAcquireFastMutex(&Ext->Mutex);
  if (!ExTryToAcquireFastMutex(&((PDEVICE_EXTENSION)Device->AttachedDevice->DeviceExtension)->Mutex))
    return STATUS_DEVICE_BUSY; // expected-warning {{fast mutex 'Ext->Mutex' is still held when 'second_fails_bad' returns; acquired by 'ExAcquireFastMutex'}}
  ExReleaseFastMutex(&((PDEVICE_EXTENSION)Device->AttachedDevice->DeviceExtension)->Mutex);
  ExReleaseFastMutex(&Ext->Mutex);
  return STATUS_SUCCESS;
}

// ---- two levels of helpers, the inner one keeps it on failure, nobody gives it up
static NTSTATUS beginTransfer(PDEVICE_EXTENSION Ext, PKIRQL Irql) {
  KeAcquireSpinLock(&Ext->Lock, Irql);
  if (Ext->Removed)
    return STATUS_DELETE_PENDING;
  return STATUS_SUCCESS;
}
static NTSTATUS startTransfer(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  NTSTATUS Status = beginTransfer(Ext, &Irql);
  if (!NT_SUCCESS(Status))
    return Status; // expected-warning {{spin lock 'Ext->Lock' is still held when 'startTransfer' returns; acquired by 'KeAcquireSpinLock'}}
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH two_deep_bad;
NTSTATUS two_deep_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  (void)Irp;
  return startTransfer(Device->DeviceExtension);
}
