// Code under the lock of an interrupt that asks for that lock.
// RUN: %verify %s

#include <ntddk.h>
#include <wdf.h>

typedef struct {
  PKINTERRUPT Interrupt, Other;
  PKINTERRUPT Several[2];
  ULONG Mask;
} EXTENSION;

KSYNCHRONIZE_ROUTINE Program;
BOOLEAN Program(PVOID Context) {
  ((EXTENSION *)Context)->Mask = 1;
  return TRUE;
}

KSERVICE_ROUTINE isr_synchronizes_bad;
BOOLEAN isr_synchronizes_bad(PKINTERRUPT Interrupt, PVOID Context) {
  KeSynchronizeExecution(Interrupt, Program, Context); // expected-warning{{'KeSynchronizeExecution' asks for interrupt spin lock 'Interrupt', under which this code runs already}}
  return TRUE;
}

KSERVICE_ROUTINE isr_acquires_bad;
BOOLEAN isr_acquires_bad(PKINTERRUPT Interrupt, PVOID Context) {
  KIRQL Old = KeAcquireInterruptSpinLock(Interrupt); // expected-warning{{'KeAcquireInterruptSpinLock' asks for interrupt spin lock 'Interrupt', under which this code runs already}}
  ((EXTENSION *)Context)->Mask = 0;
  KeReleaseInterruptSpinLock(Interrupt, Old);
  return TRUE;
}

KSERVICE_ROUTINE isr_calls_good;
BOOLEAN isr_calls_good(PKINTERRUPT Interrupt, PVOID Context) {
  (void)Interrupt;
  return Program(Context);
}

// The routine that is synchronized asks for the lock that its callers name.
KSYNCHRONIZE_ROUTINE section_again_bad;
BOOLEAN section_again_bad(PVOID Context) {
  EXTENSION *E = Context;
  KeSynchronizeExecution(E->Interrupt, Program, E); // expected-warning{{'KeSynchronizeExecution' asks for interrupt spin lock 'Interrupt', under which this code runs already}}
  return TRUE;
}

KSYNCHRONIZE_ROUTINE section_other_good;
BOOLEAN section_other_good(PVOID Context) {
  EXTENSION *E = Context;
  KeSynchronizeExecution(E->Other, Program, E);
  return TRUE;
}

// One of several interrupts is not known to be the same.
KSYNCHRONIZE_ROUTINE section_several_good;
BOOLEAN section_several_good(PVOID Context) {
  EXTENSION *E = Context;
  KeSynchronizeExecution(E->Several[1], Program, E);
  return TRUE;
}

void use_sections_good(EXTENSION *E) {
  KeSynchronizeExecution(E->Interrupt, section_again_bad, E);
  KeSynchronizeExecution(E->Interrupt, section_other_good, E);
  KeSynchronizeExecution(E->Several[0], section_several_good, E);
}

void nested_by_hand_bad(EXTENSION *E) {
  KIRQL Old = KeAcquireInterruptSpinLock(E->Interrupt);
  KeSynchronizeExecution(E->Interrupt, Program, E); // expected-warning{{interrupt spin lock 'E->Interrupt' is acquired again by 'KeSynchronizeExecution' while this thread holds it; first acquired by 'KeAcquireInterruptSpinLock'}}
  KeReleaseInterruptSpinLock(E->Interrupt, Old);
}

//===--- The framework's interrupts ----------------------------------------===//

EVT_WDF_INTERRUPT_ISR wdf_isr_bad;
BOOLEAN wdf_isr_bad(WDFINTERRUPT Interrupt, ULONG Message) {
  (void)Message;
  WdfInterruptAcquireLock(Interrupt); // expected-warning{{'WdfInterruptAcquireLock' asks for framework interrupt lock of the interrupt 'Interrupt', under which this code runs already}}
  WdfInterruptReleaseLock(Interrupt);
  return TRUE;
}

EVT_WDF_INTERRUPT_DPC wdf_dpc_good;
void wdf_dpc_good(WDFINTERRUPT Interrupt, WDFOBJECT Device) {
  (void)Device;
  WdfInterruptAcquireLock(Interrupt);
  WdfInterruptReleaseLock(Interrupt);
}

// Where an interrupt is handled at PASSIVE_LEVEL, its lock is a wait lock.
EVT_WDF_INTERRUPT_ISR passive_isr_good;
BOOLEAN passive_isr_good(WDFINTERRUPT Interrupt, ULONG Message) {
  LARGE_INTEGER Wait;
  (void)Interrupt, (void)Message;
  Wait.QuadPart = -10000;
  KeDelayExecutionThread(KernelMode, FALSE, &Wait);
  return TRUE;
}

EVT_WDF_INTERRUPT_ISR dirql_isr_waits_bad;
BOOLEAN dirql_isr_waits_bad(WDFINTERRUPT Interrupt, ULONG Message) {
  LARGE_INTEGER Wait;
  (void)Interrupt, (void)Message;
  Wait.QuadPart = -10000;
  KeDelayExecutionThread(KernelMode, FALSE, &Wait); // expected-warning{{'KeDelayExecutionThread' waits at DIRQL}}
  return TRUE;
}

EVT_WDF_INTERRUPT_WORKITEM passive_work_good;
void passive_work_good(WDFINTERRUPT Interrupt, WDFOBJECT Device) {
  LARGE_INTEGER Wait;
  (void)Device;
  Wait.QuadPart = -10000;
  WdfInterruptAcquireLock(Interrupt);
  KeDelayExecutionThread(KernelMode, FALSE, &Wait);
  WdfInterruptReleaseLock(Interrupt);
}

EVT_WDF_DEVICE_PREPARE_HARDWARE Prepare;
NTSTATUS Prepare(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated) {
  WDF_INTERRUPT_CONFIG Config;
  WDFINTERRUPT Interrupt, Passive, Waits;
  PCM_PARTIAL_RESOURCE_DESCRIPTOR Line = WdfCmResourceListGetDescriptor(Raw, 0);
  PCM_PARTIAL_RESOURCE_DESCRIPTOR Translation = WdfCmResourceListGetDescriptor(Translated, 0);
  WDF_INTERRUPT_CONFIG_INIT(&Config, wdf_isr_bad, wdf_dpc_good);
  Config.InterruptRaw = Line;
  Config.InterruptTranslated = Translation;
  WdfInterruptCreate(Device, &Config, NULL, &Interrupt);
  WDF_INTERRUPT_CONFIG_INIT(&Config, dirql_isr_waits_bad, NULL);
  Config.InterruptRaw = Line;
  Config.InterruptTranslated = Translation;
  WdfInterruptCreate(Device, &Config, NULL, &Waits);
  WDF_INTERRUPT_CONFIG_INIT(&Config, passive_isr_good, NULL);
  Config.PassiveHandling = TRUE;
  Config.EvtInterruptWorkItem = passive_work_good;
  Config.InterruptRaw = Line;
  Config.InterruptTranslated = Translation;
  return WdfInterruptCreate(Device, &Config, NULL, &Passive);
}
