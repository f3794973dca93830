// A section that begins in a wrapper of the driver's is not measured where the function calls no
// routine of a lock itself: docs/limits.md.
// RUN: %irqlint scan %s > %t.txt 2>&1; FileCheck %s --input-file=%t.txt
// CHECK: irqlint: 0 findings
#include <ntddk.h>

struct PlainLock {
  KSPIN_LOCK Lock;
  void acquire(PKIRQL Old) { KeAcquireSpinLock(&Lock, Old); }
  void release(KIRQL New) { KeReleaseSpinLock(&Lock, New); }
};
struct Target {
  PlainLock Own;
  PDEVICE_OBJECT Next;
  NTSTATUS send(PIRP Irp);
};
NTSTATUS Target::send(PIRP Irp) {
  KIRQL Irql;
  Own.acquire(&Irql);
  NTSTATUS Status = IoCallDriver(Next, Irp);
  Own.release(Irql);
  return Status;
}
