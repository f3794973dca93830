// Two queues by kind of request, and one for requests that wait for a sample.
#include "probe.h"

static EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL ProbeDeviceControl;
static EVT_WDF_IO_QUEUE_IO_READ ProbeRead;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, ProbeQueuesCreate)
#endif

NTSTATUS ProbeQueuesCreate(PPROBE_CONTEXT Probe) {
  WDF_IO_QUEUE_CONFIG Config;
  NTSTATUS Status;
  PAGED_CODE();

  WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&Config, WdfIoQueueDispatchParallel);
  Config.EvtIoDeviceControl = ProbeDeviceControl;
  Status = WdfIoQueueCreate(Probe->Device, &Config, WDF_NO_OBJECT_ATTRIBUTES, &Probe->Control);
  if (!NT_SUCCESS(Status))
    return Status;

  WDF_IO_QUEUE_CONFIG_INIT(&Config, WdfIoQueueDispatchSequential);
  Config.EvtIoRead = ProbeRead;
  Status = WdfIoQueueCreate(Probe->Device, &Config, WDF_NO_OBJECT_ATTRIBUTES, &Probe->Reads);
  if (!NT_SUCCESS(Status))
    return Status;
  Status = WdfDeviceConfigureRequestDispatching(Probe->Device, Probe->Reads, WdfRequestTypeRead);
  if (!NT_SUCCESS(Status))
    return Status;

  WDF_IO_QUEUE_CONFIG_INIT(&Config, WdfIoQueueDispatchManual);
  return WdfIoQueueCreate(Probe->Device, &Config, WDF_NO_OBJECT_ATTRIBUTES, &Probe->Waiting);
}

static void ProbeRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length) {
  PPROBE_CONTEXT Probe = ProbeContext(WdfIoQueueGetDevice(Queue));
  PULONG Out;
  size_t Copied = 0;
  NTSTATUS Status = WdfRequestRetrieveOutputBuffer(Request, sizeof(ULONG), (PVOID *)&Out, NULL);
  if (!NT_SUCCESS(Status)) {
    WdfRequestComplete(Request, Status);
    return;
  }

  WdfSpinLockAcquire(Probe->SampleLock);
  while (Probe->Count && Copied + sizeof(ULONG) <= Length) {
    *Out++ = Probe->Samples[Probe->First];
    Probe->First = (Probe->First + 1) % PROBE_SAMPLES;
    --Probe->Count;
    Copied += sizeof(ULONG);
  }
  WdfSpinLockRelease(Probe->SampleLock);
  WdfRequestCompleteWithInformation(Request, STATUS_SUCCESS, Copied);
}

// Each sample serves one request that waits for it.
void ProbeServeWaiting(PPROBE_CONTEXT Probe) {
  WDFREQUEST Request;
  while (NT_SUCCESS(WdfIoQueueRetrieveNextRequest(Probe->Waiting, &Request))) {
    PULONG Out;
    NTSTATUS Status;
    WdfSpinLockAcquire(Probe->SampleLock);
    if (!Probe->Count) {
      WdfSpinLockRelease(Probe->SampleLock);
      WdfRequestRequeue(Request);
      return;
    }
    Status = WdfRequestRetrieveOutputBuffer(Request, sizeof(*Out), (PVOID *)&Out, NULL);
    if (NT_SUCCESS(Status)) {
      *Out = Probe->Samples[Probe->First];
      Probe->First = (Probe->First + 1) % PROBE_SAMPLES;
      --Probe->Count;
    }
    WdfRequestComplete(Request, Status); // DEFECT: complete-under-spin-lock
    WdfSpinLockRelease(Probe->SampleLock);
  }
}

static NTSTATUS setRate(PPROBE_CONTEXT Probe, WDFREQUEST Request) {
  PULONG Rate;
  NTSTATUS Status = WdfRequestRetrieveInputBuffer(Request, sizeof(*Rate), (PVOID *)&Rate, NULL);
  if (!NT_SUCCESS(Status))
    return Status;

  WdfSpinLockAcquire(Probe->SampleLock);
  if (*Rate == 0 || *Rate > 1000)
    return STATUS_INVALID_PARAMETER; // DEFECT: lock-leaked
  Probe->Status.Rate = *Rate;
  WdfSpinLockRelease(Probe->SampleLock);
  return STATUS_SUCCESS;
}

static ULONG countSamples(PPROBE_CONTEXT Probe) {
  ULONG Count;
  WdfSpinLockAcquire(Probe->SampleLock); // DEFECT: double-acquire
  Count = Probe->Count;
  WdfSpinLockRelease(Probe->SampleLock);
  return Count;
}

static NTSTATUS getStatus(PPROBE_CONTEXT Probe, WDFREQUEST Request, size_t *Length) {
  PPROBE_STATUS Out;
  NTSTATUS Status = WdfRequestRetrieveOutputBuffer(Request, sizeof(*Out), (PVOID *)&Out, NULL);
  if (!NT_SUCCESS(Status))
    return Status;
  WdfSpinLockAcquire(Probe->SampleLock);
  *Out = Probe->Status;
  Out->Taken -= countSamples(Probe);
  WdfSpinLockRelease(Probe->SampleLock);
  *Length = sizeof(*Out);
  return STATUS_SUCCESS;
}

static void ProbeDeviceControl(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputLength,
                               size_t InputLength, ULONG Code) {
  PPROBE_CONTEXT Probe = ProbeContext(WdfIoQueueGetDevice(Queue));
  NTSTATUS Status;
  size_t Length = 0;
  UNREFERENCED_PARAMETER(OutputLength);
  UNREFERENCED_PARAMETER(InputLength);

  switch (Code) {
  case IOCTL_PROBE_SET_RATE:
    Status = setRate(Probe, Request);
    break;
  case IOCTL_PROBE_GET_STATUS:
    Status = getStatus(Probe, Request, &Length);
    break;
  case IOCTL_PROBE_WAIT_SAMPLE:
    Status = WdfRequestForwardToIoQueue(Request, Probe->Waiting);
    if (NT_SUCCESS(Status)) {
      ProbeServeWaiting(Probe);
      return;
    }
    break;
  case IOCTL_PROBE_CALIBRATE:
    WdfWorkItemEnqueue(Probe->CalibrationItem);
    Status = STATUS_SUCCESS;
    break;
  default:
    Status = STATUS_INVALID_DEVICE_REQUEST;
    break;
  }
  // With the lock that setRate left held.
  WdfRequestCompleteWithInformation(Request, Status, Length); // DEFECT: complete-under-spin-lock
}
