// What ends a path ends it for the compiler, too; lists and stack locations have
// real bodies; exception handling has its C keywords.
// RUN: %clang_kit -Werror -Wall -Wreturn-type -Wno-unused-variable -fsyntax-only %s
// RUN: not %clang_kit -DBAD -Werror -Wreturn-type -fsyntax-only %s 2>&1 | FileCheck %s
// RUN: %clang_kit -S -emit-llvm -O2 -o - %s | FileCheck %s --check-prefix=CODE
#include <ntddk.h>

// No result after these, and none is missed.
int Stop(void) { KeBugCheckEx(1, 2, 3, 4, 5); }
int Raise(void) { ExRaiseStatus(STATUS_UNSUCCESSFUL); }
int Interrupt(void) { DbgRaiseAssertionFailure(); }
int Trap(void) { __int2c(); }
int Fast(void) { RtlFailFast(FAST_FAIL_INVALID_ARG); }
int Fastest(void) { __fastfail(FAST_FAIL_FATAL_APP_EXIT); }
int Asserted(void) { NT_ASSERT(FALSE); }
#ifdef BAD
// CHECK: error: non-void function does not return a value
int Goes(void) { KeStallExecutionProcessor(1); }
#endif

// An assertion holds afterwards.
// CODE-LABEL: @AfterAssertion
// CODE: call void @irqlint_assert_failed
// CODE: ret i32 7
int AfterAssertion(int N) {
  ASSERT(N == 7);
  return N;
}

// CODE-LABEL: @InsertRemove
// CODE: ret i1 true
_Bool InsertRemove(void) {
  LIST_ENTRY Head, Entry;
  InitializeListHead(&Head);
  InsertTailList(&Head, &Entry);
  PLIST_ENTRY First = RemoveHeadList(&Head);
  return First == &Entry && IsListEmpty(&Head);
}

NTSTATUS Forward(PDEVICE_OBJECT Lower, PIRP Irp) {
  PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
  IoMarkIrpPending(Irp);
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(Lower, Irp);
}

NTSTATUS Guarded(PVOID User) {
  try {
    ProbeForRead(User, 4, 1);
    if (*(volatile ULONG *)User == 0)
      leave;
  } except (EXCEPTION_EXECUTE_HANDLER) {
    return GetExceptionCode();
  }
  try {
    DbgPrint("%x", 1);
  } finally {
    DbgBreakPoint();
  }
  return STATUS_SUCCESS;
}
