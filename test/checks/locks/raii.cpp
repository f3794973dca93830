// C++: guards that acquire in the constructor and release in the destructor,
// that can be moved, left early or taken conditionally; lambdas; methods.
// RUN: %verify -std=c++17 %s
#include <ntddk.h>

class SpinGuard {
public:
  explicit SpinGuard(KSPIN_LOCK &L) : Lock(&L) { KeAcquireSpinLock(Lock, &Irql); }
  ~SpinGuard() { KeReleaseSpinLock(Lock, Irql); }
  SpinGuard(const SpinGuard &) = delete;

private:
  KSPIN_LOCK *Lock;
  KIRQL Irql;
};

class UniqueGuard {
public:
  explicit UniqueGuard(KSPIN_LOCK &L) : Lock(&L) { KeAcquireSpinLock(Lock, &Irql); }
  UniqueGuard(UniqueGuard &&O) : Lock(O.Lock), Irql(O.Irql) { O.Lock = nullptr; }
  ~UniqueGuard() { release(); }
  void release() {
    if (Lock)
      KeReleaseSpinLock(Lock, Irql);
    Lock = nullptr;
  }

private:
  KSPIN_LOCK *Lock;
  KIRQL Irql;
};

class DeferredGuard {
public:
  explicit DeferredGuard(KSPIN_LOCK &L) : Lock(L) {}
  void lock() {
    KeAcquireSpinLock(&Lock, &Irql);
    Owned = true;
  }
  void unlock() {
    KeReleaseSpinLock(&Lock, Irql);
    Owned = false;
  }
  ~DeferredGuard() {
    if (Owned)
      unlock();
  }

private:
  KSPIN_LOCK &Lock;
  KIRQL Irql = 0;
  bool Owned = false;
};

struct Extension {
  KSPIN_LOCK Lock, Other;
  FAST_MUTEX Mutex;
  HANDLE Key;
  ULONG Count;
  bool Stopping;
};

extern "C" {
DRIVER_DISPATCH guard_good, guard_bad, scope_good, early_good, moved_good, deferred_good, two_good;
DRIVER_DISPATCH lambda_bad, lambda_good, method_bad, by_hand_bad, double_bad;
}

NTSTATUS guard_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  SpinGuard Guard(Ext->Lock);
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING;
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS guard_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  SpinGuard Guard(Ext->Lock);
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock}}
  return STATUS_SUCCESS;
}
// The guard's scope ends before the call.
NTSTATUS scope_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  {
    SpinGuard Guard(Ext->Lock);
    ++Ext->Count;
  }
  ExAcquireFastMutex(&Ext->Mutex);
  ExReleaseFastMutex(&Ext->Mutex);
  return STATUS_SUCCESS;
}
NTSTATUS early_good(PDEVICE_OBJECT Device, PIRP Irp) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  UniqueGuard Guard(Ext->Lock);
  ++Ext->Count;
  Guard.release();
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}
static UniqueGuard lockIt(Extension *Ext) { return UniqueGuard(Ext->Lock); }
NTSTATUS moved_good(PDEVICE_OBJECT Device, PIRP Irp) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  {
    UniqueGuard Guard = lockIt(Ext);
    UniqueGuard Other(static_cast<UniqueGuard &&>(Guard));
    ++Ext->Count;
  }
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}
NTSTATUS deferred_good(PDEVICE_OBJECT Device, PIRP Irp) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  DeferredGuard Guard(Ext->Lock);
  if (!Irp->Cancel)
    Guard.lock();
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS two_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  SpinGuard First(Ext->Other);
  SpinGuard Second(Ext->Lock);
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS double_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  KIRQL Irql;
  SpinGuard First(Ext->Lock);
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{is acquired again by 'KeAcquireSpinLock' while this thread holds it; first acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}
NTSTATUS by_hand_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  KIRQL Irql;
  SpinGuard First(Ext->Other);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING; // expected-warning {{spin lock 'Ext->Lock' is still held when 'by_hand_bad' returns; acquired by 'KeAcquireSpinLock'}} expected-warning {{'KeReleaseSpinLock' of 'Lock' restores the level from before spin lock 'Ext->Lock' was acquired, which is still held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}

// A lambda called under the lock, and one that takes it itself.
NTSTATUS lambda_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  auto Close = [Ext] {
    ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock}}
  };
  SpinGuard Guard(Ext->Lock);
  Close();
  return STATUS_SUCCESS;
}
NTSTATUS lambda_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = static_cast<Extension *>(Device->DeviceExtension);
  auto Count = [Ext] {
    SpinGuard Guard(Ext->Lock);
    return ++Ext->Count;
  };
  if (Count() == 3)
    ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}

struct Queue {
  ULONG count() {
    SpinGuard Guard(Lock);
    return Count;
  }
  void drain();

  KSPIN_LOCK Lock;
  ULONG Count = 0;
  HANDLE Key = nullptr;
};
NTSTATUS method_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Q = static_cast<Queue *>(Device->DeviceExtension);
  KIRQL Irql;
  KeAcquireSpinLock(&Q->Lock, &Irql);
  if (Q->Count)
    return STATUS_SUCCESS; // expected-warning {{spin lock 'Q->Lock' is still held when 'method_bad' returns; acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Q->Lock, Irql);
  return STATUS_SUCCESS;
}
void Queue::drain() {
  SpinGuard Guard(Lock);
  ZwClose(Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock}}
}

// In a pageable section even a guard keeps the function above its code.
__declspec(code_seg("PAGE")) void paged_guard_bad(Extension *Ext) {
  SpinGuard Guard(Ext->Lock); // expected-warning {{pageable function 'paged_guard_bad' goes on at DISPATCH_LEVEL after 'SpinGuard' raised IRQL}}
  ++Ext->Count;
}
