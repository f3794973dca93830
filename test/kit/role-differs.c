// A role that is declared with its typedef and defined with another type of
// parameter (a warning to Microsoft's compiler) keeps its role.
// RUN: not %irqlint scan %s 2>&1 | FileCheck %s
#include <ntddk.h>

typedef struct _WORK { KSPIN_LOCK Lock; KEVENT Done; ULONG Count; } WORK;

KDEFERRED_ROUTINE OnDpc;
KSTART_ROUTINE Run;

// CHECK: role-differs.c:[[#@LINE+2]]:{{.*}}'KeWaitForSingleObject' waits at DISPATCH_LEVEL
static void OnDpc(KDPC *Dpc, WORK *Work, void *A, void *B) {
  KeWaitForSingleObject(&Work->Done, Executive, KernelMode, FALSE, NULL);
}

// CHECK-NOT: warning:
static void Run(WORK *Work) {
  KeWaitForSingleObject(&Work->Done, Executive, KernelMode, FALSE, NULL);
  PsTerminateSystemThread(STATUS_SUCCESS);
}

void Start(PKDPC Dpc, WORK *Work, PHANDLE Thread) {
  KeInitializeDpc(Dpc, OnDpc, Work);
  PsCreateSystemThread(Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, Run, Work);
}
// CHECK: 1 finding in 1 unit
