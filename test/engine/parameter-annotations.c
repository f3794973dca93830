// Annotations of locks at a parameter, where _Curr_ is the parameter, say what those of the function say. And the way
// to the lock is often written wrong in an annotation: it means the one lock with that name which is held.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _PORT {
  FAST_MUTEX Mutex;
  FAST_MUTEX Other;
  KSPIN_LOCK First;
  KSPIN_LOCK Second;
} PORT, *PPORT;
typedef struct _VOLUME {
  PPORT Port;
  ULONG Children;
} VOLUME, *PVOLUME;

VOID closePort(_Inout_ _Requires_lock_held_(_Curr_->Mutex) _Releases_lock_(_Curr_->Mutex) PPORT Port);

VOID parameter_good(PPORT Port, BOOLEAN Close) {
  ExAcquireFastMutex(&Port->Mutex);
  if (Close)
    closePort(Port);
  else
    ExReleaseFastMutex(&Port->Mutex);
}
VOID parameter_bad(PPORT Port, BOOLEAN Close) {
  ExAcquireFastMutex(&Port->Mutex);
  if (Close)
    closePort(Port);
  ExReleaseFastMutex(&Port->Mutex); // expected-warning {{fast mutex 'Port->Mutex' is released by 'ExReleaseFastMutex' but was released before by 'closePort'}}
}

// What it says it keeps.
VOID unlockPort(_Releases_lock_(_Curr_->Mutex) PPORT Port);
_IRQL_requires_(APC_LEVEL)
VOID finish_bad(_Inout_ _Releases_lock_(_Curr_->Mutex) PPORT Port, BOOLEAN Early) {
  if (Early)
    return; // expected-warning {{'finish_bad' is annotated to release fast mutex 'Port->Mutex', but returns with it here}}
  unlockPort(Port);
}

// A volume has no such mutex; its port has.
VOID removeChild(_Inout_ _Releases_lock_(_Curr_->Mutex) PVOLUME Volume);

VOID written_wrong_good(PVOLUME Volume) {
  PPORT Port = Volume->Port;
  ExAcquireFastMutex(&Port->Mutex);
  if (Volume->Children != 0) {
    removeChild(Volume);
    return;
  }
  ExReleaseFastMutex(&Port->Mutex);
}
VOID written_wrong_bad(PVOLUME Volume) {
  PPORT Port = Volume->Port;
  ExAcquireFastMutex(&Port->Mutex);
  if (Volume->Children != 0) {
    removeChild(Volume);
    ExReleaseFastMutex(&Port->Mutex); // expected-warning {{released before by 'removeChild'}}
    return;
  }
  ExReleaseFastMutex(&Port->Mutex);
}
VOID other_bad(PVOLUME Volume) {
  PPORT Port = Volume->Port;
  ExAcquireFastMutex(&Port->Mutex);
  ExAcquireFastMutex(&Port->Other);
  if (Volume->Children != 0) {
    removeChild(Volume);
    return; // expected-warning {{fast mutex 'Port->Other' is still held when 'other_bad' returns}}
  }
  ExReleaseFastMutex(&Port->Other);
  ExReleaseFastMutex(&Port->Mutex);
}

// What names one lock gives up that one.
_Releases_lock_(Port->Second) VOID unlockSecond(PPORT Port, _IRQL_restores_ KIRQL Irql);

VOID one_of_two_good(PPORT Port, BOOLEAN There) {
  KIRQL Irql, Inner;
  KeAcquireSpinLock(&Port->First, &Irql);
  KeAcquireSpinLock(&Port->Second, &Inner);
  if (There)
    unlockSecond(Port, Inner);
  else
    KeReleaseSpinLock(&Port->Second, Inner);
  KeReleaseSpinLock(&Port->First, Irql);
}
VOID one_of_two_bad(PPORT Port, BOOLEAN There) {
  KIRQL Irql, Inner;
  KeAcquireSpinLock(&Port->First, &Irql);
  KeAcquireSpinLock(&Port->Second, &Inner);
  if (There) {
    unlockSecond(Port, Inner);
    return; // expected-warning {{spin lock 'Port->First' is still held when 'one_of_two_bad' returns}}
  }
  KeReleaseSpinLock(&Port->Second, Inner);
  KeReleaseSpinLock(&Port->First, Irql);
}
