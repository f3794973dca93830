#include <ntddk.h>

/* A library that two drivers are linked with. */
typedef struct _QUEUE {
  KSPIN_LOCK Lock;
  KEVENT Empty;
  ULONG Count;
} QUEUE;

/* queue.c */
void QueueLock(QUEUE *Queue, KIRQL *OldIrql);
void QueueUnlock(QUEUE *Queue, KIRQL OldIrql);
void QueueAdd(QUEUE *Queue);
/* drain.c */
void QueueDrain(QUEUE *Queue);
BOOLEAN QueueReady(QUEUE *Queue);
/* replaced by a driver */
void QueueTrace(QUEUE *Queue);
/* in both drivers */
void Notify(QUEUE *Queue);
