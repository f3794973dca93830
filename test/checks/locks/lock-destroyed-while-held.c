// lock-destroyed-while-held: the memory around a lock, or the lock itself, goes away
// while this path holds it.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _ITEM {
  LIST_ENTRY Link;
  KSPIN_LOCK Lock;
  ERESOURCE Resource;
  FAST_MUTEX Mutex;
  EX_RUNDOWN_REF Rundown;
  ULONG Users;
  struct { KSPIN_LOCK Lock; } Inner;
  PVOID Buffer;
} ITEM, *PITEM;
typedef struct _TABLE {
  KSPIN_LOCK Lock;
  LIST_ENTRY Items;
} TABLE, *PTABLE;

void freed_bad(PITEM Item) {
  KIRQL Irql;
  KeAcquireSpinLock(&Item->Lock, &Irql);
  if (--Item->Users == 0)
    ExFreePool(Item); // expected-warning {{'ExFreePool' frees memory in which spin lock 'Item->Lock' lies, which is still held}}
  KeReleaseSpinLock(&Item->Lock, Irql);
}
void freed_inner_bad(PITEM Item) {
  KIRQL Irql;
  KeAcquireSpinLock(&Item->Inner.Lock, &Irql);
  ExFreePoolWithTag(Item, 'metI'); // expected-warning {{'ExFreePoolWithTag' frees memory in which spin lock 'Item->Inner.Lock' lies, which is still held}}
  KeLowerIrql(Irql);
}
static void Dereference(PITEM Item) {
  if (--Item->Users == 0)
    ExFreePoolWithTag(Item, 'metI'); // expected-warning {{frees memory in which fast mutex 'Item->Mutex' lies, which is still held}}
}
void freed_in_helper_bad(PITEM Item) {
  ExAcquireFastMutex(&Item->Mutex);
  Dereference(Item);
  ExReleaseFastMutex(&Item->Mutex);
}
void freed_good(PITEM Item) {
  KIRQL Irql;
  BOOLEAN Last;
  KeAcquireSpinLock(&Item->Lock, &Irql);
  Last = --Item->Users == 0;
  KeReleaseSpinLock(&Item->Lock, Irql);
  if (Last)
    ExFreePool(Item);
}
void what_it_points_to_good(PITEM Item) {
  KIRQL Irql;
  KeAcquireSpinLock(&Item->Lock, &Irql);
  ExFreePool(Item->Buffer);
  Item->Buffer = NULL;
  KeReleaseSpinLock(&Item->Lock, Irql);
}
// The lock is the table's.
void item_of_table_good(PTABLE Table) {
  KIRQL Irql;
  KeAcquireSpinLock(&Table->Lock, &Irql);
  while (!IsListEmpty(&Table->Items)) {
    PITEM Item = CONTAINING_RECORD(RemoveHeadList(&Table->Items), ITEM, Link);
    ExFreePool(Item);
  }
  KeReleaseSpinLock(&Table->Lock, Irql);
}
void deleted_bad(PITEM Item) {
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Item->Resource, TRUE);
  ExDeleteResourceLite(&Item->Resource); // expected-warning {{executive resource 'Item->Resource' is deleted by 'ExDeleteResourceLite' while it is held}}
  KeLeaveCriticalRegion();
}
void deleted_good(PITEM Item) {
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Item->Resource, TRUE);
  ExReleaseResourceLite(&Item->Resource);
  ExDeleteResourceLite(&Item->Resource);
  KeLeaveCriticalRegion();
}
void initialized_anew_bad(PITEM Item) {
  KIRQL Irql;
  KeAcquireSpinLock(&Item->Lock, &Irql);
  KeInitializeSpinLock(&Item->Lock); // expected-warning {{spin lock 'Item->Lock' is initialized anew by 'KeInitializeSpinLock' while it is held}}
  KeLowerIrql(Irql);
}
void initialized_good(PITEM Item) {
  KIRQL Irql;
  KeInitializeSpinLock(&Item->Lock);
  KeAcquireSpinLock(&Item->Lock, &Irql);
  KeReleaseSpinLock(&Item->Lock, Irql);
}
