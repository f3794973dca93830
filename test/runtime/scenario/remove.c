// A driver of which each callback is right by itself: run one at a time, nothing is found.
// RUN: sh -c '%irqlint run %s >%t.single 2>&1; test $? = 0'
//
// Together: a removal that does not wait for the timer's procedure, and one that waits for a
// work item with the mutex that the work item needs.
// RUN: sh -c '%irqlint run --scenario=RemoveWhileTicking %s >%t.tick 2>%t.err; test $? = 1'
// RUN: FileCheck --check-prefix=TICK %s <%t.tick
// RUN: sh -c '%irqlint run --scenario=RemoveWhileWorking %s >%t.work 2>%t.err; test $? = 1'
// RUN: FileCheck --check-prefix=WORK %s <%t.work
//
// Both mended: all interleavings up to two preemptions are run, and nothing is found.
// RUN: sh -c '%irqlint run -DGOOD --scenario=RemoveWhileTicking,RemoveWhileWorking %s >%t.good 2>&1; test $? = 0'
// RUN: FileCheck --check-prefix=GOOD %s <%t.good
// GOOD-NOT: not explored fully
// GOOD: irqlint: 0 findings
//
// What is not run is told, and so is what cannot be.
// RUN: sh -c '%irqlint run -DGOOD --executions=3 --scenario=RemoveWhileTicking %s >%t.few 2>&1; test $? = 0'
// RUN: FileCheck --check-prefix=FEW %s <%t.few
// FEW: function 'RemoveWhileTicking' was not explored fully: 3 interleavings were run, {{.*}}preemption
// RUN: sh -c '%irqlint run --scenario=Nothing %s >%t.none 2>&1; test $? = 2'
// RUN: FileCheck --check-prefix=NONE %s <%t.none
// NONE: error: no function 'Nothing' to run as a scenario
// RUN: sh -c '%irqlint run --scenario=OnWork %s >%t.args 2>&1; test $? = 2'
// RUN: FileCheck --check-prefix=ARGS %s <%t.args
// ARGS: error: 'OnWork' has parameters: a scenario is a function without
#include <irqlint_scenario.h>

typedef struct _EXTENSION {
  PDEVICE_OBJECT Self, Lower;
  KTIMER Timer;
  KDPC Dpc;
  KSPIN_LOCK Lock;
  ULONG Ticks;
  FAST_MUTEX Mutex;
  KEVENT Idle;
  PIO_WORKITEM Work;
  BOOLEAN Working;
} EXTENSION, *PEXTENSION;

KDEFERRED_ROUTINE OnTimer;
VOID OnTimer(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second) {
  PEXTENSION Ext = Context;
  (void)Dpc, (void)First, (void)Second;
  KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  // TICK-DAG: remove.c:[[#@LINE+1]]:3: warning: 'OnTimer' reads memory that 'Pnp' has freed [irqlint-unsynchronized-access]
  ++Ext->Ticks;
  KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}

IO_WORKITEM_ROUTINE OnWork;
VOID OnWork(PDEVICE_OBJECT Device, PVOID Context) {
  PEXTENSION Ext = Context;
  (void)Device;
  ExAcquireFastMutex(&Ext->Mutex);
  Ext->Working = FALSE;
  KeSetEvent(&Ext->Idle, IO_NO_INCREMENT, FALSE);
  ExReleaseFastMutex(&Ext->Mutex);
}

DRIVER_ADD_DEVICE AddDevice;
NTSTATUS AddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Bus) {
  PDEVICE_OBJECT Device;
  PEXTENSION Ext;
  NTSTATUS Status = IoCreateDevice(Driver, sizeof(EXTENSION), NULL,
                                   FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
  if (!NT_SUCCESS(Status))
    return Status;
  Ext = Device->DeviceExtension;
  Ext->Self = Device;
  Ext->Lower = IoAttachDeviceToDeviceStack(Device, Bus);
  KeInitializeSpinLock(&Ext->Lock);
  KeInitializeTimer(&Ext->Timer);
  KeInitializeDpc(&Ext->Dpc, OnTimer, Ext);
  ExInitializeFastMutex(&Ext->Mutex);
  KeInitializeEvent(&Ext->Idle, NotificationEvent, TRUE);
  Ext->Work = IoAllocateWorkItem(Device);
  return STATUS_SUCCESS;
}

/* Starts the timer. */
DRIVER_DISPATCH Read;
NTSTATUS Read(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
  LARGE_INTEGER Due;
  Due.QuadPart = -10000;
  KeSetTimer(&Ext->Timer, Due, &Ext->Dpc);
  Irp->IoStatus.Status = STATUS_SUCCESS;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}

/* Leaves the rest to a work item. */
DRIVER_DISPATCH Write;
NTSTATUS Write(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
  ExAcquireFastMutex(&Ext->Mutex);
  if (!Ext->Working) {
    Ext->Working = TRUE;
    KeClearEvent(&Ext->Idle);
    IoQueueWorkItem(Ext->Work, OnWork, DelayedWorkQueue, Ext);
  }
  ExReleaseFastMutex(&Ext->Mutex);
  Irp->IoStatus.Status = STATUS_SUCCESS;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}

DRIVER_DISPATCH Pnp;
NTSTATUS Pnp(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
  PDEVICE_OBJECT Lower = Ext->Lower;
  NTSTATUS Status;
  if (IoGetCurrentIrpStackLocation(Irp)->MinorFunction != IRP_MN_REMOVE_DEVICE) {
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Lower, Irp);
  }
#ifdef GOOD
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, NULL);
#else
  ExAcquireFastMutex(&Ext->Mutex);
  if (Ext->Working)
    // WORK: remove.c:[[#@LINE+1]]:5: warning: nobody can go on: 'Pnp' waits for an object that nobody signals, 'OnWork' waits for fast mutex 'Ext->Mutex', which 'Pnp' holds [irqlint-self-wait]
    KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, NULL);
  ExReleaseFastMutex(&Ext->Mutex);
#endif
  KeCancelTimer(&Ext->Timer);
#ifdef GOOD
  KeFlushQueuedDpcs();
#endif
  IoSkipCurrentIrpStackLocation(Irp);
  Status = IoCallDriver(Lower, Irp);
  IoDetachDevice(Lower);
  IoFreeWorkItem(Ext->Work);
  // TICK-DAG: remove.c:[[#@LINE+1]]:3: warning: 'Pnp' frees memory that 'OnTimer' uses, and nothing keeps the two apart [irqlint-unsynchronized-access]
  IoDeleteDevice(Device);
  return Status;
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
  (void)Path;
  Driver->DriverExtension->AddDevice = AddDevice;
  Driver->MajorFunction[IRP_MJ_READ] = Read;
  Driver->MajorFunction[IRP_MJ_WRITE] = Write;
  Driver->MajorFunction[IRP_MJ_PNP] = Pnp;
  return STATUS_SUCCESS;
}

void RemoveWhileTicking(void) {
  PDEVICE_OBJECT Device = ScenarioAddDevice(ScenarioLoadDriver(DriverEntry));
  ScenarioSend(Device, IRP_MJ_READ, 0);
  ScenarioRequest(Device, IRP_MJ_PNP, IRP_MN_REMOVE_DEVICE);
}

void RemoveWhileWorking(void) {
  PDEVICE_OBJECT Device = ScenarioAddDevice(ScenarioLoadDriver(DriverEntry));
  ScenarioSend(Device, IRP_MJ_WRITE, 0);
  ScenarioRequest(Device, IRP_MJ_PNP, IRP_MN_REMOVE_DEVICE);
}
