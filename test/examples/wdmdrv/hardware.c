// Registers, interrupt, timer, reset.
#include "ring.h"

static KSYNCHRONIZE_ROUTINE takeStatus;

NTSTATUS RingHardwareStart(PRING_DEVICE Ring, PCM_PARTIAL_RESOURCE_DESCRIPTOR Memory,
                           PCM_PARTIAL_RESOURCE_DESCRIPTOR Line) {
  LARGE_INTEGER Due;
  NTSTATUS Status;
  Ring->Registers = MmMapIoSpaceEx(Memory->u.Memory.Start, Memory->u.Memory.Length,
                                   PAGE_READWRITE | PAGE_NOCACHE);
  if (!Ring->Registers)
    return STATUS_INSUFFICIENT_RESOURCES;
  Status = IoConnectInterrupt(&Ring->Interrupt, RingIsr, Ring, NULL, Line->u.Interrupt.Vector,
                              (KIRQL)Line->u.Interrupt.Level, (KIRQL)Line->u.Interrupt.Level,
                              LevelSensitive, TRUE, Line->u.Interrupt.Affinity, FALSE);
  if (!NT_SUCCESS(Status)) {
    MmUnmapIoSpace(Ring->Registers, Memory->u.Memory.Length);
    Ring->Registers = NULL;
    return Status;
  }
  WRITE_REGISTER_ULONG(&Ring->Registers->Control, RING_CONTROL_RUN);
  Due.QuadPart = -10 * 1000 * 1000;
  KeSetTimerEx(&Ring->Timer, Due, 1000, &Ring->TimerDpc);
  return STATUS_SUCCESS;
}

void RingHardwareStop(PRING_DEVICE Ring) {
  KeCancelTimer(&Ring->Timer);
  KeFlushQueuedDpcs();
  WRITE_REGISTER_ULONG(&Ring->Registers->Control, 0);
  IoDisconnectInterrupt(Ring->Interrupt);
  Ring->Interrupt = NULL;
}

// Called with SlotLock held.
void RingHardwarePost(PRING_DEVICE Ring, ULONG Slot, PIRP Irp) {
  KIRQL Irql;
  UNREFERENCED_PARAMETER(Irp);
  Irql = KeAcquireInterruptSpinLock(Ring->Interrupt);
  WRITE_REGISTER_ULONG(&Ring->Registers->Tail, Slot);
  KeReleaseInterruptSpinLock(Ring->Interrupt, Irql);
}

BOOLEAN RingIsr(PKINTERRUPT Interrupt, PVOID Context) {
  PRING_DEVICE Ring = Context;
  ULONG Status = READ_REGISTER_ULONG(&Ring->Registers->Status);
  UNREFERENCED_PARAMETER(Interrupt);
  if (!Status)
    return FALSE;
  WRITE_REGISTER_ULONG(&Ring->Registers->Status, Status);
  Ring->PendingStatus |= Status;
  IoRequestDpc(Ring->Self, NULL, Ring);
  return TRUE;
}

typedef struct _STATUS_CONTEXT {
  PRING_DEVICE Ring;
  ULONG Status;
} STATUS_CONTEXT, *PSTATUS_CONTEXT;

// Runs at the interrupt's level.
static BOOLEAN takeStatus(PVOID Context) {
  PSTATUS_CONTEXT C = Context;
  C->Status = C->Ring->PendingStatus;
  C->Ring->PendingStatus = 0;
  if (C->Status & RING_STATUS_EVENT)
    KeSetEvent(&C->Ring->Idle, IO_NO_INCREMENT, FALSE); // DEFECT: irql-too-high
  return TRUE;
}

static PIRP takeSlot(PRING_DEVICE Ring, ULONG I) {
  PIRP Irp;
  KeAcquireSpinLockAtDpcLevel(&Ring->SlotLock); // DEFECT: double-acquire
  Irp = Ring->Slot[I];
  Ring->Slot[I] = NULL;
  KeReleaseSpinLockFromDpcLevel(&Ring->SlotLock);
  if (Irp)
    ++Ring->Counters.Done;
  return Irp;
}

void RingDpcForIsr(PKDPC Dpc, PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  PRING_DEVICE Ring = Context;
  STATUS_CONTEXT C;
  UNREFERENCED_PARAMETER(Dpc);
  UNREFERENCED_PARAMETER(Device);
  UNREFERENCED_PARAMETER(Irp);
  C.Ring = Ring;
  C.Status = 0;
  KeSynchronizeExecution(Ring->Interrupt, takeStatus, &C);

  if (C.Status & RING_STATUS_DONE) {
    ULONG Head = READ_REGISTER_ULONG(&Ring->Registers->Head) % RING_SLOTS;
    PIRP Done;
    KeAcquireSpinLockAtDpcLevel(&Ring->SlotLock);
    Done = takeSlot(Ring, Head);
    KeReleaseSpinLockFromDpcLevel(&Ring->SlotLock);
    if (Done) {
      RingComplete(Done, STATUS_SUCCESS, 0);
      if (InterlockedDecrement(&Ring->Busy) == 0)
        KeSetEvent(&Ring->Idle, IO_NO_INCREMENT, FALSE);
    }
    RingStartNext(Ring);
  }
  if (C.Status & RING_STATUS_EVENT) {
    KeAcquireSpinLockAtDpcLevel(&Ring->SlotLock);
    ++Ring->Counters.Events;
    KeReleaseSpinLockFromDpcLevel(&Ring->SlotLock);
    RingNotifyEvent(Ring);
  }
}

static void queueReset(PRING_DEVICE Ring) {
  if (InterlockedExchange(&Ring->ResetQueued, 1) == 0)
    IoQueueWorkItem(Ring->ResetItem, RingResetWork, DelayedWorkQueue, Ring);
}

static void waitForHardware(PRING_DEVICE Ring) {
  LARGE_INTEGER Delay;
  ULONG Tries;
  Delay.QuadPart = -10 * 1000;
  for (Tries = 0; Tries < 100; ++Tries) {
    if (!(READ_REGISTER_ULONG(&Ring->Registers->Control) & RING_CONTROL_RUN))
      return;
    KeDelayExecutionThread(KernelMode, FALSE, &Delay); // DEFECT: wait-at-dispatch
  }
}

static void stopHardware(PRING_DEVICE Ring) {
  WRITE_REGISTER_ULONG(&Ring->Registers->Control, 0);
  waitForHardware(Ring);
}

// Once a second: a request that takes too long leads to a reset.
void RingTimerDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2) {
  PRING_DEVICE Ring = Context;
  BOOLEAN TimedOut = FALSE;
  UNREFERENCED_PARAMETER(Dpc);
  UNREFERENCED_PARAMETER(Argument1);
  UNREFERENCED_PARAMETER(Argument2);
  KeAcquireSpinLockAtDpcLevel(&Ring->SlotLock);
  if (Ring->SecondsLeft && --Ring->SecondsLeft == 0) {
    ++Ring->Counters.TimedOut;
    TimedOut = TRUE;
  }
  KeReleaseSpinLockFromDpcLevel(&Ring->SlotLock);
  if (TimedOut) {
    stopHardware(Ring);
    queueReset(Ring);
  }
}

void RingResetWork(PDEVICE_OBJECT Device, PVOID Context) {
  PRING_DEVICE Ring = Context;
  KIRQL SlotIrql, QueueIrql;
  UNREFERENCED_PARAMETER(Device);

  ExAcquireFastMutex(&Ring->ConfigMutex);
  if (Ring->State != RingStarted) {
    ExReleaseFastMutex(&Ring->ConfigMutex);
    return;
  }
  stopHardware(Ring);
  ExReleaseFastMutex(&Ring->ConfigMutex);

  RingAbortAll(Ring);
  KeAcquireSpinLock(&Ring->SlotLock, &SlotIrql);
  KeAcquireSpinLock(&Ring->QueueLock, &QueueIrql);
  if (!IsListEmpty(&Ring->Queue))
    Ring->SecondsLeft = RING_TIMEOUT_SECONDS;
  KeReleaseSpinLock(&Ring->QueueLock, SlotIrql); // DEFECT: saved-irql-mismatch
  KeReleaseSpinLock(&Ring->SlotLock, QueueIrql); // DEFECT: saved-irql-mismatch

  WRITE_REGISTER_ULONG(&Ring->Registers->Control, RING_CONTROL_RUN);
  InterlockedExchange(&Ring->ResetQueued, 0);
}
