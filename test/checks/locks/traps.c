// Correct code that looks wrong to a tool that follows it less well. All of it must
// stay silent; each has a twin that is wrong, where one exists.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _ENTRY {
  KSPIN_LOCK Lock;
  struct _ENTRY *Next;
  ULONG Count;
} ENTRY, *PENTRY;

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, Reads, Writes, Locks[8];
  PKSPIN_LOCK Shared;
  KIRQL Irql;
  BOOLEAN Locked, Ready, Stopping;
  ULONG Count, Flags;
  KEVENT Event;
  PENTRY Entries;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

#define WAIT(Ext) KeWaitForSingleObject(&(Ext)->Event, Executive, KernelMode, FALSE, NULL)

// All locks of an array, one after the other, and back.
IO_WORKITEM_ROUTINE all_locks_good;
void all_locks_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  LONG I;
  (void)Device;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  for (I = 0; I < 8; ++I)
    KeAcquireSpinLockAtDpcLevel(&Ext->Locks[I]);
  ++Ext->Count;
  for (I = 7; I >= 0; --I)
    KeReleaseSpinLockFromDpcLevel(&Ext->Locks[I]);
  KeLowerIrql(Irql);
}

// Which lock is chosen first; both times by the same variable.
DRIVER_DISPATCH chosen_good;
NTSTATUS chosen_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  PKSPIN_LOCK Lock = Irp->Cancel ? &Ext->Reads : &Ext->Writes;
  KIRQL Irql;
  KeAcquireSpinLock(Lock, &Irql);
  ++Ext->Count;
  KeReleaseSpinLock(Lock, Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH chosen_null_good;
NTSTATUS chosen_null_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  PKSPIN_LOCK Lock = Irp->Cancel ? &Ext->Reads : NULL;
  KIRQL Irql = PASSIVE_LEVEL;
  if (Lock)
    KeAcquireSpinLock(Lock, &Irql);
  ++Ext->Count;
  if (Lock)
    KeReleaseSpinLock(Lock, Irql);
  return STATUS_SUCCESS;
}
// The lock belongs to another object, reached through a pointer each time.
DRIVER_DISPATCH shared_pointer_good;
NTSTATUS shared_pointer_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(Ext->Shared, &Irql);
  DbgPrint("count %u\n", Ext->Count);
  KeReleaseSpinLock(Ext->Shared, Irql);
  return STATUS_SUCCESS;
}
// The flag and the saved level live in the structure, across helpers.
static void lockExt(PDEVICE_EXTENSION Ext) {
  KeAcquireSpinLock(&Ext->Lock, &Ext->Irql);
  Ext->Locked = TRUE;
}
static void unlockExt(PDEVICE_EXTENSION Ext) {
  Ext->Locked = FALSE;
  KeReleaseSpinLock(&Ext->Lock, Ext->Irql);
}
DRIVER_DISPATCH flag_in_structure_good;
NTSTATUS flag_in_structure_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  lockExt(Ext);
  if (Irp->Cancel)
    unlockExt(Ext);
  if (Ext->Locked)
    unlockExt(Ext);
  return STATUS_SUCCESS;
}

// An opaque call in between may change the memory, not the lock.
extern void TraceSomething(PDEVICE_EXTENSION Ext);
DRIVER_DISPATCH opaque_between_good;
NTSTATUS opaque_between_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  BOOLEAN Locked = FALSE;
  KIRQL Irql = PASSIVE_LEVEL;
  (void)Irp;
  if (Ext->Ready) {
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    Locked = TRUE;
  }
  TraceSomething(Ext);
  if (Locked)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}

// A state machine: taken in one case, given back in the next.
DRIVER_DISPATCH state_machine_good;
NTSTATUS state_machine_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  enum { Begin, Locked, Done } State = Begin;
  KIRQL Irql = PASSIVE_LEVEL;
  (void)Irp;
  while (State != Done) {
    switch (State) {
    case Begin:
      KeAcquireSpinLock(&Ext->Lock, &Irql);
      State = Locked;
      break;
    case Locked:
      ++Ext->Count;
      KeReleaseSpinLock(&Ext->Lock, Irql);
      State = Done;
      break;
    default:
      break;
    }
  }
  WAIT(Ext);
  return STATUS_SUCCESS;
}

// A list walked under its lock, the lock of each entry taken and given back.
DRIVER_DISPATCH walk_good;
NTSTATUS walk_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  PENTRY Entry;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  for (Entry = Ext->Entries; Entry; Entry = Entry->Next) {
    KeAcquireSpinLockAtDpcLevel(&Entry->Lock);
    if (Entry->Count == 3) {
      KeReleaseSpinLockFromDpcLevel(&Entry->Lock);
      break;
    }
    ++Entry->Count;
    KeReleaseSpinLockFromDpcLevel(&Entry->Lock);
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return Entry ? STATUS_SUCCESS : STATUS_NOT_FOUND;
}
DRIVER_DISPATCH walk_bad;
NTSTATUS walk_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  PENTRY Entry;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  for (Entry = Ext->Entries; Entry; Entry = Entry->Next) {
    KeAcquireSpinLockAtDpcLevel(&Entry->Lock);
    if (Entry->Count == 3)
      break;
    KeReleaseSpinLockFromDpcLevel(&Entry->Lock);
  }
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{restores the level from before while spin lock 'Entry->Lock' is still held}}
  return STATUS_SUCCESS; // expected-warning {{spin lock 'Entry->Lock' is still held when 'walk_bad' returns; acquired by 'KeAcquireSpinLockAtDpcLevel'}}
}
// Finds an entry and returns it locked, the level in the caller's hands.
static PENTRY findLocked(PDEVICE_EXTENSION Ext, ULONG Count, PKIRQL Irql) {
  PENTRY Entry;
  KeAcquireSpinLock(&Ext->Lock, Irql);
  for (Entry = Ext->Entries; Entry; Entry = Entry->Next) {
    if (Entry->Count == Count) {
      KeAcquireSpinLockAtDpcLevel(&Entry->Lock);
      KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
      return Entry;
    }
  }
  KeReleaseSpinLock(&Ext->Lock, *Irql);
  return NULL;
}
DRIVER_DISPATCH find_locked_good;
NTSTATUS find_locked_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  PENTRY Entry = findLocked(Ext, 5, &Irql);
  (void)Irp;
  if (!Entry)
    return STATUS_NOT_FOUND;
  ++Entry->Count;
  KeReleaseSpinLock(&Entry->Lock, Irql);
  return STATUS_SUCCESS;
}

// Two objects locked in the order of their addresses.
static void lockBoth(PENTRY A, PENTRY B, PKIRQL Irql) {
  if (A < B) {
    KeAcquireSpinLock(&A->Lock, Irql);
    KeAcquireSpinLockAtDpcLevel(&B->Lock);
  } else {
    KeAcquireSpinLock(&B->Lock, Irql);
    KeAcquireSpinLockAtDpcLevel(&A->Lock);
  }
}
static void unlockBoth(PENTRY A, PENTRY B, KIRQL Irql) {
  if (A < B) {
    KeReleaseSpinLockFromDpcLevel(&B->Lock);
    KeReleaseSpinLock(&A->Lock, Irql);
  } else {
    KeReleaseSpinLockFromDpcLevel(&A->Lock);
    KeReleaseSpinLock(&B->Lock, Irql);
  }
}
IO_WORKITEM_ROUTINE lock_both_good;
void lock_both_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  lockBoth(Ext->Entries, Ext->Entries->Next, &Irql);
  ++Ext->Count;
  unlockBoth(Ext->Entries, Ext->Entries->Next, Irql);
  WAIT(Ext);
}

// A wait in a loop, the lock dropped around it, the condition looked at again.
DRIVER_DISPATCH condition_loop_good;
NTSTATUS condition_loop_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  for (;;) {
    if (Ext->Stopping) {
      Status = STATUS_DELETE_PENDING;
      break;
    }
    if (Ext->Ready)
      break;
    KeReleaseSpinLock(&Ext->Lock, Irql);
    Status = WAIT(Ext);
    if (!NT_SUCCESS(Status))
      return Status;
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return Status;
}

// Errors collected in one place, the lock given back by what has been done.
DRIVER_DISPATCH progress_good;
NTSTATUS progress_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_UNSUCCESSFUL;
  KIRQL Irql = PASSIVE_LEVEL;
  ULONG Progress = 0;
  PVOID Memory = NULL;
  (void)Irp;
  do {
    Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 'tseT');
    if (!Memory)
      break;
    Progress = 1;
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    Progress = 2;
    if (Ext->Stopping)
      break;
    ++Ext->Count;
    Status = STATUS_SUCCESS;
  } while (FALSE);
  switch (Progress) {
  case 2:
    KeReleaseSpinLock(&Ext->Lock, Irql);
    // fall through
  case 1:
    ExFreePool(Memory);
    break;
  default:
    break;
  }
  WAIT(Ext);
  return Status;
}
