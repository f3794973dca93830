// An example driver of irqlint's test suite: a made-up measuring device behind the
// framework, sampled by a timer and by its interrupt.
#pragma once
#include <ntddk.h>
#include <wdf.h>

#define PROBE_TAG 'borP'
#define PROBE_SAMPLES 64

#define IOCTL_PROBE_SET_RATE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_WRITE_ACCESS)
#define IOCTL_PROBE_GET_STATUS CTL_CODE(FILE_DEVICE_UNKNOWN, 0x901, METHOD_BUFFERED, FILE_READ_ACCESS)
#define IOCTL_PROBE_WAIT_SAMPLE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x902, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_PROBE_CALIBRATE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x903, METHOD_BUFFERED, FILE_WRITE_ACCESS)

typedef struct _PROBE_STATUS {
  ULONG Rate, Taken, Lost;
} PROBE_STATUS, *PPROBE_STATUS;

typedef struct _PROBE_REGISTERS {
  ULONG Control, Status, Value;
} PROBE_REGISTERS, *PPROBE_REGISTERS;

typedef struct _PROBE_CONTEXT {
  WDFDEVICE Device;
  PPROBE_REGISTERS Registers;
  size_t RegistersLength;

  // The samples, under SampleLock.
  WDFSPINLOCK SampleLock;
  ULONG Samples[PROBE_SAMPLES];
  ULONG First, Count;
  PROBE_STATUS Status;

  // Settings and calibration, at PASSIVE_LEVEL, under ConfigLock.
  WDFWAITLOCK ConfigLock;
  BOOLEAN Calibrating;
  HANDLE CalibrationFile;

  WDFQUEUE Control, Reads, Waiting;
  WDFTIMER Timer;
  WDFINTERRUPT Interrupt;
  WDFWORKITEM CalibrationItem;

  // Under the interrupt's lock.
  ULONG LastValue;
  BOOLEAN HaveValue;
} PROBE_CONTEXT, *PPROBE_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(PROBE_CONTEXT, ProbeContext)

// driver.c
DRIVER_INITIALIZE DriverEntry;
EVT_WDF_DRIVER_DEVICE_ADD ProbeDeviceAdd;
EVT_WDF_DEVICE_PREPARE_HARDWARE ProbePrepareHardware;
EVT_WDF_DEVICE_RELEASE_HARDWARE ProbeReleaseHardware;
EVT_WDF_DEVICE_D0_ENTRY ProbeD0Entry;
EVT_WDF_DEVICE_D0_EXIT ProbeD0Exit;

// queue.c
NTSTATUS ProbeQueuesCreate(PPROBE_CONTEXT Probe);
void ProbeServeWaiting(PPROBE_CONTEXT Probe);

// sample.c
NTSTATUS ProbeSamplingCreate(PPROBE_CONTEXT Probe);
void ProbeAddSample(PPROBE_CONTEXT Probe, ULONG Value);
BOOLEAN ProbeTakeSample(PPROBE_CONTEXT Probe, PULONG Value);
NTSTATUS ProbeCalibrate(PPROBE_CONTEXT Probe);
