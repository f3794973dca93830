// Taken twice, given up twice, given up as something else.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _ENTRY {
  LIST_ENTRY Link;
  KSPIN_LOCK Lock;
  struct _ENTRY *Next, *Parent;
  ULONG Id;
} ENTRY, *PENTRY;

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, QueueLock;
  EX_SPIN_LOCK Shared;
  FAST_MUTEX Mutex;
  ERESOURCE Resource;
  EX_PUSH_LOCK Push;
  KEVENT Event;
  PENTRY Entries;
  ULONG Count, State;
  BOOLEAN Removed;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

NTSTATUS Transfer(PDEVICE_EXTENSION Ext, ULONG Length);

// ---- a helper takes what its caller holds
static VOID addEntry(PDEVICE_EXTENSION Ext, PENTRY Entry) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->QueueLock, &Irql); // expected-warning {{spin lock 'Ext->QueueLock' is acquired again by 'KeAcquireSpinLock' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  Entry->Next = Ext->Entries;
  Ext->Entries = Entry;
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
}
static VOID requeue(PDEVICE_EXTENSION Ext, PENTRY Entry) {
  Entry->Id = 0;
  addEntry(Ext, Entry);
}
DRIVER_DISPATCH helper_retakes_bad;
NTSTATUS helper_retakes_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->QueueLock, &Irql);
  if (Ext->Entries)
    requeue(Ext, Ext->Entries);
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH helper_after_good;
NTSTATUS helper_after_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  PENTRY Entry;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->QueueLock, &Irql);
  Entry = Ext->Entries;
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
  if (Entry)
    requeue(Ext, Entry);
  return STATUS_SUCCESS;
}

// ---- shared, then exclusive, on one resource
static VOID grow(PDEVICE_EXTENSION Ext) {
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE); // expected-warning {{executive resource 'Ext->Resource' is held shared and is acquired exclusively by 'ExAcquireResourceExclusiveLite'}}
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
}
VOID shared_then_exclusive_bad(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  if (Ext->Count < 10)
    grow(Ext);
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
// Recursion is legal for a resource.
VOID recursive_good(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}

// ---- a helper gives up the caller's lock on failure, and the caller does so again
static NTSTATUS submit(PDEVICE_EXTENSION Ext, KIRQL Irql) {
  if (Ext->Removed) {
    KeReleaseSpinLock(&Ext->Lock, Irql);
    return STATUS_DELETE_PENDING;
  }
  ++Ext->Count;
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH released_by_helper_bad;
NTSTATUS released_by_helper_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Status = submit(Ext, Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
  return Status;
}
DRIVER_DISPATCH released_by_helper_good;
NTSTATUS released_by_helper_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Status = submit(Ext, Irql);
  if (NT_SUCCESS(Status))
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return Status;
}

// ---- in the loop body and once more behind it
DRIVER_DISPATCH twice_behind_loop_bad;
NTSTATUS twice_behind_loop_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  PENTRY E;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  for (E = Ext->Entries; E; E = E->Next) {
    if (E->Id == 3) {
      KeReleaseSpinLock(&Ext->Lock, Irql);
      Transfer(Ext, 1);
      break;
    }
  }
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
  return STATUS_SUCCESS;
}

// ---- the pointer moves between the two
IO_WORKITEM_ROUTINE pointer_moved_bad;
void pointer_moved_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PENTRY Entry = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Entry->Lock, &Irql);
  ++Entry->Id;
  Entry = Entry->Parent;
  KeReleaseSpinLock(&Entry->Lock, Irql); // expected-warning {{spin lock 'Entry->Lock' is released by 'KeReleaseSpinLock' but was not acquired on this path: the pointer has moved on}}
}
IO_WORKITEM_ROUTINE hand_over_hand_good;
void hand_over_hand_good(PDEVICE_OBJECT Device, PVOID Context) {
  PENTRY Entry = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Entry->Lock, &Irql);
  while (Entry->Next) {
    PENTRY Next = Entry->Next;
    KeAcquireSpinLockAtDpcLevel(&Next->Lock);
    KeReleaseSpinLockFromDpcLevel(&Entry->Lock);
    Entry = Next;
  }
  ++Entry->Id;
  KeReleaseSpinLock(&Entry->Lock, Irql);
}

// ---- shared and exclusive holds of a spin lock
VOID released_exclusive_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Shared);
  ++Ext->Count;
  ExReleaseSpinLockExclusive(&Ext->Shared, Irql); // expected-warning {{reader/writer spin lock 'Ext->Shared' is held shared but is released by 'ExReleaseSpinLockExclusive', which gives up an exclusive hold}}
}
VOID released_shared_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockExclusive(&Ext->Shared);
  ++Ext->Count;
  ExReleaseSpinLockShared(&Ext->Shared, Irql); // expected-warning {{is held exclusively but is released by 'ExReleaseSpinLockShared', which gives up a shared hold}}
}
VOID converted_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Shared);
  if (ExTryConvertSharedSpinLockExclusive(&Ext->Shared)) {
    ++Ext->Count;
    ExReleaseSpinLockExclusive(&Ext->Shared, Irql);
    return;
  }
  ExReleaseSpinLockShared(&Ext->Shared, Irql);
}

// ---- the cancel lock
DRIVER_CANCEL cancel_keeps_bad;
void cancel_keeps_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  if (Ext->Removed) {
    Irp->IoStatus.Status = STATUS_CANCELLED;
    return; // expected-warning {{'cancel_keeps_bad' is entered with the cancel spin lock held and returns without releasing it}}
  }
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  KeAcquireSpinLock(&Ext->QueueLock, &Irql);
  --Ext->Count;
  KeReleaseSpinLock(&Ext->QueueLock, Irql);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
