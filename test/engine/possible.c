// Possible violations in the analyzer: wrong at some of the levels that a role or an
// annotation allows.
// RUN: %verify_possible %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  KEVENT Event;
  HANDLE Key;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

_IRQL_requires_max_(DISPATCH_LEVEL)
void max_bad(PDEVICE_EXTENSION Ext) {
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' may be called at PASSIVE_LEVEL..DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL}}
}
_IRQL_requires_max_(PASSIVE_LEVEL)
void max_good(PDEVICE_EXTENSION Ext) { ZwClose(Ext->Key); }

_IRQL_requires_max_(DISPATCH_LEVEL)
void low_bad(PDEVICE_EXTENSION Ext) {
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock); // its page makes the level a matter of remarks
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{'KeReleaseSpinLockFromDpcLevel' may be called at PASSIVE_LEVEL..DISPATCH_LEVEL, below its minimum DISPATCH_LEVEL}}
}
// Asked, or asserted: settled.
_IRQL_requires_max_(DISPATCH_LEVEL)
void asked_good(PDEVICE_EXTENSION Ext) {
  if (KeGetCurrentIrql() == PASSIVE_LEVEL)
    ZwClose(Ext->Key);
}
_IRQL_requires_max_(DISPATCH_LEVEL)
void asserted_good(PDEVICE_EXTENSION Ext) {
  NT_ASSERT(KeGetCurrentIrql() == PASSIVE_LEVEL);
  ZwClose(Ext->Key);
}
// A level of which nothing is known is no range of levels.
void unknown_good(PDEVICE_EXTENSION Ext) { ZwClose(Ext->Key); }
// A constant in place of the saved level is right by luck at most.
void constant_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, PASSIVE_LEVEL); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Lock' restores PASSIVE_LEVEL, but the level before was PASSIVE_LEVEL..DISPATCH_LEVEL (possible)}}
}
// Code in a section with a name of its own may be locked in memory by then.
__declspec(code_seg("PAGELK"))
void lockable_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{pageable function 'lockable_bad' raises IRQL to DISPATCH_LEVEL with 'KeAcquireSpinLock' and goes on running there}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
