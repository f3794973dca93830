// Mutexes that are acquired through an array: all of them, or the one that the
// result names.
// RUN: %verify %s
#include <ntddk.h>

typedef struct {
  KMUTEX A, B;
  KEVENT Stop;
  BOOLEAN Ready;
} EXTENSION;

static void begin(EXTENSION *Ext) {
  KeInitializeMutex(&Ext->A, 0);
  KeInitializeMutex(&Ext->B, 0);
  KeInitializeEvent(&Ext->Stop, NotificationEvent, FALSE);
}

KSTART_ROUTINE all_bad;
void all_bad(PVOID Context) {
  EXTENSION *Ext = Context;
  begin(Ext);
  PVOID Objects[2] = {&Ext->A, &Ext->B};
  KeWaitForMultipleObjects(2, Objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL);
  KeReleaseMutex(&Ext->A, FALSE);
} // expected-warning {{kernel mutex 'Ext->B' is still held when 'all_bad' returns}}

KSTART_ROUTINE all_good;
void all_good(PVOID Context) {
  EXTENSION *Ext = Context;
  begin(Ext);
  PVOID Objects[2] = {&Ext->A, &Ext->B};
  KeWaitForMultipleObjects(2, Objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL);
  KeReleaseMutex(&Ext->A, FALSE);
  KeReleaseMutex(&Ext->B, FALSE);
}

// With a timeout, all or none.
KSTART_ROUTINE allInTime_bad;
void allInTime_bad(PVOID Context) {
  EXTENSION *Ext = Context;
  begin(Ext);
  PVOID Objects[2] = {&Ext->Stop, &Ext->B};
  LARGE_INTEGER Timeout;
  Timeout.QuadPart = -10000;
  KeSetEvent(&Ext->Stop, 0, FALSE);
  if (KeWaitForMultipleObjects(2, Objects, WaitAll, Executive, KernelMode, FALSE, &Timeout, NULL) != STATUS_SUCCESS)
    return;
  if (!Ext->Ready)
    return; // expected-warning {{kernel mutex 'Ext->B' is still held when 'allInTime_bad' returns}}
  KeReleaseMutex(&Ext->B, FALSE);
}

KSTART_ROUTINE allInTime_good;
void allInTime_good(PVOID Context) {
  EXTENSION *Ext = Context;
  begin(Ext);
  PVOID Objects[2] = {&Ext->Stop, &Ext->B};
  LARGE_INTEGER Timeout;
  NTSTATUS Status;
  Timeout.QuadPart = -10000;
  KeSetEvent(&Ext->Stop, 0, FALSE);
  Status = KeWaitForMultipleObjects(2, Objects, WaitAll, Executive, KernelMode, FALSE, &Timeout, NULL);
  if (Status == STATUS_TIMEOUT)
    return;
  KeReleaseMutex(&Ext->B, FALSE);
}

// Any: the result says whether it was the mutex or the event.
KSTART_ROUTINE any_bad;
void any_bad(PVOID Context) {
  EXTENSION *Ext = Context;
  begin(Ext);
  PVOID Objects[2];
  NTSTATUS Status;
  Objects[0] = &Ext->Stop;
  Objects[1] = &Ext->A;
  Status = KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
  if (Status == STATUS_WAIT_1)
    return; // expected-warning {{kernel mutex 'Ext->A' is still held when 'any_bad' returns}}
}

KSTART_ROUTINE any_good;
void any_good(PVOID Context) {
  EXTENSION *Ext = Context;
  begin(Ext);
  PVOID Objects[2];
  NTSTATUS Status;
  Objects[0] = &Ext->Stop;
  Objects[1] = &Ext->A;
  Status = KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
  if (Status == STATUS_WAIT_0)
    return;
  KeReleaseMutex(&Ext->A, FALSE);
}

// One of two mutexes.
KSTART_ROUTINE either_bad;
void either_bad(PVOID Context) {
  EXTENSION *Ext = Context;
  begin(Ext);
  PVOID Objects[] = {&Ext->A, &Ext->B};
  NTSTATUS Status = KeWaitForMultipleObjects(RTL_NUMBER_OF(Objects), Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
  (void)Status;
  KeReleaseMutex(&Ext->B, FALSE);
} // expected-warning {{kernel mutex 'Ext->A' is still held when 'either_bad' returns}}

KSTART_ROUTINE either_good;
void either_good(PVOID Context) {
  EXTENSION *Ext = Context;
  begin(Ext);
  PKMUTEX Objects[] = {&Ext->A, &Ext->B};
  NTSTATUS Status = KeWaitForMultipleObjects(2, (PVOID *)Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
  KeReleaseMutex(Objects[Status - STATUS_WAIT_0], FALSE);
}

// What somebody else filled may hold anything: then nothing is said.
void fill(PVOID *Objects);
KSTART_ROUTINE filledElsewhere_good;
void filledElsewhere_good(PVOID Context) {
  EXTENSION *Ext = Context;
  PVOID Objects[2];
  fill(Objects);
  KeWaitForMultipleObjects(2, Objects, WaitAll, Executive, KernelMode, FALSE, NULL, NULL);
  KeReleaseMutex(&Ext->A, FALSE);
}

// No mutex is in it.
KSTART_ROUTINE events_good;
void events_good(PVOID Context) {
  EXTENSION *Ext = Context;
  PVOID Objects[2] = {&Ext->Stop, &Ext->Stop};
  KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL);
}
