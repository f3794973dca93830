// irql-lowered-by-raise, irql-raised-by-lower: a raise goes down, a lower goes up.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

KDEFERRED_ROUTINE dpc_raises_to_apc_bad;
void dpc_raises_to_apc_bad(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  KIRQL Irql;
  (void)Object, (void)Context, (void)A, (void)B;
  KeRaiseIrql(APC_LEVEL, &Irql); // expected-warning {{'KeRaiseIrql' is asked for APC_LEVEL but the level is DISPATCH_LEVEL already}}
  KeLowerIrql(Irql);
}
KDEFERRED_ROUTINE dpc_raises_to_same_good;
void dpc_raises_to_same_good(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  KIRQL Irql;
  (void)Object, (void)Context, (void)A, (void)B;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  KeLowerIrql(Irql);
}
void under_lock_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql, Inner;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeRaiseIrql(APC_LEVEL, &Inner); // expected-warning {{'KeRaiseIrql' is asked for APC_LEVEL but the level is DISPATCH_LEVEL already}}
  KeLowerIrql(Inner);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
KSERVICE_ROUTINE isr_raises_to_dispatch_bad;
BOOLEAN isr_raises_to_dispatch_bad(PKINTERRUPT Interrupt, PVOID Context) {
  KIRQL Irql;
  (void)Interrupt, (void)Context;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql); // expected-warning {{'KeRaiseIrql' is asked for DISPATCH_LEVEL but the level is DIRQL already}}
  KeLowerIrql(Irql);
  return TRUE;
}
// Nothing is known of the level.
void unknown_good(void) {
  KIRQL Irql;
  KeRaiseIrql(APC_LEVEL, &Irql);
  KeLowerIrql(Irql);
}
void asks_first_good(void) {
  KIRQL Irql;
  if (KeGetCurrentIrql() <= APC_LEVEL) {
    KeRaiseIrql(APC_LEVEL, &Irql);
    KeLowerIrql(Irql);
  }
}
static void raiseToApc(KIRQL *Irql) {
  KeRaiseIrql(APC_LEVEL, Irql); // expected-warning {{'KeRaiseIrql' is asked for APC_LEVEL but the level is DISPATCH_LEVEL already}}
}
void helper_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql, Inner;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  raiseToApc(&Inner);
  KeLowerIrql(Inner);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

//===--- lower -----------------------------------------------------------===//

void lower_to_constant_bad(void) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  KeLowerIrql(Irql);
  // The raise before shows that the entry level was not above DISPATCH_LEVEL.
  KeLowerIrql(HIGH_LEVEL); // expected-warning {{'KeLowerIrql' is asked for HIGH_LEVEL but the level is only PASSIVE_LEVEL..DISPATCH_LEVEL}}
}
IO_WORKITEM_ROUTINE lower_raises_bad;
void lower_raises_bad(PDEVICE_OBJECT Device, PVOID Context) {
  (void)Device, (void)Context;
  KeLowerIrql(DISPATCH_LEVEL); // expected-warning {{'KeLowerIrql' is asked for DISPATCH_LEVEL but the level is only PASSIVE_LEVEL}}
} // expected-warning {{'lower_raises_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL; the level was changed by 'KeLowerIrql'}}

// Undone in the wrong order: after the outer level is restored, the inner one
// is a raise.
IO_WORKITEM_ROUTINE wrong_order_bad;
void wrong_order_bad(PDEVICE_OBJECT Device, PVOID Context) {
  KIRQL Outer, Inner;
  (void)Device, (void)Context;
  KeRaiseIrql(APC_LEVEL, &Outer);
  KeRaiseIrql(DISPATCH_LEVEL, &Inner);
  KeLowerIrql(Outer);
  KeLowerIrql(Inner); // expected-warning {{'KeLowerIrql' is asked for APC_LEVEL but the level is only PASSIVE_LEVEL}}
} // expected-warning {{'wrong_order_bad' returns at APC_LEVEL, but was entered at PASSIVE_LEVEL; the level was changed by 'KeLowerIrql'}}
IO_WORKITEM_ROUTINE right_order_good;
void right_order_good(PDEVICE_OBJECT Device, PVOID Context) {
  KIRQL Outer, Inner;
  (void)Device, (void)Context;
  KeRaiseIrql(APC_LEVEL, &Outer);
  KeRaiseIrql(DISPATCH_LEVEL, &Inner);
  KeLowerIrql(Inner);
  KeLowerIrql(Outer);
}
