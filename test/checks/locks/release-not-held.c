// release-not-held: a lock is released that this path does not hold.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, Other;
  FAST_MUTEX Mutex;
  EX_SPIN_LOCK Table;
  LIST_ENTRY List;
  ULONG Count;
  BOOLEAN Busy;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

void twice_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
}
void once_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void sometimes_twice_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Busy)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
}
void wrong_lock_bad(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Lock, &A);
  KeReleaseSpinLock(&Ext->Lock, A);
  KeAcquireSpinLock(&Ext->Other, &A);
  KeReleaseSpinLock(&Ext->Lock, A); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
  KeReleaseSpinLock(&Ext->Other, A);
}

// An entry point begins with nothing held: releasing what it never took.
DRIVER_DISPATCH never_taken_bad;
NTSTATUS never_taken_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql = PASSIVE_LEVEL;
  NTSTATUS Status = STATUS_SUCCESS;
  (void)Irp;
  if (Ext->Busy) {
    Status = STATUS_DEVICE_BUSY;
    goto Exit;
  }
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
Exit:
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was not acquired on this path}}
  return Status;
}
// A helper may release its caller's lock.
void releases_for_caller_good(PDEVICE_EXTENSION Ext, KIRQL Irql) {
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
_Releases_lock_(Ext->Lock)
void annotated_good(PDEVICE_EXTENSION Ext, KIRQL Irql) { KeReleaseSpinLock(&Ext->Lock, Irql); }

// The helper released it already, always or on failure only.
static void finish(PDEVICE_EXTENSION Ext, KIRQL Irql) { KeReleaseSpinLock(&Ext->Lock, Irql); }
void helper_released_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  finish(Ext, Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
}
static NTSTATUS startOrRelease(PDEVICE_EXTENSION Ext, KIRQL Irql) {
  if (Ext->Busy) {
    KeReleaseSpinLock(&Ext->Lock, Irql);
    return STATUS_DEVICE_BUSY;
  }
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS on_failure_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  NTSTATUS Status;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Status = startOrRelease(Ext, Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
  return Status;
}
NTSTATUS on_failure_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  NTSTATUS Status;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Status = startOrRelease(Ext, Irql);
  if (NT_SUCCESS(Status))
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return Status;
}
NTSTATUS on_failure_inverted_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  NTSTATUS Status;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Status = startOrRelease(Ext, Irql);
  if (!NT_SUCCESS(Status))
    KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
  return Status;
}

// Try-acquire: the failed way does not hold it.
KDEFERRED_ROUTINE try_bad;
void try_bad(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Object, (void)A, (void)B;
  if (KeTryToAcquireSpinLockAtDpcLevel(&Ext->Lock))
    ++Ext->Count;
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLockFromDpcLevel' on a path on which 'KeTryToAcquireSpinLockAtDpcLevel' failed to acquire it}}
}
KDEFERRED_ROUTINE try_good;
void try_good(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  BOOLEAN Got = KeTryToAcquireSpinLockAtDpcLevel(&Ext->Lock);
  (void)Object, (void)A, (void)B;
  if (Got)
    ++Ext->Count;
  if (!Got)
    return;
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
KDEFERRED_ROUTINE try_inverted_bad;
void try_inverted_bad(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Object, (void)A, (void)B;
  if (!KeTryToAcquireSpinLockAtDpcLevel(&Ext->Lock))
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLockFromDpcLevel' on a path on which 'KeTryToAcquireSpinLockAtDpcLevel' failed to acquire it}}
} // expected-warning {{spin lock 'Ext->Lock' is still held when 'try_inverted_bad' returns; acquired by 'KeTryToAcquireSpinLockAtDpcLevel'}}
void try_mutex_bad(PDEVICE_EXTENSION Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  ExReleaseFastMutex(&Ext->Mutex);
  if (!ExTryToAcquireFastMutex(&Ext->Mutex))
    ExReleaseFastMutex(&Ext->Mutex); // expected-warning {{fast mutex 'Ext->Mutex' is released by 'ExReleaseFastMutex' on a path on which 'ExTryToAcquireFastMutex' failed to acquire it}}
  else
    ExReleaseFastMutex(&Ext->Mutex);
}

// Flags: cleared early, or asked for wrongly.
void flag_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  BOOLEAN Locked = TRUE;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Busy) {
    KeReleaseSpinLock(&Ext->Lock, Irql);
    Locked = FALSE;
  }
  ++Ext->Count;
  if (Locked)
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
void flag_forgotten_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  BOOLEAN Locked = TRUE;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Busy)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  ++Ext->Count;
  if (Locked)
    KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
}

// Loops: released in each turn, taken once.
void loop_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  while (!IsListEmpty(&Ext->List)) {
    RemoveHeadList(&Ext->List);
    KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
  }
} // expected-warning {{spin lock 'Ext->Lock' is still held when 'loop_bad' returns; acquired by 'KeAcquireSpinLock'}}
void loop_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  while (!IsListEmpty(&Ext->List)) {
    RemoveHeadList(&Ext->List);
    KeReleaseSpinLock(&Ext->Lock, Irql);
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

void finally_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  __try {
    ++Ext->Count;
    if (Ext->Busy) {
      KeReleaseSpinLock(&Ext->Lock, Irql);
      __leave;
    }
  } __finally {
    KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock'}}
  }
}

void reader_writer_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  ExReleaseSpinLockShared(&Ext->Table, Irql);
  ExReleaseSpinLockShared(&Ext->Table, Irql); // expected-warning {{reader/writer spin lock 'Ext->Table' is released by 'ExReleaseSpinLockShared' but was released before by 'ExReleaseSpinLockShared'}}
}
