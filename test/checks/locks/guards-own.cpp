// Guards of drivers' own: templates over lock types with lock() and unlock(), as the standard
// library has them; deferred, adopted and tried; a level that the guard keeps; guards that are
// returned, moved, given up early; locks of ATL.
// RUN: %verify -std=c++17 %s
#include <ntddk.h>

namespace std {
struct defer_lock_t {};
struct adopt_lock_t {};
struct try_to_lock_t {};
inline constexpr defer_lock_t defer_lock{};
inline constexpr adopt_lock_t adopt_lock{};
inline constexpr try_to_lock_t try_to_lock{};
template <class M> class lock_guard {
public:
  explicit lock_guard(M &L) : Mine(L) { Mine.lock(); }
  lock_guard(M &L, adopt_lock_t) : Mine(L) {}
  ~lock_guard() { Mine.unlock(); }
  lock_guard(const lock_guard &) = delete;

private:
  M &Mine;
};
template <class M> class unique_lock {
public:
  unique_lock() = default;
  explicit unique_lock(M &L) : Mine(&L) { lock(); }
  unique_lock(M &L, defer_lock_t) : Mine(&L) {}
  unique_lock(M &L, adopt_lock_t) : Mine(&L), Owns(true) {}
  unique_lock(M &L, try_to_lock_t) : Mine(&L), Owns(L.try_lock()) {}
  unique_lock(unique_lock &&From) : Mine(From.Mine), Owns(From.Owns) {
    From.Mine = nullptr;
    From.Owns = false;
  }
  unique_lock &operator=(unique_lock &&From) {
    if (Owns)
      Mine->unlock();
    Mine = From.Mine;
    Owns = From.Owns;
    From.Mine = nullptr;
    From.Owns = false;
    return *this;
  }
  ~unique_lock() {
    if (Owns)
      Mine->unlock();
  }
  void lock() {
    Mine->lock();
    Owns = true;
  }
  bool try_lock() { return Owns = Mine->try_lock(); }
  void unlock() {
    Mine->unlock();
    Owns = false;
  }
  M *release() {
    M *Was = Mine;
    Mine = nullptr;
    Owns = false;
    return Was;
  }
  bool owns_lock() const { return Owns; }
  explicit operator bool() const { return Owns; }

private:
  M *Mine = nullptr;
  bool Owns = false;
};
template <class A, class B> class scoped_lock {
public:
  scoped_lock(A &First, B &Second) : First(First), Second(Second) {
    First.lock();
    Second.lock(); // expected-warning {{'ExAcquireFastMutex' waits at DISPATCH_LEVEL while spin lock}}
  }
  ~scoped_lock() {
    Second.unlock();
    First.unlock();
  }

private:
  A &First;
  B &Second;
};
} // namespace std

// A lock that keeps the level itself.
class SpinLock {
public:
  SpinLock() { KeInitializeSpinLock(&Lock); }
  void lock() {
    KIRQL Old;
    KeAcquireSpinLock(&Lock, &Old);
    Saved = Old;
  }
  void unlock() { KeReleaseSpinLock(&Lock, Saved); }
  bool try_lock() {
    KIRQL Old;
    KeRaiseIrql(DISPATCH_LEVEL, &Old);
    if (!KeTryToAcquireSpinLockAtDpcLevel(&Lock)) {
      KeLowerIrql(Old);
      return false;
    }
    Saved = Old;
    return true;
  }

private:
  KSPIN_LOCK Lock;
  KIRQL Saved;
};
class Mutex {
public:
  void lock() { ExAcquireFastMutex(&Lock); }
  bool try_lock() { return ExTryToAcquireFastMutex(&Lock) != FALSE; }
  void unlock() { ExReleaseFastMutex(&Lock); }

private:
  FAST_MUTEX Lock;
};
class RwLock {
public:
  class Shared {
  public:
    explicit Shared(RwLock &L) : L(L) {
      KeEnterCriticalRegion();
      ExAcquireResourceSharedLite(&L.Resource, TRUE);
    }
    ~Shared() { L.leave(); }

  private:
    RwLock &L;
  };
  class Exclusive {
  public:
    explicit Exclusive(RwLock &L) : L(L) {
      KeEnterCriticalRegion();
      ExAcquireResourceExclusiveLite(&L.Resource, TRUE);
    }
    ~Exclusive() { L.leave(); }

  private:
    RwLock &L;
  };

private:
  ERESOURCE Resource;
  void leave() {
    ExReleaseResourceLite(&Resource);
    KeLeaveCriticalRegion();
  }
};

struct Extension {
  SpinLock Spin, Other;
  Mutex Fast;
  RwLock Table;
  KEVENT Idle;
  HANDLE Key;
  ULONG Count;
  bool Stopping;
};
extern "C" {
DRIVER_DISPATCH guard_good, guard_sleeps_bad, guard_twice_bad, guard_unlocked_bad;
DRIVER_DISPATCH unique_good, unlocked_good, deferred_good, adopted_good, tried_good, moved_good, assigned_good;
DRIVER_DISPATCH returned_good, returned_bad, released_bad, deferred_bad, tried_bad, scoped_good, scoped_bad;
DRIVER_DISPATCH fast_good, fast_bad, shared_good, shared_bad, functor_good, generic_good, listed_good;
}
static Extension *extensionOf(PDEVICE_OBJECT Device) { return static_cast<Extension *>(Device->DeviceExtension); }

NTSTATUS guard_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::lock_guard<SpinLock> Guard(Ext->Spin);
  if (Ext->Stopping)
    return STATUS_DELETE_PENDING;
  for (ULONG I = 0; I < 3; ++I)
    ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS guard_sleeps_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::lock_guard Guard(Ext->Spin);
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, nullptr); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock}}
  return STATUS_SUCCESS;
}
NTSTATUS guard_twice_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::lock_guard Outer(Ext->Fast);
  if (Ext->Count) {
    std::lock_guard Inner(Ext->Fast); // expected-warning {{is acquired again by 'ExAcquireFastMutex' while this thread holds it}}
    ++Ext->Count;
  }
  return STATUS_SUCCESS;
}
NTSTATUS guard_unlocked_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::lock_guard Guard(Ext->Fast);
  if (Ext->Stopping)
    Ext->Fast.unlock();
  return STATUS_SUCCESS; // expected-warning {{is released by 'ExReleaseFastMutex' but was released before by 'ExReleaseFastMutex'}}
}
NTSTATUS unique_good(PDEVICE_OBJECT Device, PIRP Irp) {
  auto *Ext = extensionOf(Device);
  std::unique_lock Guard(Ext->Spin);
  while (Ext->Count) {
    Guard.unlock();
    KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, nullptr);
    Guard.lock();
  }
  return STATUS_SUCCESS;
}
NTSTATUS unlocked_good(PDEVICE_OBJECT Device, PIRP Irp) {
  auto *Ext = extensionOf(Device);
  std::unique_lock Guard(Ext->Spin);
  if (Ext->Stopping) {
    Guard.unlock();
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_DELETE_PENDING;
  }
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS deferred_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::unique_lock Guard(Ext->Spin, std::defer_lock);
  if (Ext->Stopping)
    Guard.lock();
  ++Ext->Count;
  if (!Guard.owns_lock())
    ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
NTSTATUS deferred_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::unique_lock Guard(Ext->Spin, std::defer_lock);
  if (Ext->Stopping)
    Guard.lock();
  if (Guard)
    ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock}}
  return STATUS_SUCCESS;
}
NTSTATUS adopted_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  Ext->Spin.lock();
  ++Ext->Count;
  std::lock_guard Guard(Ext->Spin, std::adopt_lock);
  return STATUS_SUCCESS;
}
NTSTATUS tried_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::unique_lock Guard(Ext->Spin, std::try_to_lock);
  if (!Guard) {
    ZwClose(Ext->Key);
    return STATUS_DEVICE_BUSY;
  }
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS tried_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::unique_lock Guard(Ext->Fast, std::try_to_lock);
  if (!Guard.owns_lock())
    Guard.unlock(); // expected-warning {{is released by 'ExReleaseFastMutex' on a path on which 'ExTryToAcquireFastMutex' failed to acquire it}}
  return STATUS_SUCCESS;
}
NTSTATUS moved_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  {
    std::unique_lock First(Ext->Spin);
    std::unique_lock Second(static_cast<std::unique_lock<SpinLock> &&>(First));
    ++Ext->Count;
  }
  ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
NTSTATUS assigned_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  {
    std::unique_lock<SpinLock> Guard;
    Guard = std::unique_lock(Ext->Spin);
    ++Ext->Count;
    Guard = std::unique_lock<SpinLock>();
    ZwClose(Ext->Key);
    Guard = std::unique_lock(Ext->Other);
  }
  ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
static std::unique_lock<SpinLock> take(Extension *Ext) {
  std::unique_lock Guard(Ext->Spin);
  ++Ext->Count;
  return Guard;
}
NTSTATUS returned_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  {
    auto Guard = take(Ext);
    ++Ext->Count;
  }
  ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
NTSTATUS returned_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  auto Guard = take(Ext);
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock}}
  return STATUS_SUCCESS;
}
// What the guard is relieved of nobody gives up.
NTSTATUS released_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::unique_lock Guard(Ext->Spin);
  ++Ext->Count;
  if (Ext->Stopping) {
    Guard.release();
    return STATUS_DELETE_PENDING; // expected-warning {{is still held when 'released_bad' returns}}
  }
  return STATUS_SUCCESS;
}
NTSTATUS scoped_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  {
    std::scoped_lock Both(Ext->Fast, Ext->Spin);
    ++Ext->Count;
  }
  ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
// A fast mutex is waited for, which one must not at the level of the spin lock. (That is told of the
// guard itself, too: with these two locks it is never right.)
NTSTATUS scoped_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::scoped_lock Both(Ext->Spin, Ext->Fast); // expected-warning {{'ExAcquireFastMutex' waits at DISPATCH_LEVEL while spin lock}}
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS fast_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::lock_guard Guard(Ext->Fast);
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, nullptr);
  return STATUS_SUCCESS;
}
NTSTATUS fast_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  std::lock_guard Guard(Ext->Fast);
  ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at APC_LEVEL, above its maximum PASSIVE_LEVEL}}
  return STATUS_SUCCESS;
}
NTSTATUS shared_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  {
    RwLock::Shared Reader(Ext->Table);
    if (!Ext->Count)
      return STATUS_NOT_FOUND;
  }
  RwLock::Exclusive Writer(Ext->Table);
  ++Ext->Count;
  return STATUS_SUCCESS;
}
NTSTATUS shared_bad(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  RwLock::Shared Reader(Ext->Table);
  if (Ext->Count) {
    RwLock::Exclusive Writer(Ext->Table); // expected-warning {{is held shared and is acquired exclusively}}
    ++Ext->Count;
  }
  return STATUS_SUCCESS;
}
// A class that is local to the function.
NTSTATUS functor_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  struct Undo {
    Extension *Ext;
    ~Undo() { Ext->Spin.unlock(); }
  };
  {
    Ext->Spin.lock();
    Undo AtEnd{Ext};
    ++Ext->Count;
  }
  ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
// A function that is called under the lock.
template <class L, class F> static void with(L &Lock, F &&Do) {
  std::lock_guard<L> Guard(Lock);
  Do();
}
NTSTATUS generic_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  HANDLE Key = nullptr;
  with(Ext->Spin, [&] {
    Key = Ext->Key;
    Ext->Key = nullptr;
  });
  if (Key)
    ZwClose(Key);
  return STATUS_SUCCESS;
}
NTSTATUS listed_good(PDEVICE_OBJECT Device, PIRP) {
  auto *Ext = extensionOf(Device);
  bool Last = false;
  with(Ext->Fast, [&] { Last = --Ext->Count == 0; });
  if (Last)
    ZwClose(Ext->Key);
  return STATUS_SUCCESS;
}
void generic_bad(Extension *Ext) {
  with(Ext->Spin, [&] {
    ZwClose(Ext->Key); // expected-warning {{'ZwClose' is called at DISPATCH_LEVEL, above its maximum PASSIVE_LEVEL; spin lock}}
  });
}
