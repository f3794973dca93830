// lock-not-held, lock-held-at-call, annotation-not-kept: what annotations say about locks,
// at calls and in the function that carries them.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _EXT {
  FAST_MUTEX Mutex, Other;
  KSPIN_LOCK Spin;
  ERESOURCE Resource;
  _Guarded_by_(Mutex) ULONG Count;
  _Write_guarded_by_(Spin) ULONG State;
  struct _EXT *Parent;
  BOOLEAN Ready;
} EXT, *PEXT;

static FAST_MUTEX Table;

_Requires_lock_held_(Ext->Mutex) void countLocked(PEXT Ext);
_Requires_lock_held_(Table) void lookUp(ULONG Key);
_Requires_exclusive_lock_held_(Ext->Resource) void change(PEXT Ext);
_Requires_shared_lock_held_(Ext->Resource) void look(PEXT Ext);
_Requires_lock_not_held_(Ext->Mutex) void flush(PEXT Ext);
_Requires_no_locks_held_ void sendAll(PEXT Ext);
_Acquires_lock_(Ext->Mutex) void enter(PEXT Ext);
_Releases_lock_(Ext->Mutex) void quit(PEXT Ext);
_Acquires_lock_(*Mutex) void enterMutex(PFAST_MUTEX Mutex);
_When_(return != 0, _Acquires_lock_(Ext->Mutex)) BOOLEAN tryEnter(PEXT Ext);

//===--- demands -------------------------------------------------------------------===//

void after_release_bad(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  countLocked(Ext);
  ExReleaseFastMutex(&Ext->Mutex);
  countLocked(Ext); // expected-warning {{'countLocked' needs fast mutex 'Ext->Mutex', which is not held here}}
}
void held_good(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  countLocked(Ext);
  ExReleaseFastMutex(&Ext->Mutex);
}
IO_WORKITEM_ROUTINE never_acquired_bad;
void never_acquired_bad(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device;
  countLocked(Context); // expected-warning {{'countLocked' needs fast mutex 'Ext->Mutex', which is not held here}}
}
// The caller may hold it.
void unknown_good(PEXT Ext) { countLocked(Ext); }
IO_WORKITEM_ROUTINE other_object_bad;
void other_object_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  ExAcquireFastMutex(&Ext->Mutex);
  countLocked(Ext->Parent); // expected-warning {{'countLocked' needs fast mutex 'Ext->Mutex', which is not held here}}
  ExReleaseFastMutex(&Ext->Mutex);
}
IO_WORKITEM_ROUTINE global_bad;
void global_bad(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device, (void)Context;
  lookUp(1); // expected-warning {{'lookUp' needs fast mutex 'Table', which is not held here}}
}
IO_WORKITEM_ROUTINE global_good;
void global_good(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device, (void)Context;
  ExAcquireFastMutex(&Table);
  lookUp(1);
  ExReleaseFastMutex(&Table);
}
void shared_for_exclusive_bad(PEXT Ext) {
  KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  look(Ext);
  change(Ext); // expected-warning {{'change' needs executive resource 'Ext->Resource' exclusively, which is held shared}}
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
void exclusive_good(PEXT Ext) {
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  look(Ext);
  change(Ext);
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
void banned_bad(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  flush(Ext); // expected-warning {{'flush' is called while fast mutex 'Ext->Mutex' is held, which it forbids}}
  ExReleaseFastMutex(&Ext->Mutex);
}
void banned_other_good(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Other);
  flush(Ext);
  ExReleaseFastMutex(&Ext->Other);
}
void no_locks_bad(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Other);
  sendAll(Ext); // expected-warning {{'sendAll' is called while fast mutex 'Ext->Other' is held, which it forbids}}
  ExReleaseFastMutex(&Ext->Other);
}
void no_locks_good(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Other);
  ExReleaseFastMutex(&Ext->Other);
  sendAll(Ext);
}

//===--- functions of other units that lock and unlock -----------------------------===//

IO_WORKITEM_ROUTINE trusted_leak_bad;
void trusted_leak_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  enter(Ext);
  if (!Ext->Ready)
    return; // expected-warning {{fast mutex 'Ext->Mutex' is still held when 'trusted_leak_bad' returns; acquired by 'enter'}}
  quit(Ext);
}
IO_WORKITEM_ROUTINE trusted_good;
void trusted_good(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  enter(Ext);
  ++Ext->Count;
  quit(Ext);
}
void trusted_mixed_good(PEXT Ext) {
  enterMutex(&Ext->Mutex);
  countLocked(Ext);
  quit(Ext);
}
void trusted_twice_bad(PEXT Ext) {
  enter(Ext);
  ExAcquireFastMutex(&Ext->Mutex); // expected-warning {{fast mutex 'Ext->Mutex' is acquired again by 'ExAcquireFastMutex' while this thread holds it; first acquired by 'enter'}}
  quit(Ext);
}
void conditional_good(PEXT Ext) {
  if (tryEnter(Ext))
    quit(Ext);
}

//===--- claims about the function itself ------------------------------------------===//

_Acquires_lock_(Ext->Mutex) void acquires_bad(PEXT Ext) {
  if (!Ext->Ready)
    return; // expected-warning {{'acquires_bad' is annotated to acquire fast mutex 'Ext->Mutex', but returns without it here}}
  ExAcquireFastMutex(&Ext->Mutex);
}
_Acquires_lock_(Ext->Mutex) void acquires_good(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  if (!Ext->Ready)
    return;
  ++Ext->Count;
}
_Releases_lock_(Ext->Mutex) void releases_bad(PEXT Ext) {
  if (!Ext->Ready)
    return; // expected-warning {{'releases_bad' is annotated to release fast mutex 'Ext->Mutex', but returns with it here}}
  ExReleaseFastMutex(&Ext->Mutex);
}
_Releases_lock_(Ext->Mutex) void releases_good(PEXT Ext) {
  ++Ext->Count;
  ExReleaseFastMutex(&Ext->Mutex);
}
_Requires_lock_held_(Ext->Mutex) void keeps_bad(PEXT Ext) {
  if (Ext->Ready)
    return;
  ExReleaseFastMutex(&Ext->Mutex);
} // expected-warning {{'keeps_bad' is annotated to keep fast mutex 'Ext->Mutex', but returns without it here}}
_Requires_lock_held_(Ext->Mutex) void keeps_good(PEXT Ext) {
  if (Ext->Ready)
    return;
  ExReleaseFastMutex(&Ext->Mutex);
  sendAll(Ext);
  ExAcquireFastMutex(&Ext->Mutex);
}
_Requires_lock_held_(Ext->Mutex) void acquires_what_it_has_bad(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Mutex); // expected-warning {{fast mutex 'Ext->Mutex' is acquired again by 'ExAcquireFastMutex' while this thread holds it}}
  ++Ext->Count;
  ExReleaseFastMutex(&Ext->Mutex);
}

//===--- guarded data --------------------------------------------------------------===//

void guarded_bad(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  ++Ext->Count;
  ExReleaseFastMutex(&Ext->Mutex);
  ++Ext->Count; // expected-warning {{'Ext->Count' is read without fast mutex 'Mutex', which guards it}}
}
void guarded_good(PEXT Ext) {
  ExAcquireFastMutex(&Ext->Mutex);
  ++Ext->Count;
  ExReleaseFastMutex(&Ext->Mutex);
}
void write_guarded_bad(PEXT Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Spin, &Irql);
  Ext->State = 1;
  KeReleaseSpinLock(&Ext->Spin, Irql);
  Ext->State = 2; // expected-warning {{'Ext->State' is written without spin lock 'Spin', which guards it}}
}
ULONG write_guarded_good(PEXT Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Spin, &Irql);
  Ext->State = 1;
  KeReleaseSpinLock(&Ext->Spin, Irql);
  return Ext->State;
}
