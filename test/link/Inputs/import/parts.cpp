#include "parts.h"

int Ring::get() { return Count; }
void Ring::put(int N) { Count = N; }

// Clang's importer does not know properties.
void Grow(Ring *R, KIRQL *OldIrql) {
  R->Size = R->Size + 1;
  KeAcquireSpinLock(&R->Lock, OldIrql);
}

void Take(Ring *R, KIRQL *OldIrql) { KeAcquireSpinLock(&R->Lock, OldIrql); }

void Fatal(Ring *R, KIRQL *OldIrql) { KeAcquireSpinLock(&R->Lock, OldIrql); }
