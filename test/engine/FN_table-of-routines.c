// What a constant table of pointers names is not followed. (Each function of it is judged by itself.)
// RUN: %verify %s
#include <ntddk.h>

static KSPIN_LOCK Lock;
static VOID take(PKIRQL Old) { KeAcquireSpinLock(&Lock, Old); }
static VOID give(KIRQL Old) { KeReleaseSpinLock(&Lock, Old); }
typedef struct _OPS {
  VOID (*Take)(PKIRQL Old);
  VOID (*Give)(KIRQL Old);
} OPS;
static const OPS Table = {take, give};
static const OPS *Ops = &Table;

VOID table_bad(PKEVENT Event) {
  KIRQL Old;
  Ops->Take(&Old);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // not told: it waits at DISPATCH_LEVEL
  Ops->Give(Old);
}
// The same by name.
VOID named_bad(PKEVENT Event) {
  KIRQL Old;
  take(&Old); // expected-note 0+ {{}}
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}} expected-note 0+ {{}}
  give(Old);
}
