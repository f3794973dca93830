// A thread that ends itself must not hold what its routine must not return with.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _EXT {
  FAST_MUTEX Mutex;
  KEVENT Wake;
  BOOLEAN Stop;
  ULONG Count;
} EXT;

KSTART_ROUTINE worker_bad;
VOID worker_bad(PVOID Context) {
  EXT *Ext = Context;
  for (;;) {
    KeWaitForSingleObject(&Ext->Wake, Executive, KernelMode, FALSE, NULL);
    ExAcquireFastMutex(&Ext->Mutex);
    if (Ext->Stop)
      PsTerminateSystemThread(STATUS_SUCCESS); // expected-warning {{fast mutex 'Ext->Mutex' is still held when 'worker_bad' returns}}
    Ext->Count++;
    ExReleaseFastMutex(&Ext->Mutex);
  }
}
KSTART_ROUTINE worker_good;
VOID worker_good(PVOID Context) {
  EXT *Ext = Context;
  for (;;) {
    KeWaitForSingleObject(&Ext->Wake, Executive, KernelMode, FALSE, NULL);
    ExAcquireFastMutex(&Ext->Mutex);
    if (Ext->Stop) {
      ExReleaseFastMutex(&Ext->Mutex);
      PsTerminateSystemThread(STATUS_SUCCESS);
    }
    Ext->Count++;
    ExReleaseFastMutex(&Ext->Mutex);
  }
}
