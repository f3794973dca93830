// The last reference to an object is given up while its own lock is held. Most who count like this hold another
// reference then, so nothing is said.
// RUN: %verify %s
// expected-no-diagnostics
#include <ntddk.h>

typedef struct _ITEM {
  LONG Count;
  KSPIN_LOCK Lock;
} ITEM, *PITEM;

static VOID dereference(PITEM Item) {
  if (InterlockedDecrement(&Item->Count) == 0)
    ExFreePool(Item);
}
VOID last_bad(PITEM Item) {
  KIRQL Old;
  KeAcquireSpinLock(&Item->Lock, &Old);
  dereference(Item);
  KeReleaseSpinLock(&Item->Lock, Old); // of memory that may be gone
}
