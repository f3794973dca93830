// Members of a context that callbacks use which nothing keeps apart.
// RUN: %verify_possible %s

#include <ntddk.h>
#include <wdf.h>

typedef struct {
  WDFSPINLOCK Lock;
  WDFINTERRUPT Interrupt;
  ULONG Count, Most, Peeked, Started, Serialized, Total;
  LONG Atomic;
  ULONG Status, Seen, Events;
  LIST_ENTRY List;
  ULONG Sequential, Mixed;
} DEVICE_DATA;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_DATA, GetContext)

typedef struct {
  WDFSPINLOCK Lock;
  ULONG Step;
} REQUEST_DATA;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(REQUEST_DATA, GetRequest)

static ULONG Drives;

// Guarded in most places.
static void grow(DEVICE_DATA *C) {
  C->Total++; // (its callers hold the lock)
}

EVT_WDF_IO_QUEUE_IO_WRITE guards_good;
void guards_good(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  DEVICE_DATA *C = GetContext(WdfIoQueueGetDevice(Queue));
  REQUEST_DATA *R = GetRequest(Request);
  WdfSpinLockAcquire(C->Lock);
  if (C->Count++ > C->Most)
    C->Most = C->Count;
  C->Peeked += (ULONG)Length;
  C->Started++;
  if (C->Started > 9)
    C->Started = 9;
  C->Mixed++;
  if (C->Mixed > 8)
    C->Mixed = 0;
  if (C->Peeked > 4 && C->Started > 4)
    C->Peeked = 0;
  R->Step = 1;
  if (R->Step)
    R->Step++;
  InsertTailList(&C->List, &C->List);
  grow(C);
  if (C->Total > 100)
    C->Total = 0;
  Drives++;
  if (Drives > 3)
    Drives = 1;
  WdfSpinLockRelease(C->Lock);
  InterlockedIncrement(&C->Atomic);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

EVT_WDF_TIMER forgets_bad;
void forgets_bad(WDFTIMER Timer) {
  DEVICE_DATA *C = GetContext((WDFDEVICE)WdfTimerGetParentObject(Timer));
  C->Count = 0; // expected-warning{{'C->Count' is written without framework spin lock 'C->Lock', which guards it elsewhere; 'guards_good' may be running then}}
  Drives++;     // expected-warning{{'Drives' is changed without framework spin lock 'C->Lock'}}
}

// The member is written where a function that is called does it.
static void resetTotal(DEVICE_DATA *C) {
  C->Total = 0; // expected-warning{{'C->Total' is written on the way of 'below_bad' without framework spin lock 'C->Lock'}}
}
EVT_WDF_TIMER below_bad;
void below_bad(WDFTIMER Timer) {
  resetTotal(GetContext((WDFDEVICE)WdfTimerGetParentObject(Timer)));
}

EVT_WDF_TIMER peeks_good;
void peeks_good(WDFTIMER Timer) {
  DEVICE_DATA *C = GetContext((WDFDEVICE)WdfTimerGetParentObject(Timer));
  if (C->Peeked) // a look at it is no harm
    InterlockedIncrement(&C->Atomic);
}

EVT_WDF_TIMER guards_too_good;
void guards_too_good(WDFTIMER Timer) {
  DEVICE_DATA *C = GetContext((WDFDEVICE)WdfTimerGetParentObject(Timer));
  WdfSpinLockAcquire(C->Lock);
  C->Mixed = 0;
  WdfSpinLockRelease(C->Lock);
}

// Before the device works.
EVT_WDF_DEVICE_PREPARE_HARDWARE prepares_good;
NTSTATUS prepares_good(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated) {
  DEVICE_DATA *C = GetContext(Device);
  (void)Raw, (void)Translated;
  C->Started = 0;
  C->Peeked = 0;
  return STATUS_SUCCESS;
}

// A file that is opened has no requests yet; but others may be open.
EVT_WDF_DEVICE_FILE_CREATE opens_bad;
void opens_bad(WDFDEVICE Device, WDFREQUEST Request, WDFFILEOBJECT File) {
  DEVICE_DATA *C = GetContext(Device);
  (void)File;
  C->Peeked = 0;
  C->Started++; // expected-warning{{'C->Started' is changed without framework spin lock 'C->Lock'}}
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

// One request has one owner at a time.
EVT_WDF_REQUEST_COMPLETION_ROUTINE completes_good;
void completes_good(WDFREQUEST Request, WDFIOTARGET Target, PWDF_REQUEST_COMPLETION_PARAMS Params, WDFCONTEXT Context) {
  (void)Target, (void)Params, (void)Context;
  GetRequest(Request)->Step = 3;
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

// A service routine and what it interrupts.
EVT_WDF_INTERRUPT_ISR isr_good;
BOOLEAN isr_good(WDFINTERRUPT Interrupt, ULONG Message) {
  DEVICE_DATA *C = GetContext(WdfInterruptGetDevice(Interrupt));
  C->Status |= Message;
  C->Seen |= Message;
  C->Events = Message;
  return WdfInterruptQueueDpcForIsr(Interrupt);
}

EVT_WDF_INTERRUPT_DPC dpc_bad;
void dpc_bad(WDFINTERRUPT Interrupt, WDFOBJECT Device) {
  DEVICE_DATA *C = GetContext(Device);
  ULONG Seen = C->Status;
  C->Status = 0; // expected-warning{{'C->Status' is written without the interrupt lock; 'isr_good' may be running then, where it is changed}}
  WdfInterruptAcquireLock(Interrupt);
  Seen |= C->Seen;
  C->Seen = 0;
  WdfInterruptReleaseLock(Interrupt);
  C->Events = Seen; // whole values overwrite each other: nothing to lose
}

// The framework calls these one at a time.
EVT_WDF_IO_QUEUE_IO_READ one_read_good;
void one_read_good(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  DEVICE_DATA *C = GetContext(WdfIoQueueGetDevice(Queue));
  WdfSpinLockAcquire(C->Lock);
  C->Sequential += (ULONG)Length;
  if (C->Sequential > 5)
    C->Sequential = 5;
  WdfSpinLockRelease(C->Lock);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}
EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL one_control_good;
void one_control_good(WDFQUEUE Queue, WDFREQUEST Request, size_t Out, size_t In, ULONG Code) {
  (void)Out, (void)In;
  GetContext(WdfIoQueueGetDevice(Queue))->Sequential = Code;
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

EVT_WDF_DRIVER_DEVICE_ADD Add;
NTSTATUS Add(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDF_IO_QUEUE_CONFIG QueueConfig;
  WDF_TIMER_CONFIG TimerConfig;
  WDF_INTERRUPT_CONFIG InterruptConfig;
  WDF_FILEOBJECT_CONFIG FileConfig;
  WDFDEVICE Device;
  WDFTIMER Timer;
  (void)Driver;
  WDF_FILEOBJECT_CONFIG_INIT(&FileConfig, opens_bad, NULL, NULL);
  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.SynchronizationScope = WdfSynchronizationScopeNone;
  WdfDeviceInitSetFileObjectConfig(Init, &FileConfig, &Attributes);
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, DEVICE_DATA);
  Attributes.SynchronizationScope = WdfSynchronizationScopeNone;
  Attributes.ExecutionLevel = WdfExecutionLevelDispatch;
  WdfDeviceCreate(&Init, &Attributes, &Device);
  GetContext(Device)->Count = 0;

  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&QueueConfig, WdfIoQueueDispatchParallel);
  QueueConfig.EvtIoWrite = guards_good;
  WdfIoQueueCreate(Device, &QueueConfig, NULL, NULL);
  WDF_IO_QUEUE_CONFIG_INIT(&QueueConfig, WdfIoQueueDispatchSequential);
  QueueConfig.EvtIoRead = one_read_good;
  QueueConfig.EvtIoDeviceControl = one_control_good;
  WdfIoQueueCreate(Device, &QueueConfig, NULL, NULL);

  WDF_INTERRUPT_CONFIG_INIT(&InterruptConfig, isr_good, dpc_bad);
  WdfInterruptCreate(Device, &InterruptConfig, NULL, &GetContext(Device)->Interrupt);

  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  WDF_TIMER_CONFIG_INIT(&TimerConfig, forgets_bad);
  TimerConfig.AutomaticSerialization = FALSE;
  WdfTimerCreate(&TimerConfig, &Attributes, &Timer);
  WDF_TIMER_CONFIG_INIT(&TimerConfig, below_bad);
  TimerConfig.AutomaticSerialization = FALSE;
  WdfTimerCreate(&TimerConfig, &Attributes, &Timer);
  WDF_TIMER_CONFIG_INIT(&TimerConfig, peeks_good);
  TimerConfig.AutomaticSerialization = FALSE;
  WdfTimerCreate(&TimerConfig, &Attributes, &Timer);
  WDF_TIMER_CONFIG_INIT(&TimerConfig, guards_too_good);
  TimerConfig.AutomaticSerialization = FALSE;
  return WdfTimerCreate(&TimerConfig, &Attributes, &Timer);
}
