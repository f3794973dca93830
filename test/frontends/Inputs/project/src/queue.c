#include <ntddk.h>
#include "queue.h"

VOID put(PQUEUE Queue) {
  KIRQL Old;
  KeAcquireSpinLock(&Queue->Lock, &Old);
  while (Queue->Used == QUEUE_DEPTH)
    KeWaitForSingleObject(&Queue->NotFull, Executive, KernelMode, FALSE, NULL);
  ++Queue->Used;
  KeReleaseSpinLock(&Queue->Lock, Old);
}
