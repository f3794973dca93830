// Correct code that naive tools report, in the shapes that drivers have. All of it must
// stay silent.
// RUN: %verify %s
// expected-no-diagnostics
#include <ntifs.h>

typedef struct _REQUEST {
  LIST_ENTRY Link;
  KSPIN_LOCK Lock;
  KIRQL Irql;
  ULONG Id;
} REQUEST, *PREQUEST;

typedef struct _FCB {
  ERESOURCE Resource, PagingIo;
  LIST_ENTRY Link;
  ULONG Flags;
} FCB, *PFCB;

#define ADAPTER_NO_RAISE 1
#define ADAPTER_TWO_LOCKS 2

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, QueueLock, MessageLocks[16];
  KSPIN_LOCK StartIoLock;
  FAST_MUTEX Mutex;
  ERESOURCE Resource;
  KEVENT Event;
  KDPC Dpc;
  KTIMER Timer;
  LIST_ENTRY Requests, Fcbs;
  PREQUEST Current;
  PKTHREAD Owner;
  KIRQL SavedIrql;
  ULONG Count, Flags, State, Channels;
  BOOLEAN Removed, Busy, LockHeld, AtDispatch;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

NTSTATUS Transfer(PDEVICE_EXTENSION Ext, ULONG Length);
VOID Trace(PDEVICE_EXTENSION Ext);

// ---- locks held at return by contract ----------------------------------------------
// The cache manager's callbacks, registered in a table.
BOOLEAN acquireForLazyWrite(PVOID Context, BOOLEAN Wait) {
  PFCB Fcb = Context;
  if (!ExAcquireResourceSharedLite(&Fcb->PagingIo, Wait))
    return FALSE;
  IoSetTopLevelIrp((PIRP)FSRTL_CACHE_TOP_LEVEL_IRP);
  return TRUE;
}
VOID releaseFromLazyWrite(PVOID Context) {
  PFCB Fcb = Context;
  IoSetTopLevelIrp(NULL);
  ExReleaseResourceLite(&Fcb->PagingIo);
}
CACHE_MANAGER_CALLBACKS Callbacks = {acquireForLazyWrite, releaseFromLazyWrite,
                                     acquireForLazyWrite, releaseFromLazyWrite};

IO_CSQ_ACQUIRE_LOCK csqAcquire;
VOID csqAcquire(PIO_CSQ Csq, PKIRQL Irql) {
  PDEVICE_EXTENSION Ext = (PDEVICE_EXTENSION)Csq;
  KeAcquireSpinLock(&Ext->QueueLock, Irql);
}
IO_CSQ_RELEASE_LOCK csqRelease;
VOID csqRelease(PIO_CSQ Csq, KIRQL Irql) {
  PDEVICE_EXTENSION Ext = (PDEVICE_EXTENSION)Csq;
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
}

// Finds an entry of a circular list and returns with its lock.
static PREQUEST findAndLock(PDEVICE_EXTENSION Ext, ULONG Id, PKIRQL Irql) {
  PLIST_ENTRY Link;
  KeAcquireSpinLock(&Ext->QueueLock, Irql);
  for (Link = Ext->Requests.Flink; Link != &Ext->Requests; Link = Link->Flink) {
    PREQUEST Request = CONTAINING_RECORD(Link, REQUEST, Link);
    if (Request->Id == Id)
      return Request;
  }
  KeReleaseSpinLock(&Ext->QueueLock, *Irql);
  return NULL;
}
IO_WORKITEM_ROUTINE find_and_lock;
void find_and_lock(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  PREQUEST Request;
  KIRQL Irql;
  (void)Device;
  Request = findAndLock(Ext, 7, &Irql);
  if (!Request)
    return;
  Request->Id = 0;
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
}
// The link is the first member, so a link that is not null is a request that is not.
static PREQUEST nextRequest(PDEVICE_EXTENSION Ext) {
  PREQUEST Found = NULL;
  if (!IsListEmpty(&Ext->Requests))
    Found = CONTAINING_RECORD(RemoveHeadList(&Ext->Requests), REQUEST, Link);
  return Found;
}
IO_WORKITEM_ROUTINE drain;
void drain(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  PREQUEST Request;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->QueueLock, &Irql);
  while ((Request = nextRequest(Ext)) != NULL) {
    KeReleaseSpinLock(&Ext->QueueLock, Irql);
    ExFreePool(Request);
    KeAcquireSpinLock(&Ext->QueueLock, &Irql);
  }
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
}

// Ownership is handed to a work item: the resource stays held for another owner.
static VOID handOver(PDEVICE_EXTENSION Ext, BOOLEAN Post) {
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  if (Post) {
    ExSetResourceOwnerPointer(&Ext->Resource, (PVOID)((ULONG_PTR)Ext | 3));
    KeSetEvent(&Ext->Event, 0, FALSE);
    return;
  }
  ExReleaseResourceLite(&Ext->Resource);
}
VOID useHandOver(PDEVICE_EXTENSION Ext) { handOver(Ext, Ext->Busy); }

// ---- releases that are guarded -----------------------------------------------------
DRIVER_DISPATCH flag;
NTSTATUS flag(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Release = FALSE;
  NTSTATUS Status = STATUS_SUCCESS;
  __try {
    ExAcquireFastMutex(&Ext->Mutex);
    Release = TRUE;
    if (Ext->Removed)
      return STATUS_DELETE_PENDING;
    Status = Transfer(Ext, 1);
    if (Status == STATUS_PENDING) {
      ExReleaseFastMutex(&Ext->Mutex);
      Release = FALSE;
    }
  } __finally {
    if (Release)
      ExReleaseFastMutex(&Ext->Mutex);
    Irp->IoStatus.Status = Status;
  }
  return Status;
}
DRIVER_DISPATCH inverted_flag;
NTSTATUS inverted_flag(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN AlreadyReleased = FALSE;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Busy) {
    KeReleaseSpinLock(&Ext->Lock, Irql);
    AlreadyReleased = TRUE;
    Transfer(Ext, 1);
  }
  Irp->IoStatus.Information = 0;
  if (!AlreadyReleased)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}
// An ownership query decides.
static VOID flushFcb(PDEVICE_EXTENSION Ext, PFCB Fcb) {
  BOOLEAN Acquired = FALSE;
  if (!ExIsResourceAcquiredExclusiveLite(&Fcb->Resource)) {
    ExAcquireResourceExclusiveLite(&Fcb->Resource, TRUE);
    Acquired = TRUE;
  }
  Trace(Ext);
  if (Acquired)
    ExReleaseResourceLite(&Fcb->Resource);
}
static NTSTATUS cleanUp(PDEVICE_EXTENSION Ext, PFCB Fcb) {
  NTSTATUS Status = STATUS_SUCCESS;
  __try {
    ExAcquireResourceSharedLite(&Fcb->Resource, TRUE);
    Status = Transfer(Ext, 3);
    if (!NT_SUCCESS(Status))
      __leave;
    ExReleaseResourceLite(&Fcb->Resource);
    flushFcb(Ext, Fcb);
  } __finally {
    if (ExIsResourceAcquiredSharedLite(&Fcb->Resource))
      ExReleaseResourceLite(&Fcb->Resource);
  }
  return Status;
}
NTSTATUS useCleanUp(PDEVICE_EXTENSION Ext, PFCB Fcb) { return cleanUp(Ext, Fcb); }
// The caller says that it holds the lock.
static NTSTATUS setState(PDEVICE_EXTENSION Ext, ULONG State, BOOLEAN CallerHoldsLock) {
  KIRQL Irql = 0;
  if (!CallerHoldsLock)
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->State == State) {
    if (!CallerHoldsLock)
      KeReleaseSpinLock(&Ext->Lock, Irql);
    return STATUS_NO_MORE_ENTRIES;
  }
  Ext->State = State;
  if (!CallerHoldsLock)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH caller_holds;
NTSTATUS caller_holds(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  setState(Ext, 1, FALSE);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  setState(Ext, 2, TRUE);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return setState(Ext, 3, FALSE);
}
// This thread owns it already: remembered in a member.
DRIVER_DISPATCH owner_member;
NTSTATUS owner_member(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Took = FALSE;
  (void)Irp;
  if (Ext->Owner != KeGetCurrentThread()) {
    ExAcquireFastMutex(&Ext->Mutex);
    Ext->Owner = KeGetCurrentThread();
    Took = TRUE;
  }
  Transfer(Ext, 1);
  if (Took) {
    Ext->Owner = NULL;
    ExReleaseFastMutex(&Ext->Mutex);
  }
  return STATUS_SUCCESS;
}

// ---- dropped around a wait ---------------------------------------------------------
static VOID waitUnlocked(PDEVICE_EXTENSION Ext, PKIRQL Irql) {
  KeReleaseSpinLock(&Ext->Lock, *Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  KeAcquireSpinLock(&Ext->Lock, Irql);
}
IO_WORKITEM_ROUTINE drop_and_retake;
void drop_and_retake(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  while (Ext->Busy && !Ext->Removed)
    waitUnlocked(Ext, &Irql);
  Ext->Busy = TRUE;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// The same in a helper, for the resource of its caller, with exits of its own.
static NTSTATUS waitForSpace(PDEVICE_EXTENSION Ext) {
  ExReleaseResourceLite(&Ext->Resource);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  return Ext->Removed ? STATUS_DELETE_PENDING : STATUS_SUCCESS;
}
static NTSTATUS writeAll(PDEVICE_EXTENSION Ext) {
  NTSTATUS Status;
  ULONG I;
  for (I = 0; I < Ext->Count; ++I) {
    if (Ext->Busy) {
      Status = waitForSpace(Ext);
      if (!NT_SUCCESS(Status))
        return Status;
    }
    Status = Transfer(Ext, I);
    if (!NT_SUCCESS(Status))
      return Status;
  }
  return STATUS_SUCCESS;
}
NTSTATUS writeUnderResource(PDEVICE_EXTENSION Ext) {
  NTSTATUS Status;
  KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  Status = writeAll(Ext);
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
  return Status;
}
// A routine of another file takes an object over with its lock if it succeeds.
NTSTATUS UseFcb(PFCB Fcb);
static NTSTATUS useAnyFcb(PDEVICE_EXTENSION Ext, ULONG Flags) {
  NTSTATUS Status;
  PLIST_ENTRY Link;
  PFCB Fcb;
  for (Link = Ext->Fcbs.Flink; Link != &Ext->Fcbs; Link = Link->Flink) {
    Fcb = CONTAINING_RECORD(Link, FCB, Link);
    ExAcquireResourceExclusiveLite(&Fcb->Resource, TRUE);
    if (Fcb->Flags == Flags) {
      Status = UseFcb(Fcb);
      if (NT_SUCCESS(Status))
        return STATUS_SUCCESS;
      if (Status != STATUS_DISK_FULL) {
        ExReleaseResourceLite(&Fcb->Resource);
        return Status;
      }
    }
    ExReleaseResourceLite(&Fcb->Resource);
  }
  return STATUS_DISK_FULL;
}
NTSTATUS callUseAnyFcb(PDEVICE_EXTENSION Ext) { return useAnyFcb(Ext, 2); }

// A helper with many ways to fail, each with a status of its own, that gives the lock up
// when it succeeds, and takes it back for its caller when that is too late.
BOOLEAN Reserve(PFCB Fcb, PULONG Where);
NTSTATUS Account(PFCB Fcb, ULONG Where);
NTSTATUS Store(PDEVICE_EXTENSION Ext, ULONG Where, PVOID Data);
static NTSTATUS storeInFcb(PDEVICE_EXTENSION Ext, PFCB Fcb, PVOID Data, BOOLEAN Checked) {
  PVOID Record, Sum = NULL;
  NTSTATUS Status;
  ULONG Where;
  if (!Reserve(Fcb, &Where))
    return STATUS_DISK_FULL;
  Record = ExAllocatePool2(POOL_FLAG_PAGED, 64, 'dleF');
  if (!Record)
    return STATUS_INSUFFICIENT_RESOURCES;
  if (Checked && Data && !(Ext->Flags & 1)) {
    Sum = ExAllocatePool2(POOL_FLAG_PAGED, Where, 'dleF');
    if (!Sum) {
      ExFreePool(Record);
      return STATUS_NO_MEMORY;
    }
  }
  Status = Account(Fcb, Where);
  if (Sum)
    ExFreePool(Sum);
  ExFreePool(Record);
  if (!NT_SUCCESS(Status))
    return Status;
  ExReleaseResourceLite(&Fcb->Resource);
  if (Data) {
    Status = Store(Ext, Where, Data);
    if (!NT_SUCCESS(Status)) {
      ExAcquireResourceExclusiveLite(&Fcb->Resource, TRUE);
      return Status;
    }
  }
  return STATUS_SUCCESS;
}
NTSTATUS storeAnywhere(PDEVICE_EXTENSION Ext, ULONG Left, PUCHAR Data, BOOLEAN Checked) {
  NTSTATUS Status;
  PLIST_ENTRY Link = Ext->Fcbs.Flink;
  while (Link != &Ext->Fcbs) {
    PFCB Fcb = CONTAINING_RECORD(Link, FCB, Link);
    if (!(Fcb->Flags & 2)) {
      ExAcquireResourceExclusiveLite(&Fcb->Resource, TRUE);
      while (Fcb->Flags && Left > 0) {
        Status = storeInFcb(Ext, Fcb, Data, Checked);
        if (NT_SUCCESS(Status)) {
          --Left;
          if (Data)
            ++Data;
          ExAcquireResourceExclusiveLite(&Fcb->Resource, TRUE);
        } else if (Status != STATUS_DISK_FULL) {
          ExReleaseResourceLite(&Fcb->Resource);
          return Status;
        }
      }
      ExReleaseResourceLite(&Fcb->Resource);
      if (Left == 0)
        break;
    }
    Link = Link->Flink;
  }
  return Left == 0 ? STATUS_SUCCESS : STATUS_DISK_FULL;
}

// ---- both forms chosen by the same thing -------------------------------------------
DRIVER_DISPATCH by_level;
NTSTATUS by_level(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql = KeGetCurrentIrql(), Old = 0;
  (void)Irp;
  if (Irql == DISPATCH_LEVEL)
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  else
    KeAcquireSpinLock(&Ext->Lock, &Old);
  Trace(Ext);
  if (Irql == DISPATCH_LEVEL)
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
  else
    KeReleaseSpinLock(&Ext->Lock, Old);
  return STATUS_SUCCESS;
}
#define ACQUIRE_LOCK(L, I, D) ((D) ? KeAcquireSpinLockAtDpcLevel(L) : (void)(*(I) = KeAcquireSpinLockRaiseToDpc(L)))
#define RELEASE_LOCK(L, I, D) ((D) ? KeReleaseSpinLockFromDpcLevel(L) : KeReleaseSpinLock(L, I))
static ULONG countRequests(PDEVICE_EXTENSION Ext, BOOLEAN Dispatch) {
  PLIST_ENTRY Link;
  ULONG N = 0;
  KIRQL Irql = 0;
  ACQUIRE_LOCK(&Ext->QueueLock, &Irql, Dispatch);
  for (Link = Ext->Requests.Flink; Link != &Ext->Requests; Link = Link->Flink)
    ++N;
  RELEASE_LOCK(&Ext->QueueLock, Irql, Dispatch);
  return N;
}
KDEFERRED_ROUTINE form_by_argument;
void form_by_argument(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  (void)Dpc, (void)A, (void)B;
  countRequests(Context, TRUE);
}
IO_WORKITEM_ROUTINE form_by_argument_below;
void form_by_argument_below(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  countRequests(Context, FALSE);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
// One lock or another: an adapter's setting and a number out of memory.
static VOID lockForMessage(PDEVICE_EXTENSION Ext, ULONG Message, PKIRQL Irql) {
  if ((Ext->Flags & ADAPTER_TWO_LOCKS) && Message < 16)
    KeAcquireSpinLock(&Ext->MessageLocks[Message], Irql);
  else
    KeAcquireSpinLock(&Ext->StartIoLock, Irql);
}
static VOID unlockForMessage(PDEVICE_EXTENSION Ext, ULONG Message, KIRQL Irql) {
  if ((Ext->Flags & ADAPTER_TWO_LOCKS) && Message < 16)
    KeReleaseSpinLock(&Ext->MessageLocks[Message], Irql);
  else
    KeReleaseSpinLock(&Ext->StartIoLock, Irql);
}
DRIVER_DISPATCH lock_by_message;
NTSTATUS lock_by_message(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  lockForMessage(Ext, Ext->Current->Id, &Irql);
  Trace(Ext);
  unlockForMessage(Ext, Ext->Current->Id, Irql);
  return STATUS_SUCCESS;
}

// Two ways to the one lock, one to the other, and a loop that makes many paths between.
static __inline VOID zeroBytes(PCHAR Bytes, ULONG Size) {
  ULONG I;
  for (I = 0; I < Size; ++I)
    Bytes[I] = 0;
}
static __inline VOID lockPort(PDEVICE_EXTENSION Ext, ULONG Port, PKIRQL Irql) {
  if (!(Ext->Flags & ADAPTER_TWO_LOCKS) || Port == MAXULONG)
    KeAcquireSpinLock(&Ext->StartIoLock, Irql);
  else
    KeAcquireSpinLock(&Ext->MessageLocks[Port], Irql);
}
static __inline VOID unlockPort(PDEVICE_EXTENSION Ext, ULONG Port, KIRQL Irql) {
  if (!(Ext->Flags & ADAPTER_TWO_LOCKS) || Port == MAXULONG)
    KeReleaseSpinLock(&Ext->StartIoLock, Irql);
  else
    KeReleaseSpinLock(&Ext->MessageLocks[Port], Irql);
}
DRIVER_DISPATCH lock_by_port;
NTSTATUS lock_by_port(PDEVICE_OBJECT Device, PIRP Irp) {
  PREQUEST Request = Device->DeviceExtension;
  PDEVICE_EXTENSION Ext = (PDEVICE_EXTENSION)Device->AttachedDevice->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  lockPort(Ext, Request->Id, &Irql);
  if (Ext->Count > 0)
    zeroBytes((PCHAR)&Ext->Dpc, sizeof(Ext->Dpc));
  if (Ext->State & 3)
    ++Ext->Channels;
  unlockPort(Ext, Request->Id, Irql);
  return STATUS_SUCCESS;
}

// ---- saved level in a member or returned -------------------------------------------
static VOID lockDevice(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->SavedIrql = Irql;
}
static VOID unlockDevice(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = Ext->SavedIrql;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
static KIRQL lockQueue(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->QueueLock, &Irql);
  return Irql;
}
IO_WORKITEM_ROUTINE saved_elsewhere;
void saved_elsewhere(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  lockDevice(Ext);
  Trace(Ext);
  unlockDevice(Ext);
  Irql = lockQueue(Ext);
  Trace(Ext);
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}

// ---- DPC-level forms that are right ------------------------------------------------
KDEFERRED_ROUTINE dpc_forms;
void dpc_forms(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Dpc, (void)A, (void)B;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  KeAcquireSpinLock(&Ext->QueueLock, &Irql); // the plain form is legal, too
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
static VOID under(PDEVICE_EXTENSION Ext) {
  KeAcquireSpinLockAtDpcLevel(&Ext->QueueLock);
  ++Ext->Count;
  KeReleaseSpinLockFromDpcLevel(&Ext->QueueLock);
}
IO_WORKITEM_ROUTINE outer_lock;
void outer_lock(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  under(Ext);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// ---- try-acquire -------------------------------------------------------------------
DRIVER_DISPATCH region_on_failure;
NTSTATUS region_on_failure(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  if (!ExAcquireResourceExclusiveLite(&Ext->Resource, FALSE)) {
    KeLeaveCriticalRegion();
    return STATUS_CANT_WAIT;
  }
  Transfer(Ext, 1);
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}

// ---- waits -------------------------------------------------------------------------
KDEFERRED_ROUTINE poll;
void poll(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  LARGE_INTEGER Zero;
  (void)Dpc, (void)A, (void)B;
  Zero.QuadPart = 0;
  if (KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, &Zero) == STATUS_TIMEOUT)
    ++Ext->Count;
}
static KMUTEX Mutex;
DRIVER_DISPATCH timeout;
NTSTATUS timeout(PDEVICE_OBJECT Device, PIRP Irp) {
  LARGE_INTEGER Second;
  NTSTATUS Status;
  (void)Device, (void)Irp;
  Second.QuadPart = -10000000;
  Status = KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, &Second);
  if (Status != STATUS_SUCCESS)
    return Status;
  Transfer(Device->DeviceExtension, 1);
  KeReleaseMutex(&Mutex, FALSE);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH timeout_first;
NTSTATUS timeout_first(PDEVICE_OBJECT Device, PIRP Irp) {
  LARGE_INTEGER Second;
  NTSTATUS Status;
  (void)Irp;
  Second.QuadPart = -10000000;
  Status = KeWaitForSingleObject(&Mutex, Executive, KernelMode, TRUE, &Second);
  if (Status == STATUS_TIMEOUT || Status == STATUS_ALERTED || Status == STATUS_USER_APC)
    return STATUS_IO_TIMEOUT;
  if (NT_SUCCESS(Status)) {
    Transfer(Device->DeviceExtension, 1);
    KeReleaseMutex(&Mutex, FALSE);
  }
  return Status;
}

// ---- raise only if lower -----------------------------------------------------------
DRIVER_DISPATCH raise_if_lower;
NTSTATUS raise_if_lower(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Old = KeGetCurrentIrql();
  (void)Irp;
  if (Old < DISPATCH_LEVEL)
    KeRaiseIrql(DISPATCH_LEVEL, &Old);
  Trace(Ext);
  if (Old < DISPATCH_LEVEL)
    KeLowerIrql(Old);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH raise_with_flag;
NTSTATUS raise_with_flag(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Raised = FALSE;
  KIRQL Old = 0;
  (void)Irp;
  if (KeGetCurrentIrql() < DISPATCH_LEVEL) {
    KeRaiseIrql(DISPATCH_LEVEL, &Old);
    Raised = TRUE;
  }
  under(Ext);
  if (Raised)
    KeLowerIrql(Old);
  return STATUS_SUCCESS;
}
static KIRQL raiseToDispatch(VOID) {
  KIRQL Old = KeGetCurrentIrql();
  if (Old < DISPATCH_LEVEL)
    KeRaiseIrql(DISPATCH_LEVEL, &Old);
  return Old;
}
DRIVER_DISPATCH raise_helper;
NTSTATUS raise_helper(PDEVICE_OBJECT Device, PIRP Irp) {
  KIRQL Old = raiseToDispatch();
  (void)Irp;
  under(Device->DeviceExtension);
  KeLowerIrql(Old);
  return STATUS_SUCCESS;
}

// ---- arrays ------------------------------------------------------------------------
static VOID lockAll(PDEVICE_EXTENSION Ext) {
  ULONG I;
  KeAcquireSpinLock(&Ext->MessageLocks[0], &Ext->SavedIrql);
  for (I = 1; I < Ext->Channels; ++I)
    KeAcquireSpinLockAtDpcLevel(&Ext->MessageLocks[I]);
}
static VOID unlockAll(PDEVICE_EXTENSION Ext) {
  ULONG I;
  for (I = Ext->Channels; I-- > 1;)
    KeReleaseSpinLockFromDpcLevel(&Ext->MessageLocks[I]);
  KeReleaseSpinLock(&Ext->MessageLocks[0], Ext->SavedIrql);
}
IO_WORKITEM_ROUTINE all_channels;
void all_channels(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  lockAll(Ext);
  ++Ext->Count;
  unlockAll(Ext);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
// The resources of all files, and back.
static NTSTATUS acquireAllFcbs(PDEVICE_EXTENSION Ext) {
  PLIST_ENTRY Link;
  for (Link = Ext->Fcbs.Flink; Link != &Ext->Fcbs; Link = Link->Flink)
    ExAcquireResourceExclusiveLite(&CONTAINING_RECORD(Link, FCB, Link)->Resource, TRUE);
  return STATUS_SUCCESS;
}
static VOID releaseAllFcbs(PDEVICE_EXTENSION Ext) {
  PLIST_ENTRY Link;
  for (Link = Ext->Fcbs.Flink; Link != &Ext->Fcbs; Link = Link->Flink)
    ExReleaseResourceLite(&CONTAINING_RECORD(Link, FCB, Link)->Resource);
}
VOID lockVolume(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  acquireAllFcbs(Ext);
  Trace(Ext);
  releaseAllFcbs(Ext);
  KeLeaveCriticalRegion();
}
