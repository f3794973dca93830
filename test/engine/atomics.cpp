// What an atomic step stores and returns is known.
// RUN: %verify %s
#include <ntddk.h>
#include <wdf.h>

static KSPIN_LOCK Spin;

void exchange_good(PVOID Value) {
  KIRQL Old;
  PVOID Slot = Value, P;
  if (Value == NULL)
    return;
  KeAcquireSpinLock(&Spin, &Old);
  P = InterlockedExchangePointer(&Slot, NULL);
  if (P)
    KeReleaseSpinLock(&Spin, Old);
}
void exchange_bad(PVOID Value) {
  KIRQL Old;
  PVOID Slot = Value, P;
  if (Value == NULL)
    return;
  KeAcquireSpinLock(&Spin, &Old);
  InterlockedExchangePointer(&Slot, NULL);
  P = InterlockedExchangePointer(&Slot, NULL);
  if (P)
    KeReleaseSpinLock(&Spin, Old);
} // expected-warning {{spin lock 'Spin' is still held when 'exchange_bad' returns}}

// What others can reach may have been taken out by them.
void cancel_bad(PIRP Irp, PDRIVER_CANCEL Routine) {
  KIRQL Old;
  KeAcquireSpinLock(&Spin, &Old);
  IoSetCancelRoutine(Irp, Routine);
  if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) == NULL)
    return; // expected-warning {{spin lock 'Spin' is still held when 'cancel_bad' returns}}
  KeReleaseSpinLock(&Spin, Old);
}

// A guard gives up what it takes out of itself.
class Lock {
public:
  explicit Lock(WDFSPINLOCK Handle) : m_Lock(Handle) { WdfSpinLockAcquire(m_Lock); }
  ~Lock() { release(); }
  void release() {
    if (auto Handle = (WDFSPINLOCK)InterlockedExchangePointer(reinterpret_cast<PVOID *>(&m_Lock), nullptr))
      WdfSpinLockRelease(Handle);
  }

private:
  WDFSPINLOCK m_Lock = nullptr;
};
struct Device {
  WDFSPINLOCK Handle;
  LIST_ENTRY Entries;
};
void remove_good(Device &D) {
  Lock Guard(D.Handle);
  RemoveHeadList(&D.Entries);
}
Device *deviceOf(WDFOBJECT Object);
EVT_WDF_OBJECT_CONTEXT_CLEANUP cleanup_good;
void cleanup_good(WDFOBJECT Object) {
  remove_good(*deviceOf(Object));
}
void remove_bad(Device &D) {
  Lock Guard(D.Handle);
  RemoveHeadList(&D.Entries);
  KEVENT Event;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}

// So does a guard that nobody named: it lives to the end of the expression.
ULONG count_good(Device &D) {
  (Lock(D.Handle));
  return IsListEmpty(&D.Entries);
}
_IRQL_requires_max_(PASSIVE_LEVEL)
void unnamed_good(Device &D, HANDLE Key) {
  if (count_good(D))
    ZwClose(Key);
}

// The result of a call that initializes a member is looked at.
class RemoveGuard {
public:
  RemoveGuard(IO_REMOVE_LOCK &L, void *Tag)
      : m_Status(IoAcquireRemoveLock(&L, Tag)), m_Lock(NT_SUCCESS(m_Status) ? &L : nullptr), m_Tag(Tag) {}
  ~RemoveGuard() {
    if (m_Lock)
      IoReleaseRemoveLock(m_Lock, m_Tag);
  }
  NTSTATUS status() const { return m_Status; }

private:
  NTSTATUS m_Status;
  IO_REMOVE_LOCK *m_Lock;
  void *m_Tag;
};
