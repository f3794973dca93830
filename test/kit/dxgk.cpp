// A display miniport says by annotation what its members are entered as.
// RUN: not %irqlint scan %s 2>&1 | FileCheck %s
#include <dispmprt.h>

class Adapter {
public:
  _Function_class_DXGK_(DXGKDDI_DPC_ROUTINE)
  _IRQL_requires_DXGK_(DISPATCH_LEVEL)
  static VOID Dpc(IN_CONST_PVOID Context);
  _Function_class_DXGK_(DXGKDDI_STOP_DEVICE)
  _IRQL_requires_DXGK_(PASSIVE_LEVEL)
  static NTSTATUS Stop(IN_CONST_PVOID Context);
  KEVENT Idle;
};

// CHECK: dxgk.cpp:[[#@LINE+2]]:{{.*}}'KeWaitForSingleObject' waits at DISPATCH_LEVEL
VOID Adapter::Dpc(IN_CONST_PVOID Context) {
  KeWaitForSingleObject((PVOID) & ((Adapter *)Context)->Idle, Executive, KernelMode, FALSE, NULL);
}

// CHECK-NOT: warning:
NTSTATUS Adapter::Stop(IN_CONST_PVOID Context) {
  KeWaitForSingleObject((PVOID) & ((Adapter *)Context)->Idle, Executive, KernelMode, FALSE, NULL);
  return STATUS_SUCCESS;
}
// CHECK: 1 finding in 1 unit
