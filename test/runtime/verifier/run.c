// Running by itself: arguments and memory are unknown, what is compared decides.
// RUN: sh -c '%irqlint run %s >%t.out 2>%t.err; test $? = 1'
// RUN: FileCheck %s <%t.out
// RUN: FileCheck --check-prefix=SUM %s <%t.err
// RUN: sh -c '%irqlint run --only=inOrder %s; test $? = 0'
// Two runs are the same, also with sampling.
// RUN: sh -c '%irqlint run --executions=7 %s >%t.one 2>&1; %irqlint run --executions=7 %s >%t.two 2>&1; true'
// RUN: diff %t.one %t.two
#include <ntddk.h>

typedef struct _EXTENSION {
  KSPIN_LOCK Lock, Other;
  LIST_ENTRY List;
  ULONG Count;
  BOOLEAN Busy;
  struct _EXTENSION *Next;
  KEVENT Event;
} EXTENSION, *PEXTENSION;

static void helper(PEXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Busy)
    return;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// The path, with the helper's steps.
// CHECK: run.c:[[#@LINE+7]]:3: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held [irqlint-wait-at-dispatch]
// CHECK: run.c:[[#@LINE-8]]:3: note: 'KeAcquireSpinLock' acquires spin lock 'Ext->Lock'
// CHECK: run.c:[[#@LINE+6]]:3: warning: spin lock 'Ext->Lock' is still held when 'Read' returns
DRIVER_DISPATCH Read;
NTSTATUS Read(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
  helper(Ext);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  return Irp->Cancel ? STATUS_CANCELLED : STATUS_SUCCESS;
}

// The second entry of the list, the third element, the chain of pointers, the sum.
// CHECK: run.c:[[#@LINE+13]]:7: warning: {{.*}} [irqlint-lock-leaked]
IO_WORKITEM_ROUTINE deep;
void deep(PDEVICE_OBJECT Device, PVOID Context) {
  PEXTENSION Ext = Context;
  PLIST_ENTRY Entry;
  ULONG Seen = 0;
  KIRQL Irql;
  (void)Device;
  if (!Ext->Next || !Ext->Next->Next)
    return;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  for (Entry = Ext->List.Flink; Entry != &Ext->List; Entry = Entry->Flink)
    if (++Seen == 2 && Ext->Next->Next->Count - 3 == 39)
      return;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// Whether it was said before __leave or after: the block at the end runs.
// CHECK-NOT: finallyGood
DRIVER_DISPATCH finallyGood;
NTSTATUS finallyGood(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  __try {
    if (Ext->Busy) {
      Status = STATUS_DEVICE_BUSY;
      __leave;
    }
    ++Ext->Count;
  } __finally {
    KeReleaseSpinLock(&Ext->Lock, Irql);
  }
  return Status;
}
// CHECK: run.c:[[#@LINE+12]]:3: warning: {{.*}} is still held when 'finallyBad' returns
DRIVER_DISPATCH finallyBad;
NTSTATUS finallyBad(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  __try {
    ++Ext->Count;
  } __finally {
    if (!Irp->Cancel)
      KeReleaseSpinLock(&Ext->Lock, Irql);
  }
  return STATUS_SUCCESS;
}

// A variable that nobody has set.
// CHECK: warning: {{.*}} restores a level that was never saved
void unset(PEXTENSION Ext) {
  KIRQL Irql;
  KeRaiseIrqlToDpcLevel();
  if (Ext->Busy)
    Irql = PASSIVE_LEVEL;
  KeLowerIrql(Irql);
}

void inOrder(PEXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeAcquireSpinLockAtDpcLevel(&Ext->Other);
  KeReleaseSpinLockFromDpcLevel(&Ext->Other);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// SUM: irqlint: 5 findings in 1 unit
