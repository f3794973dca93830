// Types and truth values of a header that is missing are what the C library makes of them, and a name that ends like
// success is a success: so a flag keeps its meaning.
// RUN: not %irqlint scan %s 2>&1 | FileCheck %s
#include <ntddk.h>
#include "no_such_header.h"

typedef struct _EXT {
  EX_RUNDOWN_REF InUse;
  uint32_t Count;
} EXT, *PEXT;

NTSTATUS flag_good(PEXT Ext, missing_options_t *Options, void **Out) {
  NTSTATUS Status = STATUS_SUCCESS;
  bool Acquired = false;
  missing_client_t *Client = NULL;
  if (Ext->Count == 0) {
    Status = STATUS_INVALID_PARAMETER;
    goto Exit;
  }
  if (!ExAcquireRundownProtection(&Ext->InUse)) {
    Status = STATUS_DEVICE_NOT_READY;
    goto Exit;
  }
  Acquired = true;
  Client = allocateMissing(Options->Size);
  if (Client == NULL) {
    Status = STATUS_NO_MEMORY;
    goto Exit;
  }
Exit:
  if (NT_SUCCESS(Status))
    *Out = Client;
  else if (Acquired)
    ExReleaseRundownProtection(&Ext->InUse);
  return Status;
}

// CHECK-NOT: flag_good
// CHECK: [[@LINE+6]]:{{.*}} run-down protection 'Ext->InUse' is released by 'ExReleaseRundownProtection' on a path on which
NTSTATUS flag_bad(PEXT Ext) {
  bool Acquired = true;
  if (!ExAcquireRundownProtection(&Ext->InUse))
    Acquired = true;
  if (Acquired)
    ExReleaseRundownProtection(&Ext->InUse);
  return STATUS_SUCCESS;
}

// CHECK: [[@LINE+8]]:{{.*}} fast mutex 'Mutex' is still held when 'result_bad' returns
missing_result_t tryIt(PEXT Ext);
extern FAST_MUTEX Mutex;
missing_result_t result_bad(PEXT Ext) {
  missing_result_t Result;
  ExAcquireFastMutex(&Mutex);
  Result = tryIt(Ext);
  if (Result != MISSING_SUCCESS)
    return Result;
  ExReleaseFastMutex(&Mutex);
  return MISSING_SUCCESS;
}
missing_result_t result_good(PEXT Ext) {
  missing_result_t Result;
  ExAcquireFastMutex(&Mutex);
  Result = tryIt(Ext);
  if (Result != MISSING_SUCCESS)
    ExReleaseFastMutex(&Mutex);
  return Result;
}
// CHECK-NOT: warning:
