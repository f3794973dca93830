//===- Layout.cpp - Structures and numbers of the kit ---------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include <ntddk.h>
#include <wdf.h>

#include "Runtime/Nt/Layout.h"

#define WHOLE(R, S) {R, #S, "", 0, sizeof(S)}
#define MEMBER(R, S, M)                                                        \
  {R, #S, #M, (unsigned)__builtin_offsetof(S, M), sizeof(((S *)0)->M)}

#define DRIVER(M) MEMBER("WdfDriverCreate", WDF_DRIVER_CONFIG, M)
#define QUEUE(M) MEMBER("WdfIoQueueCreate", WDF_IO_QUEUE_CONFIG, M)
#define TIMER(M) MEMBER("WdfTimerCreate", WDF_TIMER_CONFIG, M)
#define DPC(M) MEMBER("WdfDpcCreate", WDF_DPC_CONFIG, M)
#define ITEM(M) MEMBER("WdfWorkItemCreate", WDF_WORKITEM_CONFIG, M)
#define INTERRUPT(M) MEMBER("WdfInterruptCreate", WDF_INTERRUPT_CONFIG, M)
#define FILE_(M)                                                               \
  MEMBER("WdfDeviceInitSetFileObjectConfig", WDF_FILEOBJECT_CONFIG, M)
#define POWER(M)                                                               \
  MEMBER("WdfDeviceInitSetPnpPowerEventCallbacks",                             \
         WDF_PNPPOWER_EVENT_CALLBACKS, M)
#define POLICY(M)                                                              \
  MEMBER("WdfDeviceInitSetPowerPolicyEventCallbacks",                          \
         WDF_POWER_POLICY_EVENT_CALLBACKS, M)
#define ATTRIBUTES(M) MEMBER("", WDF_OBJECT_ATTRIBUTES, M)
#define TYPE(M) MEMBER("", WDF_OBJECT_CONTEXT_TYPE_INFO, M)

extern "C" {

const RtMember irqlint_rt_members[] = {
    WHOLE("", WDF_OBJECT_ATTRIBUTES),
    ATTRIBUTES(Size),
    ATTRIBUTES(EvtCleanupCallback),
    ATTRIBUTES(EvtDestroyCallback),
    ATTRIBUTES(ExecutionLevel),
    ATTRIBUTES(SynchronizationScope),
    ATTRIBUTES(ParentObject),
    ATTRIBUTES(ContextSizeOverride),
    ATTRIBUTES(ContextTypeInfo),
    TYPE(ContextSize),
    WHOLE("WdfDriverCreate", WDF_DRIVER_CONFIG),
    DRIVER(Size),
    DRIVER(EvtDriverDeviceAdd),
    DRIVER(EvtDriverUnload),
    DRIVER(DriverInitFlags),
    WHOLE("WdfIoQueueCreate", WDF_IO_QUEUE_CONFIG),
    QUEUE(Size),
    QUEUE(DispatchType),
    QUEUE(PowerManaged),
    QUEUE(DefaultQueue),
    QUEUE(EvtIoDefault),
    QUEUE(EvtIoRead),
    QUEUE(EvtIoWrite),
    QUEUE(EvtIoDeviceControl),
    QUEUE(EvtIoInternalDeviceControl),
    QUEUE(EvtIoStop),
    QUEUE(EvtIoResume),
    QUEUE(EvtIoCanceledOnQueue),
    WHOLE("WdfTimerCreate", WDF_TIMER_CONFIG),
    TIMER(Size),
    TIMER(EvtTimerFunc),
    TIMER(Period),
    TIMER(AutomaticSerialization),
    TIMER(TolerableDelay),
    TIMER(UseHighResolutionTimer),
    WHOLE("WdfDpcCreate", WDF_DPC_CONFIG),
    DPC(Size),
    DPC(EvtDpcFunc),
    DPC(AutomaticSerialization),
    WHOLE("WdfWorkItemCreate", WDF_WORKITEM_CONFIG),
    ITEM(Size),
    ITEM(EvtWorkItemFunc),
    ITEM(AutomaticSerialization),
    WHOLE("WdfInterruptCreate", WDF_INTERRUPT_CONFIG),
    INTERRUPT(Size),
    INTERRUPT(SpinLock),
    INTERRUPT(ShareVector),
    INTERRUPT(AutomaticSerialization),
    INTERRUPT(EvtInterruptIsr),
    INTERRUPT(EvtInterruptDpc),
    INTERRUPT(EvtInterruptEnable),
    INTERRUPT(EvtInterruptDisable),
    INTERRUPT(EvtInterruptWorkItem),
    INTERRUPT(WaitLock),
    INTERRUPT(PassiveHandling),
    INTERRUPT(CanWakeDevice),
    INTERRUPT(InterruptRaw),
    INTERRUPT(InterruptTranslated),
    WHOLE("", WDF_REQUEST_SEND_OPTIONS),
    MEMBER("", WDF_REQUEST_SEND_OPTIONS, Flags),
    WHOLE("", WDF_REQUEST_COMPLETION_PARAMS),
    MEMBER("", WDF_REQUEST_COMPLETION_PARAMS, IoStatus),
    WHOLE("", CM_PARTIAL_RESOURCE_DESCRIPTOR),
    MEMBER("", CM_PARTIAL_RESOURCE_DESCRIPTOR, Flags),
    WHOLE("WdfDeviceInitSetFileObjectConfig", WDF_FILEOBJECT_CONFIG),
    FILE_(Size),
    FILE_(EvtDeviceFileCreate),
    FILE_(EvtFileClose),
    FILE_(EvtFileCleanup),
    WHOLE("WdfDeviceInitSetPnpPowerEventCallbacks",
          WDF_PNPPOWER_EVENT_CALLBACKS),
    POWER(Size),
    POWER(EvtDeviceD0Entry),
    POWER(EvtDeviceD0EntryPostInterruptsEnabled),
    POWER(EvtDeviceD0Exit),
    POWER(EvtDeviceD0ExitPreInterruptsDisabled),
    POWER(EvtDevicePrepareHardware),
    POWER(EvtDeviceReleaseHardware),
    POWER(EvtDeviceSelfManagedIoCleanup),
    POWER(EvtDeviceSelfManagedIoFlush),
    POWER(EvtDeviceSelfManagedIoInit),
    POWER(EvtDeviceSelfManagedIoSuspend),
    POWER(EvtDeviceSelfManagedIoRestart),
    POWER(EvtDeviceSurpriseRemoval),
    POWER(EvtDeviceQueryRemove),
    POWER(EvtDeviceQueryStop),
    POWER(EvtDeviceUsageNotification),
    POWER(EvtDeviceRelationsQuery),
    WHOLE("WdfDeviceInitSetPowerPolicyEventCallbacks",
          WDF_POWER_POLICY_EVENT_CALLBACKS),
    POLICY(Size),
    POLICY(EvtDeviceArmWakeFromS0),
    POLICY(EvtDeviceDisarmWakeFromS0),
    POLICY(EvtDeviceWakeFromS0Triggered),
    POLICY(EvtDeviceArmWakeFromSx),
    POLICY(EvtDeviceDisarmWakeFromSx),
    POLICY(EvtDeviceWakeFromSxTriggered),
    {nullptr, nullptr, nullptr, 0, 0}};

#define NUMBER(N) {#N, (int)(N)}

const RtNumber irqlint_rt_numbers[] = {
    NUMBER(STATUS_SUCCESS),
    NUMBER(STATUS_CANCELLED),
    NUMBER(STATUS_DELETE_PENDING),
    NUMBER(STATUS_DRIVER_INTERNAL_ERROR),
    NUMBER(STATUS_INFO_LENGTH_MISMATCH),
    NUMBER(STATUS_INSUFFICIENT_RESOURCES),
    NUMBER(STATUS_INVALID_DEVICE_REQUEST),
    NUMBER(STATUS_INVALID_DEVICE_STATE),
    NUMBER(STATUS_INVALID_PARAMETER),
    NUMBER(STATUS_BUFFER_TOO_SMALL),
    NUMBER(STATUS_NO_MORE_ENTRIES),
    NUMBER(STATUS_NOT_FOUND),
    NUMBER(STATUS_NOT_SUPPORTED),
    NUMBER(STATUS_OBJECT_NAME_EXISTS),
    NUMBER(STATUS_UNSUCCESSFUL),
    NUMBER(STATUS_WDF_BUSY),
    NUMBER(STATUS_WDF_EXECUTION_LEVEL_INVALID),
    NUMBER(STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL),
    NUMBER(STATUS_WDF_NO_CALLBACK),
    NUMBER(STATUS_WDF_OBJECT_ATTRIBUTES_INVALID),
    NUMBER(STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED),
    NUMBER(STATUS_WDF_PARENT_NOT_SPECIFIED),
    NUMBER(STATUS_WDF_PAUSED),
    NUMBER(STATUS_WDF_REQUEST_INVALID_STATE),
    NUMBER(STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID),
    NUMBER(IRP_MJ_DEVICE_CONTROL),
    NUMBER(IRP_MJ_INTERNAL_DEVICE_CONTROL),
    NUMBER(IRP_MJ_POWER),
    NUMBER(IRP_MJ_READ),
    NUMBER(IRP_MJ_WRITE),
    NUMBER(IRP_MN_REMOVE_DEVICE),
    NUMBER(IRP_MN_STOP_DEVICE),
    NUMBER(IRP_MN_SURPRISE_REMOVAL),
    NUMBER(WdfRequestTypeNoFormat),
    NUMBER(WdfRequestTypeRead),
    NUMBER(WdfRequestTypeWrite),
    NUMBER(WdfRequestTypeDeviceControl),
    NUMBER(WdfRequestTypeDeviceControlInternal),
    NUMBER(WdfPowerDeviceD0),
    NUMBER(WdfPowerDeviceD3),
    NUMBER(WdfPowerDeviceD3Final),
    NUMBER(WdfRequestStopActionSuspend),
    NUMBER(WdfRequestStopActionPurge),
    NUMBER(WdfRequestStopRequestCancelable),
    {nullptr, 0}};

} // extern "C"
