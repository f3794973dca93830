// Path notes tell the story in a driver's terms: where the level was raised, which
// call leads there, what was assumed; nothing of the engine's own.
// RUN: not %irqlint scan %s > %t.txt
// RUN: FileCheck %s --input-file=%t.txt
// RUN: FileCheck %s --input-file=%t.txt --check-prefix=NOISE
// NOISE-NOT: {{[Rr]eturning|[Ee]ntering|SVal|conj_|reg_|symbol|irqlint\$}}
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock, Inner;
  KEVENT Event;
  ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static void waitForIt(PDEVICE_EXTENSION Ext) {
  if (Ext->Count)
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}

void tellsOfCall(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  waitForIt(Ext);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// CHECK: path-notes.c:[[#@LINE-9]]:5: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held [irqlint-wait-at-dispatch]
// CHECK: path-notes.c:[[#@LINE-5]]:3: note: IRQL is raised to DISPATCH_LEVEL by KeAcquireSpinLock here; spin lock '{{&?}}Ext->Lock' is acquired
// CHECK: path-notes.c:[[#@LINE-5]]:3: note: calls 'waitForIt'
// CHECK: path-notes.c:[[#@LINE-13]]:7: note: assuming field 'Count' is not equal to 0

DRIVER_DISPATCH tellsOfEarlyExit;
NTSTATUS tellsOfEarlyExit(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql, Inner;
  (void)Irp;
  KeAcquireSpinLock(&Ext->Inner, &Inner);
  KeReleaseSpinLock(&Ext->Inner, Inner);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Count > 3)
    return STATUS_UNSUCCESSFUL;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}
// What happened to the other lock does not belong to the story.
// CHECK: path-notes.c:[[#@LINE-5]]:5: warning: spin lock 'Ext->Lock' is still held when 'tellsOfEarlyExit' returns; acquired by 'KeAcquireSpinLock' [irqlint-lock-leaked]
// CHECK-NOT: Ext->Inner
// CHECK: path-notes.c:[[#@LINE-9]]:3: note: IRQL is raised to DISPATCH_LEVEL by KeAcquireSpinLock here; spin lock '{{&?}}Ext->Lock' is acquired
// CHECK-NOT: Ext->Inner
// CHECK: path-notes.c:[[#@LINE-10]]:7: note: assuming field 'Count' is >

KDEFERRED_ROUTINE tellsOfRole;
void tellsOfRole(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Dpc, (void)A, (void)B;
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
// CHECK: path-notes.c:[[#@LINE-2]]:3: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL [irqlint-wait-at-dispatch]
// CHECK: path-notes.c:[[#@LINE-6]]:6: note: 'tellsOfRole' is entered at DISPATCH_LEVEL as KDEFERRED_ROUTINE

void tellsOfFirstRelease(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// CHECK: path-notes.c:[[#@LINE-2]]:3: warning: spin lock '{{&?}}Ext->Lock' is released by 'KeReleaseSpinLock' but was released before by 'KeReleaseSpinLock' [irqlint-release-not-held]
// CHECK: path-notes.c:[[#@LINE-5]]:3: note: spin lock '{{&?}}Ext->Lock' is released by KeReleaseSpinLock here
