// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Owners of framework objects and locks.
#pragma once
namespace wil {
namespace details {
template <typename Handle> void delete_wdf_object(Handle H) { WdfObjectDelete((WDFOBJECT)H); }
template <typename Handle>
using wdf_object_storage = unique_storage<resource_policy<Handle, decltype(&delete_wdf_object<Handle>),
                                                          &delete_wdf_object<Handle>, pointer_access_all, Handle,
                                                          Handle, nullptr, wistd::nullptr_t>>;
} // namespace details

template <typename Handle> using unique_wdf_any = unique_any_t<details::wdf_object_storage<Handle>>;
using unique_wdf_object = unique_wdf_any<WDFOBJECT>;
using unique_wdf_queue = unique_wdf_any<WDFQUEUE>;
using unique_wdf_timer = unique_wdf_any<WDFTIMER>;
using unique_wdf_work_item = unique_wdf_any<WDFWORKITEM>;
using unique_wdf_memory = unique_wdf_any<WDFMEMORY>;
using unique_wdf_dma_enabler = unique_wdf_any<WDFDMAENABLER>;
using unique_wdf_dma_transaction = unique_wdf_any<WDFDMATRANSACTION>;
using unique_wdf_common_buffer = unique_wdf_any<WDFCOMMONBUFFER>;
using unique_wdf_key = unique_wdf_any<WDFKEY>;
using unique_wdf_string = unique_wdf_any<WDFSTRING>;
using unique_wdf_collection = unique_wdf_any<WDFCOLLECTION>;
using unique_wdf_device_init = unique_any<PWDFDEVICE_INIT, decltype(&::WdfDeviceInitFree), ::WdfDeviceInitFree>;

using wdf_wait_lock_release_scope_exit =
    unique_any<WDFWAITLOCK, decltype(&::WdfWaitLockRelease), ::WdfWaitLockRelease, details::pointer_access_none>;
using wdf_spin_lock_release_scope_exit =
    unique_any<WDFSPINLOCK, decltype(&::WdfSpinLockRelease), ::WdfSpinLockRelease, details::pointer_access_none>;

inline wdf_wait_lock_release_scope_exit acquire_wdf_wait_lock(WDFWAITLOCK lock) noexcept {
  WdfWaitLockAcquire(lock, nullptr);
  return wdf_wait_lock_release_scope_exit(lock);
}
inline wdf_wait_lock_release_scope_exit try_acquire_wdf_wait_lock(WDFWAITLOCK lock) noexcept {
  LONGLONG Now = 0;
  if (WdfWaitLockAcquire(lock, &Now) == STATUS_SUCCESS)
    return wdf_wait_lock_release_scope_exit(lock);
  return wdf_wait_lock_release_scope_exit();
}
inline wdf_spin_lock_release_scope_exit acquire_wdf_spin_lock(WDFSPINLOCK lock) noexcept {
  WdfSpinLockAcquire(lock);
  return wdf_spin_lock_release_scope_exit(lock);
}

namespace details {
struct unique_wdf_spin_lock_storage : wdf_object_storage<WDFSPINLOCK> {
  using base = wdf_object_storage<WDFSPINLOCK>;
  using base::base;
  NTSTATUS create(PWDF_OBJECT_ATTRIBUTES Attributes = WDF_NO_OBJECT_ATTRIBUTES) {
    base::reset();
    return WdfSpinLockCreate(Attributes, base::addressof());
  }
  wdf_spin_lock_release_scope_exit acquire() noexcept { return wil::acquire_wdf_spin_lock(base::get()); }
};
struct unique_wdf_wait_lock_storage : wdf_object_storage<WDFWAITLOCK> {
  using base = wdf_object_storage<WDFWAITLOCK>;
  using base::base;
  NTSTATUS create(PWDF_OBJECT_ATTRIBUTES Attributes = WDF_NO_OBJECT_ATTRIBUTES) {
    base::reset();
    return WdfWaitLockCreate(Attributes, base::addressof());
  }
  wdf_wait_lock_release_scope_exit acquire() noexcept { return wil::acquire_wdf_wait_lock(base::get()); }
  wdf_wait_lock_release_scope_exit try_acquire() noexcept { return wil::try_acquire_wdf_wait_lock(base::get()); }
};
} // namespace details
using unique_wdf_spin_lock = unique_any_t<details::unique_wdf_spin_lock_storage>;
using unique_wdf_wait_lock = unique_any_t<details::unique_wdf_wait_lock_storage>;
} // namespace wil
