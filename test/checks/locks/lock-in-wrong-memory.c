// lock-in-wrong-memory: an object that must be resident lies in paged pool, or on the
// stack of a thread that waits in user mode.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _ITEM {
  KSPIN_LOCK Lock;
  KEVENT Done;
  FAST_MUTEX Mutex;
  ERESOURCE Resource;
  EX_RUNDOWN_REF Rundown;
  ULONG Users;
} ITEM, *PITEM;

PITEM spin_lock_bad(void) {
  PITEM Item = ExAllocatePoolWithTag(PagedPool, sizeof(*Item), 'metI');
  if (Item)
    KeInitializeSpinLock(&Item->Lock); // expected-warning {{spin lock 'Item->Lock' lies in pageable memory}}
  return Item;
}
PITEM spin_lock_good(void) {
  PITEM Item = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*Item), 'metI');
  if (Item)
    KeInitializeSpinLock(&Item->Lock);
  return Item;
}
PITEM event_bad(void) {
  PITEM Item = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*Item), 'metI');
  if (Item)
    KeInitializeEvent(&Item->Done, NotificationEvent, FALSE); // expected-warning {{event 'Item->Done' lies in pageable memory}}
  return Item;
}
PITEM event_good(void) {
  PITEM Item = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Item), 'metI');
  if (Item)
    KeInitializeEvent(&Item->Done, NotificationEvent, FALSE);
  return Item;
}
PITEM mutexes_bad(void) {
  PITEM Item = ExAllocatePoolWithTag(PagedPool, sizeof(*Item), 'metI');
  if (!Item)
    return NULL;
  ExInitializeFastMutex(&Item->Mutex); // expected-warning {{fast mutex 'Item->Mutex' lies in pageable memory}}
  ExInitializeResourceLite(&Item->Resource); // expected-warning {{executive resource 'Item->Resource' lies in pageable memory}}
  return Item;
}
// Counting is done without raising the level.
PITEM rundown_good(void) {
  PITEM Item = ExAllocatePoolWithTag(PagedPool, sizeof(*Item), 'metI');
  if (Item)
    ExInitializeRundownProtection(&Item->Rundown);
  return Item;
}
PITEM unknown_pool_good(POOL_TYPE Type) {
  PITEM Item = ExAllocatePoolWithTag(Type, sizeof(*Item), 'metI');
  if (Item)
    KeInitializeSpinLock(&Item->Lock);
  return Item;
}

NTSTATUS user_mode_on_stack_bad(PIRP Irp) {
  KEVENT Event;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  Irp->UserEvent = &Event;
  return KeWaitForSingleObject(&Event, UserRequest, UserMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits in user mode for an object on the stack}}
}
NTSTATUS kernel_mode_on_stack_good(PIRP Irp) {
  KEVENT Event;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  Irp->UserEvent = &Event;
  return KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}
NTSTATUS user_mode_in_pool_good(PITEM Item) {
  return KeWaitForSingleObject(&Item->Done, UserRequest, UserMode, FALSE, NULL);
}
