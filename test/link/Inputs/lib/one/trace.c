#include "../dev.h"

void QueueTrace(QUEUE *Queue) { Queue->Count++; }

void Notify(QUEUE *Queue) { Queue->Count--; }

void OneNotify(QUEUE *Queue) { QueueAdd(Queue); }
