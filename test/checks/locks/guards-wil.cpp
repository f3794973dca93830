// Guards of the Windows Implementation Library, as the kit declares them: of spin locks, fast
// mutexes, push locks and framework locks; what is wrong is told where the guard is used.
// RUN: %verify -std=c++17 %s
#include <ntddk.h>
#include <wdf.h>
#include <wil/resource.h>

struct Extension {
  KSPIN_LOCK Lock, Other;
  wil::fast_mutex Fast;
  wil::fast_mutex_with_critical_region Region;
  wil::push_lock Push;
  KEVENT Idle;
  HANDLE Key;
  ULONG Count;
  bool Stopping;
};
struct Context {
  WDFSPINLOCK Spin;
  WDFWAITLOCK Wait;
  wil::unique_wdf_spin_lock Own;
  wil::unique_wdf_wait_lock OwnWait;
  HANDLE Key;
  ULONG Count;
};
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(Context, GetContext)

extern "C" {
DRIVER_DISPATCH spin_good, early_good, reset_good, moved_good, scope_good, returned_good, sleeps_bad, twice_bad;
DRIVER_DISPATCH order_a, order_b, exit_good, exit_released_bad, exit_sleeps_bad;
DRIVER_DISPATCH fast_good, fast_try_good, fast_twice_bad, region_good, region_zw_bad, push_good, push_upgrade_bad;
KDEFERRED_ROUTINE by_hand_too_bad, dpc_good, dpc_bad;
EVT_WDF_REQUEST_CANCEL wdf_spin_good, wdf_spin_bad, wdf_own_bad, wdf_twice_bad;
EVT_WDF_WORKITEM wdf_wait_good, wdf_try_bad;
}
static Extension *extensionOf(PDEVICE_OBJECT Device) { return static_cast<Extension *>(Device->DeviceExtension); }

//===--- spin locks ----------------------------------------------------------------------===//

NTSTATUS spin_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto Guard = wil::acquire_kspin_lock(&Ext->Lock);
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING;
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS early_good(PDEVICE_OBJECT Device, PIRP Irp) {
  auto *Ext = extensionOf(Device);
  auto Guard = wil::acquire_kspin_lock(&Ext->Lock);
  if (Ext->Stopping) {
    Guard.reset();
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_DELETE_PENDING;
  }
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS reset_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto Guard = wil::acquire_kspin_lock(&Ext->Lock);
  ++Ext->Count;
  Guard = nullptr;
  Guard = wil::acquire_kspin_lock(&Ext->Other);
  ++Ext->Count;
  Guard.reset();
  ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
NTSTATUS moved_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  {
    auto First = wil::acquire_kspin_lock(&Ext->Lock);
    auto Second = wistd::move(First);
    ++Ext->Count;
  }
  ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
NTSTATUS scope_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  {
    auto Guard = wil::acquire_kspin_lock(&Ext->Lock);
    ++Ext->Count;
  }
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, nullptr);
  return STATUS_SUCCESS;
}
static wil::kspin_lock_guard lockIt(Extension *Ext) {
  auto Guard = wil::acquire_kspin_lock(&Ext->Lock);
  ++Ext->Count;
  return Guard;
}
NTSTATUS returned_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  {
    auto Guard = lockIt(Ext);
    ++Ext->Count;
  }
  ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
NTSTATUS sleeps_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto Guard = lockIt(Ext);
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, nullptr); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  return STATUS_SUCCESS;
}
NTSTATUS twice_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto First = wil::acquire_kspin_lock(&Ext->Lock);
  auto Second = wil::acquire_kspin_lock(&Ext->Lock); // expected-warning {{spin lock 'Ext->Lock' is acquired again by 'KeAcquireSpinLock' while this thread holds it}}
  return STATUS_SUCCESS;
}
VOID by_hand_too_bad(PKDPC, PVOID Ctx, PVOID, PVOID) {
  auto *Ext = static_cast<Extension *>(Ctx);
  auto Guard = wil::acquire_kspin_lock_at_dpc(&Ext->Lock);
  if (Ext->Stopping)
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
} // expected-warning {{spin lock 'Ext->Lock' is released by 'KeReleaseSpinLockFromDpcLevel' but was released before by 'KeReleaseSpinLockFromDpcLevel'}}
VOID dpc_good(PKDPC, PVOID Ctx, PVOID, PVOID) {
  auto *Ext = static_cast<Extension *>(Ctx);
  auto Guard = wil::acquire_kspin_lock_at_dpc(&Ext->Lock);
  ++Ext->Count;
}
VOID dpc_bad(PKDPC, PVOID Ctx, PVOID, PVOID) {
  auto *Ext = static_cast<Extension *>(Ctx);
  auto Guard = Ext->Push.acquire_exclusive(); // expected-warning {{'ExAcquirePushLockExclusive' waits at DISPATCH_LEVEL}} expected-warning {{'KeEnterCriticalRegion' is called at DISPATCH_LEVEL}}
  ++Ext->Count;
} // expected-warning {{'KeLeaveCriticalRegion' is called at DISPATCH_LEVEL}}

// The order of two guards.
NTSTATUS order_a(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto First = wil::acquire_kspin_lock(&Ext->Lock);
  auto Second = wil::acquire_kspin_lock(&Ext->Other);
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS order_b(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto First = wil::acquire_kspin_lock(&Ext->Other);
  auto Second = wil::acquire_kspin_lock(&Ext->Lock); // expected-warning {{spin lock 'Ext->Lock' is acquired while spin lock 'Ext->Other' is held; 'order_a' acquires them in the opposite order}}
  ++Ext->Count;
  return STATUS_SUCCESS;
}

//===--- calls at the end of a scope -----------------------------------------------------===//

NTSTATUS exit_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  auto Undo = wil::scope_exit([&] { KeReleaseSpinLock(&Ext->Lock, Old); });
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING;
  ++Ext->Count;
  Undo.reset();
  ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
NTSTATUS exit_released_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  auto Undo = wil::scope_exit([&] { KeReleaseSpinLock(&Ext->Lock, Old); });
  ++Ext->Count;
  if (Ext->Stopping) {
    Undo.release();
    return STATUS_DELETE_PENDING; // expected-warning {{spin lock 'Ext->Lock' is still held when 'exit_released_bad' returns}}
  }
  return STATUS_SUCCESS;
}
NTSTATUS exit_sleeps_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  auto Undo = wil::scope_exit([=] { KeReleaseSpinLock(&Ext->Lock, Old); });
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock}}
  return STATUS_SUCCESS;
}

//===--- mutexes and push locks ----------------------------------------------------------===//

NTSTATUS fast_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto Guard = Ext->Fast.acquire();
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, nullptr);
  return STATUS_SUCCESS;
}
NTSTATUS fast_try_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto Guard = Ext->Fast.try_acquire();
  if (!Guard)
    return STATUS_DEVICE_BUSY;
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS fast_twice_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto Guard = Ext->Fast.acquire();
  auto Again = Ext->Fast.acquire(); // expected-warning {{is acquired again by 'ExAcquireFastMutex' while this thread holds it}}
  return STATUS_SUCCESS;
}
// (A fast mutex in a critical region leaves the level alone: special APCs are still delivered.)
NTSTATUS region_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto Guard = Ext->Region.acquire();
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING;
  Guard.reset();
  ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
NTSTATUS region_zw_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto Guard = Ext->Fast.acquire();
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at APC_LEVEL, above its maximum PASSIVE_LEVEL}}
  return STATUS_SUCCESS;
}
NTSTATUS push_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  {
    auto Reader = Ext->Push.acquire_shared();
    if (!Ext->Count)
      return STATUS_SUCCESS;
  }
  auto Writer = Ext->Push.acquire_exclusive();
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS push_upgrade_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto Reader = Ext->Push.acquire_shared();
  if (Ext->Count) {
    auto Writer = Ext->Push.acquire_exclusive(); // expected-warning {{is held shared and is acquired exclusively}}
    ++Ext->Count;
  }
  return STATUS_SUCCESS;
}

//===--- locks of the framework ----------------------------------------------------------===//

VOID wdf_spin_good(WDFREQUEST Request) {
  Context *C = GetContext(Request);
  auto Guard = wil::acquire_wdf_spin_lock(C->Spin);
  ++C->Count;
  Guard.reset();
  WdfRequestComplete(Request, STATUS_CANCELLED);
}
VOID wdf_spin_bad(WDFREQUEST Request) {
  Context *C = GetContext(Request);
  auto Guard = wil::acquire_wdf_spin_lock(C->Spin);
  ZwClose(C->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; framework spin lock}}
}
VOID wdf_own_bad(WDFREQUEST Request) {
  Context *C = GetContext(Request);
  auto Guard = C->Own.acquire();
  WdfRequestComplete(Request, STATUS_CANCELLED); // expected-warning {{'WdfRequestComplete' completes a request while framework spin lock 'C->Own' is held}}
}
VOID wdf_twice_bad(WDFREQUEST Request) {
  Context *C = GetContext(Request);
  auto Guard = C->Own.acquire();
  auto Again = C->Own.acquire(); // expected-warning {{is acquired again by 'WdfSpinLockAcquire'}}
}
VOID wdf_wait_good(WDFWORKITEM Item) {
  Context *C = GetContext(Item);
  auto Guard = C->OwnWait.acquire();
  ZwClose(C->Key);
}
VOID wdf_try_bad(WDFWORKITEM Item) {
  Context *C = GetContext(Item);
  auto Guard = C->OwnWait.try_acquire();
  ++C->Count;
  if (!Guard)
    return;
  WdfWaitLockRelease(C->OwnWait.get()); // (told where the guard releases it again)
} // expected-warning {{framework wait lock 'C->OwnWait' is released by 'WdfWaitLockRelease' but was not acquired on this path}}
