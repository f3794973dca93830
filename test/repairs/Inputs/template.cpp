#include <ntddk.h>

template <class T> void touch(T &Owner) {
  KIRQL OldIrql;
  KeAcquireSpinLock(&Owner.Lock, &OldIrql);
  KeReleaseSpinLockFromDpcLevel(&Owner.Lock);
}

struct Device {
  KSPIN_LOCK Lock;
};
void use(Device &D) { touch(D); }
