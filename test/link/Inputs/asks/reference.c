#include <ntddk.h>
// Raises the level only where it is too low: can be called at any.
VOID asks_first(volatile LONG *Count) {
  KIRQL Old = KeGetCurrentIrql();
  if (Old < DISPATCH_LEVEL)
    Old = KeRaiseIrqlToDpcLevel();
  InterlockedIncrement(Count);
  if (Old < DISPATCH_LEVEL)
    KeLowerIrql(Old);
}
// Can be called up to DISPATCH_LEVEL.
VOID raises(volatile LONG *Count) {
  KIRQL Old = KeRaiseIrqlToDpcLevel();
  InterlockedIncrement(Count);
  KeLowerIrql(Old);
}
// Complains of other levels.
VOID asserts(volatile LONG *Count, PKEVENT Event) {
  NT_ASSERT(KeGetCurrentIrql() <= APC_LEVEL);
  InterlockedIncrement(Count);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
}
