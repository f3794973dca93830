// Code that an interrupt, a deferred procedure or another processor gets in between of.
// RUN: sh -c '%irqlint run --checks=-irql-too-high %s >%t.single 2>&1; test $? = 0'
// RUN: sh -c '%irqlint run --scenario=Count %s >%t.count 2>&1; test $? = 1'
// RUN: FileCheck --check-prefix=COUNT %s <%t.count
// RUN: sh -c '%irqlint run --scenario=Order %s >%t.order 2>&1; test $? = 1'
// RUN: FileCheck --check-prefix=ORDER %s <%t.order
// RUN: sh -c '%irqlint run --scenario=Interrupted --checks=-irql-too-high %s >%t.int 2>&1; test $? = 1'
// RUN: FileCheck --check-prefix=INT %s <%t.int
// RUN: sh -c '%irqlint run --scenario=Mended,Interlocked,Handed --preemptions=3 %s >%t.good 2>&1; test $? = 0'
// RUN: FileCheck --check-prefix=GOOD %s <%t.good
// GOOD-NOT: not explored fully
// GOOD: irqlint: 0 findings
#include <irqlint_scenario.h>

typedef struct _EXTENSION {
  KSPIN_LOCK First, Second;
  PKINTERRUPT Interrupt;
  KDPC Dpc;
  KEVENT Done;
  ULONG Count, Result;
  LONG Users;
} EXTENSION, *PEXTENSION;

static EXTENSION Extension;

/* A value that the service routine changes, too, and that has no lock. */
KSERVICE_ROUTINE Isr;
BOOLEAN Isr(PKINTERRUPT Interrupt, PVOID Context) {
  PEXTENSION Ext = Context;
  (void)Interrupt;
  ++Ext->Count;
  return TRUE;
}

static VOID Reader(PVOID Context) {
  PEXTENSION Ext = Context;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->First, &Irql);
  // COUNT-DAG: interrupt.c:[[#@LINE+1]]:3: warning: 'Reader' {{reads|writes}} what 'Isr' writes in line {{[0-9]+}}, and nothing keeps the two apart [irqlint-unsynchronized-access]
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->First, Irql);
}

static void Connect(PKSERVICE_ROUTINE Routine) {
  KeInitializeSpinLock(&Extension.First);
  KeInitializeSpinLock(&Extension.Second);
  IoConnectInterrupt(&Extension.Interrupt, Routine, &Extension, NULL, 1, 6, 6,
                     LevelSensitive, FALSE, 1, FALSE);
}

void Count(void) {
  Connect(Isr);
  ScenarioThread(Reader, &Extension);
  ScenarioInterrupt();
}

/* The same under the interrupt's lock. */
static VOID Careful(PVOID Context) {
  PEXTENSION Ext = Context;
  KIRQL Irql = KeAcquireInterruptSpinLock(Ext->Interrupt);
  ++Ext->Count;
  KeReleaseInterruptSpinLock(Ext->Interrupt, Irql);
}

void Mended(void) {
  Connect(Isr);
  ScenarioThread(Careful, &Extension);
  ScenarioThread(Careful, &Extension);
  ScenarioInterrupt();
  ScenarioWait();
  IoDisconnectInterrupt(Extension.Interrupt);
  ++Extension.Count;
}

/* Two locks in two orders. */
static VOID Forth(PVOID Context) {
  PEXTENSION Ext = Context;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->First, &Irql);
  // ORDER: interrupt.c:[[#@LINE+1]]:3: warning: nobody can go on: 'Forth' waits for spin lock 'Ext->Second', which 'Back' holds, 'Back' waits for spin lock 'Ext->First', which 'Forth' holds [irqlint-lock-order-inversion]
  KeAcquireSpinLockAtDpcLevel(&Ext->Second);
  KeReleaseSpinLockFromDpcLevel(&Ext->Second);
  KeReleaseSpinLock(&Ext->First, Irql);
}

static VOID Back(PVOID Context) {
  PEXTENSION Ext = Context;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Second, &Irql);
  KeAcquireSpinLockAtDpcLevel(&Ext->First);
  KeReleaseSpinLockFromDpcLevel(&Ext->First);
  KeReleaseSpinLock(&Ext->Second, Irql);
}

void Order(void) {
  KeInitializeSpinLock(&Extension.First);
  KeInitializeSpinLock(&Extension.Second);
  ScenarioThread(Forth, &Extension);
  ScenarioThread(Back, &Extension);
}

/* A lock that is taken at DISPATCH_LEVEL, where interrupts come. */
KSERVICE_ROUTINE LockingIsr;
BOOLEAN LockingIsr(PKINTERRUPT Interrupt, PVOID Context) {
  PEXTENSION Ext = Context;
  (void)Interrupt;
  // INT: interrupt.c:[[#@LINE+1]]:3: warning: nobody can go on: 'LockingIsr' waits for spin lock 'Ext->First', which 'Reader' holds that it interrupted [irqlint-lock-order-inversion]
  KeAcquireSpinLockAtDpcLevel(&Ext->First);
  KeReleaseSpinLockFromDpcLevel(&Ext->First);
  return TRUE;
}

void Interrupted(void) {
  Connect(LockingIsr);
  ScenarioThread(Reader, &Extension);
  ScenarioInterrupt();
}

/* Interlocked routines order: the last user sees what the others did. */
static VOID User(PVOID Context) {
  PEXTENSION Ext = Context;
  if (InterlockedDecrement(&Ext->Users) == 0)
    ++Ext->Count;
}

void Interlocked(void) {
  Extension.Users = 2;
  ScenarioThread(User, &Extension);
  ScenarioThread(User, &Extension);
  ScenarioWait();
  ++Extension.Count;
}

/* A result is handed over by a deferred procedure and an event. */
KDEFERRED_ROUTINE Deferred;
VOID Deferred(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second) {
  PEXTENSION Ext = Context;
  (void)Dpc, (void)First, (void)Second;
  Ext->Result = Ext->Count + 1;
  KeSetEvent(&Ext->Done, IO_NO_INCREMENT, FALSE);
}

static VOID Asker(PVOID Context) {
  PEXTENSION Ext = Context;
  Ext->Count = 41;
  KeInsertQueueDpc(&Ext->Dpc, NULL, NULL);
  KeWaitForSingleObject(&Ext->Done, Executive, KernelMode, FALSE, NULL);
  ++Ext->Result;
}

void Handed(void) {
  KeInitializeDpc(&Extension.Dpc, Deferred, &Extension);
  KeInitializeEvent(&Extension.Done, SynchronizationEvent, FALSE);
  ScenarioThread(Asker, &Extension);
}
