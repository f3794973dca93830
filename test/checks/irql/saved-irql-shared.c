// saved-irql-shared: the old level in a variable that others overwrite.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _EXT {
  KSPIN_LOCK Lock;
  EX_SPIN_LOCK Table;
  KIRQL Saved;
  ULONG Count;
} EXT, *PEXT;

static KIRQL Global;
static KSPIN_LOCK GlobalLock;

void raise_bad(PEXT Ext) {
  KeRaiseIrql(DISPATCH_LEVEL, &Global); // expected-warning {{'KeRaiseIrql' saves the level in 'Global', which others overwrite who raise theirs at the same time}}
  ++Ext->Count;
  KeLowerIrql(Global);
}
void raise_static_bad(PEXT Ext) {
  static KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql); // expected-warning {{'KeRaiseIrql' saves the level in 'Irql'}}
  ++Ext->Count;
  KeLowerIrql(Irql);
}
void raise_good(PEXT Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  ++Ext->Count;
  KeLowerIrql(Irql);
}
// The level is stored by the one who has the lock.
void under_the_lock_good(PEXT Ext) {
  KeAcquireSpinLock(&GlobalLock, &Global);
  ++Ext->Count;
  KeReleaseSpinLock(&GlobalLock, Global);
}
void in_the_object_good(PEXT Ext) {
  KeAcquireSpinLock(&Ext->Lock, &Ext->Saved);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Ext->Saved);
}
