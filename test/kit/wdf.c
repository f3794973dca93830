// The framework headers alone, as a driver includes them: clean with all
// warnings, with the documented values, and initializers that really set what
// decides synchronization (seen in the optimized code).
//
// RUN: %clang_kit -fsyntax-only -Wall -Wextra -Werror %s
// RUN: %clang_kit -O2 -S -emit-llvm -o - %s | FileCheck %s

#include <ntddk.h>
#include <wdf.h>
#include <wdfusb.h>
#include <wdfminiport.h>

#define SAME(a, b) _Static_assert((a) == (b), #a " is not " #b)

SAME(WdfUseDefault, 2);
SAME(WdfExecutionLevelInheritFromParent, 1);
SAME(WdfExecutionLevelPassive, 2);
SAME(WdfExecutionLevelDispatch, 3);
SAME(WdfSynchronizationScopeInheritFromParent, 1);
SAME(WdfSynchronizationScopeDevice, 2);
SAME(WdfSynchronizationScopeQueue, 3);
SAME(WdfSynchronizationScopeNone, 4);
SAME(WdfIoQueueDispatchSequential, 1);
SAME(WdfIoQueueDispatchParallel, 2);
SAME(WdfIoQueueDispatchManual, 3);
SAME(WdfRequestTypeDeviceControl, 0xE);
SAME(WdfPowerDeviceD0, 1);
SAME(sizeof(WDFSPINLOCK), sizeof(void *));
SAME(sizeof(WDF_USB_CONTROL_SETUP_PACKET), 8);
SAME(sizeof(USB_CONFIGURATION_DESCRIPTOR), 9);
SAME(sizeof(USB_ENDPOINT_DESCRIPTOR), 7);
SAME(STATUS_WDF_BUSY, (NTSTATUS)0xC0200204);

typedef struct _DEVICE_CONTEXT {
  WDFSPINLOCK Lock;
  WDFQUEUE Queue;
  LONG Count;
} DEVICE_CONTEXT, *PDEVICE_CONTEXT;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_CONTEXT, GetDeviceContext)

typedef struct _QUEUE_CONTEXT {
  LONG Pending;
} QUEUE_CONTEXT;

WDF_DECLARE_CONTEXT_TYPE(QUEUE_CONTEXT)

EVT_WDF_DRIVER_DEVICE_ADD DeviceAdd;
EVT_WDF_TIMER TimerFired;
EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL DeviceControl;
EVT_WDF_INTERRUPT_ISR Isr;
EVT_WDF_INTERRUPT_DPC IsrDpc;

// Roles are recognised by the pointer type of the member they are stored in.
SAME(__builtin_types_compatible_p(__typeof__(((WDF_TIMER_CONFIG *)0)->EvtTimerFunc), PFN_WDF_TIMER), 1);
SAME(__builtin_types_compatible_p(PFN_WDF_TIMER, EVT_WDF_TIMER *), 1);
SAME(__builtin_types_compatible_p(__typeof__(((WDF_INTERRUPT_CONFIG *)0)->EvtInterruptIsr), EVT_WDF_INTERRUPT_ISR *), 1);
// Handles are types of their own.
SAME(__builtin_types_compatible_p(WDFSPINLOCK, WDFWAITLOCK), 0);

// CHECK-LABEL: @TimerSerializes(
// CHECK: ret i8 1
BOOLEAN TimerSerializes(void) {
  WDF_TIMER_CONFIG Config;
  WDF_TIMER_CONFIG_INIT(&Config, TimerFired);
  return Config.AutomaticSerialization;
}

// CHECK-LABEL: @TimerMayBeTurnedOff(
// CHECK: ret i8 0
BOOLEAN TimerMayBeTurnedOff(void) {
  WDF_TIMER_CONFIG Config;
  WDF_TIMER_CONFIG_INIT_PERIODIC(&Config, TimerFired, 10);
  Config.AutomaticSerialization = FALSE;
  return Config.AutomaticSerialization;
}

// CHECK-LABEL: @DpcSerializes(
// CHECK: ret i8 1
BOOLEAN DpcSerializes(EVT_WDF_DPC *Function) {
  WDF_DPC_CONFIG Config;
  WDF_DPC_CONFIG_INIT(&Config, Function);
  return Config.AutomaticSerialization;
}

// The interrupt does not, unless asked to.
// CHECK-LABEL: @InterruptSerializes(
// CHECK: ret i8 0
BOOLEAN InterruptSerializes(void) {
  WDF_INTERRUPT_CONFIG Config;
  WDF_INTERRUPT_CONFIG_INIT(&Config, Isr, IsrDpc);
  return Config.AutomaticSerialization;
}

// Level and scope are inherited: 1 * 10 + 1.
// CHECK-LABEL: @AttributesInherit(
// CHECK: ret i32 11
int AttributesInherit(void) {
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  return Attributes.ExecutionLevel * 10 + Attributes.SynchronizationScope;
}

// CHECK-LABEL: @DefaultQueue(
// CHECK: ret i32 -1
ULONG DefaultQueue(void) {
  WDF_IO_QUEUE_CONFIG Config;
  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&Config, WdfIoQueueDispatchParallel);
  Config.EvtIoDeviceControl = DeviceControl;
  return Config.DefaultQueue ? Config.Settings.Parallel.NumberOfPresentedRequests : 0;
}

// 100 ns units, negative: from now on.
// CHECK-LABEL: @TwoSeconds(
// CHECK: ret i64 -20000000
LONGLONG TwoSeconds(void) { return WDF_REL_TIMEOUT_IN_SEC(2); }
// CHECK-LABEL: @ThreeMilliseconds(
// CHECK: ret i64 -30000
LONGLONG ThreeMilliseconds(void) { return WDF_REL_TIMEOUT_IN_MS(3); }
// CHECK-LABEL: @AbsoluteMicroseconds(
// CHECK: ret i64 50
LONGLONG AbsoluteMicroseconds(void) { return WDF_ABS_TIMEOUT_IN_US(5); }

NTSTATUS DeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit) {
  WDF_OBJECT_ATTRIBUTES Attributes;
  WDFDEVICE Device;
  PDEVICE_CONTEXT Context;
  LONGLONG Timeout = WDF_REL_TIMEOUT_IN_MS(1);
  NTSTATUS Status;

  UNREFERENCED_PARAMETER(Driver);
  WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&Attributes, DEVICE_CONTEXT);
  Status = WdfDeviceCreate(&DeviceInit, &Attributes, &Device);
  if (!NT_SUCCESS(Status))
    return Status;
  Context = GetDeviceContext(Device);
  Status = WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &Context->Lock);
  if (!NT_SUCCESS(Status))
    return Status;
  WdfSpinLockAcquire(Context->Lock);
  Context->Count++;
  WdfObjectGet_QUEUE_CONTEXT(Context->Queue)->Pending = 0;
  WdfSpinLockRelease(Context->Lock);
  WdfObjectReference(Device);
  WdfObjectDereferenceWithTag(Device, Context);
  return WdfWaitLockAcquire((WDFWAITLOCK)WDF_NO_HANDLE, &Timeout);
}
