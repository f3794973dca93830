// What other drivers answer decides: as long as they succeed, this one is right.
// RUN: sh -c '%irqlint run --scenario=Succeeding %s >%t.fine 2>&1; test $? = 0'
// RUN: FileCheck --check-prefix=GOOD %s <%t.fine
//
// It does not hear of requests that fail, or come back canceled, and waits for them.
// RUN: sh -c '%irqlint run --scenario=Failing %s >%t.fail 2>&1; test $? = 1'
// RUN: FileCheck --check-prefix=BAD %s <%t.fail
// RUN: sh -c '%irqlint run --scenario=Cancelling %s >%t.cancel 2>&1; test $? = 1'
// RUN: FileCheck --check-prefix=BAD %s <%t.cancel
//
// RUN: sh -c '%irqlint run -DGOOD --scenario=Succeeding,Failing,Cancelling,Anything %s >%t.good 2>&1; test $? = 0'
// RUN: FileCheck --check-prefix=GOOD %s <%t.good
// GOOD-NOT: not explored fully
// GOOD: irqlint: 0 findings
#include <irqlint_scenario.h>

#ifdef GOOD
#define ON_ERROR TRUE
#else
#define ON_ERROR FALSE
#endif

typedef struct _EXTENSION {
  PDEVICE_OBJECT Lower;
  LONG Busy; // requests below, and one
  KEVENT Idle;
} EXTENSION, *PEXTENSION;

static void done(PEXTENSION Ext) {
  if (InterlockedDecrement(&Ext->Busy) == 0)
    KeSetEvent(&Ext->Idle, IO_NO_INCREMENT, FALSE);
}

IO_COMPLETION_ROUTINE OnDone;
NTSTATUS OnDone(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  (void)Device;
  if (Irp->PendingReturned)
    IoMarkIrpPending(Irp);
  done(Context);
  return STATUS_CONTINUE_COMPLETION;
}

DRIVER_DISPATCH Read;
NTSTATUS Read(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
  InterlockedIncrement(&Ext->Busy);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, OnDone, Ext, TRUE, ON_ERROR, ON_ERROR);
  return IoCallDriver(Ext->Lower, Irp);
}

DRIVER_DISPATCH Pnp;
NTSTATUS Pnp(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
  PDEVICE_OBJECT Lower = Ext->Lower;
  NTSTATUS Status;
  done(Ext);
  // BAD: answers.c:[[#@LINE+1]]:3: warning: nobody can go on: 'Pnp' waits for an object that nobody signals [irqlint-self-wait]
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, NULL);
  IoSkipCurrentIrpStackLocation(Irp);
  Status = IoCallDriver(Lower, Irp);
  IoDetachDevice(Lower);
  IoDeleteDevice(Device);
  return Status;
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
  Ext->Busy = 1;
  KeInitializeEvent(&Ext->Idle, NotificationEvent, FALSE);
  Ext->Lower = IoAttachDeviceToDeviceStack(Device, Bus);
  return STATUS_SUCCESS;
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
  (void)Path;
  Driver->DriverExtension->AddDevice = AddDevice;
  Driver->MajorFunction[IRP_MJ_READ] = Read;
  Driver->MajorFunction[IRP_MJ_PNP] = Pnp;
  return STATUS_SUCCESS;
}

static void removeAfterRead(ULONG Answers) {
  PDEVICE_OBJECT Device = ScenarioAddDevice(ScenarioLoadDriver(DriverEntry));
  ScenarioAnswers(Answers);
  ScenarioSend(Device, IRP_MJ_READ, 0);
  ScenarioRequest(Device, IRP_MJ_PNP, IRP_MN_REMOVE_DEVICE);
}

void Succeeding(void) { removeAfterRead(SCENARIO_SUCCEED | SCENARIO_SUCCEED_LATER); }
void Failing(void) { removeAfterRead(SCENARIO_FAIL | SCENARIO_FAIL_LATER); }
void Cancelling(void) { removeAfterRead(SCENARIO_CANCEL_LATER); }
void Anything(void) { removeAfterRead(31); }
