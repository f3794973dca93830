/* The first function has a finding; the others have thousands of states each, so
   a scan that is stopped within them must not lose the finding. */
#include <ntddk.h>

KSPIN_LOCK Lock;
FAST_MUTEX Mutexes[2];

VOID found(PKEVENT Event) {
  KIRQL Old;
  KeAcquireSpinLock(&Lock, &Old);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
  KeReleaseSpinLock(&Lock, Old);
}

#define MAYBE(n)                                                               \
  if (Flags[n])                                                                \
    ExAcquireFastMutexUnsafe(&Many[n]);                                        \
  else                                                                         \
    use(n);
#define MAYBE8(n)                                                              \
  MAYBE(n) MAYBE(n + 1) MAYBE(n + 2) MAYBE(n + 3)                              \
  MAYBE(n + 4) MAYBE(n + 5) MAYBE(n + 6) MAYBE(n + 7)

VOID use(int N);

#define EXPLODES(name)                                                         \
  VOID name(volatile int *Flags, PFAST_MUTEX Many) {                           \
    MAYBE8(0) MAYBE8(8) MAYBE8(16) MAYBE8(24)                                  \
  }
#define EXPLODES8(name)                                                        \
  EXPLODES(name##a) EXPLODES(name##b) EXPLODES(name##c) EXPLODES(name##d)      \
  EXPLODES(name##e) EXPLODES(name##f) EXPLODES(name##g) EXPLODES(name##h)

EXPLODES8(explodes1)
EXPLODES8(explodes2)
EXPLODES8(explodes3)
EXPLODES8(explodes4)
EXPLODES8(explodes5)
EXPLODES8(explodes6)
