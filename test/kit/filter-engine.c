// Management of the filter engine is for PASSIVE_LEVEL; the cache is flushed where
// its caller may wait.
// RUN: %verify %s
#include <ntifs.h>
#include <ndis.h>
#include <fwpsk.h>
#include <fwpmk.h>

typedef struct _STATE { KSPIN_LOCK Lock; FAST_MUTEX Mutex; HANDLE Engine; UINT64 Filter; } STATE;

void ManageBad(STATE *State) {
  KIRQL Old;
  KeAcquireSpinLock(&State->Lock, &Old);
  FwpmFilterDeleteById0(State->Engine, State->Filter); // expected-warning {{'FwpmFilterDeleteById0' is called at DISPATCH_LEVEL}}
  KeReleaseSpinLock(&State->Lock, Old);
}

void ManageMutexBad(STATE *State) {
  ExAcquireFastMutex(&State->Mutex);
  FwpmTransactionBegin0(State->Engine, 0); // expected-warning {{'FwpmTransactionBegin0' is called at APC_LEVEL}}
  ExReleaseFastMutex(&State->Mutex);
}

void ManageGood(STATE *State, void **Memory) {
  KIRQL Old;
  UINT64 Filter;
  KeAcquireSpinLock(&State->Lock, &Old);
  Filter = State->Filter;
  FwpmFreeMemory0(Memory);
  KeReleaseSpinLock(&State->Lock, Old);
  FwpmFilterDeleteById0(State->Engine, Filter);
}

void FlushBad(STATE *State, PFILE_OBJECT File) {
  KIRQL Old;
  KeAcquireSpinLock(&State->Lock, &Old);
  CcFlushCache(File->SectionObjectPointer, NULL, 0, NULL); // expected-warning {{'CcFlushCache' waits at DISPATCH_LEVEL while spin lock 'State->Lock' is held}}
  KeReleaseSpinLock(&State->Lock, Old);
}

void FlushGood(STATE *State, PFILE_OBJECT File) {
  ExAcquireFastMutex(&State->Mutex);
  CcFlushCache(File->SectionObjectPointer, NULL, 0, NULL);
  ExReleaseFastMutex(&State->Mutex);
}
