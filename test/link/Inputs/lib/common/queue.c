#include "../dev.h"

void QueueLock(QUEUE *Queue, KIRQL *OldIrql) {
  KeAcquireSpinLock(&Queue->Lock, OldIrql);
}

void QueueUnlock(QUEUE *Queue, KIRQL OldIrql) {
  KeReleaseSpinLock(&Queue->Lock, OldIrql);
}

void QueueAdd(QUEUE *Queue) {
  KIRQL OldIrql;
  QueueLock(Queue, &OldIrql);
  Queue->Count++;
  Notify(Queue); /* the second driver's waits */
  QueueUnlock(Queue, OldIrql);
}
