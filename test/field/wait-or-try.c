// RUN: %verify %s
#include <ntddk.h>

// A wrapper that waits or only tries, as a flag says; who ignores its result has set the flag.
typedef struct _TRY_CONTEXT {
  ULONG Flags;
} TRY_CONTEXT;

static BOOLEAN waitOrTry(TRY_CONTEXT *Context, ERESOURCE *Resource) {
  if (ExAcquireResourceExclusiveLite(Resource, (Context->Flags & 1) ? TRUE : FALSE))
    return TRUE;
  return FALSE;
}

typedef struct _TRY_EXTENSION {
  ERESOURCE Resource;
  TRY_CONTEXT Context;
  ULONG Count;
} TRY_EXTENSION;

DRIVER_DISPATCH ignoresTheResult_good;
NTSTATUS ignoresTheResult_good(PDEVICE_OBJECT Device, PIRP Irp) {
  TRY_EXTENSION *Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  (void)waitOrTry(&Ext->Context, &Ext->Resource);
  Ext->Count++;
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}

DRIVER_DISPATCH forgetsTheFailure_bad;
NTSTATUS forgetsTheFailure_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  TRY_EXTENSION *Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  if (!waitOrTry(&Ext->Context, &Ext->Resource))
    Ext->Count = 0;
  ExReleaseResourceLite(&Ext->Resource); // expected-warning {{on a path on which 'ExAcquireResourceExclusiveLite' failed to acquire it}}
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
