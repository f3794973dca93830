// Wrong at every level that the entry allows is a warning; wrong at some is only
// said when asked for, with a hint what would settle it.
// RUN: %irqlint scan %s --format=json --output=%t.json > /dev/null; test $? -eq 0
// RUN: %irqlint scan %s --possible > %t.txt; test $? -eq 1
// RUN: FileCheck %s --input-file=%t.txt --implicit-check-not=warning:
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  FAST_MUTEX Mutex;
  KEVENT Event;
  HANDLE Key;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

_IRQL_requires_max_(DISPATCH_LEVEL)
void maxDispatch(PDEVICE_EXTENSION Ext) {
  ZwClose(Ext->Key);
}
// CHECK: definite-possible.c:[[#@LINE-2]]:{{.*}}'ZwClose' may be called at PASSIVE_LEVEL..DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL {{.*}}[irqlint-irql-too-high
// CHECK: 'maxDispatch' is entered at PASSIVE_LEVEL..DISPATCH_LEVEL by its annotation
// CHECK: state the level at which 'maxDispatch' runs with _IRQL_requires_max_

_IRQL_requires_max_(DISPATCH_LEVEL)
void maxDispatchWaits(PDEVICE_EXTENSION Ext) {
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
// CHECK: definite-possible.c:[[#@LINE-2]]:{{.*}}'KeWaitForSingleObject' may wait at PASSIVE_LEVEL..DISPATCH_LEVEL

// The timeout decides, and it is not known here.
void FP_unknownTimeout(PDEVICE_EXTENSION Ext, PLARGE_INTEGER Timeout) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, Timeout);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// FP: the same violation told by two checks.
// CHECK: definite-possible.c:[[#@LINE-4]]:{{.*}}'KeWaitForSingleObject' may be called at DISPATCH_LEVEL, above its maximum APC_LEVEL
// CHECK: definite-possible.c:[[#@LINE-5]]:{{.*}}'KeWaitForSingleObject' may wait at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held

// Unknown is not "some levels are wrong".
void unknownLevel(PDEVICE_EXTENSION Ext) {
  ZwClose(Ext->Key);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
// The author has asked.
_IRQL_requires_max_(DISPATCH_LEVEL)
void asked(PDEVICE_EXTENSION Ext) {
  if (KeGetCurrentIrql() == PASSIVE_LEVEL)
    ZwClose(Ext->Key);
}
