// Requests that are cancelled while the device serves them, and interrupts as messages.
// One at a time each routine is right.
// RUN: sh -c '%irqlint run %s >%t.single 2>&1; test $? = 0'
//
// The one who completes a request and the one who cancels it have to agree on who does.
// RUN: sh -c '%irqlint run -DBAD --scenario=Cancelled %s >%t.bad 2>&1; test $? = 1'
// RUN: FileCheck --check-prefix=BAD %s <%t.bad
//
// A cancel routine comes with the cancel lock: who waits for it there waits for ever.
// RUN: sh -c '%irqlint run -DSTUCK --scenario=Cancelled %s >%t.stuck 2>&1; test $? = 1'
// RUN: FileCheck --check-prefix=STUCK %s <%t.stuck
//
// RUN: sh -c '%irqlint run --scenario=Cancelled,Before %s >%t.good 2>&1; test $? = 0'
// RUN: FileCheck --check-prefix=GOOD %s <%t.good
// GOOD-NOT: not explored fully
// GOOD: irqlint: 0 findings
#include <irqlint_scenario.h>

typedef struct _EXTENSION {
  PIO_INTERRUPT_MESSAGE_INFO Messages;
  PKINTERRUPT Line;
  PDEVICE_OBJECT Self;
  PIRP Current;
  KSPIN_LOCK Lock;
} EXTENSION, *PEXTENSION;

static VOID Complete(PIRP Irp, NTSTATUS Status) {
  Irp->IoStatus.Status = Status;
  Irp->IoStatus.Information = 0;
  // BAD: cancel.c:[[#@LINE+1]]:3: warning: a request is completed that was completed before [irqlint-unsynchronized-access]
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

/* Takes the request out of the device's hands. */
static PIRP Take(PEXTENSION Ext, PIRP Only) {
  KIRQL Irql;
  PIRP Irp;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Irp = Ext->Current;
  if (Only && Irp != Only)
    Irp = NULL;
  if (Irp)
    Ext->Current = NULL;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return Irp;
}

DRIVER_CANCEL OnCancel;
VOID OnCancel(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
#ifdef STUCK
  KIRQL Irql;
  // STUCK: cancel.c:[[#@LINE+1]]:3: warning: cancel spin lock 'cancel-spin-lock' is acquired again by 'IoAcquireCancelSpinLock' while it is held; first acquired by 'the system' [irqlint-double-acquire]
  IoAcquireCancelSpinLock(&Irql);
  IoReleaseCancelSpinLock(Irql);
#endif
  IoReleaseCancelSpinLock(Irp->CancelIrql);
#ifdef BAD
  Take(Ext, Irp);
  Complete(Irp, STATUS_CANCELLED);
#else
  if (Take(Ext, Irp))
    Complete(Irp, STATUS_CANCELLED);
#endif
}

IO_DPC_ROUTINE OnDpc;
VOID OnDpc(PKDPC Dpc, PDEVICE_OBJECT Device, PIRP Unused, PVOID Context) {
  PEXTENSION Ext = Context;
  PIRP Irp = Take(Ext, NULL);
  (void)Dpc, (void)Device, (void)Unused;
  if (!Irp)
    return;
  IoSetCancelRoutine(Irp, NULL);
  Complete(Irp, STATUS_SUCCESS);
}

KMESSAGE_SERVICE_ROUTINE OnMessage;
BOOLEAN OnMessage(PKINTERRUPT Interrupt, PVOID Context, ULONG Message) {
  PEXTENSION Ext = Context;
  (void)Interrupt, (void)Message;
  IoRequestDpc(Ext->Self, NULL, Ext);
  return TRUE;
}

DRIVER_DISPATCH Read;
NTSTATUS Read(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  IoMarkIrpPending(Irp);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  IoSetCancelRoutine(Irp, OnCancel);
  if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL)) {
    KeReleaseSpinLock(&Ext->Lock, Irql);
    Complete(Irp, STATUS_CANCELLED);
    return STATUS_PENDING;
  }
  Ext->Current = Irp;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_PENDING;
}

DRIVER_DISPATCH Cleanup;
NTSTATUS Cleanup(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXTENSION Ext = Device->DeviceExtension;
  PIRP Pending = Take(Ext, NULL);
  if (Pending) {
    IoSetCancelRoutine(Pending, NULL);
    Complete(Pending, STATUS_CANCELLED);
  }
  Complete(Irp, STATUS_SUCCESS);
  return STATUS_SUCCESS;
}

static NTSTATUS Connect(PEXTENSION Ext, BOOLEAN Messages) {
  IO_CONNECT_INTERRUPT_PARAMETERS P;
  RtlZeroMemory(&P, sizeof(P));
  if (!Messages)
    return STATUS_SUCCESS;
  P.Version = CONNECT_MESSAGE_BASED;
  P.MessageBased.PhysicalDeviceObject = Ext->Self;
  P.MessageBased.ConnectionContext.InterruptMessageTable = &Ext->Messages;
  P.MessageBased.MessageServiceRoutine = OnMessage;
  P.MessageBased.ServiceContext = Ext;
  return IoConnectInterruptEx(&P);
}

DRIVER_ADD_DEVICE AddDevice;
NTSTATUS AddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Below) {
  PDEVICE_OBJECT Device;
  PEXTENSION Ext;
  NTSTATUS Status = IoCreateDevice(Driver, sizeof(EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
  if (!NT_SUCCESS(Status))
    return Status;
  Ext = Device->DeviceExtension;
  KeInitializeSpinLock(&Ext->Lock);
  Ext->Self = Device;
  IoAttachDeviceToDeviceStack(Device, Below);
  IoInitializeDpcRequest(Device, OnDpc);
  return Connect(Ext, TRUE);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
  (void)Path;
  Driver->DriverExtension->AddDevice = AddDevice;
  Driver->MajorFunction[IRP_MJ_READ] = Read;
  Driver->MajorFunction[IRP_MJ_CLEANUP] = Cleanup;
  return STATUS_SUCCESS;
}

/* The device answers, the client gives up, the handle is closed. */
void Cancelled(void) {
  PDEVICE_OBJECT Device = ScenarioAddDevice(ScenarioLoadDriver(DriverEntry));
  ScenarioRequestAndCancel(Device, IRP_MJ_READ, 0);
  ScenarioInterrupt();
  ScenarioWait();
}

/* The interrupt is away before the device is, and what was served is complete. */
void Before(void) {
  PDEVICE_OBJECT Device = ScenarioAddDevice(ScenarioLoadDriver(DriverEntry));
  PEXTENSION Ext = Device->DeviceExtension;
  IO_DISCONNECT_INTERRUPT_PARAMETERS P;
  ScenarioInterrupt();
  P.Version = CONNECT_MESSAGE_BASED;
  P.ConnectionContext.InterruptMessageTable = Ext->Messages;
  IoDisconnectInterruptEx(&P);
  KeFlushQueuedDpcs();
  ++Ext->Current;
}
