// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Owners of kernel locks.
#pragma once
namespace wil {
namespace details {
/// A spin lock that is held, and the level from before.
struct kspin_lock_saved_irql {
  PKSPIN_LOCK spinLock = nullptr;
  KIRQL savedIrql = PASSIVE_LEVEL;
  kspin_lock_saved_irql() = default;
  kspin_lock_saved_irql(PKSPIN_LOCK) {}
  explicit operator PKSPIN_LOCK() const { return spinLock; }
  static void Release(const kspin_lock_saved_irql &S) { KeReleaseSpinLock(S.spinLock, S.savedIrql); }
};
inline void ReleaseSpinLockFromDpcLevel(PKSPIN_LOCK Lock) { KeReleaseSpinLockFromDpcLevel(Lock); }
inline void release_fast_mutex(PFAST_MUTEX Mutex) { ExReleaseFastMutex(Mutex); }
inline void release_fast_mutex_with_critical_region(PFAST_MUTEX Mutex) {
  ExReleaseFastMutexUnsafe(Mutex);
  KeLeaveCriticalRegion();
}
inline void release_push_lock_exclusive(PEX_PUSH_LOCK Lock) {
  ExReleasePushLockExclusive(Lock);
  KeLeaveCriticalRegion();
}
inline void release_push_lock_shared(PEX_PUSH_LOCK Lock) {
  ExReleasePushLockShared(Lock);
  KeLeaveCriticalRegion();
}
} // namespace details

#define IRQLINT_WIL_GUARD(Type, Release) unique_any<Type, decltype(&Release), &Release, details::pointer_access_none>
using kspin_lock_guard =
    unique_any<PKSPIN_LOCK, decltype(&details::kspin_lock_saved_irql::Release),
               &details::kspin_lock_saved_irql::Release, details::pointer_access_none,
               details::kspin_lock_saved_irql>;
using kspin_lock_at_dpc_guard = IRQLINT_WIL_GUARD(PKSPIN_LOCK, details::ReleaseSpinLockFromDpcLevel);
using fast_mutex_guard = IRQLINT_WIL_GUARD(PFAST_MUTEX, details::release_fast_mutex);
using fast_mutex_critical_region_guard =
    IRQLINT_WIL_GUARD(PFAST_MUTEX, details::release_fast_mutex_with_critical_region);
using push_lock_exclusive_guard = IRQLINT_WIL_GUARD(PEX_PUSH_LOCK, details::release_push_lock_exclusive);
using push_lock_shared_guard = IRQLINT_WIL_GUARD(PEX_PUSH_LOCK, details::release_push_lock_shared);
#undef IRQLINT_WIL_GUARD

inline kspin_lock_guard acquire_kspin_lock(PKSPIN_LOCK spinLock) {
  details::kspin_lock_saved_irql Saved;
  KeAcquireSpinLock(spinLock, &Saved.savedIrql);
  Saved.spinLock = spinLock;
  return kspin_lock_guard(Saved);
}
inline kspin_lock_at_dpc_guard acquire_kspin_lock_at_dpc(PKSPIN_LOCK spinLock) {
  KeAcquireSpinLockAtDpcLevel(spinLock);
  return kspin_lock_at_dpc_guard(spinLock);
}

class fast_mutex {
public:
  fast_mutex() noexcept { ExInitializeFastMutex(&Mutex); }
  fast_mutex(const fast_mutex &) = delete;
  fast_mutex &operator=(const fast_mutex &) = delete;
  fast_mutex_guard acquire() noexcept {
    ExAcquireFastMutex(&Mutex);
    return fast_mutex_guard(&Mutex);
  }
  fast_mutex_guard try_acquire() noexcept {
    return fast_mutex_guard(ExTryToAcquireFastMutex(&Mutex) ? &Mutex : nullptr);
  }

private:
  FAST_MUTEX Mutex;
};

class fast_mutex_with_critical_region {
public:
  fast_mutex_with_critical_region() noexcept { ExInitializeFastMutex(&Mutex); }
  fast_mutex_with_critical_region(const fast_mutex_with_critical_region &) = delete;
  fast_mutex_with_critical_region &operator=(const fast_mutex_with_critical_region &) = delete;
  fast_mutex_critical_region_guard acquire() noexcept {
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(&Mutex);
    return fast_mutex_critical_region_guard(&Mutex);
  }

private:
  FAST_MUTEX Mutex;
};

class push_lock {
public:
  push_lock() noexcept { ExInitializePushLock(&Lock); }
  push_lock(const push_lock &) = delete;
  push_lock &operator=(const push_lock &) = delete;
  push_lock_exclusive_guard acquire_exclusive() noexcept {
    KeEnterCriticalRegion();
    ExAcquirePushLockExclusive(&Lock);
    return push_lock_exclusive_guard(&Lock);
  }
  push_lock_shared_guard acquire_shared() noexcept {
    KeEnterCriticalRegion();
    ExAcquirePushLockShared(&Lock);
    return push_lock_shared_guard(&Lock);
  }

private:
  EX_PUSH_LOCK Lock;
};

template <EVENT_TYPE Type> class kernel_event_t {
public:
  explicit kernel_event_t(bool Signaled = false) noexcept { KeInitializeEvent(&Event, Type, Signaled); }
  kernel_event_t(const kernel_event_t &) = delete;
  kernel_event_t &operator=(const kernel_event_t &) = delete;
  PRKEVENT get() noexcept { return &Event; }
  void clear() noexcept { KeClearEvent(&Event); }
  bool set(KPRIORITY Increment = IO_NO_INCREMENT) noexcept { return KeSetEvent(&Event, Increment, FALSE) != 0; }
  bool is_signaled() const noexcept { return KeReadStateEvent(const_cast<PRKEVENT>(&Event)) != 0; }
  bool wait() noexcept {
    return KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, nullptr) == STATUS_SUCCESS;
  }
  bool wait(LONGLONG Timeout) noexcept {
    LARGE_INTEGER Due;
    Due.QuadPart = Timeout;
    return KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, &Due) == STATUS_SUCCESS;
  }

private:
  KEVENT Event;
};
using kernel_event_auto_reset = kernel_event_t<SynchronizationEvent>;
using kernel_event_manual_reset = kernel_event_t<NotificationEvent>;

namespace details {
template <typename Pointer, ULONG Tag> struct pool_helpers {
  static void FreePoolWithTag(Pointer P) {
    if (P)
      ExFreePoolWithTag(P, Tag);
  }
};
} // namespace details
template <typename Pointer, ULONG Tag = 0>
using unique_tagged_pool_ptr = unique_any<Pointer, decltype(&details::pool_helpers<Pointer, Tag>::FreePoolWithTag),
                                          &details::pool_helpers<Pointer, Tag>::FreePoolWithTag>;
} // namespace wil
