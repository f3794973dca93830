#include "parts.h"

void grow(Ring *R) {
  KIRQL OldIrql;
  Grow(R, &OldIrql);
  if (R->Count > 4)
    return; // not found: what Grow does is not known here
  KeReleaseSpinLock(&R->Lock, OldIrql);
}

void take(Ring *R) {
  KIRQL OldIrql;
  Take(R, &OldIrql);
  if (R->Count > 4)
    return; // EXPECT: lock-leaked
  KeReleaseSpinLock(&R->Lock, OldIrql);
}

void fatal(Ring *R) {
  KIRQL OldIrql;
  Fatal(R, &OldIrql);
  if (R->Count > 4)
    return; // EXPECT: lock-leaked
  KeReleaseSpinLock(&R->Lock, OldIrql);
}
