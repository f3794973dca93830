// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Owners of locks of user mode.
#pragma once
namespace wil {
using rwlock_release_exclusive_scope_exit =
    unique_any<SRWLOCK *, decltype(&::ReleaseSRWLockExclusive), ::ReleaseSRWLockExclusive,
               details::pointer_access_noaddress>;
using rwlock_release_shared_scope_exit =
    unique_any<SRWLOCK *, decltype(&::ReleaseSRWLockShared), ::ReleaseSRWLockShared,
               details::pointer_access_noaddress>;
using cs_leave_scope_exit = unique_any<CRITICAL_SECTION *, decltype(&::LeaveCriticalSection),
                                       ::LeaveCriticalSection, details::pointer_access_noaddress>;

inline rwlock_release_exclusive_scope_exit AcquireSRWLockExclusive(SRWLOCK *lock) noexcept {
  ::AcquireSRWLockExclusive(lock);
  return rwlock_release_exclusive_scope_exit(lock);
}
inline rwlock_release_shared_scope_exit AcquireSRWLockShared(SRWLOCK *lock) noexcept {
  ::AcquireSRWLockShared(lock);
  return rwlock_release_shared_scope_exit(lock);
}
inline rwlock_release_exclusive_scope_exit TryAcquireSRWLockExclusive(SRWLOCK *lock) noexcept {
  return rwlock_release_exclusive_scope_exit(::TryAcquireSRWLockExclusive(lock) ? lock : nullptr);
}
inline rwlock_release_shared_scope_exit TryAcquireSRWLockShared(SRWLOCK *lock) noexcept {
  return rwlock_release_shared_scope_exit(::TryAcquireSRWLockShared(lock) ? lock : nullptr);
}
inline cs_leave_scope_exit EnterCriticalSection(CRITICAL_SECTION *section) noexcept {
  ::EnterCriticalSection(section);
  return cs_leave_scope_exit(section);
}
inline cs_leave_scope_exit TryEnterCriticalSection(CRITICAL_SECTION *section) noexcept {
  return cs_leave_scope_exit(::TryEnterCriticalSection(section) ? section : nullptr);
}

class srwlock {
public:
  srwlock() = default;
  srwlock(const srwlock &) = delete;
  srwlock &operator=(const srwlock &) = delete;
  rwlock_release_exclusive_scope_exit lock_exclusive() noexcept { return wil::AcquireSRWLockExclusive(&Lock); }
  rwlock_release_exclusive_scope_exit try_lock_exclusive() noexcept { return wil::TryAcquireSRWLockExclusive(&Lock); }
  rwlock_release_shared_scope_exit lock_shared() noexcept { return wil::AcquireSRWLockShared(&Lock); }
  rwlock_release_shared_scope_exit try_lock_shared() noexcept { return wil::TryAcquireSRWLockShared(&Lock); }

private:
  SRWLOCK Lock = SRWLOCK_INIT;
};

class critical_section {
public:
  critical_section(ULONG Spins = 0) noexcept { ::InitializeCriticalSectionEx(&Section, Spins, 0); }
  critical_section(const critical_section &) = delete;
  critical_section &operator=(const critical_section &) = delete;
  ~critical_section() noexcept { ::DeleteCriticalSection(&Section); }
  cs_leave_scope_exit lock() noexcept { return wil::EnterCriticalSection(&Section); }
  cs_leave_scope_exit try_lock() noexcept { return wil::TryEnterCriticalSection(&Section); }

private:
  CRITICAL_SECTION Section;
};

class condition_variable {
public:
  condition_variable() = default;
  condition_variable(const condition_variable &) = delete;
  condition_variable &operator=(const condition_variable &) = delete;
  void notify_one() noexcept { ::WakeConditionVariable(&Changed); }
  void notify_all() noexcept { ::WakeAllConditionVariable(&Changed); }
  void wait(const cs_leave_scope_exit &L) noexcept { ::SleepConditionVariableCS(&Changed, L.get(), INFINITE); }
  void wait(const rwlock_release_exclusive_scope_exit &L) noexcept {
    ::SleepConditionVariableSRW(&Changed, L.get(), INFINITE, 0);
  }
  void wait(const rwlock_release_shared_scope_exit &L) noexcept {
    ::SleepConditionVariableSRW(&Changed, L.get(), INFINITE, CONDITION_VARIABLE_LOCKMODE_SHARED);
  }
  bool wait_for(const cs_leave_scope_exit &L, ULONG Milliseconds) noexcept {
    return ::SleepConditionVariableCS(&Changed, L.get(), Milliseconds) != 0;
  }
  bool wait_for(const rwlock_release_exclusive_scope_exit &L, ULONG Milliseconds) noexcept {
    return ::SleepConditionVariableSRW(&Changed, L.get(), Milliseconds, 0) != 0;
  }
  bool wait_for(const rwlock_release_shared_scope_exit &L, ULONG Milliseconds) noexcept {
    return ::SleepConditionVariableSRW(&Changed, L.get(), Milliseconds, CONDITION_VARIABLE_LOCKMODE_SHARED) != 0;
  }

private:
  CONDITION_VARIABLE Changed = CONDITION_VARIABLE_INIT;
};
} // namespace wil
