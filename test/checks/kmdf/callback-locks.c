// What becomes of the locks that the framework calls callbacks under. The
// objects are created at the end; how they are configured decides.
// RUN: %verify %s

#include <ntddk.h>
#include <wdf.h>

typedef struct {
  WDFSPINLOCK Lock, Plain;
  WDFWAITLOCK Wait;
  WDFDEVICE Passive;
  KEVENT Done;
  ULONG Count;
} DEVICE_DATA;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_DATA, GetContext)

//===--- Device scope, DISPATCH: one spin lock for device and queues ------===//

EVT_WDF_IO_QUEUE_IO_READ device_again_bad;
void device_again_bad(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  (void)Request, (void)Length;
  WDFDEVICE Device = WdfIoQueueGetDevice(Queue);
  WdfObjectAcquireLock(Device); // expected-warning{{'WdfObjectAcquireLock' acquires the callback lock of the device 'Device', which the framework holds around this callback}}
  WdfObjectReleaseLock(Device);
}

EVT_WDF_IO_QUEUE_IO_WRITE queue_is_device_bad;
void queue_is_device_bad(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  (void)Request, (void)Length;
  // The queue has device scope: its lock is the lock of the device.
  WdfObjectAcquireLock(Queue); // expected-warning{{acquires the callback lock of the device 'Device', which the framework holds around this callback}}
  WdfObjectReleaseLock(Queue);
}

EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL returns_without_bad;
void returns_without_bad(WDFQUEUE Queue, WDFREQUEST Request, size_t Out, size_t In, ULONG Code) {
  (void)Out, (void)In, (void)Code;
  WdfObjectReleaseLock(WdfIoQueueGetDevice(Queue));
  WdfRequestComplete(Request, 0);
} // expected-warning{{'returns_without_bad' returns without the lock of the device 'Device', which the framework holds around it}}

EVT_WDF_IO_QUEUE_IO_DEFAULT gives_way_good;
void gives_way_good(WDFQUEUE Queue, WDFREQUEST Request) {
  WDFDEVICE Device = WdfIoQueueGetDevice(Queue);
  WdfObjectReleaseLock(Device);
  WdfRequestComplete(Request, 0);
  WdfObjectAcquireLock(Device);
}

// A timer that is not serialized takes the lock itself.
EVT_WDF_TIMER timer_takes_good;
void timer_takes_good(WDFTIMER Timer) {
  WDFDEVICE Device = WdfTimerGetParentObject(Timer);
  WdfObjectAcquireLock(Device);
  GetContext(Device)->Count++;
  WdfObjectReleaseLock(Device);
}

// The serialized one has it.
EVT_WDF_DPC serialized_dpc_bad;
void serialized_dpc_bad(WDFDPC Dpc) {
  WDFDEVICE Device = WdfDpcGetParentObject(Dpc);
  WdfObjectAcquireLock(Device); // expected-warning{{acquires the callback lock of the device 'Device', which the framework holds around this callback}}
  WdfObjectReleaseLock(Device);
}

// It spins: no wait under it.
EVT_WDF_WORKITEM work_waits_bad;
void work_waits_bad(WDFWORKITEM Item) {
  WDFDEVICE Device = WdfWorkItemGetParentObject(Item);
  WdfObjectAcquireLock(Device);
  KeWaitForSingleObject(&GetContext(Device)->Done, Executive, KernelMode, FALSE, NULL); // expected-warning{{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
  WdfObjectReleaseLock(Device);
}

//===--- Passive device: the lock is a mutex ------------------------------===//

EVT_WDF_WORKITEM mutex_wait_good;
void mutex_wait_good(WDFWORKITEM Item) {
  WDFDEVICE Device = WdfWorkItemGetParentObject(Item);
  WdfObjectAcquireLock(Device);
  KeWaitForSingleObject(&GetContext(Device)->Done, Executive, KernelMode, FALSE, NULL);
  WdfObjectReleaseLock(Device);
}

EVT_WDF_WORKITEM mutex_kept_bad;
void mutex_kept_bad(WDFWORKITEM Item) {
  WdfObjectAcquireLock(WdfWorkItemGetParentObject(Item));
} // expected-warning{{callback lock of the device 'Device' is still held when 'mutex_kept_bad' returns}}

//===--- Objects without such a lock --------------------------------------===//

EVT_WDF_TIMER timer_has_none_bad;
void timer_has_none_bad(WDFTIMER Timer) {
  WdfObjectAcquireLock(Timer); // expected-warning{{'WdfObjectAcquireLock' finds no lock to acquire: 'Timer' is not an object that has a callback lock}}
  WdfObjectReleaseLock(Timer);
}

void general_object_bad(void) {
  WDFOBJECT Object;
  if (!NT_SUCCESS(WdfObjectCreate(NULL, &Object)))
    return;
  WdfObjectAcquireLock(Object); // expected-warning{{'WdfObjectAcquireLock' finds no lock to acquire: 'Object' is not an object}}
  WdfObjectReleaseLock(Object);
}

// Of a handle that comes from elsewhere nothing is known.
void some_object_good(WDFOBJECT Object) {
  WdfObjectAcquireLock(Object);
  WdfObjectReleaseLock(Object);
}

//===--- A spin lock that an interrupt was given --------------------------===//

EVT_WDF_INTERRUPT_ISR Isr;
BOOLEAN Isr(WDFINTERRUPT Interrupt, ULONG Message) {
  (void)Interrupt, (void)Message;
  return TRUE;
}

EVT_WDF_TIMER taken_over_bad;
void taken_over_bad(WDFTIMER Timer) {
  DEVICE_DATA *C = GetContext(WdfTimerGetParentObject(Timer));
  WdfSpinLockAcquire(C->Lock); // expected-warning{{'WdfSpinLockAcquire' returns without 'C->Lock', which was given to the interrupt 'Interrupt' and is acquired as the lock of that only}}
  C->Count++;
  WdfSpinLockRelease(C->Lock);
}

EVT_WDF_TIMER own_lock_good;
void own_lock_good(WDFTIMER Timer) {
  DEVICE_DATA *C = GetContext(WdfTimerGetParentObject(Timer));
  WdfSpinLockAcquire(C->Plain);
  C->Count++;
  WdfSpinLockRelease(C->Plain);
}

//===--- Wait locks --------------------------------------------------------===//

// With a timeout the lock may not have been acquired.
EVT_WDF_WORKITEM unchecked_timeout_bad;
void unchecked_timeout_bad(WDFWORKITEM Item) {
  DEVICE_DATA *C = GetContext(WdfWorkItemGetParentObject(Item));
  LONGLONG Timeout = -10000;
  WdfWaitLockAcquire(C->Wait, &Timeout);
  C->Count++;
  WdfWaitLockRelease(C->Wait); // expected-warning{{framework wait lock 'C->Wait' is released by 'WdfWaitLockRelease' but was not acquired on this path}}
}

EVT_WDF_WORKITEM checked_timeout_good;
void checked_timeout_good(WDFWORKITEM Item) {
  DEVICE_DATA *C = GetContext(WdfWorkItemGetParentObject(Item));
  LONGLONG Timeout = -10000;
  if (WdfWaitLockAcquire(C->Wait, &Timeout) != STATUS_SUCCESS)
    return;
  C->Count++;
  WdfWaitLockRelease(C->Wait);
}

//===--- Where all this is set up ------------------------------------------===//

EVT_WDF_DRIVER_DEVICE_ADD Add;
NTSTATUS Add(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDF_IO_QUEUE_CONFIG QueueConfig;
  WDF_TIMER_CONFIG TimerConfig;
  WDF_DPC_CONFIG DpcConfig;
  WDF_WORKITEM_CONFIG WorkConfig;
  WDF_INTERRUPT_CONFIG InterruptConfig;
  WDFDEVICE Device;
  WDFQUEUE Queue;
  WDFTIMER Timer;
  WDFDPC Dpc;
  WDFWORKITEM Item;
  WDFINTERRUPT Interrupt;
  (void)Driver;
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, DEVICE_DATA);
  Attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
  Attributes.ExecutionLevel = WdfExecutionLevelDispatch;
  WdfDeviceCreate(&Init, &Attributes, &Device);

  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&QueueConfig, WdfIoQueueDispatchParallel);
  QueueConfig.EvtIoRead = device_again_bad;
  QueueConfig.EvtIoWrite = queue_is_device_bad;
  QueueConfig.EvtIoDeviceControl = returns_without_bad;
  QueueConfig.EvtIoDefault = gives_way_good;
  WdfIoQueueCreate(Device, &QueueConfig, NULL, &Queue);

  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  WDF_TIMER_CONFIG_INIT(&TimerConfig, timer_takes_good);
  TimerConfig.AutomaticSerialization = FALSE;
  WdfTimerCreate(&TimerConfig, &Attributes, &Timer);
  WDF_TIMER_CONFIG_INIT(&TimerConfig, own_lock_good);
  TimerConfig.AutomaticSerialization = FALSE;
  WdfTimerCreate(&TimerConfig, &Attributes, &Timer);
  WDF_TIMER_CONFIG_INIT(&TimerConfig, taken_over_bad);
  TimerConfig.AutomaticSerialization = FALSE;
  WdfTimerCreate(&TimerConfig, &Attributes, &Timer);
  WDF_TIMER_CONFIG_INIT(&TimerConfig, timer_has_none_bad);
  WdfTimerCreate(&TimerConfig, &Attributes, &Timer);
  WDF_DPC_CONFIG_INIT(&DpcConfig, serialized_dpc_bad);
  WdfDpcCreate(&DpcConfig, &Attributes, &Dpc);
  WDF_WORKITEM_CONFIG_INIT(&WorkConfig, work_waits_bad);
  WorkConfig.AutomaticSerialization = FALSE;
  WdfWorkItemCreate(&WorkConfig, &Attributes, &Item);

  DEVICE_DATA *C = GetContext(Device);
  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  WdfSpinLockCreate(&Attributes, &C->Plain);
  WdfSpinLockCreate(&Attributes, &C->Lock);
  WDF_INTERRUPT_CONFIG_INIT(&InterruptConfig, Isr, NULL);
  InterruptConfig.SpinLock = C->Lock;
  return WdfInterruptCreate(Device, &InterruptConfig, NULL, &Interrupt);
}

NTSTATUS AddPassive(PWDFDEVICE_INIT Init) {
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDF_WORKITEM_CONFIG WorkConfig;
  WDFDEVICE Device;
  WDFWORKITEM Item;
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, DEVICE_DATA);
  Attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
  Attributes.ExecutionLevel = WdfExecutionLevelPassive;
  WdfDeviceCreate(&Init, &Attributes, &Device);
  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  WDF_WORKITEM_CONFIG_INIT(&WorkConfig, mutex_wait_good);
  WorkConfig.AutomaticSerialization = FALSE;
  WdfWorkItemCreate(&WorkConfig, &Attributes, &Item);
  WDF_WORKITEM_CONFIG_INIT(&WorkConfig, mutex_kept_bad);
  WorkConfig.AutomaticSerialization = FALSE;
  return WdfWorkItemCreate(&WorkConfig, &Attributes, &Item);
}

//===--- One call creates two interrupts -----------------------------------===//

typedef struct {
  WDFINTERRUPT Line, Attach;
} TWO_INTERRUPTS;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(TWO_INTERRUPTS, GetTwo)

EVT_WDF_INTERRUPT_ISR line_good;
BOOLEAN line_good(WDFINTERRUPT Interrupt, ULONG Message) {
  (void)Interrupt, (void)Message;
  return TRUE;
}
EVT_WDF_INTERRUPT_ISR attach_good;
BOOLEAN attach_good(WDFINTERRUPT Interrupt, ULONG Message) {
  TWO_INTERRUPTS *T = GetTwo(WdfInterruptGetDevice(Interrupt));
  (void)Message;
  WdfInterruptAcquireLock(T->Line); // the other one's
  WdfInterruptReleaseLock(T->Line);
  return TRUE;
}
static NTSTATUS createOne(WDFDEVICE Device, BOOLEAN Attach, PCM_PARTIAL_RESOURCE_DESCRIPTOR Raw,
                          PCM_PARTIAL_RESOURCE_DESCRIPTOR Translated) {
  WDF_INTERRUPT_CONFIG Config;
  WDFINTERRUPT *To;
  if (Attach) {
    WDF_INTERRUPT_CONFIG_INIT(&Config, attach_good, NULL);
    Config.PassiveHandling = TRUE;
    To = &GetTwo(Device)->Attach;
  } else {
    WDF_INTERRUPT_CONFIG_INIT(&Config, line_good, NULL);
    To = &GetTwo(Device)->Line;
  }
  Config.InterruptRaw = Raw;
  Config.InterruptTranslated = Translated;
  return WdfInterruptCreate(Device, &Config, NULL, To);
}
EVT_WDF_DEVICE_PREPARE_HARDWARE create_two;
NTSTATUS create_two(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated) {
  PCM_PARTIAL_RESOURCE_DESCRIPTOR Line = WdfCmResourceListGetDescriptor(Raw, 0);
  PCM_PARTIAL_RESOURCE_DESCRIPTOR Translation = WdfCmResourceListGetDescriptor(Translated, 0);
  NTSTATUS Status = createOne(Device, TRUE, Line, Translation);
  return NT_SUCCESS(Status) ? createOne(Device, FALSE, Line, Translation) : Status;
}
