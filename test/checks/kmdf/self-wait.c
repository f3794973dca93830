// Waits of a callback for callbacks that cannot return before it does.
// RUN: %verify %s

#include <ntddk.h>
#include <wdf.h>

typedef struct {
  WDFTIMER Timer, Serialized;
  WDFQUEUE Other;
} DEVICE_DATA;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_DATA, GetContext)

EVT_WDF_TIMER timer_stops_itself_bad;
void timer_stops_itself_bad(WDFTIMER Timer) {
  WdfTimerStop(Timer, TRUE); // expected-warning{{'WdfTimerStop' waits for callbacks of 'Timer', and the callback that waits is one of them}}
}

EVT_WDF_TIMER timer_no_wait_good;
void timer_no_wait_good(WDFTIMER Timer) { WdfTimerStop(Timer, FALSE); }

EVT_WDF_TIMER timer_start_good;
void timer_start_good(WDFTIMER Timer) { WdfTimerStart(Timer, -10000); }

static void stop(WDFTIMER Timer) {
  WdfTimerStop(Timer, TRUE); // expected-warning{{and the callback that waits is one of them}}
}
EVT_WDF_TIMER through_helper_bad;
void through_helper_bad(WDFTIMER Timer) { stop(Timer); }

EVT_WDF_WORKITEM work_flushes_itself_bad;
void work_flushes_itself_bad(WDFWORKITEM Item) {
  WdfWorkItemFlush(Item); // expected-warning{{'WdfWorkItemFlush' waits for callbacks of 'Item'}}
}

EVT_WDF_WORKITEM work_deletes_itself_good;
void work_deletes_itself_good(WDFWORKITEM Item) { WdfObjectDelete(Item); }

EVT_WDF_WORKITEM work_stops_timer_good;
void work_stops_timer_good(WDFWORKITEM Item) {
  WdfTimerStop(GetContext(WdfWorkItemGetParentObject(Item))->Timer, TRUE);
}

EVT_WDF_DPC dpc_cancels_itself_bad;
void dpc_cancels_itself_bad(WDFDPC Dpc) {
  WdfDpcCancel(Dpc, TRUE); // expected-warning{{'WdfDpcCancel' waits for callbacks of 'Dpc'}}
}

EXT_CALLBACK ext_timer_bad;
void ext_timer_bad(PEX_TIMER Timer, PVOID Context) {
  (void)Context;
  ExDeleteTimer(Timer, TRUE, TRUE, NULL); // expected-warning{{'ExDeleteTimer' waits for callbacks of 'Timer'}}
}

// Whatever queue it is: the request in hand may be one that is waited for.
EVT_WDF_IO_QUEUE_IO_READ drains_bad;
void drains_bad(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  (void)Request, (void)Length;
  WdfIoQueueDrainSynchronously(Queue); // expected-warning{{'WdfIoQueueDrainSynchronously' waits for callbacks of 'Queue', and the callback that waits is one of them}}
}

EVT_WDF_IO_QUEUE_IO_WRITE drains_other_bad;
void drains_other_bad(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  (void)Request, (void)Length;
  WdfIoQueuePurgeSynchronously(GetContext(WdfIoQueueGetDevice(Queue))->Other); // expected-warning{{waits for callbacks of 'GetContext(WdfIoQueueGetDevice(Queue))->Other' in a callback that handles a request}}
}

EVT_WDF_DEVICE_D0_EXIT exit_stops_good;
NTSTATUS exit_stops_good(WDFDEVICE Device, WDF_POWER_DEVICE_STATE State) {
  (void)State;
  WdfIoQueueStopSynchronously(GetContext(Device)->Other);
  WdfTimerStop(GetContext(Device)->Timer, TRUE);
  return STATUS_SUCCESS;
}

// A callback that is serialized with the one that waits for it.
EVT_WDF_TIMER Tick;
void Tick(WDFTIMER Timer) { (void)Timer; }

EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL serialized_bad;
void serialized_bad(WDFQUEUE Queue, WDFREQUEST Request, size_t Out, size_t In, ULONG Code) {
  (void)Out, (void)In, (void)Code;
  DEVICE_DATA *C = GetContext(WdfIoQueueGetDevice(Queue));
  WdfTimerStop(C->Serialized, TRUE); // expected-warning{{'WdfTimerStop' waits for callbacks of 'C->Serialized': 'Tick' needs the lock of the device 'Device', which is held here}}
  WdfTimerStop(C->Timer, TRUE);
  WdfRequestComplete(Request, STATUS_SUCCESS);
}

// Passive timers: deleting waits for the callback.
EVT_WDF_TIMER passive_deletes_bad;
void passive_deletes_bad(WDFTIMER Timer) {
  WdfObjectDelete(Timer); // expected-warning{{'WdfObjectDelete' waits for callbacks of 'Timer'}}
}

EVT_WDF_TIMER dispatch_deletes_good;
void dispatch_deletes_good(WDFTIMER Timer) { WdfObjectDelete(Timer); }

EVT_WDF_DRIVER_DEVICE_ADD Add;
NTSTATUS Add(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDF_IO_QUEUE_CONFIG QueueConfig;
  WDF_TIMER_CONFIG TimerConfig;
  WDFDEVICE Device;
  WDFQUEUE Queue;
  WDFTIMER Timer;
  (void)Driver;
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, DEVICE_DATA);
  Attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
  Attributes.ExecutionLevel = WdfExecutionLevelPassive;
  WdfDeviceCreate(&Init, &Attributes, &Device);
  DEVICE_DATA *C = GetContext(Device);

  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&QueueConfig, WdfIoQueueDispatchParallel);
  QueueConfig.EvtIoDeviceControl = serialized_bad;
  WdfIoQueueCreate(Device, &QueueConfig, NULL, &Queue);

  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Device;
  Attributes.ExecutionLevel = WdfExecutionLevelPassive;
  WDF_TIMER_CONFIG_INIT(&TimerConfig, Tick);
  WdfTimerCreate(&TimerConfig, &Attributes, &C->Serialized);
  WDF_TIMER_CONFIG_INIT(&TimerConfig, passive_deletes_bad);
  WdfTimerCreate(&TimerConfig, &Attributes, &Timer);

  Attributes.ExecutionLevel = WdfExecutionLevelInheritFromParent;
  WDF_TIMER_CONFIG_INIT(&TimerConfig, timer_start_good);
  TimerConfig.AutomaticSerialization = FALSE;
  WdfTimerCreate(&TimerConfig, &Attributes, &C->Timer);
  WDF_TIMER_CONFIG_INIT(&TimerConfig, dispatch_deletes_good);
  TimerConfig.AutomaticSerialization = FALSE;
  return WdfTimerCreate(&TimerConfig, &Attributes, &Timer);
}
