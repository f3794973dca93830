// The time under spin locks and at device level, where constants of the program
// decide about it. The limit is 50 microseconds.
// RUN: %verify %s

#include <ntddk.h>
#include <wdf.h>

typedef struct {
  KSPIN_LOCK Lock;
  PUCHAR Status;
  PULONG Registers;
  ULONG Flags, Count;
  UCHAR From[512], To[512];
  PDEVICE_OBJECT Lower;
  LIST_ENTRY List;
} DEVICE;

//===--- Loops -------------------------------------------------------------===//

void poll_bad(DEVICE *D) {
  KIRQL Old;
  ULONG Try;
  KeAcquireSpinLock(&D->Lock, &Old); // expected-warning{{spin lock 'D->Lock' is held for up to 1054 microseconds on the worst path, which is more than 50}}
  for (Try = 0; Try < 100; Try++) {
    if (READ_REGISTER_UCHAR(D->Status) & 1)
      break;
    KeStallExecutionProcessor(10);
  }
  KeReleaseSpinLock(&D->Lock, Old);
}

void poll_briefly_good(DEVICE *D) {
  KIRQL Old;
  ULONG Try;
  KeAcquireSpinLock(&D->Lock, &Old);
  for (Try = 0; Try < 10; Try++) {
    if (READ_REGISTER_UCHAR(D->Status) & 1)
      break;
    KeStallExecutionProcessor(2);
  }
  KeReleaseSpinLock(&D->Lock, Old);
}

void count_down_bad(DEVICE *D) {
  KIRQL Old;
  ULONG Left = 200;
  KeAcquireSpinLock(&D->Lock, &Old); // expected-warning{{is held for up to}}
  while (Left-- && !(D->Flags & 1))
    KeStallExecutionProcessor(1);
  KeReleaseSpinLock(&D->Lock, Old);
}

void left_inside_bad(DEVICE *D) {
  KIRQL Old;
  ULONG Try = 0;
  KeAcquireSpinLock(&D->Lock, &Old); // expected-warning{{is held for up to}}
  while (TRUE) {
    if (++Try > 30)
      break;
    KeStallExecutionProcessor(5);
  }
  KeReleaseSpinLock(&D->Lock, Old);
}

// The lock is free while the loop waits.
void free_while_waiting_good(DEVICE *D) {
  KIRQL Old;
  ULONG Try;
  for (Try = 0; Try < 100; Try++) {
    UCHAR Status;
    KeAcquireSpinLock(&D->Lock, &Old);
    Status = READ_REGISTER_UCHAR(D->Status);
    KeReleaseSpinLock(&D->Lock, Old);
    if (Status & 1)
      return;
    KeStallExecutionProcessor(10);
  }
}

//===--- Paths and calls ---------------------------------------------------===//

static void delay(ULONG Microseconds) {
  KeStallExecutionProcessor(Microseconds);
}

void in_a_row_bad(DEVICE *D) {
  KIRQL Old;
  KeAcquireSpinLock(&D->Lock, &Old); // expected-warning{{is held for up to 70 microseconds}}
  delay(30);
  D->Count++;
  delay(40);
  KeReleaseSpinLock(&D->Lock, Old);
}

void one_of_two_good(DEVICE *D) {
  KIRQL Old;
  KeAcquireSpinLock(&D->Lock, &Old);
  if (D->Flags)
    delay(30);
  else
    delay(40);
  KeReleaseSpinLock(&D->Lock, Old);
  delay(45);
}

void other_driver_bad(DEVICE *D, PIRP Irp) {
  KIRQL Old;
  KeAcquireSpinLock(&D->Lock, &Old); // expected-warning{{spin lock 'D->Lock' is held for a time without bound: 'IoCallDriver' runs other drivers}}
  IoCallDriver(D->Lower, Irp);
  KeReleaseSpinLock(&D->Lock, Old);
}

void other_driver_good(DEVICE *D, PIRP Irp) {
  KIRQL Old;
  KeAcquireSpinLock(&D->Lock, &Old);
  D->Count++;
  KeReleaseSpinLock(&D->Lock, Old);
  IoCallDriver(D->Lower, Irp);
}

//===--- Device level ------------------------------------------------------===//

KSERVICE_ROUTINE isr_stalls_bad;
BOOLEAN isr_stalls_bad(PKINTERRUPT Interrupt, PVOID Context) { // expected-warning{{'isr_stalls_bad' runs at DIRQL as KSERVICE_ROUTINE for up to 60 microseconds on the worst path, which is more than 50}}
  (void)Interrupt, (void)Context;
  KeStallExecutionProcessor(60);
  return TRUE;
}

KSYNCHRONIZE_ROUTINE section_stalls_bad;
BOOLEAN section_stalls_bad(PVOID Context) { // expected-warning{{'section_stalls_bad' runs at DIRQL as KSYNCHRONIZE_ROUTINE for up to 100 microseconds}}
  (void)Context;
  delay(100);
  return TRUE;
}

// Registers, flags, copies of known size.
KSERVICE_ROUTINE isr_good;
BOOLEAN isr_good(PKINTERRUPT Interrupt, PVOID Context) {
  DEVICE *D = Context;
  ULONG I;
  (void)Interrupt;
  if (!(READ_REGISTER_UCHAR(D->Status) & 1))
    return FALSE;
  WRITE_REGISTER_UCHAR(D->Status, 1);
  for (I = 0; I < 16; I++)
    D->Count += READ_REGISTER_ULONG(D->Registers + I);
  D->Flags |= 2;
  RtlCopyMemory(D->To, D->From, sizeof(D->To));
  KeStallExecutionProcessor(5);
  return TRUE;
}

EVT_WDF_INTERRUPT_ISR passive_isr_good;
BOOLEAN passive_isr_good(WDFINTERRUPT Interrupt, ULONG Message) {
  (void)Interrupt, (void)Message;
  KeStallExecutionProcessor(45);
  KeStallExecutionProcessor(45);
  return TRUE;
}

EVT_WDF_INTERRUPT_ISR device_level_isr_bad;
BOOLEAN device_level_isr_bad(WDFINTERRUPT Interrupt, ULONG Message) { // expected-warning{{'device_level_isr_bad' runs at DIRQL as EvtInterruptIsr of the interrupt 'Interrupt' for up to 90 microseconds}}
  (void)Interrupt, (void)Message;
  KeStallExecutionProcessor(45);
  KeStallExecutionProcessor(45);
  return TRUE;
}

EVT_WDF_DEVICE_PREPARE_HARDWARE Prepare;
NTSTATUS Prepare(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated) {
  WDF_INTERRUPT_CONFIG Config;
  WDFINTERRUPT Interrupt, Passive;
  PCM_PARTIAL_RESOURCE_DESCRIPTOR Line = WdfCmResourceListGetDescriptor(Raw, 0);
  PCM_PARTIAL_RESOURCE_DESCRIPTOR Translation = WdfCmResourceListGetDescriptor(Translated, 0);
  WDF_INTERRUPT_CONFIG_INIT(&Config, device_level_isr_bad, NULL);
  Config.InterruptRaw = Line;
  Config.InterruptTranslated = Translation;
  WdfInterruptCreate(Device, &Config, NULL, &Interrupt);
  WDF_INTERRUPT_CONFIG_INIT(&Config, passive_isr_good, NULL);
  Config.PassiveHandling = TRUE;
  Config.InterruptRaw = Line;
  Config.InterruptTranslated = Translation;
  return WdfInterruptCreate(Device, &Config, NULL, &Passive);
}

// At PASSIVE_LEVEL, with nothing held, a long time is the driver's own.
void nothing_held_good(void) { delay(45); delay(45); }
