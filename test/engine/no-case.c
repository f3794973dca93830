// A switch over an enumeration that has nothing to do for other values: nobody may ever ask for them. What an
// annotation promises is not kept there for certain only if the value is a mere number, or a case does it, too.
// RUN: %verify %s
// RUN: not %irqlint scan --possible %s > %t.txt 2>&1; FileCheck %s --input-file=%t.txt
#include <ntddk.h>

typedef enum { LockRead = 1, LockWrite, LockPower } WHICH;
typedef struct _LOCKS {
  KSPIN_LOCK Read, Write;
  BOOLEAN Single;
} LOCKS, *PLOCKS;

// CHECK: no-case.c:[[@LINE+13]]:1: warning: 'empty_default_good' is annotated to raise the level {{.*}} (possible)
_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL)
VOID empty_default_good(PLOCKS L, WHICH Which, _Out_ _IRQL_saves_ PKIRQL Irql) {
  switch (Which) {
  case LockRead:
    KeAcquireSpinLock(&L->Read, Irql);
    break;
  case LockWrite:
    KeAcquireSpinLock(&L->Write, Irql);
    break;
  default:
    break;
  }
}

// CHECK: no-case.c:[[@LINE+11]]:1: warning: 'no_default_good' is annotated to raise the level {{.*}} (possible)
_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL)
VOID no_default_good(PLOCKS L, WHICH Which, _Out_ _IRQL_saves_ PKIRQL Irql) {
  switch (Which) {
  case LockRead:
    KeAcquireSpinLock(&L->Read, Irql);
    break;
  case LockWrite:
    KeAcquireSpinLock(&L->Write, Irql);
    break;
  }
}

// A case that is named does not do it always.
_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL)
VOID case_bad(PLOCKS L, WHICH Which, _Out_ _IRQL_saves_ PKIRQL Irql) {
  switch (Which) { // expected-note 0+ {{}}
  case LockRead:
    KeAcquireSpinLock(&L->Read, Irql);
    break;
  case LockWrite:
    if (!L->Single) // expected-note 0+ {{}}
      KeAcquireSpinLock(&L->Write, Irql);
    break;
  default:
    break;
  }
} // expected-warning {{'case_bad' is annotated to raise the level to DISPATCH_LEVEL}} expected-note 0+ {{}}

// Any number may come.
_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL)
VOID number_bad(PLOCKS L, ULONG Which, _Out_ _IRQL_saves_ PKIRQL Irql) {
  switch (Which) { // expected-note 0+ {{}}
  case LockRead:
    KeAcquireSpinLock(&L->Read, Irql);
    break;
  case LockWrite:
    KeAcquireSpinLock(&L->Write, Irql);
    break;
  default:
    break;
  }
} // expected-warning {{'number_bad' is annotated to raise the level to DISPATCH_LEVEL}} expected-note 0+ {{}}

// What has something to do for other values knows that they come.
_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL)
VOID busy_default_bad(PLOCKS L, WHICH Which, _Out_ _IRQL_saves_ PKIRQL Irql) {
  switch (Which) { // expected-note 0+ {{}}
  case LockRead:
    KeAcquireSpinLock(&L->Read, Irql);
    break;
  case LockWrite:
    KeAcquireSpinLock(&L->Write, Irql);
    break;
  default:
    L->Single = TRUE;
    break;
  }
} // expected-warning {{'busy_default_bad' is annotated to raise the level to DISPATCH_LEVEL}} expected-note 0+ {{}}
