// init-once-misuse: whoever begins a one-time initialization completes it.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _TABLE {
  RTL_RUN_ONCE Once;
  PVOID Data;
} TABLE, *PTABLE;

PVOID BuildTable(void);

NTSTATUS not_completed_bad(PTABLE Table) {
  PVOID Data;
  NTSTATUS Status = RtlRunOnceBeginInitialize(&Table->Once, 0, &Data);
  if (Status == STATUS_PENDING) {
    Data = BuildTable();
    if (!Data)
      return STATUS_NO_MEMORY; // expected-warning {{one-time initialization 'Table->Once' is kept when 'not_completed_bad' returns; acquired by 'RtlRunOnceBeginInitialize'}}
    Status = RtlRunOnceComplete(&Table->Once, 0, Data);
  }
  return Status;
}
NTSTATUS completed_good(PTABLE Table) {
  PVOID Data;
  NTSTATUS Status = RtlRunOnceBeginInitialize(&Table->Once, 0, &Data);
  if (Status == STATUS_PENDING) {
    Data = BuildTable();
    if (!Data) {
      RtlRunOnceComplete(&Table->Once, RTL_RUN_ONCE_INIT_FAILED, NULL);
      return STATUS_NO_MEMORY;
    }
    Status = RtlRunOnceComplete(&Table->Once, 0, Data);
  }
  return Status;
}
// Whoever completes first wins: nobody waits for the others.
NTSTATUS asynchronous_good(PTABLE Table) {
  PVOID Data;
  NTSTATUS Status = RtlRunOnceBeginInitialize(&Table->Once, RTL_RUN_ONCE_ASYNC, &Data);
  if (Status == STATUS_PENDING) {
    Data = BuildTable();
    if (!Data)
      return STATUS_NO_MEMORY;
    Status = RtlRunOnceComplete(&Table->Once, RTL_RUN_ONCE_ASYNC, Data);
  }
  return Status;
}
NTSTATUS check_only_good(PTABLE Table) {
  PVOID Data;
  return RtlRunOnceBeginInitialize(&Table->Once, RTL_RUN_ONCE_CHECK_ONLY, &Data);
}
void completed_twice_bad(PTABLE Table) {
  PVOID Data;
  if (RtlRunOnceBeginInitialize(&Table->Once, 0, &Data) != STATUS_PENDING)
    return;
  Data = BuildTable();
  if (Data)
    RtlRunOnceComplete(&Table->Once, 0, Data);
  RtlRunOnceComplete(&Table->Once, RTL_RUN_ONCE_INIT_FAILED, NULL); // expected-warning {{one-time initialization 'Table->Once' is released by 'RtlRunOnceComplete' but was released before by 'RtlRunOnceComplete'}}
}
void completed_without_bad(PTABLE Table) {
  PVOID Data;
  NTSTATUS Status = RtlRunOnceBeginInitialize(&Table->Once, 0, &Data);
  if (Status == STATUS_PENDING)
    Data = BuildTable();
  RtlRunOnceComplete(&Table->Once, 0, Data); // expected-warning {{one-time initialization 'Table->Once' is released by 'RtlRunOnceComplete' on a path on which 'RtlRunOnceBeginInitialize' failed to acquire it}}
}
void ignored_bad(PTABLE Table) {
  PVOID Data = NULL;
  RtlRunOnceBeginInitialize(&Table->Once, 0, &Data); // expected-warning {{'RtlRunOnceBeginInitialize' is called without a look at its result}}
  Table->Data = Data;
}
