// lock-leaked, annotation-not-kept and others: locks that annotations say are taken or given
// up under a condition, at calls of functions of other units and in those that say so.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _EXT {
  FAST_MUTEX Mutex;
  ERESOURCE Resource;
  KSPIN_LOCK Spin;
  ULONG Count;
  BOOLEAN Ready;
} EXT, *PEXT;

#define MODE_LOCKED 4
#define WORKED(S) ((S) == STATUS_SUCCESS)

_When_(return != FALSE, _Acquires_lock_(Ext->Mutex)) BOOLEAN tryEnter(PEXT Ext);
_When_(NT_SUCCESS(return), _Acquires_lock_(Ext->Mutex)) NTSTATUS enterIfReady(PEXT Ext);
_Requires_lock_held_(Ext->Resource)
_When_(return == STATUS_SUCCESS, _Releases_lock_(Ext->Resource)) NTSTATUS commit(PEXT Ext);
_When_(WORKED(return), _Releases_exclusive_lock_(Ext->Resource)) NTSTATUS commitByMacro(PEXT Ext);
_When_(Lock, _Acquires_lock_(Ext->Mutex)) void look(PEXT Ext, BOOLEAN Lock);
_When_((Mode & MODE_LOCKED) != 0 && Ext != NULL, _Acquires_lock_(Ext->Mutex)) void lookMode(PEXT Ext, ULONG Mode);
_When_(Wait == 0, _When_(return != 0, _Acquires_lock_(Ext->Mutex))) BOOLEAN nested(PEXT Ext, BOOLEAN Wait);
_When_(Ext->Ready, _Acquires_lock_(Ext->Mutex)) void notUnderstood(PEXT Ext);
_When_(return == (NTSTATUS)0x103, _Acquires_lock_(Ext->Mutex)) NTSTATUS pendingKeeps(PEXT Ext);
_When_(return != FALSE, _Acquires_lock_(Ext->Spin)) BOOLEAN trySpin(PEXT Ext, PKIRQL Irql);

_When_(return != FALSE, _Acquires_exclusive_lock_(Ext->Resource)) BOOLEAN tryResource(PEXT Ext);

//===--- calls ----------------------------------------------------------------------===//

IO_WORKITEM_ROUTINE tried_good;
void tried_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  if (!tryEnter(Ext))
    return;
  ++Ext->Count;
  ExReleaseFastMutex(&Ext->Mutex);
}
IO_WORKITEM_ROUTINE tried_bad;
void tried_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  if (!tryEnter(Ext))
    return;
  if (Ext->Ready)
    return; // expected-warning {{fast mutex 'Ext->Mutex' is still held when 'tried_bad' returns; acquired by 'tryEnter'}}
  ExReleaseFastMutex(&Ext->Mutex);
}
IO_WORKITEM_ROUTINE status_good;
void status_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  NTSTATUS Status = enterIfReady(Ext);
  (void)Device;
  if (!NT_SUCCESS(Status))
    return;
  ExReleaseFastMutex(&Ext->Mutex);
}
IO_WORKITEM_ROUTINE status_bad;
void status_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  NTSTATUS Status = enterIfReady(Ext);
  (void)Device;
  if (!NT_SUCCESS(Status))
    ++Ext->Count;
} // expected-warning {{fast mutex 'Ext->Mutex' is still held when 'status_bad' returns; acquired by 'enterIfReady'}}
IO_WORKITEM_ROUTINE not_got_bad;
void not_got_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  KeEnterCriticalRegion();
  if (!tryResource(Ext))
    ExReleaseResourceLite(&Ext->Resource); // expected-warning {{executive resource 'Ext->Resource' is released by 'ExReleaseResourceLite' but was not acquired on this path}}
  else
    ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
NTSTATUS given_up_good(PEXT Ext) {
  NTSTATUS Status;
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  Status = commit(Ext);
  if (!NT_SUCCESS(Status))
    ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
  return Status;
}
IO_WORKITEM_ROUTINE given_up_bad;
void given_up_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  if (NT_SUCCESS(commit(Ext)))
    ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource); // expected-warning {{executive resource 'Ext->Resource' is released}}
  KeLeaveCriticalRegion();
}
NTSTATUS given_up_macro_good(PEXT Ext) {
  NTSTATUS Status;
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  Status = commitByMacro(Ext);
  if (Status != STATUS_SUCCESS)
    ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
  return Status;
}
IO_WORKITEM_ROUTINE parameter_good;
void parameter_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  look(Ext, FALSE);
  look(Ext, TRUE);
  ExReleaseFastMutex(&Ext->Mutex);
}
IO_WORKITEM_ROUTINE parameter_bad;
void parameter_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  look(Ext, TRUE);
  if (Ext->Ready)
    return; // expected-warning {{fast mutex 'Ext->Mutex' is still held when 'parameter_bad' returns; acquired by 'look'}}
  ExReleaseFastMutex(&Ext->Mutex);
}
IO_WORKITEM_ROUTINE mode_good;
void mode_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  lookMode(Ext, 3);
  lookMode(Ext, 1 | MODE_LOCKED);
  ExReleaseFastMutex(&Ext->Mutex);
}
IO_WORKITEM_ROUTINE mode_bad;
void mode_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  lookMode(Ext, MODE_LOCKED);
} // expected-warning {{fast mutex 'Ext->Mutex' is still held when 'mode_bad' returns; acquired by 'lookMode'}}
// What is not understood makes nothing certain.
IO_WORKITEM_ROUTINE unclear_good;
void unclear_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  if (nested(Ext, FALSE))
    ExReleaseFastMutex(&Ext->Mutex);
  notUnderstood(Ext);
  if (Ext->Ready)
    ExReleaseFastMutex(&Ext->Mutex);
}
IO_WORKITEM_ROUTINE number_good;
void number_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  if (pendingKeeps(Ext) == STATUS_PENDING)
    ExReleaseFastMutex(&Ext->Mutex);
}
IO_WORKITEM_ROUTINE spin_good;
void spin_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  KIRQL Irql;
  (void)Device;
  if (trySpin(Ext, &Irql))
    KeReleaseSpinLock(&Ext->Spin, Irql);
}

// Annotated without a condition: the fast mutex raised the level.
_Acquires_lock_(Ext->Mutex) void enter(PEXT Ext);
IO_WORKITEM_ROUTINE always_good;
void always_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  enter(Ext);
  ExReleaseFastMutex(&Ext->Mutex);
}

//===--- claims ---------------------------------------------------------------------===//

_When_(return != FALSE, _Acquires_lock_(Ext->Mutex)) BOOLEAN claims_good(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  if (Ext->Ready)
    return TRUE;
  ExReleaseFastMutex(&Ext->Mutex);
  return FALSE;
}
_When_(return != FALSE, _Acquires_lock_(Ext->Mutex)) BOOLEAN claims_bad(PEXT Ext) {
  if (!Ext->Count)
    return TRUE; // expected-warning {{'claims_bad' is annotated to acquire fast mutex 'Ext->Mutex' when 'return != FALSE', but returns without it here}}
  ExAcquireFastMutex(&Ext->Mutex);
  if (Ext->Ready)
    return TRUE;
  ExReleaseFastMutex(&Ext->Mutex);
  return FALSE;
}
_When_(return != FALSE, _Acquires_lock_(Ext->Mutex)) BOOLEAN claims_only_bad(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  if (Ext->Ready)
    return TRUE;
  return FALSE; // expected-warning {{'claims_only_bad' is annotated to acquire fast mutex 'Ext->Mutex' only when 'return != FALSE', but returns with it here}}
}
_Requires_lock_held_(Ext->Mutex)
_When_(return == STATUS_SUCCESS, _Releases_lock_(Ext->Mutex))
NTSTATUS gives_up_good(PEXT Ext) {
  if (!Ext->Ready)
    return STATUS_DEVICE_NOT_READY;
  ExReleaseFastMutex(&Ext->Mutex);
  return STATUS_SUCCESS;
}
_Requires_lock_held_(Ext->Mutex)
_When_(return == STATUS_SUCCESS, _Releases_lock_(Ext->Mutex))
NTSTATUS gives_up_bad(PEXT Ext) {
  if (!Ext->Ready)
    return STATUS_DEVICE_NOT_READY;
  if (Ext->Count)
    return STATUS_SUCCESS; // expected-warning {{'gives_up_bad' is annotated to release fast mutex 'Ext->Mutex' when 'return == STATUS_SUCCESS', but returns with it here}}
  ExReleaseFastMutex(&Ext->Mutex);
  return STATUS_SUCCESS;
}
_When_(return == STATUS_SUCCESS, _Releases_lock_(Ext->Mutex))
NTSTATUS gives_up_only_bad(PEXT Ext) {
  ExReleaseFastMutex(&Ext->Mutex);
  if (!Ext->Ready)
    return STATUS_DEVICE_NOT_READY; // expected-warning {{'gives_up_only_bad' is annotated to release fast mutex 'Ext->Mutex' only when 'return == STATUS_SUCCESS', but returns without it here}}
  return STATUS_SUCCESS;
}
// Which status comes back is not known.
NTSTATUS elsewhere(PEXT Ext);
_When_(return == STATUS_SUCCESS, _Releases_lock_(Ext->Mutex))
NTSTATUS passed_on_good(PEXT Ext) {
  NTSTATUS Status = elsewhere(Ext);
  if (!NT_SUCCESS(Status))
    return Status;
  ExReleaseFastMutex(&Ext->Mutex);
  return Status;
}
_When_(Unlock, _Releases_lock_(Ext->Mutex)) void flag_good(PEXT Ext, BOOLEAN Unlock) {
  ++Ext->Count;
  if (Unlock)
    ExReleaseFastMutex(&Ext->Mutex);
}
_When_(Unlock, _Releases_lock_(Ext->Mutex)) void flag_bad(PEXT Ext, BOOLEAN Unlock) {
  if (Ext->Ready)
    return; // expected-warning {{'flag_bad' is annotated to release fast mutex 'Ext->Mutex' when 'Unlock', but returns with it here}}
  if (Unlock)
    ExReleaseFastMutex(&Ext->Mutex);
}

//===--- the level ------------------------------------------------------------------===//

_IRQL_raises_(DISPATCH_LEVEL) _IRQL_saves_ KIRQL raises_good(PEXT Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  ++Ext->Count;
  return Irql;
}
_IRQL_raises_(DISPATCH_LEVEL) _IRQL_saves_ KIRQL raises_bad(PEXT Ext) {
  KIRQL Irql;
  if (Ext->Ready)
    return PASSIVE_LEVEL; // expected-warning {{'raises_bad' is annotated to raise the level to DISPATCH_LEVEL, but returns at the level it was entered at here}}
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  return Irql;
}
_IRQL_raises_(DISPATCH_LEVEL) _IRQL_saves_ KIRQL raises_if_low_good(PEXT Ext) {
  KIRQL Irql = KeGetCurrentIrql();
  ++Ext->Count;
  if (Irql >= DISPATCH_LEVEL)
    return Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  return Irql;
}
void restores_good(PEXT Ext, _IRQL_restores_ KIRQL Irql) {
  ++Ext->Count;
  KeLowerIrql(Irql);
}
void restores_bad(PEXT Ext, _IRQL_restores_ KIRQL Irql) {
  if (Ext->Ready)
    return; // expected-warning {{'restores_bad' is annotated to restore the level from 'Irql', but returns without that here}}
  KeLowerIrql(Irql);
}
void restores_if_low_good(PEXT Ext, _IRQL_restores_ KIRQL Irql) {
  ++Ext->Count;
  if (Irql < DISPATCH_LEVEL)
    KeLowerIrql(Irql);
}
