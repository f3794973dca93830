// A function with an error costs only itself; missing headers and unknown names
// cost nothing that does not need them.
// RUN: not %irqlint scan %s --stats=%t.json > %t.txt 2>&1
// RUN: FileCheck %s --input-file=%t.txt --implicit-check-not=warning:
// RUN: FileCheck %s --input-file=%t.json --check-prefix=STATS
#include <ntddk.h>
#include "no-such-header.h"

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  KEVENT Event;
  VENDOR_SETTINGS Settings;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

void before(KSPIN_LOCK *Lock, PKEVENT Event) {
  KIRQL Irql;
  KeAcquireSpinLock(Lock, &Irql);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
  KeReleaseSpinLock(Lock, Irql);
}
// CHECK: broken-functions.c:[[#@LINE-3]]:3: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL

void broken(KSPIN_LOCK *Lock) {
  KIRQL Irql;
  KeAcquireSpinLock(Lock, &Irql)
  if (Lock->
  KeReleaseSpinLock(Lock, Irql);
}

void unknownType(KSPIN_LOCK *Lock, PKEVENT Event) {
  KIRQL Irql;
  VENDOR_TYPE Value = VendorGetValue(Event);
  KeAcquireSpinLock(Lock, &Irql);
  VendorUse(Value, VENDOR_CONSTANT);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
  KeReleaseSpinLock(Lock, Irql);
}
// CHECK: broken-functions.c:[[#@LINE-3]]:3: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL

void unknownMember(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Settings.Verbose)
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// CHECK: broken-functions.c:[[#@LINE-3]]:5: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL

// Of a call that the parser gave up only a number is lost: it happens.
void lostNumber(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Ext->NoSuchLevel);
}
void lostNumberTwice(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Ext->NoSuchLevel);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// CHECK: broken-functions.c:[[#@LINE-2]]:3: warning: {{.*}}was released before

void after(KSPIN_LOCK *Lock, PKEVENT Event) {
  KIRQL Irql;
  KeAcquireSpinLock(Lock, &Irql);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
  KeReleaseSpinLock(Lock, Irql);
}
// CHECK: broken-functions.c:[[#@LINE-3]]:3: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL

// The broken one is counted, not passed over in silence.
// STATS: "parsed": {
// STATS-NEXT: "clean": 3,
// STATS-NEXT: "damaged": 3,
// STATS-NEXT: "lost": 0,
// STATS-NEXT: "stubbed": 1
