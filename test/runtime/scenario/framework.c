// A driver of the framework of which each callback is right by itself.
// RUN: sh -c '%irqlint run %s >%t.single 2>&1; test $? = 0'
//
// Together: a read callback and a timer's that nothing serializes; a power-down that stops the
// timer under the lock that the timer needs; a work item that is not waited for; requests that
// nobody completes.
// RUN: sh -c '%irqlint run --scenario=ReadWhileTicking %s >%t.tick 2>%t.err; test $? = 1'
// RUN: FileCheck --check-prefix=TICK %s <%t.tick
// RUN: sh -c '%irqlint run --scenario=SleepWhileTicking %s >%t.sleep 2>%t.err; test $? = 1'
// RUN: FileCheck --check-prefix=SLEEP %s <%t.sleep
// RUN: sh -c '%irqlint run --preemptions=1 --scenario=Interrupted %s >%t.int 2>%t.err; test $? = 1'
// RUN: FileCheck --check-prefix=INT %s <%t.int
// RUN: sh -c '%irqlint run --scenario=Lost %s >%t.lost 2>%t.err; test $? = 1'
// RUN: FileCheck --check-prefix=LOST %s <%t.lost
// RUN: sh -c '%irqlint run --scenario=Cancelled %s >%t.cancel 2>%t.err; test $? = 1'
// RUN: FileCheck --check-prefix=CANCEL %s <%t.cancel
//
// What the framework keeps apart is right: the same with automatic serialization, the lock of
// the interrupt, a queue that gets its requests back.
// RUN: sh -c '%irqlint run -DGOOD --scenario=ReadWhileTicking,SleepWhileTicking,Lost,Cancelled,Removed,Pulled,Sequential %s >%t.good 2>&1; test $? = 0'
// RUN: FileCheck --check-prefix=GOOD %s <%t.good
// RUN: sh -c '%irqlint run -DGOOD --preemptions=1 --scenario=Interrupted %s >%t.good 2>&1; test $? = 0'
// RUN: FileCheck --check-prefix=GOOD %s <%t.good
// GOOD-NOT: not explored fully
// GOOD: irqlint: 0 findings
#include <ntddk.h>
#include <wdf.h>
#include <irqlint_scenario.h>

typedef struct {
  WDFTIMER Timer, Slow;
  WDFWAITLOCK Lock;
  WDFINTERRUPT Interrupt;
  WDFQUEUE Kept;
  ULONG Count, Served, Ticks, Written;
} TICKER;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TICKER, GetTicker)

#define IOCTL_LOST 0x220004
#define IOCTL_CANCEL 0x220008

EVT_WDF_TIMER OnTimer;
void OnTimer(WDFTIMER Timer) {
  TICKER *C = GetTicker(WdfTimerGetParentObject(Timer));
  ++C->Count;
}

EVT_WDF_IO_QUEUE_IO_READ OnRead;
void OnRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  TICKER *C = GetTicker(WdfIoQueueGetDevice(Queue));
  (void)Length;
  // TICK: framework.c:{{[0-9]+}}:{{[0-9]+}}: warning: '{{OnRead|OnTimer}}' {{.*}} what '{{OnTimer|OnRead}}' {{.*}}, and nothing keeps the two apart [irqlint-unsynchronized-access]
  ++C->Count;
  WdfTimerStart(C->Timer, WDF_REL_TIMEOUT_IN_MS(1));
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

/* A sequential queue: one after the other. */
EVT_WDF_IO_QUEUE_IO_WRITE OnWrite;
void OnWrite(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  TICKER *C = GetTicker(WdfIoQueueGetDevice(Queue));
  (void)Length;
  ++C->Written;
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

/* At PASSIVE_LEVEL. */
EVT_WDF_TIMER OnSlow;
void OnSlow(WDFTIMER Timer) {
  TICKER *C = GetTicker(WdfTimerGetParentObject(Timer));
  WdfWaitLockAcquire(C->Lock, NULL);
  ++C->Ticks;
  WdfWaitLockRelease(C->Lock);
}

EVT_WDF_DEVICE_D0_ENTRY OnD0Entry;
NTSTATUS OnD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE From) {
  (void)From;
  WdfTimerStart(GetTicker(Device)->Slow, WDF_REL_TIMEOUT_IN_MS(1));
  return STATUS_SUCCESS;
}

EVT_WDF_DEVICE_D0_EXIT OnD0Exit;
NTSTATUS OnD0Exit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE To) {
  TICKER *C = GetTicker(Device);
  (void)To;
#ifdef GOOD
  WdfTimerStop(C->Slow, TRUE);
#else
  WdfWaitLockAcquire(C->Lock, NULL);
  // SLEEP: framework.c:[[#@LINE+1]]:3: warning: nobody can go on: 'OnD0Exit' waits for callbacks or requests that do not end, 'OnSlow' waits for framework wait lock 'C->Lock', which 'OnD0Exit' holds [irqlint-self-wait]
  WdfTimerStop(C->Slow, TRUE);
  WdfWaitLockRelease(C->Lock);
#endif
  return STATUS_SUCCESS;
}

EVT_WDF_INTERRUPT_ISR OnInterrupt;
BOOLEAN OnInterrupt(WDFINTERRUPT Interrupt, ULONG Message) {
  TICKER *C = GetTicker(WdfInterruptGetDevice(Interrupt));
  (void)Message;
  ++C->Served;
  WdfInterruptQueueDpcForIsr(Interrupt);
  return TRUE;
}

EVT_WDF_INTERRUPT_DPC OnInterruptDpc;
void OnInterruptDpc(WDFINTERRUPT Interrupt, WDFOBJECT Device) {
  TICKER *C = GetTicker(WdfInterruptGetDevice(Interrupt));
  (void)Device;
#ifdef GOOD
  WdfInterruptAcquireLock(Interrupt);
#endif
  // INT: framework.c:{{[0-9]+}}:{{[0-9]+}}: warning: '{{OnInterrupt|OnInterruptDpc}}' {{.*}} what '{{OnInterruptDpc|OnInterrupt}}' {{.*}}, and nothing keeps the two apart [irqlint-unsynchronized-access]
  C->Served = 0;
#ifdef GOOD
  WdfInterruptReleaseLock(Interrupt);
#endif
}

EVT_WDF_REQUEST_CANCEL OnCancel;
void OnCancel(WDFREQUEST Request) {
  WdfRequestComplete(Request, STATUS_CANCELLED);
}

EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL OnControl;
void OnControl(WDFQUEUE Queue, WDFREQUEST Request, size_t Out, size_t In, ULONG Code) {
  TICKER *C = GetTicker(WdfIoQueueGetDevice(Queue));
  (void)Out, (void)In;
  if (Code == IOCTL_LOST) {
#ifdef GOOD
    // Canceled there by the framework.
    if (NT_SUCCESS(WdfRequestForwardToIoQueue(Request, C->Kept)))
      return;
    WdfRequestComplete(Request, STATUS_UNSUCCESSFUL);
    return;
#else
    // LOST: framework.c:[[#@LINE+1]]:5: warning: a request that 'OnControl' was given is never completed, not even when it is canceled: its client waits for ever [irqlint-self-wait]
    return;
#endif
  }
  if (Code == IOCTL_CANCEL) {
    if (!NT_SUCCESS(WdfRequestMarkCancelableEx(Request, OnCancel))) {
      WdfRequestComplete(Request, STATUS_CANCELLED);
      return;
    }
#ifdef GOOD
    if (WdfRequestUnmarkCancelable(Request) == STATUS_CANCELLED)
      return; // OnCancel completes it
#else
    WdfRequestUnmarkCancelable(Request);
#endif
  }
  // CANCEL: framework.c:[[#@LINE+1]]:3: warning: 'WdfRequestComplete' completes a request that was completed before [irqlint-unsynchronized-access]
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

EVT_WDF_DRIVER_DEVICE_ADD OnAdd;
NTSTATUS OnAdd(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {
  WDF_PNPPOWER_EVENT_CALLBACKS Power;
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDF_IO_QUEUE_CONFIG QueueConfig;
  WDF_TIMER_CONFIG TimerConfig;
  WDF_INTERRUPT_CONFIG InterruptConfig;
  WDFDEVICE Device;
  WDFQUEUE Queue;
  TICKER *C;
  NTSTATUS Status;
  (void)Driver;
  WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&Power);
  Power.EvtDeviceD0Entry = OnD0Entry;
  Power.EvtDeviceD0Exit = OnD0Exit;
  WdfDeviceInitSetPnpPowerEventCallbacks(Init, &Power);
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, TICKER);
  Attributes.ExecutionLevel = WdfExecutionLevelDispatch;
#ifdef GOOD
  Attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
#endif
  Status = WdfDeviceCreate(&Init, &Attributes, &Device);
  if (!NT_SUCCESS(Status))
    return Status;
  C = GetTicker(Device);

  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&QueueConfig, WdfIoQueueDispatchParallel);
  QueueConfig.EvtIoRead = OnRead;
  QueueConfig.EvtIoDeviceControl = OnControl;
  Status = WdfIoQueueCreate(Device, &QueueConfig, WDF_NO_OBJECT_ATTRIBUTES, &Queue);
  if (!NT_SUCCESS(Status))
    return Status;
  WDF_IO_QUEUE_CONFIG_INIT(&QueueConfig, WdfIoQueueDispatchManual);
  Status = WdfIoQueueCreate(Device, &QueueConfig, WDF_NO_OBJECT_ATTRIBUTES, &C->Kept);
  if (!NT_SUCCESS(Status))
    return Status;
  WDF_IO_QUEUE_CONFIG_INIT(&QueueConfig, WdfIoQueueDispatchSequential);
  QueueConfig.EvtIoWrite = OnWrite;
  Status = WdfIoQueueCreate(Device, &QueueConfig, WDF_NO_OBJECT_ATTRIBUTES, &Queue);
  if (!NT_SUCCESS(Status))
    return Status;
  Status = WdfDeviceConfigureRequestDispatching(Device, Queue, WdfRequestTypeWrite);
  if (!NT_SUCCESS(Status))
    return Status;

  WDF_TIMER_CONFIG_INIT(&TimerConfig, OnTimer);
#ifndef GOOD
  TimerConfig.AutomaticSerialization = FALSE;
#endif
  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  Status = WdfTimerCreate(&TimerConfig, &Attributes, &C->Timer);
  if (!NT_SUCCESS(Status))
    return Status;
  Status = WdfWaitLockCreate(&Attributes, &C->Lock);
  if (!NT_SUCCESS(Status))
    return Status;
  WDF_TIMER_CONFIG_INIT(&TimerConfig, OnSlow);
  TimerConfig.AutomaticSerialization = FALSE;
  Attributes.ExecutionLevel = WdfExecutionLevelPassive;
  Status = WdfTimerCreate(&TimerConfig, &Attributes, &C->Slow);
  if (!NT_SUCCESS(Status))
    return Status;
  WDF_INTERRUPT_CONFIG_INIT(&InterruptConfig, OnInterrupt, OnInterruptDpc);
  return WdfInterruptCreate(Device, &InterruptConfig, WDF_NO_OBJECT_ATTRIBUTES, &C->Interrupt);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
  WDF_DRIVER_CONFIG Config;
  WDF_DRIVER_CONFIG_INIT(&Config, OnAdd);
  return WdfDriverCreate(Driver, Path, WDF_NO_OBJECT_ATTRIBUTES, &Config, WDF_NO_HANDLE);
}

static PDEVICE_OBJECT plugIn(void) {
  return ScenarioAddDevice(ScenarioLoadDriver(DriverEntry));
}

void ReadWhileTicking(void) {
  PDEVICE_OBJECT Device = plugIn();
  ScenarioSend(Device, IRP_MJ_READ, 0);
  ScenarioSend(Device, IRP_MJ_READ, 0);
}

void SleepWhileTicking(void) { ScenarioRequest(plugIn(), IRP_MJ_POWER, IRP_MN_SET_POWER); }

void Interrupted(void) {
  plugIn();
  ScenarioInterrupt();
  ScenarioInterrupt();
}

void Lost(void) { ScenarioControl(plugIn(), IOCTL_LOST); }

void Cancelled(void) { ScenarioControlAndCancel(plugIn(), IOCTL_CANCEL); }

void Removed(void) {
  PDEVICE_OBJECT Device = plugIn();
  ScenarioControl(Device, IOCTL_LOST);
  ScenarioRequest(Device, IRP_MJ_PNP, IRP_MN_REMOVE_DEVICE);
}

void Pulled(void) {
  PDEVICE_OBJECT Device = plugIn();
  ScenarioSend(Device, IRP_MJ_READ, 0);
  ScenarioRequest(Device, IRP_MJ_PNP, IRP_MN_SURPRISE_REMOVAL);
}

void Sequential(void) {
  PDEVICE_OBJECT Device = plugIn();
  ScenarioRequest(Device, IRP_MJ_WRITE, 0);
  ScenarioRequest(Device, IRP_MJ_WRITE, 0);
}
