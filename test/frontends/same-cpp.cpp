// The same findings from every front end, in C++: a guard object, a method.
// RUN: %same_findings --notes %s
#include <ntddk.h>

namespace {
class SpinGuard {
  PKSPIN_LOCK Lock;
  KIRQL Old;

public:
  explicit SpinGuard(PKSPIN_LOCK L) : Lock(L) { KeAcquireSpinLock(Lock, &Old); }
  ~SpinGuard() { KeReleaseSpinLock(Lock, Old); }
};

class Channel {
  KSPIN_LOCK Lock;
  KEVENT Done;
  ULONG Pending = 0;

public:
  void drain_bad() {
    SpinGuard Guard(&Lock);
    while (Pending)
      KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, nullptr); // expect: wait-at-dispatch
  }

  void drain_ok() {
    {
      SpinGuard Guard(&Lock);
      Pending = 0;
    }
    KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, nullptr);
  }
};
} // namespace

void use(Channel &C) {
  C.drain_bad();
  C.drain_ok();
}
