#include "../dev.h"

void QueueTrace(QUEUE *Queue) {
  KeWaitForSingleObject(&Queue->Empty, Executive, KernelMode, FALSE, NULL);
}

void QueueDrain(QUEUE *Queue) {
  KIRQL OldIrql;
  QueueLock(Queue, &OldIrql);
  Queue->Count = 0;
  QueueUnlock(Queue, OldIrql);
  /* Both drivers call this at DISPATCH_LEVEL. */
  KeWaitForSingleObject(&Queue->Empty, Executive, KernelMode, FALSE, NULL); // EXPECT: wait-at-dispatch
}

BOOLEAN QueueReady(QUEUE *Queue) {
  KIRQL OldIrql;
  QueueLock(Queue, &OldIrql);
  if (Queue->Count == 0)
    return FALSE; // EXPECT: lock-leaked
  QueueUnlock(Queue, OldIrql);
  return TRUE;
}
