#include "../dev.h"

KDEFERRED_ROUTINE TwoDpc;

void TwoDpc(PKDPC Dpc, PVOID Context, PVOID A1, PVOID A2) {
  (void)Dpc;
  (void)A1;
  (void)A2;
  QueueDrain(Context); // bad: waits in a DPC
}

/* Called by the library, with its lock held. */
void Notify(QUEUE *Queue) {
  KeWaitForSingleObject(&Queue->Empty, Executive, KernelMode, FALSE, NULL); // EXPECT: wait-at-dispatch
}

NTSTATUS TwoReset(QUEUE *Queue) {
  KIRQL OldIrql;
  QueueLock(Queue, &OldIrql);
  Queue->Count = 0;
  QueueUnlock(Queue, OldIrql);
  QueueAdd(Queue);
  return STATUS_SUCCESS;
}
