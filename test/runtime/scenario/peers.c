// Documented answers of the machine's routines: each scenario checks what it gets, and any other
// answer is a finding (it follows a null pointer, at its line).
// RUN: sh -c '%irqlint run --scenario=Levels,Deferred,Removed,Arguments,OneShot,Periodic,Cancelled,Semaphores,Mutexes,Events,Threads,WorkItems,Rundown,Removal,Regions %s >%t.out 2>&1; test $? = 0'
// RUN: FileCheck %s <%t.out
// CHECK-NOT: not explored fully
// CHECK: irqlint: 0 findings
// RUN: sh -c '%irqlint run --scenario=Wrong %s >%t.bad 2>&1; test $? = 1'
// RUN: FileCheck --check-prefix=WRONG %s <%t.bad
#include <irqlint_scenario.h>

static volatile LONG *Nowhere;
#define EXPECT(Condition)                                                                          \
  if (!(Condition))                                                                                \
  *Nowhere = 1

static KDPC Dpc;
static KTIMER Timer;
static KEVENT Event, Second;
static KSEMAPHORE Semaphore;
static KMUTEX Mutex;
static EX_RUNDOWN_REF Ref;
static IO_REMOVE_LOCK Lock;
static LONG Runs, Seen;
static LARGE_INTEGER Zero, Soon;

static KDEFERRED_ROUTINE Count;
static VOID Count(PKDPC D, PVOID Context, PVOID First, PVOID Other) {
  (void)D;
  EXPECT(Context == &Runs);
  EXPECT(KeGetCurrentIrql() == DISPATCH_LEVEL);
  if (First)
    Seen = (LONG)(LONG_PTR)First * 10 + (LONG)(LONG_PTR)Other;
  InterlockedIncrement(&Runs);
}

void Wrong(void) {
  KeInitializeDpc(&Dpc, Count, &Runs);
  KeInsertQueueDpc(&Dpc, NULL, NULL);
  KeFlushQueuedDpcs();
  // WRONG: peers.c:[[#@LINE+1]]:3: warning: 'Wrong' crashes here
  EXPECT(Runs == 2);
}

void Levels(void) {
  KIRQL Old, Older;
  EXPECT(KeGetCurrentIrql() == PASSIVE_LEVEL);
  KeRaiseIrql(APC_LEVEL, &Old);
  EXPECT(Old == PASSIVE_LEVEL && KeGetCurrentIrql() == APC_LEVEL);
  KeRaiseIrql(APC_LEVEL, &Older);
  EXPECT(Older == APC_LEVEL);
  KeLowerIrql(Older);
  Older = KeRaiseIrqlToDpcLevel();
  EXPECT(Older == APC_LEVEL && KeGetCurrentIrql() == DISPATCH_LEVEL);
  KeLowerIrql(Older);
  EXPECT(KeGetCurrentIrql() == APC_LEVEL);
  KeLowerIrql(Old);
  EXPECT(KeGetCurrentIrql() == PASSIVE_LEVEL);
}

/* One insertion, one run, before the level is low again; a second insertion is refused. */
void Deferred(void) {
  KIRQL Old;
  KeInitializeDpc(&Dpc, Count, &Runs);
  KeRaiseIrql(DISPATCH_LEVEL, &Old);
  EXPECT(KeInsertQueueDpc(&Dpc, NULL, NULL) == TRUE);
  EXPECT(KeInsertQueueDpc(&Dpc, NULL, NULL) == FALSE);
  EXPECT(Runs == 0);
  KeLowerIrql(Old);
  EXPECT(Runs == 1);
}

/* Removed in time: never run. */
void Removed(void) {
  KIRQL Old;
  KeInitializeDpc(&Dpc, Count, &Runs);
  KeRaiseIrql(DISPATCH_LEVEL, &Old);
  KeInsertQueueDpc(&Dpc, NULL, NULL);
  EXPECT(KeRemoveQueueDpc(&Dpc) == TRUE);
  EXPECT(KeRemoveQueueDpc(&Dpc) == FALSE);
  KeLowerIrql(Old);
  KeFlushQueuedDpcs();
  EXPECT(Runs == 0);
}

/* Arguments are those of the insertion that was accepted. */
void Arguments(void) {
  KIRQL Old;
  KeInitializeDpc(&Dpc, Count, &Runs);
  KeRaiseIrql(DISPATCH_LEVEL, &Old);
  KeInsertQueueDpc(&Dpc, (PVOID)4, (PVOID)2);
  KeInsertQueueDpc(&Dpc, (PVOID)5, (PVOID)6);
  KeLowerIrql(Old);
  KeFlushQueuedDpcs();
  EXPECT(Seen == 42);
}

/* Once, not before its time; set again it was not in the queue. */
void OneShot(void) {
  Soon.QuadPart = -100000;
  KeInitializeTimer(&Timer);
  KeInitializeDpc(&Dpc, Count, &Runs);
  EXPECT(KeSetTimer(&Timer, Soon, &Dpc) == FALSE);
  EXPECT(KeWaitForSingleObject(&Timer, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
  EXPECT(KeReadStateTimer(&Timer));
  KeFlushQueuedDpcs();
  EXPECT(Runs == 1);
  EXPECT(KeCancelTimer(&Timer) == FALSE);
}

void Periodic(void) {
  LARGE_INTEGER Long;
  Soon.QuadPart = -10000;
  Long.QuadPart = -10000000;
  KeInitializeTimerEx(&Timer, SynchronizationTimer);
  KeInitializeDpc(&Dpc, Count, &Runs);
  KeSetTimerEx(&Timer, Soon, 1, &Dpc);
  KeWaitForSingleObject(&Timer, Executive, KernelMode, FALSE, NULL);
  KeWaitForSingleObject(&Timer, Executive, KernelMode, FALSE, NULL);
  KeCancelTimer(&Timer);
  KeFlushQueuedDpcs();
  EXPECT(Runs == 2);
  KeDelayExecutionThread(KernelMode, FALSE, &Long);
  EXPECT(Runs == 2);
}

/* Cancelled or expired, never both. */
static VOID Cancel(PVOID Context) {
  (void)Context;
  if (KeCancelTimer(&Timer))
    InterlockedIncrement(&Runs);
}
void Cancelled(void) {
  Soon.QuadPart = -10000;
  KeInitializeTimer(&Timer);
  KeInitializeDpc(&Dpc, Count, &Runs);
  KeSetTimer(&Timer, Soon, &Dpc);
  ScenarioThread(Cancel, NULL);
  ScenarioWait();
  if (!KeReadStateTimer(&Timer))
    EXPECT(Runs == 1);
  KeFlushQueuedDpcs();
  EXPECT(Runs == 1);
}

void Semaphores(void) {
  KeInitializeSemaphore(&Semaphore, 1, 3);
  EXPECT(KeReadStateSemaphore(&Semaphore) == 1);
  EXPECT(KeReleaseSemaphore(&Semaphore, 0, 2, FALSE) == 1);
  EXPECT(KeReadStateSemaphore(&Semaphore) == 3);
  EXPECT(KeWaitForSingleObject(&Semaphore, Executive, KernelMode, FALSE, &Zero) == STATUS_SUCCESS);
  EXPECT(KeWaitForSingleObject(&Semaphore, Executive, KernelMode, FALSE, &Zero) == STATUS_SUCCESS);
  EXPECT(KeWaitForSingleObject(&Semaphore, Executive, KernelMode, FALSE, &Zero) == STATUS_SUCCESS);
  EXPECT(KeWaitForSingleObject(&Semaphore, Executive, KernelMode, FALSE, &Zero) == STATUS_TIMEOUT);
}

static VOID Other(PVOID Context) {
  (void)Context;
  EXPECT(KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, &Zero) == STATUS_TIMEOUT);
}
void Mutexes(void) {
  KeInitializeMutex(&Mutex, 0);
  EXPECT(KeReadStateMutex(&Mutex) == 1);
  EXPECT(KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
  EXPECT(KeWaitForSingleObject(&Mutex, Executive, KernelMode, FALSE, NULL) == STATUS_SUCCESS);
  EXPECT(KeReadStateMutex(&Mutex) == -1);
  ScenarioThread(Other, NULL);
  ScenarioWait();
  EXPECT(KeReleaseMutex(&Mutex, FALSE) == -1);
  EXPECT(KeReleaseMutex(&Mutex, FALSE) == 0);
  EXPECT(KeReadStateMutex(&Mutex) == 1);
}

void Events(void) {
  PVOID Both[2] = {&Event, &Second};
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  KeInitializeEvent(&Second, SynchronizationEvent, FALSE);
  EXPECT(KeSetEvent(&Event, 0, FALSE) == 0);
  EXPECT(KeSetEvent(&Event, 0, FALSE) != 0);
  EXPECT(KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, &Zero) == STATUS_SUCCESS);
  EXPECT(KeReadStateEvent(&Event) != 0);
  EXPECT(KeWaitForMultipleObjects(2, Both, WaitAll, Executive, KernelMode, FALSE, &Zero, NULL) ==
         STATUS_TIMEOUT);
  EXPECT(KeReadStateEvent(&Event) != 0);
  KeSetEvent(&Second, 0, FALSE);
  EXPECT(KeWaitForMultipleObjects(2, Both, WaitAll, Executive, KernelMode, FALSE, &Zero, NULL) ==
         STATUS_SUCCESS);
  EXPECT(KeReadStateEvent(&Second) == 0);
  EXPECT(KeResetEvent(&Event) != 0);
  KeSetEvent(&Second, 0, FALSE);
  EXPECT(KeWaitForMultipleObjects(2, Both, WaitAny, Executive, KernelMode, FALSE, NULL, NULL) ==
         STATUS_WAIT_1);
}

static KSTART_ROUTINE Worker;
static VOID Worker(PVOID Context) {
  (void)Context;
  Runs = 1;
  PsTerminateSystemThread(STATUS_SUCCESS);
}
void Threads(void) {
  HANDLE Handle;
  PVOID Object;
  EXPECT(NT_SUCCESS(PsCreateSystemThread(&Handle, 0, NULL, NULL, NULL, Worker, NULL)));
  ObReferenceObjectByHandle(Handle, 0, NULL, KernelMode, &Object, NULL);
  KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, NULL);
  EXPECT(Runs == 1);
}

static IO_WORKITEM_ROUTINE Work;
static VOID Work(PDEVICE_OBJECT Device, PVOID Context) {
  EXPECT(KeGetCurrentIrql() == PASSIVE_LEVEL && Context == &Runs && Device != NULL);
  Runs = 1;
  KeSetEvent(&Event, 0, FALSE);
}
static DRIVER_INITIALIZE Nothing;
static NTSTATUS Nothing(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
  PDEVICE_OBJECT Device;
  (void)Path;
  return IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
}
void WorkItems(void) {
  PDEVICE_OBJECT Device = ScenarioAddDevice(ScenarioLoadDriver(Nothing));
  PIO_WORKITEM Item = IoAllocateWorkItem(Device);
  KeInitializeEvent(&Event, NotificationEvent, FALSE);
  IoQueueWorkItem(Item, Work, DelayedWorkQueue, &Runs);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
  EXPECT(Runs == 1);
  IoFreeWorkItem(Item);
}

/* Nobody is inside after the wait, and nobody gets in. */
static VOID User(PVOID Context) {
  (void)Context;
  if (ExAcquireRundownProtection(&Ref)) {
    EXPECT(Seen == 0);
    InterlockedIncrement(&Runs);
    ExReleaseRundownProtection(&Ref);
  }
}
void Rundown(void) {
  ExInitializeRundownProtection(&Ref);
  ScenarioThread(User, NULL);
  ExWaitForRundownProtectionRelease(&Ref);
  Seen = 1;
  EXPECT(!ExAcquireRundownProtection(&Ref));
}

static VOID Remover(PVOID Context) {
  (void)Context;
  if (NT_SUCCESS(IoAcquireRemoveLock(&Lock, &Runs))) {
    EXPECT(Seen == 0);
    IoReleaseRemoveLock(&Lock, &Runs);
  }
}
void Removal(void) {
  IoInitializeRemoveLock(&Lock, 0, 0, 0);
  ScenarioThread(Remover, NULL);
  EXPECT(NT_SUCCESS(IoAcquireRemoveLock(&Lock, &Seen)));
  IoReleaseRemoveLockAndWait(&Lock, &Seen);
  Seen = 1;
  EXPECT(!NT_SUCCESS(IoAcquireRemoveLock(&Lock, &Seen)));
}

void Regions(void) {
  KeEnterCriticalRegion();
  EXPECT(KeAreApcsDisabled());
  KeEnterCriticalRegion();
  KeLeaveCriticalRegion();
  EXPECT(KeAreApcsDisabled());
  KeLeaveCriticalRegion();
  KeEnterGuardedRegion();
  EXPECT(KeAreAllApcsDisabled());
  KeLeaveGuardedRegion();
}
