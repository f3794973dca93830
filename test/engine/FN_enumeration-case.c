// A switch over an enumeration has no case for a value that is asked for: possible only, as most such values never come
// (docs/limits.md). The same over a number is told.
// RUN: %verify %s
#include <ntddk.h>

typedef enum { LockRead = 1, LockPower } WHICH;
typedef struct _LOCKS {
  KSPIN_LOCK Read;
} LOCKS, *PLOCKS;

_IRQL_requires_max_(DISPATCH_LEVEL)
_IRQL_raises_(DISPATCH_LEVEL)
static VOID lock_bad(PLOCKS L, WHICH Which, _Out_ _IRQL_saves_ PKIRQL Irql) {
  switch (Which) {
  case LockRead:
    KeAcquireSpinLock(&L->Read, Irql);
    break;
  default:
    break;
  }
} // not told: power_bad asks for LockPower

VOID power_bad(PLOCKS L) {
  KIRQL Irql;
  lock_bad(L, LockPower, &Irql);
}

_IRQL_requires_max_(DISPATCH_LEVEL)
_IRQL_raises_(DISPATCH_LEVEL)
VOID number_bad(PLOCKS L, ULONG Which, _Out_ _IRQL_saves_ PKIRQL Irql) {
  switch (Which) {
  case 1:
    KeAcquireSpinLock(&L->Read, Irql);
    break;
  default:
    break;
  }
} // expected-warning {{'number_bad' is annotated to raise the level to DISPATCH_LEVEL}}
