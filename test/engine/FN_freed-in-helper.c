// Memory in which a held lock lies is freed by a helper of more than a few statements, which changes nothing else
// for its caller and is not looked into.
// RUN: %verify %s
// expected-no-diagnostics
#include <ntddk.h>

typedef struct _ITEM {
  LONG Count;
  KSPIN_LOCK Lock;
} ITEM, *PITEM;

static VOID drop(PITEM Item) {
  LONG Count = Item->Count, Other;
  Other = Count;
  if (Other == 0)
    ExFreePool(Item);
}
VOID freed_bad(PITEM Item) {
  KIRQL Old;
  KeAcquireSpinLock(&Item->Lock, &Old);
  drop(Item);
  KeReleaseSpinLock(&Item->Lock, Old);
}
