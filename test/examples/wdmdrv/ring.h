// An example driver of irqlint's test suite: a made-up PCI device that moves
// blocks through a ring of descriptors in its registers.
#pragma once
#include <ntddk.h>

#define RING_TAG 'gniR'
#define RING_SLOTS 16
#define RING_TIMEOUT_SECONDS 5

// IOCTL_RING_NOTIFY pends until the device raises an event.
#define IOCTL_RING_NOTIFY CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_RING_COUNTERS CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_READ_ACCESS)
#define IOCTL_RING_TUNE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_WRITE_ACCESS)

typedef struct _RING_COUNTERS {
  ULONG Started, Done, TimedOut, Events;
} RING_COUNTERS, *PRING_COUNTERS;

typedef struct _RING_TUNING {
  ULONG Threshold;
} RING_TUNING, *PRING_TUNING;

typedef struct _RING_REGISTERS {
  ULONG Control, Status, Head, Tail;
} RING_REGISTERS, *PRING_REGISTERS;

#define RING_STATUS_DONE 0x1
#define RING_STATUS_EVENT 0x2
#define RING_CONTROL_RUN 0x1

typedef enum _RING_STATE { RingStopped, RingStarted, RingRemoved } RING_STATE;

typedef struct _RING_DEVICE {
  PDEVICE_OBJECT Self, Lower, Physical;
  PRING_REGISTERS Registers;
  PKINTERRUPT Interrupt;

  // Reads and writes that wait for a slot: cancel-safe, under QueueLock.
  IO_CSQ Csq;
  KSPIN_LOCK QueueLock;
  LIST_ENTRY Queue;

  // What the device works on, under SlotLock.
  KSPIN_LOCK SlotLock;
  PIRP Slot[RING_SLOTS];
  ULONG SecondsLeft;
  RING_COUNTERS Counters;

  // The one pending notification, under the cancel spin lock's rules.
  PIRP Notify;

  // Shared with the interrupt, under its spin lock.
  ULONG PendingStatus;

  KTIMER Timer;
  KDPC TimerDpc;
  PIO_WORKITEM ResetItem;
  LONG ResetQueued;

  // Settings and state, changed at PASSIVE_LEVEL only.
  FAST_MUTEX ConfigMutex;
  RING_TUNING Tuning;
  RING_STATE State;
  KEVENT Idle;
  LONG Busy;
} RING_DEVICE, *PRING_DEVICE;

// driver.c
DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD RingUnload;
DRIVER_ADD_DEVICE RingAddDevice;
_Dispatch_type_(IRP_MJ_CREATE) _Dispatch_type_(IRP_MJ_CLOSE) DRIVER_DISPATCH RingCreateClose;
_Dispatch_type_(IRP_MJ_PNP) DRIVER_DISPATCH RingPnp;
_Dispatch_type_(IRP_MJ_POWER) DRIVER_DISPATCH RingPower;
NTSTATUS RingComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information);

// queue.c
_Dispatch_type_(IRP_MJ_READ) _Dispatch_type_(IRP_MJ_WRITE) DRIVER_DISPATCH RingReadWrite;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL) DRIVER_DISPATCH RingDeviceControl;
_Dispatch_type_(IRP_MJ_CLEANUP) DRIVER_DISPATCH RingCleanup;
NTSTATUS RingQueueInitialize(PRING_DEVICE Ring);
void RingStartNext(PRING_DEVICE Ring);
void RingAbortAll(PRING_DEVICE Ring);
void RingNotifyEvent(PRING_DEVICE Ring);

// hardware.c
KSERVICE_ROUTINE RingIsr;
IO_DPC_ROUTINE RingDpcForIsr;
KDEFERRED_ROUTINE RingTimerDpc;
IO_WORKITEM_ROUTINE RingResetWork;
NTSTATUS RingHardwareStart(PRING_DEVICE Ring, PCM_PARTIAL_RESOURCE_DESCRIPTOR Memory,
                           PCM_PARTIAL_RESOURCE_DESCRIPTOR Line);
void RingHardwareStop(PRING_DEVICE Ring);
void RingHardwarePost(PRING_DEVICE Ring, ULONG Slot, PIRP Irp);
