// A lock's wrapper in another file that keeps the old level in a parameter says so with
// the "global" annotations, too: what it gives back is what it saved.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _QUEUE QUEUE, *PQUEUE;

_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_saves_global_(OldIrql, Irql) _IRQL_raises_(DISPATCH_LEVEL)
void Take(PQUEUE Queue, KIRQL *Irql);
_IRQL_requires_(DISPATCH_LEVEL) _IRQL_restores_global_(OldIrql, Irql)
void Give(PQUEUE Queue, KIRQL Irql);

IO_WORKITEM_ROUTINE given_back_good;
void given_back_good(PDEVICE_OBJECT Device, PVOID Context) {
  KEVENT Event;
  KIRQL Irql;
  (void)Device;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  for (int I = 0; I < 3; ++I) {
    Take(Context, &Irql);
    Give(Context, Irql);
    if (KeGetCurrentIrql() > DISPATCH_LEVEL)
      KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
  }
}

IO_WORKITEM_ROUTINE kept_bad;
void kept_bad(PDEVICE_OBJECT Device, PVOID Context) {
  KEVENT Event;
  KIRQL Irql;
  (void)Device;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  Take(Context, &Irql);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
  Give(Context, Irql);
}

KDEFERRED_ROUTINE given_back_bad;
void given_back_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  KEVENT Event;
  KIRQL Irql;
  (void)Dpc, (void)A, (void)B;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  Take(Context, &Irql);
  Give(Context, Irql);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}

// By its name it may give up a lock, of which nothing is known: then the level is not
// higher behind it than it was.
void ReleaseEntry(PQUEUE Queue);
IO_WORKITEM_ROUTINE released_good;
void released_good(PDEVICE_OBJECT Device, PVOID Context) {
  KEVENT Event;
  (void)Device;
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  ReleaseEntry(Context);
  if (KeGetCurrentIrql() > DISPATCH_LEVEL)
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}
