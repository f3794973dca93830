// What is raised in a block runs the __finally blocks on its way to the handler.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _VOLUME {
  FAST_MUTEX Mutex;
  ERESOURCE Resource;
  UCHAR Buffer[64];
} VOLUME;

NTSTATUS outside_good(VOLUME *V, PVOID User, ULONG Length) {
  NTSTATUS Status;
  ExAcquireFastMutex(&V->Mutex);
  __try {
    __try {
      RtlCopyMemory(V->Buffer, User, Length);
      Status = STATUS_SUCCESS;
    } __finally {
      ExReleaseFastMutex(&V->Mutex);
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    Status = GetExceptionCode();
  }
  return Status;
}
NTSTATUS inside_good(VOLUME *V, PVOID User, ULONG Length) {
  NTSTATUS Status;
  __try {
    ExAcquireFastMutex(&V->Mutex);
    __try {
      ProbeForRead(User, Length, 1);
      if (Length > 64) {
        Status = STATUS_INVALID_PARAMETER;
        __leave;
      }
      RtlCopyMemory(V->Buffer, User, Length);
      Status = STATUS_SUCCESS;
    } __finally {
      ExReleaseFastMutex(&V->Mutex);
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    Status = GetExceptionCode();
  }
  return Status;
}
NTSTATUS handler_bad(VOLUME *V, PVOID User, ULONG Length) {
  NTSTATUS Status;
  ExAcquireFastMutex(&V->Mutex);
  __try {
    __try {
      RtlCopyMemory(V->Buffer, User, Length);
      Status = STATUS_SUCCESS;
    } __finally {
      ExReleaseFastMutex(&V->Mutex);
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    Status = GetExceptionCode();
    ExReleaseFastMutex(&V->Mutex); // expected-warning {{fast mutex 'V->Mutex' is released by 'ExReleaseFastMutex' but was released before}}
  }
  return Status;
}
NTSTATUS three_good(VOLUME *V, PVOID User, ULONG Length) {
  NTSTATUS Status;
  KeEnterCriticalRegion();
  __try {
    ExAcquireResourceExclusiveLite(&V->Resource, TRUE);
    __try {
      ExAcquireFastMutex(&V->Mutex);
      __try {
        RtlCopyMemory(V->Buffer, User, Length);
        Status = STATUS_SUCCESS;
      } __finally {
        ExReleaseFastMutex(&V->Mutex);
      }
    } __finally {
      ExReleaseResourceLite(&V->Resource);
    }
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    Status = GetExceptionCode();
  }
  KeLeaveCriticalRegion();
  return Status;
}

// A flag that is set right behind the acquisition belongs to it.
NTSTATUS flag_good(VOLUME *V, PVOID User, ULONG Length) {
  NTSTATUS Status = STATUS_SUCCESS;
  BOOLEAN Held = FALSE;
  __try {
    ExAcquireFastMutex(&V->Mutex);
    Held = TRUE;
    RtlCopyMemory(User, V->Buffer, Length);
    ExReleaseFastMutex(&V->Mutex);
    Held = FALSE;
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    Status = GetExceptionCode();
    if (Held)
      ExReleaseFastMutex(&V->Mutex);
  }
  return Status;
}
NTSTATUS flag_bad(VOLUME *V, PVOID User, ULONG Length) {
  NTSTATUS Status = STATUS_SUCCESS;
  BOOLEAN Held = FALSE;
  __try {
    ExAcquireFastMutex(&V->Mutex);
    Held = TRUE;
    RtlCopyMemory(User, V->Buffer, Length);
    ExReleaseFastMutex(&V->Mutex);
    Held = FALSE;
  } __except (EXCEPTION_EXECUTE_HANDLER) {
    Status = GetExceptionCode();
    if (!Held)
      return Status;
  }
  return Status; // expected-warning {{fast mutex 'V->Mutex' is still held when 'flag_bad' returns}}
}
