// A helper raises the level twice into one variable, so that it restores the raised one. (As a
// callback it is accused. Found by a random program.)
// RUN: %verify %s
#include <ntifs.h>

static ULONG Count;
void raisesTwice(BOOLEAN Busy) {
  KIRQL Old = PASSIVE_LEVEL;
  if (Busy) {
    Old = KeRaiseIrqlToDpcLevel();
    Old = KeRaiseIrqlToDpcLevel();
  }
  ++Count;
  if (Busy)
    KeLowerIrql(Old); // to DISPATCH_LEVEL
}
IO_WORKITEM_ROUTINE callback_bad;
void callback_bad(PDEVICE_OBJECT Device, PVOID Context) {
  KIRQL Old;
  (void)Device, (void)Context;
  Old = KeRaiseIrqlToDpcLevel();
  Old = KeRaiseIrqlToDpcLevel();
  ++Count;
  KeLowerIrql(Old);
} // expected-warning {{'callback_bad' returns at DISPATCH_LEVEL}}
