#pragma once
#include <ntddk.h>

typedef struct _QUEUE {
  KSPIN_LOCK Lock;
  KEVENT NotFull;
  ULONG Used;
} QUEUE, *PQUEUE;
