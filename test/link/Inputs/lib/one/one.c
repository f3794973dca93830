#include "../dev.h"

KDEFERRED_ROUTINE OneDpc;

void OneDpc(PKDPC Dpc, PVOID Context, PVOID A1, PVOID A2) {
  (void)Dpc;
  (void)A1;
  (void)A2;
  QueueDrain(Context); // bad: waits in a DPC
  QueueTrace(Context); // good: this driver has its own
}

NTSTATUS OneAdd(QUEUE *Queue, ULONG N) {
  KIRQL OldIrql;
  QueueLock(Queue, &OldIrql);
  if (N > 4)
    return STATUS_INVALID_PARAMETER; // EXPECT: lock-leaked
  Queue->Count += N;
  QueueUnlock(Queue, OldIrql);
  return STATUS_SUCCESS;
}
