// in-stack-handle-misuse: one handle for two locks at a time, or for all processors.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _EXT {
  KSPIN_LOCK First, Second;
  ULONG Count;
} EXT, *PEXT;

static KLOCK_QUEUE_HANDLE Shared;

void two_locks_bad(PEXT Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLock(&Ext->First, &Handle);
  KeAcquireInStackQueuedSpinLock(&Ext->Second, &Handle); // expected-warning {{'Handle' is the handle of in-stack queued spin lock 'Ext->First', which is held, and is used by 'KeAcquireInStackQueuedSpinLock' for 'Ext->Second'}}
  ++Ext->Count;
  KeReleaseInStackQueuedSpinLock(&Handle);
}
void two_locks_good(PEXT Ext) {
  KLOCK_QUEUE_HANDLE Handle, Inner;
  KeAcquireInStackQueuedSpinLock(&Ext->First, &Handle);
  KeAcquireInStackQueuedSpinLockAtDpcLevel(&Ext->Second, &Inner);
  ++Ext->Count;
  KeReleaseInStackQueuedSpinLockFromDpcLevel(&Inner);
  KeReleaseInStackQueuedSpinLock(&Handle);
}
void one_after_the_other_good(PEXT Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLock(&Ext->First, &Handle);
  ++Ext->Count;
  KeReleaseInStackQueuedSpinLock(&Handle);
  KeAcquireInStackQueuedSpinLock(&Ext->Second, &Handle);
  ++Ext->Count;
  KeReleaseInStackQueuedSpinLock(&Handle);
}
void global_bad(PEXT Ext) {
  KeAcquireInStackQueuedSpinLock(&Ext->First, &Shared); // expected-warning {{'Shared' is shared by all who acquire 'Ext->First', but each needs a handle of its own}}
  ++Ext->Count;
  KeReleaseInStackQueuedSpinLock(&Shared);
}
void static_bad(PEXT Ext) {
  static KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLock(&Ext->First, &Handle); // expected-warning {{'Handle' is shared by all who acquire 'Ext->First'}}
  ++Ext->Count;
  KeReleaseInStackQueuedSpinLock(&Handle);
}
void handed_in_good(PEXT Ext, PKLOCK_QUEUE_HANDLE Handle) {
  KeAcquireInStackQueuedSpinLock(&Ext->First, Handle);
  ++Ext->Count;
  KeReleaseInStackQueuedSpinLock(Handle);
}
