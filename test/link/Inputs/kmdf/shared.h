#pragma once
#include <ntddk.h>
#include <wdf.h>

typedef struct {
  WDFSPINLOCK Lock;
  ULONG Pending, Most;
  WDFTIMER Timer;
} DEVICE_CONTEXT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_CONTEXT, GetContext)

NTSTATUS CreateQueues(WDFDEVICE Device);
NTSTATUS CreateTimer(WDFDEVICE Device);
EVT_WDF_IO_QUEUE_IO_READ EvtIoRead;
