// What a __try block begins with by taking is held in the handler, too: nothing is raised before.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _EXT {
  FAST_MUTEX Mutex;
  ULONG Value;
} EXT, *PEXT;
VOID work(PEXT Ext);
VOID report(NTSTATUS Status);

WORKER_THREAD_ROUTINE region_good;
VOID region_good(PVOID Context) {
  __try {
    __try {
      FsRtlEnterFileSystem();
      work(Context);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
      report(GetExceptionCode());
    }
  } __finally {
    FsRtlExitFileSystem();
  }
}
WORKER_THREAD_ROUTINE mutex_good;
VOID mutex_good(PVOID Context) {
  PEXT Ext = Context;
  __try {
    ExAcquireFastMutex(&Ext->Mutex);
    work(Ext);
    ExReleaseFastMutex(&Ext->Mutex);
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    ExReleaseFastMutex(&Ext->Mutex);
    report(GetExceptionCode());
  }
}
WORKER_THREAD_ROUTINE mutex_bad;
VOID mutex_bad(PVOID Context) { // expected-note 0+ {{}}
  PEXT Ext = Context;
  __try {
    ExAcquireFastMutex(&Ext->Mutex); // expected-note {{acquired}}
    work(Ext);
    ExReleaseFastMutex(&Ext->Mutex);
  } __except (EXCEPTION_EXECUTE_HANDLER) { // expected-note 0+ {{}}
    report(GetExceptionCode());
  }
} // expected-warning {{'Ext->Mutex' is still held when 'mutex_bad' returns}}
