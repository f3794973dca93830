// lock-not-initialized: a lock in memory that begins on the path is used before its
// initializing routine has run.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _ITEM {
  LIST_ENTRY Link;
  KSPIN_LOCK Lock;
  KEVENT Done;
  FAST_MUTEX Mutex;
  ULONG Users;
} ITEM, *PITEM;

void Register(PKEVENT Event);
void Setup(PITEM Item);
void Use(PVOID Context);

//===--- local variables -----------------------------------------------------------===//

void event_bad(void) {
  KEVENT Event;
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'Event' is used by 'KeWaitForSingleObject' before it is initialized}}
}
void event_good(void) {
  KEVENT Event;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}
void event_on_one_path_bad(BOOLEAN First) {
  KEVENT Event;
  if (First)
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
  KeSetEvent(&Event, 0, FALSE); // expected-warning {{'Event' is used by 'KeSetEvent' before it is initialized}}
}
void filled_elsewhere_good(void) {
  KEVENT Event;
  Register(&Event);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}
void spin_lock_bad(ULONG *Counter) {
  KSPIN_LOCK Lock;
  KIRQL Irql;
  KeAcquireSpinLock(&Lock, &Irql); // expected-warning {{spin lock 'Lock' is used by 'KeAcquireSpinLock' before it is initialized}}
  ++*Counter;
  KeReleaseSpinLock(&Lock, Irql);
}
void spin_lock_good(ULONG *Counter) {
  KSPIN_LOCK Lock;
  KIRQL Irql;
  KeInitializeSpinLock(&Lock);
  KeAcquireSpinLock(&Lock, &Irql);
  ++*Counter;
  KeReleaseSpinLock(&Lock, Irql);
}
void zero_is_free_good(ULONG *Counter) {
  KSPIN_LOCK Lock = 0;
  KIRQL Irql;
  KeAcquireSpinLock(&Lock, &Irql);
  ++*Counter;
  KeReleaseSpinLock(&Lock, Irql);
}
void other_member_bad(void) {
  ITEM Item;
  KeInitializeSpinLock(&Item.Lock);
  Item.Users = 0;
  KeSetEvent(&Item.Done, 0, FALSE); // expected-warning {{'Item.Done' is used by 'KeSetEvent' before it is initialized}}
}
void whole_item_good(void) {
  ITEM Item;
  Setup(&Item);
  KeSetEvent(&Item.Done, 0, FALSE);
}
void zeroed_good(void) {
  ITEM Item;
  RtlZeroMemory(&Item, sizeof(Item));
  KeSetEvent(&Item.Done, 0, FALSE);
}
void mutex_wait_bad(void) {
  KMUTEX Mutex;
  KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL); // expected-warning {{'Mutex' is used by 'KeWaitForSingleObject' before it is initialized}}
  KeReleaseMutex(&Mutex, FALSE);
}

//===--- allocated memory ----------------------------------------------------------===//

PITEM allocated_bad(void) {
  KIRQL Irql;
  PITEM Item = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*Item), 'metI');
  if (!Item)
    return NULL;
  Item->Users = 1;
  KeAcquireSpinLock(&Item->Lock, &Irql); // expected-warning {{spin lock 'Item->Lock' is used by 'KeAcquireSpinLock' before it is initialized}}
  KeReleaseSpinLock(&Item->Lock, Irql);
  return Item;
}
PITEM allocated_good(void) {
  KIRQL Irql;
  PITEM Item = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*Item), 'metI');
  if (!Item)
    return NULL;
  Item->Users = 1;
  KeInitializeSpinLock(&Item->Lock);
  KeAcquireSpinLock(&Item->Lock, &Irql);
  KeReleaseSpinLock(&Item->Lock, Irql);
  return Item;
}
PITEM allocated_mutex_bad(void) {
  PITEM Item = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*Item), 'metI');
  if (!Item)
    return NULL;
  KeInitializeSpinLock(&Item->Lock);
  KeInitializeEvent(&Item->Done, NotificationEvent, FALSE);
  ExAcquireFastMutex(&Item->Mutex); // expected-warning {{'Item->Mutex' is used by 'ExAcquireFastMutex' before it is initialized}}
  ExReleaseFastMutex(&Item->Mutex);
  return Item;
}
PITEM allocated_zeroed_good(void) {
  KIRQL Irql;
  PITEM Item = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Item), 'metI');
  if (!Item)
    return NULL;
  KeAcquireSpinLock(&Item->Lock, &Irql);
  KeReleaseSpinLock(&Item->Lock, Irql);
  return Item;
}
PITEM cleared_good(void) {
  KIRQL Irql;
  PITEM Item = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*Item), 'metI');
  if (!Item)
    return NULL;
  RtlZeroMemory(Item, sizeof(*Item));
  KeAcquireSpinLock(&Item->Lock, &Irql);
  KeReleaseSpinLock(&Item->Lock, Irql);
  return Item;
}
static void InitItem(PITEM Item) {
  Item->Users = 1;
  KeInitializeSpinLock(&Item->Lock);
}
PITEM initialized_in_helper_good(void) {
  KIRQL Irql;
  PITEM Item = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*Item), 'metI');
  if (!Item)
    return NULL;
  InitItem(Item);
  KeAcquireSpinLock(&Item->Lock, &Irql);
  KeReleaseSpinLock(&Item->Lock, Irql);
  return Item;
}
// Nothing is known of memory that comes from elsewhere.
PITEM found_good(PLIST_ENTRY Items) {
  KIRQL Irql;
  PITEM Item = CONTAINING_RECORD(Items->Flink, ITEM, Link);
  KeAcquireSpinLock(&Item->Lock, &Irql);
  KeReleaseSpinLock(&Item->Lock, Irql);
  return Item;
}
// Elements are initialized in a loop.
void elements_good(ULONG Count) {
  ULONG I, Used = 0;
  PITEM Items = ExAllocatePoolWithTag(NonPagedPoolNx, Count * sizeof(*Items), 'metI');
  if (!Items)
    return;
  for (I = 0; I < Count; ++I) {
    KeInitializeEvent(&Items[Used].Done, NotificationEvent, FALSE);
    ++Used;
  }
  for (I = 0; I < Used; ++I)
    KeWaitForSingleObject(&Items[I].Done, Executive, KernelMode, FALSE, NULL);
  ExFreePool(Items);
}
