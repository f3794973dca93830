#pragma once
#include <ntddk.h>

typedef struct _GUARDED {
  KSPIN_LOCK Lock;
  KEVENT Idle;
} GUARDED, *PGUARDED;

FORCEINLINE VOID lockGuarded(PGUARDED G, PKIRQL Old) {
  KeAcquireSpinLock(&G->Lock, Old);
}
