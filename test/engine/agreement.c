// What random programs showed, judged by analysis and by running all their paths
// (test/runtime/agreement): each was a disagreement.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _EXT {
  KSPIN_LOCK Spin;
  KMUTEX Mutex;
  FAST_MUTEX Fast;
  EX_RUNDOWN_REF Rundown;
  ULONG Count, Rounds, State;
  BOOLEAN Busy, Deep;
} EXT, *PEXT;

//===--- wrappers of a mutex that is waited for ------------------------------------===//

static void enter(PEXT Ext) {
  KeWaitForSingleObject(&Ext->Mutex, Executive, KernelMode, FALSE, NULL);
}
static void quit(PEXT Ext) { KeReleaseMutex(&Ext->Mutex, FALSE); }
DRIVER_UNLOAD wrapped_good;
void wrapped_good(PDRIVER_OBJECT Driver) {
  PEXT Ext = Driver->DeviceObject->DeviceExtension;
  enter(Ext);
  ++Ext->Count;
  quit(Ext);
}
DRIVER_UNLOAD wrapped_bad;
void wrapped_bad(PDRIVER_OBJECT Driver) {
  PEXT Ext = Driver->DeviceObject->DeviceExtension;
  enter(Ext);
  if (Ext->Busy)
    return; // expected-warning {{kernel mutex 'Ext->Mutex' is still held when 'wrapped_bad' returns}}
  quit(Ext);
}

//===--- a flag that goes with a lock in a loop, after paths that part for other reasons -===//

IO_WORKITEM_ROUTINE flag_in_loop_good;
void flag_in_loop_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  const BOOLEAN Busy = Ext->Busy;
  const ULONG State = Ext->State;
  ULONG I;
  KLOCK_QUEUE_HANDLE Handle;
  BOOLEAN Has = FALSE;
  (void)Device;
  if (State & 8) {
    ExAcquireFastMutex(&Ext->Fast);
    if (Busy)
      ++Ext->Count;
    ExReleaseFastMutex(&Ext->Fast);
  }
  for (I = 0; I < 2; ++I) {
    if (Busy) {
      KeAcquireInStackQueuedSpinLock(&Ext->Spin, &Handle);
      Has = TRUE;
    }
    if (Has)
      KeReleaseInStackQueuedSpinLock(&Handle);
  }
}
IO_WORKITEM_ROUTINE region_in_loop_good;
void region_in_loop_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  const BOOLEAN Deep = Ext->Deep;
  const ULONG Count = Ext->Count;
  ULONG I;
  BOOLEAN Has = FALSE;
  (void)Device;
  for (I = 0; I < 2; ++I) {
    if (!Deep)
      ++Ext->State;
    if (Count > 7) {
      KeEnterGuardedRegion();
      Has = TRUE;
    }
    if (Has)
      KeLeaveGuardedRegion();
  }
}

//===--- the form that leaves the level raised -------------------------------------===//

// A fast mutex around it needs no more than APC_LEVEL.
void under_fast_mutex_bad(PEXT Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  if (!ExTryToAcquireFastMutex(&Ext->Fast))
    return;
  KeAcquireInStackQueuedSpinLock(&Ext->Spin, &Handle);
  ++Ext->Count;
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle); // expected-warning {{which leaves the level raised}}
  ExReleaseFastMutex(&Ext->Fast); // expected-warning 0+ {{}}
}
// At DISPATCH_LEVEL nothing was raised.
KDEFERRED_ROUTINE raised_nothing_good;
void raised_nothing_good(PKDPC Dpc, PVOID Context, PVOID One, PVOID Two) {
  PEXT Ext = Context;
  KLOCK_QUEUE_HANDLE Handle;
  (void)Dpc, (void)One, (void)Two;
  KeAcquireInStackQueuedSpinLock(&Ext->Spin, &Handle);
  ++Ext->Count;
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Handle);
}

//===--- a handle that was never filled --------------------------------------------===//

void handle_of_nothing_bad(PEXT Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  if (Ext->Busy)
    KeAcquireInStackQueuedSpinLock(&Ext->Spin, &Handle);
  KeReleaseInStackQueuedSpinLock(&Handle); // expected-warning {{is released by 'KeReleaseInStackQueuedSpinLock' but was not acquired on this path}} expected-warning 0+ {{}}
}
static void fill(PEXT Ext, PKLOCK_QUEUE_HANDLE Handle) {
  KeAcquireInStackQueuedSpinLock(&Ext->Spin, Handle);
}
void FooFill(PEXT Ext, PKLOCK_QUEUE_HANDLE Handle);
void handle_filled_good(PEXT Ext) {
  KLOCK_QUEUE_HANDLE Handle, Other;
  fill(Ext, &Handle);
  ++Ext->Count;
  KeReleaseInStackQueuedSpinLock(&Handle);
  FooFill(Ext, &Other);
  KeReleaseInStackQueuedSpinLock(&Other);
}
