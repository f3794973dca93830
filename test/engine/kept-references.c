// A reference may go on with what was queued: its queue then gives it up. That shows where giving it
// up depends on whether the call that got a part of its object succeeded, and where one path takes it
// for one item after the other.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _PEER {
  EX_RUNDOWN_REF InUse;
  LIST_ENTRY Entry;
  LIST_ENTRY Items;
  KSPIN_LOCK Lock;
  ULONG Flags;
} PEER, *PPEER;
typedef struct _ITEM {
  struct _ITEM *Next;
  LIST_ENTRY Entry;
} ITEM, *PITEM;

BOOLEAN queueEntry(PLIST_ENTRY Entry);
NTSTATUS prepare(PULONG Flags);
BOOLEAN valid(PITEM Item);
VOID use(PPEER Peer);

VOID queued_good(PPEER Peer) {
  if (!ExAcquireRundownProtection(&Peer->InUse))
    return;
  if (!queueEntry(&Peer->Entry))
    ExReleaseRundownProtection(&Peer->InUse);
}
// Here the call that succeeds is not the end of it.
VOID queued_bad(PPEER Peer) {
  if (!ExAcquireRundownProtection(&Peer->InUse)) // expected-note {{acquired}}
    return;
  if (!NT_SUCCESS(prepare(&Peer->Flags))) // expected-note {{}}
    return; // expected-warning {{run-down protection 'Peer->InUse' is kept when 'queued_bad' returns}}
  use(Peer);
  ExReleaseRundownProtection(&Peer->InUse);
}
VOID prepared_bad(PPEER Peer) {
  if (!ExAcquireRundownProtection(&Peer->InUse)) // expected-note {{acquired}}
    return;
  if (!NT_SUCCESS(prepare(&Peer->Flags))) { // expected-note {{}}
    ExReleaseRundownProtection(&Peer->InUse);
    return;
  }
  if (Peer->Flags == 0) // expected-note {{}}
    return; // expected-warning {{run-down protection 'Peer->InUse' is kept when 'prepared_bad' returns}}
  use(Peer);
  ExReleaseRundownProtection(&Peer->InUse);
}

static NTSTATUS insert(PPEER Peer, PLIST_ENTRY Items, PITEM Item) {
  if (!valid(Item))
    return STATUS_INVALID_PARAMETER;
  KeAcquireSpinLockAtDpcLevel(&Peer->Lock);
  InsertTailList(Items, &Item->Entry);
  KeReleaseSpinLockFromDpcLevel(&Peer->Lock);
  return STATUS_SUCCESS;
}
VOID inserted_good(PPEER Peer, PITEM Item) {
  if (!ExAcquireRundownProtection(&Peer->InUse))
    return;
  if (!NT_SUCCESS(insert(Peer, &Peer->Items, Item)))
    ExReleaseRundownProtection(&Peer->InUse);
}

VOID drop(PPEER Peer, PITEM Item) {
  (void)Item;
  ExReleaseRundownProtection(&Peer->InUse);
}
KDEFERRED_ROUTINE items_good;
VOID items_good(PKDPC Dpc, PVOID Context, PVOID Items, PVOID Two) {
  PPEER Peer = Context;
  PITEM Next;
  (void)Dpc, (void)Two;
  for (PITEM Item = Items; Item; Item = Next) {
    Next = Item->Next;
    if (!ExAcquireRundownProtection(&Peer->InUse))
      continue;
    if (valid(Item)) {
      KeAcquireSpinLockAtDpcLevel(&Peer->Lock);
      InsertTailList(&Peer->Items, &Item->Entry);
      KeReleaseSpinLockFromDpcLevel(&Peer->Lock);
    } else {
      drop(Peer, Item);
    }
  }
}

// Whether a function without a result could take one is not for its caller to know, who gives up its own.
static VOID refresh(PPEER Peer) {
  if (!ExAcquireRundownProtection(&Peer->InUse))
    return;
  use(Peer);
  ExReleaseRundownProtection(&Peer->InUse);
}
VOID refused_good(PPEER Peer) {
  refresh(Peer);
  ExReleaseRundownProtection(&Peer->InUse);
}
VOID refused_bad(PPEER Peer) {
  if (!ExAcquireRundownProtection(&Peer->InUse)) // expected-note {{fails}}
    Peer->Flags = 0;
  use(Peer);
  ExReleaseRundownProtection(&Peer->InUse); // expected-warning {{failed to acquire it}}
}

// Who waits until nobody holds a lock may have handed on what it held itself.
typedef struct _SOCKET_EXT {
  IO_REMOVE_LOCK Lock;
  PDEVICE_OBJECT Lower;
} SOCKET_EXT, *PSOCKET_EXT;
IO_COMPLETION_ROUTINE whenDone; // gives the lock up
VOID close_good(PSOCKET_EXT Ext, PIRP Irp) {
  if (NT_SUCCESS(IoAcquireRemoveLock(&Ext->Lock, Irp))) {
    IoSetCompletionRoutine(Irp, whenDone, Ext, TRUE, TRUE, TRUE);
    IoCallDriver(Ext->Lower, Irp);
  }
  if (NT_SUCCESS(IoAcquireRemoveLock(&Ext->Lock, Ext)))
    IoReleaseRemoveLockAndWait(&Ext->Lock, Ext);
}
VOID close_bad(PSOCKET_EXT Ext, PIRP Irp) {
  if (!NT_SUCCESS(IoAcquireRemoveLock(&Ext->Lock, Irp))) // expected-note 0+ {{}}
    return;
  if (!NT_SUCCESS(IoAcquireRemoveLock(&Ext->Lock, Ext))) { // expected-note 0+ {{}}
    IoReleaseRemoveLock(&Ext->Lock, Irp);
    return;
  }
  IoReleaseRemoveLockAndWait(&Ext->Lock, Ext); // expected-warning {{waits until nobody holds}}
  IoReleaseRemoveLock(&Ext->Lock, Irp);
}

// Who only completes the request that a reference was taken for keeps nothing; who queues it may.
typedef struct _FDO {
  IO_REMOVE_LOCK RemoveLock;
  BOOLEAN Started;
  LIST_ENTRY Queue;
} FDO;
static NTSTATUS completeRequest(PIRP Irp, NTSTATUS Status, ULONG_PTR Information) {
  Irp->IoStatus.Status = Status;
  Irp->IoStatus.Information = Information;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
static NTSTATUS queueRequest(FDO *Fdo, PIRP Irp, NTSTATUS Status) {
  IoMarkIrpPending(Irp);
  Irp->IoStatus.Status = Status;
  InsertTailList(&Fdo->Queue, &Irp->Tail.Overlay.ListEntry);
  return Status;
}
NTSTATUS complete_bad(FDO *Fdo, PIRP Irp) {
  NTSTATUS Status = IoAcquireRemoveLock(&Fdo->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return completeRequest(Irp, Status, 0);
  if (!Fdo->Started)
    return completeRequest(Irp, STATUS_DEVICE_NOT_READY, 0); // expected-warning {{remove lock 'Fdo->RemoveLock' is kept when 'complete_bad' returns}}
  Status = completeRequest(Irp, STATUS_SUCCESS, 0);
  IoReleaseRemoveLock(&Fdo->RemoveLock, Irp);
  return Status;
}
NTSTATUS queue_good(FDO *Fdo, PIRP Irp) {
  NTSTATUS Status = IoAcquireRemoveLock(&Fdo->RemoveLock, Irp);
  if (!NT_SUCCESS(Status))
    return completeRequest(Irp, Status, 0);
  if (!Fdo->Started)
    return queueRequest(Fdo, Irp, STATUS_PENDING);
  Status = completeRequest(Irp, STATUS_SUCCESS, 0);
  IoReleaseRemoveLock(&Fdo->RemoveLock, Irp);
  return Status;
}
