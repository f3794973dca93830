// irql-too-high: a routine is called above the highest level its page allows.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  FAST_MUTEX Mutex;
  ERESOURCE Resource;
  KDPC Dpc;
  PVOID Buffer;
  UNICODE_STRING Name;
  HANDLE Key;
  BOOLEAN Ready;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static DEVICE_EXTENSION Global;

//===--- the shortest ----------------------------------------------------===//

void shortest_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

void shortest_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  ZwClose(Ext->Key);
}

void global_bad(void) {
  KIRQL Irql;
  KeAcquireSpinLock(&Global.Lock, &Irql);
  ZwClose(Global.Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Global.Lock' is held}}
  KeReleaseSpinLock(&Global.Lock, Irql);
}

void raised_by_hand_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = KeRaiseIrqlToDpcLevel();
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
  KeLowerIrql(Irql);
}

// APC_LEVEL is above PASSIVE_LEVEL, too: a fast mutex raises to it.
void apc_level_bad(PDEVICE_EXTENSION Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at APC_LEVEL, above its maximum PASSIVE_LEVEL}}
  ExReleaseFastMutex(&Ext->Mutex);
}

// The window of a mutex that leaves the level alone is not touched.
void guarded_mutex_good(PDEVICE_EXTENSION Ext, KGUARDED_MUTEX *Mutex) {
  KeAcquireGuardedMutex(Mutex);
  ZwClose(Ext->Key);
  KeReleaseGuardedMutex(Mutex);
}

//===--- above DISPATCH_LEVEL --------------------------------------------===//

void spin_lock_above_dispatch_bad(PKINTERRUPT Interrupt, PDEVICE_EXTENSION Ext) {
  KIRQL Old, Irql = KeAcquireInterruptSpinLock(Interrupt);
  KeAcquireSpinLock(&Ext->Lock, &Old); // expected-warning {{'KeAcquireSpinLock' is called at DIRQL, above its maximum DISPATCH_LEVEL; interrupt spin lock 'Interrupt' is held}}
  KeReleaseSpinLock(&Ext->Lock, Old);
  KeReleaseInterruptSpinLock(Interrupt, Irql);
}

KSERVICE_ROUTINE Isr;
BOOLEAN Isr(PKINTERRUPT Interrupt, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Old;
  (void)Interrupt;
  KeInsertQueueDpc(&Ext->Dpc, NULL, NULL); // at any level
  KeAcquireSpinLock(&Ext->Lock, &Old); // expected-warning {{'KeAcquireSpinLock' is called at DIRQL, above its maximum DISPATCH_LEVEL}}
  KeReleaseSpinLock(&Ext->Lock, Old);
  return TRUE;
}

//===--- through helpers -------------------------------------------------===//

static void closeKey(PDEVICE_EXTENSION Ext) {
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
}
static void closeDeeper(PDEVICE_EXTENSION Ext) {
  if (Ext->Key)
    closeKey(Ext);
}
static void closeDeepest(PDEVICE_EXTENSION Ext) { closeDeeper(Ext); }

void three_deep_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  closeDeepest(Ext);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

static void freeKey(PDEVICE_EXTENSION Ext) { ZwClose(Ext->Key); }
void three_deep_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  freeKey(Ext);
}

// The lock is taken in the helper.
static KIRQL lockIt(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  return Irql;
}
static void unlockIt(PDEVICE_EXTENSION Ext, KIRQL Irql) { KeReleaseSpinLock(&Ext->Lock, Irql); }

void helper_locks_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = lockIt(Ext);
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
  unlockIt(Ext, Irql);
}
void helper_locks_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = lockIt(Ext);
  unlockIt(Ext, Irql);
  ZwClose(Ext->Key);
}

//===--- control flow ----------------------------------------------------===//

// The lock is dropped around the call and taken again: a common trap.
void dropped_around_call_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  while (!Ext->Ready) {
    KeReleaseSpinLock(&Ext->Lock, Irql);
    ZwClose(Ext->Key);
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// The same, but one way round the loop forgets to drop it.
void dropped_sometimes_bad(PDEVICE_EXTENSION Ext, ULONG N) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  for (ULONG I = 0; I < N; ++I) {
    if (I == 3)
      continue;
    if (Ext->Ready) {
      ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
      break;
    }
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

void early_exit_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (!Ext->Ready) {
    KeReleaseSpinLock(&Ext->Lock, Irql);
    ZwClose(Ext->Key);
    return;
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

void switch_bad(PDEVICE_EXTENSION Ext, int What) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  switch (What) {
  case 1:
    KeReleaseSpinLock(&Ext->Lock, Irql);
    ZwClose(Ext->Key);
    return;
  case 2:
    ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
    break;
  default:
    break;
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// Correlated: the call comes only where the lock was not taken.
void correlated_good(PDEVICE_EXTENSION Ext, BOOLEAN Lock) {
  KIRQL Irql = PASSIVE_LEVEL;
  if (Lock)
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Ready = TRUE;
  if (!Lock)
    ZwClose(Ext->Key);
  if (Lock)
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
void correlated_bad(PDEVICE_EXTENSION Ext, BOOLEAN Lock) {
  KIRQL Irql = PASSIVE_LEVEL;
  if (Lock)
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Ready = TRUE;
  if (Lock)
    ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
  if (Lock)
    KeReleaseSpinLock(&Ext->Lock, Irql);
}

// The code asks before it calls.
void asks_good(PDEVICE_EXTENSION Ext) {
  if (KeGetCurrentIrql() == PASSIVE_LEVEL)
    ZwClose(Ext->Key);
}
void asks_under_lock_good(PDEVICE_EXTENSION Ext, BOOLEAN Lock) {
  KIRQL Irql = PASSIVE_LEVEL;
  if (Lock)
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (KeGetCurrentIrql() < DISPATCH_LEVEL)
    ExAcquireFastMutex(&Ext->Mutex), ExReleaseFastMutex(&Ext->Mutex);
  if (Lock)
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
void asks_wrongly_bad(PDEVICE_EXTENSION Ext) {
  if (KeGetCurrentIrql() >= DISPATCH_LEVEL)
    ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL..HIGH_LEVEL, above its maximum PASSIVE_LEVEL}}
}

//===--- what depends on arguments ---------------------------------------===//

void paged_pool_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Buffer = ExAllocatePoolWithTag(PagedPool, 16, 'tseT'); // expected-warning {{'ExAllocatePoolWithTag' allocates pageable memory at DISPATCH_LEVEL; spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void nonpaged_pool_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Buffer = ExAllocatePoolWithTag(NonPagedPoolNx, 16, 'tseT');
  if (!Ext->Buffer)
    Ext->Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 'tseT');
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void pool2_paged_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, 16, 'tseT'); // expected-warning {{'ExAllocatePool2' allocates pageable memory at DISPATCH_LEVEL; spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// Which pool is the caller's choice: nothing definite can be said.
void pool_by_parameter_good(PDEVICE_EXTENSION Ext, POOL_TYPE Pool) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Buffer = ExAllocatePoolWithTag(Pool, 16, 'tseT');
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// Wait = TRUE leaves the dispatcher locked for the wait that follows; it is
// allowed up to APC_LEVEL only.
// FP: the rest of the path is judged as if the dispatcher were locked.
void FP_set_event_wait_bad(PDEVICE_EXTENSION Ext, PKEVENT Event) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeSetEvent(Event, IO_NO_INCREMENT, TRUE); // expected-warning {{'KeSetEvent' is called at DISPATCH_LEVEL, above its maximum APC_LEVEL; spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Lock' restores the level from before the dispatcher lock was acquired, which is still held}}
}
void set_event_good(PDEVICE_EXTENSION Ext, PKEVENT Event, PKMUTEX Mutex, PKSEMAPHORE Semaphore) {
  KIRQL Irql;
  (void)Mutex;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
  KeReleaseSemaphore(Semaphore, IO_NO_INCREMENT, 1, FALSE);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

//===--- roles and annotations -------------------------------------------===//

KDEFERRED_ROUTINE Dpc;
void Dpc(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Object, (void)A, (void)B;
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
}

IO_WORKITEM_ROUTINE Work;
void Work(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  ZwClose(Ext->Key);
}

// A timer DPC has no declaration of its role; its registration tells.
static void OnTimer(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Object, (void)A, (void)B;
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
}
void setUpTimer(PDEVICE_EXTENSION Ext) { KeInitializeDpc(&Ext->Dpc, OnTimer, Ext); }

// Who is below completes at the level that it has, mostly DISPATCH_LEVEL: a
// completion routine has to be written for it.
IO_COMPLETION_ROUTINE OnComplete;
NTSTATUS OnComplete(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  if (Irp->PendingReturned)
    ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
  return STATUS_CONTINUE_COMPLETION;
}

// Unless it asks.
IO_COMPLETION_ROUTINE OnCompleteAsks;
NTSTATUS OnCompleteAsks(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device, (void)Irp;
  if (KeGetCurrentIrql() == PASSIVE_LEVEL)
    ZwClose(Ext->Key);
  return STATUS_CONTINUE_COMPLETION;
}

_IRQL_requires_(DISPATCH_LEVEL)
void annotated_exact_bad(PDEVICE_EXTENSION Ext) {
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
}
_IRQL_requires_min_(DISPATCH_LEVEL)
void annotated_min_bad(PDEVICE_EXTENSION Ext) {
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL..HIGH_LEVEL, above its maximum PASSIVE_LEVEL}}
}
_IRQL_requires_max_(DISPATCH_LEVEL)
void annotated_max_good(PDEVICE_EXTENSION Ext) { // possible only
  if (Ext->Ready)
    ZwClose(Ext->Key);
}

// The annotation of a routine that is defined elsewhere counts at its calls.
_IRQL_requires_max_(PASSIVE_LEVEL) void elsewhere(void);
void calls_annotated_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  elsewhere(); // expected-warning {{'elsewhere' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void calls_annotated_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  elsewhere();
}

// An assertion narrows what is known.
void asserted_bad(PDEVICE_EXTENSION Ext) {
  NT_ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL);
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
}
void asserted_good(PDEVICE_EXTENSION Ext) {
  NT_ASSERT(KeGetCurrentIrql() == PASSIVE_LEVEL);
  ZwClose(Ext->Key);
}

//===--- what drivers call there in the field ---------------------------------===//

static BOOLEAN sameName(PUNICODE_STRING A, PUNICODE_STRING B) {
  return RtlEqualUnicodeString(A, B, TRUE); // expected-warning {{'RtlEqualUnicodeString' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
}
static ULONG readSetting(HANDLE Key, PUNICODE_STRING Name) {
  KEY_VALUE_PARTIAL_INFORMATION Info;
  ULONG Length;
  return NT_SUCCESS(ZwQueryValueKey(Key, Name, KeyValuePartialInformation, &Info, sizeof(Info), &Length)); // expected-warning {{'ZwQueryValueKey' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
}
void find_by_name_bad(PDEVICE_EXTENSION Ext, PUNICODE_STRING Name) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (sameName(&Ext->Name, Name))
    Ext->Ready = TRUE;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void read_setting_bad(PDEVICE_EXTENSION Ext, PUNICODE_STRING Name) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Ready = readSetting(Ext->Key, Name) != 0;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void thread_bad(PDEVICE_EXTENSION Ext, PKSTART_ROUTINE Routine) {
  KIRQL Irql;
  HANDLE Thread;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  PsCreateSystemThread(&Thread, 0, NULL, NULL, NULL, Routine, Ext); // expected-warning {{'PsCreateSystemThread' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void any_level_good(PDEVICE_EXTENSION Ext, PVOID Memory) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  RtlZeroMemory(Memory, 16);
  KeQuerySystemTime((PLARGE_INTEGER)Memory);
  IoQueueWorkItem(Memory, NULL, DelayedWorkQueue, Ext);
  ExFreePool(Memory);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
