// The interrupt, its DPC, the sampling timer and calibration.
#include "probe.h"

static EVT_WDF_INTERRUPT_ISR ProbeIsr;
static EVT_WDF_INTERRUPT_DPC ProbeDpc;
static EVT_WDF_TIMER ProbeTimer;
static EVT_WDF_WORKITEM ProbeCalibrationWork;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, ProbeSamplingCreate)
#pragma alloc_text(PAGE, ProbeCalibrationWork)
#endif

NTSTATUS ProbeSamplingCreate(PPROBE_CONTEXT Probe) {
  WDF_INTERRUPT_CONFIG InterruptConfig;
  WDF_TIMER_CONFIG TimerConfig;
  WDF_WORKITEM_CONFIG ItemConfig;
  WDF_OBJECT_ATTRIBUTES Attributes;
  NTSTATUS Status;
  PAGED_CODE();

  WDF_INTERRUPT_CONFIG_INIT(&InterruptConfig, ProbeIsr, ProbeDpc);
  Status = WdfInterruptCreate(Probe->Device, &InterruptConfig, WDF_NO_OBJECT_ATTRIBUTES,
                              &Probe->Interrupt);
  if (!NT_SUCCESS(Status))
    return Status;

  WDF_OBJECT_ATTRIBUTES_INIT(&Attributes);
  Attributes.ParentObject = Probe->Device;
  WDF_TIMER_CONFIG_INIT_PERIODIC(&TimerConfig, ProbeTimer, 100);
  Status = WdfTimerCreate(&TimerConfig, &Attributes, &Probe->Timer);
  if (!NT_SUCCESS(Status))
    return Status;

  WDF_WORKITEM_CONFIG_INIT(&ItemConfig, ProbeCalibrationWork);
  return WdfWorkItemCreate(&ItemConfig, &Attributes, &Probe->CalibrationItem);
}

void ProbeAddSample(PPROBE_CONTEXT Probe, ULONG Value) {
  WdfSpinLockAcquire(Probe->SampleLock);
  if (Probe->Count == PROBE_SAMPLES) {
    ++Probe->Status.Lost;
  } else {
    Probe->Samples[(Probe->First + Probe->Count) % PROBE_SAMPLES] = Value;
    ++Probe->Count;
    ++Probe->Status.Taken;
  }
  WdfSpinLockRelease(Probe->SampleLock);
}

BOOLEAN ProbeTakeSample(PPROBE_CONTEXT Probe, PULONG Value) {
  BOOLEAN Taken = FALSE;
  WdfSpinLockAcquire(Probe->SampleLock);
  if (Probe->Count) {
    *Value = Probe->Samples[Probe->First];
    Probe->First = (Probe->First + 1) % PROBE_SAMPLES;
    --Probe->Count;
    Taken = TRUE;
  }
  WdfSpinLockRelease(Probe->SampleLock);
  return Taken;
}

static BOOLEAN ProbeIsr(WDFINTERRUPT Interrupt, ULONG MessageId) {
  PPROBE_CONTEXT Probe = ProbeContext(WdfInterruptGetDevice(Interrupt));
  UNREFERENCED_PARAMETER(MessageId);
  if (!READ_REGISTER_ULONG(&Probe->Registers->Status))
    return FALSE;
  Probe->LastValue = READ_REGISTER_ULONG(&Probe->Registers->Value);
  Probe->HaveValue = TRUE;
  WdfInterruptQueueDpcForIsr(Interrupt);
  return TRUE;
}

static void ProbeDpc(WDFINTERRUPT Interrupt, WDFOBJECT Associated) {
  PPROBE_CONTEXT Probe = ProbeContext(WdfInterruptGetDevice(Interrupt));
  ULONG Value;
  BOOLEAN Have;
  UNREFERENCED_PARAMETER(Associated);

  WdfInterruptAcquireLock(Interrupt);
  Value = Probe->LastValue;
  Have = Probe->HaveValue;
  Probe->HaveValue = FALSE;
  WdfInterruptReleaseLock(Interrupt);
  if (!Have)
    WdfInterruptReleaseLock(Interrupt); // DEFECT: release-not-held
  if (Have) {
    // Nobody may calibrate meanwhile.
    WdfWaitLockAcquire(Probe->ConfigLock, NULL); // DEFECT: wait-at-dispatch
    ProbeAddSample(Probe, Value);
    WdfWaitLockRelease(Probe->ConfigLock);
    ProbeServeWaiting(Probe);
  }
}

static void ProbeTimer(WDFTIMER Timer) {
  PPROBE_CONTEXT Probe = ProbeContext(WdfTimerGetParentObject(Timer));
  LONGLONG Now = 0;
  BOOLEAN Calibrating;

  // No waiting here: a calibration that runs just skips this sample.
  if (WdfWaitLockAcquire(Probe->ConfigLock, &Now) != STATUS_SUCCESS)
    return;
  Calibrating = Probe->Calibrating;
  WdfWaitLockRelease(Probe->ConfigLock);
  if (!Calibrating)
    ProbeAddSample(Probe, READ_REGISTER_ULONG(&Probe->Registers->Value));
}

// Reads the stored calibration; at PASSIVE_LEVEL.
static NTSTATUS readCalibration(PPROBE_CONTEXT Probe, PULONG Offset) {
  IO_STATUS_BLOCK Io;
  LARGE_INTEGER Start;
  Start.QuadPart = 0;
  return ZwReadFile(Probe->CalibrationFile, NULL, NULL, NULL, &Io, Offset, // DEFECT: wait-at-dispatch
                    sizeof(*Offset), &Start, NULL);
}

NTSTATUS ProbeCalibrate(PPROBE_CONTEXT Probe) {
  ULONG Offset = 0, I;
  NTSTATUS Status;

  WdfWaitLockAcquire(Probe->ConfigLock, NULL);
  Probe->Calibrating = TRUE;
  WdfSpinLockAcquire(Probe->SampleLock);
  Status = readCalibration(Probe, &Offset);
  if (!NT_SUCCESS(Status)) {
    WdfSpinLockRelease(Probe->SampleLock);
    goto Exit;
  }
  for (I = 0; I < Probe->Count; ++I)
    Probe->Samples[(Probe->First + I) % PROBE_SAMPLES] += Offset;
  WdfSpinLockRelease(Probe->SampleLock);
Exit:
  Probe->Calibrating = FALSE;
  WdfWaitLockRelease(Probe->ConfigLock);
  return Status;
}

static void ProbeCalibrationWork(WDFWORKITEM Item) {
  PPROBE_CONTEXT Probe = ProbeContext(WdfWorkItemGetParentObject(Item));
  PAGED_CODE();
  WdfSpinLockAcquire(Probe->SampleLock); // DEFECT: paged-code-at-dispatch
  Probe->Status.Lost = 0;
  WdfSpinLockRelease(Probe->SampleLock);
  ProbeCalibrate(Probe);
}
