// A function that is one call of a lock routine is right or wrong where it is used, each time.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _LOCK {
  KSPIN_LOCK Spin;
  KIRQL Old;
} LOCK;
typedef struct _OBJECT {
  LOCK Lock;
  ULONG A, B;
} OBJECT;
static VOID acquire(LOCK *L) { KeAcquireSpinLock(&L->Spin, &L->Old); }
static VOID release(LOCK *L) { KeReleaseSpinLock(&L->Spin, L->Old); }

int first_bad(OBJECT *O) {
  acquire(&O->Lock);
  O->A++;
  release(&O->Lock);
  if (O->B == 7) {
    release(&O->Lock); // expected-warning {{released before}}
    return 0;
  }
  return 1;
}
int second_bad(OBJECT *O) {
  acquire(&O->Lock);
  O->B++;
  release(&O->Lock);
  if (O->A == 3) {
    release(&O->Lock); // expected-warning {{released before}}
    return 0;
  }
  return 1;
}
int third_bad(OBJECT *O) {
  acquire(&O->Lock);
  if (O->A == 3)
    acquire(&O->Lock); // expected-warning {{acquired again}}
  release(&O->Lock);
  return 1;
}
int fourth_bad(OBJECT *O) {
  acquire(&O->Lock);
  if (O->B == 3)
    acquire(&O->Lock); // expected-warning {{acquired again}}
  release(&O->Lock);
  return 1;
}
int good(OBJECT *O) {
  acquire(&O->Lock);
  O->B++;
  release(&O->Lock);
  return 1;
}
